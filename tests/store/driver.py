"""A collector that tests can stop anywhere: told on its standard input what to do, line by line.

`hold` takes the collector lock and keeps it. `take DAY STATEMENT` forks a process that takes a snapshot
of that day and kills itself (SIGKILL) just before that SQL statement; 0 lets it live. Each line is
answered with one: `held`, or how the process ended and how many statements it had begun.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from contextlib import ExitStack, suppress
from typing import Any

from sqlalchemy import event

from driftkeeper.domain.errors import LockedError
from driftkeeper.domain.types import Sight
from driftkeeper.store.database import Engine, open_engine, parse_url
from driftkeeper.store.lock import collector_lock
from tests.store.sights import KEYS, USERS, body, missed, saw, take

_PATIENCE = 500


def sights(day: int) -> list[Sight]:
    """What there is to see on a day: something of everything a snapshot can hold."""
    alice = body("alice", {"Day": day}, uid="A1", observed={"LastUsed": str(day)})
    users = saw(USERS, day, alice, body(f"user-{day}", {"Day": day}, unseen=["Policy"]))
    return [users, missed(KEYS, day) if day % 2 else saw(KEYS, day, body(f"key-{day}"))]


class _Statements:
    """Counts the statements of an engine and kills the process before a given one."""

    def __init__(self, engine: Engine, fatal: int) -> None:
        self.begun = 0
        self._fatal = fatal
        event.listen(engine, "before_cursor_execute", self._begin)
        event.listen(engine, "commit", self._begin)

    def _begin(self, *_: Any) -> None:
        self.begun += 1
        if self.begun == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)


def _take(url: str, day: int, fatal: int, report: int) -> None:
    engine = open_engine(parse_url(url))
    with ExitStack() as held:
        _enter(held, engine)
        statements = _Statements(engine, fatal)
        take(engine, *sights(day))
        os.write(report, str(statements.begun).encode())


def _enter(held: ExitStack, engine: Engine) -> None:
    """Take the lock; a PostgreSQL server may take a moment to notice that its holder was killed."""
    for _ in range(_PATIENCE):
        with suppress(LockedError):
            held.enter_context(collector_lock(engine))
            return
    raise LockedError(f"still held after {_PATIENCE} attempts")


def _forked(url: str, day: int, fatal: int) -> str:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        status = 1
        try:
            _take(url, day, fatal, writing)
            status = 0
        finally:
            if status:
                traceback.print_exc()
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        begun = pipe.read()
    _, status = os.waitpid(child, 0)
    return f"{os.waitstatus_to_exitcode(status)} {begun}"


def main(url: str) -> None:
    """Obey until the input ends."""
    with ExitStack() as held:
        for line in sys.stdin:
            command, *numbers = line.split()
            if command == "hold":
                held.enter_context(collector_lock(open_engine(parse_url(url))))
                answer = "held"
            else:
                answer = _forked(url, *map(int, numbers))
            print(answer, flush=True)  # noqa: T201 -- the answer


if __name__ == "__main__":
    main(sys.argv[1])
