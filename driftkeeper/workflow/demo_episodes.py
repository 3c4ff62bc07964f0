"""What weakened in the demo's quarter, each with what put it right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from driftkeeper.diff.catalog import fallbacks, kinds_of
from driftkeeper.diff.spec import Lifecycle
from driftkeeper.domain.types import Change, Direction, Scope, Severity

_SETTLED = ("aa.finding_archived",)
"""What puts an end to a weakening without undoing it: people say that it is as they want it."""


@dataclass(frozen=True, slots=True)
class Episode:
    """Something that weakened, and what put it right or settled it; None while nothing has."""

    opened: Change
    closed: Change | None


def is_about_sight(change: Change) -> bool:
    """Say whether a change is one of what we can see, and not of an account."""
    return change.kind.startswith("collection.")


def matters(change: Change) -> bool:
    """Say whether a change is worth a line of its own."""
    return change.severity >= Severity.MEDIUM and not is_about_sight(change)


def episodes_of(changes: Sequence[Change]) -> list[Episode]:
    """Pair what weakened with what put it right; of one resource at one time the severest is told."""
    weakened = [c for c in changes if c.direction is Direction.WEAKENED and matters(c)]
    told: dict[tuple[Scope, str, int], Change] = {}
    for change in sorted(weakened, key=lambda change: -change.severity.rank):
        wide = replace(change.scope, evidence="")
        told.setdefault((wide, change.resource, change.snapshot), change)
    return [
        Episode(change, _closing(change, changes)) for change in weakened if change in told.values()
    ]


def _closing(opened: Change, changes: Iterable[Change]) -> Change | None:
    """Return what put it right: where it was opened, or of a thing that came, anywhere in it."""
    place = (opened.scope, opened.resource)
    return next(
        (
            change
            for change in changes
            if change.snapshot > opened.snapshot
            and (change.scope, change.resource) == place
            and (_puts_right(change, opened.path) or _removes(change))
        ),
        None,
    )


def _puts_right(change: Change, path: str) -> bool:
    settles = change.direction is Direction.STRENGTHENED or change.kind in _SETTLED
    return settles and path in ("", change.path)


def _removes(change: Change) -> bool:
    of_it = (*kinds_of(change.scope.evidence), *fallbacks())
    return any(kind.name == change.kind and kind.on is Lifecycle.DELETED for kind in of_it)
