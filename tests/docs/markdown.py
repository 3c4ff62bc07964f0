"""The little Markdown that generated blocks are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; bars inside cells are escaped, line ends become spaces."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def code(text: object) -> str:
    """Return text as a code span."""
    return f"`{text}`"


def codes(texts: Iterable[object]) -> str:
    """Return several code spans, or a dash for none."""
    return ", ".join(map(code, texts)) or "—"


def fenced(text: str, language: str = "text") -> str:
    """Return text as a code block."""
    return f"```{language}\n{text.strip()}\n```"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
