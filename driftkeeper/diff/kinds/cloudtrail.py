"""CloudTrail trails: whether they log, what they select, where they deliver."""

from __future__ import annotations

from collections.abc import Callable

from driftkeeper.diff.spec import (
    ChangeKind,
    Difference,
    Lifecycle,
    appeared,
    moved_on,
    replaced,
    turned,
    vanished,
)
from driftkeeper.domain.types import Body, Direction, Severity
from driftkeeper.semantics.trail_selectors import Selector, lost_data_events, lost_management

_TRAIL = "cloudtrail.trail"


def _lost(
    lost: Callable[[Selector, Selector], bool], before: Body | None, after: Body | None
) -> bool:
    """Say whether something selected before is not after; what was not seen is not known to be lost."""
    old, new = (body.config.get("Selectors") if body else None for body in (before, after))
    return isinstance(old, dict) and isinstance(new, dict) and lost(old, new)


def _reduced(d: Difference) -> bool:
    return _lost(lost_management, d.old, d.new)


def _restored(d: Difference) -> bool:
    return not _reduced(d) and _lost(lost_management, d.new, d.old)


def _data_reduced(d: Difference) -> bool:
    return _lost(lost_data_events, d.old, d.new)


def _data_expanded(d: Difference) -> bool:
    return not _data_reduced(d) and _lost(lost_data_events, d.new, d.old)


def _same_management(d: Difference) -> bool:
    return not _reduced(d) and not _restored(d)


def _interrupted(d: Difference) -> bool:
    """Say whether logging stopped since the last sight although it was on at both."""
    return _is_logging(d.old) and _is_logging(d.new) and moved_on(d)


def _is_logging(body: Body | None) -> bool:
    status = body.config.get("Status") if body else None
    return isinstance(status, dict) and status.get("IsLogging") is True


def _switch(
    name: str, path: str, severities: tuple[Severity, Severity], off: str, on: str
) -> tuple[ChangeKind, ChangeKind]:
    """Return the two kinds of a switch: turned off, which weakens, and turned on."""
    words = ("stopped", "started") if name == "logging" else ("disabled", "enabled")
    return (
        ChangeKind(
            name=f"cloudtrail.{name}_{words[0]}",
            evidence=_TRAIL,
            path=path,
            when=turned(True, False),
            direction=Direction.WEAKENED,
            severity=severities[0],
            criteria=("CC7.2",),
            says=off,
        ),
        ChangeKind(
            name=f"cloudtrail.{name}_{words[1]}",
            evidence=_TRAIL,
            path=path,
            when=turned(False, True),
            direction=Direction.STRENGTHENED,
            severity=severities[1],
            criteria=("CC7.2",),
            says=on,
        ),
    )


_HIGH = (Severity.HIGH, Severity.HIGH)

LOGGING = _switch(
    "logging",
    "Status.IsLogging",
    (Severity.CRITICAL, Severity.INFO),
    off="trail {Name} stopped logging",
    on="trail {Name} started logging",
)
MULTI_REGION = _switch(
    "multi_region",
    "IsMultiRegionTrail",
    _HIGH,
    off="trail {Name} now covers one region only",
    on="trail {Name} now covers all regions",
)
GLOBAL_EVENTS = _switch(
    "global_events",
    "IncludeGlobalServiceEvents",
    _HIGH,
    off="trail {Name} no longer logs global services such as IAM",
    on="trail {Name} now logs global services such as IAM",
)
VALIDATION = _switch(
    "validation",
    "LogFileValidationEnabled",
    _HIGH,
    off="log file validation of trail {Name} was switched off",
    on="log file validation of trail {Name} was switched on",
)

