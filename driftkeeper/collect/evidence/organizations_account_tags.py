"""The tags of the organisation's accounts (context), read where accounts are chosen by them."""

from __future__ import annotations

from collections.abc import Iterable

from driftkeeper.collect.made import Made
from driftkeeper.collect.no_setting import COPY
from driftkeeper.collect.organization import ACCOUNTS, TAGS
from driftkeeper.collect.spec import Asker, EvidenceType, Function, Item, Reach


def _accounts(asker: Asker) -> Iterable[Item]:
    return [{"Id": row["Id"], "Arn": row["Arn"]} for row in asker.rows(ACCOUNTS)]


ACCOUNT_TAGS = EvidenceType(
    name="organizations.account_tags",
    title="Tags of the organisation's accounts",
    says="Each account's tags: the ground on which accounts are chosen by tag.",
    item=0,
    reach=Reach.ORGANIZATION,
    listing=Function((ACCOUNTS,), _accounts),
    details={"Tags": TAGS},
    key="{Arn}",
    uid="Id",
    sets={"Tags": "Key"},
    aspect_of="organizations.account",
    criteria=("CC6.1",),
    limits="One call for each account; read only where `[organization]` chooses by `tags`.",
    optional=True,
    made=Made(rows=("Accounts",)),
    no_setting={"*": COPY, "Paths.*": COPY},
    no_event="a view of the account, whose coming and going is named",
)
