"""`driftkeeper resources`: what there was at a moment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from driftkeeper.cli.output import Rows, when
from driftkeeper.cli.session import Session
from driftkeeper.cli.shapes import scope_json
from driftkeeper.domain.types import Snapshot

if TYPE_CHECKING:
    from driftkeeper.workflow.ask import Seen

COLUMNS = ("account", "region", "evidence", "resource", "first_seen", "body", "observed")


def run(
    context: typer.Context,
    at: Annotated[
        str, typer.Option(help="The moment: a date, a time, #41, latest, first.")
    ] = "latest",
    evidence: Annotated[list[str] | None, typer.Option(help="Only this evidence type.")] = None,
    account: Annotated[list[str] | None, typer.Option(help="Only this account.")] = None,
    region: Annotated[list[str] | None, typer.Option(help="Only this region.")] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object per line.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="CSV.")] = False,
) -> None:
    """List the resources as of a moment; what was out of sight then is as it was last seen."""
    from driftkeeper.collect.catalog import chosen
    from driftkeeper.workflow.ask import resources
    from driftkeeper.workflow.moments import snapshot_for

    session: Session = context.obj
    wanted = session.out.format(jsonl=jsonl, as_csv=csv)
    chosen(evidence or [])
    with session.reading() as connection:
        snapshot = snapshot_for(connection, at, session.now, session.config.calendar)
        found = resources(
            connection,
            snapshot.number,
            accounts=account or (),
            regions=region or (),
            evidence=evidence or (),
        )
        _print(session, wanted, snapshot, found)


def _print(session: Session, wanted: Rows, snapshot: Snapshot, found: Iterator[Seen]) -> None:
    rows = (seen_json(item) for item in found)
    match wanted:
        case Rows.JSON:
            session.out.document(
                "resources",
                {"snapshot": snapshot.number, "at": snapshot.taken_at, "resources": list(rows)},
            )
        case Rows.JSONL:
            session.out.json_lines(rows)
        case Rows.CSV:
            session.out.csv(rows, COLUMNS)
        case Rows.TABLE:
            listed = [
                (r["account"], r["region"], r["evidence"], r["resource"], when(r["first_seen"]))
                for r in rows
            ]
            session.out.table(("ACCOUNT", "REGION", "EVIDENCE", "RESOURCE", "FIRST SEEN"), listed)
            session.out.say(
                f"\n{len(listed)} resources as of snapshot #{snapshot.number}"
                f" ({when(snapshot.taken_at)} UTC)"
            )


def seen_json(item: Seen) -> dict[str, Any]:
    """Return a resource as JSON."""
    return {
        **scope_json(item.scope),
        "resource": item.key,
        "first_seen": item.first_seen,
        "body": item.body,
        "observed": item.observed,
    }
