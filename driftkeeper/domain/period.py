"""Period words: what people type for `--period`, `--at`, `--since` and `--until`.

The forms are those of the command contract. Case does not matter, and a space or an underscore
may stand for a dash (`Last Quarter`, `2026 q1`).

| form | means |
|---|---|
| `2026-03-31`, `today`, `yesterday` | that calendar day |
| `2026-03`, `this-month`, `last-month` | that calendar month |
| `2026Q1`, `2026-Q1`, `Q1 2026`, `this-quarter`, `last-quarter` | that quarter of the calendar |
| `2026`, `this-year`, `last-year` | that calendar year |
| `FY2026`, `FY2026Q2` | that fiscal year, or its quarter |
| `90d`, `12w` | that many whole calendar days or weeks, today included |
| `A..B` | from the start of A to the end of B, each a form above or a moment |
| `A..` | from the start of A until now |
| `2026-03-31T10:00Z` | a moment; seconds, a fraction and any offset are allowed |
| `#41`, `latest`, `first` | the moment of a snapshot, which only the store knows |

Days are cut in the calendar's zone, so one lasts 23 or 25 hours when the clocks change. People
name the last day they mean; inside, a period is half-open and in UTC. A word means its whole span
even while that is running: `this-quarter` ends when the quarter does.

A fiscal year is named after the calendar year it ends in (usage of the United States): with
`fiscal_start=10`, FY2026 is October 2025 to September 2026. With `fiscal_start=1` it is 2026.
Only the `FY` forms are fiscal; `2026Q1` and `last-quarter` are quarters of the calendar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from difflib import get_close_matches
from typing import Final, Literal, TypeAlias

from driftkeeper.domain.errors import UsageError

Edge: TypeAlias = Literal["start", "end", "at"]
_Dates: TypeAlias = tuple[date, date]  # half-open: the first day, the day after the last

_DAY: Final = timedelta(days=1)
_YEARS: Final = range(1970, 3000)  # well inside what `datetime` holds in every zone
_UNITS: Final = {"month": 1, "quarter": 3, "year": 12}  # in months
_WORDS: Final = ("today", "yesterday", *(f"{w}-{u}" for w in ("this", "last") for u in _UNITS))
_EXAMPLES: Final = (
    "a period is written 2026-03-31, today, yesterday, 90d, 12w, last-month, last-quarter, "
    "this-quarter, 2026Q1, 2026-03, 2026, FY2026, FY2026Q2 or 2026-01-01..2026-03-31; "
    "a moment also 2026-03-31T10:00Z, '#41', latest or first"
)

_MOMENT: Final = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:t|\s+)(?P<clock>[0-9]{2}:[0-9]{2}"
    r"(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)\s*(?P<offset>z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_NAMED: Final = re.compile(
    r"(?P<year>[0-9]{4})(?:-?q(?P<quarter>[0-9]+)|-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?"
)
_FISCAL: Final = re.compile(r"fy-?(?P<year>[0-9]+)(?:-?q(?P<quarter>[0-9]+))?")
_BACK: Final = re.compile(r"(?P<count>[0-9]{1,5})-?(?P<unit>[dw])")
_NUMBERED: Final = re.compile(r"#(?P<number>[1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class Period:
    """The half-open interval `[start, end)`; any aware datetimes are kept as UTC.

    Raises `UsageError` when it would end before it starts or cover no time (the ends come from
    people), `ValueError` for a datetime without a zone.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            object.__setattr__(self, name, _aware(getattr(self, name)).astimezone(UTC))
        if self.end <= self.start:
            raise UsageError(
                f"the period from {_clock(self.start)} to {_clock(self.end)} UTC covers no time: "
                "it must end after it starts; give an earlier start or a later end"
            )


@dataclass(frozen=True, slots=True)
class Calendar:
    """How days and years are cut: the time zone, and the month (1 to 12) a fiscal year starts."""

    zone: tzinfo = UTC
    fiscal_start: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.fiscal_start <= 12:
            raise ValueError(f"fiscal_start must be a month from 1 to 12, not {self.fiscal_start}")


@dataclass(frozen=True, slots=True)
class SnapshotRef:
    """A moment named by a snapshot: exactly one of `word` and `number` (from 1) is set."""

    word: Literal["first", "latest"] | None = None
    number: int | None = None


