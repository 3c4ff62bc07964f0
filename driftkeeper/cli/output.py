"""How results reach people and programs: tables, plain text, JSON, JSON lines, CSV."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from driftkeeper.domain.canonical import timestamp
from driftkeeper.domain.errors import UsageError
from driftkeeper.domain.types import Direction

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_COLOURS = {
    "weakened": "31",
    "strengthened": "32",
    "activity": "33",
    "neutral": "2",
    "bold": "1",
    "dim": "2",
    "missed": "33",
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
        print(_json({"schema": f"{command}/1", **content}, indent=2))

    def line(self, text: str = "") -> None:
        """Print a line of result for people."""
        print(text)

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
            raise UsageError(f"--{asked[0]} and --{asked[1]} cannot both be given")
        return asked[0] if asked else Rows.TABLE

    def json_lines(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Print one JSON object per line."""
        for row in rows:
            print(_json(row))

    def csv(self, rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
        """Print RFC 4180 with a header; what a spreadsheet would take for a formula is quoted."""
        writer = csv.writer(sys.stdout, lineterminator="\r\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([_cell(row.get(column)) for column in columns])

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print aligned columns; as wide as they need, so that lines can be cut and searched."""
        lines = [tuple(columns), *(tuple(row) for row in rows)]
        widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
        for number, line in enumerate(lines):
            padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            text = "  ".join(padded).rstrip()
            print(self.style(text, "bold") if number == 0 else text)


def _json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, default=_other)


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
