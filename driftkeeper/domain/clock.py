"""The only place that reads the time; everyone else is given a clock (decision D8)."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time of day (aware, UTC) and measures durations (seconds)."""

    def now(self) -> datetime:
        """Return the moment, aware and in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start that never go back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait for that many seconds."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the machine's time in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the machine's monotonic seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Really wait."""
        time.sleep(seconds)


@dataclass(frozen=True)
class FixedClock:
    """A clock that stands still: for recorded answers, whose time is the recording's."""

    at: datetime

    def now(self) -> datetime:
        """Return the moment it stands at."""
        return self.at

    def monotonic(self) -> float:
        """Return zero: no time passes."""
        return 0.0

    def sleep(self, seconds: float) -> None:
        """Return at once."""
