"""The name of the account in sign-in links (context)."""

from __future__ import annotations

from collections.abc import Iterable

from driftkeeper.collect.made import LIST, Made
from driftkeeper.collect.spec import Asker, Call, EvidenceType, Function, Item, Reach

ALIASES = Call("iam", "list_account_aliases", items="AccountAliases", page_size=1000)


def _aliases(asker: Asker) -> Iterable[Item]:
    """Return one row for the account: that it has no alias is an answer."""
    return [{"AccountAliases": asker.value(ALIASES)}]


ALIAS = EvidenceType(
    name="account.alias",
    title="Account alias",
    says="The alias under which people sign in to the account; AWS allows one, or none.",
    item=0,
    reach=Reach.ACCOUNT,
    listing=Function((ALIASES,), _aliases),
    key="urn:driftkeeper:{account}:account:alias",
    sets={"AccountAliases": None},
    criteria=("CC6.1",),
    limits="A label only. The account's name and contacts are not read.",
    made=Made(fields={"AccountAliases": {LIST: None}}),
)
