"""Coverage of a period, against a plain count, and the edges of days and gaps."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from driftkeeper.domain.period import Calendar, Period
from driftkeeper.domain.types import Cause, Outcome
from driftkeeper.store.database import Engine, open_engine, parse_url, reading
from driftkeeper.workflow.report_coverage import CoverageReport, report
from tests.unit.workflow.small import KEYS, REPORT, USERS, blurred, empty, missed, saw, take

CARRY = timedelta(hours=36)
UTC_DAYS = Calendar()
START = datetime(2026, 3, 1, tzinfo=UTC)


def day(number: int, hour: int = 6) -> datetime:
    return datetime(2026, 3, number, hour, tzinfo=UTC)


def covered(
    engine: Engine,
    start: datetime,
    end: datetime,
    now: datetime | None = None,
    calendar: Calendar = UTC_DAYS,
) -> CoverageReport:
    with reading(engine) as connection:
        return report(connection, Period(start, end), calendar, CARRY, now or end)


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        empty(Path(folder))
        yield Path(folder) / "small.db"


OUTCOMES = st.sampled_from([Outcome.COMPLETE, Outcome.PARTIAL, Outcome.MISSED, None])


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(
    days=st.lists(st.lists(OUTCOMES, max_size=2), min_size=1, max_size=9),
    length=st.integers(1, 10),
)
def test_every_day_is_accounted_for_and_every_gap_is_really_blind(
    template: Path, days: list[list[Outcome | None]], length: int
) -> None:
    """Each day has up to two snapshots that look at the scope, or leave it out (None)."""
    sights = {
        Outcome.COMPLETE: lambda at: saw(USERS, at, "alice"),
        Outcome.PARTIAL: lambda at: blurred(USERS, at, "alice"),
        Outcome.MISSED: lambda at: missed(USERS, at),
    }
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(template, Path(folder) / "small.db")
        engine = open_engine(parse_url(f"sqlite:///{folder}/small.db"))
        take(engine, START - timedelta(days=9), [missed(USERS, START)])
        seen: list[tuple[datetime, Outcome]] = []
        for number, outcomes in enumerate(days):
            for hour, outcome in zip((6, 18), outcomes, strict=False):
                at = START + timedelta(days=number, hours=hour)
                scope = [saw(KEYS, at)] if outcome is None else [sights[outcome](at)]
                take(engine, at, scope)
                if outcome is not None:
                    seen.append((at, outcome))
        end = START + timedelta(days=length)
        (found,) = [item for item in covered(engine, START, end).scopes if item.scope == USERS]
    inside = [(at, outcome) for at, outcome in seen if at < end]
    run = {at.date() for at, _ in inside}
    lost = [n for n in range(length) if date(2026, 3, 1) + timedelta(days=n) not in run]
    order = [Outcome.COMPLETE, Outcome.PARTIAL, Outcome.MISSED]
    best = [min((o for at, o in inside if at.date() == one), key=order.index) for one in run]
    assert found.complete == best.count(Outcome.COMPLETE)
    assert found.partial == best.count(Outcome.PARTIAL)
    assert found.missed == best.count(Outcome.MISSED) + len(lost)
    assert found.expected == found.complete + found.partial + found.missed
    assert found.percent is not None
    assert (found.percent == 100) == (found.complete == found.expected)
    looks = [at for at, outcome in inside if outcome is not Outcome.MISSED]
    for gap in found.gaps:
        assert gap.end - gap.start > CARRY
        assert not any(gap.start < at < gap.end for at in looks)
        misses = any(
            outcome is Outcome.MISSED and gap.start <= at < gap.end for at, outcome in inside
        )
        assert ("denied" in gap.causes) == misses
        mornings = [START + timedelta(days=n) for n in lost]
        idle = any(gap.start <= m and m + timedelta(days=1) <= gap.end for m in mornings)
        assert ("not_run" in gap.causes) == (idle or not misses)
    edges = [START, *looks, end]
    longest = max(later - earlier for earlier, later in itertools.pairwise(edges))
    assert (longest > CARRY) == bool(found.gaps)


def test_a_day_is_cut_in_the_configured_zone(tmp_path: Path) -> None:
    """A run at 23:30 UTC is of the next day in Berlin; so no day of theirs is lost."""
    engine = empty(tmp_path)
    for number in (1, 2, 3):
        at = datetime(2026, 3, number, 23, 30, tzinfo=UTC)
        take(engine, at, [saw(USERS, at)])
    berlin = Calendar(ZoneInfo("Europe/Berlin"))
    start, end = datetime(2026, 3, 1, 23, tzinfo=UTC), datetime(2026, 3, 4, 23, tzinfo=UTC)
    (found,) = covered(engine, start, end, calendar=berlin).scopes
    assert (found.expected, found.complete) == (3, 3)
    (shifted,) = covered(engine, start, end).scopes
    assert (shifted.expected, shifted.missed) == (3, 0), "pieces of days count for nothing"


def test_the_days_on_which_the_clocks_change_are_days(tmp_path: Path) -> None:
    engine = empty(tmp_path)
    first = datetime(2026, 3, 27, 6, tzinfo=UTC)
    take(engine, first, [saw(USERS, first)])
    berlin = Calendar(ZoneInfo("Europe/Berlin"))
    start, end = datetime(2026, 3, 26, 23, tzinfo=UTC), datetime(2026, 3, 30, 22, tzinfo=UTC)
    (found,) = covered(engine, start, end, calendar=berlin).scopes
    assert (found.expected, found.missed) == (4, 3)


def test_where_midnight_is_skipped_the_day_is_still_whole(tmp_path: Path) -> None:
    """In Cairo the clocks went from 24 April 2026 00:00 to 01:00."""
    engine = empty(tmp_path)
    first = datetime(2026, 4, 22, 6, tzinfo=UTC)
    take(engine, first, [saw(USERS, first)])
    cairo = Calendar(ZoneInfo("Africa/Cairo"))
    start, end = datetime(2026, 4, 21, 22, tzinfo=UTC), datetime(2026, 4, 24, 21, tzinfo=UTC)
    (found,) = covered(engine, start, end, calendar=cairo).scopes
    assert (found.expected, found.complete, found.missed) == (3, 1, 2)


def test_a_scope_that_no_snapshot_of_the_period_planned_is_missed_on_each_day(
    tmp_path: Path,
) -> None:
    engine = empty(tmp_path)
    take(engine, day(1), [saw(USERS, day(1)), saw(KEYS, day(1))])
    for number in (2, 3, 4):
        take(engine, day(number), [saw(USERS, day(number))])
    found = {item.scope: item for item in covered(engine, day(2, 0), day(5, 0)).scopes}
    assert (found[USERS].expected, found[USERS].percent) == (3, 100.0)
    assert (found[KEYS].expected, found[KEYS].missed, found[KEYS].percent) == (3, 3, 0.0)
    (gap,) = found[KEYS].gaps
    assert gap.causes == (Cause.NOT_RUN,)


def test_only_the_wanted_scopes_are_counted(tmp_path: Path) -> None:
    engine = empty(tmp_path)
    take(engine, day(1), [saw(USERS, day(1)), missed(KEYS, day(1))])
    with reading(engine) as connection:
        period = Period(day(1, 0), day(2, 0))
        found = report(connection, period, UTC_DAYS, CARRY, day(2), lambda s: s == USERS)
    assert [item.scope for item in found.scopes] == [USERS]
    assert found.percent == 100.0


def test_what_has_not_begun_has_no_coverage(tmp_path: Path) -> None:
    engine = empty(tmp_path)
    take(engine, day(1), [saw(USERS, day(1))])
    found = covered(engine, day(9, 0), day(12, 0), now=day(2))
    assert (found.scopes, found.percent) == ((), None)


def test_percentages_are_rounded_down(tmp_path: Path) -> None:
    engine = empty(tmp_path)
    take(engine, day(1), [saw(USERS, day(1))])
    take(engine, day(2), [saw(USERS, day(2))])
    take(engine, day(3), [missed(USERS, day(3))])
    found = covered(engine, day(1, 0), day(4, 0))
    assert found.percent == 66.6


def test_a_day_counts_once_however_many_snapshots_it_has(tmp_path: Path) -> None:
    """Twenty snapshots of the first day do not make up for nine days without any."""
    engine = empty(tmp_path)
    for hour in range(20):
        take(engine, day(1, hour), [saw(USERS, day(1, hour))])
    (found,) = covered(engine, day(1, 0), day(11, 0)).scopes
    assert (found.expected, found.complete, found.missed, found.percent) == (10, 1, 9, 10.0)


def test_a_day_is_as_complete_as_its_best_sight(tmp_path: Path) -> None:
    engine = empty(tmp_path)
    take(engine, day(1, 3), [missed(USERS, day(1, 3)), saw(KEYS, day(1, 3))])
    take(engine, day(1, 5), [saw(USERS, day(1, 5)), blurred(KEYS, day(1, 5))])
    take(engine, day(2, 3), [missed(USERS, day(2, 3)), blurred(KEYS, day(2, 3))])
    take(engine, day(2, 5), [blurred(USERS, day(2, 5)), missed(KEYS, day(2, 5))])
    for scope in covered(engine, day(1, 0), day(3, 0)).scopes:
        assert (scope.expected, scope.complete, scope.partial, scope.missed) == (2, 1, 1, 0)


def test_a_sight_speaks_for_its_own_time_and_not_for_that_of_its_snapshot(tmp_path: Path) -> None:
    """The same old report over and over is no look at the days since."""
    engine = empty(tmp_path)
    report_time = day(1, 2)
    for number in range(1, 6):
        take(engine, day(number), [saw(REPORT, report_time)])
    (found,) = covered(engine, day(1, 0), day(6, 0)).scopes
    assert [(gap.start, gap.end) for gap in found.gaps] == [(report_time, day(6, 0))]
    (later,) = covered(engine, day(4, 0), day(6, 0)).scopes
    assert [(gap.start, gap.end) for gap in later.gaps] == [(day(4, 0), day(6, 0))]


def spells(report: CoverageReport) -> list[tuple[str | None, str, datetime, datetime]]:
    return [
        (spell.resource, spell.detail, spell.start, spell.end)
        for scope in report.scopes
        for spell in scope.unseen
    ]


def test_a_detail_unseen_for_longer_than_the_carry_limit_is_told(tmp_path: Path) -> None:
    engine = empty(tmp_path)
    for number in (1, 2, 3, 4, 5):
        look = blurred if number in (2, 3) else saw
        take(engine, day(number), [look(USERS, day(number), "alice")])
    found = covered(engine, day(1, 0), day(5, 12))
    assert spells(found) == [("alice", "Policy", day(1), day(4))]
    assert found.scopes[0].unseen[0].cause == Cause.DENIED
    assert found.scopes[0].gaps == ()


def test_a_detail_unseen_for_an_hour_is_told_only_while_it_lasts(tmp_path: Path) -> None:
    engine = empty(tmp_path)
    take(engine, day(1, 5), [saw(USERS, day(1, 5), "alice")])
    take(engine, day(1, 6), [blurred(USERS, day(1, 6), "alice")])
    assert spells(covered(engine, day(1, 0), day(1, 7))) == [
        ("alice", "Policy", day(1, 5), day(1, 7))
    ]
    take(engine, day(1, 7), [saw(USERS, day(1, 7), "alice")])
    assert spells(covered(engine, day(1, 0), day(1, 8))) == []


def test_a_detail_that_was_unseen_before_the_period_counts_from_its_last_sight(
    tmp_path: Path,
) -> None:
    """Of a spell of three days only the last morning lies in the period."""
    engine = empty(tmp_path)
    for number in (1, 2, 3, 4):
        look = saw if number == 1 else blurred
        take(engine, day(number), [look(USERS, day(number), "alice")])
    take(engine, day(4, 12), [saw(USERS, day(4, 12), "alice")])
    found = covered(engine, day(4, 0), day(5, 0))
    assert spells(found) == [("alice", "Policy", day(4, 0), day(4, 12))]


def test_a_scope_that_is_missed_in_between_does_not_end_the_spell_of_a_detail(
    tmp_path: Path,
) -> None:
    engine = empty(tmp_path)
    looks = (saw, blurred, None, blurred, saw)
    for number, look in enumerate(looks, start=1):
        at = day(number)
        take(engine, at, [look(USERS, at, "alice") if look else missed(USERS, at)])
    found = covered(engine, day(1, 0), day(6, 0))
    assert spells(found) == [("alice", "Policy", day(1), day(5))]


def test_what_is_excluded_is_not_expected_and_says_why(tmp_path: Path) -> None:
    engine = empty(tmp_path)
    take(engine, day(1), [saw(USERS, day(1)), missed(KEYS, day(1), Cause.SKIPPED)])
    take(engine, day(2), [saw(USERS, day(2)), missed(KEYS, day(2), Cause.SKIPPED)])
    found = {item.scope: item for item in covered(engine, START, START + timedelta(days=3)).scopes}
    keys, users = found[KEYS], found[USERS]
    assert (keys.expected, keys.missed, keys.percent, keys.excluded) == (0, 0, None, "no")
    assert (users.expected, users.missed, users.excluded) == (3, 1, None)
    assert covered(engine, START, START + timedelta(days=2)).percent == 100


def test_what_is_excluded_in_mid_period_was_expected_until_then(tmp_path: Path) -> None:
    engine = empty(tmp_path)
    take(engine, day(1), [saw(KEYS, day(1))])
    take(engine, day(2), [missed(KEYS, day(2), Cause.SKIPPED)])
    (found,) = covered(engine, START, START + timedelta(days=2)).scopes
    assert (found.expected, found.complete, found.excluded) == (1, 1, "no")
    take(engine, day(3), [missed(KEYS, day(3))])
    (found,) = covered(engine, START, START + timedelta(days=3)).scopes
    assert (found.expected, found.missed, found.excluded) == (2, 1, None)
