"""S3 buckets: how long what is in them is kept, and whether access to it is logged."""

from __future__ import annotations

from driftkeeper.diff.kinds.s3 import inside, keeps_evidence
from driftkeeper.diff.spec import ChangeKind, Difference, appeared, turned, vanished
from driftkeeper.domain.types import Direction, Json, Severity

_BUCKET = "s3.bucket"
_MODES = (None, "GOVERNANCE", "COMPLIANCE")
_DAYS = {"Days": 1, "Years": 365}


def _lock(value: Json) -> tuple[int, int]:
    """Return how strict an object lock is, and for how many days at least; 0 for not at all."""
    retention = inside(value, "Rule", "DefaultRetention")
    mode = inside(retention, "Mode")
    strict = _MODES.index(mode) if mode in _MODES else 0
    terms = ((inside(retention, name), days) for name, days in _DAYS.items())
    length = sum(number * days for number, days in terms if isinstance(number, int))
    return bool(value) + strict, length


def _kept(value: Json) -> str:
    if not value:
        return "no lock"
    mode, days = inside(value, "Rule", "DefaultRetention", "Mode"), _lock(value)[1]
    return f"{mode} for {days} days" if mode else "a lock without a default"


def _looser(d: Difference) -> bool:
    old, new = _lock(d.before), _lock(d.after)
    return new[0] < old[0] or new[1] < old[1]


def _stricter(d: Difference) -> bool:
    return not _looser(d) and _lock(d.after) > _lock(d.before)


KEPT = (
    ChangeKind(
        name="s3.versioning_suspended",
        evidence=_BUCKET,
        path="Versioning.Status",
        when=lambda d: d.before == "Enabled",
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="bucket {resource} no longer keeps old versions: versioning is {after}",
        trigger="Versioning.Status was Enabled and is not any more",
        means=(
            "What is written from now on is kept in one version only, so that a mistake or"
            " ransomware can overwrite it for good; older versions stay."
        ),
        advice=(
            "Run aws s3api put-bucket-versioning with Status=Enabled, and find out who suspended"
            " it and what was overwritten since."
        ),
    ),
    ChangeKind(
        name="s3.versioning_enabled",
        evidence=_BUCKET,
        path="Versioning.Status",
        when=lambda d: d.after == "Enabled",
        direction=Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="bucket {resource} keeps old versions now; versioning was {before}",
        trigger="Versioning.Status became Enabled",
        means=(
            "What is overwritten or deleted from now on can be brought back; what was lost before"
            " cannot."
        ),
        advice=(
            "Add a lifecycle rule that clears old versions in time, and link it to the deviation"
            " it ends."
        ),
    ),
    ChangeKind(
        name="s3.mfa_delete_disabled",
        evidence=_BUCKET,
        path="Versioning.MFADelete",
        when=turned("Enabled", "Disabled"),
        direction=Direction.WEAKENED,
        severity=lambda d: Severity.HIGH if keeps_evidence(d) else Severity.MEDIUM,
        criteria=("CC7.2",),
        says="versions in bucket {resource} can be deleted without MFA",
        trigger=(
            "Versioning.MFADelete went from Enabled to Disabled; high where logs of a trail or evidence"
            " are kept"
        ),
        means=(
            "Stolen credentials with s3:DeleteObjectVersion are enough to destroy versions for"
            " good."
        ),
        advice=(
            "Ask the custodians of root, for only root can do this; set it again for buckets with"
            " logs or evidence, or lock their objects."
        ),
    ),
    ChangeKind(
        name="s3.mfa_delete_enabled",
        evidence=_BUCKET,
        path="Versioning.MFADelete",
        when=turned("Disabled", "Enabled"),
        direction=Direction.STRENGTHENED,
        severity=lambda d: Severity.HIGH if keeps_evidence(d) else Severity.MEDIUM,
        criteria=("CC7.2",),
        says="versions in bucket {resource} can only be deleted with MFA",
        trigger="Versioning.MFADelete went from Disabled to Enabled",
        means=(
            "To delete a version or to suspend versioning takes root's MFA device, so that stolen"
            " keys cannot wipe the bucket."
        ),
        advice=(
            "Record who keeps the device; a lifecycle rule and MFA delete exclude each other, so"
            " plan how old versions are cleared."
        ),
    ),
    ChangeKind(
        name="s3.object_lock_weakened",
        evidence=_BUCKET,
        path="ObjectLock",
        whole=True,
        when=_looser,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="the object lock of bucket {resource} holds less",
        adds=lambda d: f": {_kept(d.after)} instead of {_kept(d.before)}",
        trigger=(
            "The default retention is looser in mode (COMPLIANCE, GOVERNANCE, none, no lock) or"
            " shorter in days"
        ),
        means=(
            "New objects may be deleted or altered earlier, or by whoever holds"
            " s3:BypassGovernanceRetention: logs and backups lose their proof."
        ),
        advice=(
            "Set mode and time back (aws s3api put-object-lock-configuration) to what you must"
            " keep, and check what was written meanwhile."
        ),
    ),
    ChangeKind(
        name="s3.object_lock_strengthened",
        evidence=_BUCKET,
        path="ObjectLock",
        whole=True,
        when=_stricter,
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="the object lock of bucket {resource} holds more",
        adds=lambda d: f": {_kept(d.after)} instead of {_kept(d.before)}",
        trigger=(
            "The default retention is stricter in mode (no lock, none, GOVERNANCE, COMPLIANCE) or"
            " longer in days, and in neither looser"
        ),
        means=(
            "New objects cannot be altered for longer, or by fewer people; objects stored before"
            " keep the lock that they have."
        ),
        advice=(
            "Check the time against law and cost, as nobody can shorten COMPLIANCE, and link it"
            " to the deviation it ends."
        ),
    ),
    ChangeKind(
        name="s3.access_logging_disabled",
        evidence=_BUCKET,
        path="Logging.LoggingEnabled",
        when=vanished,
        direction=Direction.WEAKENED,
        severity=Severity.LOW,
        criteria=("CC7.2",),
        says="access to bucket {resource} is no longer logged",
        trigger="LoggingEnabled was set and is not any more",
        means=(
            "Requests to the bucket are not written down any more; unless a trail logs its data"
            " events, nobody can tell who read what."
        ),
        advice=(
            "Switch it on again (aws s3api put-bucket-logging), or name the trail that logs this"
            " bucket's data events."
        ),
    ),
    ChangeKind(
        name="s3.access_logging_enabled",
        evidence=_BUCKET,
        path="Logging.LoggingEnabled",
        when=appeared,
        direction=Direction.STRENGTHENED,
        severity=Severity.LOW,
        criteria=("CC7.2",),
        says="access to bucket {resource} is logged now",
        trigger="LoggingEnabled is set and was not before",
        means=(
            "Requests are written down, though AWS promises no completeness: enough to look up"
            " reads and deletes, too little to prove absence."
        ),
        advice=(
            "Check that other people than the bucket's users control the log bucket, and that it"
            " keeps the logs for the audit period."
        ),
    ),
)
