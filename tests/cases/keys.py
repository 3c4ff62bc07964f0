"""Cases of `kms.key`."""

from __future__ import annotations

from tests.cases.answers import (
    ACCOUNT,
    ALIAS,
    GONE,
    OTHER_ACCOUNT,
    OWNER,
    document,
    granted,
    kms_key,
    other_key,
    statement,
)
from tests.cases.case import Case

KEY = "kms.key"
_W, _S, _N, _A = "weakened", "strengthened", "neutral", "activity"
_ENABLED = "Rotation/KeyRotationEnabled"
_STATE = "KeyMetadata/KeyState"
_NOT_ROTATED = {"Rotation": {"KeyRotationEnabled": False, "KeyId": "1234abcd"}}
_PENDING = {
    "KeyMetadata.KeyState": "PendingDeletion",
    "KeyMetadata.Enabled": False,
    "KeyMetadata.DeletionDate": "2026-04-01T00:00:00Z",
    "Rotation": None,
}
_DISABLED = {"KeyMetadata.KeyState": "Disabled", "KeyMetadata.Enabled": False}
_ROLE = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/orders"}
_PARTNER = {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}
_LENT = statement("kms:Decrypt", Principal=_PARTNER)
_DENY = document(OWNER, statement("kms:Decrypt", effect="Deny", Principal=_ROLE))


def _attributes(*paths: str) -> tuple[tuple[str, str, str, str], ...]:
    return tuple(("resource.attribute_changed", path, _N, "info") for path in paths)


