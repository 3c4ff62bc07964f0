"""S3: who can reach buckets, and how their data is kept (item 9 of the request list)."""

from __future__ import annotations

from driftkeeper.assess.spec import Control
from driftkeeper.domain.types import Severity

_BUCKET = ("s3.bucket_created", "s3.bucket_deleted")
_BLOCK = ("s3.account_public_access_block_*", "s3.public_access_block_*")
_GRANTS = ("s3.bucket_policy_*", "s3.public_acl_*", "s3.acl_grant_*", "s3.acls_*")

S3 = (
    Control(
        name="s3-account-public-access-block",
        title="The account blocks public access to S3",
        criteria=("CC6.6",),
        severity=Severity.HIGH,
        item=9,
        fails_when="One of the four flags of the account's public access block is off.",
        remediate="Switch all four flags on for the account.",
        limits="This does not evidence access that is granted to single other accounts.",
        refs=("FSBP S3.1", "CIS 3.1.4"),
        changes=("s3.account_public_access_block_*",),
    ),
    Control(
        name="s3-bucket-public-access-block",
        title="Every bucket is under a full public access block",
        criteria=("CC6.6",),
        severity=Severity.MEDIUM,
        item=9,
        fails_when=(
            "One of the four flags holds for a bucket neither by the account's block nor by its "
            "own."
        ),
        remediate="Switch all four flags on for the account or for the bucket.",
        limits="This does not evidence access that is granted to single other accounts.",
        refs=("FSBP S3.8",),
        changes=(*_BUCKET, *_BLOCK),
    ),
    Control(
        name="s3-bucket-not-public",
        title="No bucket is public without a justification",
        criteria=("CC6.6",),
        severity=Severity.CRITICAL,
        item=9,
        fails_when=(
            "A bucket's policy or ACL lets in everyone, no block holds it back, and nobody "
            "justified it."
        ),
        remediate=(
            "Block public access to the bucket, and take the public grant out of its policy or ACL."
        ),
        limits=(
            "This does not evidence that nothing was read while a bucket was public, nor access "
            "points."
        ),
        refs=("FSBP S3.2", "FSBP S3.3"),
        changes=(*_BUCKET, *_BLOCK, *_GRANTS, "s3.bucket_became_*"),
    ),
    Control(
        name="s3-bucket-policy-public-latent",
        title="No bucket would be public without its block",
        criteria=("CC6.6",),
        severity=Severity.HIGH,
        item=9,
        extended=True,
        fails_when=(
            "A bucket's policy or ACL lets in everyone, even though a public access block holds "
            "it back."
        ),
        remediate="Take the public grant out of the policy or ACL.",
        limits="This does not evidence access that is granted to single other accounts.",
        changes=(*_BUCKET, *_GRANTS),
    ),
    Control(
        name="s3-bucket-external-access",
        title="Buckets let in only accounts on the list",
        criteria=("CC6.6", "CC6.3"),
        severity=Severity.MEDIUM,
        item=9,
        fails_when="A bucket lets in an account that is not on the list of trusted accounts.",
        remediate=(
            "Take the account out of the bucket's policy or ACL, or have it approved and put it "
            "on the list."
        ),
        limits="This does not evidence access that roles of this account pass on.",
        parameters={"trusted_accounts": []},
        refs=("FSBP S3.6",),
        changes=(
            *_BUCKET,
            "s3.external_access_*",
            "s3.bucket_policy_*",
            "s3.acl_grant_*",
            "s3.acls_*",
        ),
    ),
    Control(
        name="s3-bucket-acl-disabled",
        title="ACLs do not count for buckets",
        criteria=("CC6.6",),
        severity=Severity.LOW,
        item=9,
        extended=True,
        fails_when=(
            "The ownership of a bucket's objects is not with the bucket's owner alone, so that "
            "ACLs count."
        ),
        remediate="Set the object ownership to BucketOwnerEnforced.",
        limits="This does not evidence what the bucket's policy grants.",
        refs=("FSBP S3.12",),
        changes=(*_BUCKET, "s3.acls_*"),
    ),
    Control(
        name="s3-bucket-tls-only",
        title="Buckets can be reached over TLS only",
        criteria=("CC6.7",),
        severity=Severity.MEDIUM,
        item=9,
        extended=True,
        fails_when="No statement of a bucket's policy denies access without TLS.",
        remediate="Add a statement that denies everything while aws:SecureTransport is false.",
        limits="This does not evidence how data travels between systems of yours.",
        refs=("CIS 3.1.1", "FSBP S3.5"),
        changes=(*_BUCKET, "s3.tls_enforcement_*", "s3.bucket_policy_*"),
    ),
    Control(
        name="s3-classified-kms",
        title="Classified buckets are encrypted with KMS",
        criteria=("CC6.7", "CC6.1"),
        severity=Severity.MEDIUM,
        item=9,
        extended=True,
        fails_when="A bucket whose data is classified is not encrypted with a KMS key by default.",
        remediate="Set a default encryption with a KMS key.",
        limits=(
            "This does not evidence objects that were stored before, nor buckets without a class."
        ),
        parameters={"data_classes": ["customer", "evidence"]},
        refs=("FSBP S3.17",),
        changes=(*_BUCKET, "s3.encryption_*"),
    ),
    Control(
        name="s3-classified-versioning",
        title="Classified buckets keep old versions",
        criteria=("CC6.7",),
        severity=Severity.LOW,
        item=9,
        extended=True,
        fails_when="Versioning of a bucket whose data is classified is not enabled.",
        remediate="Enable versioning.",
        limits=(
            "This does not evidence that versions cannot be deleted, nor buckets without a class."
        ),
        parameters={"data_classes": ["customer", "evidence"]},
        refs=("FSBP S3.14",),
        changes=(*_BUCKET, "s3.versioning_*"),
    ),
    Control(
        name="s3-evidence-object-lock",
        title="Evidence cannot be deleted before its time",
        criteria=("CC7.2",),
        severity=Severity.MEDIUM,
        item=9,
        extended=True,
        fails_when="A bucket of evidence has no Object Lock with a default retention.",
        remediate="Enable Object Lock with a default retention for the bucket.",
        limits="This does not evidence objects that were stored before the lock.",
        parameters={"data_classes": ["evidence"]},
        refs=("FSBP S3.15",),
        changes=(*_BUCKET, "s3.object_lock_*"),
    ),
    Control(
        name="s3-access-logging",
        title="Access to classified buckets is logged",
        criteria=("CC7.2",),
        severity=Severity.LOW,
        item=9,
        extended=True,
        fails_when="A bucket whose data is classified has no server access logging.",
        remediate=(
            "Enable server access logging to another bucket, or log data events with CloudTrail."
        ),
        limits="This does not evidence access that CloudTrail logs as data events instead.",
        parameters={"data_classes": ["customer", "evidence"]},
        refs=("FSBP S3.9",),
        changes=(*_BUCKET, "s3.access_logging_*"),
    ),
)
