"""The account's S3 public access block."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference
from driftkeeper.domain.types import Direction, Severity

_FLAGS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def _went(d: Difference, before: bool, after: bool) -> bool:
    old, new = d.before or {}, d.after or {}
    return any(old.get(flag) is before and new.get(flag) is after for flag in _FLAGS)


ACCOUNT_PAB = (
    ChangeKind(
        name="s3.account_public_access_block_weakened",
        evidence="s3.account_pab",
        whole=True,
        when=lambda d: _went(d, True, False),
        direction=Direction.WEAKENED,
        severity=Severity.CRITICAL,
        criteria=("CC6.6",),
        says="the account's public access block is weaker: it is now {after}",
    ),
    ChangeKind(
        name="s3.account_public_access_block_strengthened",
        evidence="s3.account_pab",
        whole=True,
        when=lambda d: _went(d, False, True) and not _went(d, True, False),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.6",),
        says="the account's public access block is stronger: it is now {after}",
    ),
)
