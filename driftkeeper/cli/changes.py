"""`driftkeeper changes`: the change log of an interval."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from driftkeeper.cli import complete
from driftkeeper.cli.coverage import print_gaps, print_hidden, print_unseen
from driftkeeper.cli.output import MARKS, Output, Rows, clean, counted, when
from driftkeeper.cli.session import Session
from driftkeeper.cli.shapes import CHANGE_COLUMNS, change_json, gap_json, scope_json
from driftkeeper.domain.errors import UsageError
from driftkeeper.domain.period import Calendar, describe
from driftkeeper.domain.types import Change, Direction, Scope, Severity

if TYPE_CHECKING:
    from datetime import datetime

    from driftkeeper.store.database import Connection
    from driftkeeper.store.read import ChangeFilter
    from driftkeeper.workflow.moments import Span
    from driftkeeper.workflow.report_coverage import CoverageReport

_INDENT = 13
_BASELINE = "collection.baseline_established"
_MANY = 3
"""So many baselines of one day are told one by one; more are counted."""


def run(
    context: typer.Context,
    since: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="From then on: 2026-03-31, 90d, last-quarter, '#41'."),
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="Until then; a day counts to its end.")
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(metavar="PERIOD", help="In this period: 2026Q1, last-month, A..B."),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            metavar="GLOB",
            help="Only these kinds of change, such as 'sg.*'; repeatable.",
            autocompletion=complete.kinds,
        ),
    ] = None,
    direction: Annotated[
        list[Direction] | None,
        typer.Option(
            metavar="DIRECTION",
            help="Only weakened, strengthened, neutral or activity; repeatable.",
        ),
    ] = None,
    severity: Annotated[
        Severity | None,
        typer.Option(
            metavar="LEVEL", help="At least so severe: info, low, medium, high or critical."
        ),
    ] = None,
    evidence: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TYPE",
            help="Only this evidence type with its facts, or this fact; repeatable.",
            autocompletion=complete.evidence_and_facts,
        ),
    ] = None,
    account: Annotated[
        list[str] | None, typer.Option(metavar="ACCOUNT", help="Only this account; repeatable.")
    ] = None,
    region: Annotated[
        list[str] | None, typer.Option(metavar="REGION", help="Only this region; repeatable.")
    ] = None,
    resource: Annotated[
        str | None,
        typer.Option(
            metavar="RESOURCE", help="Only this one: ARN, key, or any unambiguous end of one."
        ),
    ] = None,
    criterion: Annotated[
        str | None, typer.Option(metavar="CRITERION", help="Only for this one, such as CC6.6.")
    ] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Print one JSON object per line.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """Show the recorded changes of an interval, oldest first.

    Without an interval: all of them. What could not be seen in it is told too.
    """
    from driftkeeper.workflow.ask import recorded, with_facts
    from driftkeeper.workflow.moments import narrowed, span_for
    from driftkeeper.workflow.names import require_seen, resolve

    session: Session = context.obj
    wanted = session.out.format(jsonl=jsonl, as_csv=csv)
    _check_names(evidence or [], kind or [], criterion)
    accounts, regions = session.config.account_ids(account or ()), tuple(region or ())
    with session.reading() as connection:
        span = span_for(connection, since, until, period, session.now, session.config.calendar)
        require_seen(connection, accounts, regions)
        named = (
            resolve(connection, resource, accounts=accounts, regions=regions) if resource else None
        )
        narrow = narrowed(
            span,
            accounts=accounts,
            regions=regions,
            evidence=with_facts(evidence or ()),
            resource=None if named is None else named.key,
        )
        passes = _passing(kind or [], direction or [], severity, criterion)
        found = [change for change in recorded(connection, narrow) if passes(change)]
        matters = _mattering(narrow, kind or [], None if named is None else named.scopes)
        seen = _seen(session, connection, span, matters)
        hidden = _hidden(connection, span, matters)
    match wanted:
        case Rows.JSON:
            content = {
                "interval": {"from": span.start, "until": span.end},
                "coverage_percent": seen.percent,
                "gaps": [
                    {**scope_json(item.scope), **gap_json(gap)}
                    for item in seen.scopes
                    for gap in item.gaps
                ],
                "out_of_sight": [
                    {**scope_json(scope), "last_seen": last} for scope, last in hidden.items()
                ],
                "changes": [change_json(change) for change in found],
            }
            session.out.document("changes", content)
        case Rows.JSONL:
            session.out.json_lines(change_json(change) for change in found)
            session.out.say(_headline(session, span, found))
        case Rows.CSV:
            session.out.csv((change_json(change) for change in found), CHANGE_COLUMNS)
            session.out.say(_headline(session, span, found))
        case Rows.TABLE:
            session.out.line(_headline(session, span, found))
            print_changes(session.out, found, session.config.calendar, fold=not kind)
            _print_seen(session.out, seen, hidden)


def _check_names(evidence: list[str], kinds: list[str], criterion: str | None) -> None:
    from driftkeeper.collect.catalog import chosen
    from driftkeeper.derive.catalog import facts
    from driftkeeper.diff.catalog import kinds as known

    chosen([name for name in evidence if name not in facts()])
    for pattern in kinds:
        if not any(fnmatchcase(name, pattern) for name in known()):
            raise UsageError(f"no kind of change fits {pattern!r}; see `driftkeeper catalog kinds`")
    criteria = sorted({name for found in known().values() for name in found.criteria})
    if criterion is not None and criterion.upper() not in criteria:
        raise UsageError(
            f"no kind of change bears on criterion {criterion!r}; known are: {', '.join(criteria)}"
        )


def _passing(
    kinds: list[str],
    directions: list[Direction],
    severity: Severity | None,
    criterion: str | None,
) -> Callable[[Change], bool]:
    return lambda change: (
        (not kinds or any(fnmatchcase(change.kind, pattern) for pattern in kinds))
        and (not directions or change.direction in directions)
        and (severity is None or change.severity >= severity)
        and (criterion is None or criterion.upper() in change.criteria)
    )


def _seen(
    session: Session, connection: Connection, span: Span, matters: Callable[[Scope], bool]
) -> CoverageReport:
    """Return how completely the interval was seen: the scopes that the changes could be from."""
    from driftkeeper.workflow.moments import whole_period
    from driftkeeper.workflow.report_coverage import report

    config, until = session.config, min(session.now, span.end)
    return report(connection, whole_period(span), config.calendar, config.carry, until, matters)


def _hidden(
    connection: Connection, span: Span, matters: Callable[[Scope], bool]
) -> Mapping[Scope, datetime | None]:
    """Return the scopes that the interval's last snapshot did not see: their last changes may follow."""
    from driftkeeper.workflow.ask import out_of_sight
    from driftkeeper.workflow.moments import last_snapshot

    last = last_snapshot(connection, span)
    found = {} if last is None else out_of_sight(connection, last)
    return {scope: seen for scope, seen in found.items() if matters(scope)}


