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
        trigger=(
            "Taken together, the entries reach all or a broad part of the internet in IPv4 or"
            " IPv6 and did not before, or do so when first seen"
        ),
        means=(
            "Every rule that refers to the list lets in the internet, though no security group"
            " shows a change."
        ),
        advice=(
            "Take the network out again (aws ec2 restore-managed-prefix-list-version) and list"
            " the rules that refer to it."
        ),
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
        trigger=(
            "Taken together, the entries no longer reach all or a broad part of the internet in"
            " IPv4 or IPv6; a consequence where the other family opened"
        ),
        means=(
            "Rules that refer to the list no longer open what they name to the internet in that"
            " family."
        ),
        advice=(
            "Check the rules that name 0.0.0.0/0 or ::/0 themselves, which this does not touch,"
            " and link it to the deviation it ends."
        ),
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
        trigger=(
            "Entries or their descriptions differ, and in neither family did the list become"
            " public or cease to be"
        ),
        means=(
            "Each rule that refers to the list, also in accounts it is shared with, lets in other"
            " networks now; the groups show nothing of it."
        ),
        advice=(
            "Have the owner of the list name each network that came, and match the edit to a"
            " change ticket."
        ),
    ),
    ChangeKind(
        name="prefix_list.created",
        evidence=_LIST,
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=lambda d: Severity.INFO if _is_of_aws(d) else Severity.LOW,
        criteria=("CC6.6",),
        says="the prefix list {PrefixListName} of {OwnerId} was created",
        trigger="A prefix list is new in the region, of yours, shared with you, or of AWS",
        means=(
            "It names networks and lets nothing in before a rule refers to it; one of another"
            " account can be changed there without you."
        ),
        advice="Note who owns it (OwnerId); for one of AWS nothing is to be done.",
    ),
    ChangeKind(
        name="prefix_list.deleted",
        evidence=_LIST,
        on=Lifecycle.DELETED,
        direction=Direction.NEUTRAL,
        severity=lambda d: Severity.INFO if _is_of_aws(d) else Severity.LOW,
        criteria=("CC6.6",),
        says="the prefix list {PrefixListName} of {OwnerId} was deleted",
        trigger="A prefix list is gone from a complete listing",
        means=(
            "AWS deletes a list only when nothing refers to it; one of another account may just"
            " not be shared with you any more."
        ),
        advice=(
            "If OwnerId is another account, ask its owner what takes the place of the list; for"
            " your own nothing is to be done."
        ),
    ),
)
