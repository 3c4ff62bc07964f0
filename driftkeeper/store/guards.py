"""Triggers that make both databases refuse to change or delete a row, or to replace one.

They stop mistakes and ordinary clients, not the owner of the database, who can drop them: that is what
the journal is for. SQLite's `INSERT OR REPLACE` deletes without firing delete triggers unless the client
asks for it, hence a third trigger there; PostgreSQL's `TRUNCATE` needs a statement trigger.
"""

from __future__ import annotations

from sqlalchemy import Connection, Table, text

from driftkeeper.store.tables import metadata

_FUNCTION = """
CREATE OR REPLACE FUNCTION driftkeeper_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'insert only: % on % is refused', TG_OP, TG_TABLE_NAME; END $$
"""


def install(connection: Connection) -> None:
    """Create every guard that is missing."""
    absent = set(missing(connection))
    if connection.dialect.name == "postgresql" and absent:
        connection.execute(text(_FUNCTION))
    for table in metadata.sorted_tables:
        for name, statement in _statements(table, connection.dialect.name).items():
            if name in absent:
                connection.execute(text(statement))


def missing(connection: Connection) -> list[str]:
    """Return the names of the guards that are not there, or are switched off."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    there = set(connection.execute(text(query)).scalars())
    return [
        name
        for table in metadata.sorted_tables
        for name in _statements(table, connection.dialect.name)
        if name not in there
    ]


def _statements(table: Table, dialect: str) -> dict[str, str]:
    return _sqlite(table) if dialect == "sqlite" else _postgresql(table)


def _sqlite(table: Table) -> dict[str, str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, 'insert only: {table.name}'); END"
    same = " AND ".join(f'"{c.name}" = NEW."{c.name}"' for c in table.primary_key)
    there = f'(SELECT 1 FROM "{table.name}" WHERE {same})'  # noqa: S608 -- our own names
    events = {
        "update": f'BEFORE UPDATE ON "{table.name}"',
        "delete": f'BEFORE DELETE ON "{table.name}"',
        "replace": f'BEFORE INSERT ON "{table.name}" WHEN EXISTS {there}',
    }
    return {
        f"guard_{table.name}_{event}": f"CREATE TRIGGER guard_{table.name}_{event} {when} {refuse}"
        for event, when in events.items()
    }


def _postgresql(table: Table) -> dict[str, str]:
    refuse = "EXECUTE FUNCTION driftkeeper_refuse()"
    return {
        f"guard_{table.name}_row": f"CREATE TRIGGER guard_{table.name}_row "
        f'BEFORE UPDATE OR DELETE ON "{table.name}" FOR EACH ROW {refuse}',
        f"guard_{table.name}_truncate": f"CREATE TRIGGER guard_{table.name}_truncate "
        f'BEFORE TRUNCATE ON "{table.name}" FOR EACH STATEMENT {refuse}',
    }
