"""The demo: collects a recorded quarter day by day, and finds in the store what is worth telling.

The answers come with the package. They go through the real collectors, store and diff: nothing here
knows the plot, and what it tells is what the commands tell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.resources import files
from itertools import groupby
from pathlib import Path

from driftkeeper.collect.account import enter_recorded
from driftkeeper.collect.catalog import evidence_types
from driftkeeper.collect.recording import Recording, open_recording, story_moments
from driftkeeper.domain.clock import FixedClock
from driftkeeper.domain.errors import RecordingError, UsageError
from driftkeeper.domain.period import Period
from driftkeeper.domain.signing import Signer
from driftkeeper.domain.types import Change, Direction, Outcome, Scope, Snapshot
from driftkeeper.store import latest, read
from driftkeeper.store.check import Check, check
from driftkeeper.store.database import Connection, Engine, open_engine, parse_url, reading
from driftkeeper.store.schema import upgrade
from driftkeeper.workflow.ask import recorded
from driftkeeper.workflow.compare import Comparison, compare
from driftkeeper.workflow.config import NAME, Config, load
from driftkeeper.workflow.demo_episodes import Episode, episodes_of, matters
from driftkeeper.workflow.open import key_path, load_signer, make_key, write_private
from driftkeeper.workflow.report_coverage import CoverageReport, Gap, report
from driftkeeper.workflow.sources import USER_AGENT, Place, Source
from driftkeeper.workflow.take_snapshot import take, tasks

FOLDER = Path("driftkeeper-demo")
_DATABASE = "demo.db"
_TICK = timedelta(microseconds=1)
Progress = Callable[[datetime, int, int], None]
"""Told after each snapshot: of which moment, how many are done, how many there are."""


@dataclass(frozen=True)
class Demo:
    """The demo's own folder: its database, configuration and key."""

    url: str
    engine: Engine
    config: Config
    signer: Signer | None


def story_folder() -> Path:
    """Return the recorded quarter: inside an installed package, else beside the package's source."""
    package = Path(str(files("driftkeeper")))
    for folder in (package / "_fixtures", package.parent / "fixtures"):
        if (story := folder / "stories" / "quarter").is_dir():
            return story
    raise RecordingError("the demo's answers are missing from this installation; install it again")


def prepare(folder: Path) -> Demo:
    """Make the folder's database, configuration and key, each unless it is there.

    Raises `UsageError` when the folder has a configuration that is not the demo's.
    """
    database, path = folder / _DATABASE, folder / NAME
    if path.exists() and not database.exists():
        raise UsageError(f"{path} is not the demo's; choose another folder with --dir")
    url = f"sqlite:///{database}"
    engine = open_engine(parse_url(url), create=True)
    upgrade(engine)
    write_private(path, _configuration(open_recording(story_folder(), None)).encode())
    config = load(path)
    make_key(key_path(config, path))
    return Demo(url, engine, config, load_signer(config, path))


def _configuration(recording: Recording) -> str:
    accounts = "".join(
        f'\n[[accounts]]\nid = "{name}"\nname = "{recording.meta(name)["name"]}"\n'
        for name in recording.accounts
    )
    return (
        "# Made by `driftkeeper demo`: nobody has these accounts, their answers are recorded.\n\n"
        f'[store]\nurl = "sqlite:///{_DATABASE}"\n{accounts}'
    )


def collect(
    engine: Engine, config: Config, signer: Signer | None, progress: Progress = lambda *_: None
) -> int:
    """Take each snapshot of the quarter that the store does not have yet; return how many.

    Raises `UsageError` when the store has other snapshots than these.
    """
    moments = story_moments(story_folder())
    done = _done(engine, moments)
    if done == len(moments):
        return 0
    recording = open_recording(story_folder(), moments[done])
    source = Source(_places(recording), FixedClock(moments[done]), "replay")
    planned = tasks(source, config, [])
    for number, moment in enumerate(moments[done:], start=done + 1):
        recording.turn_to(moment)  # the clients stay: making them is what costs time
        take(engine, config, replace(source, clock=FixedClock(moment)), planned, signer)
        progress(moment, number, len(moments))
    return len(moments) - done


def _done(engine: Engine, moments: Sequence[datetime]) -> int:
    with reading(engine) as connection:
        taken = [header.taken_at for header in read.snapshots(connection)]
    if taken != list(moments[: len(taken)]):
        raise UsageError(
            "the folder's database has other snapshots than the demo's;"
            " remove the folder, or choose another with --dir"
        )
    return len(taken)


def _places(recording: Recording) -> tuple[Place, ...]:
    return tuple(
        Place(
            account,
            str(recording.meta(account)["name"]),
            enter_recorded(recording, account, USER_AGENT),
            tuple(recording.regions(account)),
            organization=recording.meta(account).get("organization") is True,
        )
        for account in recording.accounts
    )


