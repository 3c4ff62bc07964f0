"""Tables that fit the terminal: some columns go on over several lines. In a pipe nothing is folded."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from driftkeeper.cli.output import Output, clean

_LEAST = 12
"""A column is not made narrower than this, if the terminal is too narrow for that, too."""

_GAP = 2


def fitted(
    out: Output,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    fold: Sequence[str],
    indent: int = 0,
) -> None:
    """Print a table whose columns named in `fold` are folded where the terminal is too narrow."""
    body = [tuple(map(clean, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *body, strict=True)]
    room = out.room(indent)
    if room is None or _total(widths) <= room:
        out.table([*columns], body, indent=indent)
        return
    places = [columns.index(name) for name in fold]
    narrowed = _narrowed(widths, places, room)
    folded = [
        tuple(
            "\n".join(_wrapped(cell, width)) if at in places else cell
            for at, (cell, width) in enumerate(zip(row, narrowed, strict=True))
        )
        for row in body
    ]
    out.table([*columns], folded, indent=indent)


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + _GAP * (len(widths) - 1)


def _narrowed(widths: Sequence[int], places: Sequence[int], room: int) -> list[int]:
    """Return the widths, of which the widest of those that may give way have done so."""
    found = [*widths]
    for _ in range(_total(widths) - room):
        widest = max(places, key=lambda at: found[at])
        if found[widest] <= _LEAST:
            break
        found[widest] -= 1
    return found


def _wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a text: broken at spaces, else at the joints of a name, else anywhere."""
    lines: list[str] = []
    for word in textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False):
        lines += _pieces(word, width)
    return lines or [""]


def _pieces(word: str, width: int) -> list[str]:
    found = []
    while len(word) > width:
        joint = max(word.rfind(mark, 0, width) for mark in "/:.-")
        end = joint + 1 if joint > 0 else width
        found.append(word[:end])
        word = word[end:]
    return [*found, word]
