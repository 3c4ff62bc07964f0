"""Which regions have a trail that logs all management events.

A trail of one region covers that; a multi-region trail covers all. A trail that does not log, or leaves
management events out, covers none. Of an organisation's trail a member account may not read what it
selects: where only such a trail is left, whether a region is covered is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping

from driftkeeper.derive.spec import Fact, Known, NotSeenError, Row, View
from driftkeeper.domain.types import Change, Json, Moved
from driftkeeper.semantics.trail_selectors import logs_management

_REGION, _TRAIL = "account.region", "cloudtrail.trail"
_ON = ("opt-in-not-required", "opted-in")


def coverage(config: Mapping[str, Json], view: View) -> dict[str, Json]:
    """Return whether a region is on, and by which trails it is covered; by none when it is off."""
    enabled = config.get("OptInStatus") in _ON
    covering: list[str] = []
    unseen: NotSeenError | None = None
    for arn, trail in sorted(view.all(_TRAIL).items()) if enabled else ():
        try:
            if _reaches(trail, config["RegionName"]) and _logs(trail):
                covering.append(arn)
        except NotSeenError as error:
            unseen = error
    if unseen is not None and not covering:
        raise unseen
    return {"enabled": enabled, "covered": bool(covering), "by": covering}


def _reaches(trail: Known, region: str) -> bool:
    return trail.get("IsMultiRegionTrail") is True or trail.get("HomeRegion") == region


def _logs(trail: Known) -> bool:
    return trail["Status"]["IsLogging"] is True and logs_management(trail["Selectors"])


def compared(old: Row, new: Row) -> list[Moved]:
    """Return that a region which is on came under a trail, or is under none any more.

    A region that is switched on with no trail for it is uncovered then; of one that is switched off
    nothing is said.
    """
    if not new["enabled"]:
        return []
    was = old["covered"] if old["enabled"] else True
    if was == new["covered"]:
        return []
    return [Moved(("covered",), was, new["covered"], frozenset([*old["by"], *new["by"]]))]


def blame(moved: Moved, change: Change) -> int:
    """Return 3 for a trail that covered, or covers now, 1 for another trail."""
    if change.scope.evidence == _TRAIL:
        return 3 if change.resource in moved.traits else 1
    return 2 * (change.path == "OptInStatus")


COVERAGE = Fact(
    name="cloudtrail.coverage",
    title="Which regions a trail covers",
    says="For each region that is on, the trails that log all management events there.",
    of=(_REGION,),
    needs=(_TRAIL,),
    version=1,
    derive=coverage,
    compare=compared,
    blame=blame,
)
