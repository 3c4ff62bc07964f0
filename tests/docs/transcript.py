"""The demo's transcript, as the README shows it: a real run, shortened."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence

from tests.docs.commands import program
from tests.docs.markdown import fenced

_SHOWN = ("changes --kind 'sg.", "changes --kind 'collection.", "diff first latest")
_LONGEST = 9


def demo() -> str:
    """Run the demo; return its opening and the sections that show most, each cut to a few lines."""
    with tempfile.TemporaryDirectory() as folder:
        opening, *sections = program("demo", folder=folder).strip().split("\n\n")
    shown = [_cut(_section(sections, words).splitlines()) for words in _SHOWN]
    return fenced("\n\n".join(["$ make demo", opening, *shown]).replace("\n\n", "\n", 1))


def _section(sections: Sequence[str], words: str) -> str:
    """Return the section that tells what a command tells."""
    found = [text for text in sections if f"$ driftkeeper {words}" in text]
    if len(found) != 1:
        raise LookupError(f"the demo has {len(found)} sections with the command {words!r}")
    return found[0]


def _cut(lines: Sequence[str]) -> str:
    if len(lines) <= _LONGEST + 1:
        return "\n".join(lines)
    return "\n".join([*lines[:_LONGEST], "  …"])
