"""The account's S3 public access block (evidence item 9).

No configuration means that nothing is blocked, which is an answer and not a failure.
"""

from __future__ import annotations

from driftkeeper.collect.made import Made, plain
from driftkeeper.collect.spec import Account, Call, EvidenceType, Item, Reach

_SWITCHES = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def _configured(item: Item) -> Item:
    return {"Configured": True, **item}


ACCOUNT_PAB = EvidenceType(
    name="s3.account_pab",
    title="S3 public access block of the account",
    says="The four switches that keep every bucket of the account from becoming public.",
    item=9,
    reach=Reach.ACCOUNT,
    listing=Call(
        "s3control",
        "get_public_access_block",
        items="PublicAccessBlockConfiguration",
        params={"AccountId": Account()},
        absent_on={
            "NoSuchPublicAccessBlockConfiguration": {
                "Configured": False,
                **dict.fromkeys(_SWITCHES, False),
            }
        },
        always=_SWITCHES,
        action="s3:GetAccountPublicAccessBlock",
    ),
    key="urn:driftkeeper:{account}:s3:account-public-access-block",
    tidy=_configured,
    criteria=("CC6.6",),
    limits="What AWS enforces for the account, which may come from a policy of its organisation; which"
    " of both is not told. Each bucket has a block of its own besides, see s3.bucket.",
    made=Made(fields=plain("Configured")),
)
