"""Cases of `s3.bucket`."""

from __future__ import annotations

from driftkeeper.collect.spec import Item
from tests.cases.answers import ACCOUNT, OTHER_ACCOUNT, document, statement
from tests.cases.border_answers import (
    BLOCK,
    BUCKET_ARN,
    OWNER_ID,
    bucket,
    encrypted,
    full_control,
    locked,
    to_group,
    without_tls,
)
from tests.cases.case import Case, Row

BUCKET = "s3.bucket"
_W, _S, _N = "weakened", "strengthened", "neutral"
_BLOCK, _LOCK, _KEY = "PublicAccessBlock", "ObjectLock", "Encryption"
_NO_BLOCK = {"Configured": False, **dict.fromkeys(BLOCK, False)}
_OWNER = {"ID": OWNER_ID, "DisplayName": "ops"}
_SOMEBODY = "d" * 64
_ALL = f"{BUCKET_ARN}/*"
_PARTNER = {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}
_ROLE = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/orders"}
_READ = statement("s3:GetObject", _ALL, Principal=_ROLE)
_LENT = statement("s3:GetObject", _ALL, Principal=_PARTNER)
_PUBLIC = statement("s3:GetObject", _ALL, Principal="*")


def _attributes(*paths: str) -> tuple[Row, ...]:
    return tuple(("resource.attribute_changed", path, _N, "info") for path in paths)


def _ruled(*statements: Item) -> Item:
    """A bucket with the statement about TLS and these."""
    return bucket(Policy=document(without_tls(), *statements))


def _granting(*grants: Item) -> Item:
    return bucket(Acl={"Owner": _OWNER, "Grants": [full_control(), *grants]})


def _versions(status: str, mfa: str = "Disabled") -> Item:
    return bucket(Versioning={"Status": status, "MFADelete": mfa})


