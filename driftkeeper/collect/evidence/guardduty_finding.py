"""GuardDuty findings of the last 90 days, archived or not (evidence item 7).

Ids are cheap to list and details are not, so details are asked for only when a finding is new or was
updated since the last look. Archiving is not known to count as an update, so whether a finding is
archived is told by which list its id is on. AWS rewords descriptions and counts on: that is observed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from driftkeeper.collect.guardduty import DETECTORS, PAGE, detector_of, texts
from driftkeeper.collect.made import LIST, Made, plain
from driftkeeper.collect.no_setting import FIXED
from driftkeeper.collect.spec import (
    Asker,
    Batch,
    Call,
    Count,
    EvidenceType,
    From,
    Function,
    Item,
    Reach,
    Tie,
)
from driftkeeper.domain.types import Body, Json

_DETECTOR = {"DetectorId": From("DetectorId")}
_LIST = Call("guardduty", "list_findings", items="FindingIds", params=_DETECTOR, page_size=PAGE)
_OVERLAP = timedelta(hours=1)
_SAMPLE = "[SAMPLE]"


def findings(asker: Asker) -> Iterable[Item]:
    """Return the id of each finding, whether it is archived, and whether it may have changed.

    What is archived is listed last, and not at the same time: a finding that is archived meanwhile is on
    both lists, where it would else be on none.
    """
    detector = detector_of(asker)
    if detector is None:
        return []
    found = {
        name: archived
        for archived in (False, True)
        for name in _ids(asker, detector, "service.archived", {"Equals": [str(archived).lower()]})
    }
    updated = _updated(asker, detector)
    return [
        {
            "DetectorId": detector,
            "Id": name,
            "Archived": found[name],
            "_changed": updated is None or name in updated,
        }
        for name in sorted(found)
    ]


def _updated(asker: Asker, detector: str) -> frozenset[str] | None:
    """Return the ids of what was updated since the last look; None when all must be read anew."""
    if asker.since is None:
        return None
    since = round((asker.since - _OVERLAP).timestamp() * 1000)
    return frozenset(_ids(asker, detector, "updatedAt", {"GreaterThanOrEqual": since}))


def _ids(asker: Asker, detector: str, name: str, test: Item) -> list[str]:
    params = {**_LIST.params, "FindingCriteria": {"Criterion": {name: test}}}
    return texts(asker.value(replace(_LIST, params=params), {"DetectorId": detector}))


def _is_as_before(item: Item, _before: Body) -> bool:
    return not item["_changed"]


def with_summary(item: Item) -> Item:
    """Return the item with the ids of what the finding is about, and whether it is but a sample."""
    finding = item.get("Finding")
    if not isinstance(finding, dict):
        return item
    resource = finding["Resource"]
    return {
        **item,
        "Finding": {
            **finding,
            "Sample": is_sample(finding),
            "Resource": {**resource, "Ids": _resource_ids(resource)},
        },
    }


def is_sample(finding: Item) -> bool:
    """Say whether somebody made AWS invent this finding to try out what happens."""
    if str(finding.get("Title", "")).startswith(_SAMPLE):
        return True
    about = (finding.get("Service") or {}).get("AdditionalInfo") or {}
    try:
        said = json.loads(about.get("Value") or "{}")
    except ValueError:
        return False
    return isinstance(said, dict) and said.get("sample") in (True, "true")


_ID_FIELDS = (
    "Arn",
    "InstanceId",
    "FunctionArn",
    "DbInstanceArn",
    "DbShardGroupArn",
    "EbsSnapshotArn",
    "Ec2ImageArn",
    "BackupVaultArn",
    "AccessKeyId",
    "UserName",
    "Id",
)

_TEMPORARY = "ASIA"
"""How access keys of sessions begin: a role has others by the hour, while the finding is the same."""


def _resource_ids(resource: Item) -> list[str]:
    """Return what identifies each resource: the most telling field of each of its descriptions."""
    found: set[str] = set()
    for name, value in resource.items():
        if not name.endswith("Details"):
            continue
        for row in value if isinstance(value, list) else [value]:
            found.update(_first_id(row))
    return sorted(found)


def _first_id(row: Json) -> list[str]:
    fields = row if isinstance(row, dict) else {}
    ids = [str(fields[name]) for name in _ID_FIELDS if fields.get(name)]
    return sorted(ids, key=lambda name: name.startswith(_TEMPORARY))[:1]


def _open(bodies: Sequence[Body]) -> Count:
    return len([body for body in bodies if body.config["Archived"] is False])


def counted_open(bodies: Sequence[Body]) -> Count:
    """Return how many findings AWS counts that are not archived; None where there is no detector."""
    found = [body.observed.get("Statistics") for body in bodies]
    counts = [_counted(statistics) for statistics in found if isinstance(statistics, dict)]
    return sum(count for count in counts if count) if counts and None not in counts else None


def _counted(statistics: Item) -> int | None:
    """Return the sum over all severities, None when a group does not say how many it has."""
    counts = [group.get("TotalFindings") for group in statistics.get("GroupedBySeverity") or ()]
    return sum(counts) if all(isinstance(count, int) for count in counts) else None


_VERDICT = "says what a finding is about; the finding is named when it comes, goes or gets worse"

FINDING = EvidenceType(
    name="guardduty.finding",
    title="GuardDuty findings",
    says="What GuardDuty found, how severe, about which resource, and whether it is archived.",
    item=7,
    reach=Reach.REGION,
    listing=Function((DETECTORS, _LIST), findings),
    details={
        "Finding": Batch(
            Call(
                "guardduty",
                "get_findings",
                items="Findings",
                params=_DETECTOR,
                always=("Id", "Arn", "AccountId", "Type", "Severity", "Resource", "UpdatedAt"),
                kept=_is_as_before,
            ),
            each="FindingIds",
            on="Id",
            to="Id",
            size=PAGE,
        ),
    },
    key="arn:{partition}:guardduty:{region}:{account}:detector/{DetectorId}/finding/{Id}",
    tidy=with_summary,
    observed=(
        "Finding.Confidence",
        "Finding.CreatedAt",
        "Finding.UpdatedAt",
        "Finding.Description",
        "Finding.SchemaVersion",
        "Finding.Resource.*Details",
        "Finding.Service.Action",
        "Finding.Service.AdditionalInfo",
        "Finding.Service.Archived",  # as of when the details were last asked for
        "Finding.Service.Detection",
        "Finding.Service.Ev*",
        "Finding.Service.*Details",
    ),
    acts=("Finding.Service.Count",),
    sets={"Finding.Resource.Ids": None},
    criteria=("CC7.2", "CC7.3"),
    limits=(
        "AWS keeps a finding for 90 days after its last update. It does not say who archived one, or"
        " whether a filter did; nor whether anybody looked at it."
    ),
    ties=(
        Tie(
            "findings not archived",
            "Findings listed as not archived are as many as AWS counts for the detector.",
            _open,
            "guardduty.detector",
            counted_open,
        ),
    ),
    made=Made(
        fields=plain("DetectorId", "Id", "Archived"),
        inside={"Finding": plain("Sample"), "Finding.Resource": {"Ids": {LIST: None}}},
    ),
    no_setting={
        "Finding.AccountId": FIXED,
        "Finding.Arn": FIXED,
        "Finding.AssociatedAttackSequenceArn": _VERDICT,
        "Finding.CustomDetectionRuleName": _VERDICT,
        "Finding.Id": FIXED,
        "Finding.Partition": FIXED,
        "Finding.Region": FIXED,
        "Finding.Resource.Ids.*": _VERDICT,
        "Finding.Resource.ResourceType": _VERDICT,
        "Finding.Sample": FIXED,
        "Finding.Service.*": _VERDICT,
        "Finding.Title": _VERDICT,
        "Finding.Type": FIXED,
    },
)
