"""S3 buckets: whom their ACLs let in, and whether ACLs count."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference, appeared, both, vanished
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
    return _strangers(d) is not None


def _is_anothers(d: Difference) -> bool:
    """Say whether a grant is for the owner of something else: an id of S3 stands for an account."""
    acl = d.field("Acl")
    owner = acl.get("Owner") if isinstance(acl, dict) else None
    own = owner.get("ID") if isinstance(owner, dict) else None
    return _grantee(d).get("ID") not in (None, own)


def _is_private(d: Difference) -> bool:
    return not _is_public(d)


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
        trigger=(
            "A grant to AllUsers or AuthenticatedUsers is new in the ACL, or there when it is"
            " first seen or the bucket is new"
        ),
        means=(
            "Everyone, or everyone with any AWS account, gets what the grant says, unless"
            " IgnorePublicAcls or disabled ACLs make it void."
        ),
        advice=(
            "Remove it (aws s3api put-bucket-acl --acl private) or set ownership to"
            " BucketOwnerEnforced, and see in the logs who came meanwhile."
        ),
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
        trigger="A grant to AllUsers or AuthenticatedUsers is gone from the ACL",
        means=(
            "This grant lets in strangers no more; other grants, ACLs of objects and the policy"
            " may still do so."
        ),
        advice=(
            "Check these, and search the logs for what was read by strangers while the grant stood."
        ),
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
        trigger=(
            "A grant to any but AllUsers and AuthenticatedUsers is new in the ACL; it weakens if"
            " its ID is not the owner's"
        ),
        means=(
            "A grantee with a foreign ID is another account, let in past the bucket policy that"
            " people review; the owner or log delivery is not."
        ),
        advice=(
            "Ask whose canonical id it is, put what it needs into the bucket policy by account,"
            " and switch ACLs off."
        ),
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
        trigger=(
            "A grant to any but AllUsers and AuthenticatedUsers is gone from the ACL; it"
            " strengthens if its ID is not the owner's"
        ),
        means=(
            "The grantee gets nothing by this grant any more; ACLs of single objects and the"
            " policy may still let it in."
        ),
        advice=(
            "Confirm that the work with that account has ended, and note it in the list of"
            " outside access."
        ),
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
        trigger="ObjectOwnership was BucketOwnerEnforced and is another value now",
        means=(
            "Each object may have its own ACL again, so that the policy alone no longer tells who"
            " can read what."
        ),
        advice=(
            "Ask which tool needs ACLs, and set BucketOwnerEnforced again (aws s3api"
            " put-bucket-ownership-controls) as soon as it can do without."
        ),
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
        trigger="ObjectOwnership became BucketOwnerEnforced",
        means=(
            "All ACLs are void and every object belongs to the owner of the bucket: policies"
            " alone say who gets in."
        ),
        advice=(
            "Check that accounts which read or wrote by ACL have what they need in the bucket"
            " policy."
        ),
    ),
)
