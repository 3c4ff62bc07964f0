"""Brings a database to the schema this version expects, and says when it is not there.

Migrations are Alembic's, shipped with the package. They only go forward: an audit store is never
downgraded. After each upgrade the guards are put back and checked, since rebuilding a table on SQLite
drops its triggers.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from driftkeeper.domain.errors import SchemaError
from driftkeeper.store import guards
from driftkeeper.store.database import (
    keep_wal,
    open_engine,
    plain_errors,
    shown,
    sqlite_path,
    writing,
)


def migrations_folder() -> Path:
    """Return the migrations: inside an installed package, else beside the package's source."""
    package = Path(str(files("driftkeeper")))
    for folder in (package / "_migrations", package.parent / "migrations"):
        if (folder / "env.py").is_file():
            return folder
    raise SchemaError("the migrations are missing from this installation; install it again")


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def expected() -> str:
    """Return the revision that this version works with."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise SchemaError("the migrations are missing from this installation; install it again")
    return head


def current(connection: Connection) -> str | None:
    """Return the database's revision; None when it has none."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine) -> str:
    """Create or upgrade the schema in one transaction; return the revision it now has.

    Raises `SchemaError` for a database that belongs to another program or to a newer version.
    """
    open_engine(engine.url, create=True)
    with writing(engine) as connection:
        _refuse_foreign(engine, connection)
        command.upgrade(_config(connection), "head")
        guards.install(connection)
        if absent := guards.missing(connection):
            raise SchemaError(f"guard triggers could not be created: {', '.join(absent)}")
    keep_wal(engine)
    return expected()


def _refuse_foreign(engine: Engine, connection: Connection) -> None:
    revision = current(connection)
    tables = inspect(connection).get_table_names()
    if revision is None and tables:
        raise SchemaError(
            f"{shown(engine.url)} is not a driftkeeper database (it holds {', '.join(tables[:3])});"
            " choose another with --db"
        )
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision is not None and revision not in known:
        raise SchemaError(
            f"{shown(engine.url)} is at schema {revision}, which this version does not know;"
            " it was written by a newer driftkeeper: upgrade the program, not the database"
        )


def require(engine: Engine) -> None:
    """Raise `SchemaError`, with the next step, unless the database is at the expected schema."""
    path = sqlite_path(engine.url)
    if path is not None and not path.exists():
        raise SchemaError(f"there is no database at {path}; run `driftkeeper init` to create it")
    with plain_errors(engine.url), engine.connect() as connection:
        revision = current(connection)
        if revision == expected():
            return
        if revision is not None or inspect(connection).get_table_names():
            _refuse_foreign(engine, connection)
    raise SchemaError(
        f"{shown(engine.url)} is at schema {revision or 'none'}, expected {expected()};"
        " run `driftkeeper db upgrade`"
    )


def revision_of(engine: Engine) -> str | None:
    """Return the database's revision; None when there is no database, or none of ours."""
    path = sqlite_path(engine.url)
    if path is not None and not path.exists():
        return None
    with plain_errors(engine.url), engine.connect() as connection:
        return current(connection)
