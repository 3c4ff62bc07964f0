"""`driftkeeper history`: how one resource became what it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from driftkeeper.cli import complete
from driftkeeper.cli.change_log import counts_of, of_sight, tally, teller
from driftkeeper.cli.changes import NoPager
from driftkeeper.cli.output import clean, counted, when
from driftkeeper.cli.pager import paged
from driftkeeper.cli.session import Session
from driftkeeper.cli.shapes import change_json
from driftkeeper.cli.windows import timed
from driftkeeper.domain.period import describe
from driftkeeper.domain.types import Change

if TYPE_CHECKING:
    from driftkeeper.domain.attribution import Actor
    from driftkeeper.store.database import Connection
    from driftkeeper.workflow.ask import VersionSpan
    from driftkeeper.workflow.moments import Span
    from driftkeeper.workflow.names import NamedResource
    from driftkeeper.workflow.report_coverage import CoverageReport

_DIGEST = 12


def run(
    context: typer.Context,
    resource: Annotated[
        str,
        typer.Argument(
            metavar="RESOURCE", help="ARN, key, any unambiguous end of one, or a given name."
        ),
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
    no_pager: NoPager = False,
) -> None:
    """Show how one resource became what it is.

    Every version of it, when it was gone, every change to it, and when nobody could see it, in order.
    """
    from driftkeeper.workflow.ask import of_resource, recorded, versions
    from driftkeeper.workflow.attribution import actors
    from driftkeeper.workflow.moments import narrowed, span_for
    from driftkeeper.workflow.related import beside

    session: Session = context.obj
    with session.reading() as connection:
        named = session.resource(connection, resource, evidence, account, region)
        span = span_for(connection, None, None, period, session.now, session.config.calendar)
        found = recorded(connection, of_resource(named, narrowed(span)))
        related = beside(connection, named, found)
        who = actors(connection, [*found, *related])
        spans = [
            version
            for version in versions(connection, named)
            if version.start < span.end and (version.end is None or version.end > span.start)
        ]
        seen = None if session.json else _seen(session, connection, span, named)
    if seen is None:
        session.out.document(
            "history",
            {
                "resource": named.key,
                "interval": {"from": span.start, "until": span.end},
                "versions": [_version_json(version) for version in spans],
                "changes": [change_json(change, who.get(change.id)) for change in found],
                "related": [change_json(change, who.get(change.id)) for change in related],
            },
        )
        return
    with paged(session.out, off=no_pager):
        _head(session, named, span, spans, found)
        _tell(session, named, _timeline(named.key, span, spans, [*found, *related], seen), who)


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


def _seen(
    session: Session, connection: Connection, span: Span, named: NamedResource
) -> CoverageReport:
    from driftkeeper.workflow.moments import whole_period
    from driftkeeper.workflow.report_coverage import report

    config, until = session.config, min(session.now, span.end)
    wanted = named.scopes.__contains__
    return report(connection, whole_period(span), config.calendar, config.carry, until, wanted)


@dataclass
class _Moment:
    """What is known of one moment: versions that begin, changes that were seen, sight that is lost."""

    snapshot: int | None = None
    lines: list[tuple[str, str]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


def _timeline(
    key: str,
    span: Span,
    versions: Sequence[VersionSpan],
    changes: Sequence[Change],
    seen: CoverageReport,
) -> dict[datetime, _Moment]:
    """Return the moments of a resource in order, each with everything that belongs to it."""
    moments: dict[datetime, _Moment] = {}
    snapshots: dict[int, datetime] = {}
    for version, first in _with_first(versions):
        moment = moments.setdefault(version.start, _Moment())
        moment.snapshot = version.snapshot
        snapshots[version.snapshot] = version.start
        moment.lines.append((_version_words(version, first, span), "bold"))
    for change in changes:
        # A sight may be older than its snapshot: what it showed stands beside the version it made.
        at = snapshots.get(change.snapshot, change.not_after)
        moment = moments.setdefault(at, _Moment())
        moment.snapshot = change.snapshot
        moment.changes.append(change)
    for start, text in _unseen(key, seen):
        moments.setdefault(start, _Moment()).lines.append((text, "missed"))
    return dict(sorted(moments.items()))


def _with_first(versions: Sequence[VersionSpan]) -> Iterator[tuple[VersionSpan, bool]]:
    known: set[str] = set()
    for version in versions:
        yield version, version.evidence not in known
        known.add(version.evidence)


def _version_words(version: VersionSpan, first: bool, span: Span) -> str:
    if version.digest is None:
        return f"{version.evidence}: gone"
    what = "another version"
    if first:
        what = "as it was by then" if version.start < span.start else "first seen"
    return f"{version.evidence}: {what} ({version.digest[:_DIGEST]})"


def _unseen(key: str, seen: CoverageReport) -> Iterator[tuple[datetime, str]]:
    """Yield the times in which nobody could see the resource, or a detail of it, each once."""
    told: dict[tuple[datetime, str], list[str]] = {}
    for item in seen.scopes:
        for gap in item.gaps:
            text = f"not seen until {when(gap.end)}: {', '.join(gap.causes)}"
            told.setdefault((gap.start, text), []).append(item.scope.evidence)
        for spell in item.unseen:
            if spell.resource in (None, key):
                text = f"{spell.detail} not seen until {when(spell.end)}: {spell.cause}"
                told.setdefault((spell.start, text), []).append(item.scope.evidence)
    for (start, text), evidence in told.items():
        yield start, f"{', '.join(evidence)}: {text}"


def _head(
    session: Session,
    named: NamedResource,
    span: Span,
    versions: Sequence[VersionSpan],
    changes: Sequence[Change],
) -> None:
    from driftkeeper.workflow.moments import shown_period, whole_period

    out, scope = session.out, named.scopes[0]
    out.line(out.style(clean(named.key), "bold"))
    account = teller(session).account(scope.account)
    out.pieces([clean(account), scope.region, *(each.evidence for each in named.scopes)], 2, "dim")
    if named.points_to:
        text = f"only a name of another resource: see `driftkeeper history {named.points_to}`"
        out.hanging("  ", clean(text), 4, "dim")
    interval = describe(shown_period(whole_period(span)), session.config.calendar)
    out.line(
        f"  {counted(len(versions), 'version')}, {counted(len(changes), 'change')} from {interval}"
    )
    if changes:
        out.line(f"  {tally(counts_of(changes), of_sight(changes))}")
    last = versions[-1] if versions else None
    if last is not None and last.last_seen is not None:
        far = "out of sight since; as last seen" if last.out_of_sight else "seen up to"
        out.line(f"  {far} {when(last.last_seen)} UTC")


def _tell(
    session: Session,
    named: NamedResource,
    moments: dict[datetime, _Moment],
    actors: Mapping[str, Actor],
) -> None:
    out, tells, scope = session.out, teller(session, actors), named.scopes[0]
    place = f"{tells.account(scope.account)} {scope.region}"
    for at, moment in moments.items():
        number = "" if moment.snapshot is None else f"  #{moment.snapshot}"
        out.line(f"\n{out.style(f'{when(at)} UTC', 'bold')}{out.style(number, 'dim')}")
        for text, style in moment.lines:
            out.pieces([clean(text)], 2, style)
        tells.changes(moment.changes, timed, place)
