"""Each measure is a ratio against a baseline of the same run, so that it means the same anywhere."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from deepdiff import DeepDiff
from sqlalchemy import Connection, func, select

from driftkeeper.store import read, tables
from driftkeeper.store.database import Engine, reading
from driftkeeper.store.unnamed import counted
from driftkeeper.workflow import ask
from driftkeeper.workflow.named_share import GENERIC, recorded
from tests.bench import latency
from tests.bench.estate import Answer, Day, Plan
from tests.bench.git_baseline import Repository, as_answered, as_kept, identity
from tests.bench.ingest import Clock, Ingested
from tests.bench.things import START
from tests.bench.year import Took, Year, blobs_of, clock_of, live, scratch, sqlite_store

_QUARTER = 91
_ROUNDS = 5
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Ratio:
    """A number, what it is a ratio of, and the two amounts."""

    name: str
    value: float
    formula: str
    amounts: str


def truth(year: Year) -> list[Ratio]:
    """Return how much of what was told is true, and how much of what is true was told."""
    score = year.score
    right = f"{score.right:,}"
    return [
        Ratio("precision", score.precision, "right ÷ told", f"{right} ÷ {score.found:,}"),
        Ratio("recall", score.recall, "right ÷ true", f"{right} ÷ {score.true:,}"),
        Ratio(
            "windows",
            score.windows / score.right if score.right else 1.0,
            "told with the true window ÷ right",
            f"{score.windows:,} ÷ {right}",
        ),
    ]


def ingestion(year: Year) -> list[Ratio]:
    """Return what a day costs against hashing the same items alone, and what history adds to it."""
    early, late = min(10, year.plan.days), year.plan.days
    raw = year.each(lambda took: took.raw)
    whole, bodies = year.each(lambda took: took.seconds), year.each(lambda took: took.bodies)
    stored = year.each(lambda took: took.store)
    name = f"day {late} ÷ day {early}"
    return [
        _times("a day ÷ hashing", whole, raw, "snapshot", "hash of items"),
        _times("  its bodies", bodies, raw, "bodies", "hash of items"),
        _times("  its storing", stored, raw, "the rest", "hash of items"),
        _times("a day ÷ its bodies", whole, bodies, "snapshot", "bodies"),
        _grown(year, name, late, early, lambda took: took.seconds),
        _grown(year, "  its storing", late, early, lambda took: took.store),
    ]


def _grown(year: Year, name: str, late: int, early: int, part: Callable[[Took], float]) -> Ratio:
    """Return how a part of a day grew, apart from the estate itself: per second of hashing."""
    top, bottom = (year.around(day, lambda took: part(took) / took.raw) for day in (late, early))
    amounts = f"{top:.2f} ÷ {bottom:.2f}"
    return Ratio(name, top / bottom, "each per its own hashing", amounts)


def sizes(year: Year) -> list[Ratio]:
    """Return the bytes of a store, against git's for one account, and what each further day adds."""
    first, last = year.sizes[1], year.sizes[year.plan.days]
    found = [_weighed("bytes, all days ÷ day 1", last, first, "store ÷ store")]
    if Repository.is_possible():
        found += _against_git(year.plan)
    return found


