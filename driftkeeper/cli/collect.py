"""`driftkeeper collect`: takes one snapshot of everything configured, or of recorded answers."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from driftkeeper.cli.output import MARKS
from driftkeeper.cli.progress import Progress
from driftkeeper.cli.session import Session
from driftkeeper.cli.shapes import miss_json
from driftkeeper.domain.clock import SystemClock
from driftkeeper.domain.errors import Exit, UsageError
from driftkeeper.domain.period import SnapshotRef, parse_moment
from driftkeeper.domain.types import Direction, Outcome, Severity

if TYPE_CHECKING:
    from driftkeeper.collect.replay import Recorder
    from driftkeeper.workflow.sources import Source
    from driftkeeper.workflow.take_snapshot import Taken, Task


def run(
    context: typer.Context,
    account: Annotated[
        list[str] | None, typer.Option(help="Only this account (id or name).")
    ] = None,
    region: Annotated[list[str] | None, typer.Option(help="Only this region.")] = None,
    evidence: Annotated[list[str] | None, typer.Option(help="Only this evidence type.")] = None,
    retry_missed: Annotated[
        bool, typer.Option("--retry-missed", help="Only what the latest snapshot missed.")
    ] = False,
    replay: Annotated[
        Path | None, typer.Option(help="Answer AWS calls from recorded files.", metavar="DIR")
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="When the recorded answers were given.", metavar="TIME")
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(help="Write the answers to files, without secrets.", metavar="DIR"),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the plan, and look at nothing.")
    ] = False,
) -> None:
    """Take one snapshot and name what changed since the last.

    Exit code 3 when something could not be seen: it is recorded, and nothing of it counts as changed.
    """
    from driftkeeper.collect.replay import Recorder
    from driftkeeper.workflow.take_snapshot import missed_scopes, take, tasks

    session: Session = context.obj
    if replay is not None and record is not None:
        raise UsageError("--replay and --record cannot both be given")
    if at is not None and replay is None:
        raise UsageError("--at goes with --replay: what is collected now is as of now")
    only = missed_scopes(session.engine) if retry_missed else None
    if only is not None and not only:
        session.out.say("the latest snapshot missed nothing; there is nothing to retry")
        return
    recorder = Recorder(record) if record else None
    source = _source(session, account or [], region or [], replay, at, recorder)
    planned = tasks(source, session.config, evidence or [], only)
    if not planned:
        raise UsageError("the plan is empty: no account, region or evidence type fits all of that")
    if dry_run:
        _print_plan(session, planned)
        return
    with Progress(session.out, len(planned)) as progress:
        taken = take(session.engine, session.config, source, planned, session.signer, progress.step)
    if recorder is not None:
        _write_recording(recorder, source)
    _print_taken(session, taken)
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
    from driftkeeper.workflow.sources import Wanted, live, recorded
    from driftkeeper.workflow.take_snapshot import known_scopes

    wanted = Wanted(tuple(accounts), tuple(regions))
    known = known_scopes(session.engine)
    if replay is None:
        return live(session.config, wanted, known, SystemClock(), recorder)
    return recorded(replay, _moment(session, at), wanted)


def _moment(session: Session, at: str | None) -> datetime | None:
    if at is None:
        return None
    found = parse_moment(at, session.now, session.config.calendar, edge="start")
    if isinstance(found, SnapshotRef):
        raise UsageError(f"--at {at}: recorded answers need a time, not a snapshot")
    return found


def _write_recording(recorder: Recorder, source: Source) -> None:
    for place in source.places:
        if place.account is not None:
            recorder.write(
                place.id,
                {
                    "account": place.id,
                    "name": place.name,
                    "caller": place.account.caller,
                    "regions": list(place.regions),
                    "taken_at": source.clock.now().isoformat(timespec="seconds"),
                },
            )


def _print_plan(session: Session, planned: list[Task]) -> None:
    from driftkeeper.workflow.take_snapshot import fewest_calls

    calls = sum(fewest_calls(task.spec) for task in planned)
    scopes = [
        {
            "account": task.scope.account,
            "region": task.scope.region,
            "evidence": task.scope.evidence,
            "calls": fewest_calls(task.spec),
        }
        for task in planned
    ]
    if session.json:
        session.out.document("collect-plan", {"scopes": scopes, "calls_at_least": calls})
        return
    session.out.table(
        ("ACCOUNT", "REGION", "EVIDENCE", "CALLS"),
        [
            (t.scope.account, t.scope.region, t.scope.evidence, f"≥ {fewest_calls(t.spec)}")
            for t in planned
        ],
    )
    session.out.line(f"\n{len(scopes)} scopes, at least {calls} calls, and some per resource found")


def _print_taken(session: Session, taken: Taken) -> None:
    content = taken_json(taken)
    if session.json:
        session.out.document("collect", content)
        return
    out, snapshot = session.out, content["snapshot"]
    coverage = content["coverage"]
    out.line(
        f"Snapshot #{snapshot['number']} of {snapshot['taken_at']:%Y-%m-%d %H:%M} UTC:"
        f" {coverage['complete']} scopes complete, {coverage['partial']} partial,"
        f" {coverage['missed']} missed; {content['resources']} resources, {content['api_calls']} calls"
    )
    for miss in content["misses"]:
        place = "/".join((miss["account"], miss["region"], miss["evidence"]))
        what = " ".join(filter(None, (miss.get("resource"), miss.get("detail"))))
        out.line(
            out.style(f"  not seen  {place} {what} ({miss['cause']}: {miss['code']})", "missed")
        )
    told = [
        c for c in taken.changes if c.severity > Severity.INFO or c.direction is Direction.WEAKENED
    ]
    for change in sorted(told, key=lambda c: (-c.severity.rank, c.resource, c.path)):
        mark = out.style(MARKS[change.direction], str(change.direction))
        out.line(f"  {mark} {change.severity:<8} {change.kind}: {change.says}")
    counts = content["changes"]
    out.line(
        f"{counts['total']} changes: {counts['weakened']} weakened, {counts['strengthened']}"
        f" strengthened, {counts['neutral']} neutral, {counts['activity']} activity"
    )
    sys.stdout.flush()


def taken_json(taken: Taken) -> dict[str, Any]:
    """Return what `collect --json` says of a snapshot."""
    snapshot = taken.snapshot
    outcomes = Counter(sight.coverage.outcome for sight in taken.sights)
    directions = Counter(change.direction for change in taken.changes)
    kinds = Counter(change.kind for change in taken.changes)
    return {
        "snapshot": {
            "number": snapshot.number,
            "taken_at": snapshot.taken_at,
            "finished_at": snapshot.finished_at,
            "status": str(snapshot.status),
            "tool_version": snapshot.tool_version,
            "caller": ", ".join(snapshot.callers),
            "digest": taken.entry.digest,
        },
        "coverage": {str(outcome): outcomes[outcome] for outcome in Outcome},
        "misses": [miss_json(miss) for sight in taken.sights for miss in sight.misses],
        "changes": {
            "total": len(taken.changes),
            **{str(direction): directions[direction] for direction in Direction},
            "by_kind": dict(sorted(kinds.items())),
        },
        "api_calls": sum(sight.coverage.calls for sight in taken.sights),
        "resources": sum(sight.coverage.resources for sight in taken.sights),
    }
