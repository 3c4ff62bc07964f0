"""The accounts of the organisation, as the account sees them from which they are listed (context).

This is the list that the accounts to read are taken from, so it tells the population: also accounts that
are suspended, excluded or cannot be reached are in it.
"""

from __future__ import annotations

from driftkeeper.collect.made import Made
from driftkeeper.collect.no_setting import FIXED
from driftkeeper.collect.organization import ACCOUNTS, state
from driftkeeper.collect.spec import EvidenceType, Item, Reach


def _tidy(item: Item) -> Item:
    """Return the account with its state under the one name that stays."""
    rest = {name: value for name, value in item.items() if name != "Status"}
    return {**rest, "State": state(item)}


ACCOUNT = EvidenceType(
    name="organizations.account",
    title="Accounts of the organisation",
    says="Each account's name, e-mail address, state, and when and how it joined.",
    item=0,
    reach=Reach.ORGANIZATION,
    listing=ACCOUNTS,
    key="{Arn}",
    uid="Id",
    called=("Name",),
    tidy=_tidy,
    sets={"Paths": None},
    criteria=("CC6.1", "CC6.3", "CC7.2"),
    limits="Read only where `[organization]` is configured, from the account that it names. Accounts"
    " outside of the organisation are not in it.",
    made=Made(without=("Status",)),
    no_setting={"Joined*": FIXED},
)
