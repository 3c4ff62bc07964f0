"""Access Analyzer findings, of every analyzer and with every status (evidence item 3).

`ListFindings` answers findings of external access whole, and refuses other analyzers. Those of unused
and internal access come from `ListFindingsV2`, which leaves the details out: they are asked for when
a finding is new or was updated. AWS gives findings no severity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from driftkeeper.collect.accessanalyzer import ANALYZERS, PAGE, has_configuration, is_external
from driftkeeper.collect.made import Made, plain
from driftkeeper.collect.no_setting import FIXED
from driftkeeper.collect.spec import (
    Asker,
    Call,
    Count,
    EvidenceType,
    From,
    Function,
    Gone,
    Item,
    Reach,
    Tie,
)
from driftkeeper.domain.types import Body, Json

_ALWAYS = ("id", "status", "resourceType", "resourceOwnerAccount", "createdAt", "updatedAt")
_EXTERNAL = Call(
    "accessanalyzer",
    "list_findings",
    items="findings",
    params={"analyzerArn": From("arn")},
    always=(*_ALWAYS, "condition"),
    page_size=PAGE,
)
_OTHERS = Call(
    "accessanalyzer",
    "list_findings_v2",
    items="findings",
    params={"analyzerArn": From("arn")},
    always=_ALWAYS,
    page_size=PAGE,
    action="access-analyzer:ListFindings",
)
_FRESH = timedelta(hours=1)


def findings(asker: Asker) -> Iterable[Item]:
    """Return the findings of all analyzers of the region."""
    for found in asker.each(partial(_findings_of, asker), asker.rows(ANALYZERS)):
        yield from found


def _findings_of(asker: Asker, analyzer: Item) -> list[Item]:
    is_whole = is_external(analyzer["type"])
    try:
        rows = asker.rows(_EXTERNAL if is_whole else _OTHERS, analyzer)
    except Gone:
        return []
    named = {"findingType": "ExternalAccess"} if is_whole else {}
    return [
        {**named, **row, "analyzerArn": analyzer["arn"], "_type": analyzer["type"]} for row in rows
    ]


def _is_short(item: Item) -> bool:
    return has_configuration({"type": item["_type"]})


def _is_as_before(item: Item, before: Body) -> bool:
    return bool(item["updatedAt"] == before.observed.get("updatedAt"))


def _active(bodies: Sequence[Body]) -> Count:
    return len([body for body in bodies if body.config["status"] == "ACTIVE"])


def counted_active(bodies: Sequence[Body]) -> Count:
    """Return how many active findings AWS counts for these analyzers.

    None when there is no analyzer, or AWS did not count for each of them, or counted long before it last
    analysed, or met errors: it does not say whether those are counted.
    """
    counts = [_counted(body) for body in bodies]
    known = [count for count in counts if count is not None]
    return sum(known) if counts and len(known) == len(counts) else None


def _counted(body: Body) -> int | None:
    found: Json = body.observed.get("Statistics")
    if not isinstance(found, dict):
        return None
    counted, analysed = found.get("lastUpdatedAt"), body.observed.get("lastResourceAnalyzedAt")
    if counted is None or (analysed is not None and _is_long_before(counted, analysed)):
        return None
    parts = [part for row in found["findingsStatistics"] for part in row.values()]
    counts = [part.get("totalActiveFindings") for part in parts]
    is_told = counts and all(isinstance(count, int) for count in counts)
    return sum(counts) if is_told and not any(_errors(part) for part in parts) else None


def _is_long_before(one: str, other: str) -> bool:
    return datetime.fromisoformat(other) - datetime.fromisoformat(one) > _FRESH


def _errors(part: Item) -> bool:
    by_type = part.get("resourceTypeStatistics", {})
    return any(row.get("totalActiveErrors") for row in by_type.values())


_DETAILS = "findingDetails.*Details"

FINDING = EvidenceType(
    name="accessanalyzer.finding",
    title="Access Analyzer findings",
    says="Who may use which resource from outside, or may do more than they use, and its status.",
    item=3,
    reach=Reach.REGION,
    listing=Function((ANALYZERS, _EXTERNAL, _OTHERS), findings),
    details={
        "findingDetails": Call(
            "accessanalyzer",
            "get_finding_v2",
            items="findingDetails",
            params={"analyzerArn": From("analyzerArn"), "id": From("id")},
            when=_is_short,
            kept=_is_as_before,
            page_size=PAGE,
            action="access-analyzer:GetFinding",
        ),
    },
    key="{analyzerArn}/finding/{id}",
    observed=(
        "analyzedAt",
        "createdAt",
        "updatedAt",
        f"{_DETAILS}.lastAccessed",
        f"{_DETAILS}.actions.lastAccessed",
    ),
    sets={
        "action": None,
        "sources": None,
        "findingDetails": None,
        f"{_DETAILS}.action": None,
        f"{_DETAILS}.actions": "action",
        f"{_DETAILS}.sources": None,
    },
    ties=(
        Tie(
            "active findings",
            "Findings listed as active are as many as AWS counts for the region's analyzers.",
            _active,
            "accessanalyzer.analyzer",
            counted_active,
        ),
    ),
    criteria=("CC6.3", "CC6.6"),
    limits=(
        "AWS finds a new access up to half an hour after it was granted, and forgets a resolved finding"
        " after 90 days. A role is found in every region that has an analyzer. Who archived a finding is"
        " not said."
    ),
    made=Made(rows=("findings",), fields=plain("analyzerArn", "findingType")),
    no_setting={
        "error": "says why AWS could not analyse something, and nothing of what it found",
        "findingType": FIXED,
        "resource": FIXED,
        "resourceOwnerAccount": FIXED,
        "resourceType": FIXED,
    },
)
