"""What of one day belongs together: a cause with its consequences, and the quiet rows beside them.

AWS shows one deed in several places: a rule opens a port, and is listed as a resource of its own; a user's
key appears in the report and as a row. A reader wants the deed, once, with what follows from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from driftkeeper.domain.types import Change, Direction, Severity

_DIRECTIONS = {
    Direction.WEAKENED: 0,
    Direction.ACTIVITY: 1,
    Direction.STRENGTHENED: 2,
    Direction.NEUTRAL: 3,
}
_SEVERITIES = {severity: -rank for rank, severity in enumerate(Severity)}
SIGHT = "collection."
"""How the names of changes begin that are about what could be seen."""
_MANY = 3
"""So many scopes that share a fate on one day are told one by one; more are counted."""

Weight = tuple[int, int, str, str, str]


@dataclass
class Family:
    """A change with the consequences that stand under it, and what is folded into it.

    `alike` are consequences of the same kind as one that stands there; `quiet` are quiet companions.
    """

    head: Change
    consequences: list[Family] = field(default_factory=list)
    quiet: list[Change] = field(default_factory=list)
    alike: list[Change] = field(default_factory=list)

    def members(self) -> Iterator[Change]:
        """Yield every change in it, the head first."""
        yield self.head
        for family in self.consequences:
            yield from family.members()
        yield from self.alike
        yield from self.quiet

    @property
    def weight(self) -> Weight:
        """What to sort by: as heavy as the heaviest in it."""
        return min(map(weight, self.members()))

    @property
    def is_quiet(self) -> bool:
        """Whether nothing but a neutral change without weight is in it."""
        head = self.head
        return (
            head.direction is Direction.NEUTRAL
            and head.severity is Severity.INFO
            and not self.consequences
            and not self.quiet
            and not head.kind.startswith(SIGHT)
        )


def weight(change: Change) -> Weight:
    """Return what to sort changes by when their time does not matter: weakening and severe first."""
    return (
        _DIRECTIONS[change.direction],
        _SEVERITIES[change.severity],
        change.resource,
        change.path,
        change.kind,
    )


def families(changes: Sequence[Change], *, fold: bool = True) -> list[Family]:
    """Return what belongs together, the heaviest first; without folding nobody is a quiet companion.

    A consequence whose cause is not among the changes stands alone, and every change is in one family.
    """
    own = {change.id: Family(change) for change in changes}
    heads = []
    for change in changes:
        cause = own.get(change.caused_by or "")
        if cause is None or _is_circle(change, own):
            heads.append(own[change.id])
        else:
            cause.consequences.append(own[change.id])
    if fold:
        heads = _folded(heads)
        for family in own.values():
            family.quiet += [child.head for child in family.consequences if child.is_quiet]
            family.consequences = [each for each in family.consequences if not each.is_quiet]
    for family in own.values():
        family.consequences.sort(key=lambda child: child.weight)
        family.quiet.sort(key=weight)
        if fold:
            _fold_alike(family)
    return sorted(heads, key=lambda head: head.weight)


def _fold_alike(family: Family) -> None:
    """Keep the first of many consequences that differ only in what they happened to."""
    alike: dict[tuple[str, Direction, Severity], list[Family]] = {}
    for child in family.consequences:
        if not (child.consequences or child.quiet):
            head = child.head
            alike.setdefault((head.kind, head.direction, head.severity), []).append(child)
    for found in alike.values():
        if len(found) > _MANY:
            family.alike += [child.head for child in found[1:]]
    folded = {each.id for each in family.alike}
    family.consequences = [each for each in family.consequences if each.head.id not in folded]


def _is_circle(change: Change, own: Mapping[str, Family]) -> bool:
    """Say whether the causes of a change lead back to it, which no honest store says."""
    seen = {change.id}
    cause = own.get(change.caused_by or "")
    while cause is not None:
        if cause.head.id in seen:
            return True
        seen.add(cause.head.id)
        cause = own.get(cause.head.caused_by or "")
    return False


def _folded(heads: Sequence[Family]) -> list[Family]:
    """Return the families without the quiet ones that go with another, which keeps them."""
    loud = [family for family in heads if not family.is_quiet]
    by_name: dict[tuple[str, str], Family] = {}
    for family in sorted(loud, key=lambda each: each.weight, reverse=True):
        for change in family.members():
            by_name[change.scope.account, change.resource] = family
    kept = list(loud)
    for family in heads:
        if family.is_quiet:
            account = family.head.scope.account
            hosts = (by_name.get((account, name)) for name in _hosts(family.head))
            host = next((found for found in hosts if found is not None), None)
            if host is None:
                kept.append(family)
            else:
                host.quiet.append(family.head)
    return kept


def _hosts(change: Change) -> Iterator[str]:
    """Yield the keys of what a change may go with: its own, what it is a part of, what it refers to."""
    key = change.resource
    yield key
    yield from (key[:at] for at in range(len(key) - 1, 0, -1) if key[at] == "/")
    for body in (change.before, change.after):
        if isinstance(body, Mapping):
            yield from (value for value in body.values() if isinstance(value, str) and value)


@dataclass(frozen=True)
class Sights:
    """Many scopes that shared a fate on one day: seen for the first time, lost, or seen again."""

    kind: str
    changes: tuple[Change, ...]

    @property
    def weight(self) -> Weight:
        """What to sort by."""
        return weight(self.changes[0])


def parted(changes: Iterable[Change]) -> tuple[list[Change], list[Sights]]:
    """Return what is told one by one, and what is counted because many scopes share it."""
    found = sorted(changes, key=lambda change: (change.kind, weight(change)))
    single: list[Change] = []
    many = []
    for kind, group in groupby(found, key=lambda change: change.kind):
        alike = list(group)
        if kind.startswith(SIGHT) and len(alike) > _MANY:
            many.append(Sights(kind, tuple(alike)))
        else:
            single += alike
    return single, many
