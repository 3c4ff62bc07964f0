"""KMS: rotation of keys, and who may use them (item 10 of the request list)."""

from __future__ import annotations

from driftkeeper.assess.spec import Control
from driftkeeper.domain.types import Severity

_KEY = ("kms.key_created", "kms.key_deleted")
_STATE = ("kms.key_disabled", "kms.key_enabled", "kms.deletion_*")
_POLICY = ("kms.policy_changed", "kms.policy_narrowed", "kms.policy_widened")

KMS = (
    Control(
        name="kms-rotation-enabled",
        title="Keys of yours rotate automatically",
        criteria=("CC6.7", "CC6.1"),
        severity=Severity.MEDIUM,
        item=10,
        fails_when="An enabled customer key that can rotate automatically does not.",
        remediate="Enable automatic rotation of the key.",
        limits=(
            "This does not evidence keys that cannot rotate by themselves, such as asymmetric and "
            "imported ones."
        ),
        refs=("CIS 4.6", "FSBP KMS.4"),
        changes=(*_KEY, *_STATE, "kms.rotation_disabled", "kms.rotation_enabled"),
    ),
    Control(
        name="kms-rotation-period",
        title="Keys of yours rotate at least every year",
        criteria=("CC6.7",),
        severity=Severity.LOW,
        item=10,
        extended=True,
        fails_when="A key rotates automatically, and less often than every 365 days.",
        remediate="Set the rotation period to 365 days or less.",
        limits="This does not evidence that a rotation took place.",
        parameters={"days": 365},
        changes=(*_KEY, "kms.rotation_*"),
    ),
    Control(
        name="kms-rotation-happened",
        title="Keys of yours were rotated when they were due",
        criteria=("CC6.7",),
        severity=Severity.LOW,
        item=10,
        extended=True,
        fails_when=(
            "A key that rotates automatically was not rotated within its period and 7 days more, "
            "though it is older than that."
        ),
        remediate="Rotate the key on demand, and ask AWS why it was not rotated.",
        limits=(
            "This does not evidence that old data was encrypted anew: older material stays in use "
            "to decrypt it."
        ),
        parameters={"grace_days": 7},
        changes=("kms.key_rotated", "kms.rotation_*"),
    ),
    Control(
        name="kms-policy-not-public",
        title="No key lets in everyone",
        criteria=("CC6.7", "CC6.3"),
        severity=Severity.CRITICAL,
        item=10,
        fails_when=(
            "A key's policy allows something to everyone, and no condition fixes the account, "
            "organisation or ARN."
        ),
        remediate="Name the principals that the key is for.",
        limits=(
            "This does not evidence that the key was not used while it was open: CloudTrail shows "
            "that."
        ),
        refs=("FSBP KMS.5",),
        changes=(*_KEY, *_POLICY, "kms.policy_private", "kms.policy_public"),
    ),
    Control(
        name="kms-policy-external",
        title="Keys let in only accounts on the list",
        criteria=("CC6.7", "CC6.3"),
        severity=Severity.HIGH,
        item=10,
        fails_when=(
            "A key's policy or a grant lets in an account that is not on the list of trusted "
            "accounts."
        ),
        remediate=(
            "Take the account out of the policy or retire the grant, or have it approved and put "
            "it on the list."
        ),
        limits="This does not evidence who can act within a trusted account.",
        parameters={"trusted_accounts": []},
        changes=(*_KEY, *_POLICY, "kms.external_principal_*"),
    ),
    Control(
        name="kms-not-pending-deletion",
        title="No key is about to be deleted without a justification",
        criteria=("CC6.7",),
        severity=Severity.HIGH,
        item=10,
        fails_when="A key is scheduled for deletion, and nobody justified it.",
        remediate="Cancel the deletion, or record why nothing needs the key any more.",
        limits="This does not evidence that nothing is left that was encrypted with the key.",
        refs=("FSBP KMS.3",),
        changes=("kms.deletion_*", "kms.key_deleted"),
    ),
    Control(
        name="kms-imported-expiry",
        title="Imported key material does not expire soon",
        criteria=("CC6.7",),
        severity=Severity.MEDIUM,
        item=10,
        extended=True,
        fails_when="The imported material of a key expires within 30 days.",
        remediate="Import the material again with a later date.",
        limits="This does not evidence where the material is kept outside AWS.",
        parameters={"days": 30},
        changes=(*_KEY, "kms.imported_material_changed"),
    ),
    Control(
        name="kms-cmk-for-sensitive-stores",
        title="Customer data is encrypted with keys of yours",
        criteria=("CC6.7",),
        severity=Severity.MEDIUM,
        item=10,
        fails_when=(
            "A bucket of customer data is not encrypted with an enabled customer key, and nobody "
            "justified it."
        ),
        remediate="Set the bucket's default encryption to a customer key that is enabled.",
        limits=(
            "This does not evidence databases, volumes and other stores, nor buckets without a "
            "class."
        ),
        parameters={"data_classes": ["customer"]},
        changes=(*_KEY, *_STATE, "s3.bucket_created", "s3.bucket_deleted", "s3.encryption_*"),
    ),
)
