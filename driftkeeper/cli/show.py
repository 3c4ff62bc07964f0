"""`driftkeeper show`: one resource as of a moment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from driftkeeper.cli.output import when
from driftkeeper.cli.resources import seen_json
from driftkeeper.cli.session import Session
from driftkeeper.cli.shapes import miss_row_json
from driftkeeper.domain.errors import ResourceNameError

if TYPE_CHECKING:
    from driftkeeper.domain.types import Scope
    from driftkeeper.store.database import Connection


def run(
    context: typer.Context,
    resource: Annotated[str, typer.Argument(help="ARN, key, or any unambiguous end of one.")],
    at: Annotated[
        str, typer.Option(help="The moment: a date, a time, #41, latest, first.")
    ] = "latest",
    evidence: Annotated[str | None, typer.Option(help="As this evidence type sees it.")] = None,
    account: Annotated[str | None, typer.Option(help="In this account.")] = None,
    region: Annotated[str | None, typer.Option(help="In this region.")] = None,
) -> None:
    """Show one resource: its configuration, what was observed, and how well it was seen."""
    from driftkeeper.workflow.moments import snapshot_for
    from driftkeeper.workflow.names import resolve

    session: Session = context.obj
    with session.reading() as connection:
        named = resolve(connection, resource, evidence=evidence, account=account, region=region)
        snapshot = snapshot_for(connection, at, session.now, session.config.calendar)
        views = [
            view
            for scope in named.scopes
            if (view := _view(connection, scope, named.key, snapshot.number)) is not None
        ]
    if not views:
        raise ResourceNameError(
            f"{named.key} was not there at {when(snapshot.taken_at)} UTC;"
            f" see `driftkeeper history {resource}`"
        )
    if session.json:
        session.out.document("show", {**views[0], "also": views[1:]})
        return
    for view in views:
        _print(session, view)


def _view(connection: Connection, scope: Scope, key: str, at: int) -> dict[str, Any] | None:
    from driftkeeper.workflow.ask import last_seen, resource_at, sighting

    seen = resource_at(connection, scope, key, at)
    if seen is None:
        return None
    covered = sighting(connection, scope, key, at)
    return {
        **seen_json(seen),
        "last_seen": last_seen(connection, scope, at),
        "coverage_at": None
        if covered is None
        else {
            "taken_at": covered.taken_at,
            "outcome": str(covered.coverage.outcome),
            "cause": None if covered.coverage.cause is None else str(covered.coverage.cause),
        },
        "misses": [] if covered is None else [miss_row_json(row) for row in covered.misses],
    }


def _print(session: Session, view: dict[str, Any]) -> None:
    out = session.out
    out.line(out.style(f"{view['resource']}", "bold"))
    out.line(f"  {view['evidence']} · {view['account']} · {view['region']}")
    out.line(f"  first seen {when(view['first_seen'])}, last seen {when(view['last_seen'])} UTC")
    coverage = view["coverage_at"]
    if coverage is not None and coverage["outcome"] != "complete":
        cause = f" ({coverage['cause']})" if coverage["cause"] else ""
        out.line(
            out.style(
                f"  the scope was {coverage['outcome']}{cause} at {when(coverage['taken_at'])}:"
                " this is what was last seen",
                "missed",
            )
        )
    for miss in view["misses"]:
        if miss.get("detail"):
            out.line(out.style(f"  not seen: {miss['detail']} ({miss['cause']})", "missed"))
    out.line(json.dumps(view["body"], indent=2, ensure_ascii=False))
    if view["observed"]:
        out.line(out.style("  observed", "bold"))
        out.line(json.dumps(view["observed"], indent=2, ensure_ascii=False))
    out.line()
