"""Buckets, and the account's public access block: calls of `s3`, logged in the bucket's region.

The account's own block is logged in the region whose endpoint was called, which may be any.
"""

from __future__ import annotations

from collections.abc import Mapping

from driftkeeper.attribute.events import Event
from driftkeeper.attribute.matching import (
    after,
    at,
    created,
    deleted,
    lost,
    policy,
    present,
    says,
    sets,
)
from driftkeeper.attribute.spec import Deed, Family, Fits, Where, is_enough
from driftkeeper.domain.types import Change, Json

S3 = "s3.amazonaws.com"
_BUCKET = ("requestParameters.bucketName",)
_FLAGS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
_FLAG_FIELDS = {name.lower(): name for name in _FLAGS}
_CONFIGURATION = "requestParameters.PublicAccessBlockConfiguration"
_ENCRYPTION = "requestParameters.ServerSideEncryptionConfiguration.Rule"
_DEFAULT = f"{_ENCRYPTION}.ApplyServerSideEncryptionByDefault"
_DEFAULT_FIELDS = {"ssealgorithm": "SSEAlgorithm", "kmsmasterkeyid": "KMSMasterKeyID"}


def _under(field: str) -> Fits:
    return at(field, f"{field}/*")


def _is_configured(change: Change) -> bool:
    return isinstance(change.after, Mapping) and change.after.get("Configured") is not False


def _is_put(field: str) -> Fits:
    """Fit a block that is there now; its change may be told as a whole or flag by flag."""
    return lambda change: (
        _under(field)(change)
        and (change.path.rpartition("/")[2] in _FLAGS or _is_configured(change))
    )


def _is_dropped(field: str) -> Fits:
    """Fit a block none of whose flags is set any more, as when it is deleted."""
    return lambda change: (
        _under(field)(change)
        and (
            change.after is False
            if change.path.rpartition("/")[2] in _FLAGS
            else _is_removed(change)
        )
    )


def _is_removed(change: Change) -> bool:
    return change.after is None or not _is_configured(change)


def _flags(change: Change, event: Event) -> bool | None:
    """Prove a block by its flags; a flag that is told by itself by that one."""
    flag = change.path.rpartition("/")[2]
    if flag in _FLAGS:
        return says(f"{_CONFIGURATION}.{flag}", after)(change, event)
    return sets(_CONFIGURATION, _FLAG_FIELDS)(change, event)


def _default_encryption(change: Change) -> Json:
    found = change.after
    return found.get("ApplyServerSideEncryptionByDefault") if isinstance(found, Mapping) else None


def _is_logged(change: Change, event: Event) -> bool | None:
    """Prove that logging was switched on or off; where to is not compared."""
    given = event.values("requestParameters.BucketLoggingStatus")
    if not given:
        return None
    on = bool(event.values("requestParameters.BucketLoggingStatus.LoggingEnabled"))
    return None if on and change.after is not None else on is (change.after is not None)


def _drop(change: Change, _event: Event) -> bool | None:
    """Deleting leaves nothing: that proves a value that is gone, and speaks against any other."""
    return change.after is None or None


def _name(change: Change) -> frozenset[str]:
    return frozenset({change.resource.rpartition(":")[2]})


BUCKET = Family(
    name="s3.bucket",
    evidence=("s3.bucket",),
    source=S3,
    where=Where.BUCKET,
    never=("*_orphaned",),
    names=_name,
    deeds=(
        Deed(("CreateBucket",), _BUCKET, created, is_enough, where=Where.BUCKET_OR_HOME),
        Deed(("DeleteBucket",), _BUCKET, deleted, is_enough),
        Deed(
            ("PutBucketPolicy",),
            _BUCKET,
            present("Policy"),
            policy("requestParameters.bucketPolicy"),
        ),
        Deed(("DeleteBucketPolicy",), _BUCKET, lost("Policy"), is_enough),
        Deed(("PutBucketPolicy", "DeleteBucketPolicy"), _BUCKET, at("PolicyStatus/IsPublic")),
        Deed(("PutBucketAcl",), _BUCKET, _under("Acl")),
        Deed(("PutBucketPublicAccessBlock",), _BUCKET, _is_put("PublicAccessBlock"), _flags),
        Deed(("DeleteBucketPublicAccessBlock",), _BUCKET, _is_dropped("PublicAccessBlock")),
        Deed(
            ("PutBucketOwnershipControls",),
            _BUCKET,
            present("ObjectOwnership"),
            says("requestParameters.OwnershipControls.Rule.ObjectOwnership", after),
        ),
        Deed(("DeleteBucketOwnershipControls",), _BUCKET, at("ObjectOwnership"), _drop),
        Deed(
            ("PutBucketEncryption",),
            _BUCKET,
            at("Encryption"),
            sets(_DEFAULT, _DEFAULT_FIELDS, _default_encryption),
        ),
        Deed(
            ("PutBucketEncryption",),
            _BUCKET,
            at("Encryption/*/KMSMasterKeyID"),
            says(f"{_DEFAULT}.KMSMasterKeyID", after),
        ),
        Deed(
            ("PutBucketEncryption",),
            _BUCKET,
            at("Encryption/*/SSEAlgorithm"),
            says(f"{_DEFAULT}.SSEAlgorithm", after),
        ),
        Deed(("PutBucketEncryption",), _BUCKET, at("Encryption/B*")),
        Deed(("DeleteBucketEncryption",), _BUCKET, _under("Encryption")),
        Deed(
            ("PutBucketVersioning",),
            _BUCKET,
            at("Versioning/Status"),
            says("requestParameters.VersioningConfiguration.Status", after),
        ),
        Deed(
            ("PutBucketVersioning",),
            _BUCKET,
            at("Versioning/MFADelete"),
            says("requestParameters.VersioningConfiguration.MfaDelete", after),
        ),
        Deed(("PutBucketLogging",), _BUCKET, _under("Logging"), _is_logged),
        Deed(
            ("PutBucketObjectLockConfiguration", "PutObjectLockConfiguration"),
            _BUCKET,
            _under("ObjectLock"),
        ),
    ),
)


def _told_whole(change: Change) -> bool:
    return change.path in ("", *_FLAGS)


def _account_put(change: Change) -> bool:
    return change.path in _FLAGS or (change.path == "" and _is_configured(change))


def _account_dropped(change: Change) -> bool:
    return _told_whole(change) and not (change.path == "" and _is_configured(change))


def _all_dropped(change: Change, _event: Event) -> bool | None:
    """A block that is not configured any more was deleted; a flag alone may also have been put."""
    return True if change.path == "" else None


ACCOUNT_BLOCK = Family(
    name="s3.account_pab",
    evidence=("s3.account_pab",),
    source=S3,
    where=Where.EVERYWHERE,
    deeds=(
        Deed(("PutAccountPublicAccessBlock",), fits=_account_put, proves=_flags),
        Deed(("DeleteAccountPublicAccessBlock",), fits=_account_dropped, proves=_all_dropped),
    ),
)