@dataclass(frozen=True, slots=True)
class Darkness:
    """A time in which some scopes could not be seen, and what became of their resources.

    `known` counts the resources that they had when last seen, `lost` those that were gone when they
    were seen again.
    """

    gap: Gap
    scopes: tuple[Scope, ...]
    known: int
    lost: int


@dataclass(frozen=True, slots=True)
class Blur:
    """A scope that some snapshots saw in part: when, why, and which details of how many resources."""

    scope: Scope
    times: tuple[datetime, ...]
    causes: tuple[str, ...]
    details: tuple[str, ...]
    resources: int


@dataclass(frozen=True, slots=True)
class Story:
    """What the store has to tell of the quarter; `items` numbers what each evidence type serves."""

    snapshots: tuple[Snapshot, ...]
    changes: tuple[Change, ...]
    episodes: tuple[Episode, ...]
    deeds: tuple[Change, ...]
    dark: tuple[Darkness, ...]
    blurred: tuple[Blur, ...]
    difference: Comparison
    coverage: CoverageReport
    checks: tuple[Check, ...]
    items: Mapping[str, int]


def tell(connection: Connection, config: Config) -> Story:
    """Read the story out of the store."""
    headers = read.snapshots(connection)
    period = Period(headers[0].taken_at, headers[-1].finished_at + _TICK)
    changes = recorded(connection, read.ChangeFilter())
    coverage = report(connection, period, config.calendar, config.carry, period.end)
    return Story(
        snapshots=tuple(headers),
        changes=tuple(changes),
        episodes=tuple(episodes_of(changes)),
        deeds=tuple(c for c in changes if c.direction is Direction.ACTIVITY and matters(c)),
        dark=tuple(_dark(connection, headers, changes, coverage)),
        blurred=tuple(_blurred(connection, period)),
        difference=compare(connection, headers[0], headers[-1]),
        coverage=coverage,
        checks=tuple(check(connection)[0]),
        items={s.scope.evidence: evidence_types()[s.scope.evidence].item for s in coverage.scopes},
    )


def _dark(
    connection: Connection,
    headers: Sequence[Snapshot],
    changes: Sequence[Change],
    coverage: CoverageReport,
) -> list[Darkness]:
    """Return the gaps, each once for all scopes that share it."""
    times = [header.taken_at for header in headers]
    lost = [(_between(gap, times), item.scope) for item in coverage.scopes for gap in item.gaps]
    lost.sort(key=lambda entry: (entry[0].start, entry[0].end, entry[0].causes, entry[1]))
    number = {header.taken_at: header.number for header in headers}
    found = []
    for gap, entries in groupby(lost, key=lambda entry: entry[0]):
        scopes = tuple(scope for _, scope in entries)
        before, after = number.get(gap.start, 0), number.get(gap.end, headers[-1].number)
        known = sum(row.scope in scopes for row in read.resources_at(connection, before))
        gone = [c for c in changes if before < c.snapshot <= after and _is_deletion(c)]
        found.append(Darkness(gap, scopes, known, sum(c.scope in scopes for c in gone)))
    return found


def _between(gap: Gap, times: Sequence[datetime]) -> Gap:
    """Return the gap from snapshot to snapshot; a sight may be a little older than its snapshot."""
    start = next((time for time in times if time >= gap.start), gap.start)
    return replace(gap, start=start, end=next((t for t in times if t >= gap.end), gap.end))


def _is_deletion(change: Change) -> bool:
    return not change.path and change.before is not None and change.after is None


def _blurred(connection: Connection, period: Period) -> list[Blur]:
    """Return the scopes that were seen in part; the details are kept as they were last seen."""
    rows = read.coverage_between(connection, period.start, period.end)
    partial = [row for row in rows if row.coverage.outcome is Outcome.PARTIAL]
    return [
        _blur(connection, scope, list(group))
        for scope, group in groupby(partial, key=lambda row: row.coverage.scope)
    ]


def _blur(connection: Connection, scope: Scope, rows: Sequence[read.CoverageRow]) -> Blur:
    misses = [
        miss
        for row in rows
        for miss in latest.misses_of(connection, row.snapshot)
        if (miss["account"], miss["region"], miss["evidence"])
        == (scope.account, scope.region, scope.evidence)
    ]
    return Blur(
        scope,
        tuple(row.taken_at for row in rows),
        tuple(sorted({miss["cause"] for miss in misses})),
        tuple(sorted({miss["detail"] for miss in misses if miss["detail"]})),
        len({miss["resource"] for miss in misses if miss["resource"]}),
    )
