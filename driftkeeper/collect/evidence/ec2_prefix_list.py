"""Managed prefix lists, and the entries of those that rules refer to (evidence item 8).

A list that gains a network opens every group that refers to it, and no group changes. AWS's own lists
have no entries here: they name AWS's services and change with them.
"""

from __future__ import annotations

from driftkeeper.collect.no_setting import FIXED, LABEL, PLACE
from driftkeeper.collect.rules import RULES, network_address
from driftkeeper.collect.spec import Call, EvidenceType, From, Gather, Item, Reach


def _is_customers_and_used(item: Item) -> bool:
    return item["OwnerId"] != "AWS" and bool(item["_Rules"])


def one_spelling(item: Item) -> Item:
    """Return the list with the address of the network in each entry, without entries if not asked.

    A list does not change when a rule begins or ceases to refer to it: its entries come into sight, or go.
    """
    entries = item.get("Entries")
    if entries is None:
        return {name: item[name] for name in item if name != "Entries"}
    networks = [{**entry, "Cidr": network_address(entry["Cidr"])} for entry in entries]
    return {**item, "Entries": networks}


PREFIX_LIST = EvidenceType(
    name="ec2.prefix_list",
    title="Managed prefix lists",
    says="Each prefix list's owner and size, and the entries of those that security groups refer to.",
    item=8,
    reach=Reach.REGION,
    listing=Call(
        "ec2",
        "describe_managed_prefix_lists",
        items="PrefixLists",
        always=("PrefixListId", "PrefixListArn", "OwnerId"),
        page_size=100,
        shared=True,
    ),
    details={
        "_Rules": Gather(RULES, on="PrefixListId", to="PrefixListId"),
        "Entries": Call(
            "ec2",
            "get_managed_prefix_list_entries",
            items="Entries",
            params={"PrefixListId": From("PrefixListId")},
            when=_is_customers_and_used,
            needs=("_Rules",),
            always=("Cidr",),
            page_size=100,
        ),
    },
    key="{PrefixListArn}",
    uid="PrefixListId",
    called=("PrefixListName",),
    tidy=one_spelling,
    observed=("Version", "State", "StateMessage"),
    sets={"Entries": "Cidr", "Tags": "Key"},
    criteria=("CC6.6", "CC7.1", "CC8.1"),
    limits=(
        "AWS's own lists, and lists that no security group of the account refers to, are shown without"
        " their entries: these are not read. References from route tables do not count."
    ),
    no_setting={
        "AddressFamily": FIXED,
        "IpamPrefixListResolver*": "says where the entries come from; the entries are named themselves",
        "MaxEntries": PLACE,
        "OwnerId": FIXED,
        "PrefixListName": LABEL,
    },
)
