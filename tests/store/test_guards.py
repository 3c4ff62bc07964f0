"""Stored rows cannot be changed, deleted or replaced, by us or by any ordinary client."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Table, UniqueConstraint, event, text

from driftkeeper.domain.errors import StoreError
from driftkeeper.store import guards
from driftkeeper.store.database import Engine, open_engine, parse_url, reading, writing
from driftkeeper.store.schema import upgrade
from driftkeeper.store.tables import metadata
from tests.store.sights import KEYS, USERS, body, damage, everything, rows, saw, take

TABLES = [table.name for table in metadata.sorted_tables]


def execute(engine: Engine, *statements: str) -> None:
    with writing(engine) as connection:
        for statement in statements:
            connection.execute(text(statement))


def missing(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return guards.missing(connection)


def is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


def test_every_table_has_its_guards_and_a_row_to_try_them_on(filled: Engine) -> None:
    assert missing(filled) == []
    assert {table: bool(rows(filled, table)) for table in TABLES} == dict.fromkeys(TABLES, True)


def test_no_row_of_any_table_can_be_updated_or_deleted(filled: Engine) -> None:
    before = everything(filled)
    for table in metadata.sorted_tables:
        column = next(iter(table.c)).name
        for statement in (
            f'UPDATE "{table.name}" SET "{column}" = "{column}"',
            f'DELETE FROM "{table.name}"',
        ):
            with pytest.raises(StoreError, match=r"insert only.*stored evidence is never changed"):
                execute(filled, statement)
    assert everything(filled) == before


@pytest.mark.postgres
def test_no_table_can_be_truncated_on_postgresql(pg_url: str) -> None:
    engine = open_engine(parse_url(pg_url))
    upgrade(engine)
    take(engine, saw(USERS, 1, body("alice")))
    for table in TABLES:
        with pytest.raises(StoreError, match=r"insert only: TRUNCATE on .* is refused"):
            execute(engine, f'TRUNCATE "{table}" CASCADE')
    assert len(rows(engine, "version")) == 1


# ---- SQLite's way of deleting without saying so -----------------------------------------------


@pytest.fixture
def foreign(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Another program's connection to the filled SQLite file, as SQLite comes by default."""
    with closing(sqlite3.connect(tmp_path / "test.db", isolation_level=None)) as connection:
        yield connection


def _replacements(table: Table, row: sqlite3.Row) -> Iterator[dict[str, Any]]:
    """Rows that would each take the place of the given one, by one of the table's identities."""
    fresh = {c.name: _other(row[c.name]) for c in table.c}
    unique = [each for each in table.constraints if isinstance(each, UniqueConstraint)]
    for key in (table.primary_key, *unique):
        names = [column.name for column in key.columns]
        if all(row[name] is not None for name in names):
            yield {**fresh, **{name: row[name] for name in names}}
    yield {**fresh, "rowid": row["rowid"]}


def _other(value: Any) -> Any:
    return value + 1000 if isinstance(value, int) else f"2{value}"


def _replace(connection: sqlite3.Connection, table: str, row: dict[str, Any]) -> None:
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" * len(row))
    statement = f'INSERT OR REPLACE INTO "{table}" ({names}) VALUES ({marks})'
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.execute(statement, list(row.values()))


def _newest(connection: sqlite3.Connection, table: str) -> sqlite3.Row:
    connection.row_factory = sqlite3.Row
    query = f'SELECT rowid AS "rowid", * FROM "{table}" ORDER BY rowid DESC LIMIT 1'
    row: sqlite3.Row = connection.execute(query).fetchone()
    return row


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
def test_insert_or_replace_from_a_foreign_connection_replaces_nothing(
    filled: Engine, foreign: sqlite3.Connection
) -> None:
    """By primary key, by any other unique key, and by SQLite's own row number."""
    assert foreign.execute("PRAGMA recursive_triggers").fetchone() == (0,)
    before = everything(filled)
    tried = 0
    for table in metadata.sorted_tables:
        for row in _replacements(table, _newest(foreign, table.name)):
            tried += 1
            with pytest.raises(sqlite3.IntegrityError, match=f"insert only: {table.name}"):
                _replace(foreign, table.name, row)
    assert tried > 2 * len(TABLES)
    assert everything(filled) == before


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
def test_without_the_replace_guard_such_a_client_would_delete_rows(
    filled: Engine, foreign: sqlite3.Connection
) -> None:
    """Shows what the guard is for: the delete trigger is in place, and does not fire."""
    foreign.execute("DROP TRIGGER guard_journal_replace")
    row = dict(_newest(foreign, "journal"))
    _replace(foreign, "journal", {**row, "snapshot": 2, "number": 99, "rowid": 99})
    assert {entry[0] for entry in rows(filled, "journal")} == {1, 3, 99}


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
def test_an_upsert_from_a_foreign_connection_changes_nothing(
    filled: Engine, foreign: sqlite3.Connection
) -> None:
    row = dict(_newest(foreign, "version"))
    row.pop("rowid")
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    with pytest.raises(sqlite3.IntegrityError, match="insert only: version"):
        foreign.execute(
            f"INSERT INTO version ({names}) VALUES ({marks})"
            " ON CONFLICT DO UPDATE SET digest = 'other'",
            list(row.values()),
        )


