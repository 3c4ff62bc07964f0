"""CloudTrail trails: whether they are there, and whether they log."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference, Lifecycle, moved_on, turned
from driftkeeper.domain.types import Body, Direction, Severity

_TRAIL = "cloudtrail.trail"


def _interrupted(d: Difference) -> bool:
    """Say whether logging stopped since the last sight although it was on at both."""
    return _is_logging(d.old) and _is_logging(d.new) and moved_on(d)


def _is_logging(body: Body | None) -> bool:
    status = body.config.get("Status") if body else None
    return isinstance(status, dict) and status.get("IsLogging") is True


LOGGING = (
    ChangeKind(
        name="cloudtrail.logging_stopped",
        evidence=_TRAIL,
        path="Status.IsLogging",
        when=turned(True, False),
        direction=Direction.WEAKENED,
        severity=Severity.CRITICAL,
        criteria=("CC7.2",),
        says="trail {Name} stopped logging",
        trigger="Status.IsLogging went from true to false",
        means=(
            "Calls leave no trace in this trail from now on: an intruder's first step to work"
            " unseen, and a hole in the record that nothing fills later."
        ),
        advice=(
            "Run aws cloudtrail start-logging, then find who called StopLogging in Event history"
            " and review all that was done in the gap."
        ),
    ),
    ChangeKind(
        name="cloudtrail.logging_started",
        evidence=_TRAIL,
        path="Status.IsLogging",
        when=turned(False, True),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC7.2",),
        says="trail {Name} started logging",
        trigger="Status.IsLogging went from false to true",
        means=(
            "Calls are recorded again; those made while it was off stay missing from the log files."
        ),
        advice=(
            "Record from when to when it was off, and keep an export of Event history for that"
            " time (it holds 90 days of management events)."
        ),
    ),
)


LIFECYCLE = (
    ChangeKind(
        name="cloudtrail.trail_created",
        evidence=_TRAIL,
        on=Lifecycle.CREATED,
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC7.2",),
        says="trail {Name} was created",
        trigger="A trail is new in the listing of its home region",
        means=(
            "There is one more record of what is done, as far as its selectors go; if its bucket"
            " is not yours, somebody else gets a copy of it."
        ),
        advice=(
            "Check who owns the bucket, that it covers all regions and validates its files, and"
            " add it to the inventory of trails."
        ),
    ),
    ChangeKind(
        name="cloudtrail.trail_deleted",
        evidence=_TRAIL,
        on=Lifecycle.DELETED,
        direction=Direction.WEAKENED,
        severity=Severity.CRITICAL,
        criteria=("CC7.2",),
        says="trail {Name} was deleted",
        trigger="A trail is gone from a complete listing of its home region",
        means=(
            "What only this trail recorded is recorded no more; log files already delivered stay"
            " in the bucket."
        ),
        advice=(
            "Find DeleteTrail in Event history; make the trail again on the same bucket, and"
            " treat a deletion that nobody planned as an incident."
        ),
    ),
    ChangeKind(
        name="cloudtrail.logging_interrupted",
        evidence=_TRAIL,
        on=Lifecycle.ACT,
        path="Status.StopLoggingTime",
        when=_interrupted,
        direction=Direction.ACTIVITY,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="trail {Name} stopped logging at {after} and was started again before we looked",
        trigger=(
            "Status.StopLoggingTime moved past the previous look, while IsLogging is true on both"
            " days"
        ),
        means=(
            "Somebody switched the trail off and on again between two looks, which hides what was"
            " done in between from the log files."
        ),
        advice=(
            "Find StopLogging and StartLogging in Event history: who, how long, and what else the"
            " same identity did meanwhile."
        ),
    ),
)