CASES = {
    "rotation is switched off": Case(
        KEY,
        kms_key(),
        kms_key(_NOT_ROTATED),
        expect=(
            ("kms.rotation_disabled", _ENABLED, _W, "high"),
            *_attributes("Rotation/RotationPeriodInDays"),
        ),
        near=("kms.rotation_enabled", "kms.rotation_period_changed"),
    ),
    "rotation is switched on": Case(
        KEY,
        kms_key(_NOT_ROTATED),
        kms_key(),
        expect=(
            ("kms.rotation_enabled", _ENABLED, _S, "info"),
            *_attributes("Rotation/RotationPeriodInDays"),
        ),
        near=("kms.rotation_disabled", "kms.rotation_period_changed"),
    ),
    "a key rotates less often": Case(
        KEY,
        kms_key(),
        kms_key({"Rotation.RotationPeriodInDays": 730}),
        expect=(("kms.rotation_period_changed", "Rotation/RotationPeriodInDays", _W, "low"),),
        near=("kms.rotation_disabled",),
    ),
    "a key rotates more often": Case(
        KEY,
        kms_key(),
        kms_key({"Rotation.RotationPeriodInDays": 90}),
        expect=(("kms.rotation_period_changed", "Rotation/RotationPeriodInDays", _S, "low"),),
        near=("kms.rotation_enabled",),
    ),
    "a key is rotated": Case(
        KEY,
        kms_key(),
        kms_key(
            {
                "KeyMetadata.CurrentKeyMaterialId": "bbbb",
                "Rotation.NextRotationDate": "2027-12-01T00:00:00Z",
            }
        ),
        expect=(("kms.key_rotated", "KeyMetadata/CurrentKeyMaterialId", _A, "info"),),
    ),
    "key material is named for the first time": Case(
        KEY,
        kms_key({"KeyMetadata.CurrentKeyMaterialId": GONE}),
        kms_key(),
        near=("kms.key_rotated",),
    ),
    "a key is disabled": Case(
        KEY,
        kms_key(),
        kms_key(_DISABLED),
        expect=(("kms.key_disabled", _STATE, _W, "medium"), *_attributes("KeyMetadata/Enabled")),
        near=("kms.key_enabled", "kms.deletion_scheduled", "kms.rotation_disabled"),
    ),
    "a key is enabled": Case(
        KEY,
        kms_key(_DISABLED),
        kms_key(),
        expect=(("kms.key_enabled", _STATE, _S, "medium"), *_attributes("KeyMetadata/Enabled")),
        near=("kms.key_disabled", "kms.deletion_cancelled"),
    ),
    "a key is to be deleted, and is no longer rotated": Case(
        KEY,
        kms_key(),
        kms_key(_PENDING),
        expect=(
            ("kms.deletion_scheduled", _STATE, _W, "high"),
            *_attributes("KeyMetadata/DeletionDate", "KeyMetadata/Enabled", "Rotation"),
        ),
        near=("kms.rotation_disabled", "kms.key_disabled", "kms.key_deleted"),
    ),
    "a deletion is cancelled, which leaves the key disabled": Case(
        KEY,
        kms_key(_PENDING),
        kms_key(_DISABLED),
        expect=(
            ("kms.deletion_cancelled", _STATE, _S, "info"),
            *_attributes("KeyMetadata/DeletionDate", "Rotation"),
        ),
        near=("kms.key_disabled", "kms.deletion_scheduled"),
    ),
    "a deletion is cancelled and the key enabled": Case(
        KEY,
        kms_key(_PENDING),
        kms_key(),
        expect=(
            ("kms.deletion_cancelled", _STATE, _S, "info"),
            *_attributes("KeyMetadata/DeletionDate", "KeyMetadata/Enabled", "Rotation"),
        ),
        near=("kms.key_enabled", "kms.rotation_enabled"),
    ),
    "a key is gone after its waiting period": Case(
        KEY, kms_key(_PENDING), None, expect=(("kms.key_deleted", "", _W, "high"),)
    ),
    "a key is gone whose waiting period nobody saw": Case(
        KEY, kms_key(), None, expect=(("kms.key_deleted", "", _W, "high"),)
    ),
    "a key is created": Case(
        KEY,
        None,
        kms_key(),
        expect=(("kms.key_created", "", _N, "low"),),
        near=("kms.key_deleted", "kms.alias_retargeted"),
    ),
    "a key is created that lets in everyone and another account": Case(
        KEY,
        None,
        kms_key({"Policy": document(OWNER, *granted("*")["Statement"], _LENT)}),
        expect=(
            ("kms.key_created", "", _N, "low"),
            ("kms.external_principal_added", "Policy", _W, "high"),
            ("kms.policy_public", "Policy", _W, "critical"),
        ),
        near=("kms.policy_widened",),
    ),
    "a deletion is cancelled, and the key does not rotate": Case(
        KEY,
        kms_key(_PENDING),
        kms_key({**_DISABLED, **_NOT_ROTATED}),
        expect=(
            ("kms.deletion_cancelled", _STATE, _S, "info"),
            ("kms.rotation_disabled", "Rotation", _W, "high"),
            *_attributes("KeyMetadata/DeletionDate"),
        ),
    ),
    "a key comes to be one that can rotate, and does not": Case(
        KEY,
        kms_key({"KeyMetadata.KeyState": "PendingImport", "Rotation": None}),
        kms_key(_NOT_ROTATED),
        expect=(("kms.key_enabled", _STATE, _S, "medium"), *_attributes("Rotation")),
        near=("kms.rotation_disabled",),
    ),
    "a key gets another description": Case(
        KEY,
        kms_key(),
        kms_key({"KeyMetadata.Description": "invoices"}),
        expect=_attributes("KeyMetadata/Description"),
        near=("kms.key_created", "kms.key_disabled", "kms.imported_material_changed"),
    ),
    "imported material expires at another time": Case(
        KEY,
        kms_key({"KeyMetadata.ValidTo": "2027-01-01T00:00:00Z"}),
        kms_key({"KeyMetadata.ValidTo": "2028-01-01T00:00:00Z"}),
        expect=(("kms.imported_material_changed", "KeyMetadata/ValidTo", _N, "medium"),),
    ),
    "imported material no longer expires": Case(
        KEY,
        kms_key({"KeyMetadata.ExpirationModel": "KEY_MATERIAL_EXPIRES"}),
        kms_key({"KeyMetadata.ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}),
        expect=(("kms.imported_material_changed", "KeyMetadata/ExpirationModel", _N, "medium"),),
    ),
    "an alias is pointed at another key": Case(
        KEY,
        [kms_key(), other_key()],
        [kms_key({"Aliases": []}), other_key({"Aliases": [ALIAS]})],
        expect=(
            ("kms.alias_retargeted", "Aliases/alias/orders", _N, "medium"),
            ("kms.alias_retargeted", "Aliases/alias/orders", _N, "medium"),
        ),
    ),
    "an alias is made": Case(
        KEY,
        kms_key({"Aliases": []}),
        kms_key(),
        expect=(("kms.alias_created", "Aliases/alias/orders", _N, "info"),),
        near=("kms.alias_retargeted", "kms.alias_deleted"),
    ),
    "an alias is removed": Case(
        KEY,
        [kms_key(), other_key()],
        [kms_key({"Aliases": []}), other_key({"Tags": []})],
        expect=(
            ("kms.alias_deleted", "Aliases/alias/orders", _N, "info"),
            *_attributes("Tags/cost", "Tags/team"),
        ),
        near=("kms.alias_retargeted", "kms.alias_created"),
    ),
    "the key policy lets in a role of the account": Case(
        KEY,
        kms_key(),
        kms_key({"Policy": granted(_ROLE)}),
        expect=(("kms.policy_widened", "Policy", _W, "high"),),
        near=("kms.external_principal_added", "kms.policy_public", "kms.policy_changed"),
    ),
    "the key policy no longer lets in a role of the account": Case(
        KEY,
        kms_key({"Policy": granted(_ROLE)}),
        kms_key(),
        expect=(("kms.policy_narrowed", "Policy", _S, "info"),),
        near=("kms.external_principal_removed", "kms.policy_private"),
    ),
    "the key policy forbids something": Case(
        KEY,
        kms_key(),
        kms_key({"Policy": _DENY}),
        expect=(("kms.policy_narrowed", "Policy", _S, "info"),),
        near=("kms.policy_widened",),
    ),
    "the key policy no longer forbids something": Case(
        KEY,
        kms_key({"Policy": _DENY}),
        kms_key(),
        expect=(("kms.policy_widened", "Policy", _W, "high"),),
        near=("kms.policy_narrowed",),
    ),
    "the key policy lets a role do other things": Case(
        KEY,
        kms_key({"Policy": granted(_ROLE)}),
        kms_key({"Policy": granted(_ROLE, "kms:Sign")}),
        expect=(("kms.policy_changed", "Policy", _N, "medium"),),
        near=("kms.policy_widened", "kms.policy_narrowed", "kms.policy_rewritten"),
    ),
    "the key policy says the same in more words": Case(
        KEY,
        kms_key({"Policy": document(OWNER)}),
        kms_key({"Policy": document(OWNER, {**OWNER, "Action": "kms:Decrypt"})}),
        expect=(("kms.policy_rewritten", "Policy", _N, "low"),),
        near=("kms.policy_changed", "kms.policy_widened"),
    ),
    "a principal of the key policy is deleted, and AWS puts its id in the place of its name": Case(
        KEY,
        kms_key({"Policy": granted(_ROLE)}),
        kms_key({"Policy": granted({"AWS": "AROAEXAMPLEEXAMPLE123"})}),
        expect=(("kms.policy_principal_orphaned", "Policy", _N, "low"),),
        near=("kms.policy_changed", "kms.policy_narrowed", "kms.external_principal_added"),
    ),
    "a principal of another account is deleted": Case(
        KEY,
        kms_key({"Policy": granted({"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:role/reader"})}),
        kms_key({"Policy": granted({"AWS": "AROAEXAMPLEEXAMPLE123"})}),
        expect=(("kms.policy_principal_orphaned", "Policy", _N, "low"),),
        near=("kms.external_principal_removed",),
    ),
    "a principal of the key policy is deleted, and another put in the place of its id": Case(
        KEY,
        kms_key({"Policy": granted({"AWS": "AROAEXAMPLEEXAMPLE123"})}),
        kms_key({"Policy": granted(_ROLE)}),
        expect=(("kms.policy_changed", "Policy", _N, "medium"),),
        near=("kms.policy_principal_orphaned",),
    ),
    "the key policy lets in another account": Case(
        KEY,
        kms_key(),
        kms_key({"Policy": granted(_PARTNER)}),
        expect=(
            ("kms.policy_widened", "Policy", _W, "high"),
            ("kms.external_principal_added", "Policy", _W, "high"),
        ),
        near=("kms.policy_public",),
    ),
    "the key policy no longer lets in another account": Case(
        KEY,
        kms_key({"Policy": granted(_PARTNER)}),
        kms_key(),
        expect=(
            ("kms.policy_narrowed", "Policy", _S, "info"),
            ("kms.external_principal_removed", "Policy", _S, "high"),
        ),
        near=("kms.policy_private",),
    ),
    "the key policy lets in everyone": Case(
        KEY,
        kms_key(),
        kms_key({"Policy": granted("*")}),
        expect=(
            ("kms.policy_widened", "Policy", _W, "high"),
            ("kms.policy_public", "Policy", _W, "critical"),
        ),
        near=("kms.external_principal_added",),
    ),
    "the key policy no longer lets in everyone": Case(
        KEY,
        kms_key({"Policy": granted({"AWS": ["*"]})}),
        kms_key(),
        expect=(
            ("kms.policy_narrowed", "Policy", _S, "info"),
            ("kms.policy_private", "Policy", _S, "critical"),
        ),
        near=("kms.external_principal_removed",),
    ),
    "the key policy lets in whoever comes through a service of the account": Case(
        KEY,
        kms_key(),
        kms_key(
            {"Policy": granted("*", Condition={"StringEquals": {"kms:CallerAccount": ACCOUNT}})}
        ),
        expect=(("kms.policy_widened", "Policy", _W, "high"),),
        near=("kms.policy_public",),
    ),
    "the key policy is seen for the first time, and is public": Case(
        KEY,
        kms_key(),
        kms_key({"Policy": granted("*")}),
        expect=(
            ("resource.first_observed", "Policy", _N, "info"),
            ("kms.policy_public", "Policy", _W, "critical"),
        ),
        near=("kms.policy_widened", "kms.external_principal_added"),
        unseen=("Policy",),
    ),
}
