"""`driftkeeper attribute`: finds out from CloudTrail who made the changes in the log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from driftkeeper.cli.output import clean, counted
from driftkeeper.cli.session import Session
from driftkeeper.domain.attribution import Quality
from driftkeeper.domain.clock import SystemClock
from driftkeeper.domain.errors import DriftkeeperError, Exit, UsageError
from driftkeeper.domain.period import SnapshotRef, parse_moment

if TYPE_CHECKING:
    from datetime import datetime

    from driftkeeper.store.read import ChangeFilter
    from driftkeeper.workflow.attribution import Attributed
    from driftkeeper.workflow.sources import Source

_NAMED = (Quality.EXACT, Quality.PROBABLE, Quality.AMBIGUOUS, Quality.NONE)
_MORE = (Quality.OUT_OF_ACCOUNT, Quality.TOO_LATE)
_SHOWN = 20
"""Failures that are listed one by one; the rest are counted."""


def run(
    context: typer.Context,
    since: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Only changes seen since then; default: 90 days."),
    ] = None,
    account: Annotated[
        list[str] | None,
        typer.Option(metavar="ACCOUNT", help="Only this account, by id or name; repeatable."),
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Answer AWS calls from recorded files."),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="With --replay: when the answers were given."),
    ] = None,
) -> None:
    """Find out who made the changes in the log.

    Asks CloudTrail for the calls that can have made them. What cannot be asked stays pending and is
    asked again by the next run; the exit code is then 3.
    """
    from driftkeeper.workflow.attribution import attribute

    session: Session = context.obj
    if at is not None and replay is None:
        raise UsageError("--at goes with --replay; what is asked now is as of now")
    accounts = session.config.account_ids(account or ())
    wanted = _wanted(session, since, accounts)
    source = _source(session, accounts, replay, at)
    done = attribute(session.engine, source, session.signer, wanted)
    _print(session, done)
    if done.failures:
        raise typer.Exit(Exit.MISSED)


def _source(
    session: Session, accounts: tuple[str, ...], replay: Path | None, at: str | None
) -> Source:
    from driftkeeper.workflow.sources import Wanted, due, live, recorded
    from driftkeeper.workflow.take_snapshot import known_scopes

    wanted, known = Wanted(accounts), known_scopes(session.engine)
    if replay is None:
        return live(session.config, wanted, known, SystemClock())
    moment = None if at is None else _moment(session, at)
    return recorded(replay, moment, wanted, due(session.config, known))


def _moment(session: Session, text: str) -> datetime:
    found = parse_moment(text, session.now, session.config.calendar, edge="start")
    if isinstance(found, SnapshotRef):
        raise UsageError(f"--at {text} names a snapshot; recorded answers need a time")
    return found


def _wanted(session: Session, since: str | None, accounts: tuple[str, ...]) -> ChangeFilter:
    from driftkeeper.store.read import ChangeFilter
    from driftkeeper.workflow.moments import narrowed, span_for

    if since is None:
        return ChangeFilter(accounts=accounts)
    with session.reading() as connection:
        calendar = session.config.calendar
        span = span_for(connection, since, None, None, session.now, calendar)
    return narrowed(span, accounts=accounts)


def attribute_now(session: Session, source: Source) -> Attributed | None:
    """Look for who made the changes of earlier snapshots; a failure costs nothing but a warning."""
    from driftkeeper.workflow.attribution import attribute

    try:
        return attribute(session.engine, source, session.signer)
    except DriftkeeperError as error:
        session.out.say(f"driftkeeper: warning: nobody was asked who made changes: {error}")
        return None


def _print(session: Session, done: Attributed) -> None:
    if session.json:
        session.out.document("attribute", attributed_json(done))
    else:
        print_attributed(session, done)


def print_attributed(session: Session, done: Attributed) -> None:
    """Print what a run of attribution came to."""
    content = attributed_json(done)
    out, counts = session.out, content["attributed"]
    words = {
        Quality.EXACT: "exactly",
        Quality.PROBABLE: "probably",
        Quality.AMBIGUOUS: "ambiguously",
        Quality.NONE: "without any call that fits",
        Quality.OUT_OF_ACCOUNT: "made from another account",
        Quality.TOO_LATE: "too old to ask",
    }
    told = [f"{counts[str(q)]} {words[q]}" for q in (*_NAMED, *_MORE) if counts[str(q)]]
    out.line(
        f"{counted(done.calls, 'call')} to CloudTrail: {counted(len(done.found), 'change')} looked"
        f" for{': ' if told else ''}{', '.join(told)}"
    )
    if done.pending:
        out.line(f"{counted(done.pending, 'change')} pending: they are asked for by the next run")
    for failure in content["failures"][:_SHOWN]:
        place = "/".join(filter(None, (failure["account"], failure["region"])))
        what = " ".join(filter(None, (place, failure["event"])))
        out.line(out.style(f"  not asked: {clean(what)} ({clean(failure['code'])})", "missed"))
    if len(done.failures) > _SHOWN:
        more = f"  and {len(done.failures) - _SHOWN} more; see all of them with --json"
        out.line(out.style(more, "missed"))


def attributed_json(done: Attributed) -> dict[str, Any]:
    """Return what `attribute --json` says of a run."""
    return {
        "asked": done.questions,
        "api_calls": done.calls,
        "attributed": {str(quality): done.count(quality) for quality in (*_NAMED, *_MORE)},
        "pending": done.pending,
        "failures": [
            {
                "account": failure.account,
                "region": failure.region,
                "event": failure.event,
                "code": failure.code,
                "message": failure.message,
                "changes": failure.changes,
            }
            for failure in done.failures
        ],
        "digest": None if done.entry is None else done.entry.digest,
    }
