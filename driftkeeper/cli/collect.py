"""`driftkeeper collect`: takes one snapshot of everything configured, or of recorded answers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from driftkeeper.cli import complete
from driftkeeper.cli.attribute import attribute_now, attributed_json, print_attributed
from driftkeeper.cli.change_log import teller
from driftkeeper.cli.collected import nothing_json, taken_json
from driftkeeper.cli.families import weight
from driftkeeper.cli.output import clean, counted, when
from driftkeeper.cli.progress import Progress
from driftkeeper.cli.session import Session
from driftkeeper.cli.shapes import scope_json
from driftkeeper.cli.windows import dated
from driftkeeper.domain.clock import SystemClock
from driftkeeper.domain.errors import DriftkeeperError, Exit, UsageError
from driftkeeper.domain.period import SnapshotRef, parse_moment
from driftkeeper.domain.types import Change, Direction, Outcome, Severity

if TYPE_CHECKING:
    from driftkeeper.cli.output import Output
    from driftkeeper.collect.replay import Recorder
    from driftkeeper.workflow.attribution import Attributed
    from driftkeeper.workflow.looking import Task
    from driftkeeper.workflow.sources import Source
    from driftkeeper.workflow.take_snapshot import Taken

_SHOWN = 20
"""Misses that are listed one by one; the rest are counted."""


def run(
    context: typer.Context,
    account: Annotated[
        list[str] | None,
        typer.Option(metavar="ACCOUNT", help="Only this account, by id or name; repeatable."),
    ] = None,
    region: Annotated[
        list[str] | None,
        typer.Option(
            metavar="REGION", help="Only this region, and what is account-wide; repeatable."
        ),
    ] = None,
    evidence: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TYPE",
            help="Only this evidence type; repeatable.",
            autocompletion=complete.evidence,
        ),
    ] = None,
    retry_missed: Annotated[
        bool, typer.Option("--retry-missed", help="Only what the latest snapshot missed.")
    ] = False,
    replay: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Answer AWS calls from recorded files."),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="With --replay: when the answers were given."),
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Also write the answers to files, without secrets."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the plan; read no evidence, store nothing.")
    ] = False,
) -> None:
    """Take one snapshot and name what changed since the last.

    What cannot be seen is recorded as missed, never as gone; the exit code is then 3.
    """
    from driftkeeper.collect.catalog import chosen
    from driftkeeper.workflow.take_snapshot import missed_scopes, take, tasks

    session: Session = context.obj
    if replay is not None and record is not None:
        raise UsageError("--replay and --record exclude each other; give one of them")
    if at is not None and replay is None:
        raise UsageError("--at goes with --replay; what is collected now is as of now")
    chosen(evidence or [])
    only = missed_scopes(session.engine) if retry_missed else None
    if only is not None and not only:
        _print_nothing(session)
        return
    recorder = _recorder(record)
    source = _source(session, account or [], region or [], replay, at, recorder)
    planned = tasks(source, session.config, evidence or [], only)
    if not planned:
        raise UsageError(
            "nothing is left to collect: no account, region and evidence type fits all the options;"
            " give fewer of them"
        )
    if dry_run:
        _print_plan(session, planned)
        return
    with Progress(session.out, len(planned)) as progress:
        taken = take(session.engine, session.config, source, planned, session.signer, progress.step)
    for warning in source.warnings:
        session.out.say(f"driftkeeper: warning: {clean(warning)}")
    is_live = replay is None and record is None
    asked = attribute_now(session, source) if is_live and session.config.collect.attribute else None
    _print_taken(session, taken, source.warnings, asked)
    if recorder is not None:
        _write_recording(recorder, source, planned, taken.snapshot.number)
    if taken.snapshot.status is not Outcome.COMPLETE:
        raise typer.Exit(Exit.MISSED)


def _source(
    session: Session,
    accounts: list[str],
    regions: list[str],
    replay: Path | None,
    at: str | None,
    recorder: Recorder | None,
) -> Source:
    from driftkeeper.workflow.sources import Wanted, due, live, recorded
    from driftkeeper.workflow.take_snapshot import known_scopes

    wanted = Wanted(session.config.account_ids(accounts), tuple(regions))
    known = known_scopes(session.engine)
    if replay is None:
        return live(session.config, wanted, known, SystemClock(), recorder)
    return recorded(replay, _moment(session, at), wanted, due(session.config, known))


def _moment(session: Session, at: str | None) -> datetime | None:
    if at is None:
        return None
    found = parse_moment(at, session.now, session.config.calendar, edge="start")
    if isinstance(found, SnapshotRef):
        raise UsageError(f"--at {at} names a snapshot; recorded answers need a time")
    return found


def _recorder(folder: Path | None) -> Recorder | None:
    """Return the recorder; that its folder can be written is found out before anything is done."""
    from driftkeeper.collect.replay import Recorder

    if folder is None:
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--record {folder}: {error.strerror}; choose another folder") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(f"--record {folder}: it cannot be written; choose another folder")
    return Recorder(folder)


def _write_recording(
    recorder: Recorder, source: Source, planned: Sequence[Task], number: int
) -> None:
    for place in source.places:
        if place.account is None:
            continue
        meta = {
            "account": place.id,
            "name": place.name,
            "caller": place.account.caller,
            "regions": list(place.regions),
            "evidence": sorted({task.spec.name for task in planned if task.place.id == place.id}),
            "organization": place.organization,
            "taken_at": source.clock.now().isoformat(timespec="seconds"),
        }
        try:
            recorder.write(place.id, meta)
        except OSError as error:
            raise DriftkeeperError(
                f"snapshot #{number} was stored, but its answers could not be recorded in"
                f" {recorder.folder}: {error.strerror}; free some space before the next --record"
            ) from None


def _print_plan(session: Session, planned: list[Task]) -> None:
    from driftkeeper.workflow.looking import fewest_calls

    fewest = fewest_calls(planned)
    calls = sum(fewest.values())
    scopes = [{**scope_json(scope), "calls": number} for scope, number in fewest.items()]
    if session.json:
        session.out.document("collect-plan", {"scopes": scopes, "calls_at_least": calls})
        return
    session.out.table(
        ("ACCOUNT", "REGION", "EVIDENCE", "CALLS"),
        [(row["account"], row["region"], row["evidence"], f"≥ {row['calls']}") for row in scopes],
    )
    session.out.line(
        f"\n{counted(len(scopes), 'scope')}, at least {counted(calls, 'call')},"
        " and some for each resource that is found"
    )


def _print_nothing(session: Session) -> None:
    if session.json:
        session.out.document(
            "collect",
            nothing_json(),
        )
    else:
        session.out.line("The latest snapshot missed nothing: there is nothing to retry.")


def _print_taken(
    session: Session, taken: Taken, warnings: Sequence[str], asked: Attributed | None
) -> None:
    content = {
        **taken_json(taken),
        "warnings": list(warnings),
        "attribution": None if asked is None else attributed_json(asked),
    }
    if session.json:
        session.out.document("collect", content)
        return
    out, coverage, number = session.out, content["coverage"], taken.snapshot.number
    excluded = f", {coverage['excluded']} excluded" if "excluded" in coverage else ""
    out.line(
        f"Snapshot #{number} of {when(taken.snapshot.taken_at)} UTC:"
        f" {counted(coverage['complete'], 'scope')} complete, {coverage['partial']} partial,"
        f" {coverage['missed']} missed{excluded}; {counted(content['resources'], 'resource')},"
        f" {counted(content['api_calls'], 'call')}"
        + (f" ({content['calls_per_floor']:.2f} × the fewest possible)" if content["floor"] else "")
    )
    _print_misses(out, content["misses"])
    told = sorted((c for c in taken.changes if _is_worth_telling(c)), key=weight)
    teller(session).changes(told, dated)
    counts = content["changes"]
    directions = ", ".join(f"{counts[direction]} {direction}" for direction in Direction)
    out.line(f"{counted(counts['total'], 'change')}: {directions}")
    if asked is not None:
        print_attributed(session, asked)
    if number == 1:
        out.say("This is the baseline: from now on, whatever differs from it is told.")
    elif len(told) < counts["total"]:
        out.say(f"See all of them with `driftkeeper changes --since '#{number - 1}'`.")


def _is_worth_telling(change: Change) -> bool:
    return change.severity > Severity.INFO or change.direction is Direction.WEAKENED


def _print_misses(out: Output, misses: list[dict[str, Any]]) -> None:
    for miss in misses[:_SHOWN]:
        place = "/".join((miss["account"], miss["region"], miss["evidence"]))
        what = " ".join(filter(None, (place, miss.get("resource"), miss.get("detail"))))
        cause = ": ".join(filter(None, (miss["cause"], miss["code"])))
        out.line(out.style(f"  not seen: {clean(what)} ({clean(cause)})", "missed"))
    if len(misses) > _SHOWN:
        more = f"  and {len(misses) - _SHOWN} more; see all of them with --json"
        out.line(out.style(more, "missed"))