def parse_period(text: str, now: datetime, calendar: Calendar) -> Period:
    """Read a period as typed for `--period`.

    Raises `UsageError` for what is no period, a lone moment and a snapshot included: a snapshot
    has a time only in a store. `..B` is refused too, since nothing says where it would start.
    """
    left, dots, right = text.partition("..")
    if not dots:
        start, end = _bounds(text, now, calendar)
        if start == end:
            raise _unreadable(text, "it is a moment, and a period needs a start and an end (A..B)")
        return Period(start, end)
    if not left.strip():
        raise _unreadable(text, "it has no start; put the first day before the dots")
    start = _bounds(left, now, calendar)[0]
    end = _bounds(right, now, calendar)[1] if right.strip() else now
    if end <= start:
        raise _unreadable(text, "it ends before it starts, or covers no time")
    return Period(start, end)


def parse_moment(
    text: str, now: datetime, calendar: Calendar, *, edge: Edge
) -> datetime | SnapshotRef:
    """Read a moment as typed for `--since` (`start`), `--until` (`end`) or `--at` (`at`).

    A snapshot comes back as a `SnapshotRef`, a moment as itself in UTC. Of any period form,
    `start` is its start and `end` its exclusive end: `--until 2026-03-31` is the start of 1 April.
    `at` is the last instant inside (one microsecond before that end), so that what happens at
    midnight belongs to the next day; while the period is running it is `now`, never later.
    What is wholly in the future is taken as written. A time without an offset is read in the
    calendar's zone, and refused where the clocks skip or repeat it. Raises `UsageError`.
    """
    if (single := _snapshot(text) or _moment(text, calendar.zone)) is not None:
        return single
    period = parse_period(text, now, calendar)
    if edge == "at":
        running = period.start <= now < period.end
        return now.astimezone(UTC) if running else period.end - timedelta.resolution
    return period.start if edge == "start" else period.end


def days(period: Period, calendar: Calendar) -> Iterator[Period]:
    """Cut a period into the calendar days of the zone, the first and last clipped to it.

    The days follow each other without hole or overlap. A date the zone skipped yields nothing.
    """
    day = period.start.astimezone(calendar.zone).date()
    start = period.start
    while start < period.end:
        day += _DAY
        end = min(_midnight(day, calendar.zone), period.end)
        if end > start:
            yield Period(start, end)
            start = end


def describe(period: Period, calendar: Calendar) -> str:
    """Say a period to people: days where it is whole days, else local times with their offset."""
    zone = calendar.zone
    first = period.start.astimezone(zone)
    last = (period.end - timedelta.resolution).astimezone(zone)
    whole = _midnight(first.date(), zone), _midnight(last.date() + _DAY, zone)
    if (period.start, period.end) != whole:
        return f"{_clock(first)} to {_clock(period.end.astimezone(zone))} ({zone})"
    if (count := sum(1 for _ in days(period, calendar))) == 1:
        return f"{last.date()} (1 day, {zone})"
    return f"{first.date()} to {last.date()} ({count} days, {zone})"


def _clock(local: datetime) -> str:
    """Write a local time to the minute, or as finely as it needs; UTC goes without an offset."""
    spec = "auto" if local.second or local.microsecond else "minutes"
    written = local.isoformat(sep=" ", timespec=spec)
    return written.removesuffix("+00:00") if str(local.tzinfo) == "UTC" else written


def _bounds(text: str, now: datetime, calendar: Calendar) -> tuple[datetime, datetime]:
    """Start and exclusive end, in UTC, of one form without dots; equal for a moment."""
    if _snapshot(text) is not None:
        raise _unreadable(text, "a snapshot is no part of a period; use it as a single moment")
    if (moment := _moment(text, calendar.zone)) is not None:
        return moment, moment
    first, after = _dates(text, _aware(now).astimezone(calendar.zone).date(), calendar.fiscal_start)
    start, end = _midnight(first, calendar.zone), _midnight(after, calendar.zone)
    if end <= start:
        raise _unreadable(text, f"the clocks of {calendar.zone} skipped that day")
    return start, end


def _snapshot(text: str) -> SnapshotRef | None:
    match text.strip().lower():
        case "latest" | "first" as word:
            return SnapshotRef(word=word)
        case word if numbered := _NUMBERED.fullmatch(word):
            return SnapshotRef(number=int(numbered["number"]))
        case word if not word.startswith("#"):
            return None
        case _:
            raise _unreadable(text, "after # comes one snapshot's number, from 1")


