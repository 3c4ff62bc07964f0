"""Words for moments and intervals, as a store without AWS understands them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from driftkeeper.domain.errors import UsageError
from driftkeeper.domain.period import Calendar, Period
from driftkeeper.store.database import Engine, reading
from driftkeeper.workflow import moments
from driftkeeper.workflow.moments import Span
from tests.unit.workflow.small import REPORT, USERS, empty, saw, take

CALENDAR = Calendar()
NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def day(number: int, hour: int = 6) -> datetime:
    return datetime(2026, 3, number, hour, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """Snapshots of the 2nd, the 4th, and two of the 5th; the report is of the evening before."""
    made = empty(tmp_path)
    for at in (day(2), day(4), day(5), day(5, 18)):
        take(made, at, [saw(USERS, at), saw(REPORT, at - timedelta(hours=4))])
    return made


def number(engine: Engine, word: str, now: datetime = NOW) -> int:
    with reading(engine) as connection:
        return moments.snapshot_for(connection, word, now, CALENDAR).number


def span(engine: Engine, since: str | None, until: str | None, period: str | None = None) -> Span:
    with reading(engine) as connection:
        return moments.span_for(connection, since, until, period, NOW, CALENDAR)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("first", 1),
        ("latest", 4),
        ("#3", 3),
        ("2026-03-02", 1),
        ("2026-03-03", 1),
        ("2026-03-04T05:59Z", 1),
        ("2026-03-04T06:00Z", 2),
        ("2026-03-05T12:00Z", 3),
        ("2026-03-05", 4),
        ("2026-03", 4),
        ("today", 4),
    ],
)
def test_a_moment_means_the_last_snapshot_not_after_it(
    engine: Engine, word: str, expected: int
) -> None:
    assert number(engine, word) == expected


@pytest.mark.parametrize("word", ["2026-03-01", "2026-03-02T05:59Z", "#0", "#5", "2026-02", ""])
def test_what_no_snapshot_can_mean_is_refused(engine: Engine, word: str) -> None:
    with pytest.raises(UsageError):
        number(engine, word)


def test_without_words_the_interval_is_all_there_is(engine: Engine) -> None:
    found = span(engine, None, None)
    assert found == Span(day(2, 2), day(5, 18) + TICK, open_start=True, open_end=True)
    wanted = moments.narrowed(found, evidence=("iam.user",))
    assert (wanted.start, wanted.end, wanted.evidence) == (None, None, ("iam.user",))


def test_an_open_end_is_now_and_leaves_nothing_out(engine: Engine) -> None:
    found = span(engine, "2026-03-04", None)
    assert (found.start, found.end) == (day(4, 0), NOW)
    wanted = moments.narrowed(found)
    assert (wanted.start, wanted.end) == (day(4, 0), None)


def test_an_open_start_is_the_first_sight_and_leaves_nothing_out(engine: Engine) -> None:
    found = span(engine, None, "2026-03-04")
    assert (found.start, found.end) == (day(2, 2), day(5, 0))
    assert moments.narrowed(found).start is None


def test_snapshots_bound_by_number_and_times_by_time(engine: Engine) -> None:
    wanted = moments.narrowed(span(engine, "#1", "2026-03-05"))
    assert (wanted.after_snapshot, wanted.start) == (1, None)
    assert (wanted.upto_snapshot, wanted.end) == (None, day(6, 0))
    wanted = moments.narrowed(span(engine, "2026-03-04", "#3"))
    assert (wanted.after_snapshot, wanted.start) == (None, day(4, 0))
    assert (wanted.upto_snapshot, wanted.end) == (3, None)


def test_one_snapshot_bounds_an_interval_without_changes(engine: Engine) -> None:
    found = span(engine, "#3", "#3")
    assert (found.after_snapshot, found.upto_snapshot) == (3, 3)


def test_a_period_is_taken_as_it_stands(engine: Engine) -> None:
    found = span(engine, None, None, "2026-03-04..2026-03-05")
    assert found == Span(day(4, 0), day(6, 0))


@pytest.mark.parametrize(
    ("since", "until", "period"),
    [
        ("2026-03-05", "2026-03-04", None),
        ("#3", "#1", None),
        (None, "2026-03-01", None),
        ("2026-03-10", None, None),
        (None, None, "2026-04"),
        ("2026-03-01", None, "2026"),
        (None, "2026-03-09", "2026"),
        ("", None, None),
    ],
)
def test_intervals_that_make_no_sense_are_refused(
    engine: Engine, since: str | None, until: str | None, period: str | None
) -> None:
    with pytest.raises(UsageError):
        span(engine, since, until, period)


def test_before_the_first_snapshot_there_is_no_moment(tmp_path: Path) -> None:
    engine = empty(tmp_path)
    with pytest.raises(UsageError, match="no snapshot yet"):
        number(engine, "latest")
    with pytest.raises(UsageError, match="no snapshot yet"):
        span(engine, None, None)
    with reading(engine) as connection, pytest.raises(UsageError, match="no snapshot yet"):
        moments.collected(connection)


def test_what_was_collected_runs_from_the_first_snapshot_to_the_latest(engine: Engine) -> None:
    with reading(engine) as connection:
        assert moments.collected(connection) == Period(day(2), day(5, 18) + TICK)


def test_people_are_told_whole_minutes_that_hold_the_interval() -> None:
    shown = moments.shown_period(Period(day(2) + timedelta(seconds=59), day(5) + TICK))
    assert shown == Period(day(2), day(5) + timedelta(minutes=1))
    assert moments.shown_period(Period(day(2), day(5))) == Period(day(2), day(5))
