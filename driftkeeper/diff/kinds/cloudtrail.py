"""CloudTrail trails: whether they log, what they select, where they deliver."""

from __future__ import annotations

from collections.abc import Mapping

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
from driftkeeper.domain.types import Body, Direction, Json, Severity
from driftkeeper.semantics.trail_selectors import data_events, excluded_sources, logs_management

_TRAIL = "cloudtrail.trail"


def _selectors(body: Body | None) -> Mapping[str, Json]:
    found = body.config.get("Selectors") if body else None
    return found if isinstance(found, dict) else {}


def _reduced(d: Difference) -> bool:
    old, new = _selectors(d.old), _selectors(d.new)
    less = logs_management(old) and not logs_management(new)
    return less or (logs_management(new) and bool(excluded_sources(new) - excluded_sources(old)))


def _restored(d: Difference) -> bool:
    old, new = _selectors(d.old), _selectors(d.new)
    more = logs_management(new) and not logs_management(old)
    return not _reduced(d) and (
        more or (logs_management(new) and bool(excluded_sources(old) - excluded_sources(new)))
    )


def _data_reduced(d: Difference) -> bool:
    return bool(data_events(_selectors(d.old)) - data_events(_selectors(d.new)))


def _data_expanded(d: Difference) -> bool:
    return not _data_reduced(d) and bool(
        data_events(_selectors(d.new)) - data_events(_selectors(d.old))
    )


def _interrupted(d: Difference) -> bool:
    """Say whether logging stopped since the last sight although it was on at both."""
    sides = [body.config.get("Status", {}).get("IsLogging") for body in (d.old, d.new) if body]
    return sides == [True, True] and moved_on(d)


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
    off="trail {Name} covers one region only",
    on="trail {Name} covers all regions",
)
GLOBAL_EVENTS = _switch(
    "global_events",
    "IncludeGlobalServiceEvents",
    _HIGH,
    off="trail {Name} no longer logs global services such as IAM",
    on="trail {Name} logs global services such as IAM",
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
        says="trail {Name} logs fewer management events than before",
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
        says="trail {Name} logs fewer data events than before",
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
    ),
)

DELIVERY = (
    ChangeKind(
        name="cloudtrail.destination_changed",
        evidence=_TRAIL,
        when=lambda d: (
            d.path[:1] in (("S3BucketName",), ("S3KeyPrefix",), ("SnsTopicARN",), ("SnsTopicName",))
        ),
        direction=Direction.NEUTRAL,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="trail {Name} delivers elsewhere: {leaf} changed from {before} to {after}",
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
        says="trail {Name} encrypts its logs with {after}",
    ),
    ChangeKind(
        name="cloudtrail.encryption_key_changed",
        evidence=_TRAIL,
        path="KmsKeyId",
        when=replaced,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="trail {Name} encrypts its logs with {after} instead of {before}",
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
    ),
    ChangeKind(
        name="cloudtrail.cloudwatch_added",
        evidence=_TRAIL,
        path="CloudWatchLogsLogGroupArn",
        when=appeared,
        direction=Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC7.2",),
        says="trail {Name} delivers to CloudWatch Logs",
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
