"""How results reach people and programs: tables, plain text, JSON, JSON lines, CSV."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from driftkeeper.cli.pager import PagerPipe, SeenEnoughError
from driftkeeper.domain.canonical import timestamp
from driftkeeper.domain.errors import DriftkeeperError, UsageError
from driftkeeper.domain.types import Direction

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"(?:≥ )?[0-9]{1,9}(?:\.[0-9]+)?%?|—")
_CONTROL = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
)
_COLOURS = {
    "weakened": "31",
    "strengthened": "32",
    "activity": "33",
    "neutral": "2",
    "bold": "1",
    "dim": "2",
    "missed": "33",
    "+": "32",
    "-": "31",
    "~": "36",
    "": "2",
}
MARKS = {
    Direction.WEAKENED: "▼",
    Direction.STRENGTHENED: "▲",
    Direction.NEUTRAL: "·",
    Direction.ACTIVITY: "●",
}


class Rows(StrEnum):
    """How a stream of rows is printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


@dataclass(frozen=True)
class Output:
    """Results on stdout, messages on stderr."""

    json: bool
    quiet: bool
    no_color: bool

    @property
    def is_terminal(self) -> bool:
        """Whether a person looks at stdout."""
        return sys.stdout.isatty()

    @property
    def colours(self) -> bool:
        """Whether to colour stdout."""
        return self.is_terminal and not self.no_color and os.environ.get("TERM") != "dumb"

    def style(self, text: str, name: str) -> str:
        """Return the text in a colour, when colours are wanted."""
        return f"\x1b[{_COLOURS[name]}m{text}\x1b[0m" if self.colours else text

    def document(self, command: str, content: Mapping[str, Any]) -> None:
        """Print one JSON document with the schema of the command."""
        _put(_json({"schema": f"{command}/1", **content}, indent=2))

    def line(self, text: str = "") -> None:
        """Print a line of result for people. What AWS answered goes through `clean` first."""
        _put(text)

    def say(self, text: str) -> None:
        """Print a message on stderr, unless quiet."""
        if not self.quiet:
            print(text, file=sys.stderr)

    def format(self, *, jsonl: bool, as_csv: bool) -> Rows:
        """Return the one format that was asked for."""
        asked = [
            name
            for name, wanted in (
                (Rows.JSON, self.json),
                (Rows.JSONL, jsonl),
                (Rows.CSV, as_csv),
            )
            if wanted
        ]
        if len(asked) > 1:
            raise UsageError(f"--{asked[0]} and --{asked[1]} exclude each other; give one of them")
        return asked[0] if asked else Rows.TABLE

    def json_lines(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Print one JSON object per line."""
        for row in rows:
            _put(_json(row))

    def csv(self, rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
        """Print RFC 4180 with a header; what a spreadsheet would take for a formula is quoted."""
        writer = csv.writer(_Sink(), lineterminator="\r\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([_cell(row.get(column)) for column in columns])

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print aligned columns, numbers to the right; as wide as they need, to be cut and searched."""
        body = [tuple(map(clean, row)) for row in rows]
        lines = [tuple(columns), *body]
        widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
        right = [
            bool(body) and all(not row[i] or _NUMBER.fullmatch(row[i]) for row in body)
            for i in range(len(columns))
        ]
        for number, line in enumerate(lines):
            padded = (
                cell.rjust(width) if numeric else cell.ljust(width)
                for cell, width, numeric in zip(line, widths, right, strict=True)
            )
            text = "  ".join(padded).rstrip()
            _put(self.style(text, "bold") if number == 0 else text)

    def hanging(self, head: str, text: str, indent: int, style: str) -> None:
        """Print a styled head and a text after it; on a terminal the text's further lines indented."""
        room = self.room(indent)
        lines = textwrap.wrap(text, room, break_on_hyphens=False) if room else [text]
        first, *others = lines or [""]
        _put(self.style(head, style) + first)
        for line in others:
            _put(" " * indent + line)

    def pieces(self, pieces: Sequence[str], indent: int, style: str) -> None:
        """Print pieces with dots between them; on a terminal on as many lines as they need."""
        room = self.room(indent)
        lines = [pieces[0]]
        for piece in pieces[1:]:
            longer = f"{lines[-1]} · {piece}"
            if room and len(longer) > room:
                lines.append(piece)
            else:
                lines[-1] = longer
        for line in lines:
            _put(" " * indent + self.style(line, style))

    def room(self, indent: int) -> int | None:
        """Return the columns right of an indent on a terminal, None in a pipe."""
        if not self.is_terminal:
            return None
        return max(shutil.get_terminal_size().columns - indent, 30)


class _Sink:
    """What the CSV writer writes to."""

    def write(self, text: str) -> None:
        _put(text, end="")


def _put(text: str, end: str = "\n") -> None:
    try:
        sys.stdout.write(text + end)
    except OSError as error:
        _forsake(error)


def flush() -> None:
    """Send what is left to stdout; raise `DriftkeeperError` when it cannot be written."""
    try:
        sys.stdout.flush()
    except OSError as error:
        _forsake(error)


def _forsake(error: OSError) -> None:
    """Write to nobody from now on; a reader who has seen enough is no error."""
    if isinstance(error, BrokenPipeError) and isinstance(sys.stdout, PagerPipe):
        raise SeenEnoughError from None
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if not isinstance(error, BrokenPipeError):
        raise DriftkeeperError(
            f"the output cannot be written: {error.strerror}; free some space or write elsewhere"
        ) from None


def clean(text: str) -> str:
    """Return text for people without what would steer their terminal: names are anyone's to choose."""
    return _CONTROL.sub(_escaped, text).replace("\n", "\\n")


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def counted(number: int, noun: str) -> str:
    """Return `1 change`, `2 changes`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def pretty(value: Any) -> str:
    """Return a JSON value for people to read, on several lines."""
    return _json(value, indent=2)


def _json(value: Any, indent: int | None = None) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=_other)
    return _CONTROL.sub(_escaped, text)


def _other(value: Any) -> Any:
    if isinstance(value, datetime):
        return timestamp(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            text = value
        case datetime():
            text = timestamp(value)
        case list() | tuple() if all(isinstance(item, str) for item in value):
            text = " ".join(value)
        case _:
            text = _json(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def when(moment: datetime) -> str:
    """Return a moment for people: UTC to the minute."""
    return f"{moment:%Y-%m-%d %H:%M}"
