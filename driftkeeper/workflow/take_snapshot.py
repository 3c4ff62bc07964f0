"""Takes one snapshot: plan, look at every scope, store, name the changes, seal.

The only module that puts all the stages in a row. Looking is done in memory; storing, naming and sealing
are one transaction, so that the store is before or after a snapshot and never between.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from driftkeeper import __version__
from driftkeeper.collect import plan
from driftkeeper.collect.catalog import chosen, evidence_types
from driftkeeper.collect.session import BOTOCORE_VERSION
from driftkeeper.collect.ties import Counter
from driftkeeper.domain.chain import JournalEntry
from driftkeeper.domain.errors import UsageError
from driftkeeper.domain.signing import Signer
from driftkeeper.domain.types import Cause, Change, Outcome, Scope, Sight, Snapshot, Step
from driftkeeper.store import latest, read
from driftkeeper.store.database import Connection, Engine, reading, writing
from driftkeeper.store.lock import collector_lock
from driftkeeper.store.schema import require
from driftkeeper.store.write import SnapshotWriter
from driftkeeper.workflow.config import Config
from driftkeeper.workflow.looking import Task, catalogue, sights
from driftkeeper.workflow.naming import name_stored
from driftkeeper.workflow.places import Source
from driftkeeper.workflow.spool import Spool

Progress = Callable[[Scope, int, int], None]
"""Told after each scope: which one, how many are done, how many there are."""


@dataclass(frozen=True)
class Taken:
    """A snapshot that was taken: its header, every sight without its bodies, every change, its entry."""

    snapshot: Snapshot
    sights: tuple[Sight, ...]
    changes: tuple[Change, ...]
    entry: JournalEntry


def known_scopes(engine: Engine) -> list[Scope]:
    """Return the scopes that any snapshot has planned."""
    require(engine)
    with reading(engine) as connection:
        return sorted(latest.scope_heads(connection))


def missed_scopes(engine: Engine) -> set[Scope]:
    """Return the scopes that the latest snapshot which planned them did not see completely.

    What the configuration leaves out is not missed. Raises `UsageError` when there is no snapshot.
    """
    require(engine)
    with reading(engine) as connection:
        heads = latest.scope_heads(connection)
    if not heads:
        raise UsageError("there is no snapshot yet to retry; take one with `driftkeeper collect`")
    return {
        scope
        for scope, head in heads.items()
        if head.outcome is not Outcome.COMPLETE and head.cause is not Cause.SKIPPED
    }


def tasks(
    source: Source, config: Config, evidence: Sequence[str], only: set[Scope] | None = None
) -> list[Task]:
    """Return the plan: every scope to account for, in order; `only` narrows it to some."""
    specs = chosen([*evidence] or [*config.collect.evidence], config.also)
    planned = [
        Task(scope, evidence_types()[scope.evidence], place)
        for place in source.places
        for scope in plan.scopes(
            place.id,
            {*place.regions, *place.off},
            [s for s in specs if evidence or place.evidence is None or s.name in place.evidence],
            organization=place.organization,
        )
    ]
    wanted = [task for task in planned if only is None or task.scope in only]
    return sorted(wanted, key=lambda task: task.scope)


def take(
    engine: Engine,
    config: Config,
    source: Source,
    planned: Sequence[Task],
    signer: Signer | None,
    progress: Progress = lambda *_: None,
) -> Taken:
    """Take a snapshot of the planned scopes and return it.

    Raises `LockedError` when another collector is at work, `UsageError` for answers older than the
    latest snapshot, also by a clock that runs behind; whatever is raised, nothing was stored.
    """
    require(engine)
    with collector_lock(engine):
        started = source.clock.now()
        with reading(engine) as connection:
            _require_order(connection, source, started)
        with Spool() as spool:
            counter = Counter({task.spec.name: task.spec for task in planned})
            for done, sight in enumerate(sights(engine, planned, source, config), 1):
                spool.add(sight)
                counter.see(sight)
                progress(sight.scope, done, len(planned))
            with writing(engine) as connection:
                _require_order(connection, source, started)
                snapshot = _header(connection, config, source, planned, spool, started)
                writer = SnapshotWriter(connection, snapshot)
                stored: list[Sight] = []
                steps: list[Step] = []
                for found in spool:
                    ties = counter.ties(found.scope)
                    sight = replace(found, coverage=replace(found.coverage, ties=ties))
                    steps.append(writer.record(sight))
                    stored.append(replace(sight, bodies=()))
                writer.settle()
                changes = name_stored(connection, writer.before, steps, snapshot.number)
                entry = writer.finish(changes, signer)
    return Taken(snapshot, tuple(stored), tuple(changes), entry)


def _require_order(connection: Connection, source: Source, started: datetime) -> None:
    """Refuse answers from before the latest snapshot: changes would end before they began."""
    headers = read.snapshots(connection)
    if not headers or started >= headers[-1].taken_at:
        return
    newest = f"snapshot #{headers[-1].number} of {headers[-1].taken_at:%Y-%m-%d %H:%M}"
    if source.name == "replay":
        raise UsageError(
            f"the recorded answers are of {started:%Y-%m-%d %H:%M} UTC, and {newest} is newer;"
            " replay in the order of time, or into another database with --db"
        )
    raise UsageError(
        f"it is {started:%Y-%m-%d %H:%M} UTC by this machine's clock, and {newest} is newer;"
        " set the clock right, or collect into another database with --db"
    )


def is_whole(sight: Sight) -> bool:
    """Say whether nothing of a scope is missing: what the configuration leaves out is not missed."""
    return sight.coverage.outcome is Outcome.COMPLETE or sight.coverage.cause is Cause.SKIPPED


def _header(
    connection: Connection,
    config: Config,
    source: Source,
    planned: Sequence[Task],
    seen: Iterable[Sight],
    started: datetime,
) -> Snapshot:
    callers = {task.place.account.caller for task in planned if task.place.account}
    complete = all(is_whole(sight) for sight in seen) and source.unlisted is None
    complete = complete and not any(task.place.unlisted for task in planned)
    return Snapshot(
        number=latest.last_number(connection) + 1,
        taken_at=started,
        finished_at=source.clock.now(),
        status=Outcome.COMPLETE if complete else Outcome.PARTIAL,
        callers=tuple(sorted(callers)),
        host="" if source.name == "replay" else socket.gethostname(),
        tool_version=__version__,
        botocore_version=BOTOCORE_VERSION,
        catalogue_digest=catalogue(),
        config_digest=config.digest,
        source=source.name,
    )
