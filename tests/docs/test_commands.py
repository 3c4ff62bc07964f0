"""Every command in the documentation is one that the program understands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer

from driftkeeper.cli.main import hoisted
from driftkeeper.domain.period import Calendar, parse_moment, parse_period
from tests.docs.commands import leaves, root
from tests.docs.generate import ROOT, pages
from tests.docs.reading import code_blocks, code_spans

_NOW = datetime(2026, 10, 2, 12, 0, tzinfo=UTC)
_EDGES = {"since": "start", "until": "end", "at": "at"}
_LEAD = re.compile(r"^(?:\$ )?(?:[A-Z_]+=\S+ )*(?:\S*/)?driftkeeper (?=[a-z-])")
_SHELL = {"sh", "console"}


def _commands(text: str) -> Iterator[str]:
    lines = [
        line.split("  #")[0].strip()
        for block in code_blocks(text)
        if block.language in _SHELL
        for line in block.text.splitlines()
    ]
    mentioned = {f"driftkeeper {name}" for name, _ in leaves()}
    for line in [*lines, *(span for span in code_spans(text) if span not in mentioned)]:
        found = _LEAD.match(line)
        if found and not line.endswith(" --record"):  # an option that is only mentioned
            yield line[found.end() :]


def _all_commands() -> list[tuple[Path, str]]:
    return [(path, line) for path in pages() for line in _commands(path.read_text("utf-8"))]


def _parse(command: Any, name: str, arguments: list[str]) -> dict[str, Any]:
    """Parse as the program would, without running anything; return the leaf's parameters."""
    inner = getattr(command, "commands", None)
    if inner is None:
        parsed: dict[str, Any] = command.make_context(name, arguments).params
        return parsed
    for at, argument in enumerate(arguments):
        if argument in inner:
            command.make_context(name, [*arguments[:at], argument])
            return _parse(inner[argument], argument, arguments[at + 1 :])
    if arguments:
        command.make_context(name, arguments)
        raise ValueError(f"no such command: {name} {shlex.join(arguments)}")
    return {}  # a group that is only mentioned


@pytest.mark.parametrize(("path", "line"), _all_commands())
def test_a_command_in_the_documentation_is_understood(path: Path, line: str) -> None:
    try:
        parameters = _parse(root(), "driftkeeper", hoisted(shlex.split(line)))
    except typer.Exit:
        return  # --help and --version say their piece and leave
    for name, edge in _EDGES.items():
        if value := parameters.get(name):
            parse_moment(value, _NOW, Calendar(), edge=edge)  # type: ignore[arg-type]
    if period := parameters.get("period"):
        parse_period(period, _NOW, Calendar())


def test_there_are_commands_to_look_at() -> None:
    named = {line.split(" --")[0] for _, line in _all_commands()}
    assert {"init", "collect", "check", "coverage", "db upgrade"} <= named


@pytest.mark.parametrize("line", ["nonsense", "changes --nonsense", "show", "db nonsense"])
def test_a_command_that_does_not_exist_would_be_noticed(line: str) -> None:
    with pytest.raises(Exception, match=r"(?i)no such|missing"):
        _parse(root(), "driftkeeper", hoisted(line.split()))


def test_the_readme_lists_every_command() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert [name for name, _ in leaves() if f"`driftkeeper {name}`" not in text] == []


def test_every_make_target_in_the_documentation_exists() -> None:
    targets = set(
        re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    )
    named = {
        word
        for path in pages()
        for text in [path.read_text("utf-8")]
        for line in [
            *code_spans(text),
            *(line for block in code_blocks(text) for line in block.text.splitlines()),
        ]
        for word in re.findall(r"^make ([a-z-]+)", line.strip())
    }
    assert {"demo", "test", "docs", "check"} <= named
    assert named <= targets
