"""OpenID Connect identity providers, whose tokens roles may trust (evidence item 2)."""

from __future__ import annotations

from driftkeeper.collect.iam import with_none
from driftkeeper.collect.spec import Call, EvidenceType, From, Item, Reach

_LISTS = ("ClientIDList", "ThumbprintList", "Tags")


def _tidy(item: Item) -> Item:
    if "Provider" not in item:
        return item
    return {**item, "Provider": with_none(item["Provider"], *_LISTS)}


OIDC_PROVIDER = EvidenceType(
    name="iam.oidc_provider",
    title="OpenID Connect identity providers",
    says="Each OIDC provider that roles of the account can trust: its URL, audiences and thumbprints.",
    item=2,
    reach=Reach.ACCOUNT,
    listing=Call(
        "iam",
        "list_open_id_connect_providers",
        items="OpenIDConnectProviderList",
        always=("Arn",),
    ),
    details={
        "Provider": Call(
            "iam",
            "get_open_id_connect_provider",
            params={"OpenIDConnectProviderArn": From("Arn")},
            always=("Url",),
        )
    },
    key="{Arn}",
    tidy=_tidy,
    sets={
        "Provider.ClientIDList": None,
        "Provider.ThumbprintList": None,
        "Provider.Tags": "Key",
    },
    criteria=("CC6.1", "CC6.3"),
    limits=(
        "Which tokens a role takes is said by the role's trust policy. AWS checks the certificates of"
        " well-known providers itself, whatever thumbprints are set."
    ),
)
