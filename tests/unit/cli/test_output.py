"""Tables, CSV and JSON, on a stream that is no terminal and on one that is."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from driftkeeper.cli import output
from driftkeeper.cli.output import Output, Rows, clean, counted
from driftkeeper.domain.errors import UsageError

PLAIN = Output(json=False, quiet=False, no_color=False)
CELLS = st.text(st.characters(codec="utf-8"), max_size=12)


class Terminal(io.StringIO):
    """A stream at which a person looks."""

    def isatty(self) -> bool:
        return True


def printed(act: Callable[[], None], stream: io.StringIO | None = None) -> str:
    out = stream or io.StringIO()
    with redirect_stdout(out):
        act()
    return out.getvalue()


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Terminal()


# ---- CSV ------------------------------------------------------------------------------------


@given(st.lists(st.tuples(CELLS, CELLS), max_size=4))
def test_a_csv_reader_gets_back_every_cell(rows: list[tuple[str, str]]) -> None:
    objects = [{"a": a, "b": b} for a, b in rows]
    text = printed(lambda: PLAIN.csv(objects, ("a", "b")))
    header, *found = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert header == ["a", "b"]
    assert [[cell.removeprefix("'") for cell in row] for row in found] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]
    for row in found:
        for cell in row:
            assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_values_of_every_type_have_a_cell() -> None:
    row = {
        "none": None,
        "yes": True,
        "number": 7,
        "time": datetime(2026, 3, 1, tzinfo=UTC),
        "words": ["CC6.1", "CC6.6"],
        "object": {"a": 1},
        "mixed": ["a", 1],
    }
    text = printed(lambda: PLAIN.csv([row], tuple(row)))
    (found,) = csv.DictReader(io.StringIO(text, newline=""))
    assert found == {
        "none": "",
        "yes": "true",
        "number": "7",
        "time": "2026-03-01T00:00:00Z",
        "words": "CC6.1 CC6.6",
        "object": '{"a": 1}',
        "mixed": '["a", 1]',
    }


# ---- JSON -----------------------------------------------------------------------------------


@given(st.dictionaries(CELLS, CELLS))
def test_a_document_holds_what_it_was_given_and_nothing_that_steers_a_terminal(
    content: dict[str, str],
) -> None:
    text = printed(lambda: PLAIN.document("x", {"content": content}))
    assert json.loads(text) == {"schema": "x/1", "content": content}
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in text.replace("\n", ""))


def test_json_lines_are_lines() -> None:
    rows: list[dict[str, str | None]] = [{"a": "x\ny\u2028z"}, {"a": None}]
    lines = printed(lambda: PLAIN.json_lines(rows)).splitlines()
    assert [json.loads(line) for line in lines] == rows


def test_only_one_format_can_be_asked_for() -> None:
    assert PLAIN.format(jsonl=False, as_csv=False) is Rows.TABLE
    assert PLAIN.format(jsonl=True, as_csv=False) is Rows.JSONL
    assert (
        Output(json=True, quiet=False, no_color=False).format(jsonl=False, as_csv=False)
        is Rows.JSON
    )
    with pytest.raises(UsageError, match="--jsonl and --csv exclude each other"):
        PLAIN.format(jsonl=True, as_csv=True)


# ---- people ---------------------------------------------------------------------------------


def test_columns_are_aligned_and_numbers_are_to_the_right() -> None:
    rows = [("a", "1", "111122223333"), ("long", "20", "444455556666")]
    assert printed(lambda: PLAIN.table(("NAME", "COUNT", "ACCOUNT"), rows)).splitlines() == [
        "NAME  COUNT  ACCOUNT",
        "a         1  111122223333",
        "long     20  444455556666",
    ]


def test_a_table_without_rows_is_its_header() -> None:
    assert printed(lambda: PLAIN.table(("NAME", "COUNT"), [])) == "NAME  COUNT\n"


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_every_row_of_a_table_is_one_line(rows: list[tuple[str, str]]) -> None:
    text = printed(lambda: PLAIN.table(("A", "B"), rows))
    assert len(text.splitlines()) == text.count("\n") == len(rows) + 1


def test_in_a_pipe_nothing_is_broken_or_coloured() -> None:
    text = printed(lambda: PLAIN.hanging("> ", "word " * 50, 2, "weakened"))
    assert text == "> " + "word " * 50 + "\n"
    assert printed(lambda: PLAIN.pieces(["a" * 90, "b" * 90], 2, "dim")) == (
        "  " + "a" * 90 + " · " + "b" * 90 + "\n"
    )


def test_on_a_terminal_text_is_broken_below_itself(narrow: Terminal) -> None:
    text = printed(lambda: PLAIN.hanging("> head ", "word " * 12, 7, "weakened"), narrow)
    assert text.splitlines() == [
        "\x1b[31m> head \x1b[0mword word word word word word",
        "       word word word word word word",
    ]


def test_on_a_terminal_pieces_stay_whole(narrow: Terminal) -> None:
    pieces = ["one piece", "another piece", "the last piece"]
    text = printed(lambda: PLAIN.pieces(pieces, 2, "dim"), narrow)
    assert text.splitlines() == [
        "  \x1b[2mone piece · another piece\x1b[0m",
        "  \x1b[2mthe last piece\x1b[0m",
    ]


def test_text_without_words_is_still_a_line(narrow: Terminal) -> None:
    assert printed(lambda: PLAIN.hanging("> ", "", 2, "dim"), narrow) == "\x1b[2m> \x1b[0m\n"


def test_messages_are_silenced_by_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    PLAIN.say("one")
    Output(json=False, quiet=True, no_color=False).say("two")
    assert capsys.readouterr() == ("", "one\n")


@given(st.text())
def test_cleaned_text_is_one_line_without_control_characters(text: str) -> None:
    cleaned = clean(text)
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in cleaned)
    assert len(cleaned.splitlines()) <= 1
    assert clean(cleaned) == cleaned
    if text.isprintable():
        assert cleaned == text


def test_things_are_counted_in_words() -> None:
    assert [counted(n, "change") for n in (0, 1, 2)] == ["0 changes", "1 change", "2 changes"]


def test_moments_are_told_to_the_minute() -> None:
    assert output.when(datetime(2026, 3, 1, 6, 5, 59, tzinfo=UTC)) == "2026-03-01 06:05"
