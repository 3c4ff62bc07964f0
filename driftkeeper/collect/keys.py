"""KMS calls whose answers several evidence types take from, and what they say of a key.

Aliases tell which keys AWS manages without a call for each: only AWS can give the name `alias/aws/…`.
"""

from __future__ import annotations

from driftkeeper.collect.spec import Call, From, Item

KEYS = Call(
    "kms",
    "list_keys",
    items="Keys",
    always=("KeyId", "KeyArn"),
    page_size=1000,
    shared=True,
)
ALIASES = Call(
    "kms",
    "list_aliases",
    items="Aliases",
    always=("AliasName",),
    page_size=100,
    shared=True,
)
DESCRIBE = Call(
    "kms",
    "describe_key",
    items="KeyMetadata",
    params={"KeyId": From("KeyId")},
    always=("KeyId", "KeyState"),
    shared=True,
)
GRANTS = Call(
    "kms",
    "list_grants",
    items="Grants",
    params={"KeyId": From("KeyId")},
    always=("GrantId",),
    page_size=100,
    shared=True,
)


def is_of_aws(alias: Item) -> bool:
    """Say whether an alias is one that AWS gives to the keys it manages."""
    return str(alias["AliasName"]).startswith("alias/aws/")


def is_customers(metadata: Item) -> bool:
    """Say whether a described key is the customer's to manage."""
    return bool(metadata.get("KeyManager") != "AWS")
