"""Counts what was asked of AWS: the counts and the request ids are part of the evidence."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Tally:
    """What was asked of AWS so far, and the ids it answered with. Safe to share between threads.

    `calls` are requests sent, with those that botocore sent again. `least` is what the same questions
    would have cost at best: each asked once, and answered in pages as large as the service allows.
    """

    calls: int = 0
    pages: int = 0
    least: int = 0
    first_request_id: str = ""
    last_request_id: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def call(self, metadata: Mapping[str, Any]) -> None:
        """Count one request that was answered, and its retries."""
        with self._lock:
            self.calls += 1 + int(metadata.get("RetryAttempts", 0))

    def answer(self, metadata: Mapping[str, Any]) -> None:
        """Count one answered page and note its request id."""
        with self._lock:
            self.pages += 1
            self._note(str(metadata.get("RequestId", "")))

    def question(self, pages: int) -> None:
        """Count one question that so many pages can answer at best."""
        with self._lock:
            self.least += pages

    def add(self, other: Tally) -> None:
        """Count all that another tally counted."""
        with self._lock:
            self.calls += other.calls
            self.pages += other.pages
            self.least += other.least

    def overheard(self, other: Tally) -> None:
        """Note the request ids of what another reader asked and this one takes from."""
        with self._lock:
            for name in (other.first_request_id, other.last_request_id):
                self._note(name)

    def _note(self, request_id: str) -> None:
        self.last_request_id = request_id or self.last_request_id
        self.first_request_id = self.first_request_id or request_id
