"""GuardDuty: calls of `guardduty` in the detector's region. A region has one detector at most."""

from __future__ import annotations

from typing import Any

from driftkeeper.attribute.events import Event
from driftkeeper.attribute.matching import (
    after,
    at,
    became,
    created,
    deleted,
    same,
    says,
    sets_only,
)
from driftkeeper.attribute.spec import Deed, Family, cannot_tell, is_enough
from driftkeeper.domain.types import Change, Json

GUARDDUTY = "guardduty.amazonaws.com"
_ENABLE = "requestParameters.enable"
_FREQUENCY = "requestParameters.findingPublishingFrequency"


def _is_on(change: Change) -> Json:
    return change.after == "ENABLED"


def _feature(change: Change, event: Event) -> bool | None:
    """Prove that the call gave the feature the status that it has now."""
    parts = change.path.split("/")
    listed = event.values("requestParameters.features")
    named = [each for each in listed if isinstance(each, dict) and _get(each, "name") == parts[1]]
    if not named:
        # Without a list of features the call spoke of data sources, their older form, or of neither.
        return False if listed or not event.values("requestParameters.dataSources") else None
    if len(parts) != 3:
        return None
    return same(_get(named[0], "status"), change.after)


def _get(value: dict[Any, Any], name: str) -> Any:
    return next((item for key, item in value.items() if str(key).lower() == name), None)


def _recreated(change: Change) -> bool:
    return change.kind.endswith("recreated")


def _switched(change: Change) -> bool:
    return at("Status")(change) and change.after != "ENABLED"


DETECTOR = Family(
    name="guardduty.detector",
    evidence=("guardduty.detector",),
    source=GUARDDUTY,
    elsewhere=at("Administrator", "Administrator/*"),
    deeds=(
        Deed(
            ("CreateDetector",),
            fits=_recreated,
            proves=says("responseElements.detectorId", after),
        ),
        Deed(
            ("CreateDetector",),
            fits=became("ENABLED", "Status"),
            proves=says("requestParameters.enable", _is_on),
        ),
        Deed(
            ("UpdateDetector",),
            fits=at("Status"),
            proves=sets_only(says(_ENABLE, _is_on), _ENABLE),
        ),
        Deed(("DeleteDetector",), fits=_switched, proves=cannot_tell),
        Deed(("UpdateDetector",), fits=at("Features/*"), proves=_feature),
        Deed(
            ("UpdateDetector",),
            fits=at("FindingPublishingFrequency"),
            proves=sets_only(says(_FREQUENCY, after), _FREQUENCY),
        ),
        Deed(
            ("DisassociateFromAdministratorAccount", "AcceptAdministratorInvitation"),
            fits=at("Administrator", "Administrator/*"),
        ),
    ),
)

_FILTER = ("requestParameters.filterName", "requestParameters.name")

FILTER = Family(
    name="guardduty.filter",
    evidence=("guardduty.filter",),
    source=GUARDDUTY,
    deeds=(
        Deed(("CreateFilter",), _FILTER, created, is_enough),
        Deed(("DeleteFilter",), _FILTER, deleted, is_enough),
        Deed(("UpdateFilter",), _FILTER, at("?*")),
    ),
)

_FINDING = ("requestParameters.findingIds",)

FINDING = Family(
    name="guardduty.finding",
    evidence=("guardduty.finding",),
    source=GUARDDUTY,
    deeds=(
        Deed(("ArchiveFindings",), _FINDING, became(True, "Archived"), is_enough),
        Deed(("UnarchiveFindings",), _FINDING, became(False, "Archived"), is_enough),
        Deed(("UpdateFindingsFeedback",), _FINDING, at("Finding/Service/UserFeedback")),
    ),
)
