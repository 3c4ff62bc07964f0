"""KMS aliases as rows of their own, also those that point to no key (evidence item 10).

Which key an alias points to is part of that key, which tells when it moves. So it is observed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from driftkeeper.collect.keys import ALIASES
from driftkeeper.collect.no_setting import FIXED
from driftkeeper.collect.spec import EvidenceType, Reach, Tie
from driftkeeper.domain.types import Body


def _with_a_key(bodies: Sequence[Body]) -> frozenset[str]:
    return frozenset(
        f"{body.config['AliasName']} -> {body.observed['TargetKeyId']}"
        for body in bodies
        if "TargetKeyId" in body.observed
    )


def _of_keys(bodies: Sequence[Body]) -> frozenset[str] | None:
    """Return the aliases that keys have, None when one of them could not be asked."""
    if any("Aliases" not in body.config for body in bodies):
        return None
    return frozenset(
        f"{alias['AliasName']} -> {body.uid}" for body in bodies for alias in body.config["Aliases"]
    )


ALIAS = EvidenceType(
    name="kms.alias",
    title="KMS aliases",
    says="Each alias and the key it points to, if it points to one.",
    item=10,
    reach=Reach.REGION,
    listing=replace(ALIASES, always=("AliasName", "AliasArn")),
    key="{AliasArn}",
    about=("kms.key",),
    observed=("TargetKeyId", "CreationDate", "LastUpdatedDate"),
    criteria=("CC6.7",),
    limits=(
        "An alias that came to point to another key is told by the two keys. Aliases with names of AWS"
        " may stand for keys that do not exist yet."
    ),
    ties=(
        Tie(
            "aliases",
            "the aliases that point to a key are those that the listed keys have",
            _with_a_key,
            "kms.key",
            _of_keys,
        ),
    ),
    no_setting={"AliasName": FIXED},
)
