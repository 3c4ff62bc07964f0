"""What the command line says of itself: its help, and each command with its options."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import typer

from driftkeeper.cli.main import app
from tests.docs.markdown import code, fenced, table

_WIDTH = "80"


def program(*arguments: str, folder: str | None = None) -> str:
    """Run the program as a person would, in a pipe of 80 columns; return what it prints."""
    own = {"COLUMNS": _WIDTH, "NO_COLOR": "1", "PYTHONUTF8": "1"}
    environment = {k: v for k, v in os.environ.items() if k != "DRIFTKEEPER_DB"} | own
    start = "import sys; sys.argv[0] = 'driftkeeper'; from driftkeeper.cli.main import main; main()"
    run = subprocess.run(
        [sys.executable, "-c", start, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return run.stdout


def help_block() -> str:
    """Return the program's own help."""
    return fenced("$ driftkeeper --help\n" + program("--help"))


def root() -> Any:
    """Return the program's command, that all others hang on."""
    return typer.main.get_command(app)


def leaves() -> Iterator[tuple[str, Any]]:
    """Yield every command that does something, with its full name."""
    for name, command in root().commands.items():
        inner = getattr(command, "commands", None)
        if inner is None:
            yield name, command
        else:
            yield from ((f"{name} {leaf}", found) for leaf, found in inner.items())


def overview() -> str:
    """Return a table of all commands, each with the first sentence of its help."""
    rows = [
        (f"[`driftkeeper {name}`](docs/cli.md#driftkeeper-{name.replace(' ', '-')})", _first(found))
        for name, found in leaves()
    ]
    return table(("command", "what it does"), rows)


def reference() -> str:
    """Return every command with its synopsis, help and options."""
    everywhere = [record for record in _records("", root()) if "-completion" not in record[0]]
    parts = ["### Global options", table(("option", "meaning"), everywhere)]
    for name, found in leaves():
        parts += [f"### driftkeeper {name}", *_paragraphs(found)]
        if options := _records(name, found):
            parts.append(table(("option", "meaning"), options))
    return "\n\n".join(parts)


def _paragraphs(command: Any) -> list[str]:
    return [" ".join(text.split()) for text in (command.help or "").split("\n\n")]


def _first(command: Any) -> str:
    return _paragraphs(command)[0]


def _records(name: str, command: Any) -> list[tuple[str, str]]:
    context = typer.Context(command, info_name=name)
    found = (parameter.get_help_record(context) for parameter in command.params)
    return [(code(_spelled(left)), right) for left, right in filter(None, found)]


def _spelled(option: str) -> str:
    """Return an option as the reference writes it: a list is a value that may be given again."""
    return re.sub(r"<list\[(.*)\]>", r"<\1>…", option)
