"""Gaps are exactly the silences that are too long, within the interval that was asked about."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from driftkeeper.domain.timeline import Interval, gaps, joined

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def moment(hour: int) -> datetime:
    return BEGIN + timedelta(hours=hour)


hours = st.integers(-60, 200)
sights = st.lists(hours.map(moment), max_size=12)
carries = st.integers(1, 80).map(lambda n: timedelta(hours=n))
bounds = st.tuples(st.integers(0, 100), st.integers(0, 100)).map(
    lambda pair: (moment(min(pair)), moment(max(pair)))
)


@given(sights, bounds, carries)
def test_an_hour_lies_in_a_gap_exactly_when_the_silence_around_it_is_too_long(
    seen: list[datetime], asked: tuple[datetime, datetime], carry: timedelta
) -> None:
    """Judged hour by hour from the definition; silence before the first sight ever is not known of."""
    start, end = asked
    found = gaps(seen, start, end, carry)
    for hour in range(100):
        middle = moment(hour) + timedelta(minutes=30)
        if not start < middle < end:
            assert not any(_holds(gap, middle) for gap in found)
            continue
        before = max((at for at in seen if at <= middle), default=start)
        after = min((at for at in seen if at > middle and at < end), default=end)
        too_long = after - before > carry
        assert any(_holds(gap, middle) for gap in found) is too_long


def _holds(gap: Interval, at: datetime) -> bool:
    assert gap.end is not None
    return gap.start <= at < gap.end


@given(sights, bounds, carries)
def test_gaps_are_apart_in_order_within_bounds_and_hold_no_sight(
    seen: list[datetime], asked: tuple[datetime, datetime], carry: timedelta
) -> None:
    found = gaps(seen, *asked, carry)
    for gap in found:
        assert gap.end is not None
        assert asked[0] <= gap.start < gap.end <= asked[1]
        assert not any(gap.start < at < gap.end for at in seen)
        # Longer than the carry limit, counted from the last sight, even if that was before the start.
        since = max((at for at in seen if at <= gap.start), default=gap.start)
        assert gap.end - since > carry
    for left, right in itertools.pairwise(found):
        assert left.end is not None
        assert left.end <= right.start


@given(sights, bounds, carries, hours.map(moment))
def test_one_more_sight_never_makes_more_silence(
    seen: list[datetime], asked: tuple[datetime, datetime], carry: timedelta, more: datetime
) -> None:
    """But for what comes before the first sight of all, which only then is known to be unseen."""
    start, end = asked
    if not any(at <= start for at in seen) and more <= start:
        return

    def silent(found: list[Interval]) -> timedelta:
        return sum((gap.end - gap.start for gap in found if gap.end), timedelta())

    assert silent(gaps([*seen, more], start, end, carry)) <= silent(gaps(seen, start, end, carry))


ends = st.none() | st.integers(0, 20)
intervals = st.lists(
    st.tuples(st.integers(0, 20), ends).map(
        lambda pair: Interval(
            moment(pair[0]), None if pair[1] is None else moment(pair[0] + pair[1])
        )
    ),
    max_size=6,
)


@given(intervals)
def test_joined_intervals_cover_the_same_time_without_touching(given_: list[Interval]) -> None:
    found = joined(given_)
    for hour in range(45):
        middle = moment(hour) + timedelta(minutes=30)
        assert _covered(found, middle) == _covered(given_, middle)
    for left, right in itertools.pairwise(found):
        assert left.end is not None
        assert left.end < right.start


def _covered(found: list[Interval], at: datetime) -> bool:
    return any(i.start <= at and (i.end is None or at < i.end) for i in found)
