"""The GuardDuty detector of each region, or that there is none (evidence item 7).

There is one row for a region, whether GuardDuty is on, suspended or was never enabled: so that turning
it on or off is a change of one thing, and a region without it is seen and not passed over.
"""

from __future__ import annotations

from collections.abc import Iterable

from driftkeeper.collect.guardduty import DETECTORS, detector_of
from driftkeeper.collect.made import Made, plain
from driftkeeper.collect.no_setting import BY_AWS, COPY
from driftkeeper.collect.spec import Asker, Call, EvidenceType, From, Function, Item, Reach

_DETECTOR = {"DetectorId": From("DetectorId")}
_GET = Call("guardduty", "get_detector", params=_DETECTOR, always=("Status", "ServiceRole"))
_ABSENT = "ABSENT"


def detectors(asker: Asker) -> Iterable[Item]:
    """Return the one row of the region."""
    detector = detector_of(asker)
    if detector is None:
        return [{"Status": _ABSENT}]
    named: Item = {"DetectorId": detector}
    return [{**asker.value(_GET, named), **named}]


def _is_there(item: Item) -> bool:
    return bool(item["Status"] != _ABSENT)


def _with_administrator(item: Item) -> Item:
    """Say in one way that no other account administers this one, which AWS does by saying nothing.

    A feature of which nothing is said is not one that is off.
    """
    if not all("Name" in row and "Status" in row for row in item.get("Features", [])):
        raise LookupError("a feature has no name or no status")
    if "Administrator" not in item:
        return item
    found = (item["Administrator"] or {}).get("Administrator") or {}
    return {**item, "Administrator": {**found, "AccountId": found.get("AccountId") or None}}


DETECTOR = EvidenceType(
    name="guardduty.detector",
    title="GuardDuty detectors",
    says="For each region whether GuardDuty is on, what it watches, how often it reports, for whom.",
    item=7,
    reach=Reach.REGION,
    listing=Function((DETECTORS, _GET), detectors),
    details={
        "Administrator": Call(
            "guardduty", "get_administrator_account", params=_DETECTOR, when=_is_there
        ),
        "Statistics": Call(
            "guardduty",
            "get_findings_statistics",
            items="FindingStatistics",
            params={
                **_DETECTOR,
                "FindingCriteria": {"Criterion": {"service.archived": {"Equals": ["false"]}}},
                "GroupBy": "SEVERITY",
                "MaxResults": 100,
            },
            when=_is_there,
        ),
    },
    key="urn:driftkeeper:{account}:guardduty:{region}:detector",
    uid="DetectorId",
    tidy=_with_administrator,
    observed=(
        "CreatedAt",
        "UpdatedAt",
        "DataSources",  # the deprecated view of the features
        "Features.UpdatedAt",
        "Features.AdditionalConfiguration.UpdatedAt",
        "Administrator.InvitedAt",
        "Statistics",
    ),
    sets={"Features": "Name", "Features.AdditionalConfiguration": "Name"},
    criteria=("CC7.2",),
    limits=(
        "Whether anybody is told of findings is not seen here, nor which member accounts a delegated"
        " administrator has."
    ),
    made=Made(
        rows=(None,),
        fields={
            "DetectorId": None,
            "Administrator": plain("AccountId", "InvitationId", "RelationshipStatus", "InvitedAt"),
        },
    ),
    no_setting={
        "Administrator.InvitationId": COPY,
        "Administrator.RelationshipStatus": COPY,
        "ServiceRole": BY_AWS,
    },
)
