"""Whatever is altered behind the program's back, `check` finds it and names it.

Each case spoils a sound, signed store with the guards and foreign keys out of the way, looks, and is
rolled back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Column, LargeBinary, Table, insert, select, text, update

from driftkeeper.domain.chain import link
from driftkeeper.domain.signing import Signer, new_key
from driftkeeper.store import check as checker, guards, rows
from driftkeeper.store.database import Connection, Engine, open_engine, parse_url
from driftkeeper.store.schema import upgrade
from driftkeeper.store.tables import Utc, metadata
from tests.store.sights import KEYS, USERS, body, missed, saw, take

ALICE = {"LastUsed": "2026-03-01"}
TABLES = {table.name: table for table in metadata.sorted_tables}


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def sound(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Engine]:
    """A store of four signed snapshots in which something of everything happened."""
    if request.param == "sqlite":
        yield _filled(f"sqlite:///{tmp_path_factory.mktemp('sound') / 'test.db'}")
        return
    with request.getfixturevalue("pg_server").database() as url:
        yield _filled(url)


def _filled(url: str) -> Engine:
    engine = open_engine(parse_url(url))
    upgrade(engine)
    signer = Signer(new_key())
    alice = body("alice", {"Mfa": True}, uid="A1", observed=ALICE)
    blind = body("key", {"Policy": "p"}, unseen=["Status"])
    days = [
        [saw(USERS, 1, alice, body("bob", uid="B1")), saw(KEYS, 1, blind, body("other"))],
        [saw(USERS, 2, replace(alice, observed={"LastUsed": "2026-03-02"})), missed(KEYS, 2)],
        [missed(USERS, 3), saw(KEYS, 3, blind, body("other", {"Rotates": True}))],
        [saw(USERS, 4, body("alice", {"Mfa": False}, uid="A1", observed=ALICE), body("carol"))],
    ]
    for sights in days:
        take(engine, *sights, signer=signer)
    return engine


@contextmanager
def unguarded(engine: Engine) -> Iterator[Connection]:
    """A transaction in which anything goes, and of which nothing remains."""
    with engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        if sqlite:
            raw: Any = connection.connection.dbapi_connection
            raw.execute("PRAGMA foreign_keys = OFF")
            raw.execute("PRAGMA ignore_check_constraints = ON")
        with connection.begin() as transaction:
            if sqlite:
                for name in guards.missing(_Blank(connection)):
                    connection.exec_driver_sql(f"DROP TRIGGER {name}")
            else:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            yield connection
            transaction.rollback()


def _Blank(connection: Connection) -> Connection:  # noqa: N802
    return connection
