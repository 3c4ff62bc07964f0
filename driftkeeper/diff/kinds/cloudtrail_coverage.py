"""Regions in which no trail logs the management events, or one does again."""

from __future__ import annotations

from driftkeeper.diff.says import short_name
from driftkeeper.diff.spec import ChangeKind, Difference
from driftkeeper.domain.types import Direction, Severity

_COVERAGE = "cloudtrail.coverage"


_LISTED = 3


def _trails(d: Difference) -> str:
    return ", ".join(sorted(map(short_name, d.traits)))


def _lost(d: Difference) -> list[str]:
    return [name for name in d.after if name not in d.before]


def _found(d: Difference) -> list[str]:
    return [name for name in d.before if name not in d.after]


def _listed(names: list[str]) -> str:
    """Return the first of the regions by name, and how many there are more."""
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")


COVERAGE = (
    ChangeKind(
        name="cloudtrail.region_uncovered",
        evidence=_COVERAGE,
        path="uncovered",
        when=lambda d: bool(_lost(d)),
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="no trail logs the management events of",
        adds=lambda d: (
            f" {_listed(_lost(d))}" + (f"; until then {_trails(d)} did" if d.traits else "")
        ),
        trigger=(
            "In regions that are on, no trail is left that logs and takes all management events; or a"
            " region was switched on where there is none"
        ),
        means="Whatever is done in that region leaves no record that an investigator or auditor could use.",
        advice=(
            "Start or create a multi-region trail with all management events, and treat the time"
            " without one as a deviation."
        ),
    ),
    ChangeKind(
        name="cloudtrail.region_covered",
        evidence=_COVERAGE,
        path="uncovered",
        when=lambda d: not _lost(d),
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="management events are logged now of",
        adds=lambda d: f" {_listed(_found(d))}" + (f", by {_trails(d)}" if d.traits else ""),
        trigger="Regions that are on and had no trail for all their management events have one now",
        means="From here on there is a record of that region; of the time before there is none.",
        advice="Write down from when to when the region had no trail, and why.",
    ),
)
