"""Takes one snapshot: plan, look at every scope, store, name the changes, seal.

The only module that puts all the stages in a row. Looking is done in memory; storing, naming and sealing
are one transaction, so that the store is before or after a snapshot and never between.
"""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from driftkeeper import __version__
from driftkeeper.collect import plan
from driftkeeper.collect.catalog import catalogue_digest, chosen, evidence_types, shapes
from driftkeeper.collect.engine import look, not_looked
from driftkeeper.collect.reader import Known, Mapper, nothing_known
from driftkeeper.collect.session import BOTOCORE_VERSION
from driftkeeper.collect.shared import Shared
from driftkeeper.collect.spec import EvidenceType, Gather
from driftkeeper.collect.ties import Counter
from driftkeeper.derive.catalog import facts
from driftkeeper.derive.engine import moved
from driftkeeper.diff.engine import changes_of, fact_changes
from driftkeeper.domain.canonical import digest_of
from driftkeeper.domain.chain import JournalEntry
from driftkeeper.domain.errors import UsageError
from driftkeeper.domain.signing import Signer
from driftkeeper.domain.types import Change, Outcome, Scope, Sight, Snapshot, Step
from driftkeeper.store import latest, read
from driftkeeper.store.database import Connection, Engine, reading, writing
from driftkeeper.store.known import last_bodies
from driftkeeper.store.lock import collector_lock
from driftkeeper.store.schema import require
from driftkeeper.store.write import SnapshotWriter
from driftkeeper.workflow.config import Config
from driftkeeper.workflow.sources import Place, Source, never_reached
from driftkeeper.workflow.spool import Spool

Progress = Callable[[Scope, int, int], None]
"""Told after each scope: which one, how many are done, how many there are."""


