"""Tells of the times in which nobody looked: they are in the log as well as what was seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from driftkeeper.diff.engine import named
from driftkeeper.diff.spec import Difference, Lifecycle, Told
from driftkeeper.domain.canonical import timestamp
from driftkeeper.domain.shape import Shape
from driftkeeper.domain.types import GLOBAL_REGION, Scope, Step

LONGEST = timedelta(hours=36)
"""Between two looks at a scope; after that nobody can say any more how it was in between."""


def gaps(steps: Iterable[Step], snapshot: int, taken: Mapping[int, datetime]) -> list[Told]:
    """Return, for each account, that nobody looked for too long before this snapshot.

    `taken` says when this snapshot and those before were taken: an answer may be older than the look. A
    scope that was out of sight in between has been told of as lost.
    """
    late: dict[str, list[Step]] = {}
    for step in steps:
        before = taken.get(step.previous_snapshot or 0)
        is_late = before is not None and taken[snapshot] - before > LONGEST
        if is_late and step.listed and not step.restored:
            late.setdefault(step.scope.account, []).append(step)
    return [
        told
        for account, found in sorted(late.items())
        for told in _gap(account, found, snapshot, taken)
    ]


def _gap(
    account: str, steps: list[Step], snapshot: int, taken: Mapping[int, datetime]
) -> Iterator[Told]:
    """Yield what is told of all scopes of an account together, from the oldest look that is known."""
    first = min(step.previous_snapshot or 0 for step in steps)
    since, until = taken[first], taken[snapshot]
    scope = Scope(account, GLOBAL_REGION, "collection")
    difference = Difference(
        Lifecycle.GAP,
        scope,
        account,
        (),
        {"LastSeen": timestamp(since), "Scopes": len(steps)},
        {"Seen": timestamp(until), "Scopes": len(steps)},
        None,
        None,
        since,
        until,
    )
    return named(Step(scope, until, since, first), [difference], Shape(), snapshot)