def _moment(text: str, zone: tzinfo) -> datetime | None:
    """Read a date with a time of day; None when the text is of another form."""
    found = _MOMENT.fullmatch(text.strip().lower())
    if found is None:
        return None
    offset = (found["offset"] or "").upper()
    try:
        moment = datetime.fromisoformat(f"{found['day']}T{found['clock']}{offset}")
    except ValueError as error:
        raise _unreadable(text, f"there is no such time ({error})") from None
    _year(text, found["day"][:4])
    if not offset:
        moment = moment.replace(tzinfo=zone)
        # The two folds differ exactly where the clocks skip or repeat this time of day.
        if moment.utcoffset() != moment.replace(fold=1).utcoffset():
            raise _unreadable(text, f"the clocks of {zone} skip or repeat it; add an offset or Z")
    return moment.astimezone(UTC)


def _dates(text: str, today: date, fiscal_start: int) -> _Dates:
    """Read any form that means whole days."""
    word = re.sub(r"[\s_]+", "-", text.strip().lower())
    word = re.sub(r"^(q[0-9]+)-?([0-9]{4})$", r"\2\1", word)  # `Q1 2026` is also said
    if word in {"today", "yesterday"}:
        first = today if word == "today" else today - _DAY
        return first, first + _DAY
    if word in _WORDS:
        which, unit = word.split("-")
        length, month = _UNITS[unit], today.year * 12 + today.month - 1
        return _months(month - month % length - (length if which == "last" else 0), length)
    if back := _BACK.fullmatch(word):
        count = int(back["count"]) * (7 if back["unit"] == "w" else 1)
        if not 1 <= count <= (today - date(_YEARS.start, 1, 1)).days:
            raise _unreadable(text, f"count from 1, and not back beyond {_YEARS.start}")
        return today - (count - 1) * _DAY, today + _DAY
    if fiscal := _FISCAL.fullmatch(word):
        before = fiscal_start - 13 if fiscal_start > 1 else 0
        return _year_or_quarter(text, 12 * _year(text, fiscal["year"]) + before, fiscal["quarter"])
    if named := _NAMED.fullmatch(word):
        year = _year(text, named["year"])
        if named["month"]:
            return _month_or_day(text, year, int(named["month"]), named["day"])
        return _year_or_quarter(text, 12 * year, named["quarter"])
    if near := get_close_matches(word, (*_WORDS, "latest", "first"), n=1, cutoff=0.75):
        raise _unreadable(text, f"it is no known form (did you mean {near[0]!r}?)")
    raise _unreadable(text, "it is no known form" if word else "it is empty")


def _month_or_day(text: str, year: int, month: int, day: str | None) -> _Dates:
    try:
        first = date(year, month, int(day or 1))
    except ValueError as error:
        raise _unreadable(text, f"there is no such day ({error})") from None
    return (first, first + _DAY) if day else _months(12 * year + month - 1, 1)


def _year_or_quarter(text: str, first: int, quarter: str | None) -> _Dates:
    """Return the year that starts with the month `first`, or one quarter of it."""
    if quarter is None:
        return _months(first, 12)
    if quarter not in {"1", "2", "3", "4"}:
        raise _unreadable(text, "a year has the quarters 1 to 4")
    return _months(first + 3 * (int(quarter) - 1), 3)


def _months(first: int, count: int) -> _Dates:
    """Return the span of `count` months from a month counted from January of year 0."""
    start, after = (date(index // 12, index % 12 + 1, 1) for index in (first, first + count))
    return start, after


def _year(text: str, digits: str) -> int:
    if len(digits) != 4:
        raise _unreadable(text, "write the year with four digits, as in FY2026")
    if int(digits) not in _YEARS:
        raise _unreadable(text, f"years run from {_YEARS.start} to {_YEARS.stop - 1}")
    return int(digits)


def _midnight(day: date, zone: tzinfo) -> datetime:
    """Return the first instant of a date in a zone, as UTC."""
    # fold=0 reads a skipped midnight as the instant of the change, a repeated one as the first.
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment


def _unreadable(text: str, why: str) -> UsageError:
    shown = text if len(text) <= 40 else f"{text[:39]}…"
    return UsageError(f"cannot read {shown!r} as a time: {why}; {_EXAMPLES}")
