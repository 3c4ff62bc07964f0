"""`driftkeeper history`: how one resource became what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from driftkeeper.cli import complete
from driftkeeper.cli.changes import print_changes
from driftkeeper.cli.output import clean, counted, when
from driftkeeper.cli.session import Session
from driftkeeper.cli.shapes import change_json

if TYPE_CHECKING:
    from driftkeeper.workflow.ask import VersionSpan


def run(
    context: typer.Context,
    resource: Annotated[
        str, typer.Argument(metavar="RESOURCE", help="ARN, key, or any unambiguous end of one.")
    ],
    period: Annotated[
        str | None, typer.Option(metavar="PERIOD", help="Only what held or changed in this period.")
    ] = None,
    evidence: Annotated[
        str | None,
        typer.Option(
            metavar="TYPE",
            help="As this evidence type sees it.",
            autocompletion=complete.evidence,
        ),
    ] = None,
    account: Annotated[str | None, typer.Option(metavar="ACCOUNT", help="In this account.")] = None,
    region: Annotated[str | None, typer.Option(metavar="REGION", help="In this region.")] = None,
) -> None:
    """Show how one resource became what it is.

    Every version of it, when it was gone, and every change to it, in order.
    """
    from driftkeeper.workflow.ask import changes_of, versions
    from driftkeeper.workflow.moments import narrowed, span_for

    session: Session = context.obj
    with session.reading() as connection:
        named = session.resource(connection, resource, evidence, account, region)
        span = span_for(connection, None, None, period, session.now, session.config.calendar)
        found = changes_of(connection, named, narrowed(span, resource=named.key))
        spans = [
            version
            for version in versions(connection, named)
            if version.start < span.end and (version.end is None or version.end > span.start)
        ]
    if session.json:
        session.out.document(
            "history",
            {
                "resource": named.key,
                "interval": {"from": span.start, "until": span.end},
                "versions": [_version_json(version) for version in spans],
                "changes": [change_json(change) for change in found],
            },
        )
        return
    out = session.out
    out.line(f"{out.style(clean(named.key), 'bold')}\n")
    out.table(("FROM (UTC)", "UNTIL", "EVIDENCE", "CONFIGURATION"), map(_version_row, spans))
    out.line(f"\n{counted(len(found), 'change')}")
    print_changes(out, found, session.config.calendar)


def _version_json(version: VersionSpan) -> dict[str, Any]:
    return {
        "evidence": version.evidence,
        "from": version.start,
        "until": version.end,
        "last_seen": version.last_seen,
        "snapshot": version.snapshot,
        "digest": version.digest,
        "tombstone": version.digest is None,
    }


def _until(version: VersionSpan) -> str:
    if version.end is not None:
        return when(version.end)
    if version.out_of_sight and version.last_seen is not None:
        return f"as last seen on {when(version.last_seen)}"
    return "now"


def _version_row(version: VersionSpan) -> tuple[str, str, str, str]:
    return (
        when(version.start),
        _until(version),
        version.evidence,
        "gone" if version.digest is None else version.digest[:16],
    )
