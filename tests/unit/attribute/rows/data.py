"""Buckets, the account block and KMS keys."""

from __future__ import annotations

import json
from typing import Any

from driftkeeper.domain.types import Change
from tests.unit.attribute.calls import (
    IRELAND,
    PROD,
    call,
    change,
    regional,
)
from tests.unit.attribute.rows.shared import (
    ALLOW_EC2,
    ALLOW_S3,
    ALLOW_S3_AS_WRITTEN,
    Row,
)

KMS_KEY = "7df9d4f9-36fa-4f78-ae6c-f3b39af240b8"

KEY = regional("kms", f"key/{KMS_KEY}")

BUCKET = "arn:aws:s3:::example-assets"

BLOCK = dict.fromkeys(
    ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
)

OPEN = {**BLOCK, "BlockPublicPolicy": False}

THE_BLOCK = f"urn:driftkeeper:{PROD}:s3:account-public-access-block"


def bucket(path: str, before: Any, after: Any) -> Change:
    return change("s3.x", "s3.bucket", BUCKET, path, before, after)


def put(name: str, **parameters: Any) -> Any:
    return call(name, "s3", {"bucketName": "example-assets", **parameters})


def key(path: str, before: Any, after: Any, resource: str = KEY) -> Change:
    return change("kms.x", "kms.key", resource, path, before, after, IRELAND)


