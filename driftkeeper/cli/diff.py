"""`driftkeeper diff`: the net difference of two moments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from driftkeeper.cli.changes import print_change, print_changes, weight
from driftkeeper.cli.coverage import print_details
from driftkeeper.cli.output import counted, when
from driftkeeper.cli.session import Session
from driftkeeper.cli.shapes import change_json, detail_json, scope_json
from driftkeeper.domain.errors import UsageError

if TYPE_CHECKING:
    from driftkeeper.domain.types import Scope
    from driftkeeper.workflow.compare import Comparison


def run(
    context: typer.Context,
    a: Annotated[
        str, typer.Argument(metavar="A", help="The earlier moment: a date, a time, '#41', first.")
    ],
    b: Annotated[str, typer.Argument(metavar="B", help="The later moment.")] = "latest",
    gross: Annotated[
        bool, typer.Option("--gross", help="Also show what came and went in between.")
    ] = False,
) -> None:
    """Show what is different at B from A.

    A moment means the last snapshot at or before it; a day, the last one of that day.
    """
    from driftkeeper.workflow.compare import compare
    from driftkeeper.workflow.moments import snapshot_for

    session: Session = context.obj
    calendar = session.config.calendar
    with session.reading() as connection:
        before = snapshot_for(connection, a, session.now, calendar)
        after = snapshot_for(connection, b, session.now, calendar)
        if before.number > after.number:
            raise UsageError(f"{a} is later than {b}; name the earlier moment first")
        found = compare(connection, before, after)
    if session.json:
        session.out.document("diff", _comparison_json(found, gross=gross))
    else:
        _print(session, found, gross=gross)


def _comparison_json(found: Comparison, *, gross: bool) -> dict[str, Any]:
    net = [{**change_json(change), "transient": False} for change in found.net]
    gone = [{**change_json(change), "transient": True} for change in found.transient]
    return {
        "from": {"snapshot": found.before.number, "taken_at": found.before.taken_at},
        "until": {"snapshot": found.after.number, "taken_at": found.after.taken_at},
        "gross": gross,
        "changes": [*net, *gone] if gross else net,
        "not_comparable": [scope_json(scope) for scope in found.not_comparable],
        "stale_from": [scope_json(scope) for scope in found.stale_before],
        "stale": [scope_json(scope) for scope in found.stale],
        "unseen_details_from": [detail_json(detail) for detail in found.unseen_before],
        "unseen_details": [detail_json(detail) for detail in found.unseen],
    }


def _print(session: Session, found: Comparison, *, gross: bool) -> None:
    out, before, after = session.out, found.before, found.after
    out.line(
        f"{counted(len(found.net), 'net change')} from #{before.number} ({when(before.taken_at)})"
        f" to #{after.number} ({when(after.taken_at)} UTC)"
    )
    if found.net:
        out.line()
    for change in sorted(found.net, key=weight):
        print_change(out, change)
    if gross:
        number = counted(len(found.transient), "change")
        out.line(f"\n{number} in between that the net difference does not show")
        print_changes(out, found.transient, session.config.calendar)
    elif found.transient:
        out.line(f"\n{len(found.transient)} more came and went in between: see --gross.")
    _print_scopes(session, found.not_comparable, "Not seen by then, so nothing can be compared:")
    _print_scopes(session, found.stale_before, "Out of sight at the start, so as last seen before:")
    _print_scopes(session, found.stale, "Out of sight at the end, so as last seen:")
    print_details(out, found.unseen_before, "Details unseen at the start, so as last seen before:")
    print_details(out, found.unseen, "Details unseen at the end, so as last seen:")


def _print_scopes(session: Session, scopes: Iterable[Scope], heading: str) -> None:
    names = [str(scope) for scope in scopes]
    if names:
        session.out.line(f"\n{session.out.style(heading, 'missed')}")
    for name in names:
        session.out.line(f"  {name}")