_SETTINGS = {
    "a bucket is created": Case(
        BUCKET,
        None,
        bucket(),
        expect=(("s3.bucket_created", "", _N, "low"),),
        near=("s3.bucket_deleted", "s3.public_acl_granted", "s3.bucket_policy_public"),
    ),
    "a bucket is created that lets in everyone and another account": Case(
        BUCKET,
        None,
        {**_ruled(_PUBLIC, _LENT), "PolicyStatus": {"IsPublic": True}}
        | {"Acl": {"Owner": _OWNER, "Grants": [full_control(), to_group("global/AllUsers")]}},
        expect=(
            ("s3.bucket_created", "", _N, "low"),
            ("s3.external_access_granted", "Policy", _W, "high"),
            ("s3.bucket_policy_public", "PolicyStatus/IsPublic", _W, "high"),
            ("s3.public_acl_granted", "Acl/Grants/Group/AllUsers/READ", _W, "high"),
        ),
        near=("s3.bucket_policy_added",),
    ),
    "a bucket is deleted": Case(
        BUCKET,
        bucket(),
        None,
        expect=(("s3.bucket_deleted", "", _N, "low"),),
        near=("s3.bucket_created",),
    ),
    "two switches of a bucket are turned off": Case(
        BUCKET,
        bucket(),
        bucket(PublicAccessBlock={**BLOCK, "BlockPublicAcls": False, "IgnorePublicAcls": False}),
        expect=(("s3.public_access_block_weakened", _BLOCK, _W, "high"),),
        near=("s3.public_access_block_strengthened",),
    ),
    "one switch of a bucket is turned on": Case(
        BUCKET,
        bucket(PublicAccessBlock={**BLOCK, "BlockPublicAcls": False}),
        bucket(),
        expect=(("s3.public_access_block_strengthened", _BLOCK, _S, "high"),),
        near=("s3.public_access_block_weakened",),
    ),
    "one switch of a bucket is turned on and another off": Case(
        BUCKET,
        bucket(PublicAccessBlock={**BLOCK, "BlockPublicAcls": False}),
        bucket(PublicAccessBlock={**BLOCK, "BlockPublicPolicy": False}),
        expect=(("s3.public_access_block_weakened", _BLOCK, _W, "high"),),
        near=("s3.public_access_block_strengthened",),
    ),
    "the block of a bucket is taken away": Case(
        BUCKET,
        bucket(),
        bucket(PublicAccessBlock=_NO_BLOCK),
        expect=(("s3.public_access_block_weakened", _BLOCK, _W, "high"),),
    ),
    "a block of a bucket without effect is taken away": Case(
        BUCKET,
        bucket(PublicAccessBlock=dict.fromkeys(BLOCK, False)),
        bucket(PublicAccessBlock=_NO_BLOCK),
        expect=_attributes("PublicAccessBlock/Configured"),
        near=("s3.public_access_block_weakened",),
    ),
    "the ACL lets everyone read": Case(
        BUCKET,
        bucket(),
        _granting(to_group("global/AllUsers")),
        expect=(("s3.public_acl_granted", "Acl/Grants/Group/AllUsers/READ", _W, "high"),),
        near=("s3.public_acl_revoked", "s3.acl_grant_added"),
    ),
    "the ACL no longer lets everyone with an AWS account write": Case(
        BUCKET,
        _granting(to_group("global/AuthenticatedUsers", "WRITE")),
        bucket(),
        expect=(
            ("s3.public_acl_revoked", "Acl/Grants/Group/AuthenticatedUsers/WRITE", _S, "high"),
        ),
        near=("s3.public_acl_granted", "s3.acl_grant_removed"),
    ),
    "the ACL lets another account do everything": Case(
        BUCKET,
        bucket(),
        _granting(full_control(_SOMEBODY)),
        expect=(
            (
                "s3.acl_grant_added",
                f"Acl/Grants/CanonicalUser/{_SOMEBODY}/FULL_CONTROL",
                _W,
                "medium",
            ),
        ),
        near=("s3.public_acl_granted",),
    ),
    "the ACL no longer lets another account do everything": Case(
        BUCKET,
        _granting(full_control(_SOMEBODY)),
        bucket(),
        expect=(
            (
                "s3.acl_grant_removed",
                f"Acl/Grants/CanonicalUser/{_SOMEBODY}/FULL_CONTROL",
                _S,
                "medium",
            ),
        ),
        near=("s3.public_acl_revoked",),
    ),
    "the ACL lets S3 deliver logs": Case(
        BUCKET,
        bucket(),
        _granting(to_group("s3/LogDelivery", "WRITE")),
        expect=(("s3.acl_grant_added", "Acl/Grants/Group/LogDelivery/WRITE", _N, "low"),),
        near=("s3.public_acl_granted",),
    ),
    "ACLs count again": Case(
        BUCKET,
        bucket(),
        bucket(ObjectOwnership=[{"ObjectOwnership": "ObjectWriter"}]),
        expect=(("s3.acls_enabled", "ObjectOwnership", _W, "medium"),),
        near=("s3.acls_disabled",),
    ),
    "ACLs no longer count": Case(
        BUCKET,
        bucket(ObjectOwnership=[{"ObjectOwnership": "BucketOwnerPreferred"}]),
        bucket(),
        expect=(("s3.acls_disabled", "ObjectOwnership", _S, "medium"),),
        near=("s3.acls_enabled",),
    ),
    "ACLs count as before, objects belong to somebody else": Case(
        BUCKET,
        bucket(ObjectOwnership=[{"ObjectOwnership": "ObjectWriter"}]),
        bucket(ObjectOwnership=[{"ObjectOwnership": "BucketOwnerPreferred"}]),
        expect=_attributes("ObjectOwnership"),
        near=("s3.acls_enabled", "s3.acls_disabled"),
    ),
    "a bucket is encrypted with a key of S3 instead of one of KMS": Case(
        BUCKET,
        bucket(),
        bucket(Encryption=encrypted("AES256")),
        expect=(("s3.encryption_downgraded", _KEY, _W, "medium"),),
        near=("s3.encryption_upgraded", "s3.encryption_key_changed"),
    ),
    "a bucket is no longer encrypted": Case(
        BUCKET,
        bucket(),
        bucket(Encryption=None),
        expect=(("s3.encryption_downgraded", _KEY, _W, "medium"),),
    ),
    "a bucket is encrypted with a key of KMS instead of one of S3": Case(
        BUCKET,
        bucket(Encryption=encrypted("AES256")),
        bucket(),
        expect=(("s3.encryption_upgraded", _KEY, _S, "medium"),),
        near=("s3.encryption_downgraded", "s3.encryption_key_changed"),
    ),
    "a bucket is encrypted with another key": Case(
        BUCKET,
        bucket(),
        bucket(Encryption=encrypted("aws:kms", "key-2")),
        expect=(
            (
                "s3.encryption_key_changed",
                "Encryption/ApplyServerSideEncryptionByDefault/KMSMasterKeyID",
                _N,
                "medium",
            ),
        ),
        near=("s3.encryption_downgraded", "s3.encryption_upgraded"),
    ),
    "a bucket is encrypted by an algorithm that nobody knows here": Case(
        BUCKET,
        bucket(Encryption=encrypted("AES256")),
        bucket(Encryption=encrypted("aws:fsx")),
        expect=_attributes("Encryption/ApplyServerSideEncryptionByDefault/SSEAlgorithm"),
        near=("s3.encryption_downgraded", "s3.encryption_upgraded"),
    ),
    "versions are no longer kept": Case(
        BUCKET,
        bucket(),
        _versions("Suspended"),
        expect=(("s3.versioning_suspended", "Versioning/Status", _W, "medium"),),
        near=("s3.versioning_enabled", "s3.mfa_delete_disabled"),
    ),
    "versions are kept": Case(
        BUCKET,
        bucket(Versioning={}),
        bucket(),
        expect=(("s3.versioning_enabled", "Versioning/Status", _S, "medium"),),
        near=("s3.versioning_suspended", "s3.mfa_delete_enabled"),
    ),
    "versions can be deleted without MFA": Case(
        BUCKET,
        _versions("Enabled", "Enabled"),
        bucket(),
        expect=(("s3.mfa_delete_disabled", "Versioning/MFADelete", _W, "medium"),),
        near=("s3.mfa_delete_enabled", "s3.versioning_suspended"),
    ),
    "versions can only be deleted with MFA": Case(
        BUCKET,
        bucket(),
        _versions("Enabled", "Enabled"),
        expect=(("s3.mfa_delete_enabled", "Versioning/MFADelete", _S, "medium"),),
        near=("s3.mfa_delete_disabled",),
    ),
    "an object lock can be lifted by some": Case(
        BUCKET,
        bucket(),
        bucket(ObjectLock=locked("GOVERNANCE", Years=10)),
        expect=(("s3.object_lock_weakened", _LOCK, _W, "high"),),
        near=("s3.object_lock_strengthened",),
    ),
    "an object lock holds for a shorter time": Case(
        BUCKET,
        bucket(ObjectLock=locked("COMPLIANCE", Years=2)),
        bucket(),
        expect=(("s3.object_lock_weakened", _LOCK, _W, "high"),),
        near=("s3.object_lock_strengthened",),
    ),
    "an object lock has no default any more": Case(
        BUCKET,
        bucket(),
        bucket(ObjectLock={"ObjectLockEnabled": "Enabled"}),
        expect=(("s3.object_lock_weakened", _LOCK, _W, "high"),),
    ),
    "an object lock is stricter": Case(
        BUCKET,
        bucket(ObjectLock=locked("GOVERNANCE", Days=30)),
        bucket(),
        expect=(("s3.object_lock_strengthened", _LOCK, _S, "high"),),
        near=("s3.object_lock_weakened",),
    ),
    "a bucket gets an object lock": Case(
        BUCKET,
        bucket(ObjectLock=None),
        bucket(ObjectLock={"ObjectLockEnabled": "Enabled"}),
        expect=(("s3.object_lock_strengthened", _LOCK, _S, "high"),),
    ),
    "an object lock is as long as before, in other units": Case(
        BUCKET,
        bucket(),
        bucket(ObjectLock=locked("COMPLIANCE", Years=1)),
        expect=_attributes(
            "ObjectLock/Rule/DefaultRetention/Days", "ObjectLock/Rule/DefaultRetention/Years"
        ),
        near=("s3.object_lock_weakened", "s3.object_lock_strengthened"),
    ),
    "access is no longer logged": Case(
        BUCKET,
        bucket(),
        bucket(Logging={}),
        expect=(("s3.access_logging_disabled", "Logging/LoggingEnabled", _W, "low"),),
        near=("s3.access_logging_enabled",),
    ),
    "access is logged": Case(
        BUCKET,
        bucket(Logging={}),
        bucket(),
        expect=(("s3.access_logging_enabled", "Logging/LoggingEnabled", _S, "low"),),
        near=("s3.access_logging_disabled",),
    ),
}

