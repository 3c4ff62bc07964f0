"""Reads pages: their code blocks, code spans, links and headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE
)
_SPAN = re.compile(r"`([^`\n]+(?:\n[^`\n]+)?)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A code block: its language, its lines, and the text before it on the page."""

    language: str
    text: str
    before: str


def code_blocks(page: str) -> Iterator[Block]:
    """Yield the code blocks of a page, without the indentation they stand at."""
    for match in _FENCE.finditer(page):
        indent = len(match["indent"])
        lines = [line[indent:] for line in match["text"].splitlines()]
        yield Block(match["language"], "\n".join(lines), page[: match.start()])


def prose(page: str) -> str:
    """Return the page without its code blocks."""
    return _FENCE.sub("", page)


def code_spans(page: str) -> Iterator[str]:
    """Yield what stands between single backquotes in the prose of a page."""
    return (" ".join(match[1].split()) for match in _SPAN.finditer(prose(page)))


def links(page: str) -> Iterator[str]:
    """Yield the targets of the links in the prose of a page."""
    return (match[1] for match in _LINK.finditer(prose(page)))


def anchors(page: str) -> set[str]:
    """Return the anchors that a page's headings have on the usual hosts."""
    found: dict[str, int] = {}
    result = set()
    for match in _HEADING.finditer(prose(page)):
        text = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", match[1].strip().lower())
        slug = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
        result.add(f"{slug}-{found[slug]}" if slug in found else slug)
        found[slug] = found.get(slug, 0) + 1
    return result
