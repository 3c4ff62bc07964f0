"""Ties what several evidence types tell of one deed to the one that tells it with its weight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from driftkeeper.diff.spec import Echo, Told
from driftkeeper.domain.types import Change


def tied(told: Iterable[Told]) -> list[Change]:
    """Return the changes, each that only echoes another one tied to that as its cause."""
    entries = [*told]
    by_place: dict[_Place, list[Change]] = {}
    for change, _, difference in entries:
        for key in {change.resource, difference.known_as}:
            for place in ((key, None), (key, change.path)):
                by_place.setdefault(place, []).append(change)
    causes = {entry.change.id: entry.change.caused_by for entry in entries}
    for entry in entries:
        if entry.kind.echo is not None and entry.change.caused_by is None:
            causes[entry.change.id] = _echoed(entry, entry.kind.echo, by_place, causes)
    return [replace(change, caused_by=_first_cause(change.id, causes)) for change, _, _ in entries]


def _first_cause(change: str, causes: Mapping[str, str | None]) -> str | None:
    """Return the change at the head of a chain of causes, None for one that stands for itself."""
    passed = [change]
    while (cause := causes.get(passed[-1])) is not None:
        passed.append(cause)
    return None if len(passed) == 1 else passed[-1]


_Place = tuple[str, str | None]
"""A resource and a path, None for all of its paths."""


def _echoed(
    entry: Told,
    echo: Echo,
    by_place: Mapping[_Place, Sequence[Change]],
    causes: Mapping[str, str | None],
) -> str | None:
    key = str(echo.of(entry.difference))
    places = [None] if echo.at is None else echo.at(entry.difference)
    return next(
        (
            other.id
            for place in places
            for other in by_place.get((key, place), ())
            if any(fnmatchcase(other.kind, pattern) for pattern in echo.kinds)
            and echo.same(entry.difference, other)
            # Of two that echo each other, one stands for itself.
            and entry.change.id not in (other.id, _first_cause(other.id, causes))
        ),
        None,
    )
