"""Lives through an estate's days, stores each, and notes what it took."""

from __future__ import annotations

import copy
import gc
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import event, func, select, text

from driftkeeper.domain.canonical import digest_of
from driftkeeper.domain.signing import Signer, new_key
from driftkeeper.store import tables
from driftkeeper.store.database import Engine, open_engine, parse_url, reading
from driftkeeper.store.schema import upgrade
from tests.bench.conclusions import CONCLUDED
from tests.bench.estate import Answer, Day, Estate, Plan
from tests.bench.ingest import Clock, Ingested, Score, ingest
from tests.bench.truth import FACTS

_AROUND = 4  # days on either side of the one that is named


@dataclass(frozen=True, slots=True)
class Took:
    """What one day took: seconds for bodies, for the rest, for hashing alone; SQL; what came of it."""

    bodies: float
    store: float
    raw: float
    statements: int
    changes: int

    @property
    def seconds(self) -> float:
        """Return the seconds of the whole snapshot."""
        return self.bodies + self.store


@dataclass
class Year:
    """What was found out about a run of days."""

    plan: Plan
    score: Score = field(default_factory=Score)
    took: list[Took] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    sizes: dict[int, int] = field(default_factory=dict)
    last: tuple[Sequence[Answer], Sequence[Answer]] = ((), ())

    def around(self, number: int, part: Callable[[Took], float]) -> float:
        """Return the median of something over the days around one; the first is a baseline."""
        first = max(number - _AROUND, 2)
        return median(part(took) for took in self.took[first - 1 : number + _AROUND])

    def each(self, part: Callable[[Took], float]) -> float:
        """Return the median of something over all days but the first."""
        return median(part(took) for took in self.took[1:])


Watcher = Callable[[Day, Ingested], None]
"""Told of each stored day."""


def clock_of(engine: Engine) -> Clock:
    """Return the clock to measure by: processor time, save where a server does part of the work."""
    return time.process_time if engine.dialect.name == "sqlite" else time.perf_counter


def live(engine: Engine, plan: Plan, watch: Watcher = lambda *_: None) -> Year:
    """Store every day of the plan's estate and return what it took; `watch` is told of each."""
    upgrade(engine)
    signer, clock = Signer(new_key()), clock_of(engine)
    year = Year(plan, Score(CONCLUDED if plan.sees_all else FACTS))
    for day in Estate(plan).days():
        with _counted(engine) as statements, _no_collector():
            stored = ingest(engine, signer, day, clock)
        year.score.add(stored.changes, day.truth)
        year.kinds.update(change.kind for change in stored.changes)
        raw = _hashed(day, clock)
        year.took.append(
            Took(stored.bodies, stored.store, raw, len(statements), len(stored.changes))
        )
        if day.number in (1, plan.days):
            year.sizes[day.number] = size_of(engine)
        if day.number >= plan.days - 1:
            # The estate lives on in the same objects.
            kept = copy.deepcopy(day.answers)
            year.last = (year.last[1], kept)
        watch(day, stored)
    return year


def _hashed(day: Day, clock: Clock) -> float:
    """Canonicalise and hash the day's items and do nothing else; return the seconds."""
    started = clock()
    for answer in day.answers:
        for item, _ in answer.items or ():
            digest_of(item)
    return clock() - started


@contextmanager
def _no_collector() -> Iterator[None]:
    """Keep Python's collector from walking through the estate, which is no part of what is measured."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _counted(engine: Engine) -> Iterator[list[None]]:
    """Give a list that grows by one with each SQL statement."""
    statements: list[None] = []

    def count(*_: Any) -> None:
        statements.append(None)

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", count)


def size_of(engine: Engine) -> int:
    """Return the bytes of the store, indexes and all."""
    sqlite = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    postgres = (
        "SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    query = sqlite if engine.dialect.name == "sqlite" else postgres
    with reading(engine) as connection:
        return int(connection.execute(text(query)).scalar_one())


def blobs_of(engine: Engine) -> int:
    """Return the bytes of all bodies and observations as they are packed."""
    query = select(func.sum(func.length(tables.blob.c.data)))
    with reading(engine) as connection:
        return int(connection.execute(query).scalar_one())


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder that is gone afterwards."""
    with TemporaryDirectory(prefix="dk-bench-") as name:
        yield Path(name)


@contextmanager
def sqlite_store() -> Iterator[Engine]:
    """Give a new SQLite database that is gone afterwards."""
    with scratch() as folder:
        engine = open_engine(parse_url(f"sqlite:///{folder / 'store.db'}"), create=True)
        yield engine
        engine.dispose()
