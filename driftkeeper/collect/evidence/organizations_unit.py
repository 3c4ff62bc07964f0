"""The tree of organisational units with their accounts (context), read where accounts are chosen by unit."""

from __future__ import annotations

from collections.abc import Iterable

from driftkeeper.collect.made import LIST, Made
from driftkeeper.collect.no_setting import COPY
from driftkeeper.collect.organization import CHILDREN, ROOTS, UNITS, below, children
from driftkeeper.collect.spec import Asker, EvidenceType, Function, Item, Reach


def _units(asker: Asker) -> Iterable[Item]:
    """Return the roots and all units, each with the ids of the accounts that lie in it."""
    found = below(asker, asker.rows(ROOTS))
    inside = asker.each(lambda unit: children(asker, unit), found)
    return [{**unit, "Accounts": accounts} for unit, accounts in zip(found, inside, strict=True)]


UNIT = EvidenceType(
    name="organizations.unit",
    title="Organisational units",
    says="Each root and unit, the unit it lies in, its accounts, and the kinds of policy switched on.",
    item=0,
    reach=Reach.ORGANIZATION,
    listing=Function((ROOTS, UNITS, CHILDREN), _units),
    key="{Arn}",
    uid="Id",
    called=("Name",),
    sets={"Accounts": None, "PolicyTypes": "Type"},
    criteria=("CC6.1", "CC6.3"),
    limits="Two calls for each unit; read only where `[organization]` chooses by `units`. The policies"
    " themselves are not read.",
    optional=True,
    made=Made(
        rows=("Roots", "OrganizationalUnits"),
        fields={"ParentId": None, "Accounts": {LIST: None}},
    ),
    no_setting={"Accounts.*": COPY},
)
