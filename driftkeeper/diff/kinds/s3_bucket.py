"""S3 buckets: coming and going, and who is let in or kept out by block, ACL and ownership."""

from __future__ import annotations

from driftkeeper.diff.kinds.s3 import switched
from driftkeeper.diff.spec import (
    ChangeKind,
    Difference,
    Lifecycle,
    appeared,
    both,
    turned,
    vanished,
)
from driftkeeper.domain.types import Direction, Json, Severity

_BUCKET = "s3.bucket"
_GRANTS = "Acl.Grants.*"
_ENFORCED = "BucketOwnerEnforced"
_STRANGERS = {
    "AllUsers": "everyone",
    "AuthenticatedUsers": "everyone with an AWS account",
}


def _grantee(d: Difference) -> dict[str, Json]:
    grant = d.after or d.before
    grantee = grant.get("Grantee") if isinstance(grant, dict) else None
    return grantee if isinstance(grantee, dict) else {}


def _strangers(d: Difference) -> str | None:
    """Return who is let in by a grant to one of the groups that anyone belongs to."""
    return _STRANGERS.get(str(_grantee(d).get("URI")).rsplit("/", 1)[-1])


def _is_public(d: Difference) -> bool:
    return len(d.path) == 3 and _strangers(d) is not None


def _is_anothers(d: Difference) -> bool:
    """Say whether a grant is for the owner of something else: an id of S3 stands for an account."""
    acl = d.field("Acl")
    owner = acl.get("Owner") if isinstance(acl, dict) else None
    own = owner.get("ID") if isinstance(owner, dict) else None
    return _grantee(d).get("ID") not in (None, own)


def _is_private(d: Difference) -> bool:
    return not _is_public(d)


LIFECYCLE = (
    ChangeKind(
        name="s3.bucket_created",
        evidence=_BUCKET,
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6", "CC7.2"),
        says="bucket {resource} was created in {BucketRegion}",
    ),
    ChangeKind(
        name="s3.bucket_deleted",
        evidence=_BUCKET,
        on=Lifecycle.DELETED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6", "CC7.2"),
        says="bucket {resource} was deleted",
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
        severity=Severity.HIGH,
        criteria=("CC6.6",),
        says="the public access block of bucket {resource} is weaker",
        adds=lambda d: f": off now are {', '.join(switched(d, on=False))}",
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
    ),
)

ACL = (
    ChangeKind(
        name="s3.public_acl_granted",
        evidence=_BUCKET,
        path=_GRANTS,
        when=both(appeared, _is_public),
        born=_is_public,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.6",),
        says="the ACL of bucket {resource} now grants {leaf}",
        adds=lambda d: f", which is {_strangers(d)}",
    ),
    ChangeKind(
        name="s3.public_acl_revoked",
        evidence=_BUCKET,
        path=_GRANTS,
        when=both(vanished, _is_public),
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC6.6",),
        says="the ACL of bucket {resource} no longer grants {leaf}",
        adds=lambda d: f", which is {_strangers(d)}",
    ),
    ChangeKind(
        name="s3.acl_grant_added",
        evidence=_BUCKET,
        path=_GRANTS,
        when=both(appeared, _is_private),
        direction=lambda d: Direction.WEAKENED if _is_anothers(d) else Direction.NEUTRAL,
        severity=lambda d: Severity.MEDIUM if _is_anothers(d) else Severity.LOW,
        criteria=("CC6.6",),
        says="the ACL of bucket {resource} gained the grant {leaf}",
    ),
    ChangeKind(
        name="s3.acl_grant_removed",
        evidence=_BUCKET,
        path=_GRANTS,
        when=both(vanished, _is_private),
        direction=lambda d: Direction.STRENGTHENED if _is_anothers(d) else Direction.NEUTRAL,
        severity=lambda d: Severity.MEDIUM if _is_anothers(d) else Severity.LOW,
        criteria=("CC6.6",),
        says="the ACL of bucket {resource} lost the grant {leaf}",
    ),
    ChangeKind(
        name="s3.acls_enabled",
        evidence=_BUCKET,
        path="ObjectOwnership",
        when=lambda d: d.before == _ENFORCED,
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.6",),
        says="ACLs count again for bucket {resource}: ownership of objects is {after}",
    ),
    ChangeKind(
        name="s3.acls_disabled",
        evidence=_BUCKET,
        path="ObjectOwnership",
        when=lambda d: d.after == _ENFORCED,
        direction=Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.6",),
        says="ACLs no longer count for bucket {resource}: ownership of objects is {after}",
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
    ),
)
