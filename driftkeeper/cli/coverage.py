"""`driftkeeper coverage`: how completely a period was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from driftkeeper.cli.output import clean, counted, when
from driftkeeper.cli.session import Session
from driftkeeper.cli.shapes import gap_json, scope_json
from driftkeeper.cli.tables import by_place, fitted
from driftkeeper.domain.period import describe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from driftkeeper.cli.output import Output
    from driftkeeper.domain.types import Scope
    from driftkeeper.workflow.ask import UnseenDetail
    from driftkeeper.workflow.report_coverage import CoverageReport, ScopeCoverage

_NAMED = 3
"""So many scopes with the same gap are named; of more, the first and how many others."""

_SHOWN = 10
"""So many lines of one kind are printed; of more, how many others there are."""


def run(
    context: typer.Context,
    period: Annotated[
        str | None,
        typer.Option(metavar="PERIOD", help="The period, such as 2026Q1 or last-quarter."),
    ] = None,
    scopes: Annotated[
        bool,
        typer.Option(
            "--scopes", help="List every scope, not only those seen less than the others."
        ),
    ] = False,
) -> None:
    """Show how completely a period was seen, and its gaps.

    Without a period: from the first snapshot to the latest. A day counts once, by its best sight; one on
    which nobody collected counts as missed. Days are added up over the scopes of each evidence item.
    """
    from driftkeeper.workflow.moments import collected, span_for, whole_period
    from driftkeeper.workflow.report_coverage import report

    session: Session = context.obj
    config = session.config
    with session.reading() as connection:
        if period is None:
            asked = collected(connection)
            until = asked.end
        else:
            span = span_for(connection, None, None, period, session.now, config.calendar)
            asked, until = whole_period(span), session.now
        found = report(connection, asked, config.calendar, config.carry, until)
    if session.json:
        session.out.document(
            "coverage", {"carry_hours": config.period.carry_hours, **_report_json(found)}
        )
    else:
        _print(session, found, every=scopes)


def _report_json(found: CoverageReport) -> dict[str, Any]:
    return {
        "interval": {"from": found.period.start, "until": found.period.end},
        "percent": found.percent,
        "items": [
            {
                "item": item,
                "title": title,
                "scopes": len(scopes),
                **dict(
                    zip(("expected", "complete", "partial", "missed"), _sums(scopes), strict=True)
                ),
            }
            for item, title, scopes in _by_item(found)
        ],
        "scopes": [
            {
                **scope_json(item.scope),
                "expected": item.expected,
                "complete": item.complete,
                "partial": item.partial,
                "missed": item.missed,
                "percent": item.percent,
                "excluded": item.excluded,
                "gaps": [gap_json(gap) for gap in item.gaps],
                "unseen": [
                    {
                        "resource": spell.resource,
                        "detail": spell.detail,
                        "cause": spell.cause,
                        "from": spell.start,
                        "until": spell.end,
                    }
                    for spell in item.unseen
                ],
                "ties": [
                    {
                        "name": tie.name,
                        "agreed": tie.agreed,
                        "disagreed": tie.disagreed,
                        "at": tie.at,
                        "mine": tie.last.mine,
                        "theirs": tie.last.theirs,
                        "odd": list(tie.last.odd),
                    }
                    for tie in item.ties
                ],
            }
            for item in found.scopes
        ],
    }


def _print(session: Session, found: CoverageReport, *, every: bool) -> None:
    from driftkeeper.workflow.moments import shown_period

    out, calendar = session.out, session.config.calendar
    period = describe(shown_period(found.period), calendar)
    out.line(f"Coverage from {period}: {_percent(found.percent)}\n")
    _print_items(out, found)
    # What all scopes lack are days without a snapshot: the gaps say so.
    least = min((item.expected - item.complete for item in found.scopes), default=0)
    short = [item for item in found.scopes if every or item.expected - item.complete > least]
    if short:
        out.line("\nEvery scope:" if every else "\nScopes that were seen less than the others:")
        _print_scopes(session, short)
    number = sum(len(item.gaps) for item in found.scopes)
    longer = f"longer than {session.config.period.carry_hours} h"
    print_gaps(out, found, f"{counted(number, 'gap')} {longer}:")
    if not number:
        out.line(f"\nNo gap {longer}.")
    _print_excluded(out, found)
    print_unseen(out, found, "Details unseen for long, though their scopes were listed:")
    _print_ties(out, found)


def _print_scopes(session: Session, found: Sequence[ScopeCoverage]) -> None:
    out, columns = session.out, ("EVIDENCE", *_COUNTS)
    if out.is_terminal:
        rows = ((item.scope, (item.scope.evidence, *_counts([item]))) for item in found)
        by_place(out, session.account_names, columns, rows, fold=("EVIDENCE",))
        return
    out.table(
        ("ACCOUNT", "REGION", *columns),
        [
            (item.scope.account, item.scope.region, item.scope.evidence, *_counts([item]))
            for item in found
        ],
    )


def _print_items(out: Output, found: CoverageReport) -> None:
    fitted(
        out,
        ("ITEM", "EVIDENCE", "SCOPES", *_COUNTS),
        [
            (str(item or "—"), title, str(len(scopes)), *_counts(scopes))
            for item, title, scopes in _by_item(found)
        ],
        fold=("EVIDENCE",),
    )


def _by_item(found: CoverageReport) -> list[tuple[int, str, list[ScopeCoverage]]]:
    """Return the items of the request list, each with its scopes; 0 is the context of the others."""
    from driftkeeper.collect.catalog import ITEMS, evidence_types

    types = evidence_types()
    scopes: dict[int, list[ScopeCoverage]] = {}
    for scope in found.scopes:
        spec = types.get(scope.scope.evidence)
        scopes.setdefault(0 if spec is None else spec.item, []).append(scope)
    return [(item, title, scopes[item]) for item, title in ITEMS.items() if item in scopes]


_COUNTS = ("EXPECTED", "COMPLETE", "PARTIAL", "MISSED", "SEEN")


def _counts(scopes: Sequence[ScopeCoverage]) -> tuple[str, ...]:
    from driftkeeper.workflow.report_coverage import percent_of

    sums = _sums(scopes)
    return (*map(str, sums), _percent(percent_of(sums[1], sums[0])))


def _sums(scopes: Sequence[ScopeCoverage]) -> list[int]:
    """Return the days that were expected, complete, partial and missed, over all scopes."""
    rows = ((one.expected, one.complete, one.partial, one.missed) for one in scopes)
    return [sum(counts) for counts in zip(*rows, strict=True)]


def _print_excluded(out: Output, found: CoverageReport) -> None:
    """Print what the configuration leaves out, each account and region once."""
    reasons = {
        f"{item.scope.account} {item.scope.region}: {item.excluded}": None
        for item in found.scopes
        if item.excluded is not None
    }
    print_some(out, [*reasons], "Not looked at, for a written reason:")


def _print_ties(out: Output, found: CoverageReport) -> None:
    """Print how many counts tie out, and each that once did not, with its latest mismatch."""
    ties = [(item.scope, tie) for item in found.scopes for tie in item.ties]
    odd = [(scope, tie) for scope, tie in ties if tie.disagreed]
    if ties:
        agreed, total = sum(t.agreed for _, t in ties), sum(t.agreed + t.disagreed for _, t in ties)
        out.line(f"\nCounts that tie out: {agreed} of {total}.")
    print_some(
        out,
        [
            f"{tie.name}: {tie.last.mine} ≠ {tie.last.theirs} at {when(tie.at)} UTC,"
            f" {counted(tie.disagreed, 'time')} in all ({scope})"
            + (f"; only on one side: {', '.join(tie.last.odd)}" if tie.last.odd else "")
            for scope, tie in odd
        ],
        "Counts that do not tie out:",
    )


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{value}%"


def print_gaps(out: Output, found: CoverageReport, heading: str) -> None:
    """Print each gap once, with the scopes that share it."""
    shared: dict[tuple[str, str], list[str]] = {}
    for item in found.scopes:
        for gap in item.gaps:
            span = f"{when(gap.start)} to {when(gap.end)} UTC"
            shared.setdefault((span, ", ".join(gap.causes)), []).append(str(item.scope))
    if shared:
        out.line(f"\n{out.style(heading, 'missed')}")
    for (span, causes), scopes in sorted(shared.items()):
        if len(scopes) == len(found.scopes) > 1:
            names = f"all {len(scopes)} scopes"
        elif len(scopes) > _NAMED:
            names = f"{scopes[0]} and {len(scopes) - 1} more"
        else:
            names = ", ".join(scopes)
        out.hanging("  ", f"{span}  {causes}: {names}", 4, "missed")


def print_unseen(out: Output, found: CoverageReport, heading: str) -> None:
    """Print each detail that was unseen for long, and when."""
    print_some(
        out,
        [
            f"{when(spell.start)} to {when(spell.end)} UTC  {spell.cause}:"
            f" {spell.detail} of {spell.resource or 'all'} ({item.scope})"
            for item in found.scopes
            for spell in item.unseen
        ],
        heading,
    )


def print_details(out: Output, details: Sequence[UnseenDetail], heading: str) -> None:
    """Print each detail that was unseen at a moment."""
    print_some(
        out,
        [f"{d.cause}: {d.detail} of {d.resource or 'all'} ({d.scope})" for d in details],
        heading,
    )


def print_hidden(out: Output, hidden: Mapping[Scope, datetime | None]) -> None:
    """Print the scopes that the last snapshot did not see, each with when one last did."""
    print_some(
        out,
        [
            f"{scope}: {'never seen' if last is None else f'last seen {when(last)} UTC'}"
            for scope, last in hidden.items()
        ],
        "Not looked at or missed by the last snapshot, so what changed is told later:",
    )


def print_some(out: Output, lines: Sequence[str], heading: str) -> None:
    """Print the first of some lines below a heading, and how many more there are; nothing for none."""
    if lines:
        out.line(f"\n{out.style(heading, 'missed')}")
    for line in lines[:_SHOWN]:
        out.hanging("  ", clean(line), 4, "missed")
    if len(lines) > _SHOWN:
        out.line(f"  and {len(lines) - _SHOWN} more")
