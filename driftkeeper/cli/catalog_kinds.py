"""`driftkeeper catalog kinds`: what changes are called, what each means, and how much has a name."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from driftkeeper.cli.catalog_names import fitting, one_by_one, print_labelled
from driftkeeper.cli.session import Session
from driftkeeper.domain.errors import UsageError
from driftkeeper.domain.types import Direction, Severity

if TYPE_CHECKING:
    from driftkeeper.diff.spec import ChangeKind

_DEPENDS = "depends"


def completed(incomplete: str) -> list[str]:
    """Return the kinds that begin so."""
    from driftkeeper.diff.catalog import kinds as known

    return [name for name in known() if name.startswith(incomplete)]


def kinds(
    context: typer.Context,
    kind: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KIND",
            help="Only these: names, with all that is known of each, or globs such as 'kms.*'.",
            autocompletion=completed,
            show_default=False,
        ),
    ] = None,
    coverage: Annotated[
        bool,
        typer.Option(
            "--coverage",
            help="How much of the configuration has a kind of its own, and what has not.",
        ),
    ] = False,
) -> None:
    """List the kinds of change, with direction and severity.

    Where one depends on the change itself, it says so. With a name, or with --json, also what it fires on,
    what it means, and what to do then.
    """
    session: Session = context.obj
    if coverage:
        from driftkeeper.cli.kinds_coverage import print_coverage

        if kind:
            raise UsageError("--coverage is about all kinds: leave the names out")
        print_coverage(session)
        return
    found = _chosen(kind or [])
    if session.json:
        session.out.document("catalog-kinds", {"kinds": [_json(each) for each in found]})
    elif one_by_one(kind or []):
        for _, several in groupby(found, key=lambda each: each.name):
            _print_one(session, list(several))
    else:
        _print_table(session, found)


def _chosen(wanted: Sequence[str]) -> list[ChangeKind]:
    """Return the kinds that fit any of the names and globs; each must fit some."""
    from driftkeeper.diff.catalog import declared, kinds as known

    names = {*fitting(wanted, [*known()], "kind of change", "catalog kinds")}
    return [each for each in declared() if each.name in names]


def _direction(kind: ChangeKind) -> str:
    return str(kind.direction) if isinstance(kind.direction, Direction) else _DEPENDS


def _severity(kind: ChangeKind) -> str:
    return str(kind.severity) if isinstance(kind.severity, Severity) else _DEPENDS


def _json(kind: ChangeKind) -> dict[str, Any]:
    return {
        "name": kind.name,
        "evidence": kind.evidence,
        "on": str(kind.on),
        "path": kind.path,
        "direction": _direction(kind),
        "severity": _severity(kind),
        "criteria": list(kind.criteria),
        "says": kind.says,
        "trigger": kind.trigger,
        "means": kind.means,
        "advice": kind.advice,
    }


def _print_table(session: Session, found: Sequence[ChangeKind]) -> None:
    rows = []
    for name, several in groupby(found, key=lambda each: each.name):
        same = list(several)
        rows.append(
            (
                name,
                _one(map(_direction, same)),
                _one(map(_severity, same)),
                " ".join(same[0].criteria),
            )
        )
    session.out.table(("KIND", "DIRECTION", "SEVERITY", "CRITERIA"), rows)


def _one(values: Any) -> str:
    """Return the value that several types of evidence share, else that it depends."""
    found = {*values}
    return found.pop() if len(found) == 1 else _DEPENDS


def _print_one(session: Session, same: Sequence[ChangeKind]) -> None:
    """Print all there is to say of a kind, once for each evidence type that has it."""
    for kind in same:
        claims = "" if kind.claims is not False else "; told as a consequence of another change"
        about = (
            ("of", _of(kind) + claims),
            ("direction", _direction(kind)),
            ("severity", _severity(kind)),
            ("criteria", " ".join(kind.criteria)),
            ("fires when", kind.trigger),
            ("means", kind.means),
            ("what to do", kind.advice),
            ("says", kind.says),
            ("explains", ", ".join(kind.explains)),
        )
        print_labelled(session.out, kind.name, about)


def _of(kind: ChangeKind) -> str:
    """Return where a kind looks, in words."""
    from driftkeeper.diff.spec import EVERYTHING

    of = "everything" if kind.evidence == EVERYTHING else kind.evidence
    paths = ", ".join(kind.looks_at) + (" and all below" if kind.whole and kind.path else "")
    sort = str(kind.on).replace("_", " ")
    return f"{of}, {sort}" + (f" at {paths}" if paths else "")
