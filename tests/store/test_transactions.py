"""What is written becomes durable together or not at all, and comes back as it was."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, inspect
from sqlalchemy.exc import StatementError

from driftkeeper.domain.canonical import encode
from driftkeeper.domain.errors import StoreError
from driftkeeper.domain.types import Body, Change, Direction, Json, Severity, Sight, Snapshot
from driftkeeper.store import guards, latest, read
from driftkeeper.store.database import Connection, Engine, open_engine, parse_url, reading, writing
from driftkeeper.store.schema import upgrade
from driftkeeper.store.tables import metadata
from driftkeeper.store.write import SnapshotWriter
from tests.store.program import collect
from tests.store.sights import (
    USERS,
    at,
    body,
    damage,
    everything,
    header,
    rows,
    saw,
    state_at,
    take,
)


class StopError(Exception):
    """What interrupts a transaction in these tests."""


def write_and_stop(engine: Engine, write: Callable[[Connection], object]) -> None:
    """Write, and fail just before the end of the transaction."""
    with writing(engine) as connection:
        write(connection)
        raise StopError


def store(connection: Connection, snapshot: Snapshot, sight: Sight, *changes: Change) -> None:
    writer = SnapshotWriter(connection, snapshot)
    writer.record(sight)
    writer.finish(changes, None)


def test_tables_made_in_a_transaction_that_fails_are_not_there(engine: Engine) -> None:
    """pysqlite by itself would leave the table behind."""
    with pytest.raises(StopError):
        write_and_stop(engine, lambda c: c.exec_driver_sql("CREATE TABLE half (id INTEGER)"))
    assert "half" not in inspect(engine).get_table_names()


def test_an_upgrade_that_fails_leaves_an_empty_database_empty(
    db_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_connection: object) -> None:
        raise StopError

    engine = open_engine(parse_url(db_url))
    monkeypatch.setattr(guards, "install", fail)
    with pytest.raises(StopError):
        upgrade(engine)
    assert inspect(engine).get_table_names() == []
    monkeypatch.undo()
    upgrade(engine)
    take(engine, saw(USERS, 1, body("alice")))
    assert damage(engine) == {}


def test_a_snapshot_that_fails_before_its_end_is_not_there(engine: Engine) -> None:
    take(engine, saw(USERS, 1, body("alice")))
    before = everything(engine)
    sight = saw(USERS, 2, body("bob"))
    with pytest.raises(StopError):
        write_and_stop(engine, lambda connection: store(connection, header(2, [sight]), sight))
    assert everything(engine) == before
    assert take(engine, sight).number == 2


def test_a_reader_sees_one_state_while_another_writes(engine: Engine) -> None:
    take(engine, saw(USERS, 1, body("alice")))
    with reading(engine) as connection:
        assert latest.last_number(connection) == 1
        take(engine, saw(USERS, 2, body("bob")))
        assert latest.last_number(connection) == 1
        assert [row.key for row in read.resources_at(connection, 2)] == ["alice"]
    with reading(engine) as connection:
        assert latest.last_number(connection) == 2


def test_a_time_without_offset_never_reaches_the_database(engine: Engine) -> None:
    naive = datetime(2026, 3, 1, 6)  # noqa: DTZ001 -- the point
    sight = saw(USERS, 1, body("alice"))
    snapshot = replace(header(1, [sight]), taken_at=naive)
    with writing(engine) as c, pytest.raises(StatementError, match="time without offset"):
        store(c, snapshot, sight)
    assert rows(engine, "snapshot") == []


def test_times_come_back_as_the_same_moment_in_utc(engine: Engine) -> None:
    auckland = timezone(timedelta(hours=13))
    moment = datetime(2026, 3, 2, 1, 30, 0, 123456, tzinfo=auckland)
    sight = saw(USERS, 1, body("alice"))
    with writing(engine) as connection:
        store(connection, replace(header(1, [sight]), taken_at=moment), sight)
    with reading(engine) as connection:
        (found,) = read.snapshots(connection)
        assert found.taken_at.isoformat() == "2026-03-01T12:30:00.123456+00:00"
        assert found.taken_at == moment
    assert damage(engine) == {}


AWKWARD: list[Json] = [
    None,
    {"z": 1, "a": 2, "": 3},
    {"\U0001f600": 1, "\ufb33": 2},
    "NUL \x00 and tab \t",
    "1e21",
    [True, 1, -0, 2**53 - 1, -(2**53) + 1],
    {"$bytes": "AAE="},
]


def test_values_of_changes_come_back_exactly(engine: Engine) -> None:
    """JSONB would reorder keys, refuse NUL and rewrite numbers; canonical text does none of it."""
    sight = saw(USERS, 1, body("alice"))
    made = [_change(n, value) for n, value in enumerate(AWKWARD)]
    with writing(engine) as connection:
        store(connection, header(1, [sight]), sight, *made)
    with reading(engine) as connection:
        found = list(read.changes(connection, read.ChangeFilter()))
    assert found == made
    after = [encode(change.after) for change in found]
    assert after == [encode(value) for value in AWKWARD]  # for Python alone True is 1
    assert damage(engine) == {}


def _change(number: int, value: Json) -> Change:
    return Change(
        id=f"00000000-0000-5000-8000-{number:012}",
        kind="test.changed",
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC8.1", "CC6.1"),
        scope=USERS,
        resource="alice",
        path="Name",
        before=value,
        after=value,
        not_before=at(1),
        not_after=at(2),
        snapshot=1,
        previous_snapshot=0,
        says="changed",
    )


def test_no_column_is_json_to_the_database(engine: Engine) -> None:
    types = {
        str(column["type"]).split("(")[0].split(" ")[0].upper()
        for table in metadata.sorted_tables
        for column in inspect(engine).get_columns(table.name)
    }
    assert types <= {"INTEGER", "VARCHAR", "TEXT", "BLOB", "BYTEA", "DATETIME", "TIMESTAMP"}


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
def test_every_sqlite_connection_is_set_up_for_safety(engine: Engine) -> None:
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "busy_timeout": 10000,
        "recursive_triggers": 1,
        "trusted_schema": 0,
    }
    with reading(engine) as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in expected}
    assert found == expected


# ---- a full disk ---------------------------------------------------------------------------


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Engine:
    made = open_engine(parse_url(f"sqlite:///{tmp_path / 'test.db'}"))
    upgrade(made)
    return made


def _many(day: int) -> list[Body]:
    return [body(f"user-{n}", {"Day": day, "Salt": os.urandom(200).hex()}) for n in range(200)]


def test_a_snapshot_that_does_not_fit_is_refused_whole(sqlite_engine: Engine) -> None:
    """One line that says what to do; the store is what it was, and works again with room."""
    engine = sqlite_engine
    take(engine, saw(USERS, 1, body("alice")))
    before = state_at(engine, 1)
    with reading(engine) as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one() + 3

    def limit(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(engine, "connect", limit)
    with pytest.raises(StoreError) as caught:
        take(engine, saw(USERS, 2, *_many(2)))
    assert "disk is full; free some space" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert damage(engine) == {}
    assert (len(rows(engine, "snapshot")), state_at(engine, 1)) == (1, before)
    event.remove(engine, "connect", limit)
    assert take(engine, saw(USERS, 2, *_many(2))).number == 2
    assert damage(engine) == {}


@pytest.mark.slow
def test_a_file_that_may_not_grow_fails_collect_with_one_line_and_stores_nothing(
    sqlite_engine: Engine, recording: Path
) -> None:
    """The whole program, with the operating system refusing to write beyond a size."""
    url = str(sqlite_engine.url)

    def confine() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))

    # Room for the shared memory of the log, not for the log itself.
    refused = collect(recording, url, before=confine)
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert "disk" in line
    assert "Traceback" not in line
    assert rows(sqlite_engine, "snapshot") == []
    assert collect(recording, url).returncode == 0
    assert damage(sqlite_engine) == {}
