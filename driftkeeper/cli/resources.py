"""`driftkeeper resources`: what there was at a moment."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from driftkeeper.cli import complete
from driftkeeper.cli.output import Rows, clean, counted, when
from driftkeeper.cli.session import Session
from driftkeeper.cli.shapes import detail_json, scope_json
from driftkeeper.domain.types import Scope, Snapshot

if TYPE_CHECKING:
    from driftkeeper.workflow.ask import Seen, UnseenDetail

Hidden = Mapping[Scope, datetime | None]
"""The scopes that were out of sight, each with when it was last seen."""

_SHOWN = 10
"""So many unseen details are told one by one; of more, how many others there are."""

COLUMNS = ("account", "region", "evidence", "resource", "first_seen", "body", "observed")


def run(
    context: typer.Context,
    at: Annotated[
        str, typer.Option(metavar="TIME", help="The moment: a date, a time, '#41', latest, first.")
    ] = "latest",
    evidence: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TYPE",
            help="Only this evidence type, or what this fact says; repeatable.",
            autocompletion=complete.evidence_and_facts,
        ),
    ] = None,
    account: Annotated[
        list[str] | None, typer.Option(metavar="ACCOUNT", help="Only this account; repeatable.")
    ] = None,
    region: Annotated[
        list[str] | None, typer.Option(metavar="REGION", help="Only this region; repeatable.")
    ] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Print one JSON object per line.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """List what there was at a moment.

    What was out of sight at that moment is listed as it was last seen. With the name of a fact, what is
    concluded of each resource that it is about; nothing is, where that hangs on what was out of sight.
    """
    from driftkeeper.collect.catalog import chosen
    from driftkeeper.derive.catalog import facts
    from driftkeeper.workflow.ask import out_of_sight, resources, unseen_details
    from driftkeeper.workflow.conclusions import drawn_from
    from driftkeeper.workflow.moments import snapshot_for
    from driftkeeper.workflow.names import require_seen

    session: Session = context.obj
    wanted = session.out.format(jsonl=jsonl, as_csv=csv)
    chosen(evidence or [])
    accounts, regions = session.config.account_ids(account or ()), region or ()
    with session.reading() as connection:
        snapshot = snapshot_for(connection, at, session.now, session.config.calendar)
        require_seen(connection, accounts, regions)
        places = {"accounts": accounts, "regions": regions, "evidence": evidence or ()}
        found = resources(connection, snapshot.number, **places)
        hidden = {
            scope: seen
            for scope, seen in out_of_sight(connection, snapshot.number).items()
            if _fits(scope, accounts, regions, evidence or ())
        }
        details = [
            detail
            for detail in unseen_details(connection, snapshot.number)
            if _fits(detail.scope, accounts, regions, evidence or ())
        ]
        _print(session, wanted, snapshot, found, hidden, details)


def _fits(
    scope: Scope, accounts: Sequence[str], regions: Sequence[str], evidence: Sequence[str]
) -> bool:
    return (
        (not accounts or scope.account in accounts)
        and (not regions or scope.region in regions)
        and (not evidence or scope.evidence in evidence)
    )


def _print(
    session: Session,
    wanted: Rows,
    snapshot: Snapshot,
    found: Iterator[Seen],
    hidden: Hidden,
    details: Sequence[UnseenDetail],
) -> None:
    rows = (seen_json(item) for item in found)
    match wanted:
        case Rows.JSON:
            content = {
                "snapshot": snapshot.number,
                "at": snapshot.taken_at,
                "out_of_sight": [
                    {**scope_json(scope), "last_seen": seen} for scope, seen in hidden.items()
                ],
                "unseen_details": [detail_json(detail) for detail in details],
                "resources": list(rows),
            }
            session.out.document("resources", content)
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
            number = counted(len(listed), "resource")
            moment = f"#{snapshot.number} ({when(snapshot.taken_at)} UTC)"
            session.out.say(f"\n{number} as of snapshot {moment}")
    for scope, seen in hidden.items():
        last = "never seen" if seen is None else f"as last seen at {when(seen)} UTC"
        session.out.say(f"{scope} was out of sight: {last}")
    for detail in details[:_SHOWN]:
        what = clean(f"{detail.detail} of {detail.resource or 'all'} ({detail.scope})")
        session.out.say(f"{what} was unseen ({detail.cause}): as last seen")
    if len(details) > _SHOWN:
        session.out.say(f"and {len(details) - _SHOWN} more details were unseen")


def seen_json(item: Seen) -> dict[str, Any]:
    """Return a resource as JSON."""
    return {
        **scope_json(item.scope),
        "resource": item.key,
        "first_seen": item.first_seen,
        "body": item.body,
        "observed": item.observed,
    }
