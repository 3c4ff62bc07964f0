"""How changes are told to people: by day, weakening first, what follows under what it follows from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from itertools import groupby
from typing import TYPE_CHECKING

from driftkeeper.cli.briefly import Line, cut, in_full, in_short
from driftkeeper.cli.families import SIGHT, Family, Sights, families, parted
from driftkeeper.cli.output import MARKS, Output, clean, counted
from driftkeeper.cli.windows import Dated, beside, dated, unless_at, usual_of, window, window_words
from driftkeeper.diff.says import short_name
from driftkeeper.domain.attribution import Actor, Quality
from driftkeeper.domain.types import Change, Direction, Severity

if TYPE_CHECKING:
    from driftkeeper.cli.session import Session
    from driftkeeper.diff.spec import ChangeKind

_INDENT = 13
_STEP = 2
_LONGEST = 600
"""A sentence longer than this is cut: who names things decides how long it is."""

_SIGHTS = {
    "collection.baseline_established": "were seen completely for the first time: their baseline",
    "collection.scope_lost": "could not be seen; nothing is known of them until they are seen again",
    "collection.scope_restored": "are seen again; changes meanwhile are told as of now",
}

_MANY = 3
"""So many resources with quiet changes alone are told one by one; more are counted."""


@dataclass(frozen=True)
class Teller:
    """Tells changes: where to, in which zone days are cut, what accounts are called, how much is said.

    `actors` are those who made them, as far as that was found out, by the id of the change. `causes`
    are changes that are not told here and that some of these follow from.
    """

    out: Output
    zone: tzinfo = UTC
    accounts: Mapping[str, str] = field(default_factory=dict)
    verbose: bool = False
    actors: Mapping[str, Actor] = field(default_factory=dict)
    causes: Mapping[str, Change] = field(default_factory=dict)

    def days(self, changes: Iterable[Change]) -> None:
        """Tell changes, given in the order of time, day by day; each day is told as soon as it is known."""
        for day, group in groupby(changes, key=lambda c: c.not_after.astimezone(self.zone).date()):
            found = [*group]
            usual = usual_of(found)
            said = "" if usual is None else f"  {window_words(usual)}"
            head = self.out.style(f"{day:%a %Y-%m-%d}", "bold")
            self.out.line(f"\n{head}{self.out.style(said, 'dim')}")
            self.changes(found, beside(usual))

    def changes(self, changes: Iterable[Change], dated: Dated, place: str = "") -> None:
        """Tell changes, each with the date that it needs, and its place where it is another one."""
        single, many = ([*changes], []) if self.verbose else parted(changes)
        told: list[Family | Sights] = [*families(single, fold=not self.verbose), *many]
        for each in sorted(told, key=lambda each: each.weight):
            if isinstance(each, Sights):
                self._sights(each)
            else:
                self._family(each, dated, place)

    def resources(self, changes: Sequence[Change], dated: Dated) -> None:
        """Tell changes resource by resource, the one with the heaviest change first.

        Resources with nothing but quiet changes are counted when there are many.
        """
        found = families(changes, fold=not self.verbose)
        quiet = [family for family in found if family.is_quiet]
        folded = quiet if len(quiet) > _MANY and not self.verbose else []
        grouped: dict[tuple[str, str, str], list[Family]] = {}
        for family in found:
            if not (folded and family.is_quiet):
                head = family.head
                thing = (head.scope.account, head.scope.region, head.resource)
                grouped.setdefault(thing, []).append(family)
        for told in grouped.values():
            self._resource(told, dated)
        if folded:
            self.out.line(f"\n{self.out.style(f'{len(folded)} quiet changes elsewhere', 'bold')}")
            self.out.pieces(_kinds_told(family.head for family in folded), _STEP, "dim")
            self.out.line("  --verbose tells each of them")

    def change(self, change: Change) -> None:
        """Tell one change alone."""
        self._family(Family(change), dated)

    def place(self, change: Change) -> str:
        """Return the account, by its name where it has one, and the region."""
        return f"{self.account(change.scope.account)} {change.scope.region}"

    def account(self, account: str) -> str:
        """Return what an account is called."""
        name = self.accounts.get(account)
        if name is None:
            return account
        return f"{name} ({account})" if self.verbose else name

    def _resource(self, told: Sequence[Family], dated: Dated) -> None:
        head = told[0].head
        name = head.resource if self.verbose else short_name(head.resource)
        place = self.place(head)
        self.out.line(f"\n{self.out.style(clean(name), 'bold')}")
        self.out.pieces([clean(place), head.scope.evidence], _STEP, "dim")
        for family in told:
            self._family(family, dated, place)

    def _family(
        self,
        family: Family,
        dated: Dated,
        place: str = "",
        depth: int = 0,
        cause: Change | None = None,
    ) -> None:
        change, indent = family.head, _INDENT + depth * _STEP
        joint = f"{' ' * depth * _STEP}└ " if depth else "  "
        mark = f"{joint}{MARKS[change.direction]} {change.severity:<8} "
        note = " (the tool was upgraded)" if change.tool_upgrade else ""
        says = change.says if self.verbose else cut(change.says, _LONGEST)
        self.out.hanging(mark, clean(says) + note, indent, str(change.direction))
        if self.verbose or cause is None or not _is_same(change, cause):
            self._differing(change, indent)
        here = self.place(change)
        where = (
            change.kind,
            "" if here == place else here,
            dated(change),
            _by(self.actors.get(change.id)),
            " ".join(change.criteria),
        )
        self.out.pieces([clean(piece) for piece in where if piece], indent, "dim")
        because = self.causes.get(change.caused_by or "") if cause is None else None
        if because is not None:
            self.out.hanging(" " * indent + "because ", clean(because.says), indent + 8, "dim")
        if self.verbose:
            self._more(change, indent)
        for child in family.consequences:
            self._family(child, unless_at(window(change), dated), here, depth + 1, change)
        for folded, what in (
            (family.alike, f"and {len(family.alike)} more like them"),
            (family.quiet, f"and {counted(len(family.quiet), 'quiet companion')}"),
        ):
            if folded:
                self.out.pieces([what, *_kinds_told(folded)], indent, "dim")

    def _differing(self, change: Change, indent: int) -> None:
        if self.verbose:
            self._lines(in_full(change), indent)
            return
        lines, more = in_short(change)
        self._lines(lines, indent)
        if more:
            self.out.line(" " * indent + self.out.style(f"… {more} more with --verbose", "dim"))

    def _lines(self, lines: Iterable[Line], indent: int) -> None:
        for sign, text in lines:
            head = " " * indent + (f"{sign} " if sign else "")
            self.out.hanging(head, clean(text), len(head), sign)

    def _more(self, change: Change, indent: int) -> None:
        """Tell what the change is of, why it matters, and what to do."""
        kind = _kind_of(change)
        told = (
            ("of", f"{change.resource} ({change.scope.evidence})"),
            ("why", "" if kind is None else kind.means),
            ("do", "" if kind is None else kind.advice),
            ("id", change.id),
        )
        for label, text in told:
            if text:
                head = f"{' ' * indent}{label:<4}"
                self.out.hanging(head, clean(text), len(head), "dim")

    def _sights(self, sights: Sights) -> None:
        changes = sights.changes
        first = changes[0]
        what = _SIGHTS.get(sights.kind, f"share {sights.kind}")
        mark = f"  {MARKS[first.direction]} {first.severity:<8} "
        text = f"{len(changes)} scopes {what}"
        self.out.hanging(mark, text, _INDENT, str(first.direction))
        places = Counter(map(self.place, changes))
        told = (f"{place} ({number})" for place, number in places.items())
        self.out.pieces([sights.kind, *map(clean, told)], _INDENT, "dim")


def teller(
    session: Session,
    actors: Mapping[str, Actor] | None = None,
    causes: Mapping[str, Change] | None = None,
) -> Teller:
    """Return the teller that a session wants."""
    config = session.config
    names = {entry.id: entry.name for entry in config.accounts if entry.name}
    return Teller(
        session.out, config.calendar.zone, names, session.verbose, actors or {}, causes or {}
    )


Counts = Mapping[tuple[Direction, Severity], int]


def tally(counts: Counts, of_sight: Counts | None = None) -> str:
    """Return how many changes there are of each direction, the weakened ones by how much they matter.

    Those `of_sight`, which are about what we could see and about no account, are counted apart.
    """
    blind = of_sight or {}
    left = {place: number - blind.get(place, 0) for place, number in counts.items()}
    words = []
    for direction in (
        Direction.WEAKENED,
        Direction.STRENGTHENED,
        Direction.ACTIVITY,
        Direction.NEUTRAL,
    ):
        found = {severity: left.get((direction, severity), 0) for severity in reversed(Severity)}
        grades = ", ".join(f"{number} {severity}" for severity, number in found.items() if number)
        more = f" ({grades})" if grades and direction is Direction.WEAKENED else ""
        words.append(f"{sum(found.values())} {direction}{more}")
    seen = sum(blind.values())
    return ", ".join(words) + (f"; and {seen} of what could be seen" if seen else "")


def counts_of(changes: Iterable[Change]) -> Counter[tuple[Direction, Severity]]:
    """Count changes by what they do and how much they matter."""
    return Counter((change.direction, change.severity) for change in changes)


def of_sight(changes: Iterable[Change]) -> Counter[tuple[Direction, Severity]]:
    """Count those that are about what could be seen, and about no account."""
    return counts_of(change for change in changes if change.kind.startswith(SIGHT))


def of_sight_among(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Return which of the kinds, or of all, are about what could be seen; a name of none where none is."""
    from driftkeeper.diff.catalog import kinds as known

    return tuple(name for name in kinds or known() if name.startswith(SIGHT)) or ("",)


