"""S3 buckets: how what is in them is encrypted, kept and logged."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference, appeared, turned, vanished
from driftkeeper.domain.types import Direction, Json, Severity

_BUCKET = "s3.bucket"
_ALGORITHMS = (None, "AES256", "aws:kms", "aws:kms:dsse")
_MODES = (None, "GOVERNANCE", "COMPLIANCE")
_DAYS = {"Days": 1, "Years": 365}


def _inside(value: Json, *names: str) -> Json:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _algorithm(rule: Json) -> Json:
    return _inside(rule, "ApplyServerSideEncryptionByDefault", "SSEAlgorithm")


def _rise(d: Difference) -> int:
    """Return by how much the encryption is stronger; an algorithm not known to us is no rise or fall."""
    old, new = _algorithm(d.before), _algorithm(d.after)
    if old not in _ALGORITHMS or new not in _ALGORITHMS:
        return 0
    return _ALGORITHMS.index(new) - _ALGORITHMS.index(old)


def _named(rule: Json) -> str:
    return str(_algorithm(rule) or "none")


def _lock(value: Json) -> tuple[int, int]:
    """Return how strict an object lock is, and for how many days at least; 0 for not at all."""
    retention = _inside(value, "Rule", "DefaultRetention")
    mode = _inside(retention, "Mode")
    strict = _MODES.index(mode) if mode in _MODES else 0
    terms = ((_inside(retention, name), days) for name, days in _DAYS.items())
    length = sum(number * days for number, days in terms if isinstance(number, int))
    return bool(value) + strict, length


def _kept(value: Json) -> str:
    if not value:
        return "no lock"
    mode, days = _inside(value, "Rule", "DefaultRetention", "Mode"), _lock(value)[1]
    return f"{mode} for {days} days" if mode else "a lock without a default"


def _looser(d: Difference) -> bool:
    old, new = _lock(d.before), _lock(d.after)
    return new[0] < old[0] or new[1] < old[1]


def _stricter(d: Difference) -> bool:
    return not _looser(d) and _lock(d.after) > _lock(d.before)


ENCRYPTION = (
    ChangeKind(
        name="s3.encryption_downgraded",
        evidence=_BUCKET,
        path="Encryption",
        whole=True,
        when=lambda d: _rise(d) < 0,
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="the default encryption of bucket {resource} is weaker",
        adds=lambda d: f": {_named(d.after)} instead of {_named(d.before)}",
    ),
    ChangeKind(
        name="s3.encryption_upgraded",
        evidence=_BUCKET,
        path="Encryption",
        whole=True,
        when=lambda d: _rise(d) > 0,
        direction=Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="the default encryption of bucket {resource} is stronger",
        adds=lambda d: f": {_named(d.after)} instead of {_named(d.before)}",
    ),
    ChangeKind(
        name="s3.encryption_key_changed",
        evidence=_BUCKET,
        path="Encryption.ApplyServerSideEncryptionByDefault.KMSMasterKeyID",
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="bucket {resource} is encrypted with the key {after} instead of {before}",
    ),
)

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
    ),
    ChangeKind(
        name="s3.mfa_delete_disabled",
        evidence=_BUCKET,
        path="Versioning.MFADelete",
        when=turned("Enabled", "Disabled"),
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC7.2",),
        says="versions in bucket {resource} can be deleted without MFA",
    ),
    ChangeKind(
        name="s3.mfa_delete_enabled",
        evidence=_BUCKET,
        path="Versioning.MFADelete",
        when=turned("Disabled", "Enabled"),
        direction=Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC7.2",),
        says="versions in bucket {resource} can only be deleted with MFA",
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
    ),
)
