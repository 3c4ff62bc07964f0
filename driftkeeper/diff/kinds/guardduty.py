"""GuardDuty detectors: whether they watch, what they watch, and for whom."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference, Lifecycle, replaced
from driftkeeper.domain.types import Direction, Json, Severity

_DETECTOR = "guardduty.detector"
_ON = "ENABLED"
_PART = "Features.*.AdditionalConfiguration.*"
_FEATURES = ("Features.*", "Features.*.Status", _PART, f"{_PART}.Status")
_FOUNDATIONAL = ("CLOUD_TRAIL", "DNS_LOGS", "FLOW_LOGS")
_FASTEST_FIRST = ("FIFTEEN_MINUTES", "ONE_HOUR", "SIX_HOURS")

_COMES_WITH_A_DETECTOR = (
    "DetectorId",
    "Features",
    "FindingPublishingFrequency",
    "ServiceRole",
    "Tags",
    "Administrator.*",
)


def _status(value: Json) -> Json:
    """Return the status of a feature, or of a part of one, which may be the value itself."""
    return value.get("Status") if isinstance(value, dict) else value


def _feature_on(d: Difference) -> bool:
    return bool(_status(d.before) != _ON and _status(d.after) == _ON)


def _feature_off(d: Difference) -> bool:
    return bool(_status(d.before) == _ON and _status(d.after) != _ON)


def _feature_name(d: Difference) -> str:
    """Return the name of a feature, and that of the part of it."""
    return f": {'/'.join(d.path[1:4:2])}"


def _weight_of_feature(d: Difference) -> Severity:
    return Severity.HIGH if {*d.path} & {*_FOUNDATIONAL} else Severity.MEDIUM


def _slower(d: Difference) -> Direction:
    if d.before not in _FASTEST_FIRST or d.after not in _FASTEST_FIRST:
        return Direction.NEUTRAL
    is_slower = _FASTEST_FIRST.index(d.after) > _FASTEST_FIRST.index(d.before)
    return Direction.WEAKENED if is_slower else Direction.STRENGTHENED


DETECTORS = (
    ChangeKind(
        name="guardduty.enabled",
        evidence=_DETECTOR,
        path="Status",
        when=lambda d: d.after == _ON,
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC7.2",),
        says="GuardDuty is on in this region; it was {before}",
        explains=_COMES_WITH_A_DETECTOR,
        trigger="Status of the region's detector became ENABLED, from ABSENT or DISABLED",
        means=(
            "AWS looks for signs of attack in this region from now on; what happened before is"
            " not looked at."
        ),
        advice=(
            "Check which features are on, and that its findings reach a person, by an EventBridge"
            " rule or the administrator account."
        ),
    ),
    ChangeKind(
        name="guardduty.disabled",
        evidence=_DETECTOR,
        path="Status",
        when=lambda d: d.before == _ON,
        direction=Direction.WEAKENED,
        severity=Severity.CRITICAL,
        criteria=("CC7.2",),
        says="GuardDuty no longer watches this region: it is {after}",
        explains=_COMES_WITH_A_DETECTOR,
        trigger=(
            "Status of the region's detector was ENABLED and is DISABLED (suspended) or ABSENT"
            " (deleted)"
        ),
        means=(
            "An attack in this region raises no finding any more; if the detector was deleted,"
            " its findings are gone from AWS as well."
        ),
        advice=(
            "Switch it on again, find DeleteDetector or UpdateDetector in CloudTrail, and read"
            " what the same identity did next."
        ),
    ),
    ChangeKind(
        name="guardduty.detector_recreated",
        evidence=_DETECTOR,
        on=Lifecycle.RECREATED,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="the detector was deleted and another one made, so its findings and their history are lost",
        trigger="The region's detector has another DetectorId than before",
        means=(
            "The old detector took its findings and filters with it, so AWS can no longer show"
            " that past findings were handled."
        ),
        advice=(
            "Ask who deleted it, set features and filters up as before, and point the auditor to"
            " the findings recorded here."
        ),
    ),
    ChangeKind(
        name="guardduty.feature_disabled",
        evidence=_DETECTOR,
        paths=_FEATURES,
        when=_feature_off,
        direction=Direction.WEAKENED,
        severity=_weight_of_feature,
        criteria=("CC7.2",),
        says="a feature of GuardDuty was turned off",
        adds=_feature_name,
        trigger=(
            "Status of a feature, or of a part of one, was ENABLED and is not any more; high for"
            " CLOUD_TRAIL, DNS_LOGS and FLOW_LOGS, else medium"
        ),
        means=(
            "One class of attacks, such as malware on disks or odd reads from S3, is not found"
            " any more, while GuardDuty still shows as on."
        ),
        advice=(
            "Switch it on again (aws guardduty update-detector --features), or record who"
            " accepted the loss and what takes its place."
        ),
    ),
    ChangeKind(
        name="guardduty.feature_enabled",
        evidence=_DETECTOR,
        paths=_FEATURES,
        when=_feature_on,
        direction=Direction.STRENGTHENED,
        severity=_weight_of_feature,
        criteria=("CC7.2",),
        says="a feature of GuardDuty was turned on",
        adds=_feature_name,
        trigger="Status of a feature, or of a part of one, is ENABLED and was not before",
        means=(
            "GuardDuty reads one more source, so that it finds attacks there that nobody would"
            " have seen."
        ),
        advice=(
            "Do the same in the other regions and accounts, and tell the analysts which new types"
            " of findings to expect."
        ),
    ),
    ChangeKind(
        name="guardduty.publishing_frequency_changed",
        evidence=_DETECTOR,
        path="FindingPublishingFrequency",
        when=replaced,
        direction=_slower,
        severity=Severity.LOW,
        criteria=("CC7.2",),
        says="updated findings are published every {after} instead of every {before}",
        trigger="FindingPublishingFrequency went from one value to another",
        means=(
            "It says how long word of a known finding that happens again waits, up to six hours;"
            " new findings go out at once either way."
        ),
        advice=(
            "Set FIFTEEN_MINUTES unless the response plan bears a longer wait, in all regions"
            " alike."
        ),
    ),
    ChangeKind(
        name="guardduty.administrator_changed",
        evidence=_DETECTOR,
        path="Administrator.AccountId",
        when=lambda d: d.before != d.after,
        direction=Direction.NEUTRAL,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="GuardDuty is administered from account {after}; before it was {before}",
        explains=("Administrator.*",),
        trigger=(
            "Administrator.AccountId is another one than before, or there is none any more, or"
            " one where there was none"
        ),
        means=(
            "The administrator account decides whether this detector is on and what it hides, and"
            " sees its findings."
        ),
        advice=(
            "Confirm with the security team that the account is theirs; if it is not,"
            " disassociate from it and ask who accepted its invitation."
        ),
    ),
    ChangeKind(
        name="guardduty.feature_manager_changed",
        evidence=_DETECTOR,
        paths=("Features.*.ManagedBy", f"{_PART}.ManagedBy"),
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC7.2",),
        says="who manages a feature of GuardDuty changed from {before} to {after}",
        adds=_feature_name,
        trigger="ManagedBy of a feature, or of a part of one, came, went or is another than before",
        means=(
            "Under a policy of the organisation nobody in the account switches the feature on or off;"
            " without one whoever may change the detector can."
        ),
        advice=(
            "Ask the owner of the organisation's GuardDuty policies whether that was meant, and check"
            " that the feature is still on."
        ),
    ),
)
