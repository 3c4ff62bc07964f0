"""KMS keys: whether they are there, can be used, or are to be deleted."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference, Lifecycle
from driftkeeper.domain.types import Direction, Severity

_KEY = "kms.key"
_STATE = "KeyMetadata.KeyState"
PENDING = ("PendingDeletion", "PendingReplicaDeletion")
_WITH_STATE = (
    "KeyMetadata.Enabled",
    "KeyMetadata.DeletionDate",
    "KeyMetadata.PendingDeletionWindowInDays",
    "Rotation",
    "Rotation.*",
)


def _scheduled(d: Difference) -> bool:
    return d.after in PENDING and d.before not in PENDING


def _cancelled(d: Difference) -> bool:
    return d.before in PENDING and d.after not in PENDING


def _disabled(d: Difference) -> bool:
    return d.after == "Disabled" and d.before not in PENDING


def _enabled(d: Difference) -> bool:
    return d.after == "Enabled" and d.before not in PENDING


STATE = (
    ChangeKind(
        name="kms.key_disabled",
        evidence=_KEY,
        path=_STATE,
        when=_disabled,
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="{resource} was disabled",
        explains=_WITH_STATE,
        trigger="KeyState became Disabled, but not from pending deletion",
        means=(
            "Nothing that the key encrypts can be read or written while it is off: an outage, or"
            " somebody who keeps you from your data."
        ),
        advice=(
            "Find DisableKey in CloudTrail; if nobody planned it, enable the key again and check"
            " which services failed."
        ),
    ),
    ChangeKind(
        name="kms.key_enabled",
        evidence=_KEY,
        path=_STATE,
        when=_enabled,
        direction=Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="{resource} was enabled",
        explains=_WITH_STATE,
        trigger="KeyState became Enabled, but not from pending deletion",
        means=(
            "Data under the key can be read and written again, also by those whom the disabling"
            " may have been meant to keep out."
        ),
        advice=(
            "Check that the reason why it was off is settled, and link this to the outage or"
            " incident."
        ),
    ),
    ChangeKind(
        name="kms.deletion_scheduled",
        evidence=_KEY,
        path=_STATE,
        when=_scheduled,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.7",),
        says="{resource} is scheduled for deletion; what it encrypts will be lost",
        explains=_WITH_STATE,
        trigger="KeyState became PendingDeletion or PendingReplicaDeletion",
        means=(
            "When the waiting period is over, all that only this key decrypts is lost for good,"
            " backups and logs included; until then the key is unusable."
        ),
        advice=(
            "Look for its use in CloudTrail (Decrypt, GenerateDataKey) before DeletionDate; in"
            " doubt run aws kms cancel-key-deletion."
        ),
    ),
    ChangeKind(
        name="kms.deletion_cancelled",
        evidence=_KEY,
        path=_STATE,
        when=_cancelled,
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.7",),
        says="{resource} is no longer scheduled for deletion",
        explains=_WITH_STATE,
        trigger="KeyState was PendingDeletion or PendingReplicaDeletion and is another now",
        means=(
            "The data stays readable; AWS hands the key back disabled, so it does nothing before"
            " somebody enables it."
        ),
        advice=(
            "Enable it and check its rotation if it is in use, and record why its deletion had"
            " been asked for."
        ),
    ),
    ChangeKind(
        name="kms.key_deleted",
        evidence=_KEY,
        on=Lifecycle.DELETED,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.7",),
        says="{resource} was deleted, and what it encrypted is lost",
        trigger="A key is gone from a complete listing",
        means=(
            "What it alone encrypted can never be read again; only a replica in another region or"
            " imported material that you kept would help."
        ),
        advice=(
            "Match it to the approval of its deletion; if there is none, find out which data is"
            " lost and report it as an incident."
        ),
    ),
    ChangeKind(
        name="kms.key_created",
        evidence=_KEY,
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.7",),
        says="{resource} was created",
        trigger="A key is new in the region, of yours or of AWS for a service",
        means=(
            "Whoever its policy names decides over the data that it will protect; automatic"
            " rotation is off unless somebody asks for it."
        ),
        advice=(
            "Check owner, key policy and rotation against the baseline before data hangs on it;"
            " for a key of AWS nothing is to be done."
        ),
    ),
)
