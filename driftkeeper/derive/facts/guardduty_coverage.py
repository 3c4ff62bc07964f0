"""Which regions GuardDuty watches."""

from __future__ import annotations

from collections.abc import Mapping

from driftkeeper.derive.spec import Fact, View
from driftkeeper.domain.types import Json

_REGION, _DETECTOR = "account.region", "guardduty.detector"
_ON = ("opt-in-not-required", "opted-in")


def coverage(config: Mapping[str, Json], view: View) -> dict[str, Json]:
    """Return whether a region is on, and the state of its detector: ENABLED, DISABLED or ABSENT."""
    enabled = config.get("OptInStatus") in _ON
    found = view.all(_DETECTOR, config["RegionName"]) if enabled else {}
    states = sorted(str(item["Status"]) for item in found.values())
    best = "ENABLED" if "ENABLED" in states else next(iter(states), "ABSENT")
    return {"enabled": enabled, "detector": best if enabled else None}


COVERAGE = Fact(
    name="guardduty.coverage",
    title="Which regions GuardDuty watches",
    says="For each region that is on, the state of its detector.",
    of=(_REGION,),
    needs=(_DETECTOR,),
    version=1,
    derive=coverage,
)
