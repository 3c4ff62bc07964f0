"""Reads the members of an organisation: which accounts there are, in which units, with which tags.

Used twice: to find the accounts to read, and as evidence of which there were. Works from the management
account and from delegated administrators (AWS Organizations `ListAccounts`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from driftkeeper.collect.spec import Asker, Call, From, Item

ACCOUNTS = Call(
    "organizations",
    "list_accounts",
    items="Accounts",
    always=("Id", "Arn"),
    sound=bool,  # it has at least the account that manages it
    page_size=20,
    shared=True,
)
ROOTS = Call(
    "organizations",
    "list_roots",
    items="Roots",
    always=("Id", "Arn"),
    sound=bool,
    page_size=20,
)
UNITS = Call(
    "organizations",
    "list_organizational_units_for_parent",
    items="OrganizationalUnits",
    params={"ParentId": From("Id")},
    always=("Id", "Arn"),
    page_size=20,
)
CHILDREN = Call(
    "organizations",
    "list_accounts_for_parent",
    items="Accounts",
    params={"ParentId": From("Id")},
    always=("Id",),
    page_size=20,
)
TAGS = Call(
    "organizations",
    "list_tags_for_resource",
    items="Tags",
    params={"ResourceId": From("Id")},
    always=("Key",),
)

ACTIVE = "ACTIVE"


def state(account: Item) -> str:
    """Return the state of a listed account; `Status` is the older name that AWS retires in 2026."""
    return str(account.get("State") or account["Status"])


def children(asker: Asker, unit: Item) -> list[str]:
    """Return the ids of the accounts that lie in a unit itself, sorted."""
    return sorted(str(row["Id"]) for row in asker.rows(CHILDREN, unit))


def below(asker: Asker, units: Iterable[Item]) -> list[Item]:
    """Return the units and all units inside them; each but the given ones has its `ParentId`."""
    found: list[Item] = []
    due = list(units)
    while due:
        found += due
        inside = asker.each(lambda unit: asker.rows(UNITS, unit), due)
        due = [
            {**child, "ParentId": unit["Id"]}
            for unit, rows in zip(due, inside, strict=True)
            for child in rows
        ]
    return found


def members(asker: Asker, units: Iterable[str]) -> set[str]:
    """Return the ids of the accounts in these units, and in the units inside them."""
    found = below(asker, [{"Id": unit} for unit in units])
    return {name for names in asker.each(lambda u: children(asker, u), found) for name in names}


def tagged(asker: Asker, accounts: Iterable[str], wanted: Mapping[str, str]) -> set[str]:
    """Return the ids of the accounts that have all the wanted tags."""

    def fits(account: str) -> bool:
        tags: dict[str, Any] = {
            row["Key"]: row.get("Value") for row in asker.rows(TAGS, {"Id": account})
        }
        return all(tags.get(name) == value for name, value in wanted.items())

    names = list(accounts)
    return {name for name, does in zip(names, asker.each(fits, names), strict=True) if does}
