"""Triggers that make both databases refuse to change or delete a row, or to replace one.

They stop mistakes and ordinary clients, not the owner of the database, who can drop them: that is what
the journal is for. SQLite's `INSERT OR REPLACE` deletes without firing delete triggers unless the client
asks for it, hence a third trigger there; PostgreSQL's `TRUNCATE` needs a statement trigger.

A guard counts as there only when it is what this module makes. So whoever changes one also adds a
migration, which sends people to `driftkeeper db upgrade` before `check` finds the old one wanting.
"""

from __future__ import annotations

from sqlalchemy import Connection, Table, UniqueConstraint, text

from driftkeeper.store.tables import metadata

_BODY = " BEGIN RAISE EXCEPTION 'insert only: % on % is refused', TG_OP, TG_TABLE_NAME; END "
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION driftkeeper_refuse() RETURNS trigger LANGUAGE plpgsql AS $${_BODY}$$
"""

# Of each trigger, what it fires on (`tgtype`: row 1, before 2, delete 8, update 16, truncate 32), always
# (no WHEN, no column list), and what it runs. Enabled for replicas only means that it never fires.
_POSTGRESQL_TRIGGERS = """
SELECT t.tgname || ' ' || t.tgtype AS name
FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL
AND t.tgattr::text = '' AND p.prosrc = :body AND pg_table_is_visible(c.oid)
AND t.tgname IN ('guard_' || c.relname || '_row', 'guard_' || c.relname || '_truncate')
"""


def install(connection: Connection) -> None:
    """Create every guard that is missing, and put right every one that was altered."""
    absent = missing(connection)
    on_postgresql = connection.dialect.name == "postgresql"
    if on_postgresql and absent:
        connection.execute(text(_FUNCTION))
    for table in metadata.sorted_tables:
        for name, statement in _statements(table, connection.dialect.name).items():
            if name in absent:
                place = f' ON "{table.name}"' if on_postgresql else ""
                connection.execute(text(f"DROP TRIGGER IF EXISTS {name}{place}"))
                connection.execute(text(statement))


def missing(connection: Connection) -> list[str]:
    """Return the names of the guards that are not there, are switched off, or are not what they were."""
    dialect = connection.dialect.name
    expected = {
        name: statement
        for table in metadata.sorted_tables
        for name, statement in _statements(table, dialect).items()
    }
    if dialect == "sqlite":
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type='trigger'"))
        there = {row.name for row in rows if expected.get(row.name) == row.sql}
    else:
        fires = {"row": 1 + 2 + 8 + 16, "truncate": 2 + 32}
        rows = connection.execute(text(_POSTGRESQL_TRIGGERS), {"body": _BODY})
        found = set(rows.scalars())
        there = {name for name in expected if f"{name} {fires[name.rsplit('_', 1)[1]]}" in found}
    return [name for name in expected if name not in there]


def _statements(table: Table, dialect: str) -> dict[str, str]:
    return _sqlite(table) if dialect == "sqlite" else _postgresql(table)


def _sqlite(table: Table) -> dict[str, str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, 'insert only: {table.name}'); END"
    taken = " OR ".join(
        f"""EXISTS (SELECT 1 FROM "{table.name}" WHERE {same})"""  # noqa: S608 -- our own names
        for same in _identities(table)
    )
    events = {
        "update": f'BEFORE UPDATE ON "{table.name}"',
        "delete": f'BEFORE DELETE ON "{table.name}"',
        "replace": f'BEFORE INSERT ON "{table.name}" WHEN {taken}',
    }
    return {
        f"guard_{table.name}_{event}": f"CREATE TRIGGER guard_{table.name}_{event} {when} {refuse}"
        for event, when in events.items()
    }


def _identities(table: Table) -> list[str]:
    """Return all that can make a new row take the place of an old one: keys, and SQLite's row number."""
    unique = [each for each in table.constraints if isinstance(each, UniqueConstraint)]
    keys = [table.primary_key.columns, *(each.columns for each in unique)]
    by_key = [" AND ".join(f'"{c.name}" = NEW."{c.name}"' for c in key) for key in keys]
    return [*sorted(by_key), "rowid = NEW.rowid"]


def _postgresql(table: Table) -> dict[str, str]:
    refuse = "EXECUTE FUNCTION driftkeeper_refuse()"
    return {
        f"guard_{table.name}_row": f"CREATE TRIGGER guard_{table.name}_row "
        f'BEFORE UPDATE OR DELETE ON "{table.name}" FOR EACH ROW {refuse}',
        f"guard_{table.name}_truncate": f"CREATE TRIGGER guard_{table.name}_truncate "
        f'BEFORE TRUNCATE ON "{table.name}" FOR EACH STATEMENT {refuse}',
    }
