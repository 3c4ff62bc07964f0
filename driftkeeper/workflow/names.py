"""Finds the resource that a person means by an ARN, a natural key, or any unambiguous end of one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from driftkeeper.collect.catalog import evidence_types
from driftkeeper.domain.errors import ResourceNameError, UsageError
from driftkeeper.domain.types import Scope
from driftkeeper.store import latest, read
from driftkeeper.store.database import Connection

_SHOWN = 8


@dataclass(frozen=True, slots=True)
class NamedResource:
    """One resource: the scope of the thing itself first, then those that view it under the same key."""

    key: str
    scopes: tuple[Scope, ...]


def resolve(
    connection: Connection,
    name: str,
    *,
    evidence: Sequence[str] = (),
    accounts: Sequence[str] = (),
    regions: Sequence[str] = (),
) -> NamedResource:
    """Return the resource that the name means, among those of the places if any are given.

    The whole key wins over an end of one at a `/` or `:`, that over any end, and a thing over the
    parts of another: a rule that lets `sg-1` in ends with its name. Raises `ResourceNameError` with
    the candidates when several fit, and with a hint when none does.
    """
    known = [
        (scope, key)
        for scope, key in read.resource_names(connection)
        if (not evidence or scope.evidence in evidence)
        and (not accounts or scope.account in accounts)
        and (not regions or scope.region in regions)
    ]
    keys = {key for _, key in known}
    for fits in (_is_whole, _ends_at_joint, _ends):
        groups: dict[tuple[str, str, str], list[Scope]] = {}
        for scope, key in known:
            if fits(key, name):
                groups.setdefault((scope.account, scope.region, key), []).append(scope)
        things = {place: scopes for place, scopes in groups.items() if not _is_part(place[2], keys)}
        groups = things or groups
        if len(groups) > 1:
            raise ResourceNameError(_ambiguous(name, groups))
        for (_, _, key), scopes in groups.items():
            return NamedResource(key, tuple(sorted(scopes, key=_thing_first)))
    raise ResourceNameError(
        f"no resource is named {name!r}; see what there is with `driftkeeper resources`"
    )


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


def _is_whole(key: str, name: str) -> bool:
    return key == name


def _ends_at_joint(key: str, name: str) -> bool:
    return key.endswith((f"/{name}", f":{name}"))


def _ends(key: str, name: str) -> bool:
    return bool(name) and key.endswith(name)


def _is_part(key: str, keys: Collection[str]) -> bool:
    """Say whether a key goes on where another one ends: a rule of a group, a grant of a key."""
    ends = (at for at, letter in enumerate(key) if letter == "/")
    return any(key[:at] in keys for at in ends)


def _thing_first(scope: Scope) -> tuple[bool, Scope]:
    spec = evidence_types().get(scope.evidence)
    return (spec is not None and spec.aspect_of is not None, scope)


def _ambiguous(name: str, groups: dict[tuple[str, str, str], list[Scope]]) -> str:
    shown = [f"{key} ({account} {region})" for account, region, key in sorted(groups)][:_SHOWN]
    more = f" and {len(groups) - _SHOWN} more" if len(groups) > _SHOWN else ""
    return (
        f"{name!r} names {len(groups)} resources: {'; '.join(shown)}{more}; give more of the name"
    )
