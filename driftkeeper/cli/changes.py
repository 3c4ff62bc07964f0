"""`driftkeeper changes`: the change log of an interval."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property, partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from driftkeeper.cli import filters
from driftkeeper.cli.change_log import Counts, counts_of, of_sight, of_sight_among, tally, teller
from driftkeeper.cli.coverage import print_gaps, print_hidden, print_unseen
from driftkeeper.cli.output import Rows, counted, flush
from driftkeeper.cli.pager import paged
from driftkeeper.cli.session import Session
from driftkeeper.cli.shapes import CHANGE_COLUMNS, change_json, gap_json, scope_json
from driftkeeper.domain.attribution import Actor
from driftkeeper.domain.period import describe
from driftkeeper.domain.types import Change, Scope

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from driftkeeper.store.database import Connection
    from driftkeeper.store.read import ChangeFilter
    from driftkeeper.workflow.moments import Span
    from driftkeeper.workflow.report_coverage import CoverageReport

NoPager = Annotated[
    bool, typer.Option("--no-pager", help="Print everything at once, also on a terminal.")
]


@dataclass(frozen=True)
class _Found:
    """The changes, how many there are, and who made them and why, known as each is reached."""

    counts: Counts
    of_sight: Counts
    changes: Iterable[Change]
    actors: Mapping[str, Actor]
    causes: Mapping[str, Change]


@dataclass
class _Answer:
    """What is asked for: the interval, how much of it was seen, and the changes as they are found."""

    span: Span
    look: Callable[[], CoverageReport]
    hidden: Mapping[Scope, datetime | None]
    limit: int | None
    found: _Found

    @cached_property
    def seen(self) -> CoverageReport:
        """How completely the interval was seen. Over a year that takes longer than all the rest."""
        return self.look()

    @property
    def total(self) -> int:
        """How many changes there are."""
        return sum(self.found.counts.values())

    @property
    def is_whole(self) -> bool:
        """Whether everything was seen that should have been."""
        return self.seen.percent == 100 and not self.hidden


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
    kind: filters.Kinds = None,
    direction: filters.Directions = None,
    severity: filters.Least = None,
    evidence: filters.Evidence = None,
    account: filters.Accounts = None,
    region: filters.Regions = None,
    resource: filters.Resource = None,
    criterion: filters.Criteria = None,
    control: filters.Controls = None,
    actor: filters.Actors = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Only the newest so many.")
    ] = None,
    reverse: Annotated[bool, typer.Option("--reverse", help="The newest first.")] = False,
    no_pager: NoPager = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Print one JSON object per line.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """Show the recorded changes of an interval, oldest first.

    Without an interval: all of them. What could not be seen in it is told too. What follows from a
    change stands under it; --verbose unfolds everything, and says why it matters and what to do.
    """
    from driftkeeper.workflow.moments import span_for

    session: Session = context.obj
    wanted = session.out.format(jsonl=jsonl, as_csv=csv)
    typed = filters.Filters(
        kind or (),
        direction or (),
        severity,
        evidence or (),
        account or (),
        region or (),
        resource,
        criterion or (),
        control or (),
    )
    with session.reading() as connection:
        span = span_for(connection, since, until, period, session.now, session.config.calendar)
        found = filters.narrow(session, connection, span, typed)
        for hint in found.hints:
            session.out.say(hint)
        answer = _Answer(
            span,
            partial(_seen, session, connection, span, found.matters),
            _hidden(connection, span, found.matters),
            limit,
            _found(connection, found, actor or (), reverse=reverse, limit=limit),
        )
        if actor:
            _say_unnamed(session, connection, found.filter, answer.found.actors)
        with paged(session.out, off=no_pager or wanted is not Rows.TABLE):
            _write(session, answer, wanted)


def _say_unnamed(
    session: Session, connection: Connection, wanted: ChangeFilter, actors: Mapping[str, Actor]
) -> None:
    """Say how many changes name nobody: anybody may have made them, those who are asked for too."""
    from driftkeeper.workflow.ask import counts

    named = sum(actor.label is not None for actor in actors.values())
    unnamed = sum(counts(connection, wanted).values()) - named
    if unnamed:
        session.out.say(
            f"Nobody is named for {counted(unnamed, 'other change')};"
            " `driftkeeper attribute` asks CloudTrail."
        )


def _found(
    connection: Connection,
    narrowed: filters.Narrowed,
    names: Sequence[str],
    *,
    reverse: bool,
    limit: int | None,
) -> _Found:
    """Return how many changes there are, the changes, and what is known of each as it is reached.

    Who made a change, and whether it bears on a control, is known after the change is: to narrow by
    that, all of them are looked at first.
    """
    from driftkeeper.workflow.ask import counts, log_of
    from driftkeeper.workflow.attribution import with_actors
    from driftkeeper.workflow.related import with_causes

    wanted, actors = narrowed.filter, dict[str, Actor]()
    causes: dict[str, Change] = {}
    if not names and narrowed.passes is None:
        log = log_of(connection, wanted, newest_first=reverse, limit=limit)
        told = with_causes(connection, with_actors(connection, log, actors), causes)
        blind = counts(connection, replace(wanted, kinds=of_sight_among(wanted.kinds)))
        return _Found(counts(connection, wanted), blind, told, actors, causes)
    log = log_of(connection, wanted, newest_first=reverse)
    theirs = [
        change
        for change in with_causes(connection, with_actors(connection, log, actors), causes)
        if (narrowed.passes is None or narrowed.passes(change))
        and (not names or _is_by(actors.get(change.id), names))
    ]
    newest = theirs[:limit] if reverse or limit is None else theirs[-limit:]
    return _Found(counts_of(theirs), of_sight(theirs), newest, actors, causes)


def _is_by(actor: Actor | None, names: Sequence[str]) -> bool:
    """Say whether somebody of these names made a change; nobody has a name that fits."""
    label = None if actor is None else actor.label
    return label is not None and any(fnmatchcase(label, name) for name in names)


def _write(session: Session, answer: _Answer, wanted: Rows) -> None:
    found = answer.found
    objects = (change_json(change, found.actors.get(change.id)) for change in found.changes)
    match wanted:
        case Rows.TABLE:
            _print(session, answer)
        case Rows.JSON:
            session.out.document("changes", _content(answer, [*objects]))
        case Rows.JSONL:
            session.out.json_lines(objects)
            session.out.say(_headline(session, answer))
        case Rows.CSV:
            session.out.csv(objects, CHANGE_COLUMNS)
            session.out.say(_headline(session, answer))


def _content(answer: _Answer, changes: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "interval": {"from": answer.span.start, "until": answer.span.end},
        "coverage_percent": answer.seen.percent,
        "gaps": [
            {**scope_json(item.scope), **gap_json(gap)}
            for item in answer.seen.scopes
            for gap in item.gaps
        ],
        "out_of_sight": [
            {**scope_json(scope), "last_seen": last} for scope, last in answer.hidden.items()
        ],
        "changes": changes,
    }


def _print(session: Session, answer: _Answer) -> None:
    out = session.out
    out.line(_headline(session, answer))
    if answer.total:
        out.hanging("  ", tally(answer.found.counts, answer.found.of_sight), 2, "dim")
    flush()
    if not answer.is_whole and answer.seen.percent is not None:
        text = f"  {_share(answer.seen)}: see the end for what nobody could see"
        out.line(out.style(text, "missed"))
    found = answer.found
    teller(session, found.actors, found.causes).days(found.changes)
    _print_seen(session, answer)


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


def _headline(session: Session, answer: _Answer) -> str:
    text = f"{counted(answer.total, 'change')} from {_interval(session, answer.span)}"
    if answer.limit is not None and answer.limit < answer.total:
        return f"{text}, of which the newest {answer.limit}"
    return text


def _interval(session: Session, span: Span) -> str:
    from driftkeeper.workflow.moments import shown_period, whole_period

    return describe(shown_period(whole_period(span)), session.config.calendar)


def _share(seen: CoverageReport) -> str:
    return f"{seen.percent}% of the expected sights were complete"


def _print_seen(session: Session, answer: _Answer) -> None:
    """Say how much of the interval was seen, and name each gap: a gap is not a quiet time."""
    out, seen = session.out, answer.seen
    interval = _interval(session, answer.span)
    if seen.percent is None:
        out.line(f"\nNo sight was expected from {interval}.")
    elif answer.is_whole:
        out.line(f"\n{_share(seen)} from {interval}.")
    print_gaps(out, seen, "Not seen, so nobody can say what changed:")
    print_unseen(out, seen, "Details not seen, so nobody can say what changed in them:")
    print_hidden(out, answer.hidden)
