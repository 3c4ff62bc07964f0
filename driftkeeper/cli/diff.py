"""`driftkeeper diff`: the net difference of two moments."""

from __future__ import annotations

from typing import Annotated

import typer

from driftkeeper.cli.changes import print_changes
from driftkeeper.cli.output import when
from driftkeeper.cli.session import Session
from driftkeeper.cli.shapes import change_json, scope_json
from driftkeeper.domain.errors import UsageError


def run(
    context: typer.Context,
    a: Annotated[str, typer.Argument(help="The earlier moment: a date, a time, #41, first.")],
    b: Annotated[str, typer.Argument(help="The later moment.")] = "latest",
    gross: Annotated[
        bool, typer.Option("--gross", help="Also show what came and went in between.")
    ] = False,
) -> None:
    """Show what is different at B from A; with --gross also what was different only in between."""
    from driftkeeper.workflow.compare import compare
    from driftkeeper.workflow.moments import snapshot_for

    session: Session = context.obj
    calendar = session.config.calendar
    with session.reading() as connection:
        before = snapshot_for(connection, a, session.now, calendar)
        after = snapshot_for(connection, b, session.now, calendar)
        if before.number > after.number:
            raise UsageError(f"{a} is after {b}; name the earlier moment first")
        found = compare(connection, before, after)
    transient = found.transient if gross else ()
    if session.json:
        net = [{**change_json(change), "transient": False} for change in found.net]
        gone = [{**change_json(change), "transient": True} for change in transient]
        session.out.document(
            "diff",
            {
                "from": {"snapshot": before.number, "taken_at": before.taken_at},
                "until": {"snapshot": after.number, "taken_at": after.taken_at},
                "gross": gross,
                "changes": [*net, *gone],
                "not_comparable": [scope_json(scope) for scope in found.not_comparable],
                "stale": [scope_json(scope) for scope in found.stale],
            },
        )
        return
    out = session.out
    out.line(
        f"From #{before.number} ({when(before.taken_at)}) to #{after.number}"
        f" ({when(after.taken_at)} UTC): {len(found.net)} net changes"
    )
    print_changes(out, found.net, calendar)
    if gross:
        out.line(f"\n{len(transient)} changes came and went in between:")
        print_changes(out, transient, calendar)
    elif found.transient:
        out.line(f"\n{len(found.transient)} more came and went in between; see them with --gross.")
    for scope in found.not_comparable:
        out.line(out.style(f"  {scope} was not seen by then: nothing can be compared", "missed"))
    for scope in found.stale:
        out.line(out.style(f"  {scope} was out of sight at the end: as last seen", "missed"))
