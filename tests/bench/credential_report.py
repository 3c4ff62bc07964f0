"""The credential report as AWS writes it: CSV of 22 columns, keys in either of two slots."""

from __future__ import annotations

import base64
import csv
import io
import random
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from driftkeeper.collect.spec import Call
from driftkeeper.domain.canonical import timestamp
from driftkeeper.domain.clock import Clock, FixedClock
from driftkeeper.domain.types import Json
from tests.bench.things import Item

_COLUMNS = (
    "user", "arn", "user_creation_time", "password_enabled", "password_last_used",
    "password_last_changed", "password_next_rotation", "mfa_active",
    *(f"access_key_{n}_{field}" for n in (1, 2) for field in (
        "active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")),
    *(f"cert_{n}_{field}" for n in (1, 2) for field in ("active", "last_rotated")),
)  # fmt: skip


def report_text(rows: Sequence[Item], rng: random.Random) -> str:
    """Return the report of 22 columns as AWS writes it; keys stand in either slot."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, restval="N/A", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        line = {name: _spelled(value) for name, value in row.items() if name != "keys"}
        slots = [*row["keys"], *({"active": False} for _ in range(2 - len(row["keys"])))]
        rng.shuffle(slots)
        for n, key in enumerate(slots, start=1):
            line |= {f"access_key_{n}_{name}": _spelled(value) for name, value in key.items()}
            line[f"cert_{n}_active"] = "false"
        writer.writerow(line)
    return out.getvalue().rstrip("\n")


def _spelled(value: Json) -> str:
    if value is None:
        return "N/A"
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass
class Report:
    """Answers the two calls that the report takes."""

    text: str
    as_of: datetime
    clock: Clock = field(init=False)

    def __post_init__(self) -> None:
        self.clock = FixedClock(self.as_of)

    def once(self, _name: Hashable, make: Callable[[Report], Any]) -> Any:
        """Return what is made of the report."""
        return make(self)

    def value(self, call: Call, _item: Item | None = None) -> Json:
        if call.operation == "generate_credential_report":
            return {"State": "COMPLETE"}
        content = base64.b64encode(self.text.encode()).decode()
        return {"Content": {"$bytes": content}, "GeneratedTime": timestamp(self.as_of)}
