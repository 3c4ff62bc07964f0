"""One collector at a time, whatever becomes of the one that holds the lock."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from driftkeeper.domain.errors import LockedError, StoreError
from driftkeeper.store.database import Engine, open_engine, parse_url, reading
from driftkeeper.store.lock import collector_lock
from driftkeeper.store.schema import upgrade
from tests.store.program import Collector, collect, run
from tests.store.sights import USERS, body, saw, take


def test_the_lock_keeps_a_second_collector_out_until_the_first_is_done(
    engine: Engine, db_url: str
) -> None:
    other = open_engine(parse_url(db_url))
    with collector_lock(engine):
        with pytest.raises(LockedError, match="another collector"), collector_lock(other):
            pytest.fail("both hold it")
        take(other, saw(USERS, 1, body("alice")))  # the lock is for collectors, not for readers
    with collector_lock(other):
        pass
    with collector_lock(engine):
        pass


def test_the_lock_is_released_when_its_holder_fails(engine: Engine, db_url: str) -> None:
    with pytest.raises(ZeroDivisionError), collector_lock(engine):
        _ = 1 / 0
    with collector_lock(open_engine(parse_url(db_url))):
        pass


@pytest.mark.postgres
def test_no_connection_is_left_that_holds_the_advisory_lock(pg_url: str) -> None:
    """A pooled connection would keep it after close, and one closed in silence for a moment."""
    engine = open_engine(parse_url(pg_url))
    upgrade(engine)
    held = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for _ in range(10):
            with collector_lock(engine):
                assert connection.execute(held).scalar() == 1
            assert connection.execute(held).scalar() == 0


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
def test_the_message_names_the_process_that_holds_the_file(engine: Engine, db_url: str) -> None:
    with (
        collector_lock(engine),
        pytest.raises(LockedError, match=rf"process {os.getpid()}\b"),
        collector_lock(open_engine(parse_url(db_url))),
    ):
        pytest.fail("both hold it")


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
def test_a_lock_file_that_cannot_be_made_is_one_line_of_advice(
    engine: Engine, tmp_path: Path
) -> None:
    (tmp_path / "test.db.lock").mkdir()
    with pytest.raises(StoreError, match="cannot create the lock"), collector_lock(engine):
        pytest.fail("there is no lock")


@pytest.mark.slow
def test_a_second_process_exits_7_until_the_first_is_killed(
    engine: Engine, db_url: str, recording: Path
) -> None:
    with Collector(db_url) as first:
        assert first.tell("hold") == "held"
        second = collect(recording, db_url)
        assert (second.returncode, second.stdout) == (7, "")
        (line,) = second.stderr.splitlines()
        assert "another collector" in line
        assert "try again" in line
        assert take(engine, saw(USERS, 1, body("alice"))).number == 1
        first.process.kill()
        first.process.wait()
        assert collect(recording, db_url).returncode == 0


@pytest.fixture
def _common_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.slow
@pytest.mark.usefixtures("_common_umask")
def test_everything_the_program_makes_belongs_to_its_owner_alone(
    tmp_path: Path, recording: Path
) -> None:
    """Under the usual umask: database, its log and shared memory, lock, key, configuration."""
    folder = recording.parent
    made = run(folder, None, "init")
    assert made.returncode == 0, made.stderr
    assert collect(recording, None, "--config", str(folder / "driftkeeper.toml")).returncode == 0
    (database,) = tmp_path.rglob("driftkeeper.db")
    engine = open_engine(parse_url(f"sqlite:///{database}"))
    with reading(engine) as connection:
        connection.execute(text("SELECT 1 FROM snapshot")).all()
        take(engine, saw(USERS, 2, body("alice")))
        modes = {
            path.name: oct(path.stat().st_mode & 0o777)
            for path in [*database.parent.iterdir(), *folder.glob("driftkeeper.*")]
            if path.is_file()
        }
    assert modes == dict.fromkeys(
        [
            *("driftkeeper.db", "driftkeeper.db-shm", "driftkeeper.db-wal", "driftkeeper.db.lock"),
            *("driftkeeper.key", "driftkeeper.toml"),
        ],
        "0o600",
    )
    assert oct(database.parent.stat().st_mode & 0o777) == "0o700"
