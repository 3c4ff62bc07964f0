"""S3 buckets: coming and going, their public access block, and AWS's verdict on their policy."""

from __future__ import annotations

from driftkeeper.diff.kinds.s3 import keeps_evidence, switched
from driftkeeper.diff.spec import ChangeKind, Difference, Echo, Lifecycle, turned
from driftkeeper.domain.types import Direction, Severity

_BUCKET = "s3.bucket"


def _masked(d: Difference) -> bool:
    """Say whether the account's own block keeps up each switch that went off."""
    block = d.fact("s3.public_access", _BUCKET, d.resource).get("block") or {}
    return all(block.get(flag) is True for flag in switched(d, on=False))


LIFECYCLE = (
    ChangeKind(
        name="s3.bucket_created",
        evidence=_BUCKET,
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6", "CC7.2"),
        says="bucket {resource} was created in {BucketRegion}",
        # Its name is unique in the world: gone from one account and there in another, it changed hands.
        echo=Echo(("s3.bucket_deleted",), of=lambda d: d.resource),
        trigger="A bucket is new in the account",
        means=(
            "There is a new place for data; AWS blocks public access and ACLs of new buckets"
            " unless somebody asks for something else."
        ),
        advice=(
            "Settle what will be kept in it, and hold policy, encryption, versioning and logging"
            " against the baseline for such data."
        ),
    ),
    ChangeKind(
        name="s3.bucket_deleted",
        evidence=_BUCKET,
        on=Lifecycle.DELETED,
        direction=lambda d: Direction.WEAKENED if keeps_evidence(d) else Direction.NEUTRAL,
        severity=lambda d: Severity.CRITICAL if keeps_evidence(d) else Severity.LOW,
        criteria=("CC6.6", "CC7.2"),
        says="bucket {resource} was deleted",
        adds=lambda d: ", where logs or evidence are kept" if keeps_evidence(d) else "",
        trigger=(
            "A bucket is gone from a complete listing; critical where a trail delivers to it, or its"
            " tags say that it holds evidence"
        ),
        means=(
            "Its objects are gone with it, and its name may be taken by a stranger, who then gets"
            " what is still sent there."
        ),
        advice=(
            "Confirm with the owner that nothing in it had to be kept, and take the name out of"
            " code, DNS and policies."
        ),
    ),
)

BLOCK = (
    ChangeKind(
        name="s3.public_access_block_weakened",
        evidence=_BUCKET,
        path="PublicAccessBlock",
        whole=True,
        when=lambda d: bool(switched(d, on=False)),
        direction=Direction.WEAKENED,
        severity=lambda d: Severity.MEDIUM if _masked(d) else Severity.HIGH,
        criteria=("CC6.6",),
        says="the public access block of bucket {resource} is weaker",
        adds=lambda d: (
            f": off now are {', '.join(switched(d, on=False))}"
            + ("; the account's block still holds" if _masked(d) else "")
        ),
        trigger=(
            "One of the four switches of a bucket's own block went from on to off, whatever the"
            " others did; medium while the account's block still has them on"
        ),
        means=(
            "A policy or ACL can make this bucket public again, or does so at once, unless the"
            " account's block still holds it back."
        ),
        advice=(
            "Read the bucket's policy and ACL and the account's block today; switch the block on"
            " again unless the data is meant for everyone."
        ),
    ),
    ChangeKind(
        name="s3.public_access_block_strengthened",
        evidence=_BUCKET,
        path="PublicAccessBlock",
        whole=True,
        when=lambda d: bool(switched(d, on=True)) and not switched(d, on=False),
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC6.6",),
        says="the public access block of bucket {resource} is stronger",
        adds=lambda d: f": on now are {', '.join(switched(d, on=True))}",
        trigger=(
            "One of the four switches of a bucket's own block went from off to on, and none from"
            " on to off"
        ),
        means=(
            "What a policy or ACL would open to everyone is held back for this bucket, even if"
            " the account's block should go."
        ),
        advice="See whether all four are on, and link it to the deviation it ends.",
    ),
)


VERDICT = (
    ChangeKind(
        name="s3.bucket_policy_public",
        evidence=_BUCKET,
        path="PolicyStatus.IsPublic",
        when=turned(False, True),
        born=lambda d: d.after is True,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.6",),
        says="AWS calls the policy of bucket {resource} public now; a block may still hold it back",
        trigger=(
            "PolicyStatus.IsPublic went from false to true, or is true when first seen or on a"
            " new bucket"
        ),
        means=(
            "By AWS's own judgement the policy lets in people whom nobody knows; only"
            " RestrictPublicBuckets, if on for bucket or account, still keeps them out."
        ),
        advice=(
            "Find the statement with Principal *, and name accounts or add a condition such as"
            " aws:PrincipalOrgID, or serve the data through CloudFront."
        ),
    ),
    ChangeKind(
        name="s3.bucket_policy_private",
        evidence=_BUCKET,
        path="PolicyStatus.IsPublic",
        when=turned(True, False),
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC6.6",),
        says="AWS no longer calls the policy of bucket {resource} public",
        trigger="PolicyStatus.IsPublic went from true to false",
        means=(
            "By AWS's own judgement the policy lets in none but known accounts, networks or"
            " services; the ACL is another matter."
        ),
        advice=(
            "Link it to the deviation it ends, and search the access logs for what was read while"
            " it was public."
        ),
    ),
)
