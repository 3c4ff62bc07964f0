"""KMS grants to other accounts (evidence item 10).

A grant lets somebody use a key beside its policy. AWS services give themselves grants by the hour; those
and the account's own are only observed, with their key. What crosses the border of the account is here.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from driftkeeper.collect.keys import ALIASES, DESCRIBE, GRANTS, KEYS, is_customers, is_of_aws
from driftkeeper.collect.made import Made, plain
from driftkeeper.collect.no_setting import FIXED
from driftkeeper.collect.spec import Asker, EvidenceType, Function, Gone, Item, Reach


def foreign_grants(asker: Asker) -> Iterable[Item]:
    """Return the grants of the customer's keys whose grantee or issuer is in another account."""
    of_aws = {alias.get("TargetKeyId") for alias in asker.rows(ALIASES) if is_of_aws(alias)}
    keys = [key for key in asker.rows(KEYS) if key["KeyId"] not in of_aws]
    return [
        {**grant, "KeyArn": key["KeyArn"]}
        for key, grants in zip(keys, asker.each(partial(_grants, asker), keys), strict=True)
        for grant in grants
        if is_foreign(grant, asker.scope.account)
    ]


def _grants(asker: Asker, key: Item) -> list[Item]:
    try:
        return asker.rows(GRANTS, key) if is_customers(asker.value(DESCRIBE, key)) else []
    except Gone:
        return []


def is_foreign(grant: Item, account: str) -> bool:
    """Say whether the grantee or the issuer is of another account; AWS services are of none."""
    owners = {_owner(str(grant.get(name, ""))) for name in ("GranteePrincipal", "IssuingAccount")}
    return bool(owners - {account, None})


def _owner(principal: str) -> str | None:
    """Return the account of an ARN, or the account that stands for itself; None for anything else."""
    parts = principal.split(":")
    account = parts[4] if len(parts) > 5 and parts[0] == "arn" else principal
    return account if len(account) == 12 and account.isdecimal() else None


GRANT = EvidenceType(
    name="kms.grant",
    title="KMS grants to other accounts",
    says="Each grant by which, or in which, another account may use a key: operations and constraints.",
    item=10,
    reach=Reach.REGION,
    listing=Function((KEYS, ALIASES, DESCRIBE, GRANTS), foreign_grants),
    key="{KeyArn}/grant/{GrantId}",
    uid="GrantId",
    observed=("CreationDate",),
    sets={"Operations": None},
    criteria=("CC6.7", "CC6.3"),
    limits=(
        "Grants to principals of the account and to AWS services are listed with their key only, and"
        " their changes are not told. A grantee that was deleted has no account any more. If the grants"
        " of one key cannot be listed, none of the region are shown."
    ),
    made=Made(rows=("Grants",), fields=plain("KeyArn")),
    no_setting={
        "*": FIXED,
        "Operations.*": FIXED,
        "Constraints.*": FIXED,
        "Constraints.*.*": FIXED,
    },
)
