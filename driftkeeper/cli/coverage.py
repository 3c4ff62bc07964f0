"""`driftkeeper coverage`: how completely a period was seen."""

from __future__ import annotations

from typing import Annotated

import typer

from driftkeeper.cli.output import when
from driftkeeper.cli.session import Session
from driftkeeper.cli.shapes import scope_json
from driftkeeper.domain.period import describe


def run(
    context: typer.Context,
    period: Annotated[
        str | None, typer.Option(help="The period, such as 2026Q1 or last-quarter.")
    ] = None,
) -> None:
    """Show for every scope how often it was seen, and where nobody looked for too long."""
    from driftkeeper.workflow.moments import span_for, whole_period
    from driftkeeper.workflow.report_coverage import report

    session: Session = context.obj
    config = session.config
    with session.reading() as connection:
        span = span_for(connection, None, None, period, session.now, config.calendar)
        until = session.now if period else span.end
        found = report(connection, whole_period(span), config.calendar, config.carry, until)
    if session.json:
        session.out.document(
            "coverage",
            {
                "interval": {"from": found.period.start, "until": found.period.end},
                "carry_hours": config.period.carry_hours,
                "percent": found.percent,
                "scopes": [
                    {
                        **scope_json(item.scope),
                        "expected": item.expected,
                        "complete": item.complete,
                        "partial": item.partial,
                        "missed": item.missed,
                        "percent": item.percent,
                        "gaps": [
                            {"from": gap.start, "until": gap.end, "causes": list(gap.causes)}
                            for gap in item.gaps
                        ],
                    }
                    for item in found.scopes
                ],
            },
        )
        return
    out = session.out
    out.line(f"Coverage of {describe(found.period, config.calendar)}: {found.percent}%\n")
    out.table(
        ("ACCOUNT", "REGION", "EVIDENCE", "EXPECTED", "COMPLETE", "PARTIAL", "MISSED", "SEEN"),
        [
            (
                item.scope.account,
                item.scope.region,
                item.scope.evidence,
                *(str(n) for n in (item.expected, item.complete, item.partial, item.missed)),
                f"{item.percent}%",
            )
            for item in found.scopes
        ],
    )
    lost = [(item.scope, gap) for item in found.scopes for gap in item.gaps]
    out.line(f"\n{len(lost) or 'No'} gaps longer than {config.period.carry_hours} h")
    for scope, gap in lost:
        causes = ", ".join(gap.causes)
        text = f"  {scope}  {when(gap.start)} to {when(gap.end)}  ({causes})"
        out.line(out.style(text, "missed"))
