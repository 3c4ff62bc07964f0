"""`driftkeeper history`: how one resource became what it is."""

from __future__ import annotations

from typing import Annotated

import typer

from driftkeeper.cli.output import MARKS, when
from driftkeeper.cli.session import Session
from driftkeeper.cli.shapes import change_json


def run(
    context: typer.Context,
    resource: Annotated[str, typer.Argument(help="ARN, key, or any unambiguous end of one.")],
    period: Annotated[str | None, typer.Option(help="Only changes in this period.")] = None,
    evidence: Annotated[str | None, typer.Option(help="As this evidence type sees it.")] = None,
    account: Annotated[str | None, typer.Option(help="In this account.")] = None,
    region: Annotated[str | None, typer.Option(help="In this region.")] = None,
) -> None:
    """Show every version of a resource and every change to it, in order."""
    from driftkeeper.workflow.ask import changes_of, versions
    from driftkeeper.workflow.moments import narrowed, span_for
    from driftkeeper.workflow.names import resolve

    session: Session = context.obj
    with session.reading() as connection:
        named = resolve(connection, resource, evidence=evidence, account=account, region=region)
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
                "versions": [
                    {
                        "evidence": version.evidence,
                        "from": version.start,
                        "until": version.end,
                        "snapshot": version.snapshot,
                        "digest": version.digest,
                        "tombstone": version.digest is None,
                    }
                    for version in spans
                ],
                "changes": [change_json(change) for change in found],
            },
        )
        return
    out = session.out
    out.line(out.style(named.key, "bold"))
    for version in spans:
        until = "now" if version.end is None else when(version.end)
        state = "gone" if version.digest is None else version.digest[:16]
        out.line(f"  {when(version.start)} to {until}  {version.evidence}  {state}")
    out.line(f"\n{len(found)} changes")
    for change in found:
        mark = out.style(MARKS[change.direction], str(change.direction))
        out.line(
            f"  {when(change.not_after)} {mark} {change.severity:<8} {change.kind}: {change.says}"
        )
