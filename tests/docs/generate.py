"""Writes the parts of the documentation that the program knows better than its authors.

A page holds blocks between two markers; everything outside them is written by hand. `filled` puts into
each block of a page what the program says now: `make docs` writes that, `make docs-check` compares.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.docs import catalogues, commands, kinds, settings, transcript

ROOT = Path(__file__).resolve().parents[2]

BLOCKS: Mapping[str, Callable[[], str]] = {
    "help": commands.help_block,
    "commands": commands.overview,
    "command-reference": commands.reference,
    "evidence": catalogues.evidence,
    "evidence-by-item": catalogues.evidence_by_item,
    "causes": catalogues.causes,
    "iam-policy": catalogues.policy,
    "kinds": kinds.services,
    "named-share": kinds.named_share,
    "no-settings": kinds.no_settings,
    "facts": catalogues.all_facts,
    "tables": catalogues.store_tables,
    "exit-codes": settings.exit_codes,
    "errors": settings.error_classes,
    "settings": settings.sections,
    "template": settings.template,
    "demo": transcript.demo,
    "decisions": lambda: decisions(ROOT / "docs" / "adr"),
}
"""What each block holds, by the name in its marker."""

_BLOCK = re.compile(
    r"(?P<begin><!-- begin generated: (?P<name>[a-z-]+) -->\n).*?(?P<end><!-- end generated -->)",
    re.DOTALL,
)


def pages() -> list[Path]:
    """Return every page of the documentation, in order."""
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks_of(text: str) -> Iterator[str]:
    """Yield the names of the blocks in a page."""
    return (match["name"] for match in _BLOCK.finditer(text))


def filled(text: str) -> str:
    """Return the page with every block as the program would write it now."""
    return _BLOCK.sub(
        lambda match: f"{match['begin']}\n{BLOCKS[match['name']]().strip()}\n\n{match['end']}", text
    )


def decisions(folder: Path) -> str:
    """Return the list of the decision records, each with its title and status."""
    rows = []
    for path in sorted(folder.glob("[0-9]*.md")):
        text = path.read_text(encoding="utf-8")
        title = text.splitlines()[0].removeprefix("# ").split(". ", 1)[1]
        status = re.search(r"^Status: (.+)$", text, re.MULTILINE)
        rows.append(f"| [{path.name[:4]}]({path.name}) | {title} | {status[1] if status else ''} |")
    return "\n".join(["| no. | decision | status |", "|---|---|---|", *rows])
