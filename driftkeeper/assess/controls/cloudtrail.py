"""CloudTrail: that it logs, whole and everywhere (item 6 of the request list).

Trails in scope are those whose home is the account, and those of its organisation, as far as the globs of
`trails` fit their names.
"""

from __future__ import annotations

from driftkeeper.assess.spec import Control
from driftkeeper.domain.types import Severity

_TRAIL = ("cloudtrail.trail_created", "cloudtrail.trail_deleted")
_BUCKET = ("cloudtrail.destination_changed", "s3.bucket_created", "s3.bucket_deleted")
_PUBLIC = (
    "s3.account_public_access_block_*",
    "s3.public_access_block_*",
    "s3.bucket_policy_*",
    "s3.public_acl_*",
    "s3.acl_grant_*",
    "s3.acls_*",
    "s3.bucket_became_*",
)

CLOUDTRAIL = (
    Control(
        name="ct-multi-region",
        title="A trail logs all management events of all regions",
        criteria=("CC7.2",),
        severity=Severity.CRITICAL,
        item=6,
        fails_when=(
            "No trail that logs now covers all regions, all management events and global services."
        ),
        remediate=(
            "Create a multi-region trail with all management events and global service events."
        ),
        limits="This does not evidence that its log files arrive and stay unaltered.",
        refs=("CIS 4.1", "FSBP CloudTrail.1"),
        changes=(
            *_TRAIL,
            "cloudtrail.logging_*",
            "cloudtrail.multi_region_*",
            "cloudtrail.organization_trail_*",
            "cloudtrail.global_events_*",
            "cloudtrail.management_events_*",
        ),
    ),
    Control(
        name="ct-region-covered",
        title="Every active region is covered by a trail",
        criteria=("CC7.2",),
        severity=Severity.HIGH,
        item=6,
        fails_when="In an active region no trail logs management events.",
        remediate="Make a trail multi-region, or create one in the region.",
        limits="This does not evidence data events, nor regions that are switched off.",
        changes=(
            *_TRAIL,
            "cloudtrail.logging_*",
            "cloudtrail.multi_region_*",
            "cloudtrail.organization_trail_*",
            "cloudtrail.management_events_*",
            "cloudtrail.region_*",
            "account.region_enabled",
            "account.region_disabled",
        ),
    ),
    Control(
        name="ct-logging",
        title="Every trail in scope logs",
        criteria=("CC7.2",),
        severity=Severity.CRITICAL,
        item=6,
        fails_when="A trail in scope is not logging.",
        remediate="Start logging, and find out who stopped it.",
        limits="This does not evidence each stop between two snapshots: AWS tells the last one only.",
        parameters={"trails": ["*"]},
        changes=(*_TRAIL, "cloudtrail.logging_*"),
    ),
    Control(
        name="ct-management-events",
        title="Every trail in scope logs all management events",
        criteria=("CC7.2",),
        severity=Severity.HIGH,
        item=6,
        fails_when=(
            "A trail in scope leaves out management events: reads, writes, or those of a source "
            "such as KMS."
        ),
        remediate="Select all management events and exclude no source.",
        limits="This does not evidence data events, such as reads of objects.",
        parameters={"trails": ["*"]},
        refs=("CIS 4.1",),
        changes=(*_TRAIL, "cloudtrail.management_events_*"),
    ),
    Control(
        name="ct-log-validation",
        title="Log files can be checked for tampering",
        criteria=("CC7.2",),
        severity=Severity.HIGH,
        item=6,
        fails_when="A trail in scope does not write digest files, as log file validation is off.",
        remediate="Enable log file validation.",
        limits="This does not evidence that anybody checked the digests.",
        parameters={"trails": ["*"]},
        refs=("CIS 4.2", "FSBP CloudTrail.4"),
        changes=(*_TRAIL, "cloudtrail.validation_*"),
    ),
    Control(
        name="ct-digest-chain",
        title="The digests of the log files were checked and hold",
        criteria=("CC7.2",),
        severity=Severity.HIGH,
        item=6,
        fails_when=(
            "The latest check of the digests found invalid or missing files, or a gap that "
            "nothing explains."
        ),
        remediate="Find out which files were altered or lost, and treat it as an incident.",
        limits=(
            "This does not evidence anything where the check of digests is not run: the control "
            "is not applicable then."
        ),
        changes=("cloudtrail.digest_*", "cloudtrail.validation_*"),
    ),
    Control(
        name="ct-delivery-fresh",
        title="Log files arrive",
        criteria=("CC7.2",),
        severity=Severity.HIGH,
        item=6,
        fails_when=(
            "The last delivery of a trail in scope failed or is more than 24 hours old, or its "
            "last digest is more than 3 hours old."
        ),
        remediate=(
            "Repair the policy of the bucket or of the key that keeps the files from arriving."
        ),
        limits="This does not evidence that each file arrived, only the last.",
        parameters={"trails": ["*"], "log_hours": 24, "digest_hours": 3},
        changes=("cloudtrail.delivery_*", "cloudtrail.logging_*", "cloudtrail.destination_changed"),
    ),
    Control(
        name="ct-bucket-not-public",
        title="The bucket of the logs is not public",
        criteria=("CC7.2", "CC6.6"),
        severity=Severity.CRITICAL,
        item=6,
        fails_when=(
            "The bucket of a trail in scope is public, or its policy or ACL would make it so "
            "without a block."
        ),
        remediate=(
            "Take the public grant out of the bucket's policy or ACL, and block public access."
        ),
        limits="This does not evidence who within the account can read the logs.",
        parameters={"trails": ["*"]},
        refs=("FSBP CloudTrail.6",),
        changes=(*_TRAIL, *_BUCKET, *_PUBLIC),
    ),
    Control(
        name="ct-bucket-mfa-delete",
        title="Log files are protected from being deleted",
        criteria=("CC7.2",),
        severity=Severity.MEDIUM,
        item=6,
        fails_when=(
            "The bucket of a trail in scope has neither MFA delete nor an Object Lock with "
            "default retention."
        ),
        remediate=(
            "Set a default retention with Object Lock, or have the root user switch on MFA delete."
        ),
        limits=(
            "This does not evidence files that were stored before the protection was switched on."
        ),
        parameters={"trails": ["*"]},
        refs=("CIS 3.1.2",),
        changes=(*_TRAIL, *_BUCKET, "s3.mfa_delete_*", "s3.object_lock_*"),
    ),
    Control(
        name="ct-bucket-encrypted",
        title="The bucket of the logs has a default encryption",
        criteria=("CC7.2", "CC6.7"),
        severity=Severity.MEDIUM,
        item=6,
        fails_when="The bucket of a trail in scope has no default encryption.",
        remediate="Set a default encryption for the bucket.",
        limits="This does not evidence files that were stored before the encryption was set.",
        parameters={"trails": ["*"]},
        changes=(*_TRAIL, *_BUCKET, "s3.encryption_*"),
    ),
    Control(
        name="ct-kms-encrypted",
        title="Log files are encrypted with a KMS key",
        criteria=("CC6.7",),
        severity=Severity.MEDIUM,
        item=6,
        fails_when="A trail in scope encrypts its log files with no KMS key.",
        remediate="Give the trail a KMS key whose policy lets CloudTrail use it.",
        limits="This does not evidence who may decrypt: the policy of the key says that.",
        parameters={"trails": ["*"]},
        refs=("CIS 4.5", "FSBP CloudTrail.2"),
        changes=(*_TRAIL, "cloudtrail.encryption_*"),
    ),
    Control(
        name="ct-bucket-versioning",
        title="The bucket of the logs keeps old versions",
        criteria=("CC7.2",),
        severity=Severity.LOW,
        item=6,
        extended=True,
        fails_when="Versioning of the bucket of a trail in scope is not enabled.",
        remediate="Enable versioning.",
        limits="This does not evidence that versions cannot be deleted.",
        parameters={"trails": ["*"]},
        changes=(*_TRAIL, *_BUCKET, "s3.versioning_*"),
    ),
    Control(
        name="ct-bucket-access-logging",
        title="Access to the bucket of the logs is logged",
        criteria=("CC7.2",),
        severity=Severity.LOW,
        item=6,
        extended=True,
        fails_when="The bucket of a trail in scope has no server access logging.",
        remediate="Enable server access logging to another bucket.",
        limits="This does not evidence that anybody reads these logs.",
        parameters={"trails": ["*"]},
        refs=("CIS 4.4", "FSBP CloudTrail.7"),
        changes=(*_TRAIL, *_BUCKET, "s3.access_logging_*"),
    ),
    Control(
        name="ct-cloudwatch-integration",
        title="Log files go to CloudWatch Logs",
        criteria=("CC7.2",),
        severity=Severity.LOW,
        item=6,
        extended=True,
        fails_when=(
            "A trail in scope has no group in CloudWatch Logs, or its last delivery there is more "
            "than 24 hours old."
        ),
        remediate="Give the trail a log group and a role that may write to it.",
        limits="This does not evidence that alarms are set on the logs.",
        parameters={"trails": ["*"], "hours": 24},
        refs=("FSBP CloudTrail.5",),
        changes=(*_TRAIL, "cloudtrail.cloudwatch_*"),
    ),
)
