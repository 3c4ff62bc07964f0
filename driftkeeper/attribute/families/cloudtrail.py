"""Trails: calls of `cloudtrail`, logged in the trail's home region."""

from __future__ import annotations

from typing import Any

from driftkeeper.attribute.events import Event
from driftkeeper.attribute.matching import (
    after,
    at,
    at_time,
    became,
    created,
    deleted,
    same,
    says,
    sets_only,
)
from driftkeeper.attribute.spec import Deed, Family, Proof, is_enough
from driftkeeper.domain.types import Change

_NAME = ("requestParameters.name", "requestParameters.trailName")

_PARAMETERS = {
    "LogFileValidationEnabled": "enableLogFileValidation",
    "IsMultiRegionTrail": "isMultiRegionTrail",
    "IsOrganizationTrail": "isOrganizationTrail",
    "IncludeGlobalServiceEvents": "includeGlobalServiceEvents",
    "KmsKeyId": "kmsKeyId",
    "S3BucketName": "s3BucketName",
    "S3KeyPrefix": "s3KeyPrefix",
    "SnsTopicName": "snsTopicName",
    "CloudWatchLogsLogGroupArn": "cloudWatchLogsLogGroupArn",
    "CloudWatchLogsRoleArn": "cloudWatchLogsRoleArn",
}


def _is_foreign(change: Change) -> bool:
    """Fit a trail that another account keeps, such as that of the organisation."""
    parts = change.resource.split(":")
    return len(parts) > 4 and parts[4] != change.scope.account


def _set_to(parameter: str) -> Proof:
    """Prove an update that names the parameter, by the answer: it holds ARNs where names were given."""
    asked = f"requestParameters.{parameter}"

    def proof(change: Change, event: Event) -> bool | None:
        answered = event.values(f"responseElements.{parameter}")
        if answered and event.values(asked):
            return same(answered[0], change.after)
        said = says(asked, after)(change, event)
        is_named = parameter.endswith("Id") and not _is_arn(event.values(asked))
        return None if is_named and change.after is not None else said

    return sets_only(proof, asked)


def _is_arn(found: list[Any]) -> bool:
    return bool(found) and str(found[0]).startswith("arn:")


TRAIL = Family(
    name="cloudtrail.trail",
    evidence=("cloudtrail.trail",),
    source="cloudtrail.amazonaws.com",
    never=("cloudtrail.delivery_*",),
    elsewhere=_is_foreign,
    deeds=(
        Deed(("CreateTrail",), _NAME, created, is_enough),
        Deed(("DeleteTrail",), _NAME, deleted, is_enough),
        Deed(("StartLogging",), _NAME, became(True, "Status/IsLogging"), is_enough),
        Deed(("StopLogging",), _NAME, became(False, "Status/IsLogging"), is_enough),
        Deed(("StopLogging",), _NAME, at("Status/StopLoggingTime"), at_time(after)),
        Deed(("PutEventSelectors",), _NAME, at("Selectors", "Selectors/*")),
        Deed(("PutInsightSelectors",), _NAME, at("InsightSelectors*")),
        *(
            Deed(("UpdateTrail",), _NAME, at(field), _set_to(parameter))
            for field, parameter in _PARAMETERS.items()
        ),
    ),
)
