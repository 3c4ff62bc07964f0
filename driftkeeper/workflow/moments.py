"""Turns the words of `--at`, `--since`, `--until` and `--period` into moments and snapshots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from driftkeeper.domain.errors import UsageError
from driftkeeper.domain.period import Calendar, Period, SnapshotRef, parse_moment, parse_period
from driftkeeper.domain.types import Snapshot
from driftkeeper.store import read
from driftkeeper.store.database import Connection

_TICK = timedelta(microseconds=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Span:
    """An interval of the change log: times [start, end), and snapshots when these were named.

    `open_start` and `open_end` say that nothing was named at that end: whatever there is, counts.
    """

    start: datetime
    end: datetime
    after_snapshot: int | None = None
    upto_snapshot: int | None = None
    open_start: bool = False
    open_end: bool = False


def snapshot_for(connection: Connection, word: str, now: datetime, calendar: Calendar) -> Snapshot:
    """Return the snapshot that a word means: the last one taken not after that moment."""
    headers = _headers(connection)
    found = parse_moment(word, now, calendar, edge="at")
    if isinstance(found, SnapshotRef):
        return _referred(headers, found)
    before = [header for header in headers if header.taken_at <= found]
    if not before:
        first = headers[0]
        raise UsageError(
            f"there is no snapshot at or before {word};"
            f" the first is #{first.number} of {first.taken_at:%Y-%m-%d %H:%M} UTC"
        )
    return before[-1]


def span_for(
    connection: Connection,
    since: str | None,
    until: str | None,
    period: str | None,
    now: datetime,
    calendar: Calendar,
) -> Span:
    """Return the interval that the words mean; everything there is for no words.

    An interval with a start and no end runs until now: that nothing was collected of late is part of the
    answer. One that has not begun is refused, since nobody can say anything of it.
    """
    headers = _headers(connection)
    latest = max(header.finished_at for header in headers) + _TICK
    if period is not None:
        if since is not None or until is not None:
            raise UsageError("--period excludes --since and --until; give the one or the others")
        whole = parse_period(period, now, calendar)
        span = Span(whole.start, whole.end)
    else:
        start, after = _first(connection, headers), None
        end, upto = latest if since is None else max(latest, now), None
        if since is not None:
            start, after = _edge(headers, since, now, calendar, first=True)
        if until is not None:
            end, upto = _edge(headers, until, now, calendar, first=False)
        span = Span(start, end, after, upto, since is None, until is None)
    if span.start >= max(now, latest):
        raise UsageError(f"{period or since} has not begun; name an earlier time")
    if span.start >= span.end:
        raise UsageError(
            f"--since {since or 'first'} is not before --until {until}; name an earlier start"
        )
    return span


def collected(connection: Connection) -> Period:
    """Return the time from the first snapshot to the end of the latest."""
    headers = _headers(connection)
    return Period(headers[0].taken_at, max(header.finished_at for header in headers) + _TICK)


def _first(connection: Connection, headers: list[Snapshot]) -> datetime:
    """Return the time of the first sight; a sight may be older than its snapshot."""
    taken = headers[0].taken_at
    rows = read.coverage_between(connection, taken, taken + _TICK)
    return min((row.coverage.as_of for row in rows), default=taken)


def last_snapshot(connection: Connection, span: Span) -> int | None:
    """Return the number of the last snapshot in a span; None where there is none."""
    return max(
        (
            header.number
            for header in _headers(connection)
            if header.taken_at < span.end
            and (header.taken_at >= span.start or header.number == span.upto_snapshot)
        ),
        default=None,
    )


def narrowed(span: Span, **more: Any) -> read.ChangeFilter:
    """Return the filter of the change log for a span, with further conditions."""
    return read.ChangeFilter(
        start=None if span.open_start or span.after_snapshot is not None else span.start,
        end=None if span.open_end or span.upto_snapshot is not None else span.end,
        after_snapshot=span.after_snapshot,
        upto_snapshot=span.upto_snapshot,
        **more,
    )


def _edge(
    headers: list[Snapshot], word: str, now: datetime, calendar: Calendar, *, first: bool
) -> tuple[datetime, int | None]:
    """Return one end of an interval: its time, and its snapshot when one was named."""
    found = parse_moment(word, now, calendar, edge="start" if first else "end")
    if isinstance(found, SnapshotRef):
        header = _referred(headers, found)
        return header.taken_at if first else header.finished_at + _TICK, header.number
    return found, None


def _headers(connection: Connection) -> list[Snapshot]:
    headers = read.snapshots(connection)
    if not headers:
        raise UsageError("there is no snapshot yet; take one with `driftkeeper collect`")
    return headers


def _referred(headers: list[Snapshot], ref: SnapshotRef) -> Snapshot:
    if ref.word == "first":
        return headers[0]
    if ref.word == "latest":
        return headers[-1]
    for header in headers:
        if header.number == ref.number:
            return header
    raise UsageError(
        f"there is no snapshot #{ref.number}; the latest is #{headers[-1].number}"
        " (see `driftkeeper snapshots`)"
    )


def whole_period(span: Span) -> Period:
    """Return the span as a period, to report on."""
    return Period(span.start, span.end)


def shown_period(period: Period) -> Period:
    """Return the period to the minute, rounded outwards, for telling people."""
    start = period.start.replace(second=0, microsecond=0)
    end = period.end.replace(second=0, microsecond=0)
    return Period(start, end if end == period.end else end + _MINUTE)
