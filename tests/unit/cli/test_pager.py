"""On a terminal a long answer goes through the user's pager; elsewhere there is none."""

from __future__ import annotations

import io
import signal
import sys
from pathlib import Path

import pytest

from driftkeeper.cli.output import Output
from driftkeeper.cli.pager import paged
from tests.unit.cli.made import PLAIN, Terminal, printed


@pytest.fixture
def pager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pager that keeps what it gets in a file; the file says how less was to behave."""
    kept = tmp_path / "kept"
    script = tmp_path / "pager"
    script.write_text(f'#!/bin/sh\necho "LESS=$LESS" > {kept}\ncat >> {kept}\n')
    script.chmod(0o755)
    monkeypatch.setenv("PAGER", f"{script} --some 'thing else'")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("LESS", raising=False)
    return kept


class Screen(Terminal):
    """A terminal of which the encoding is known."""

    encoding = "utf-8"


def say(out: Output = PLAIN, *, off: bool = False, stream: io.StringIO | None = None) -> str:
    def act() -> None:
        with paged(out, off=off):
            out.line(out.style("▼ a line", "bold"))

    return printed(act, stream or Screen())


def test_what_is_printed_goes_through_the_pager_in_colour(pager: Path) -> None:
    assert say() == ""
    assert pager.read_text(encoding="utf-8") == "LESS=FRX\n\x1b[1m▼ a line\x1b[0m\n"


def test_how_less_behaves_is_the_users_to_say(pager: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LESS", "i")
    say()
    assert pager.read_text(encoding="utf-8").startswith("LESS=i\n")


@pytest.mark.parametrize("word", ["", "  ", "cat", "no-such-pager", "'unclosed"])
def test_without_a_usable_pager_everything_is_printed(
    word: str, pager: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAGER", word)
    assert "a line" in say()
    assert not pager.exists()


def test_a_pager_that_is_no_program_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF nothing")
    broken.chmod(0o755)
    monkeypatch.setenv("PAGER", str(broken))
    monkeypatch.setenv("TERM", "xterm")
    assert "a line" in say()


def test_there_is_no_pager_where_nobody_looks_or_wants_one(
    pager: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "a line" in say(stream=io.StringIO())
    assert "a line" in say(off=True)
    assert "a line" in say(Output(json=True, quiet=False, no_color=False))
    monkeypatch.setenv("TERM", "dumb")
    assert "a line" in say()
    assert not pager.exists()


def test_a_reader_who_leaves_ends_the_telling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", "true")
    monkeypatch.setenv("TERM", "xterm")
    told = []

    def act() -> None:
        with paged(PLAIN):
            for number in range(10_000_000):
                PLAIN.line("word " * 20)
                told.append(number)
                if number > 1_000_000:
                    pytest.fail("nobody reads this")

    assert printed(act, Screen()) == ""
    assert told


def test_an_interrupt_ends_the_telling_and_leaves_things_as_they_were(pager: Path) -> None:
    before, stream = signal.getsignal(signal.SIGINT), Screen()

    def act() -> None:
        with paged(PLAIN):
            PLAIN.line("a line")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        printed(act, stream)
    assert signal.getsignal(signal.SIGINT) is before
    assert sys.stdout is not stream
    assert "a line" in pager.read_text(encoding="utf-8")
