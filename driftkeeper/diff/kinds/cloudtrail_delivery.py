"""CloudTrail trails: where their log files go, how these are protected, and whether they arrive."""

from __future__ import annotations

from driftkeeper.diff.spec import (
    ChangeKind,
    Difference,
    Lifecycle,
    appeared,
    replaced,
    turned,
    vanished,
)
from driftkeeper.domain.types import Direction, Severity

_TRAIL = "cloudtrail.trail"

VALIDATION = (
    ChangeKind(
        name="cloudtrail.validation_disabled",
        evidence=_TRAIL,
        path="LogFileValidationEnabled",
        when=turned(True, False),
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="log file validation of trail {Name} was switched off",
        trigger="LogFileValidationEnabled went from true to false",
        means=(
            "No signed digest files are written any more, so that nobody can prove later that log"
            " files were not altered or deleted."
        ),
        advice=(
            "Run aws cloudtrail update-trail --enable-log-file-validation, and record the hours"
            " without digests as a gap in the integrity of the logs."
        ),
    ),
    ChangeKind(
        name="cloudtrail.validation_enabled",
        evidence=_TRAIL,
        path="LogFileValidationEnabled",
        when=turned(False, True),
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="log file validation of trail {Name} was switched on",
        trigger="LogFileValidationEnabled went from false to true",
        means=(
            "CloudTrail signs a digest of the log files every hour, which makes deleted or edited"
            " ones show from here on."
        ),
        advice=(
            "After a day run aws cloudtrail validate-logs over it once, and keep the output as"
            " the first proof."
        ),
    ),
)


def _danger(d: Difference) -> str:
    """Return what is wrong with the new bucket, as far as the account's buckets were seen."""
    if d.path != ("S3BucketName",):
        return ""
    partition = d.resource.split(":")[1]
    found = d.fact("s3.public_access", "s3.bucket", f"arn:{partition}:s3:::{d.after}")
    if found.get("public"):
        return ", which is open to everyone"
    return ", which is not a bucket of the account" if found.get("exists") is False else ""


DELIVERY = (
    ChangeKind(
        name="cloudtrail.destination_changed",
        evidence=_TRAIL,
        paths=("S3BucketName", "S3KeyPrefix", "SnsTopicARN"),
        direction=lambda d: Direction.WEAKENED if _danger(d) else Direction.NEUTRAL,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="trail {Name} delivers elsewhere: {leaf} changed from {before} to {after}",
        adds=_danger,
        explains=("SnsTopicName",),
        trigger=(
            "S3BucketName, S3KeyPrefix or SnsTopicARN differs, each told by itself; weakening if the new"
            " bucket is public or is not the account's own"
        ),
        means=(
            "Logs or notices go elsewhere, perhaps to a place with another owner or weaker"
            " protection; who watches the old place sees nothing new."
        ),
        advice=(
            "Check owner, policy, object lock and encryption of the new place, and that the"
            " readers of the logs, such as a SIEM, follow."
        ),
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
        trigger="KmsKeyId was set and is not any more",
        means=(
            "To read new log files, access to the bucket is enough; the second lock, the right to"
            " decrypt with a key of yours, is gone."
        ),
        advice=(
            "Set the key again (aws cloudtrail update-trail --kms-key-id) or record why S3's own"
            " encryption will do, and review who can read the bucket."
        ),
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
        trigger="KmsKeyId is set and was not before",
        means=(
            "To read new log files one needs the bucket and kms:Decrypt on the key; files written"
            " before keep the encryption that they have."
        ),
        advice=(
            "See that files still arrive, which takes a key policy that lets CloudTrail encrypt,"
            " and that only the readers of logs may decrypt."
        ),
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
        trigger="KmsKeyId went from one key to another",
        means=(
            "Who controls the new key decides who can read the logs, and the files before need"
            " the old key for as long as they are kept."
        ),
        advice=(
            "Confirm account and policy of the new key, and that the old one is not scheduled for"
            " deletion while its files are kept."
        ),
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
        trigger="CloudWatchLogsLogGroupArn was set and is not any more",
        means=(
            "Metric filters and alarms on that log group get no events any more, so that a use of"
            " root or a changed policy raises no alert."
        ),
        advice=(
            "Set log group and role again (aws cloudtrail update-trail), or show which other"
            " system raises these alerts."
        ),
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
        trigger="CloudWatchLogsLogGroupArn is set and was not before",
        means="Events arrive within minutes where metric filters and alarms can act on them.",
        advice=(
            "Check that metric filters and alarms exist on the log group and that somebody gets"
            " them: delivery alone alerts nobody."
        ),
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
        trigger="Status.LatestDeliveryError was empty and holds an error now",
        means=(
            "Log files do not reach the bucket although the trail logs; AWS tries again for 30"
            " days, then that part of the record is lost."
        ),
        advice=(
            "Read the error, often NoSuchBucket or AccessDenied, and mend the bucket, its policy"
            " or the key policy before the 30 days are over."
        ),
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
        trigger="Status.LatestDeliveryError held an error and is empty now",
        means=(
            "Log files arrive again, and those held up may still come; whether the record is"
            " whole has to be checked."
        ),
        advice=(
            "Run aws cloudtrail validate-logs over the time of the outage, and record what is"
            " missing."
        ),
    ),
)
