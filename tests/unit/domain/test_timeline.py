"""Gaps and intervals, case by case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from driftkeeper.domain.timeline import CARRY_LIMIT, Interval, gaps, joined

MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)


def h(hour: float) -> datetime:
    return MIDNIGHT + timedelta(hours=hour)


@pytest.mark.parametrize(
    ("sights", "expected"),
    [
        # Asked about the first hundred hours, with the usual limit of 36 hours.
        ([], [(0, 100)]),
        ([0, 24, 48, 72, 96], []),
        ([6, 30, 54, 78], []),
        ([0, 36, 72], []),  # exactly the limit is no gap
        ([0, 36.1, 72], [(0, 36.1)]),
        ([24, 72], [(24, 72)]),  # one day missed
        ([10, 90], [(10, 90)]),
        ([40], [(0, 40), (40, 100)]),
        ([90], [(0, 90)]),
        # A sight before the start carries into the interval, and so does the silence after it.
        ([-10, 20, 50, 80], []),
        ([-20, 20, 50, 80], [(0, 20)]),
        ([-500, 20, 50, 80], [(0, 20)]),
        ([-500], [(0, 100)]),
        ([-500, -10, 20, 50, 80], []),
        ([0], [(0, 100)]),
        # What is seen at or after the end says nothing of before it.
        ([0, 30, 60, 100], [(60, 100)]),
        ([0, 30, 60, 120], [(60, 100)]),
        ([0, 30, 64, 120], []),
        ([60, 0, 30, 30, 90], []),  # order and repetition do not matter
    ],
)
def test_gaps(sights: list[float], expected: list[tuple[float, float]]) -> None:
    found = gaps(map(h, sights), h(0), h(100))
    assert found == [Interval(h(start), h(end)) for start, end in expected]


def test_an_empty_interval_has_no_gaps() -> None:
    assert gaps([], h(0), h(0)) == []
    assert gaps([h(-500)], h(0), h(0)) == []


def test_the_limit_is_a_day_and_a_half_unless_told_otherwise() -> None:
    assert timedelta(hours=36) == CARRY_LIMIT
    assert gaps([h(0), h(24)], h(0), h(24), timedelta(hours=23)) == [Interval(h(0), h(24))]


def test_an_interval_does_not_end_before_it_starts() -> None:
    Interval(h(1), h(1))
    Interval(h(1), None)
    with pytest.raises(ValueError, match="ends before it starts"):
        Interval(h(1), h(0))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], []),
        ([(3, 4), (0, 1)], [(0, 1), (3, 4)]),
        ([(0, 2), (1, 3)], [(0, 3)]),
        ([(0, 1), (1, 2)], [(0, 2)]),
        ([(0, 9), (1, 2)], [(0, 9)]),
        ([(0, None), (5, 6)], [(0, None)]),
        ([(0, 5), (2, None), (7, 8)], [(0, None)]),
        ([(0, 1), (2, None)], [(0, 1), (2, None)]),
    ],
)
def test_joined(
    given: list[tuple[int, int | None]], expected: list[tuple[int, int | None]]
) -> None:
    def made(pairs: list[tuple[int, int | None]]) -> list[Interval]:
        return [Interval(h(a), None if b is None else h(b)) for a, b in pairs]

    assert joined(made(given)) == made(expected)
