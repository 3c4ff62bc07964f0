"""S3 buckets: how what is written to them is encrypted."""

from __future__ import annotations

from driftkeeper.diff.kinds.s3 import inside
from driftkeeper.diff.spec import ChangeKind, Difference
from driftkeeper.domain.types import Direction, Json, Severity

_BUCKET = "s3.bucket"
_ALGORITHMS = (None, "AES256", "aws:kms", "aws:kms:dsse")


def _algorithm(rule: Json) -> Json:
    return inside(rule, "ApplyServerSideEncryptionByDefault", "SSEAlgorithm")


def _rise(d: Difference) -> int:
    """Return by how much the encryption is stronger; an algorithm not known to us is no rise or fall."""
    old, new = _algorithm(d.before), _algorithm(d.after)
    if old not in _ALGORITHMS or new not in _ALGORITHMS:
        return 0
    return _ALGORITHMS.index(new) - _ALGORITHMS.index(old)


def _named(rule: Json) -> str:
    return str(_algorithm(rule) or "none")


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
        trigger=(
            "The algorithm of the default encryption fell in the order aws:kms:dsse, aws:kms,"
            " AES256, none"
        ),
        means=(
            "New objects get the weaker protection; with a KMS key a reader needs the right to"
            " decrypt, and leaves a trace in CloudTrail."
        ),
        advice=(
            "Set the old rule again (aws s3api put-bucket-encryption), and copy what was written"
            " meanwhile over itself."
        ),
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
        trigger=(
            "The algorithm of the default encryption rose in the order none, AES256, aws:kms,"
            " aws:kms:dsse"
        ),
        means=(
            "New objects get the stronger protection; those stored before keep the one that they"
            " have."
        ),
        advice=(
            "If the control is about all objects, encrypt the older ones with S3 Batch"
            " Operations, and check that readers may use the key."
        ),
    ),
    ChangeKind(
        name="s3.encryption_key_changed",
        evidence=_BUCKET,
        path="Encryption.ApplyServerSideEncryptionByDefault.KMSMasterKeyID",
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="bucket {resource} is encrypted with the key {after} instead of {before}",
        trigger=(
            "KMSMasterKeyID differs, came or went, while the algorithm is no stronger or weaker"
        ),
        means=(
            "The policy of another key decides who can read new objects; if another account owns"
            " it, it can lock you out."
        ),
        advice=(
            "Check account, policy and rotation of the new key, and keep the old one enabled"
            " while objects under it exist."
        ),
    ),
)
