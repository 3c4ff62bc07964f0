"""`driftkeeper resources`: what there was at a moment."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from driftkeeper.cli import complete
from driftkeeper.cli.changes import NoPager
from driftkeeper.cli.conclusions_text import lines
from driftkeeper.cli.output import Rows, clean, counted, when
from driftkeeper.cli.pager import paged
from driftkeeper.cli.session import Session
from driftkeeper.cli.shapes import detail_json, scope_json
from driftkeeper.cli.tables import by_place
from driftkeeper.domain.types import Scope, Snapshot

if TYPE_CHECKING:
    from driftkeeper.store.database import Connection
    from driftkeeper.workflow.ask import Seen, UnseenDetail
    from driftkeeper.workflow.conclusions import Conclusion

Hidden = Mapping[Scope, datetime | None]
"""The scopes that were out of sight, each with when it was last seen."""

Listed: TypeAlias = "tuple[Seen, Conclusion | None]"
"""A resource, and what is concluded of it where a fact was asked for."""

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
            help="Only this evidence type, or what this fact says; a glob such as 'iam.r*';"
            " repeatable.",
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
    no_pager: NoPager = False,
) -> None:
    """List what there was at a moment.

    What was out of sight at that moment is listed as it was last seen. With the name of a fact, what is
    concluded of each resource that it is about; nothing is, where that hangs on what was out of sight.
    On a terminal by account and region with short names; whole keys with --verbose, and in a pipe.
    """
    from driftkeeper.workflow.ask import out_of_sight, unseen_details
    from driftkeeper.workflow.conclusions import drawn_from
    from driftkeeper.workflow.evidence_names import named
    from driftkeeper.workflow.moments import snapshot_for
    from driftkeeper.workflow.names import require_seen

    session: Session = context.obj
    wanted = session.out.format(jsonl=jsonl, as_csv=csv)
    asked = named(evidence or ())
    accounts, regions = session.config.account_ids(account or ()), tuple(region or ())
    with session.reading() as connection:
        snapshot = snapshot_for(connection, at, session.now, session.config.calendar)
        require_seen(connection, accounts, regions)
        mattering = drawn_from((*asked.types, *asked.facts))
        hidden = {
            scope: seen
            for scope, seen in out_of_sight(connection, snapshot.number).items()
            if _fits(scope, accounts, regions, mattering)
        }
        details = [
            detail
            for detail in unseen_details(connection, snapshot.number)
            if _fits(detail.scope, accounts, regions, mattering)
        ]
        found = _listed(connection, snapshot.number, accounts, regions, asked.types, asked.facts)
        if wanted is Rows.TABLE:
            with_facts = bool(asked.facts)
            _print_table(session, snapshot, [*found], concludes=with_facts, no_pager=no_pager)
        else:
            _print(session, wanted, snapshot, found, hidden, details)
        _say_unseen(session, hidden, details)


def _listed(
    connection: Connection,
    at: int,
    accounts: Sequence[str],
    regions: Sequence[str],
    types: Sequence[str],
    names: Sequence[str],
) -> Iterator[Listed]:
    """Yield the resources of these types, all without any name, and what the facts say, in order."""
    from driftkeeper.workflow.ask import resources
    from driftkeeper.workflow.conclusions import concluded

    seen = (
        resources(connection, at, accounts=accounts, regions=regions, evidence=types)
        if types or not names
        else ()
    )
    rows: Iterator[Listed] = ((item, None) for item in seen)
    told = concluded(connection, at, names, accounts=accounts, regions=regions)
    return heapq.merge(rows, told, key=lambda entry: (entry[0].scope, entry[0].key))


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
    found: Iterator[Listed],
    hidden: Hidden,
    details: Sequence[UnseenDetail],
) -> None:
    """Print what programs read."""
    rows = (seen_json(item) for item, _ in found)
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
        case _:
            session.out.csv(rows, COLUMNS)


def _print_table(
    session: Session,
    snapshot: Snapshot,
    listed: Sequence[Listed],
    *,
    concludes: bool,
    no_pager: bool,
) -> None:
    with paged(session.out, off=no_pager):
        if session.out.is_terminal and not session.verbose:
            _print_by_place(session, listed, concludes=concludes)
        else:
            _print_whole(session, listed, concludes=concludes)
    number = counted(len(listed), "row" if concludes else "resource")
    moment = f"#{snapshot.number} ({when(snapshot.taken_at)} UTC)"
    session.out.say(f"\n{number} as of snapshot {moment}")


def _print_whole(session: Session, listed: Sequence[Listed], *, concludes: bool) -> None:
    """Print a line for each resource with its whole key, as wide as it must be."""
    columns = ("ACCOUNT", "REGION", "EVIDENCE", "RESOURCE", "FIRST SEEN")
    rows = [
        (
            *(item.scope.account, item.scope.region, item.scope.evidence, item.key),
            when(item.first_seen),
            *([_words(told)] if concludes else []),
        )
        for item, told in listed
    ]
    session.out.table((*columns, "CONCLUDED") if concludes else columns, rows)


def _print_by_place(session: Session, listed: Sequence[Listed], *, concludes: bool) -> None:
    """Print short names that fit the terminal, below their account and region."""
    columns = ("EVIDENCE", "RESOURCE", "SINCE", *(["CONCLUDED"] if concludes else []))
    rows = [
        (
            item.scope,
            (
                *(item.scope.evidence, short(item), f"{item.first_seen:%Y-%m-%d}"),
                *([_words(told)] if concludes else []),
            ),
        )
        for item, told in listed
    ]
    fold = ("RESOURCE", "CONCLUDED") if concludes else ("RESOURCE",)
    by_place(session.out, session.account_names, columns, rows, fold)


def _words(told: Conclusion | None) -> str:
    return "" if told is None else "; ".join(lines(told))


def short(item: Seen) -> str:
    """Return the end of the key by which one may ask for the resource, and what its owner calls it."""
    from driftkeeper.collect.catalog import evidence_types
    from driftkeeper.diff.says import short_name
    from driftkeeper.workflow.called import given_names

    # Beside the name of a fact it does not go without saying whether it is a user or a role.
    is_thing = item.scope.evidence in evidence_types()
    name = short_name(item.key) if is_thing else item.key.split(":", 5)[-1]
    given = [each for each in given_names(item.scope.evidence, item.body) if each != name]
    return f"{name} ({', '.join(given)})" if given else name


def _say_unseen(session: Session, hidden: Hidden, details: Sequence[UnseenDetail]) -> None:
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
