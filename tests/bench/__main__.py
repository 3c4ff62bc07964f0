"""Measures driftkeeper on a made-up estate: `python -m tests.bench`, see docs/scale.md."""

from __future__ import annotations

import argparse
import math
import os
import platform
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from driftkeeper.domain.errors import DriftkeeperError
from driftkeeper.store.database import Engine, open_engine, parse_url, reading
from driftkeeper.store.latest import last_number
from driftkeeper.store.schema import revision_of
from tests.bench import measures
from tests.bench.estate import Day, Plan
from tests.bench.ingest import Ingested, Score
from tests.bench.measures import Ratio
from tests.bench.year import Year, live, sqlite_store

_DEFAULT = Plan()
_FULL = Plan(accounts=25, resources=20_000)
_SHOWN = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the ratios, and return 1 when the change log is not the whole truth."""
    options = _options(arguments)
    plan = _plan(options)
    started = time.perf_counter()
    try:
        with ExitStack() as stack:
            engine = stack.enter_context(_store(options.db))
            year, ratios = _measured(engine, plan)
    except DriftkeeperError as error:
        print(f"bench: {error}", file=sys.stderr)
        return error.exit_code
    print(_heading(plan, engine))
    print(_table(ratios))
    print(f"\nmeasured in {time.perf_counter() - started:.0f} s")
    for what, told in year.score.wrong[:_SHOWN]:
        print(f"{what}: {' '.join(map(str, told.key))}, {told.not_before} to {told.not_after}")
    return verdict(year.score)


def verdict(score: Score) -> int:
    """Return the exit code: 0 when the change log is the whole truth and nothing but it."""
    return 0 if score.precision == score.recall == 1.0 else 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--accounts", type=int, help=f"default {_DEFAULT.accounts}")
    parser.add_argument("--resources", type=int, help=f"in all accounts, {_DEFAULT.resources}")
    parser.add_argument("--days", type=int, help=f"default {_DEFAULT.days}")
    parser.add_argument("--seed", type=int, help=f"default {_DEFAULT.seed}")
    parser.add_argument("--db", help="URL of an empty database; default: a SQLite file, removed")
    parser.add_argument(
        "--full",
        action="store_true",
        help=f"{_FULL.accounts} accounts, {_FULL.resources} resources; takes a while",
    )
    return parser.parse_args(arguments)


def _plan(options: argparse.Namespace) -> Plan:
    names = ("accounts", "resources", "days", "seed")
    chosen = {name: value for name in names if (value := getattr(options, name)) is not None}
    return replace(_FULL if options.full else _DEFAULT, **chosen)


@contextmanager
def _store(url: str | None) -> Iterator[Engine]:
    if url is None:
        with sqlite_store() as engine:
            yield engine
        return
    engine = open_engine(parse_url(url), create=True)
    if revision_of(engine) is not None:
        with reading(engine) as connection:
            if last_number(connection):
                raise DriftkeeperError("the database has snapshots already; name an empty one")
    yield engine
    engine.dispose()


def _measured(engine: Engine, plan: Plan) -> tuple[Year, list[Ratio]]:
    hindsight = measures.Hindsight(engine, plan)

    def watch(day: Day, stored: Ingested) -> None:
        _say(f"day {day.number} of {plan.days}")
        hindsight.watch(day, stored)

    year = live(engine, plan, watch)
    ratios = [*measures.truth(year), *measures.ingestion(year)]
    _say("asking questions")
    ratios += [*measures.questions(engine, year), *hindsight.ratios()]
    _say("comparing two whole days with DeepDiff")
    ratios += measures.difference(year)
    _say("keeping the days of one account in git")
    ratios += measures.sizes(year)
    _say("growing the estate")
    ratios += measures.growth(plan)
    _say("waiting for answers")
    ratios += measures.collecting()
    _say("starting up")
    ratios += measures.start_up()
    _say("")
    return year, ratios


def _say(what: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{what}", end="", file=sys.stderr, flush=True)


def _heading(plan: Plan, engine: Engine) -> str:
    size = f"{plan.accounts} accounts × {plan.regions} regions, {plan.resources:,} resources"
    shares = (
        f"{plan.changing:.1%} of the resources change a day, {plan.moving:.0%} of the users sign in"
    )
    host = f"{os.cpu_count()} cores, Python {platform.python_version()}, {engine.dialect.name}"
    return f"{size}, {plan.days} days, seed {plan.seed}\n{shares}\n{host}\n"


def _table(ratios: Sequence[Ratio]) -> str:
    rows = [("", "ratio", "of", "")]
    rows += [(one.name, _shown(one.value), one.formula, one.amounts) for one in ratios]
    widths = [max(len(row[n]) for row in rows) for n in range(4)]
    return "\n".join(
        f"{row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:<{widths[2]}}  {row[3]}".rstrip()
        for row in rows
    )


def _shown(value: float) -> str:
    """Return a ratio for people; what falls short of 1 never reads 1."""
    if value <= 1:
        return f"{math.floor(value * 10_000) / 10_000:.4f}"
    return f"{value:.2f}" if value < 100 else f"{value:,.0f}"


if __name__ == "__main__":
    sys.exit(main())