LIFECYCLE = (
    ChangeKind(
        name="cloudtrail.trail_created",
        evidence=_TRAIL,
        on=Lifecycle.CREATED,
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC7.2",),
        says="trail {Name} was created",
    ),
    ChangeKind(
        name="cloudtrail.trail_deleted",
        evidence=_TRAIL,
        on=Lifecycle.DELETED,
        direction=Direction.WEAKENED,
        severity=Severity.CRITICAL,
        criteria=("CC7.2",),
        says="trail {Name} was deleted",
    ),
    ChangeKind(
        name="cloudtrail.logging_interrupted",
        evidence=_TRAIL,
        on=Lifecycle.ACT,
        path="Status.StopLoggingTime",
        when=_interrupted,
        direction=Direction.ACTIVITY,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="trail {Name} stopped logging at {after} and was started again before we looked",
    ),
)

EVENTS = (
    ChangeKind(
        name="cloudtrail.management_events_reduced",
        evidence=_TRAIL,
        path="Selectors",
        whole=True,
        when=_reduced,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="trail {Name} no longer logs some management events that it logged before",
    ),
    ChangeKind(
        name="cloudtrail.management_events_restored",
        evidence=_TRAIL,
        path="Selectors",
        whole=True,
        when=_restored,
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="trail {Name} logs more management events than before",
    ),
    ChangeKind(
        name="cloudtrail.data_events_reduced",
        evidence=_TRAIL,
        path="Selectors",
        whole=True,
        when=_data_reduced,
        direction=Direction.WEAKENED,
        severity=Severity.LOW,
        criteria=("CC7.2",),
        says="trail {Name} no longer logs some data events that it logged before",
        claims=_same_management,
    ),
    ChangeKind(
        name="cloudtrail.data_events_expanded",
        evidence=_TRAIL,
        path="Selectors",
        whole=True,
        when=_data_expanded,
        direction=Direction.STRENGTHENED,
        severity=Severity.LOW,
        criteria=("CC7.2",),
        says="trail {Name} logs more data events than before",
        claims=_same_management,
    ),
)

DELIVERY = (
    ChangeKind(
        name="cloudtrail.destination_changed",
        evidence=_TRAIL,
        when=lambda d: d.path in (("S3BucketName",), ("S3KeyPrefix",), ("SnsTopicARN",)),
        direction=Direction.NEUTRAL,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="trail {Name} delivers elsewhere: {leaf} changed from {before} to {after}",
        explains=("SnsTopicName",),
    ),
    ChangeKind(
        name="cloudtrail.encryption_removed",
        evidence=_TRAIL,
        path="KmsKeyId",
        when=vanished,
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="trail {Name} no longer encrypts its logs with a KMS key",
    ),
    ChangeKind(
        name="cloudtrail.encryption_added",
        evidence=_TRAIL,
        path="KmsKeyId",
        when=appeared,
        direction=Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="trail {Name} now encrypts its logs with {after}",
    ),
    ChangeKind(
        name="cloudtrail.encryption_key_changed",
        evidence=_TRAIL,
        path="KmsKeyId",
        when=replaced,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="trail {Name} now encrypts its logs with {after} instead of {before}",
    ),
    ChangeKind(
        name="cloudtrail.cloudwatch_removed",
        evidence=_TRAIL,
        path="CloudWatchLogsLogGroupArn",
        when=vanished,
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC7.2",),
        says="trail {Name} no longer delivers to CloudWatch Logs",
        explains=("CloudWatchLogsRoleArn",),
    ),
    ChangeKind(
        name="cloudtrail.cloudwatch_added",
        evidence=_TRAIL,
        path="CloudWatchLogsLogGroupArn",
        when=appeared,
        direction=Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC7.2",),
        says="trail {Name} delivers to CloudWatch Logs now",
        explains=("CloudWatchLogsRoleArn",),
    ),
    ChangeKind(
        name="cloudtrail.delivery_failing",
        evidence=_TRAIL,
        on=Lifecycle.ACT,
        path="Status.LatestDeliveryError",
        when=lambda d: bool(d.after) and not d.before,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="trail {Name} cannot deliver its logs: {after}",
    ),
    ChangeKind(
        name="cloudtrail.delivery_recovered",
        evidence=_TRAIL,
        on=Lifecycle.ACT,
        path="Status.LatestDeliveryError",
        when=lambda d: bool(d.before) and not d.after,
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="trail {Name} delivers its logs again",
    ),
)