# ---- guards that got lost ------------------------------------------------------------------


@contextmanager
def operations(engine: Engine) -> Iterator[Operations]:
    with writing(engine) as connection:
        yield Operations(MigrationContext.configure(connection))


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
def test_a_table_that_a_migration_rebuilds_gets_its_guards_back_from_upgrade(
    filled: Engine,
) -> None:
    """Alembic's batch mode copies the table and silently leaves its triggers behind."""
    execute(filled, "PRAGMA foreign_keys = OFF")
    with (
        operations(filled) as migration,
        migration.batch_alter_table("miss", recreate="always") as batch,
    ):
        batch.alter_column("message", nullable=False)
    lost = ["guard_miss_update", "guard_miss_delete", "guard_miss_replace"]
    assert missing(filled) == lost
    assert all(any(name in line for line in damage(filled)["guards"]) for name in lost)
    upgrade(filled)
    assert missing(filled) == []
    with pytest.raises(StoreError, match="insert only"):
        execute(filled, "DELETE FROM miss")


def _sqlite(on: str, does: str = "SELECT RAISE(ABORT, 'insert only: version')") -> list[str]:
    name = "guard_version_update"
    return [
        f"DROP TRIGGER {name}",
        f"CREATE TRIGGER {name} BEFORE UPDATE ON {on} BEGIN {does}; END",
    ]


def _postgresql(events: str, condition: str = "") -> list[str]:
    name, runs = "guard_version_row", "EXECUTE FUNCTION driftkeeper_refuse()"
    made = f"CREATE TRIGGER {name} BEFORE {events} FOR EACH ROW {condition} {runs}"
    return [f"DROP TRIGGER {name} ON version", made]


EMPTY = "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
SABOTAGE = {
    "sqlite": {
        "dropped": ["DROP TRIGGER guard_version_update"],
        "never fires": _sqlite("version WHEN 0"),
        "does nothing": _sqlite("version", "SELECT 1"),
        "on another table": _sqlite("alembic_version"),
    },
    "postgresql": {
        "dropped": ["DROP TRIGGER guard_version_row ON version"],
        "disabled": ["ALTER TABLE version DISABLE TRIGGER guard_version_row"],
        "only for replicas": ["ALTER TABLE version ENABLE REPLICA TRIGGER guard_version_row"],
        "never fires": _postgresql("UPDATE OR DELETE ON version", "WHEN (false)"),
        "only one event": _postgresql("DELETE ON version"),
        "only one column": _postgresql("DELETE OR UPDATE OF digest ON version"),
        "does nothing": [f"CREATE OR REPLACE FUNCTION driftkeeper_refuse() {EMPTY}"],
        "on another table": _postgresql("UPDATE OR DELETE ON alembic_version"),
    },
}


@pytest.mark.parametrize(
    ("db_url", "how"),
    [
        *(("sqlite", how) for how in SABOTAGE["sqlite"]),
        *(
            pytest.param("postgres", how, marks=pytest.mark.postgres)
            for how in SABOTAGE["postgresql"]
        ),
    ],
    indirect=["db_url"],
)
def test_a_guard_that_no_longer_refuses_counts_as_missing_and_upgrade_puts_it_back(
    engine: Engine, how: str
) -> None:
    take(engine, saw(USERS, 1, body("alice")))
    execute(engine, *SABOTAGE[engine.dialect.name][how])
    spoilt = "guard_version_update" if is_sqlite(engine) else "guard_version_row"
    assert spoilt in missing(engine)
    execute(engine, "UPDATE version SET uid = 'forged'")
    assert any(spoilt in line for line in damage(engine)["guards"])
    upgrade(engine)
    assert missing(engine) == []
    with pytest.raises(StoreError, match="insert only"):
        execute(engine, "UPDATE version SET uid = 'forged again'")


@pytest.mark.postgres
def test_a_postgresql_role_that_may_only_select_and_insert_is_enough_to_collect(
    pg_url: str,
) -> None:
    """The owner is for migrations; the collector cannot even try to switch a guard off."""
    owner = open_engine(parse_url(pg_url))
    upgrade(owner)
    role = f"collector_{pg_url.rsplit('/', 1)[-1].split('?')[0]}"
    execute(
        owner,
        f"CREATE ROLE {role}",
        f"GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO {role}",
    )
    try:
        engine = open_engine(parse_url(pg_url))

        def become(made: Any, _record: Any) -> None:
            made.execute(f"SET ROLE {role}")
            made.commit()

        event.listen(engine, "connect", become)
        take(engine, saw(USERS, 1, body("alice")), saw(KEYS, 1))
        take(engine, saw(USERS, 2, body("bob")), saw(KEYS, 2))
        assert damage(engine) == {}
        for statement, refusal in (
            ("UPDATE version SET uid = NULL", "permission denied"),
            ("DELETE FROM journal", "permission denied"),
            ("ALTER TABLE journal DISABLE TRIGGER ALL", "must be owner"),
        ):
            with pytest.raises(StoreError, match=refusal):
                execute(engine, statement)
    finally:
        execute(owner, f"DROP OWNED BY {role}", f"DROP ROLE {role}")
