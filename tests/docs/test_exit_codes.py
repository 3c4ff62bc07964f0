"""The table of exit codes is that of the program, whoever wrote it."""

from __future__ import annotations

import re

from driftkeeper.domain.errors import DriftkeeperError, Exit
from tests.docs.generate import ROOT

_ROW = re.compile(r"^\| (\d+) \| `([A-Z]+)` \|", re.MULTILINE)
_ERROR = re.compile(r"^\| `(\w+Error)` \| (\d+) \|", re.MULTILINE)


def _page() -> str:
    return (ROOT / "docs" / "exit-codes.md").read_text("utf-8")


def test_the_table_has_every_exit_code_and_no_other() -> None:
    rows = [(int(number), name) for number, name in _ROW.findall(_page())]
    assert rows == [(int(member), member.name) for member in Exit]


def test_the_table_has_every_error_with_its_exit_code() -> None:
    expected = {}
    todo: list[type[DriftkeeperError]] = [DriftkeeperError]
    while todo:
        error = todo.pop()
        expected[error.__name__] = int(error.exit_code)
        todo += error.__subclasses__()
    assert {name: int(number) for name, number in _ERROR.findall(_page())} == expected
