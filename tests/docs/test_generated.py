"""What the program says of itself in the documentation is what it says now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docs.generate import BLOCKS, ROOT, blocks_of, filled, pages

_MARKS = ("<!-- begin generated:", "<!-- end generated -->")


def _page(path: Path) -> object:
    # The README shows the demo, which takes a while.
    marks = [pytest.mark.slow] if path.name == "README.md" else []
    return pytest.param(path, marks=marks, id=str(path.relative_to(ROOT)))


@pytest.mark.parametrize("path", [_page(path) for path in pages()])
def test_a_page_says_what_the_program_says(
    path: Path, expect_file: Callable[[Path, str], None]
) -> None:
    text = path.read_text(encoding="utf-8")
    assert [text.count(mark) for mark in _MARKS] == [len(list(blocks_of(text)))] * 2
    expect_file(path, filled(text))


def test_every_block_stands_on_exactly_one_page() -> None:
    used = Counter(name for path in pages() for name in blocks_of(path.read_text("utf-8")))
    assert used == dict.fromkeys(BLOCKS, 1)


def test_filling_a_page_again_changes_nothing() -> None:
    page = "before\n<!-- begin generated: facts -->\nold\n<!-- end generated -->\nafter\n"
    once = filled(page)
    assert "old" not in once
    assert "ec2.exposure" in once
    assert filled(once) == once


def test_an_unknown_block_is_refused() -> None:
    with pytest.raises(KeyError, match="nonsense"):
        filled("<!-- begin generated: nonsense -->\n<!-- end generated -->")
