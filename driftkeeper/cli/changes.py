"""`driftkeeper changes`: the change log of an interval."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from driftkeeper.cli.output import MARKS, Output, Rows, when
from driftkeeper.cli.session import Session
from driftkeeper.cli.shapes import CHANGE_COLUMNS, change_json
from driftkeeper.domain.errors import UsageError
from driftkeeper.domain.period import Calendar, describe
from driftkeeper.domain.types import Change, Direction, Severity

if TYPE_CHECKING:
    from driftkeeper.store.database import Connection
    from driftkeeper.workflow.moments import Span
    from driftkeeper.workflow.report_coverage import CoverageReport


def run(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option(help="From then: a date, 90d, last-quarter, #41.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Until then, the whole day included.")] = None,
    period: Annotated[
        str | None, typer.Option(help="In this period: 2026Q1, last-month, a..b.")
    ] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Kinds, with * and ?.")] = None,
    direction: Annotated[
        list[Direction] | None, typer.Option(help="What it does to security.")
    ] = None,
    severity: Annotated[Severity | None, typer.Option(help="At least so severe.")] = None,
    evidence: Annotated[
        list[str] | None, typer.Option(help="Evidence type, its facts included.")
    ] = None,
    account: Annotated[list[str] | None, typer.Option(help="Only this account.")] = None,
    region: Annotated[list[str] | None, typer.Option(help="Only this region.")] = None,
    resource: Annotated[str | None, typer.Option(help="Only this resource.")] = None,
    criterion: Annotated[str | None, typer.Option(help="SOC 2 criterion, such as CC6.6.")] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object per line.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="CSV.")] = False,
) -> None:
    """Show every recorded change of an interval, oldest first, and what could not be seen in it."""
    from driftkeeper.store import read
    from driftkeeper.workflow.ask import with_facts
    from driftkeeper.workflow.moments import narrowed, span_for
    from driftkeeper.workflow.names import resolve

    session: Session = context.obj
    wanted = session.out.format(jsonl=jsonl, as_csv=csv)
    _check_names(evidence or [], kind or [])
    with session.reading() as connection:
        span = span_for(connection, since, until, period, session.now, session.config.calendar)
        named = resolve(connection, resource) if resource else None
        narrow = narrowed(
            span,
            accounts=tuple(account or ()),
            regions=tuple(region or ()),
            evidence=with_facts(evidence or ()),
            resource=None if named is None else named.key,
        )
        found = (
            change
            for change in read.changes(connection, narrow)
            if _passes(change, kind or [], direction or [], severity, criterion)
        )
        match wanted:
            case Rows.JSONL:
                session.out.json_lines(change_json(change) for change in found)
            case Rows.CSV:
                session.out.csv((change_json(change) for change in found), CHANGE_COLUMNS)
            case _:
                _print(session, connection, span, list(found))


def _check_names(evidence: list[str], kinds: list[str]) -> None:
    from driftkeeper.collect.catalog import chosen
    from driftkeeper.derive.catalog import facts
    from driftkeeper.diff.catalog import kinds as known

    chosen([name for name in evidence if name not in facts()])
    for pattern in kinds:
        if not any(fnmatchcase(name, pattern) for name in known()):
            raise UsageError(f"no kind of change fits {pattern!r}; see `driftkeeper catalog kinds`")


def _passes(
    change: Change,
    kinds: list[str],
    directions: list[Direction],
    severity: Severity | None,
    criterion: str | None,
) -> bool:
    return (
        (not kinds or any(fnmatchcase(change.kind, pattern) for pattern in kinds))
        and (not directions or change.direction in directions)
        and (severity is None or change.severity >= severity)
        and (criterion is None or criterion.upper() in change.criteria)
    )


def _print(session: Session, connection: Connection, span: Span, found: list[Change]) -> None:
    from driftkeeper.workflow.moments import whole_period
    from driftkeeper.workflow.report_coverage import report

    config, period = session.config, whole_period(span)
    seen = report(connection, period, config.calendar, config.carry, min(session.now, span.end))
    if session.json:
        session.out.document(
            "changes",
            {
                "interval": {"from": span.start, "until": span.end},
                "coverage_percent": seen.percent,
                "changes": [change_json(change) for change in found],
            },
        )
        return
    out = session.out
    out.line(f"{len(found)} changes from {describe(period, config.calendar)}")
    print_changes(out, found, config.calendar)
    print_unseen(out, seen)


def print_changes(out: Output, found: Iterable[Change], calendar: Calendar) -> None:
    """Print changes by day, within a day the weakening and the severe first."""
    for day, group in groupby(found, key=lambda c: c.not_after.astimezone(calendar.zone).date()):
        out.line(f"\n{out.style(f'{day:%Y-%m-%d %a}', 'bold')}")
        for change in sorted(group, key=_weight):
            _print_change(out, change)


def _weight(change: Change) -> tuple[int, int, str, str, str]:
    directions = (Direction.WEAKENED, Direction.ACTIVITY, Direction.STRENGTHENED, Direction.NEUTRAL)
    rank = directions.index(change.direction)
    return (rank, -change.severity.rank, change.resource, change.path, change.kind)


def _print_change(out: Output, change: Change) -> None:
    mark = out.style(f"{MARKS[change.direction]} {change.severity:<8}", str(change.direction))
    note = "  (the tool was upgraded)" if change.tool_upgrade else ""
    out.line(f"  {mark} {change.kind:<34} {change.says}{note}")
    place = f"{change.scope.account} {change.scope.region}"
    since = "" if change.not_before == change.not_after else f"after {when(change.not_before)}, "
    out.line(
        out.style(
            f"             {place} · {since}by {when(change.not_after)} UTC"
            f" · #{change.snapshot} · {' '.join(change.criteria)}",
            "dim",
        )
    )


def print_unseen(out: Output, seen: CoverageReport) -> None:
    """Say how much of the interval was seen, and name each gap: a gap is not a quiet time."""
    lost = [(item.scope, gap) for item in seen.scopes for gap in item.gaps]
    out.line(f"\n{seen.percent}% of the expected sights were complete.")
    if lost:
        out.line(out.style("Not seen, so nobody can say what changed:", "missed"))
    for scope, gap in lost:
        text = f"  {scope}  {when(gap.start)} to {when(gap.end)} UTC ({', '.join(gap.causes)})"
        out.line(out.style(text, "missed"))
