"""Which regions have an analyzer of Access Analyzer at work.

Analyzers of external access work per region, those of unused access for the whole account. An analyzer of
the organisation counts where it is listed, which is the account that it belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping

from driftkeeper.derive.spec import Fact, View
from driftkeeper.domain.types import Json

_REGION, _ANALYZER = "account.region", "accessanalyzer.analyzer"
_ON = ("opt-in-not-required", "opted-in")
_EXTERNAL = ("ACCOUNT", "ORGANIZATION")


def coverage(config: Mapping[str, Json], view: View) -> dict[str, Json]:
    """Return whether a region is on, and its active analyzers of external and of unused access."""
    enabled = config.get("OptInStatus") in _ON
    found = view.all(_ANALYZER, config["RegionName"]) if enabled else {}
    active = {arn: str(item["type"]) for arn, item in found.items() if item["status"] == "ACTIVE"}
    return {
        "enabled": enabled,
        "external": sorted(arn for arn, sort in active.items() if sort in _EXTERNAL),
        "unused": sorted(arn for arn, sort in active.items() if sort.endswith("_UNUSED_ACCESS")),
    }


COVERAGE = Fact(
    name="accessanalyzer.coverage",
    title="Which regions an analyzer watches",
    says="For each region that is on, the active analyzers of external and of unused access.",
    of=(_REGION,),
    needs=(_ANALYZER,),
    version=1,
    derive=coverage,
)