DATA: list[Row] = [
    (
        "bucket policy",
        bucket("Policy", None, ALLOW_S3),
        put("PutBucketPolicy", bucketPolicy=ALLOW_S3_AS_WRITTEN),
        "exact",
    ),
    (
        "another policy",
        bucket("Policy", None, ALLOW_S3),
        put("PutBucketPolicy", bucketPolicy=ALLOW_EC2),
        "none",
    ),
    ("policy gone", bucket("Policy", ALLOW_S3, None), put("DeleteBucketPolicy"), "exact"),
    ("public", bucket("PolicyStatus/IsPublic", False, True), put("PutBucketPolicy"), "probable"),
    (
        "flags",
        bucket("PublicAccessBlock", {**BLOCK}, {**OPEN}),
        put("PutBucketPublicAccessBlock", PublicAccessBlockConfiguration=OPEN),
        "exact",
    ),
    (
        "other flags",
        bucket("PublicAccessBlock", {**BLOCK}, {**OPEN}),
        put("PutBucketPublicAccessBlock", PublicAccessBlockConfiguration=BLOCK),
        "none",
    ),
    (
        "versioning",
        bucket("Versioning/Status", "Enabled", "Suspended"),
        put("PutBucketVersioning", VersioningConfiguration={"Status": "Suspended"}),
        "exact",
    ),
    (
        "ownership",
        bucket("ObjectOwnership", "BucketOwnerEnforced", "ObjectWriter"),
        put(
            "PutBucketOwnershipControls",
            OwnershipControls={"Rule": {"ObjectOwnership": "ObjectWriter"}},
        ),
        "exact",
    ),
    (
        "encryption",
        bucket(
            "Encryption", {}, {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        ),
        put(
            "PutBucketEncryption",
            ServerSideEncryptionConfiguration={
                "Rule": {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
            },
        ),
        "exact",
    ),
    (
        "object lock, by its newer name",
        bucket("ObjectLock", None, {}),
        put("PutObjectLockConfiguration"),
        "probable",
    ),
    (
        "account block",
        change(
            "s3.x",
            "s3.account_pab",
            THE_BLOCK,
            "",
            {**BLOCK, "Configured": True},
            {**OPEN, "Configured": True},
        ),
        call("PutAccountPublicAccessBlock", "s3", {"PublicAccessBlockConfiguration": OPEN}),
        "exact",
    ),
    (
        "block deleted",
        bucket("PublicAccessBlock", {**BLOCK}, {"Configured": False}),
        put("DeleteBucketPublicAccessBlock"),
        "probable",
    ),
    (
        "one flag",
        bucket("PublicAccessBlock/BlockPublicPolicy", True, False),
        put("PutBucketPublicAccessBlock", PublicAccessBlockConfiguration=OPEN),
        "exact",
    ),
    (
        "one flag, or all",
        bucket("PublicAccessBlock/BlockPublicPolicy", True, False),
        put("DeleteBucketPublicAccessBlock"),
        "probable",
    ),
    (
        "logging off",
        bucket("Logging/LoggingEnabled", {"TargetBucket": "b"}, None),
        put("PutBucketLogging", BucketLoggingStatus={"xmlns": "x"}),
        "exact",
    ),
    (
        "logging on",
        bucket("Logging/LoggingEnabled", {"TargetBucket": "b"}, None),
        put("PutBucketLogging", BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "b"}}),
        "none",
    ),
    (
        "logging, nobody knows how",
        bucket("Logging/LoggingEnabled", None, {"TargetBucket": "b"}),
        put("PutBucketLogging"),
        "probable",
    ),
    (
        "ownership deleted",
        bucket("ObjectOwnership", "BucketOwnerEnforced", None),
        put("DeleteBucketOwnershipControls"),
        "exact",
    ),
    (
        "encryption key",
        bucket("Encryption/ApplyServerSideEncryptionByDefault/KMSMasterKeyID", "a", "b"),
        put(
            "PutBucketEncryption",
            ServerSideEncryptionConfiguration={
                "Rule": {"ApplyServerSideEncryptionByDefault": {"KMSMasterKeyID": "b"}}
            },
        ),
        "exact",
    ),
    (
        "account block deleted",
        change("s3.x", "s3.account_pab", THE_BLOCK, "", {**BLOCK}, {"Configured": False}),
        call("DeleteAccountPublicAccessBlock", "s3", {"accountId": PROD}),
        "exact",
    ),
    (
        "a flag of the account block",
        change("s3.x", "s3.account_pab", THE_BLOCK, "BlockPublicPolicy", True, False),
        call("DeleteAccountPublicAccessBlock", "s3", {"accountId": PROD}),
        "probable",
    ),
    (
        "key enabled after its deletion was cancelled",
        key("KeyMetadata/KeyState", "PendingDeletion", "Disabled"),
        call("CancelKeyDeletion", "kms", {"keyId": KEY}),
        "exact",
    ),
    (
        "rotated",
        key("KeyMetadata/CurrentKeyMaterialId", "a", "b"),
        call("RotateKeyOnDemand", "kms", {"keyId": KEY}),
        "probable",
    ),
    (
        "alias of a key",
        key("Aliases/alias/a", None, {}),
        call("UpdateAlias", "kms", {"aliasName": "alias/a", "targetKeyId": KMS_KEY}),
        "exact",
    ),
    (
        "rotation off",
        key("Rotation/KeyRotationEnabled", True, False),
        call("DisableKeyRotation", "kms", {"keyId": KMS_KEY}),
        "exact",
    ),
    (
        "by ARN",
        key("Rotation/KeyRotationEnabled", True, False),
        call("DisableKeyRotation", "kms", {"keyId": KEY}),
        "exact",
    ),
    (
        "another key",
        key("Rotation/KeyRotationEnabled", True, False),
        call("DisableKeyRotation", "kms", {"keyId": "other"}),
        "none",
    ),
    (
        "key policy",
        key("Policy", ALLOW_EC2, ALLOW_S3),
        call("PutKeyPolicy", "kms", {"keyId": KEY, "policy": json.dumps(ALLOW_S3)}),
        "exact",
    ),
    (
        "to be deleted",
        key("KeyMetadata/KeyState", "Enabled", "PendingDeletion"),
        call("ScheduleKeyDeletion", "kms", {"keyId": KEY}),
        "exact",
    ),
    (
        "deleted by AWS",
        key("", {}, None),
        call(
            "DeleteKey",
            "kms",
            eventType="AwsServiceEvent",
            resources=[{"ARN": KEY}],
            by={"invokedBy": "AWS Internal"},
        ),
        "exact",
    ),
    (
        "grant",
        change("kms.x", "kms.grant", f"{KEY}/grant/g1", "", None, {}, IRELAND),
        call("CreateGrant", "kms", {"keyId": KEY}, {"grantId": "g1"}),
        "exact",
    ),
    (
        "alias",
        change(
            "kms.alias_created", "kms.alias", regional("kms", "alias/a/b"), "", None, {}, IRELAND
        ),
        call("CreateAlias", "kms", {"aliasName": "alias/a/b"}),
        "exact",
    ),
    *(
        (
            f"alias of another key, given by {how}",
            change(
                "kms.x", "kms.alias", regional("kms", "alias/a"), "TargetKeyId", "k0", to, IRELAND
            ),
            call("UpdateAlias", "kms", {"aliasName": "alias/a", "targetKeyId": given}),
            quality,
        )
        for how, given, to, quality in (
            ("id", KMS_KEY, KMS_KEY, "exact"),
            ("ARN", KEY, KMS_KEY, "exact"),
            ("ARN, but a third", KEY, "k3", "none"),
        )
    ),
]
