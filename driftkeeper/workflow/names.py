"""Finds the resource that a person means: by an ARN, a natural key, an end of one, or a given name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from driftkeeper.collect.catalog import evidence_types
from driftkeeper.domain.errors import ResourceNameError, UsageError
from driftkeeper.domain.types import Scope
from driftkeeper.store import latest, read
from driftkeeper.store.database import Connection
from driftkeeper.workflow.called import Place, called

_SHOWN = 8

_Groups = dict[tuple[str, str, str], list[Scope]]
"""The scopes of each resource that fits, by account, region and key."""


@dataclass(frozen=True, slots=True)
class NamedResource:
    """One resource: the scope of the thing itself first, then those that view it under the same key.

    `points_to` is the key of the thing whose name it only is, as an alias is of a key.
    """

    key: str
    scopes: tuple[Scope, ...]
    points_to: str | None = None


def resolve(
    connection: Connection,
    name: str,
    *,
    evidence: Sequence[str] = (),
    accounts: Sequence[str] = (),
    regions: Sequence[str] = (),
) -> NamedResource:
    """Return the resource that the name means, among those of the places if any are given.

    The whole key wins over an end of one at a `/` or `:` and what its owner calls it, these over any
    other end, a thing over the parts of another (a rule that lets `sg-1` in ends with its name), and over
    what is only about it: a user over the MFA device of the same name. Raises `ResourceNameError`
    with the candidates when several fit, and with a hint when none does.
    """
    every = read.resource_names(connection)
    known = [
        (scope, key)
        for scope, key in every
        if (not evidence or scope.evidence in evidence)
        and (not accounts or scope.account in accounts)
        and (not regions or scope.region in regions)
    ]
    keys = {key for _, key in known}
    for fitting in _fitting(connection, name, known):
        groups = _without_abouts(_without_parts(_grouped(fitting, known), keys))
        if len(groups) > 1:
            raise ResourceNameError(_ambiguous(name, groups))
        for (_, _, key), scopes in groups.items():
            ordered = tuple(sorted(scopes, key=_thing_first))
            return NamedResource(key, ordered, _points_to(connection, ordered[0], key, every))
    raise ResourceNameError(
        f"no resource is named {name!r}; see what there is with `driftkeeper resources`"
    )


def _fitting(connection: Connection, name: str, known: Sequence[Place]) -> Iterator[list[Place]]:
    """Yield the resources that the name fits, what fits best first."""
    yield [place for place in known if place[1] == name]
    at_joint = [place for place in known if place[1].endswith((f"/{name}", f":{name}"))]
    yield [*at_joint, *called(connection, name, known)]
    yield [place for place in known if name and place[1].endswith(name)]


def _grouped(fitting: Iterable[Place], known: Iterable[Place]) -> _Groups:
    """Return the resources that fit, each with all the scopes that view it."""
    places = {(scope.account, scope.region, key) for scope, key in fitting}
    groups: _Groups = {}
    for scope, key in known:
        if (place := (scope.account, scope.region, key)) in places:
            groups.setdefault(place, []).append(scope)
    return groups


def _without_parts(groups: _Groups, keys: Collection[str]) -> _Groups:
    things = {place: scopes for place, scopes in groups.items() if not _is_part(place[2], keys)}
    return things or groups


def _without_abouts(groups: _Groups) -> _Groups:
    """Leave out what is about another of the resources, in the same account and region."""
    there = {(s.account, s.region, s.evidence) for scopes in groups.values() for s in scopes}
    return {
        place: scopes
        for place, scopes in groups.items()
        if not any((*place[:2], thing) in there for scope in scopes for thing in _about(scope))
    }


def _about(scope: Scope) -> tuple[str, ...]:
    spec = evidence_types().get(scope.evidence)
    return () if spec is None else spec.about


def _points_to(
    connection: Connection, scope: Scope, key: str, known: Iterable[Place]
) -> str | None:
    """Return the key of the thing of the same place that is called as this key ends; None for none."""
    places = {replace(scope, evidence=thing) for thing in _about(scope)}
    name = key.split(":", 5)[-1]
    found = called(connection, name, [place for place in known if place[0] in places])
    return found[0][1] if found else None


def require_seen(connection: Connection, accounts: Sequence[str], regions: Sequence[str]) -> None:
    """Raise `UsageError` for an account or region that no snapshot ever planned to look at.

    To answer "nothing" for a place that was never looked at would not be true.
    """
    if not accounts and not regions:
        return
    known = list(latest.scope_heads(connection))
    _require("account", accounts, {scope.account for scope in known})
    _require("region", regions, {scope.region for scope in known})


def _require(what: str, names: Sequence[str], known: Iterable[str]) -> None:
    for name in names:
        if name not in known:
            raise UsageError(
                f"no snapshot looked at {what} {name!r}; there are: {', '.join(sorted(known))}"
            )


def _is_part(key: str, keys: Collection[str]) -> bool:
    """Say whether a key goes on where another one ends: a rule of a group, a grant of a key."""
    ends = (at for at, letter in enumerate(key) if letter == "/")
    return any(key[:at] in keys for at in ends)


def _thing_first(scope: Scope) -> tuple[bool, Scope]:
    spec = evidence_types().get(scope.evidence)
    return (spec is not None and spec.aspect_of is not None, scope)


def _ambiguous(name: str, groups: _Groups) -> str:
    shown = [f"{key} ({account} {region})" for account, region, key in sorted(groups)][:_SHOWN]
    more = f" and {len(groups) - _SHOWN} more" if len(groups) > _SHOWN else ""
    steps = ", ".join([*_telling(groups), "more of the name"])
    return (
        f"{name!r} names {len(groups)} resources: {'; '.join(shown)}{more};"
        f" give {' or '.join(steps.rsplit(', ', 1))}"
    )


def _telling(groups: _Groups) -> Iterator[str]:
    """Yield the options that would tell some of the resources apart."""
    accounts, regions = ({place[number] for place in groups} for number in (0, 1))
    things = {min(scopes, key=_thing_first).evidence for scopes in groups.values()}
    for option, values in (("account", accounts), ("region", regions), ("evidence", things)):
        if len(values) > 1:
            yield f"--{option}"
