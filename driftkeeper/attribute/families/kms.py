"""KMS keys, aliases and grants: calls of `kms` in the key's region, by id or ARN.

`RotateKey` and `DeleteKey` are logged as events of the service: nobody called them.
"""

from __future__ import annotations

from driftkeeper.attribute.events import Event
from driftkeeper.attribute.matching import (
    after,
    at,
    became,
    created,
    deleted,
    gained,
    leaf,
    lost,
    policy,
    present,
    says,
)
from driftkeeper.attribute.spec import Deed, Family, is_enough
from driftkeeper.domain.types import Change

KMS = "kms.amazonaws.com"
_KEY = (
    "requestParameters.keyId",
    "responseElements.keyId",
    "serviceEventDetails.keyId",
    "resources.ARN",
)
_NEW_KEY = (
    "responseElements.keyMetadata.keyId",
    "responseElements.keyMetadata.arn",
    "responseElements.replicaKeyMetadata.keyId",
)
_TARGET = ("requestParameters.targetKeyId",)
_STATE = "KeyMetadata/KeyState"
_ROTATES = "Rotation/KeyRotationEnabled"
_ROTATED = "KeyMetadata/CurrentKeyMaterialId"


def _was_scheduled(change: Change) -> bool:
    return at(_STATE)(change) and change.before == "PendingDeletion"


def _is_of_material(change: Change) -> bool:
    """Fit what importing key material, or deleting it, shows as."""
    waits = "PendingImport" in (change.before, change.after)
    fields = at("KeyMetadata/ExpirationModel", "KeyMetadata/ValidTo", _ROTATED)
    return fields(change) or (at(_STATE)(change) and waits)


KEY = Family(
    name="kms.key",
    evidence=("kms.key",),
    source=KMS,
    never=("*_orphaned",),
    deeds=(
        Deed(("CreateKey", "ReplicateKey"), _NEW_KEY, created, is_enough),
        Deed(("DeleteKey",), _KEY, deleted, is_enough),
        Deed(("EnableKeyRotation",), _KEY, became(True, _ROTATES), is_enough),
        Deed(("DisableKeyRotation",), _KEY, became(False, _ROTATES), is_enough),
        Deed(
            ("EnableKeyRotation",),
            _KEY,
            present("Rotation/RotationPeriodInDays"),
            says("requestParameters.rotationPeriodInDays", after),
        ),
        Deed(("RotateKeyOnDemand", "RotateKey"), _KEY, at(_ROTATED)),
        Deed(("PutKeyPolicy",), _KEY, at("Policy"), policy("requestParameters.policy")),
        Deed(("EnableKey",), _KEY, became("Enabled", _STATE), is_enough),
        Deed(("DisableKey",), _KEY, became("Disabled", _STATE), is_enough),
        Deed(("ScheduleKeyDeletion",), _KEY, became("PendingDeletion", _STATE), is_enough),
        Deed(("ScheduleKeyDeletion",), _KEY, became("PendingReplicaDeletion", _STATE), is_enough),
        Deed(("CancelKeyDeletion",), _KEY, _was_scheduled, is_enough),
        Deed(("ImportKeyMaterial", "DeleteImportedKeyMaterial"), _KEY, _is_of_material),
        Deed(
            ("CreateAlias", "UpdateAlias"),
            _TARGET,
            gained("Aliases/*"),
            says("requestParameters.aliasName", leaf),
        ),
        Deed(
            ("DeleteAlias", "UpdateAlias"),
            ("requestParameters.aliasName",),
            lost("Aliases/*"),
        ),
    ),
    names=lambda change: frozenset(
        {change.resource, change.resource.rsplit("/", 1)[-1], str(leaf(change))}
        if change.path.startswith("Aliases/")
        else {change.resource, change.resource.rsplit("/", 1)[-1]}
    ),
)


def _alias(change: Change) -> frozenset[str]:
    return frozenset({change.resource, change.resource.partition(":alias/")[2]}) | frozenset(
        {f"alias/{change.resource.partition(':alias/')[2]}"}
    )


def _is_target(change: Change, event: Event) -> bool | None:
    """Prove the key of an alias, which may be given by its id or its ARN."""
    found = event.texts("requestParameters.targetKeyId")
    return found[0].rsplit("/", 1)[-1] == str(change.after).rsplit("/", 1)[-1] if found else None


ALIAS = Family(
    name="kms.alias",
    evidence=("kms.alias",),
    source=KMS,
    names=_alias,
    deeds=(
        Deed(("CreateAlias",), ("requestParameters.aliasName",), created, is_enough),
        Deed(("DeleteAlias",), ("requestParameters.aliasName",), deleted, is_enough),
        Deed(
            ("UpdateAlias",),
            ("requestParameters.aliasName",),
            at("TargetKeyId"),
            _is_target,
        ),
    ),
)

_GRANT = ("responseElements.grantId", "requestParameters.grantId")

GRANT = Family(
    name="kms.grant",
    evidence=("kms.grant",),
    source=KMS,
    deeds=(
        Deed(("CreateGrant",), _GRANT, created, is_enough),
        Deed(
            ("RevokeGrant", "RetireGrant"),
            (
                "requestParameters.grantId",
                "responseElements.grantId",
                "additionalEventData.grantId",
            ),
            deleted,
            is_enough,
        ),
    ),
)
