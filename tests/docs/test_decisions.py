"""Decision records are numbered without holes, of one form, and all in the list."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.generate import ROOT

_FOLDER = ROOT / "docs" / "adr"
_FORM = ["## Context", "## Options", "## Decision", "## Consequences"]
_LONGEST = 70


def _records() -> list[Path]:
    return sorted(path for path in _FOLDER.glob("*.md") if path.name != "index.md")


def test_numbers_have_no_holes() -> None:
    numbers = [int(path.name[:4]) for path in _records()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_list_names_every_record_once() -> None:
    text = (_FOLDER / "index.md").read_text("utf-8")
    assert re.findall(r"\]\(([^)]+)\)", text) == [path.name for path in _records()]


@pytest.mark.parametrize("path", _records(), ids=lambda path: path.name)
def test_a_record_has_the_form_and_fits_a_page(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    assert re.fullmatch(rf"# {path.name[:4]}\. .+", lines[0])
    assert re.match(r"Status: (accepted|replaced by \[)", lines[2])
    assert [line for line in lines if line.startswith("## ")] == _FORM
    assert len(lines) <= _LONGEST
