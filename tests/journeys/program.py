"""Runs the command line: inside this process, which is quick, or as a process of its own."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from unittest import mock

from driftkeeper.cli.main import main
from driftkeeper.domain.clock import FixedClock

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
"""The afternoon of the last day of the estate: what the program takes for now."""

_START = "import sys; sys.argv[0] = 'driftkeeper'; from driftkeeper.cli.main import main; main()"
COMMAND = (sys.executable, "-c", _START)
"""What starts the program in a process of its own; arguments follow."""


@dataclass(frozen=True)
class Ran:
    """What a run came to."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)

    @property
    def complaint(self) -> str:
        """The one line on stderr that says what went wrong, without the program's name."""
        (line,) = self.err.splitlines()
        name, _, text = line.partition(": ")
        assert name == "driftkeeper"
        return text


def environment(**more: str) -> dict[str, str]:
    """An environment without anything of whoever runs the tests: no settings, no credentials."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": "/nonexistent",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/nonexistent/config",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent/credentials",
        "PYTHONDONTWRITEBYTECODE": "1",
        **more,
    }


@dataclass(frozen=True)
class Program:
    """The program with a database, as of a fixed time."""

    db: str
    now: datetime = NOW
    env: Mapping[str, str] | None = None

    def __call__(self, *arguments: str) -> Ran:
        """Run in this process."""
        out, err = io.StringIO(), io.StringIO()
        code: object = None
        with (
            mock.patch.dict(os.environ, self._environment(), clear=True),
            mock.patch("driftkeeper.cli.session.SystemClock", return_value=FixedClock(self.now)),
            mock.patch.object(sys, "argv", ["driftkeeper", *arguments]),
            mock.patch.object(sys, "excepthook", sys.excepthook),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            try:
                main()
            except SystemExit as leaving:
                code = leaving.code
        assert isinstance(code, int)
        return Ran(code, out.getvalue(), err.getvalue())

    def json(self, *arguments: str, code: int = 0) -> Any:
        """Run in this process with --json; return the document."""
        ran = self(*arguments, "--json")
        assert ran.code == code, ran.err
        return ran.document

    def process(self, *arguments: str, before: Sequence[str] = (), **options: Any) -> Ran:
        """Run as a process of its own, with the machine's clock, `before` in front of its command."""
        ran = subprocess.run(
            [*before, *COMMAND, *arguments],
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            **options,
        )
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    @contextlib.contextmanager
    def started(self, *arguments: str, **options: Any) -> Iterator[subprocess.Popen[str]]:
        """Start a process of its own, and see that it ends."""
        with subprocess.Popen(
            [*COMMAND, *arguments], env=self._environment(), text=True, **options
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def _environment(self) -> dict[str, str]:
        return environment(DRIFTKEEPER_DB=self.db, **(self.env or {}))
