"""`driftkeeper show`: one resource as of a moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from driftkeeper.cli import complete
from driftkeeper.cli.conclusions_text import conclusion_json, label, lines
from driftkeeper.cli.output import clean, pretty, when
from driftkeeper.cli.resources import seen_json
from driftkeeper.cli.session import Session
from driftkeeper.cli.shapes import miss_row_json
from driftkeeper.domain.errors import ResourceNameError
from driftkeeper.domain.types import Outcome

if TYPE_CHECKING:
    from driftkeeper.domain.types import Scope, Snapshot
    from driftkeeper.store.database import Connection
    from driftkeeper.workflow.conclusions import Conclusion
    from driftkeeper.workflow.evidence_names import EvidenceNames
    from driftkeeper.workflow.names import NamedResource


def run(
    context: typer.Context,
    resource: Annotated[
        str,
        typer.Argument(
            metavar="RESOURCE", help="ARN, key, any unambiguous end of one, or a given name."
        ),
    ],
    at: Annotated[
        str, typer.Option(metavar="TIME", help="The moment: a date, a time, '#41', latest, first.")
    ] = "latest",
    evidence: Annotated[
        str | None,
        typer.Option(
            metavar="TYPE",
            help="As this evidence type sees it, or what this fact says of it.",
            autocompletion=complete.evidence_and_facts,
        ),
    ] = None,
    account: Annotated[str | None, typer.Option(metavar="ACCOUNT", help="In this account.")] = None,
    region: Annotated[str | None, typer.Option(metavar="REGION", help="In this region.")] = None,
) -> None:
    """Show one resource as of a moment.

    Its configuration, what was observed of it, how well it was seen then, and what is concluded of it.
    """
    from driftkeeper.workflow.conclusions import about
    from driftkeeper.workflow.evidence_names import named as named_evidence
    from driftkeeper.workflow.moments import snapshot_for

    session: Session = context.obj
    wanted = named_evidence((evidence,) if evidence else ())
    with session.reading() as connection:
        named = session.resource(connection, resource, evidence, account, region)
        snapshot = snapshot_for(connection, at, session.now, session.config.calendar)
        views = [
            (view, _of(wanted, about(connection, scope, named.key, snapshot.number)))
            for scope in named.scopes
            if (view := _view(connection, scope, named.key, snapshot)) is not None
        ]
        if not views:
            raise ResourceNameError(_absent(connection, named, snapshot))
    if session.json:
        first, *others = [{**view, "facts": [*map(conclusion_json, told)]} for view, told in views]
        session.out.document("show", {**first, "also": others})
        return
    for number, (view, told) in enumerate(views):
        if number:
            session.out.line()
        _print(session, view, told, named.points_to)


def _of(wanted: EvidenceNames, told: Sequence[Conclusion]) -> list[Conclusion]:
    """Return what the facts say that were asked for by name, else what all say."""
    only = () if wanted.types else wanted.facts
    return [conclusion for conclusion in told if not only or conclusion.fact.name in only]


def _view(
    connection: Connection, scope: Scope, key: str, snapshot: Snapshot
) -> dict[str, Any] | None:
    from driftkeeper.workflow.ask import last_seen, resource_at, sighting

    seen = resource_at(connection, scope, key, snapshot.number)
    if seen is None:
        return None
    covered = sighting(connection, scope, key, snapshot.number)
    return {
        **seen_json(seen),
        "snapshot": snapshot.number,
        "at": snapshot.taken_at,
        "last_seen": last_seen(connection, scope, snapshot.number),
        "coverage_at": None
        if covered is None
        else {
            "taken_at": covered.taken_at,
            "outcome": str(covered.coverage.outcome),
            "cause": None if covered.coverage.cause is None else str(covered.coverage.cause),
        },
        "misses": [] if covered is None else [miss_row_json(row) for row in covered.misses],
    }


def _absent(connection: Connection, named: NamedResource, snapshot: Snapshot) -> str:
    """Say that the resource was not there; or, where nobody could look, that nobody knows."""
    from driftkeeper.workflow.ask import out_of_sight

    hidden = out_of_sight(connection, snapshot.number)
    if any(scope not in hidden for scope in named.scopes):
        what = "was not there"
    elif any(hidden[scope] is not None for scope in named.scopes):
        what = "was not there when last looked for, and its scope was not seen"
    else:
        what = "was not known, and its scope could not be seen,"
    return (
        f"{named.key} {what} at #{snapshot.number} ({when(snapshot.taken_at)} UTC);"
        f" see `driftkeeper history {named.key}`"
    )


def _print(
    session: Session, view: dict[str, Any], told: Sequence[Conclusion], points_to: str | None
) -> None:
    out = session.out
    out.line(out.style(clean(view["resource"]), "bold"))
    out.pieces([view["evidence"], view["account"], view["region"]], 2, "dim")
    out.line(
        f"  as of #{view['snapshot']} ({when(view['at'])} UTC);"
        f" first seen {when(view['first_seen'])}, last seen {when(view['last_seen'])}"
    )
    coverage = view["coverage_at"]
    if coverage is not None and coverage["outcome"] == Outcome.MISSED:
        text = (
            f"out of sight at {when(coverage['taken_at'])} UTC ({coverage['cause']}): as last seen"
        )
        out.line(f"  {out.style(text, 'missed')}")
    for miss in view["misses"]:
        if "detail" in miss:
            text = f"not seen: {miss['detail']} ({miss['cause']}): what is told of it is older"
            out.line(f"  {out.style(clean(text), 'missed')}")
    if points_to is not None:
        pointer = f"only a name of another resource: see `driftkeeper history {points_to}`"
        out.hanging("  ", clean(pointer), 4, "dim")
    _print_conclusions(session, told)
    out.line(pretty(view["body"]))
    if view["observed"]:
        out.line(out.style("observed", "bold"))
        out.line(pretty(view["observed"]))


def _print_conclusions(session: Session, told: Sequence[Conclusion]) -> None:
    width = max((len(label(conclusion)) for conclusion in told), default=0)
    for conclusion in told:
        style = "missed" if conclusion.row is None else ""
        for number, text in enumerate(lines(conclusion)):
            head = label(conclusion) if number == 0 else ""
            session.out.hanging(f"  {head:<{width}}  ", text, width + 4, style)
