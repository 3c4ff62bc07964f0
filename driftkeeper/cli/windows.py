"""When a change happened, in words: a window between two looks, told once where many changes share it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from driftkeeper.cli.output import when
from driftkeeper.domain.types import Change

_NEAR = timedelta(hours=12)
"""What was seen so near to a snapshot belongs to it: a report may be hours old."""

_MINUTES = timedelta(minutes=30)
"""How far the looks of one snapshot may lie apart and still be told as one time."""

Window = tuple[datetime, datetime, int]
Dated = Callable[[Change], str]
"""What says when a change happened, or nothing where that is told already."""


def window(change: Change) -> Window:
    """Return between which times a change happened, and which snapshot shows it."""
    return change.not_before, change.not_after, change.snapshot


def usual_of(changes: Iterable[Change]) -> Window | None:
    """Return the window that the most changes share, all but a few minutes; None where no two do.

    It reaches as far as the widest of them: scopes of one snapshot are looked at one after another.
    """
    counts = Counter(map(window, changes))
    shared = [[other for other in counts if _is_near(other, each)] for each in counts]
    most = max(shared, key=lambda found: sum(counts[each] for each in found), default=[])
    if sum(counts[each] for each in most) < 2 and len(counts) > 1:
        return None
    starts, ends, snapshots = zip(*most, strict=True) if most else ((), (), ())
    return (min(starts), max(ends), snapshots[0]) if most else None


def _is_near(window: Window, other: Window) -> bool:
    """Say whether two windows are of one snapshot and begin and end at about the same times."""
    return window[2] == other[2] and all(
        abs(mine - theirs) <= _MINUTES for mine, theirs in zip(window[:2], other[:2], strict=True)
    )


def window_words(window: Window) -> str:
    """Return a window in words, with the snapshot that shows the change."""
    start, end, snapshot = window
    return f"{_times(start, end)}, #{snapshot}"


def _times(start: datetime, end: datetime) -> str:
    since = "" if start == end else f"after {when(start)}, "
    return f"{since}by {when(end)} UTC"


def beside(usual: Window | None) -> Dated:
    """Return what tells the windows that differ from the one in the heading."""

    def words(change: Change) -> str:
        start, end, snapshot = window(change)
        if usual is not None and _is_near((start, end, snapshot), usual):
            return ""
        if usual is None or start.year != end.year or snapshot != usual[2]:
            return dated(change)
        since = "" if start == end else f"after {start:%m-%d %H:%M}, "
        return f"{since}by {end:%m-%d %H:%M} UTC"

    return words


def unless_at(told: Window, dated: Dated) -> Dated:
    """Return what tells the windows that differ from one that is told already."""
    return lambda change: "" if _is_near(window(change), told) else dated(change)


def dated(change: Change) -> str:
    """Return the window of a change, whatever others have."""
    return window_words(window(change))


def timed(change: Change) -> str:
    """Return the window of a change, without the snapshot that shows it."""
    return _times(change.not_before, change.not_after)


def outside(start: datetime, end: datetime) -> Dated:
    """Return what tells the window of changes that did not happen between two moments, as nearly all did."""
    return lambda change: (
        ""
        if abs(change.not_before - start) < _NEAR and abs(change.not_after - end) < _NEAR
        else dated(change)
    )
