"""KMS keys with state, rotation, policy, aliases and tags (evidence item 10).

Of keys that AWS manages only that is known: their state, rotation and policy are not the customer's to
set. Most of them show by their alias and are not even described. Rotation is asked where AWS can rotate
the key by itself, the dates of past rotations only when the key material is new. Grants for AWS services
come and go by the hour, so they are observed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import itemgetter

from driftkeeper.collect.keys import ALIASES, DESCRIBE, GRANTS, KEYS, is_customers, is_of_aws
from driftkeeper.collect.no_setting import COPY, FIXED, LABEL
from driftkeeper.collect.spec import Call, EvidenceType, From, Gather, Item, Reach, Tie
from driftkeeper.domain.types import Body, Json

_KEY = {"KeyId": From("KeyId")}
_OF_AWS = {"KeyManager": "AWS"}


def _is_not_known_to_be_of_aws(item: Item) -> bool:
    return not any(is_of_aws(alias) for alias in item.get("Aliases", []))


def _is_customers(item: Item) -> bool:
    return is_customers(item["KeyMetadata"])


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


def _may_have_rotated(item: Item) -> bool:
    return can_rotate(item) and item.get("Rotation", {}) is not None


def has_same_material(item: Item, before: Body) -> bool:
    """Say whether the key has the material that it had when its rotations were last listed."""
    now = item.get("KeyMetadata", {}).get("CurrentKeyMaterialId")
    known = before.observed.get("KeyMetadata", {}).get("CurrentKeyMaterialId")
    return now is not None and now == known and isinstance(before.observed["Rotations"], list)


def one_form(item: Item) -> Item:
    """Return the key in one form, described or not; what is only observed is put in order."""
    tidied = dict(item)
    if not is_customers(item.get("KeyMetadata", {})):
        tidied["KeyMetadata"] = _OF_AWS
    for name, field in (("Rotations", "RotationDate"), ("Grants", "GrantId")):
        if item.get(name):
            tidied[name] = sorted(item[name], key=itemgetter(field))
    return tidied


def _manager(body: Body) -> Json:
    metadata = body.config.get("KeyMetadata")
    return metadata.get("KeyManager", "CUSTOMER") if isinstance(metadata, dict) else None


def _described(bodies: Sequence[Body]) -> frozenset[str]:
    return frozenset(body.key for body in bodies if _manager(body) == "CUSTOMER")


def _listed(bodies: Sequence[Body]) -> frozenset[str]:
    return frozenset(body.key for body in bodies if _manager(body) != "AWS")


KEY = EvidenceType(
    name="kms.key",
    title="KMS keys",
    says="Each key's state, manager, origin, rotation, key policy, aliases and tags.",
    item=10,
    reach=Reach.REGION,
    listing=KEYS,
    details={
        "Aliases": Gather(ALIASES, on="TargetKeyId", to="KeyId"),
        "KeyMetadata": replace(DESCRIBE, when=_is_not_known_to_be_of_aws, otherwise=_OF_AWS),
        "Rotation": Call(
            "kms",
            "get_key_rotation_status",
            params=_KEY,
            always=("KeyRotationEnabled",),
            when=can_rotate,
            needs=("KeyMetadata",),
            absent_on={"UnsupportedOperationException": None},
        ),
        "Rotations": Call(
            "kms",
            "list_key_rotations",
            items="Rotations",
            params=_KEY,
            always=("RotationDate", "RotationType"),
            when=_may_have_rotated,
            needs=("KeyMetadata",),
            absent_on={"UnsupportedOperationException": None},
            page_size=1000,
            kept=has_same_material,
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
        "Grants": replace(GRANTS, when=_is_customers, needs=("KeyMetadata",), otherwise=[]),
    },
    key="{KeyArn}",
    uid="KeyId",
    called=("Aliases.AliasName",),
    tidy=one_form,
    observed=(
        "Rotation.NextRotationDate",
        "Rotations",
        "Grants",
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
    criteria=("CC6.7", "CC6.1", "CC6.3"),
    limits=(
        "Of keys that AWS manages only their aliases are shown, and keys that AWS owns, or that other"
        " accounts share, are not listed at all. Rotation is null where automatic rotation does not"
        " exist: asymmetric and HMAC keys, imported material, custom key stores, keys that are to be"
        " deleted. Does not show what a key encrypts, nor when it was last used."
    ),
    ties=(
        Tie(
            "described",
            "the customer's keys that are described are those that are listed",
            _described,
            "kms.key",
            _listed,
        ),
    ),
    no_setting={
        "Aliases.*.*": COPY,
        "KeyMetadata.AWSAccountId": FIXED,
        "KeyMetadata.*Arn": FIXED,
        "KeyMetadata.CloudHsmClusterId": FIXED,
        "KeyMetadata.Custom*": FIXED,
        "KeyMetadata.Description": LABEL,
        "KeyMetadata.*Algorithms.*": FIXED,
        "KeyMetadata.KeyId": FIXED,
        "KeyMetadata.KeyManager": FIXED,
        "KeyMetadata.KeySpec": FIXED,
        "KeyMetadata.KeyUsage": FIXED,
        "KeyMetadata.MultiRegion": FIXED,
        "KeyMetadata.MultiRegionConfiguration.MultiRegionKeyType": COPY,
        "KeyMetadata.MultiRegionConfiguration.*Key*.Region": COPY,
        "KeyMetadata.MultiRegionConfiguration.ReplicaKeys.*.Region": FIXED,
        "KeyMetadata.Origin": FIXED,
        "KeyMetadata.XksKeyConfiguration.Id": FIXED,
        "Rotation.KeyId": COPY,
    },
)
