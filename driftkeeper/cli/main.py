"""The command line: finds the commands, hands them the global options, turns errors into exit codes."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Annotated

import typer

from driftkeeper import __version__
from driftkeeper.cli import (
    catalog,
    changes,
    check,
    collect,
    coverage,
    db,
    demo,
    diff,
    history,
    init,
    resources,
    show,
    snapshots,
)
from driftkeeper.cli.session import Session
from driftkeeper.domain.errors import DriftkeeperError

app = typer.Typer(
    name="driftkeeper",
    help="Keeps the security configuration of AWS accounts day by day, and names what changed.",
    epilog="Global options may stand before or after the command. Exit codes: docs/exit-codes.md.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in (
    init,
    collect,
    snapshots,
    coverage,
    resources,
    show,
    history,
    changes,
    diff,
    check,
    demo,
):
    app.command(_command.__name__.rsplit(".", 1)[-1])(_command.run)
app.add_typer(catalog.app, name="catalog")
app.add_typer(db.app, name="db")

_FLAGS = {"--json", "--quiet", "-q", "--verbose", "-v", "--no-color", "--version"}
_WITH_VALUE = {"--config", "--db"}


def _version(wanted: bool) -> None:
    if wanted:
        print(f"driftkeeper {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(help="Configuration file.", show_default="./driftkeeper.toml")
    ] = None,
    db: Annotated[
        str | None,
        typer.Option(envvar="DRIFTKEEPER_DB", help="Database URL: sqlite:///… or postgresql://…"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but results.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Say more, and show tracebacks.")
    ] = False,
    no_color: Annotated[
        bool, typer.Option("--no-color", envvar="NO_COLOR", help="No colours.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Keep the global options for the command."""
    context.obj = Session(config, db, json, quiet, verbose, bool(no_color))


def hoisted(arguments: list[str]) -> list[str]:
    """Return the arguments with the global options in front, wherever they stood."""
    front: list[str] = []
    rest: list[str] = []
    iterator = iter(arguments)
    for argument in iterator:
        if argument == "--":
            rest += [argument, *iterator]
        elif argument in _FLAGS or argument.split("=", 1)[0] in _WITH_VALUE:
            front.append(argument)
            if argument in _WITH_VALUE:
                front.extend([value] if (value := next(iterator, None)) is not None else [])
        else:
            rest.append(argument)
    return [*front, *rest]


def main() -> None:
    """Run the command line and exit with the code of what happened."""
    arguments = hoisted(sys.argv[1:])
    verbose = bool({"--verbose", "-v"} & set(arguments))
    if not verbose:
        sys.excepthook = _one_line
    try:
        app(arguments, prog_name="driftkeeper")
    except DriftkeeperError as error:
        if verbose:
            traceback.print_exc()
        _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        _fail("interrupted; nothing of this was stored", 130)
    except BrokenPipeError:
        # Whoever read us has seen enough; keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _fail(message: str, code: int) -> None:
    print(f"driftkeeper: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(code)


def _one_line(
    kind: type[BaseException], error: BaseException, _traceback: TracebackType | None
) -> None:
    """Say in one line what nobody foresaw; Python then exits with 1."""
    message = f"unexpected {kind.__name__}: {error}; this is a bug: run it again with --verbose"
    print(f"driftkeeper: {' '.join(message.split())}", file=sys.stderr)
