"""Intervals of time and the gaps between sights. All half-open, all UTC."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

CARRY_LIMIT = timedelta(hours=36)
"""For how long a sight speaks for what follows it, unless the configuration says otherwise."""


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """From `start` up to but not including `end`; `end` is None while it is open."""

    start: datetime
    end: datetime | None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError(f"interval ends before it starts: {self.start} to {self.end}")


def gaps(
    sights: Iterable[datetime],
    start: datetime,
    end: datetime,
    carry: timedelta = CARRY_LIMIT,
) -> list[Interval]:
    """Return the maximal intervals of [start, end) without a sight that are longer than `carry`.

    A gap runs from the last sight before it (or from `start`) to the next sight (or to `end`). Sights
    outside the interval only count in so far as one before `start` can carry into it.
    """
    moments = sorted(set(sights))
    before = [moment for moment in moments if moment <= start]
    inside = [moment for moment in moments if start < moment < end]
    edges = [before[-1] if before else start, *inside, end]
    return [
        Interval(max(left, start), right)
        for left, right in itertools.pairwise(edges)
        if right - left > carry and right > start
    ]


def joined(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the same time as the fewest intervals, in order."""
    result: list[Interval] = []
    for interval in sorted(intervals, key=lambda item: item.start):
        last = result[-1] if result else None
        if last is None or (last.end is not None and interval.start > last.end):
            result.append(interval)
        elif last.end is not None and (interval.end is None or interval.end > last.end):
            result[-1] = Interval(last.start, interval.end)
    return result
