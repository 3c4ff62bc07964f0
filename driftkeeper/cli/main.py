"""The command line: finds the commands, hands them the global options, turns errors into exit codes."""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Annotated, NoReturn

import typer
from typer.main import get_command

from driftkeeper import __version__
from driftkeeper.cli import (
    attribute,
    catalog,
    changes,
    check,
    collect,
    coverage,
    db,
    demo,
    diff,
    doctor,
    history,
    init,
    resources,
    show,
    snapshots,
)
from driftkeeper.cli.output import clean, flush
from driftkeeper.cli.session import Session
from driftkeeper.domain.errors import DriftkeeperError, UsageError

app = typer.Typer(
    name="driftkeeper",
    help="Keeps the security configuration of AWS accounts day by day, and names what changed.",
    epilog=(
        "The options above may stand before or after the command."
        " `driftkeeper COMMAND --help` says more."
    ),
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in (
    init,
    collect,
    attribute,
    snapshots,
    coverage,
    resources,
    show,
    history,
    changes,
    diff,
    check,
    doctor,
    demo,
):
    app.command(_command.__name__.rsplit(".", 1)[-1])(_command.run)
app.add_typer(catalog.app, name="catalog")
app.add_typer(db.app, name="db")

_FLAGS = {"--json", "--quiet", "--verbose", "--no-color", "--version"}
_SHORT = re.compile("-[qv]+")
_WITH_VALUE = {"--config", "--db"}
_INTERRUPTED = 130


def _version(wanted: bool) -> None:
    if wanted:
        print(f"driftkeeper {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Configuration file, else ./driftkeeper.toml."),
    ] = None,
    db: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            envvar="DRIFTKEEPER_DB",
            help="Database: sqlite:///FILE or postgresql://…",
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print results and errors only.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Say more; show where an error came from.")
    ] = False,
    no_color: Annotated[
        bool, typer.Option("--no-color", help="No colours; NO_COLOR says the same.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Keep the global options for the command."""
    context.obj = Session(
        config, db, json, quiet, verbose, no_color or bool(os.environ.get("NO_COLOR"))
    )


def hoisted(arguments: list[str]) -> list[str]:
    """Return the arguments with the global options in front, wherever they stood.

    Raises `UsageError` where one lacks its value.
    """
    front: list[str] = []
    rest: list[str] = []
    iterator = iter(arguments)
    for argument in iterator:
        if argument == "--":
            rest += [argument, *iterator]
        elif argument in _FLAGS or _SHORT.fullmatch(argument):
            front.append(argument)
        elif argument.split("=", 1)[0] in _WITH_VALUE:
            front.append(argument)
            if argument in _WITH_VALUE:
                value = next(iterator, None)
                if value is None:
                    raise UsageError(f"{argument} needs a value; see `driftkeeper --help`")
                front.append(value)
        else:
            rest.append(argument)
    return [*front, *rest]


def main() -> None:
    """Run the command line and exit with the code of what happened."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a character gets its number, not a traceback.
            stream.reconfigure(errors="backslashreplace")
    verbose = any(word == "--verbose" or _is_verbose(word) for word in sys.argv[1:])
    if not verbose:
        sys.excepthook = _one_line
    try:
        arguments = hoisted(sys.argv[1:])
        code = get_command(app).main(arguments, prog_name="driftkeeper", standalone_mode=False)
        flush()
    except DriftkeeperError as error:
        if verbose:
            traceback.print_exc()
        _fail(str(error), error.exit_code)
    except typer.TyperException as error:
        _misused(error)
    except KeyboardInterrupt:
        code = _INTERRUPTED
    if code == _INTERRUPTED:
        _interrupted()
    sys.exit(int(code or 0))


def _is_verbose(word: str) -> bool:
    return "v" in word and _SHORT.fullmatch(word) is not None


def _fail(message: str, code: int) -> NoReturn:
    print(f"driftkeeper: {clean(' '.join(message.split()))}", file=sys.stderr)
    with contextlib.suppress(DriftkeeperError):
        flush()
    sys.exit(int(code))


def _misused(error: typer.TyperException) -> NoReturn:
    """Say in one line what is wrong with the arguments, and where to read on."""
    text = error.format_message().replace("Value error, ", "").strip()
    if text.startswith("Usage:"):
        # Nothing was asked for: this is the help.
        print(text, file=sys.stderr)
        sys.exit(error.exit_code)
    context = getattr(error, "ctx", None)
    command = "driftkeeper" if context is None else context.command_path
    joint = " See" if text.endswith("?") else "; see"
    text = text[:1].lower() + text[1:].removesuffix(".")
    _fail(f"{text}{joint} `{command} --help`", error.exit_code)


def _interrupted() -> NoReturn:
    """End at once: threads may still wait for answers that nobody will read."""
    print("driftkeeper: interrupted; what was not finished was not stored", file=sys.stderr)
    sys.stderr.flush()
    os._exit(_INTERRUPTED)


def _one_line(
    kind: type[BaseException], error: BaseException, _traceback: TracebackType | None
) -> None:
    """Say in one line what nobody foresaw; Python then exits with 1."""
    message = f"unexpected {kind.__name__}: {error}; this is a bug: run it again with --verbose"
    print(f"driftkeeper: {clean(' '.join(message.split()))}", file=sys.stderr)
