"""Managed prefix lists: what they hold is let in wherever a rule refers to them, and no group changes."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference, Lifecycle
from driftkeeper.domain.types import Direction, Json, Severity
from driftkeeper.semantics.addresses import FAMILIES, reach

_LIST = "ec2.prefix_list"


def _cidrs(entries: Json) -> list[str]:
    """Return the networks of the entries, in a list or under their names."""
    rows = list(entries.values()) if isinstance(entries, dict) else entries or []
    return [str(row["Cidr"]) for row in rows if isinstance(row, dict) and "Cidr" in row]


def _opened(d: Difference) -> bool:
    """Say whether so much of the internet came in that it cannot be known hosts, in either family."""
    old, new = reach(_cidrs(d.before)), reach(_cidrs(d.after))
    return any(new[each].is_public and not old[each].is_public for each in FAMILIES)


def _closed(d: Difference) -> bool:
    old, new = reach(_cidrs(d.before)), reach(_cidrs(d.after))
    return any(old[each].is_public and not new[each].is_public for each in FAMILIES)


def _came_and_went(d: Difference) -> str:
    old, new = set(_cidrs(d.before)), set(_cidrs(d.after))
    parts = (("gained", sorted(new - old)), ("lost", sorted(old - new)))
    said = [f"{word} {', '.join(cidrs)}" for word, cidrs in parts if cidrs]
    return f": it {' and '.join(said) or 'has other descriptions'}"


def _is_of_aws(d: Difference) -> bool:
    return bool(d.field("OwnerId") == "AWS")


ENTRIES = (
    ChangeKind(
        name="prefix_list.public_cidr_added",
        evidence=_LIST,
        path="Entries",
        whole=True,
        when=_opened,
        born=_opened,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.6",),
        says="the prefix list {PrefixListName} lets the internet in wherever a rule refers to it",
        adds=_came_and_went,
    ),
    ChangeKind(
        name="prefix_list.public_cidr_removed",
        evidence=_LIST,
        path="Entries",
        whole=True,
        when=_closed,
        claims=lambda d: not _opened(d),
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC6.6",),
        says="the prefix list {PrefixListName} no longer lets in all the internet that it did",
        adds=_came_and_went,
    ),
    ChangeKind(
        name="prefix_list.changed",
        evidence=_LIST,
        path="Entries",
        whole=True,
        when=lambda d: not _opened(d) and not _closed(d),
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6",),
        says="the prefix list {PrefixListName} was edited",
        adds=_came_and_went,
    ),
    ChangeKind(
        name="prefix_list.created",
        evidence=_LIST,
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=lambda d: Severity.INFO if _is_of_aws(d) else Severity.LOW,
        criteria=("CC6.6",),
        says="the prefix list {PrefixListName} of {OwnerId} was created",
    ),
    ChangeKind(
        name="prefix_list.deleted",
        evidence=_LIST,
        on=Lifecycle.DELETED,
        direction=Direction.NEUTRAL,
        severity=lambda d: Severity.INFO if _is_of_aws(d) else Severity.LOW,
        criteria=("CC6.6",),
        says="the prefix list {PrefixListName} of {OwnerId} was deleted",
    ),
)
