"""Which regions of an account have a trail that logs all management events.

A trail of one region covers that; a multi-region trail covers all. A trail that does not log, or leaves
management events out, covers none. Of an organisation's trail a member account may not read what it
selects: where only such a trail is left for a region, it is unknown whether that is covered.
Events of global services, IAM among them, are logged in one region: only a multi-region trail is sure to
have them wherever it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from driftkeeper.derive.spec import Fact, Known, NotSeenError, Row, View
from driftkeeper.domain.types import Change, Json, Moved
from driftkeeper.semantics.trail_selectors import excluded_sources, logs_management

_ACCOUNT, _REGION, _TRAIL = "iam.account_summary", "account.region", "cloudtrail.trail"
_ON = ("opt-in-not-required", "opted-in")


def coverage(_config: Mapping[str, Json], view: View) -> dict[str, Json]:
    """Return the trails that cover each region which is on, by the region's name, and each trail's part.

    `everywhere` are those that cover all regions and have the events of global services; None where
    there is none for certain, but one of which that is unknown. What was not seen of a trail is None.
    """
    names = sorted(
        item["RegionName"] for item in view.all(_REGION).values() if item["OptInStatus"] in _ON
    )
    trails = _trails(names, view)
    parts = {arn: _part(trail) for arn, trail in sorted(trails.items())}
    return {
        "regions": {name: _covering(name, trails) for name in names},
        "everywhere": _everywhere(parts),
        "trails": parts,
    }


def _trails(names: Sequence[str], view: View) -> Mapping[str, Known]:
    """Return the trails of the regions that are on: one that is off is not seen, and logs nothing."""
    looked_at = sorted(view.regions(_TRAIL).intersection(names))
    if not looked_at:
        return view.all(_TRAIL)
    return {arn: trail for name in looked_at for arn, trail in view.all(_TRAIL, name).items()}


def _part(trail: Known) -> dict[str, Json]:
    return {
        "multi_region": trail.get("IsMultiRegionTrail") is True,
        "global_events": trail.get("IncludeGlobalServiceEvents") is True,
        "logging": _seen(lambda: trail["Status"]["IsLogging"] is True),
        "management": _seen(lambda: logs_management(trail["Selectors"])),
        "excluded": _seen(lambda: sorted(excluded_sources(trail["Selectors"]))),
    }


def _seen(ask: Callable[[], Json]) -> Json:
    try:
        return ask()
    except NotSeenError:
        return None


def _everywhere(parts: Mapping[str, Mapping[str, Json]]) -> list[str] | None:
    wanted = ("multi_region", "global_events", "logging", "management")
    found = [arn for arn, part in parts.items() if all(part[name] is True for name in wanted)]
    open_ = any(all(part[name] is not False for name in wanted) for part in parts.values())
    return found if found or not open_ else None


def _covering(region: str, trails: Mapping[str, Known]) -> list[str]:
    """Return the trails that cover a region; raise when that hangs on one that was not seen."""
    found: list[str] = []
    unseen: NotSeenError | None = None
    for arn, trail in sorted(trails.items()):
        try:
            if _reaches(trail, region) and _logs(trail):
                found.append(arn)
        except NotSeenError as error:
            unseen = error
    if unseen is not None and not found:
        raise unseen
    return found


def _reaches(trail: Known, region: str) -> bool:
    return trail.get("IsMultiRegionTrail") is True or trail.get("HomeRegion") == region


def _logs(trail: Known) -> bool:
    return trail["Status"]["IsLogging"] is True and logs_management(trail["Selectors"])


def compared(old: Row, new: Row) -> list[Moved]:
    """Return the regions without a trail before and now, if one lost its last trail or got a first one.

    Only regions that are on now count. One that is switched on where no trail is had none to lose, and has
    none from then on; of one that is switched off nothing is said.
    """
    before, after = old["regions"], new["regions"]
    bare = [name for name in after if not after[name]]
    was_bare = [name for name in after if name in before and not before[name]]
    if bare == was_bare:
        return []
    moving = {*bare} ^ {*was_bare}
    trails = (arn for side in (before, after) for name in moving for arn in side.get(name, ()))
    return [Moved(("uncovered",), was_bare, bare, frozenset(trails))]


def blame(moved: Moved, change: Change) -> int:
    """Return 3 for a trail that covered, or covers now, 2 for a region switched on, 1 for another trail."""
    if change.scope.evidence == _TRAIL:
        return 3 if change.resource in moved.traits else 1
    return 2 * (change.path == "OptInStatus")


COVERAGE = Fact(
    name="cloudtrail.coverage",
    title="Which regions a trail covers",
    says="For each region that is on, the trails that log all management events there.",
    of=(_ACCOUNT,),
    needs=(_REGION, _TRAIL),
    version=1,
    derive=coverage,
    compare=compared,
    blame=blame,
)