@dataclass(frozen=True)
class Task:
    """One planned scope, and the place to look from."""

    scope: Scope
    spec: EvidenceType
    place: Place


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

    Raises `UsageError` when there is no snapshot.
    """
    require(engine)
    with reading(engine) as connection:
        heads = latest.scope_heads(connection)
    if not heads:
        raise UsageError("there is no snapshot yet to retry; take one with `driftkeeper collect`")
    return {scope for scope, head in heads.items() if head.outcome is not Outcome.COMPLETE}


def tasks(
    source: Source, config: Config, evidence: Sequence[str], only: set[Scope] | None = None
) -> list[Task]:
    """Return the plan: every scope to account for, in order; `only` narrows it to some."""
    specs = chosen([*evidence] or [*config.collect.evidence], config.collect.also)
    planned = [
        Task(scope, evidence_types()[scope.evidence], place)
        for place in source.places
        for scope in plan.scopes(
            place.id, {*place.regions, *place.off}, specs, organization=place.organization
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
            for done, sight in enumerate(_sights(engine, planned, source, config), 1):
                spool.add(sight)
                counter.see(sight)
                progress(sight.scope, done, len(planned))
            with writing(engine) as connection:
                _require_order(connection, source, started)
                snapshot = _header(connection, config, source, planned, spool, started)
                writer = SnapshotWriter(connection, snapshot)
                sights: list[Sight] = []
                changes: list[Change] = []
                for found in spool:
                    ties = counter.ties(found.scope)
                    sight = replace(found, coverage=replace(found.coverage, ties=ties))
                    changes += named(writer.record(sight), snapshot.number)
                    sights.append(replace(sight, bodies=()))
                entry = writer.finish(changes, signer)
    return Taken(snapshot, tuple(sights), tuple(changes), entry)


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


def named(step: Step, number: int) -> list[Change]:
    """Return the changes of a step: those of its resources, then those of the facts about them."""
    shape = shapes()[step.scope.evidence]
    changes = changes_of(step, shape, number)
    if step.baseline:
        return changes
    consequences = [
        change
        for found in moved(facts().values(), step.pairs)
        for change in fact_changes(
            found.fact.name, step, found.pair, found.moved, found.causes(changes), number
        )
    ]
    return [*changes, *consequences]


def _sights(
    engine: Engine, planned: Sequence[Task], source: Source, config: Config
) -> Iterator[Sight]:
    """Look at every planned scope; the order of the result is that of the plan."""
    seconds = float(config.collect.scope_seconds)
    shared = {task.place.id: Shared() for task in planned}
    last = {(task.place.id, task.scope.region): n for n, task in enumerate(planned)}
    end = {task.place.id: n for n, task in enumerate(planned)}

    def sight(task: Task, mapper: Mapper) -> Sight:
        remember = partial(_known, engine, task) if source.remembers else nothing_known
        return _sight(task, source, seconds, shared[task.place.id], mapper, remember)

    workers = config.collect.workers
    with _threads(workers, "scope") as pool, _threads(workers, "detail") as details:
        # Recorded answers wait for nothing: threads would only take turns.
        found = (
            (sight(task, map) for task in planned)
            if source.name != "live"
            else _in_order(pool, partial(sight, mapper=details.map), planned, 2 * workers)
        )
        for number, (task, seen) in enumerate(zip(planned, found, strict=True)):
            yield seen
            if source.name == "live" and number == last[task.place.id, task.scope.region]:
                _let_go(task.place, None if number == end[task.place.id] else task.scope.region)
            if number == end[task.place.id]:
                del shared[task.place.id]


def _let_go(place: Place, region: str | None) -> None:
    if place.account is not None:
        place.account.clients.forget(region)


def _in_order(
    pool: ThreadPoolExecutor, work: Callable[[Task], Sight], planned: Sequence[Task], ahead: int
) -> Iterator[Sight]:
    """Yield what becomes of each task, in order; no more than `ahead` results wait to be taken."""
    waiting: deque[Future[Sight]] = deque()
    for task in planned:
        waiting.append(pool.submit(work, task))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _known(engine: Engine, task: Task) -> Known | None:
    if not task.spec.grows:
        return None
    with reading(engine) as connection:
        found = last_bodies(connection, task.scope, (BOTOCORE_VERSION, catalogue()))
    return None if found is None else Known(*found)


@contextmanager
def _threads(number: int, name: str) -> Iterator[ThreadPoolExecutor]:
    """Give a pool that is waited for, unless it is left by an error or an interruption."""
    pool = ThreadPoolExecutor(number, name)
    done = False
    try:
        yield pool
        done = True
    finally:
        pool.shutdown(wait=done, cancel_futures=not done)


def _sight(
    task: Task,
    source: Source,
    seconds: float,
    shared: Shared,
    mapper: Mapper,
    remember: Callable[[], Known | None],
) -> Sight:
    place, scope = task.place, task.scope
    if place.account is None:
        return not_looked(scope, place.why or never_reached(place.id), source.clock.now())
    if scope.region in place.off:
        return not_looked(scope, place.off[scope.region], source.clock.now())
    reader = place.account.reader(
        scope, source.clock, seconds, shared=shared, mapper=mapper, remember=remember
    )
    return look(task.spec, reader)


def _header(
    connection: Connection,
    config: Config,
    source: Source,
    planned: Sequence[Task],
    sights: Iterable[Sight],
    started: datetime,
) -> Snapshot:
    callers = {task.place.account.caller for task in planned if task.place.account}
    complete = all(sight.coverage.outcome is Outcome.COMPLETE for sight in sights)
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


def catalogue() -> str:
    """Return the digest of all declarations: what is read, and what is concluded from it."""
    read_how = catalogue_digest([*evidence_types().values()])
    return digest_of([read_how, [[fact.name, fact.version] for fact in facts().values()]])


def fewest_calls(spec: EvidenceType) -> int:
    """Return the calls that a scope of this type costs before any resource is found."""
    gathers = sum(isinstance(detail, Gather) for detail in spec.details.values())
    return gathers + len(spec.listed_by())
