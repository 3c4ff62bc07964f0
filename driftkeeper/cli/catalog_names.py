"""The names after a `catalog` command: which of the known ones they mean, and what is printed of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

from driftkeeper.cli.output import Output
from driftkeeper.domain.errors import UsageError

_LABEL = 14


def is_glob(name: str) -> bool:
    """Say whether a name stands for all that fit it."""
    return any(mark in name for mark in "*?[")


def one_by_one(wanted: Sequence[str]) -> bool:
    """Say whether names were given, so that all that is known of each is wanted."""
    return bool(wanted) and not any(map(is_glob, wanted))


def fitting(wanted: Sequence[str], known: Sequence[str], what: str, command: str) -> list[str]:
    """Return the known names that any of the wanted names and globs fits, in their order; all for none.

    Raises `UsageError` for one that fits nothing: `what` it is not, and the command that lists them.
    """
    for name in wanted:
        if not any(fnmatchcase(each, name) for each in known):
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"`driftkeeper {command}` lists all"
            raise UsageError(f"no {what} is called {name!r}; {hint}")
    return [each for each in known if not wanted or any(fnmatchcase(each, name) for name in wanted)]


def print_labelled(out: Output, name: str, about: Iterable[tuple[str, str]]) -> None:
    """Print a name, and below it what is known by labels; nothing for what is empty."""
    out.line(out.style(name, "bold"))
    for label, text in about:
        if text:
            out.hanging(f"  {label:<{_LABEL}}", text, _LABEL + 2, "dim")
    out.line()
