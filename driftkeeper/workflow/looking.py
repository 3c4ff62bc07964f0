"""Looks at every planned scope: several at a time, within bounds, and letting go of what is done."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial

from driftkeeper import __version__
from driftkeeper.collect.catalog import catalogue_digest, evidence_types
from driftkeeper.collect.engine import look, not_looked
from driftkeeper.collect.reader import Known, Mapper, nothing_known
from driftkeeper.collect.session import BOTOCORE_VERSION
from driftkeeper.collect.shared import Shared
from driftkeeper.collect.spec import EvidenceType, Unseen
from driftkeeper.derive.catalog import facts
from driftkeeper.domain.canonical import digest_of
from driftkeeper.domain.types import Cause, Scope, Sight
from driftkeeper.store.database import Engine, reading
from driftkeeper.store.known import last_bodies
from driftkeeper.workflow.config import Config
from driftkeeper.workflow.places import Place, Source, never_reached


@dataclass(frozen=True)
class Task:
    """One planned scope, and the place to look from."""

    scope: Scope
    spec: EvidenceType
    place: Place

    @property
    def unreachable(self) -> Unseen | None:
        """Why the scope cannot be looked at; None when it can."""
        if self.place.account is None:
            why = self.place.why or never_reached(self.place.id)
            return self.place.off.get(self.scope.region, why)
        return self.place.off.get(self.scope.region)

    @property
    def is_left_out(self) -> bool:
        """Whether the configuration, and not a failure, keeps the scope from being looked at."""
        return self.unreachable is not None and self.unreachable.cause is Cause.SKIPPED


def sights(
    engine: Engine, planned: Sequence[Task], source: Source, config: Config
) -> Iterator[Sight]:
    """Look at every planned scope; the order of the result is that of the plan."""
    seconds = float(config.collect.scope_seconds)
    # No answer of one region serves another: each is forgotten when its region is done.
    shared = {(task.place.id, task.scope.region): Shared() for task in planned}
    last = {(task.place.id, task.scope.region): n for n, task in enumerate(planned)}
    end = {task.place.id: n for n, task in enumerate(planned)}

    def sight(task: Task, mapper: Mapper) -> Sight:
        remember = partial(_known, engine, task) if source.remembers else nothing_known
        known = shared[task.place.id, task.scope.region]
        return _sight(task, source, seconds, known, mapper, remember)

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
            if number == last[task.place.id, task.scope.region]:
                del shared[task.place.id, task.scope.region]
                if source.name == "live":
                    _let_go(task.place, None if number == end[task.place.id] else task.scope.region)


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
    account, why = task.place.account, task.unreachable
    if account is None or why is not None:
        return not_looked(task.scope, why or never_reached(task.place.id), source.clock.now())
    reader = account.reader(
        task.scope, source.clock, seconds, shared=shared, mapper=mapper, remember=remember
    )
    return look(task.spec, reader)


@cache
def catalogue() -> str:
    """Return the digest of all declarations: what is read, and what is concluded from it.

    With the version of the program: a declaration may hold functions, which have no digest.
    """
    read_how = catalogue_digest([*evidence_types().values()])
    return digest_of(
        [__version__, read_how, [[fact.name, fact.version] for fact in facts().values()]]
    )


def fewest_calls(planned: Sequence[Task]) -> dict[Scope, int]:
    """Return the calls that each scope costs before anything is found; a shared one its first user."""
    asked: set[tuple[str, ...]] = set()
    fewest = {}
    for task in planned:
        call, scope = task.spec.listed_by()[0], task.scope
        question = (scope.account, scope.region, call.service, call.operation)
        is_known = task.unreachable is not None or (call.shared and question in asked)
        asked.add(question)
        fewest[scope] = 0 if is_known else 1
    return fewest
