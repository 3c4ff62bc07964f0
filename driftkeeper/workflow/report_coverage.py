"""How completely a period was seen: per scope its days, its gaps, and its unseen details.

What is counted are calendar days, however many snapshots a day has: a day is as complete as its best sight,
and one without any is missed for every scope that should have been seen on it. A missing day is never a
quiet day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from driftkeeper.domain.period import Calendar, Period, days
from driftkeeper.domain.timeline import Interval, gaps
from driftkeeper.domain.types import Cause, Outcome, Scope, Tied
from driftkeeper.store import latest, read
from driftkeeper.store.database import Connection
from driftkeeper.workflow.unseen import Spells, Unseen

_TICK = timedelta(microseconds=1)
_BEST_FIRST = (Outcome.COMPLETE, Outcome.PARTIAL, Outcome.MISSED)


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without a sight of a scope, and why, as far as it was recorded."""

    start: datetime
    end: datetime
    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TieReport:
    """How often a count was confirmed by another answer; `last` is the latest mismatch, else the latest."""

    name: str
    agreed: int
    disagreed: int
    last: Tied
    at: datetime


@dataclass(frozen=True, slots=True)
class ScopeCoverage:
    """How one scope was covered: its days by their best sight, its gaps, its details unseen for long.

    `ties` says of each count that another answer should confirm how often it did. `excluded` is the
    written reason why the scope is not looked at, when it is not: such days are not expected.
    """

    scope: Scope
    expected: int
    complete: int
    partial: int
    missed: int
    gaps: tuple[Gap, ...]
    unseen: tuple[Unseen, ...] = ()
    ties: tuple[TieReport, ...] = ()
    excluded: str | None = None

    @property
    def percent(self) -> float | None:
        """Complete days in percent of the expected, rounded down: 100 means all of them."""
        return percent_of(self.complete, self.expected)


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """The coverage of a period, scope by scope."""

    period: Period
    scopes: tuple[ScopeCoverage, ...]

    @property
    def percent(self) -> float | None:
        """Complete days in percent of all expected, rounded down; None when none was expected."""
        expected = sum(scope.expected for scope in self.scopes)
        return percent_of(sum(scope.complete for scope in self.scopes), expected)


def percent_of(part: int, whole: int) -> float | None:
    """Return a part in percent, rounded down to one decimal; None of nothing."""
    return 1000 * part // whole / 10 if whole else None


def _everything(_scope: Scope) -> bool:
    return True


def report(
    connection: Connection,
    period: Period,
    calendar: Calendar,
    carry: timedelta,
    now: datetime,
    wanted: Callable[[Scope], bool] = _everything,
) -> CoverageReport:
    """Return the coverage of the part of a period that lies before `now`, for the wanted scopes.

    Every scope that any snapshot ever planned is expected on each day: what was not yet collected at
    the period's start was not seen then, and nobody can say what it was.
    """
    rows = {
        scope: list(group)
        for scope, group in groupby(
            read.coverage_between(connection, period.start, period.end),
            key=lambda row: row.coverage.scope,
        )
    }
    # A snapshot may be newer than the clock: answers can be replayed for any time.
    sights = (found[-1].taken_at + _TICK for found in rows.values())
    end = min(period.end, max((now, *sights)))
    if end <= period.start:
        return CoverageReport(period, ())
    before = read.listed_before(connection, period.start)
    expected = Period(period.start, end)
    heads = latest.scope_heads(connection)
    spells = Spells(connection, expected, carry)
    cut = _Days(expected, calendar)
    scopes = []
    for scope in sorted(filter(wanted, heads)):
        found = rows.get(scope, [])
        covered = _scope(scope, found, expected, cut, carry, before.get(scope))
        scopes.append(replace(covered, unseen=tuple(spells.of(heads[scope], found))))
    return CoverageReport(expected, tuple(scopes))


