"""Regions in which no trail logs the management events, or one does again."""

from __future__ import annotations

from driftkeeper.diff.says import short_name
from driftkeeper.diff.spec import ChangeKind, Difference, turned
from driftkeeper.domain.types import Direction, Severity

_COVERAGE = "cloudtrail.coverage"


def _trails(d: Difference) -> str:
    return ", ".join(sorted(map(short_name, d.traits)))


COVERAGE = (
    ChangeKind(
        name="cloudtrail.region_uncovered",
        evidence=_COVERAGE,
        path="covered",
        when=turned(True, False),
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="no trail logs the management events of {RegionName} any more",
        adds=lambda d: f"; until then {_trails(d)} did" if d.traits else "",
        trigger=(
            "In a region that is on, no trail is left that logs and takes all management events; or a"
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
        path="covered",
        when=turned(False, True),
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="the management events of {RegionName} are logged now",
        adds=lambda d: f" by {_trails(d)}" if d.traits else "",
        trigger="A region that is on and had no trail for all its management events has one now",
        means="From here on there is a record of that region; of the time before there is none.",
        advice="Write down from when to when the region had no trail, and why.",
    ),
)
