"""One collector at a time per store: a file lock beside SQLite, an advisory lock in PostgreSQL.

Both are released by the operating system or the server when their holder dies.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from driftkeeper.domain.errors import LockedError, StoreError
from driftkeeper.store.database import plain_errors, sqlite_path

_ADVISORY = 0x64726966746B  # "driftk"


@contextmanager
def collector_lock(engine: Engine) -> Iterator[None]:
    """Hold the store's collector lock; raise `LockedError` at once when another holds it."""
    path = sqlite_path(engine.url)
    if path is not None:
        with _file_lock(path.with_name(path.name + ".lock")):
            yield
        return
    with plain_errors(engine.url), engine.connect() as connection:
        # A connection of its own: closing it ends the session and with it the lock.
        autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
        key = {"key": _ADVISORY}
        if not autocommit.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar():
            raise LockedError("another collector is at work on this database; try again later")
        try:
            yield
        finally:
            # The server notices a closed connection a little later; the next collector may be quicker.
            with suppress(DBAPIError):
                autocommit.execute(text("SELECT pg_advisory_unlock(:key)"), key)


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    try:
        handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise StoreError(
            f"cannot create the lock {path}: {error.strerror}; make its folder writable"
        ) from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 32).decode(errors="replace").strip() or "unknown"
            raise LockedError(
                f"another collector (process {holder}) is at work on this database; try again later"
            ) from None
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        yield
    finally:
        os.close(handle)