def _scope(
    scope: Scope,
    rows: Sequence[read.CoverageRow],
    expected: Period,
    cut: _Days,
    carry: timedelta,
    seen_before: datetime | None,
) -> ScopeCoverage:
    looked = [row for row in rows if row.coverage.cause is not Cause.SKIPPED]
    best, lost = _best(looked, cut), cut.lost(rows)
    if rows and not looked:
        lost = []
    counts = {outcome: [*best.values()].count(outcome) for outcome in Outcome}
    # A sight speaks for its own time, which may be hours before that of its snapshot.
    sights = [row.coverage.as_of for row in rows if row.coverage.outcome is not Outcome.MISSED]
    if seen_before is not None:
        sights.append(seen_before)
    return ScopeCoverage(
        scope,
        expected=len(best) + len(lost),
        complete=counts[Outcome.COMPLETE],
        partial=counts[Outcome.PARTIAL],
        missed=counts[Outcome.MISSED] + len(lost),
        gaps=tuple(
            Gap(gap.start, gap.end or expected.end, _causes(rows, lost, gap))
            for gap in gaps(sights, expected.start, expected.end, carry)
        ),
        ties=_ties(rows),
        excluded=_excluded(rows),
    )


def _excluded(rows: Sequence[read.CoverageRow]) -> str | None:
    """Return the reason why the scope is not looked at any more, None when it is."""
    last = rows[-1].coverage if rows else None
    return last.message if last is not None and last.cause is Cause.SKIPPED else None


def _ties(rows: Iterable[read.CoverageRow]) -> tuple[TieReport, ...]:
    found: dict[str, list[tuple[Tied, datetime]]] = {}
    for row in rows:
        for tie in row.coverage.ties:
            found.setdefault(tie.name, []).append((tie, row.coverage.as_of))
    reports = []
    for name, ties in found.items():
        odd = [entry for entry in ties if not entry[0].agrees]
        reports.append(TieReport(name, len(ties) - len(odd), len(odd), *(odd or ties)[-1]))
    return tuple(reports)


def _best(rows: Iterable[read.CoverageRow], cut: _Days) -> dict[date, Outcome]:
    """Return the best outcome of each day that has any."""
    best: dict[date, Outcome] = {}
    for row in rows:
        day = cut.day(row.taken_at)
        outcomes = (best.get(day, Outcome.MISSED), row.coverage.outcome)
        best[day] = min(outcomes, key=_BEST_FIRST.index)
    return best


class _Days:
    """The days of a period, cut once for all scopes; of a snapshot, the day it was taken on."""

    def __init__(self, expected: Period, calendar: Calendar) -> None:
        self._zone = calendar.zone
        self._days: dict[datetime, date] = {}
        # Of a piece of a day nobody can say that it is lost.
        self._whole = [
            (self.day(day.start), day)
            for day in days(expected, calendar)
            if _is_cut(day.start, calendar) and _is_cut(day.end, calendar)
        ]

    def day(self, moment: datetime) -> date:
        """Return the day of a moment in the calendar's zone."""
        found = self._days.get(moment)
        if found is None:
            found = self._days[moment] = moment.astimezone(self._zone).date()
        return found

    def lost(self, rows: Iterable[read.CoverageRow]) -> list[Period]:
        """Return the whole days on which no snapshot was taken."""
        taken = {self.day(row.taken_at) for row in rows}
        return [period for day, period in self._whole if day not in taken]


def _is_cut(moment: datetime, calendar: Calendar) -> bool:
    """Say whether one calendar day ends and another begins at the moment."""
    zone = calendar.zone
    return (moment - _TICK).astimezone(zone).date() != moment.astimezone(zone).date()


def _causes(
    rows: Iterable[read.CoverageRow], lost: Iterable[Period], gap: Interval
) -> tuple[str, ...]:
    """Return the causes of the misses inside a gap; `not_run` where nothing was even tried."""
    found = {
        str(row.coverage.cause)
        for row in rows
        if row.coverage.outcome is Outcome.MISSED
        and row.coverage.cause is not None
        and gap.start <= row.coverage.as_of
        and (gap.end is None or row.coverage.as_of < gap.end)
    }
    if any(gap.start <= day.start and (gap.end is None or day.end <= gap.end) for day in lost):
        found.add(str(Cause.NOT_RUN))
    return tuple(sorted(found)) or (str(Cause.NOT_RUN),)
