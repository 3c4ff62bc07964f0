"""Links lead somewhere, and nothing leads to one machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.generate import ROOT, pages
from tests.docs.reading import anchors, links

# What is committed, and so must not name the machine it was written on.
_COMMITTED = ("driftkeeper", "migrations", "fixtures", "tests", "docs", "requirements", ".github")
_TOP_LEVEL = ("pyproject.toml", "Makefile", "README.md", "CHANGELOG.md", ".ci/run")
_TEXT = {".py", ".md", ".toml", ".txt", ".yml", ".json", ".sql", ""}
# The bracket in each word keeps this file from finding itself.
_INDEX = re.compile(
    r"index[-_]url|find[-_]links|[f]ile://|pypi[.]org|pythonhosted[.]org|[/]site-packages/"
)


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    lost = [link for link in links(text) if not _leads_somewhere(path, link)]
    assert lost == []


def _leads_somewhere(page: Path, link: str) -> bool:
    if link.startswith("https://"):
        return True
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    if not target.is_relative_to(ROOT) or not target.exists():
        return False
    return not anchor or anchor in anchors(target.read_text("utf-8"))


def test_every_page_can_be_reached_from_the_index() -> None:
    index = ROOT / "docs" / "index.md"
    reached, todo = set(), [index]
    while todo:
        page = todo.pop()
        if page in reached or page.suffix != ".md" or not page.exists():
            continue
        reached.add(page)
        names = (link.partition("#")[0] for link in links(page.read_text("utf-8")))
        todo += [(page.parent / name).resolve() for name in names if name and "://" not in name]
    assert set(pages()) <= reached


def test_no_file_names_a_package_index_or_a_path_of_this_machine() -> None:
    machine = re.compile(f"{re.escape(str(ROOT))}(?![\\w-])|{re.escape(str(Path.home()))}/")
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in _committed()
        for pattern in (_INDEX, machine)
        if path.name != "Makefile" and (match := pattern.search(path.read_text("utf-8")))
    ]
    assert found == []


def _committed() -> Iterator[Path]:
    yield from (ROOT / name for name in _TOP_LEVEL)
    for folder in _COMMITTED:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix in _TEXT and "__pycache__" not in path.parts:
                yield path
