"""Hand-made sights, and a store to put them in: what a collector would have seen, without AWS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from driftkeeper.diff.engine import changes_of
from driftkeeper.domain.attribution import Attribution, Called, Caller, Note, Quality, Role
from driftkeeper.domain.canonical import decode, digest, encode
from driftkeeper.domain.chain import JournalEntry
from driftkeeper.domain.shape import Shape
from driftkeeper.domain.signing import Signer
from driftkeeper.domain.types import (
    Body,
    Cause,
    Change,
    Coverage,
    Json,
    Miss,
    Outcome,
    Scope,
    Sight,
    Snapshot,
    Step,
)
from driftkeeper.store import attribution, latest, read
from driftkeeper.store.blobs import Blobs
from driftkeeper.store.check import check
from driftkeeper.store.database import Connection, Engine, reading, writing
from driftkeeper.store.tables import metadata
from driftkeeper.store.write import SnapshotWriter

USERS = Scope("111122223333", "aws-global", "test.user")
KEYS = Scope("111122223333", "eu-west-1", "test.key")
SHAPE = Shape(details=("Policy", "Status"))

START = datetime(2026, 3, 1, 6, tzinfo=UTC)


def at(day: int) -> datetime:
    """The morning of a day, counted from 1."""
    return START + timedelta(days=day - 1)


def body(
    key: str,
    config: Mapping[str, Json] | None = None,
    *,
    uid: str | None = None,
    observed: Mapping[str, Json] | None = None,
    unseen: Sequence[str] = (),
) -> Body:
    """One resource as it was seen."""
    encoded = encode(dict(config or {"Name": key}))
    return Body(
        key, uid, decode(encoded), encoded, digest(encoded), dict(observed or {}), tuple(unseen)
    )


def saw(scope: Scope, day: int, *bodies: Body) -> Sight:
    """A complete listing; partial when a detail of any of its resources could not be read."""
    misses = tuple(
        Miss(scope, Cause.DENIED, "AccessDenied", "no", seen.key, detail)
        for seen in bodies
        for detail in seen.unseen
    )
    outcome = Outcome.PARTIAL if misses else Outcome.COMPLETE
    coverage = Coverage(scope, outcome, at(day), resources=len(bodies), calls=1, pages=1)
    return Sight(coverage, bodies, misses)


def missed(scope: Scope, day: int, cause: Cause = Cause.DENIED) -> Sight:
    """A listing that failed."""
    coverage = Coverage(scope, Outcome.MISSED, at(day), cause, "AccessDenied", "no", calls=1)
    return Sight(coverage, (), (Miss(scope, cause, "AccessDenied", "no"),))


@dataclass(frozen=True)
class Taken:
    """A snapshot of hand-made sights."""

    number: int
    steps: dict[Scope, Step]
    changes: list[Change]
    entry: JournalEntry

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """Kind, resource and path of each change."""
        return [(change.kind, change.resource, change.path) for change in self.changes]


def header(number: int, sights: Sequence[Sight], tool: str = "1.0") -> Snapshot:
    """The header of a snapshot of these sights, taken when the last of them was."""
    moment = max(sight.coverage.as_of for sight in sights)
    complete = all(sight.coverage.outcome is Outcome.COMPLETE for sight in sights)
    return Snapshot(
        number=number,
        taken_at=moment,
        finished_at=moment + timedelta(minutes=2),
        status=Outcome.COMPLETE if complete else Outcome.PARTIAL,
        callers=("arn:aws:iam::111122223333:role/driftkeeper",),
        host="collector",
        tool_version=tool,
        botocore_version="1.40.0",
        catalogue_digest=digest(tool.partition("-")[0].encode()),
        config_digest="d" * 64,
        source="test",
    )


def record(
    connection: Connection, sights: Sequence[Sight], signer: Signer | None, tool: str = "1.0"
) -> Taken:
    """Store sights as the next snapshot inside the caller's transaction."""
    number = latest.last_number(connection) + 1
    writer = SnapshotWriter(connection, header(number, sights, tool))
    steps = {sight.scope: writer.record(sight) for sight in sights}
    named = [c for scope in sorted(steps) for c in changes_of(steps[scope], SHAPE, number)]
    return Taken(number, steps, named, writer.finish(named, signer))


def take(engine: Engine, *sights: Sight, signer: Signer | None = None, tool: str = "1.0") -> Taken:
    """Store sights as the next snapshot."""
    with writing(engine) as connection:
        return record(connection, sights, signer, tool)


def made_by(change: str, who: str, day: int, number: int = 1) -> Attribution:
    """An attempt that names somebody, with all that there can be to one."""
    caller = Caller(who, "cli", True, "198.51.100.7", "session", "arn:aws:iam::1:role/x")
    called = Called(f"event-{number}", at(day), "CreateUser", "iam.amazonaws.com", caller)
    refused = Note(Role.FAILED, replace(called, id="refused", error="AccessDenied"))
    raw = f'{{"eventID":"event-{number}"}}'
    return Attribution(change, Quality.EXACT, called, raw, (refused,), "", "")


def attribute(
    engine: Engine, day: int, *found: Attribution, signer: Signer | None = None
) -> JournalEntry:
    """Store attempts to name actors as one run."""
    with writing(engine) as connection:
        return attribution.add(connection, found, at(day), signer)


State = dict[Scope, dict[str, tuple[str | None, Json]]]
"""What there is, by scope and key: uid and configuration."""


def state(connection: Connection, number: int) -> State:
    """What the store says there was as of a snapshot."""
    found = list(read.resources_at(connection, number))
    configs = Blobs(connection).get(row.digest for row in found if row.digest)
    there: State = {}
    for row in found:
        assert row.digest is not None
        there.setdefault(row.scope, {})[row.key] = (row.uid, decode(configs[row.digest]))
    return there


def state_at(engine: Engine, number: int) -> State:
    """What the store says there was as of a snapshot."""
    with reading(engine) as connection:
        return state(connection, number)


def damage(engine: Engine) -> dict[str, tuple[str, ...]]:
    """What the store's own check finds, by step."""
    with reading(engine) as connection:
        steps, _ = check(connection)
    return {step.name: step.damage for step in steps if not step.ok}


def rows(engine: Engine, table: str) -> list[tuple[object, ...]]:
    """Every row of a table, in no particular order."""
    with reading(engine) as connection:
        return _rows(connection, table)


def everything(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with reading(engine) as connection:
        return {
            table.name: sorted(_rows(connection, table.name), key=repr)
            for table in metadata.sorted_tables
        }


def _rows(connection: Connection, table: str) -> list[tuple[object, ...]]:
    found: Iterable[Sequence[object]] = connection.exec_driver_sql(f'SELECT * FROM "{table}"')
    return [tuple(row) for row in found]
