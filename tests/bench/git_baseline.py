"""The same history kept by git: one JSON file per resource, one commit a day, then `git gc`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from driftkeeper.domain.types import Scope, Sight
from tests.bench.estate import Answer
from tests.bench.things import Item

Files = tuple[Scope, Mapping[str, Any]]
"""The resources of one scope that was seen: their JSON by key."""


def as_kept(sights: Sequence[Sight]) -> list[Files]:
    """Return what driftkeeper keeps: lists that are sets in one order, policies in one spelling."""
    return [
        (s.scope, {body.key: [body.config, body.observed] for body in s.bodies})
        for s in sights
        if s.listed
    ]


def as_answered(answers: Sequence[Answer]) -> list[Files]:
    """Return what AWS answered: lists in whatever order they came."""
    return [
        (answer.scope, {identity(item): item for item, _ in answer.items})
        for answer in answers
        if answer.items is not None
    ]


def identity(item: Item) -> str:
    """Return what tells an answered item apart in its scope."""
    names = ("Arn", "arn", "GroupId", "KeyArn", "TrailARN")
    return next((str(item[name]) for name in names if name in item), "account")


class Repository:
    """A bare repository that takes a day's files as a commit, through `git fast-import`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[Scope, dict[str, bytes]] = {}
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

    def commit(self, taken_at: datetime, files: Iterable[Files]) -> None:
        """Commit the files that differ; those of a scope that was not seen stay as they were."""
        stamp = f"{int(taken_at.timestamp())} +0000"
        head = f"commit refs/heads/main\ncommitter bench <bench@example.com> {stamp}\n"
        self._stream.write(f"{head}data 3\nday\n".encode())
        for scope, contents in files:
            before = self._kept.get(scope, {})
            now = {_name(scope, key): _text(value) for key, value in contents.items()}
            for name, data in now.items():
                if before.get(name) != data:
                    self._stream.write(f"M 100644 inline {name}\ndata {len(data)}\n".encode())
                    self._stream.write(data + b"\n")
            for name in before.keys() - now.keys():
                self._stream.write(f"D {name}\n".encode())
            self._kept[scope] = now

    def size(self) -> int:
        """End the history, pack it as `git gc` packs loose objects, and return its bytes."""
        self._stream.close()
        if self._importer.wait() != 0:
            raise RuntimeError("git fast-import failed; it said why above")
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


def _text(value: Any) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
