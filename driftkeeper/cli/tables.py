"""Tables that fit the terminal: by account and region, and with columns that go on over several lines.

In a pipe nothing is folded.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, zip_longest

from driftkeeper.cli.output import Output, clean
from driftkeeper.domain.types import Scope

_LEAST = 12
"""A column is not made narrower than this, if the terminal is too narrow for that, too."""

_GAP = 2
_JOINTS = re.compile(r"(?<=[/:+])|\s+")
"""Where the words and names of a cell may be broken without harm."""


def fitted(
    out: Output, columns: Sequence[str], rows: Iterable[Sequence[str]], fold: Sequence[str]
) -> None:
    """Print a table whose columns named in `fold` are folded where the terminal is too narrow."""
    body = [tuple(map(clean, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *body, strict=True)]
    room = out.room(0)
    if room is None or _total(widths) <= room:
        out.table(columns, body)
        return
    places = [at for at, name in enumerate(columns) if name.strip() in fold]
    words = {at: max(len(word) for row in body for word in _JOINTS.split(row[at])) for at in places}
    narrowed = _narrowed(widths, places, words, room)
    cells = (
        [_wrapped(row[at], narrowed[at]) if at in places else [row[at]] for at in range(len(row))]
        for row in body
    )
    out.table(columns, [line for row in cells for line in zip_longest(*row, fillvalue="")])


def by_place(
    out: Output,
    accounts: Mapping[str, str],
    columns: Sequence[str],
    rows: Iterable[tuple[Scope, Sequence[str]]],
    fold: Sequence[str],
) -> None:
    """Print a table for each account and region, below its name, from rows that are in their order.

    `accounts` has the names of those that have one.
    """
    first, *others = columns
    places = groupby(rows, key=lambda entry: (entry[0].account, entry[0].region))
    for number, ((account, region), several) in enumerate(places):
        if number:
            out.line()
        named = f"{accounts[account]} ({account})" if account in accounts else account
        out.pieces([clean(named), region], 0, "bold")
        cells = [(f"  {row[0]}", *row[1:]) for _, row in several]
        fitted(out, [f"  {first}", *others], cells, fold)


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + _GAP * (len(widths) - 1)


def _narrowed(
    widths: Sequence[int], places: Sequence[int], words: Mapping[int, int], room: int
) -> list[int]:
    """Return the widths, of which the widest of those that may give way have done so.

    Down to the longest word of their column, whose length is in `words`; if that is not enough, further.
    """
    found = [*widths]
    for least in ({at: max(words[at], _LEAST) for at in places}, dict.fromkeys(places, _LEAST)):
        while _total(found) > room:
            giving = [at for at in places if found[at] > least[at]]
            if not giving:
                break
            found[max(giving, key=lambda at: found[at])] -= 1
    return found


def _wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a text: broken at spaces, else at the joints of a name, else anywhere."""
    lines: list[str] = []
    for line in textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False):
        rest = line
        while len(rest) > width:
            end = max(rest.rfind(mark, 0, width) for mark in "/:+") + 1 or width
            lines.append(rest[:end])
            rest = rest[end:]
        lines.append(rest)
    return lines or [""]