_POLICIES = {
    "a bucket gets a policy that lets in a role": Case(
        BUCKET,
        bucket(Policy=None),
        bucket(Policy=document(_READ)),
        expect=(("s3.bucket_policy_added", "Policy", _W, "medium"),),
        near=(
            "s3.bucket_policy_widened",
            "s3.external_access_granted",
            "s3.tls_enforcement_added",
        ),
    ),
    "a bucket gets a policy that asks for TLS": Case(
        BUCKET,
        bucket(Policy=None),
        bucket(),
        expect=(
            ("s3.bucket_policy_added", "Policy", _S, "medium"),
            ("s3.tls_enforcement_added", "Policy", _S, "medium"),
        ),
        near=("s3.bucket_policy_removed", "s3.tls_enforcement_removed"),
    ),
    "a bucket gets a policy that allows and denies": Case(
        BUCKET,
        bucket(Policy=None),
        _ruled(_READ),
        expect=(
            ("s3.bucket_policy_added", "Policy", _N, "medium"),
            ("s3.tls_enforcement_added", "Policy", _S, "medium"),
        ),
    ),
    "the policy of a bucket that let in a role is gone": Case(
        BUCKET,
        bucket(Policy=document(_READ)),
        bucket(Policy=None),
        expect=(("s3.bucket_policy_removed", "Policy", _S, "medium"),),
        near=(
            "s3.bucket_policy_added",
            "s3.bucket_policy_narrowed",
            "s3.tls_enforcement_removed",
        ),
    ),
    "the policy of a bucket that asked for TLS is gone, and lets in nobody any more": Case(
        BUCKET,
        _ruled(_LENT),
        bucket(Policy=None),
        expect=(
            ("s3.bucket_policy_removed", "Policy", _W, "medium"),
            ("s3.external_access_revoked", "Policy", _S, "high"),
            ("s3.tls_enforcement_removed", "Policy", _W, "medium"),
        ),
        near=("s3.external_access_granted",),
    ),
    "the policy of a bucket lets in a role of the account": Case(
        BUCKET,
        bucket(),
        _ruled(_READ),
        expect=(("s3.bucket_policy_widened", "Policy", _W, "medium"),),
        near=(
            "s3.bucket_policy_added",
            "s3.bucket_policy_changed",
            "s3.external_access_granted",
            "s3.bucket_policy_public",
        ),
    ),
    "the policy of a bucket no longer lets in a role of the account": Case(
        BUCKET,
        _ruled(_READ),
        bucket(),
        expect=(("s3.bucket_policy_narrowed", "Policy", _S, "medium"),),
        near=(
            "s3.bucket_policy_removed",
            "s3.bucket_policy_rewritten",
            "s3.external_access_revoked",
        ),
    ),
    "the policy of a bucket lets a role do other things": Case(
        BUCKET,
        _ruled(_READ),
        _ruled({**_READ, "Action": "s3:PutObject"}),
        expect=(("s3.bucket_policy_changed", "Policy", _N, "medium"),),
        near=(
            "s3.bucket_policy_widened",
            "s3.bucket_policy_narrowed",
            "s3.bucket_policy_principal_orphaned",
        ),
    ),
    "the policy of a bucket says the same in more words": Case(
        BUCKET,
        _ruled({**_READ, "Action": "s3:*"}),
        _ruled({**_READ, "Action": "s3:*"}, _READ),
        expect=(("s3.bucket_policy_rewritten", "Policy", _N, "low"),),
        near=("s3.bucket_policy_changed",),
    ),
    "a role of another account that the policy of a bucket names is deleted": Case(
        BUCKET,
        _ruled({**_LENT, "Principal": {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:role/reader"}}),
        _ruled({**_LENT, "Principal": {"AWS": "AROAEXAMPLEEXAMPLE123"}}),
        expect=(("s3.bucket_policy_principal_orphaned", "Policy", _N, "low"),),
        near=("s3.bucket_policy_changed", "s3.external_access_revoked"),
    ),
    "the policy of a bucket lets in another account": Case(
        BUCKET,
        bucket(),
        _ruled(_LENT),
        expect=(
            ("s3.bucket_policy_widened", "Policy", _W, "medium"),
            ("s3.external_access_granted", "Policy", _W, "high"),
        ),
        near=("s3.external_access_revoked",),
    ),
    "the policy of a bucket no longer lets in another account": Case(
        BUCKET,
        _ruled(_LENT),
        bucket(),
        expect=(
            ("s3.bucket_policy_narrowed", "Policy", _S, "medium"),
            ("s3.external_access_revoked", "Policy", _S, "high"),
        ),
        near=("s3.external_access_granted",),
    ),
    "the policy of a bucket lets in everyone, and AWS says so": Case(
        BUCKET,
        bucket(),
        {**_ruled(_PUBLIC), "PolicyStatus": {"IsPublic": True}},
        expect=(
            ("s3.bucket_policy_widened", "Policy", _W, "medium"),
            ("s3.bucket_policy_public", "PolicyStatus/IsPublic", _W, "high"),
        ),
        near=("s3.bucket_policy_private", "s3.external_access_granted"),
    ),
    "the policy of a bucket no longer lets in everyone, and AWS says so": Case(
        BUCKET,
        {**_ruled(_PUBLIC), "PolicyStatus": {"IsPublic": True}},
        bucket(),
        expect=(
            ("s3.bucket_policy_narrowed", "Policy", _S, "medium"),
            ("s3.bucket_policy_private", "PolicyStatus/IsPublic", _S, "high"),
        ),
        near=("s3.bucket_policy_public",),
    ),
    "the policy of a bucket asks for TLS for objects only": Case(
        BUCKET,
        bucket(),
        bucket(Policy=document(without_tls(_ALL))),
        expect=(
            ("s3.bucket_policy_widened", "Policy", _W, "medium"),
            ("s3.tls_enforcement_removed", "Policy", _W, "medium"),
        ),
        near=("s3.tls_enforcement_added",),
    ),
    "a policy is seen for the first time, and lets in another account": Case(
        BUCKET,
        bucket(),
        _ruled(_LENT),
        expect=(
            ("resource.first_observed", "Policy", _N, "info"),
            ("s3.external_access_granted", "Policy", _W, "high"),
        ),
        near=("s3.bucket_policy_added", "s3.bucket_policy_widened"),
        unseen=("Policy",),
    ),
}

CASES = {**_SETTINGS, **_POLICIES}
