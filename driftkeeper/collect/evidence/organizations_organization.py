"""The organisation that the account belongs to (context).

An account in none is an answer. Every account may ask, also those that are not the management account.
"""

from __future__ import annotations

from driftkeeper.collect.made import Made, plain
from driftkeeper.collect.no_setting import COPY
from driftkeeper.collect.spec import Call, EvidenceType, Item, Reach


def _tidy(item: Item) -> Item:
    # A person's address, which `organizations.account` keeps where the accounts are listed.
    return {"InUse": True, **{k: v for k, v in item.items() if k != "MasterAccountEmail"}}


ORGANIZATION = EvidenceType(
    name="organizations.organization",
    title="Organisation of the account",
    says="Whether the account is in an organisation, in which, and who manages it.",
    item=0,
    reach=Reach.ACCOUNT,
    listing=Call(
        "organizations",
        "describe_organization",
        items="Organization",
        absent_on={"AWSOrganizationsNotInUseException": {"InUse": False}},
        always=("Id", "MasterAccountId", "FeatureSet"),
    ),
    key="urn:driftkeeper:{account}:organizations:organization",
    tidy=_tidy,
    observed=("AvailablePolicyTypes",),
    criteria=("CC6.1", "CC6.3"),
    limits="Which policies the organisation attaches to the account is not read.",
    made=Made(fields=plain("InUse"), without=("MasterAccountEmail",)),
    no_setting={"Arn": COPY, "Id": COPY, "MasterAccountArn": COPY},
)
