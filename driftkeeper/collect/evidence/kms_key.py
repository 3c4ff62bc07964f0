"""KMS keys with state, rotation, policy, aliases and tags (evidence item 10).

Keys that AWS manages are listed with their metadata only: their rotation and policy are not the
customer's to set. Rotation is asked where AWS can rotate the key by itself.
"""

from __future__ import annotations

from driftkeeper.collect.spec import Call, EvidenceType, From, Gather, Item, Reach

_KEY = {"KeyId": From("KeyId")}


def _is_customers(item: Item) -> bool:
    return bool(item["KeyMetadata"].get("KeyManager", "CUSTOMER") == "CUSTOMER")


def can_rotate(item: Item) -> bool:
    """Say whether automatic rotation exists for the key: symmetric, for encryption, made by KMS."""
    metadata = item["KeyMetadata"]
    return (
        _is_customers(item)
        and metadata.get("KeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT"
        and metadata.get("KeyUsage", "ENCRYPT_DECRYPT") == "ENCRYPT_DECRYPT"
        and metadata.get("Origin", "AWS_KMS") == "AWS_KMS"
        and metadata.get("KeyState", "Enabled") in ("Enabled", "Disabled")
    )


KEY = EvidenceType(
    name="kms.key",
    title="KMS keys",
    says="Each key's state, manager, origin, rotation, key policy, aliases and tags.",
    item=10,
    reach=Reach.REGION,
    listing=Call("kms", "list_keys", items="Keys", always=("KeyId", "KeyArn"), page_size=1000),
    details={
        "Aliases": Gather(
            Call("kms", "list_aliases", items="Aliases", always=("AliasName",), page_size=100),
            on="TargetKeyId",
            to="KeyId",
        ),
        "KeyMetadata": Call(
            "kms",
            "describe_key",
            items="KeyMetadata",
            params=_KEY,
            always=("KeyId", "KeyState"),
        ),
        "Rotation": Call(
            "kms",
            "get_key_rotation_status",
            params=_KEY,
            always=("KeyRotationEnabled",),
            when=can_rotate,
            needs=("KeyMetadata",),
            absent_on={"UnsupportedOperationException": None},
        ),
        "Policy": Call(
            "kms",
            "get_key_policy",
            items="Policy",
            params={**_KEY, "PolicyName": "default"},
            when=_is_customers,
            needs=("KeyMetadata",),
        ),
        "Tags": Call(
            "kms",
            "list_resource_tags",
            items="Tags",
            params=_KEY,
            when=_is_customers,
            needs=("KeyMetadata",),
            otherwise=[],
            always=("TagKey",),
            page_size=50,
        ),
    },
    key="{KeyArn}",
    uid="KeyId",
    observed=(
        "Rotation.NextRotationDate",
        "KeyMetadata.CreationDate",
        "Aliases.CreationDate",
        "Aliases.LastUpdatedDate",
    ),
    acts=("KeyMetadata.CurrentKeyMaterialId", "Rotation.OnDemandRotationStartDate"),
    sets={
        "Aliases": "AliasName",
        "Tags": "TagKey",
        "KeyMetadata.*Algorithms": None,
        "KeyMetadata.MultiRegionConfiguration.ReplicaKeys": "Arn",
    },
    policies=("Policy",),
)
