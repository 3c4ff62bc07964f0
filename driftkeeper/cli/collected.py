"""What `collect --json` says of a snapshot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from driftkeeper.cli.shapes import miss_json
from driftkeeper.domain.types import Cause, Change, Direction, Outcome, Sight

if TYPE_CHECKING:
    from driftkeeper.workflow.take_snapshot import Taken


def nothing_json() -> dict[str, Any]:
    """Return what is said where there was nothing to do."""
    return {"snapshot": None, **_outcome_json((), ()), "warnings": [], "attribution": None}


def taken_json(taken: Taken) -> dict[str, Any]:
    """Return what `collect --json` says of a snapshot."""
    snapshot = taken.snapshot
    return {
        "snapshot": {
            "number": snapshot.number,
            "taken_at": snapshot.taken_at,
            "finished_at": snapshot.finished_at,
            "status": str(snapshot.status),
            "tool_version": snapshot.tool_version,
            "caller": ", ".join(snapshot.callers),
            "digest": taken.entry.digest,
        },
        **_outcome_json(taken.sights, taken.changes),
    }


def _outcome_json(sights: Sequence[Sight], changes: Sequence[Change]) -> dict[str, Any]:
    looked = [sight for sight in sights if sight.coverage.cause is not Cause.SKIPPED]
    outcomes = Counter(sight.coverage.outcome for sight in looked)
    directions = Counter(change.direction for change in changes)
    kinds = Counter(change.kind for change in changes)
    calls = sum(sight.coverage.calls for sight in sights)
    floor = sum(sight.coverage.least for sight in sights)
    excluded = {"excluded": len(sights) - len(looked)} if len(looked) < len(sights) else {}
    return {
        "coverage": {**{str(outcome): outcomes[outcome] for outcome in Outcome}, **excluded},
        "misses": [miss_json(miss) for sight in looked for miss in sight.misses],
        "changes": {
            "total": len(changes),
            **{str(direction): directions[direction] for direction in Direction},
            "by_kind": dict(sorted(kinds.items())),
        },
        "api_calls": calls,
        "floor": floor,
        "calls_per_floor": round(calls / floor, 2) if floor else None,
        "resources": sum(sight.coverage.resources for sight in sights),
    }
