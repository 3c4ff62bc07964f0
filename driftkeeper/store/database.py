"""Opens the database: URL, connection settings, and errors a person can act on.

SQLite and PostgreSQL only. Transactions are explicit on both: pysqlite's own transaction handling leaves
DDL outside, so it is switched off and every block begins by itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection as Connection, Engine as Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from driftkeeper.domain.errors import StoreError, UsageError

_PRAGMAS = (
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=10000",
    "recursive_triggers=ON",
    "trusted_schema=OFF",
)


def parse_url(text: str) -> URL:
    """Return the URL with its driver; `postgres://` and `postgresql://` mean psycopg 3."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # Not repeated: whatever it is, there may be a password in it.
        raise UsageError(
            "that is not a database URL; write sqlite:///path/to/file.db or postgresql://…"
        ) from None
    name = url.drivername.split("+")[0]
    if name in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg")
    if name == "sqlite" and url.database not in (None, "", ":memory:"):
        return url.set(drivername="sqlite")
    raise UsageError(
        f"database {shown(url)} is not supported; use a SQLite file (sqlite:///…) or PostgreSQL"
    )


def sqlite_path(url: URL) -> Path | None:
    """Return the file of a SQLite URL, None for PostgreSQL."""
    return Path(url.database or "") if url.drivername == "sqlite" else None


def open_engine(url: URL, *, create: bool = False) -> Engine:
    """Return an engine for the URL; with `create`, make the SQLite file (0600) and its folder (0700).

    Raises `StoreError` when the driver is not installed or the file cannot be made.
    """
    path = sqlite_path(url)
    if path is not None and create:
        _make_private(path)
    try:
        engine = create_engine(url, poolclass=NullPool)
    except (NoSuchModuleError, ModuleNotFoundError):
        raise StoreError(
            "the PostgreSQL driver is not installed; run `pip install 'driftkeeper[postgres]'`"
        ) from None
    if path is not None:
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(
            f"cannot create the database {path}: {error.strerror}; choose another place with --db"
        ) from None


def keep_wal(engine: Engine) -> None:
    """Let a SQLite database be read while it is written; the file remembers it."""
    if sqlite_path(engine.url) is not None:
        with plain_errors(engine.url):
            connection = engine.raw_connection()
            try:
                connection.cursor().execute("PRAGMA journal_mode=WAL")
            finally:
                connection.close()


def _configure_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection with one consistent view of the database."""
    with plain_errors(engine.url), engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection whose changes become durable together, or not at all."""
    with plain_errors(engine.url), engine.connect() as connection:
        writer = connection.execution_options(writes=True)
        with writer.begin():
            yield writer


@contextmanager
def plain_errors(url: URL) -> Iterator[None]:
    """Turn what the driver raises into a `StoreError` of one line."""
    try:
        yield
    except DBAPIError as error:
        cause = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else "no reason"
        raise StoreError(f"database {shown(url)}: {cause}{_advice(cause)}") from error


def _advice(cause: str) -> str:
    known = {
        "readonly": "; make the file and its folder writable, or choose another with --db",
        "disk is full": "; free some space and run it again: nothing was half written",
        "disk I/O": "; look after the disk and run it again: nothing was half written",
        "unable to open": "; check the path, or run `driftkeeper init`",
        "not a database": "; it is not a SQLite file: choose another with --db",
        "insert only": "; stored evidence is never changed",
        "refused": "; is PostgreSQL running at this address?",
        "No such file": "; is PostgreSQL running at this address?",
        "resolve host": "; check the host in the URL",
        "locked": "; another program holds it: try again when it is done",
    }
    return next((advice for word, advice in known.items() if word in cause), "")


def shown(url: URL) -> str:
    """Return the URL for people: without a password, a SQLite file as its path."""
    path = sqlite_path(url)
    return str(path) if path else url.render_as_string(hide_password=True)
