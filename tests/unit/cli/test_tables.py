"""Tables fit the terminal without losing a letter, and are as wide as they must be in a pipe."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import redirect_stdout

import pytest
from hypothesis import given, strategies as st

from driftkeeper.cli.output import Output
from driftkeeper.cli.tables import by_place, fitted
from driftkeeper.domain.types import Scope

PLAIN = Output(json=False, quiet=False, no_color=True)
LONG = "arn:aws:iam::111122223333:role/aws-service-role/access-analyzer.amazonaws.com"
WORDS = st.lists(st.text("ab/:+-", min_size=1, max_size=30), max_size=5).map(" ".join)


class Terminal(io.StringIO):
    """A stream at which a person looks."""

    def isatty(self) -> bool:
        return True


def printed(
    rows: Sequence[tuple[str, ...]], width: int | None, fold: tuple[str, ...] = ("B", "C")
) -> list[str]:
    stream = io.StringIO() if width is None else Terminal()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(stream):
        patch.setenv("COLUMNS", str(width or 40))
        fitted(PLAIN, ("A", "B", "C"), rows, fold)
    return stream.getvalue().splitlines()


def test_in_a_pipe_nothing_is_folded() -> None:
    assert printed([("a", LONG, LONG)], None)[1] == f"a  {LONG}  {LONG}"


def test_what_fits_stays_on_one_line() -> None:
    assert printed([("a", "b", "c")], 40) == ["A  B  C", "a  b  c"]


def test_a_long_cell_goes_on_below_itself_and_numbers_stay_to_the_right() -> None:
    rows = [("1", "one two three four five six seven", "x"), ("10", "b", "y")]
    assert printed(rows, 30, ("B",)) == [
        " A  B                        C",
        " 1  one two three four five  x",
        "    six seven",
        "10  b                        y",
    ]


def test_a_name_is_broken_at_its_joints() -> None:
    lines = printed([("a", LONG, "c")], 50, ("B",))
    pieces = [line[3:].split("  ")[0] for line in lines[1:]]
    assert "".join(pieces) == LONG
    assert all(piece.endswith(("/", ":")) for piece in pieces[:-1])


@given(st.lists(st.tuples(st.just("a"), WORDS, WORDS), min_size=1, max_size=4), st.integers(40, 90))
def test_no_letter_is_lost_and_no_line_too_long(rows: list[tuple[str, ...]], width: int) -> None:
    lines = printed(rows, width)
    assert max(map(len, lines)) <= width
    letters = "".join(lines[1:]).replace(" ", "")
    assert sorted(letters) == sorted("".join("".join(row) for row in rows).replace(" ", ""))


def test_places_stand_above_their_rows_by_the_names_of_the_accounts() -> None:
    rows = [
        (Scope("1", "eu-west-1", "kms.key"), ("kms.key", "a")),
        (Scope("1", "eu-west-1", "kms.key"), ("kms.key", "b")),
        (Scope("2", "eu-west-1", "kms.key"), ("kms.key", "c")),
    ]
    with redirect_stdout(Terminal()) as stream:
        by_place(PLAIN, {"1": "production"}, ("EVIDENCE", "RESOURCE"), rows, fold=())
    assert stream.getvalue().splitlines() == [
        "production (1) · eu-west-1",
        "  EVIDENCE  RESOURCE",
        "  kms.key   a",
        "  kms.key   b",
        "",
        "2 · eu-west-1",
        "  EVIDENCE  RESOURCE",
        "  kms.key   c",
    ]
