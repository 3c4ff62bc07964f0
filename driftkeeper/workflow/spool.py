"""Keeps sights until they are stored: in memory while they are small, then in a file without a name.

So the memory that a snapshot takes does not grow with what it saw. Sights are kept as bytes even in memory:
what is only observed is no part of the canonical configuration, and can be much more than that.
"""

from __future__ import annotations

import os
import pickle
import tempfile
from collections.abc import Iterator

from driftkeeper.domain.types import Sight

LIMIT = 8 * 1024 * 1024
"""Bytes that are kept in memory."""


class Spool:
    """Takes sights and gives them back in the same order. Leaving its context removes the file."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._file = tempfile.SpooledTemporaryFile(limit, prefix="driftkeeper-")  # noqa: SIM115 -- see __exit__
        self._count = 0

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, sight: Sight) -> None:
        """Keep a sight."""
        self._file.seek(0, os.SEEK_END)
        pickle.dump(sight, self._file, pickle.HIGHEST_PROTOCOL)
        self._count += 1

    def __iter__(self) -> Iterator[Sight]:
        # Written by this very process a moment ago, to a file that nobody else can open.
        self._file.seek(0)
        for _ in range(self._count):
            yield pickle.load(self._file)  # noqa: S301 -- as above
