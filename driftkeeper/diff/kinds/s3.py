"""The account's S3 public access block."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference
from driftkeeper.domain.types import Direction, Severity

_FLAGS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def switched(d: Difference, *, on: bool) -> list[str]:
    """Return which of the four switches of a block were turned on, or off."""
    old, new = (value if isinstance(value, dict) else {} for value in (d.before, d.after))
    return [flag for flag in _FLAGS if old.get(flag) is (not on) and new.get(flag) is on]


ACCOUNT_PAB = (
    ChangeKind(
        name="s3.account_public_access_block_weakened",
        evidence="s3.account_pab",
        whole=True,
        when=lambda d: bool(switched(d, on=False)),
        direction=Direction.WEAKENED,
        severity=Severity.CRITICAL,
        criteria=("CC6.6",),
        says="the account's public access block is weaker: it is now {after}",
    ),
    ChangeKind(
        name="s3.account_public_access_block_strengthened",
        evidence="s3.account_pab",
        whole=True,
        when=lambda d: bool(switched(d, on=True)) and not switched(d, on=False),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.6",),
        says="the account's public access block is stronger: it is now {after}",
    ),
)
