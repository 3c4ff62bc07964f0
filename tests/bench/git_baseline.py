"""The same history kept by git: one JSON file per resource, one commit a day, then `git gc`.

What git is given is what driftkeeper keeps, in its favour: keys sorted, lists that are sets in one order,
volatile values in the same file. Only files that differ are written.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO

from driftkeeper.domain.types import Body, Json, Scope, Sight


class Repository:
    """A bare repository that takes a day's sights as a commit, through `git fast-import`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[Scope, dict[str, tuple[str, Mapping[str, Json]]]] = {}
        folder.mkdir()
        _git(folder, "init", "--quiet", "--bare")
        self._importer = subprocess.Popen(
            ["git", "-C", str(folder), "fast-import", "--quiet"],
            stdin=subprocess.PIPE,
            env=_environment(),
        )

    @staticmethod
    def is_possible() -> bool:
        """Say whether there is a git to compare with."""
        return shutil.which("git") is not None

    def __enter__(self) -> Repository:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._importer.poll() is None:
            self._importer.kill()
            self._importer.communicate()

    @property
    def _stream(self) -> IO[bytes]:
        if self._importer.stdin is None:
            raise AssertionError("the importer was started with a pipe")
        return self._importer.stdin

    def commit(self, taken_at: datetime, sights: Sequence[Sight]) -> None:
        """Commit what the sights show; what was not seen stays as it was."""
        stamp = f"{int(taken_at.timestamp())} +0000"
        self._stream.write(
            f"commit refs/heads/main\ncommitter bench <bench@example.com> {stamp}\n"
            "data 3\nday\n".encode()
        )
        for sight in sights:
            if sight.listed:
                self._write(sight)

    def _write(self, sight: Sight) -> None:
        before = self._kept.get(sight.scope, {})
        now = {body.key: (body.digest, body.observed) for body in sight.bodies}
        for body in sight.bodies:
            if before.get(body.key) != now[body.key]:
                data = _file(body)
                name = _name(sight.scope, body.key)
                self._stream.write(f"M 100644 inline {name}\ndata {len(data)}\n".encode())
                self._stream.write(data + b"\n")
        for key in before.keys() - now.keys():
            self._stream.write(f"D {_name(sight.scope, key)}\n".encode())
        self._kept[sight.scope] = now

    def size(self) -> int:
        """End the history, pack it as `git gc` packs loose objects, and return its bytes."""
        self._stream.close()
        if self._importer.wait() != 0:
            raise RuntimeError("git fast-import failed; see above")
        # fast-import packs in haste, and gc would keep its deltas: -f makes them anew.
        _git(self._folder, "repack", "-a", "-d", "-f", "-q")
        _git(self._folder, "gc", "--quiet", "--prune=now")
        return sum(path.stat().st_size for path in self._folder.rglob("*") if path.is_file())


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, env=_environment())


def _environment() -> dict[str, str]:
    """Return an environment in which nobody's own settings change what git does."""
    return {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def _name(scope: Scope, key: str) -> str:
    file = key.replace("/", "_").replace(":", "_")
    return f"{scope.account}/{scope.region}/{scope.evidence}/{file}.json"


def _file(body: Body) -> bytes:
    whole = {"config": body.config, "observed": body.observed}
    return (json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
