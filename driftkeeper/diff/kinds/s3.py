"""The account's S3 public access block, and what the kinds of single buckets share with it."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference
from driftkeeper.domain.types import Direction, Json, Severity

_FLAGS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")

_CLASSES = ("data-class", "data_class", "DataClass")


def switched(d: Difference, *, on: bool) -> list[str]:
    """Return which of the four switches of a block were turned on, or off."""
    old, new = (value if isinstance(value, dict) else {} for value in (d.before, d.after))
    return [flag for flag in _FLAGS if old.get(flag) is (not on) and new.get(flag) is on]


def inside(value: Json, *names: str) -> Json:
    """Return what lies inside a value under these names, None when something on the way is not there."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def keeps_evidence(d: Difference) -> bool:
    """Say whether a trail delivers to a bucket, as far as trails were seen, or its tags say evidence."""
    purpose = d.fact("s3.purpose", "s3.bucket", d.resource)
    tags = d.field("Tags")
    named = [tag.get("Value") for tag in tags or () if tag.get("Key") in _CLASSES]
    return bool(purpose.get("trails")) or "evidence" in named


ACCOUNT_PAB = (
    ChangeKind(
        name="s3.account_public_access_block_weakened",
        evidence="s3.account_pab",
        whole=True,
        when=lambda d: bool(switched(d, on=False)),
        direction=Direction.WEAKENED,
        severity=Severity.CRITICAL,
        criteria=("CC6.6",),
        says="the account's public access block is weaker",
        adds=lambda d: f": off now are {', '.join(switched(d, on=False))}",
        trigger=(
            "One of the four switches of the account's block went from on to off, whatever the"
            " others did"
        ),
        means=(
            "A policy or ACL can make buckets public that have no block of their own, and those"
            " that only this block held back are public at once."
        ),
        advice=(
            "Switch it on again (aws s3control put-public-access-block), then look for buckets"
            " whose policy or ACL is public."
        ),
    ),
    ChangeKind(
        name="s3.account_public_access_block_strengthened",
        evidence="s3.account_pab",
        whole=True,
        when=lambda d: bool(switched(d, on=True)) and not switched(d, on=False),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.6",),
        says="the account's public access block is stronger",
        adds=lambda d: f": on now are {', '.join(switched(d, on=True))}",
        trigger=(
            "One of the four switches of the account's block went from off to on, and none from"
            " on to off"
        ),
        means=(
            "It counts for every bucket of the account at once, whoever writes a public policy or"
            " ACL."
        ),
        advice=(
            "Check that websites and downloads meant to be public still work, as through"
            " CloudFront, and do the same in the other accounts."
        ),
    ),
)
