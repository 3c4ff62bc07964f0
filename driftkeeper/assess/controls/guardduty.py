"""GuardDuty: that it watches, and that somebody looks (item 7 of the request list)."""

from __future__ import annotations

from driftkeeper.assess.spec import Control
from driftkeeper.domain.types import Severity

_DETECTOR = ("guardduty.detector_recreated", "guardduty.disabled", "guardduty.enabled")

GUARDDUTY = (
    Control(
        name="gd-enabled-all-regions",
        title="GuardDuty watches every active region",
        criteria=("CC7.2",),
        severity=Severity.HIGH,
        item=7,
        fails_when="An active region that supports GuardDuty has no detector, or a suspended one.",
        remediate="Enable GuardDuty in the region, for new accounts through the organisation.",
        limits="This does not evidence that anybody looks at what is found.",
        refs=("FSBP GuardDuty.1",),
        changes=(*_DETECTOR, "account.region_enabled", "account.region_disabled"),
    ),
    Control(
        name="gd-foundational-sources",
        title="GuardDuty reads CloudTrail, DNS and flow logs",
        criteria=("CC7.2",),
        severity=Severity.MEDIUM,
        item=7,
        extended=True,
        fails_when=(
            "An enabled detector does not read all three of CloudTrail events, DNS logs and VPC "
            "flow logs."
        ),
        remediate="Enable the detector again, and ask AWS support when a source stays off.",
        limits="This does not evidence traffic that leaves none of these logs.",
        changes=(*_DETECTOR, "guardduty.feature_*"),
    ),
    Control(
        name="gd-protection-plans",
        title="The required protection plans are on",
        criteria=("CC7.2",),
        severity=Severity.MEDIUM,
        item=7,
        extended=True,
        fails_when="An enabled detector lacks one of the features that are required.",
        remediate="Enable the feature, or take it off the list of required ones with a reason.",
        limits="This does not evidence that the features cover each resource.",
        parameters={
            "required_features": [
                "EBS_MALWARE_PROTECTION",
                "LAMBDA_NETWORK_LOGS",
                "RDS_LOGIN_EVENTS",
                "S3_DATA_EVENTS",
            ]
        },
        refs=(
            "FSBP GuardDuty.5",
            "FSBP GuardDuty.6",
            "FSBP GuardDuty.7",
            "FSBP GuardDuty.8",
            "FSBP GuardDuty.9",
            "FSBP GuardDuty.10",
            "FSBP GuardDuty.11",
        ),
        changes=(*_DETECTOR, "guardduty.feature_*"),
    ),
    Control(
        name="gd-high-finding-reviewed",
        title="Findings of high severity are reviewed within a day",
        criteria=("CC7.3",),
        severity=Severity.HIGH,
        item=7,
        fails_when=(
            "A finding of severity 7 or more was neither reviewed nor archived by a person within "
            "a day; samples do not count."
        ),
        remediate="Review the finding, act on it, and record the review.",
        limits="This does not evidence that the review came to the right result.",
        parameters={"from_severity": 7, "review_days": 1},
        changes=("guardduty.finding_*", "guardduty.detector_recreated"),
    ),
    Control(
        name="gd-medium-finding-reviewed",
        title="Findings of medium severity are reviewed within a week",
        criteria=("CC7.3",),
        severity=Severity.MEDIUM,
        item=7,
        extended=True,
        fails_when=(
            "A finding of severity 4 up to 7 was neither reviewed nor archived by a person within "
            "7 days; samples do not count."
        ),
        remediate="Review the finding, act on it, and record the review.",
        limits="This does not evidence that the review came to the right result.",
        parameters={"from_severity": 4, "below_severity": 7, "review_days": 7},
        changes=("guardduty.finding_*", "guardduty.detector_recreated"),
    ),
    Control(
        name="gd-suppression-justified",
        title="Every filter that archives findings is justified",
        criteria=("CC7.3",),
        severity=Severity.MEDIUM,
        severity_note="critical where the filter can archive findings of severity 7 or more",
        item=7,
        fails_when="A filter archives findings unseen, and nobody justified it.",
        remediate="Remove the filter, or record why these findings need no eyes.",
        limits="This does not evidence that the findings which it archived were harmless.",
        parameters={"severe_from": 7},
        changes=("guardduty.suppression_*",),
    ),
    Control(
        name="gd-publishing-frequency",
        title="Updated findings are published within an hour",
        criteria=("CC7.2",),
        severity=Severity.LOW,
        item=7,
        extended=True,
        fails_when=(
            "A detector whose findings are exported publishes their updates every six hours only."
        ),
        remediate="Set the publishing frequency to fifteen minutes or an hour.",
        limits="This does not evidence that what is published is read.",
        changes=(*_DETECTOR, "guardduty.publishing_frequency_changed"),
    ),
)