def print_change(out: Output, change: Change) -> None:
    """Print what a change says, and below it what differs, where and when."""
    Teller(out).change(change)


def _by(actor: Actor | None) -> str:
    """Return who made a change, and how sure that is; nothing where nobody can be named."""
    if actor is None or actor.label is None:
        return ""
    channel = actor.called.caller.channel if actor.called else None
    doubt = "" if actor.quality is Quality.EXACT else f"{actor.quality} "
    return f"{doubt}by {actor.label}" + (f" ({channel})" if channel else "")


def _kind_of(change: Change) -> ChangeKind | None:
    from driftkeeper.diff.catalog import kinds, kinds_of

    named = (kind for kind in kinds_of(change.scope.evidence) if kind.name == change.kind)
    return next(named, kinds().get(change.kind))


def _is_same(change: Change, cause: Change) -> bool:
    """Say whether two changes are told of the same difference."""
    places = [(each.scope, each.resource, each.path) for each in (change, cause)]
    return places[0] == places[1] and (change.before, change.after) == (cause.before, cause.after)


def _kinds_told(changes: Iterable[Change]) -> list[str]:
    kinds = Counter(change.kind for change in changes)
    return [clean(f"{kind} ×{n}" if n > 1 else kind) for kind, n in kinds.items()]