def _mattering(
    narrow: ChangeFilter, kinds: list[str], scopes: tuple[Scope, ...] | None
) -> Callable[[Scope], bool]:
    """Return which scopes the changes could be from."""
    from driftkeeper.workflow.ask import bases

    evidence, named = bases(narrow.evidence), bases(_evidence_of(kinds))

    def matters(scope: Scope) -> bool:
        return (
            (not narrow.accounts or scope.account in narrow.accounts)
            and (not narrow.regions or scope.region in narrow.regions)
            and (not evidence or scope.evidence in evidence)
            and (not named or scope.evidence in named)
            and (scopes is None or scope in scopes)
        )

    return matters


def _evidence_of(patterns: list[str]) -> tuple[str, ...]:
    """Return what kinds are about; nothing where one of them may be about anything."""
    from driftkeeper.diff.catalog import declared
    from driftkeeper.diff.spec import EVERYTHING

    names = {
        kind.evidence
        for kind in declared()
        if any(fnmatchcase(kind.name, pattern) for pattern in patterns)
    }
    return () if EVERYTHING in names else tuple(sorted(names))


def _headline(session: Session, span: Span, found: list[Change]) -> str:
    from driftkeeper.workflow.moments import shown_period, whole_period

    period = describe(shown_period(whole_period(span)), session.config.calendar)
    return f"{counted(len(found), 'change')} from {period}"


def print_changes(
    out: Output, changes: Iterable[Change], calendar: Calendar, *, fold: bool = False
) -> None:
    """Print changes by day, within a day the weakening and the severe first.

    With `fold`, many baselines of one day become one line: every scope has one.
    """
    for day, group in groupby(changes, key=lambda c: c.not_after.astimezone(calendar.zone).date()):
        found = sorted(group, key=weight)
        out.line(f"\n{out.style(f'{day:%a %Y-%m-%d}', 'bold')}")
        others = [change for change in found if change.kind != _BASELINE]
        baselines = len(found) - len(others)
        for change in others if fold and baselines > _MANY else found:
            print_change(out, change)
        if fold and baselines > _MANY:
            text = f"{baselines} scopes were seen completely for the first time: their baseline"
            out.hanging("  · info     ", text, _INDENT, "neutral")
            out.pieces([_BASELINE], _INDENT, "dim")


def weight(change: Change) -> tuple[int, int, str, str, str]:
    """Return what to sort changes by when their time does not matter."""
    directions = (Direction.WEAKENED, Direction.ACTIVITY, Direction.STRENGTHENED, Direction.NEUTRAL)
    rank = directions.index(change.direction)
    return (rank, -change.severity.rank, change.resource, change.path, change.kind)


def print_change(out: Output, change: Change) -> None:
    """Print what a change says, and below it where and when."""
    note = " (the tool was upgraded)" if change.tool_upgrade else ""
    mark = f"  {MARKS[change.direction]} {change.severity:<8} "
    out.hanging(mark, clean(change.says) + note, _INDENT, str(change.direction))
    since = "" if change.not_before == change.not_after else f"after {when(change.not_before)}, "
    where = (
        change.kind,
        f"{change.scope.account} {change.scope.region}",
        f"{since}by {when(change.not_after)} UTC",
        f"#{change.snapshot}",
        " ".join(change.criteria),
    )
    out.pieces([clean(piece) for piece in where if piece], _INDENT, "dim")


def _print_seen(out: Output, seen: CoverageReport, hidden: Mapping[Scope, datetime | None]) -> None:
    """Say how much of the interval was seen, and name each gap: a gap is not a quiet time."""
    if seen.percent is None:
        out.line("\nNo sight was expected in that time.")
    else:
        out.line(f"\n{seen.percent}% of the expected sights were complete.")
    print_gaps(out, seen, "Not seen, so nobody can say what changed:")
    print_unseen(out, seen, "Details not seen, so nobody can say what changed in them:")
    print_hidden(out, hidden)
