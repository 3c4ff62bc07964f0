"""Finds the resource that a person means by an ARN, a natural key, or any unambiguous end of one."""

from __future__ import annotations

from dataclasses import dataclass

from driftkeeper.collect.catalog import evidence_types
from driftkeeper.domain.errors import ResourceNameError
from driftkeeper.domain.types import Scope
from driftkeeper.store import read
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
    evidence: str | None = None,
    account: str | None = None,
    region: str | None = None,
) -> NamedResource:
    """Return the resource that the name means.

    The whole key wins over an end of one at a `/` or `:`, that over any end. Raises
    `ResourceNameError` with the candidates when several fit, and with a hint when none does.
    """
    known = [
        (scope, key)
        for scope, key in read.resource_names(connection)
        if evidence in (None, scope.evidence)
        and account in (None, scope.account)
        and region in (None, scope.region)
    ]
    for fits in (_is_whole, _ends_at_joint, _ends):
        groups: dict[tuple[str, str, str], list[Scope]] = {}
        for scope, key in known:
            if fits(key, name):
                groups.setdefault((scope.account, scope.region, key), []).append(scope)
        if len(groups) > 1:
            raise ResourceNameError(_ambiguous(name, groups))
        for (_, _, key), scopes in groups.items():
            return NamedResource(key, tuple(sorted(scopes, key=_thing_first)))
    raise ResourceNameError(
        f"no resource is named {name!r}; see what there is with `driftkeeper resources`"
    )


def _is_whole(key: str, name: str) -> bool:
    return key == name


def _ends_at_joint(key: str, name: str) -> bool:
    return key.endswith((f"/{name}", f":{name}"))


def _ends(key: str, name: str) -> bool:
    return bool(name) and key.endswith(name)


def _thing_first(scope: Scope) -> tuple[bool, Scope]:
    spec = evidence_types().get(scope.evidence)
    return (spec is not None and spec.aspect_of is not None, scope)


def _ambiguous(name: str, groups: dict[tuple[str, str, str], list[Scope]]) -> str:
    shown = [f"{key} ({account} {region})" for account, region, key in sorted(groups)][:_SHOWN]
    more = f" and {len(groups) - _SHOWN} more" if len(groups) > _SHOWN else ""
    return (
        f"{name!r} names {len(groups)} resources: {'; '.join(shown)}{more}; give more of the name"
    )