def _against_git(plan: Plan) -> list[Ratio]:
    """Keep one account's share of the estate in a store and in two repositories."""
    share = replace(plan, accounts=1, resources=plan.resources // plan.accounts)
    with sqlite_store() as engine, scratch() as folder, ExitStack() as stack:
        kept, answered = (
            stack.enter_context(Repository(folder / name)) for name in ("kept", "answered")
        )

        def commit(day: Day, stored: Ingested) -> None:
            kept.commit(day.taken_at, as_kept(stored.sights))
            answered.commit(day.taken_at, as_answered(day.answers))

        ours = live(engine, share, commit).sizes[plan.days]
        data = blobs_of(engine)
        orderly, raw = kept.size(), answered.size()
    return [
        _weighed("bytes ÷ git, as answered", ours, raw, "store ÷ git gc, 1 account"),
        _weighed("bytes ÷ git, as kept", ours, orderly, "store ÷ git gc, 1 account"),
        _weighed("  bodies alone", data, orderly, "blobs ÷ git gc, 1 account"),
    ]


def questions(engine: Engine, year: Year) -> list[Ratio]:
    """Return what the two usual questions cost against reading the same rows and nothing else."""
    clock = clock_of(engine)
    end = START + timedelta(days=year.plan.days)
    start = end - timedelta(days=_QUARTER)
    middle = max(year.plan.days // 2, 1)
    with reading(engine) as connection:
        quarter = _best(clock, lambda: _changed(connection, start, end))
        rows = _best(clock, lambda: _rows(connection, start, end))
        state = _best(clock, lambda: sum(1 for _ in ask.resources(connection, middle)))
        digests = _digests(connection, middle)
        raw = _best(clock, lambda: _blobs(connection, digests))
    return [
        _times("changed in the last quarter", quarter, rows, "changes", "their rows, raw"),
        _times(f"state as of day {middle}", state, raw, "all resources", "their blobs, raw"),
        unnamed(engine),
    ]


def unnamed(engine: Engine) -> Ratio:
    """Return how much of what was told of settings of security has no kind of its own."""
    with reading(engine) as connection:
        share = recorded(counted(connection, GENERIC)).share
    amounts = f"{share.unnamed:,} ÷ {share.of:,}"
    return Ratio("unnamed", share.unnamed / max(share.of, 1), "no kind of its own ÷ told", amounts)


@dataclass
class Hindsight:
    """Asks about the first days when they are over, and again at the end."""

    engine: Engine
    plan: Plan
    early: tuple[float, float] = (0.0, 0.0)

    @property
    def day(self) -> int:
        """Return the day on which it is asked first."""
        return max(self.plan.days // 4, 1)

    def watch(self, day: Day, _: Ingested) -> None:
        """Ask once."""
        if day.number == self.day:
            self.early = self._asked()

    def ratios(self) -> list[Ratio]:
        """Ask again, and return what the days since then add to the same questions."""
        names = (f"  changes until day {self.day}", f"  state as of day {self.day}")
        ends = (f"asked on day {self.plan.days}", f"on day {self.day}")
        return [
            _times(name, top, bottom, *ends)
            for name, top, bottom in zip(names, self._asked(), self.early, strict=True)
        ]

    def _asked(self) -> tuple[float, float]:
        clock, until = clock_of(self.engine), START + timedelta(days=self.day - 1, hours=1)
        with reading(self.engine) as connection:
            return (
                _best(clock, lambda: _changed(connection, START, until)),
                _best(clock, lambda: sum(1 for _ in ask.resources(connection, self.day))),
            )


def _changed(connection: Connection, start: datetime, end: datetime) -> int:
    return sum(1 for _ in read.changes(connection, read.ChangeFilter(start=start, end=end)))


def _rows(connection: Connection, start: datetime, end: datetime) -> int:
    """Fetch the rows that answer the question, by the numbers of their snapshots and unopened."""
    number, taken_at = tables.snapshot.c.number, tables.snapshot.c.taken_at
    within = select(func.min(number), func.max(number)).where(taken_at >= start, taken_at < end)
    first, last = connection.execute(within).one()
    query = f"SELECT * FROM change WHERE snapshot BETWEEN {first} AND {last}"
    return len(connection.exec_driver_sql(query).fetchall())


def _digests(connection: Connection, at: int) -> list[str]:
    return [str(row.digest) for row in read.resources_at(connection, at)]


def _blobs(connection: Connection, digests: Sequence[str]) -> int:
    """Fetch the blobs by digest, unopened."""
    query = select(tables.blob.c.data)
    found = 0
    for start in range(0, len(digests), _CHUNK):
        some = digests[start : start + _CHUNK]
        found += len(connection.execute(query.where(tables.blob.c.digest.in_(some))).all())
    return found


def difference(year: Year) -> list[Ratio]:
    """Return one DeepDiff of two whole days as AWS answered them, against our storing and naming."""
    before, after = (_by_key(answers) for answers in year.last)
    started = time.process_time()
    found = DeepDiff(before, after, view="tree", verbose_level=2)
    spent = time.process_time() - started
    reported = sum(len(levels) for levels in found.values())
    ours = year.around(year.plan.days, lambda took: took.store)
    changes = year.took[-1].changes
    amounts = f"{reported:,} ÷ {changes:,}"
    return [
        _times("DeepDiff of two raw days", spent, ours, "DeepDiff", "our compare and store"),
        Ratio("  what it reports", reported / max(changes, 1), "reported ÷ changes", amounts),
    ]


def _by_key(answers: Sequence[Answer]) -> dict[str, object]:
    return {
        str(answer.scope): {identity(item): item for item, _ in answer.items}
        for answer in answers
        if answer.items is not None
    }


def growth(plan: Plan) -> list[Ratio]:
    """Return what four times the resources, and four times the changes, do to a day."""
    small = replace(plan, days=12, resources=plan.resources // 4, missing=0.0, unseen=0.0)
    bigger = replace(small, resources=plan.resources)
    busier = replace(small, changing=plan.changing * 4)
    days = []
    for one in (small, bigger, busier):
        with sqlite_store() as engine:
            days.append(live(engine, one))
    seconds = [year.each(lambda took: took.seconds) for year in days]
    stored = [year.each(lambda took: took.store) for year in days]
    asked = [year.each(lambda took: took.statements) for year in days]
    amounts = f"{asked[1]:.0f} ÷ {asked[0]:.0f}"
    return [
        _times("4 × the resources", seconds[1], seconds[0], "snapshot", "snapshot"),
        _times("  its storing", stored[1], stored[0], "store", "store"),
        Ratio("  its SQL", asked[1] / asked[0], "statements ÷ statements", amounts),
        _times("4 × the changes", seconds[2], seconds[0], "snapshot", "snapshot"),
        _times("  its storing", stored[2], stored[0], "store", "store"),
    ]


def collecting() -> list[Ratio]:
    """Return what waiting for AWS costs against the least possible, and what size costs in memory."""
    seconds, calls, workers = latency.waited()
    ideal = calls * latency.LATENCY / workers
    few, many = latency.peak(16, 200), latency.peak(64, 200)
    pause = f"{latency.LATENCY * 1000:.0f} ms"
    return [
        Ratio(
            "collecting ÷ waiting",
            seconds / ideal,
            "wall ÷ (calls × latency ÷ concurrency)",
            f"{seconds:.1f} s ÷ ({calls:,} × {pause} ÷ {workers})",
        ),
        Ratio(
            "4 × the groups, memory",
            many / few,
            "peak memory ÷ peak memory",
            f"{many / 1e6:.0f} MB ÷ {few / 1e6:.0f} MB",
        ),
    ]


def start_up() -> list[Ratio]:
    """Return what `driftkeeper --help` takes against a Python that does nothing."""
    program = Path(sys.executable).with_name("driftkeeper")
    help_text = [str(program), "--help"] if program.exists() else _as_module("--help")
    asked, nothing = _run_time(help_text), _run_time([sys.executable, "-c", "pass"])
    return [_times("driftkeeper --help", asked, nothing, "help", "python -c pass")]


def _as_module(argument: str) -> list[str]:
    code = (
        f"import sys; sys.argv[1:] = ['{argument}']; from driftkeeper.cli.main import main; main()"
    )
    return [sys.executable, "-c", code]


def _run_time(command: Sequence[str]) -> float:
    def run() -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    run()
    return _best(time.perf_counter, run)


def _best(clock: Clock, work: Callable[[], object]) -> float:
    """Return the least seconds that the work took."""
    return min(_rounds(clock, work))


def _rounds(clock: Clock, work: Callable[[], object]) -> Iterator[float]:
    for _ in range(_ROUNDS):
        started = clock()
        work()
        yield clock() - started


def _times(name: str, top: float, bottom: float, upper: str, lower: str) -> Ratio:
    amounts = f"{_seconds(top)} ÷ {_seconds(bottom)}"
    return Ratio(name, top / bottom if bottom else float("inf"), f"{upper} ÷ {lower}", amounts)


def _seconds(value: float) -> str:
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.1f} ms"


def _weighed(name: str, top: int, bottom: int, formula: str) -> Ratio:
    amounts = " ÷ ".join(f"{value / 1_000_000:.1f} MB" for value in (top, bottom))
    return Ratio(name, top / bottom, formula, amounts)
