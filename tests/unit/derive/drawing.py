"""Draws a fact from answers of AWS, by way of the real declarations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from driftkeeper.collect.catalog import evidence_types
from driftkeeper.collect.spec import Reach
from driftkeeper.derive.engine import Drawn, Subject, draw
from driftkeeper.derive.spec import Fact, Known, NotSeenError
from driftkeeper.domain.types import Body, Change, Direction, Scope, Severity
from tests.cases.answers import AS_OF, SINCE
from tests.cases.case import Shown, bodies_of, scope_of


@dataclass(frozen=True)
class Sighted(Shown):
    """A world in which some scopes are out of sight."""

    out: frozenset[Scope] = frozenset()

    def scopes(self, evidence: str) -> list[Scope]:
        """Every scope of an evidence type, in sight or not."""
        hidden = {scope for scope in self.out if scope.evidence == evidence}
        return sorted({*super().scopes(evidence), *hidden})

    def was_listed(self, scope: Scope) -> bool:
        """Whether it was ever seen: what is out of sight now was in sight before."""
        return scope in self.out or super().was_listed(scope)

    def resources(self, scope: Scope) -> dict[str, Known]:
        """The resources of a scope by key."""
        if scope in self.out:
            raise NotSeenError(scope)
        return super().resources(scope)


def at(evidence: str, region: str | None = None, account: str | None = None) -> Scope:
    """The scope of the samples, or one elsewhere."""
    scope = scope_of(evidence)
    is_regional = evidence_types()[evidence].reach is Reach.REGION
    placed = replace(scope, region=region) if region and is_regional else scope
    return placed if account is None else replace(placed, account=account)


Seen: TypeAlias = Mapping[Any, Any]
"""The answers that there are, by evidence type, or by scope where that is not the one of the samples."""


def drawn(
    fact: Fact,
    evidence: str,
    seen: Seen,
    *,
    out: Iterable[str | Scope] = (),
    unseen: Mapping[str, tuple[str, ...]] | None = None,
    key: str | None = None,
) -> Drawn:
    """What a fact says of the one resource of an evidence type, or of the one with this key.

    `out` is out of sight, as types or scopes; `unseen` names details not seen, by type.
    """
    bodies: dict[Scope, dict[str, Body]] = {}
    for place, answers in seen.items():
        scope = place if isinstance(place, Scope) else scope_of(place)
        details = (unseen or {}).get(scope.evidence, ())
        bodies[scope] = bodies_of(scope.evidence, answers, details)
    hidden = frozenset(each if isinstance(each, Scope) else scope_of(each) for each in out)
    own = scope_of(evidence)
    found = next(iter(bodies[own]), "") if key is None else key
    return draw(fact, Sighted(bodies, hidden), Subject(own, found))


def row(fact: Fact, evidence: str, seen: Seen, **more: Any) -> dict[str, Any]:
    """The row of a fact that is known."""
    found = drawn(fact, evidence, seen, **more)
    assert found.row is not None, found.unseen
    return dict(found.row)


def missing(fact: Fact, evidence: str, seen: Seen, **more: Any) -> tuple[str, str]:
    """What was out of sight for a fact that is unknown: its evidence type, and the detail if any."""
    found = drawn(fact, evidence, seen, **more)
    assert found.row is None
    assert found.unseen is not None
    return found.unseen.scope.evidence, found.unseen.detail


def is_odd(fact: Fact, evidence: str, seen: Seen, **more: Any) -> bool:
    """Whether nothing is concluded, since an answer is of no known form."""
    found = drawn(fact, evidence, seen, **more)
    assert found.row is None
    assert found.unseen is not None
    return (found.unseen.scope, found.unseen.detail) == (scope_of(evidence), "")


def change(
    evidence: str, resource: str, path: str, before: Any = None, after: Any = None
) -> Change:
    """A change that may be to blame."""
    return Change(
        id=path,
        kind="x.y",
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC8.1",),
        scope=scope_of(evidence),
        resource=resource,
        path=path,
        before=before,
        after=after,
        not_before=SINCE,
        not_after=AS_OF,
        snapshot=2,
        previous_snapshot=1,
        says="x",
    )
