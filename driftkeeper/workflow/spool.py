"""Keeps sights until they are stored: in memory while they are few, then in a file without a name.

So the memory that a snapshot takes does not grow with the number of its scopes.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from typing import IO

from driftkeeper.domain.types import Sight

LIMIT = 2 * 1024 * 1024
"""Bytes of canonical configuration that are kept in memory; as values, they take some ten times more."""


class Spool:
    """Takes sights and gives them back in the same order. Leaving its context removes the file."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._size = 0
        self._near: list[Sight] = []
        self._file: IO[bytes] | None = None
        self._count = 0

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, sight: Sight) -> None:
        """Keep a sight."""
        self._size += sum(len(body.encoded) for body in sight.bodies)
        if self._file is None and self._size <= self._limit:
            self._near.append(sight)
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="driftkeeper-")  # noqa: SIM115 -- see __exit__
        # Written by this very process a moment ago, to a file that nobody else can open.
        pickle.dump(sight, self._file, pickle.HIGHEST_PROTOCOL)
        self._count += 1

    def __iter__(self) -> Iterator[Sight]:
        yield from self._near
        if self._file is not None:
            self._file.seek(0)
            for _ in range(self._count):
                yield pickle.load(self._file)  # noqa: S301 -- as above
