"""A recorded account of which single answers are others from day to day, and the changes this gives.

All of the path is real: recorded answers, botocore, collection, the store, the naming of changes.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from driftkeeper.collect import account as entered, recording
from driftkeeper.collect.catalog import evidence_types
from driftkeeper.collect.engine import look
from driftkeeper.collect.reader import Reader
from driftkeeper.collect.replay import replaying
from driftkeeper.collect.spec import EvidenceType
from driftkeeper.domain.canonical import timestamp
from driftkeeper.domain.clock import FixedClock
from driftkeeper.domain.types import Change, Scope, Sight
from driftkeeper.store.database import Engine
from driftkeeper.workflow import looking, take_snapshot
from driftkeeper.workflow.config import CollectConfig, Config
from driftkeeper.workflow.sources import Source, Wanted, recorded
from driftkeeper.workflow.take_snapshot import Taken
from tests.faults import healthy

FIRST = datetime(2026, 7, 1, 3, tzinfo=UTC)
DAY = timedelta(days=1)
CONFIG = Config(
    collect=CollectConfig(also=tuple(n for n, spec in evidence_types().items() if spec.optional))
)
REPORT = "iam.GetCredentialReport.json"
_REPORT_AGE = timedelta(hours=2)
DENIED = {
    "Error": {"Code": "AccessDeniedException", "Message": "not authorized"},
    "HTTPStatusCode": 403,
}

Answer = Mapping[str, Any]
Edit = Any
"""The new value at a path of an answer, or a function that makes it of the old one."""

Edits = Mapping[str, Mapping[str, Edit]]
"""By operation (or file of one), and there by dotted path; the path `""` is the whole answer."""


@dataclass
class Account:
    """The healthy account; `pages` is the number of rows in each page of its listings."""

    answers: dict[str, dict[str, Any]]
    _sources: Mapping[int, Source]
    _told: dict[str, Answer] = field(default_factory=dict)

    def take(
        self,
        engine: Engine,
        day: int,
        only: Iterable[str] = (),
        *edits: Edits,
        change: Callable[[dict[str, dict[str, Any]]], None] = lambda _: None,
        pages: int = 2,
    ) -> Taken:
        """Take the snapshot of a day, of some evidence types or of all, with these edits of its answers.

        The credential report is two hours old, unless they say when it was made.
        `change` may do anything to all the answers by file. The sights have their bodies.
        """
        told = edited(self.answers, *edits)
        if told[REPORT]["GeneratedTime"] == self.answers[REPORT]["GeneratedTime"]:
            told[REPORT]["GeneratedTime"] = timestamp(FIRST + day * DAY - _REPORT_AGE)
        change(told)
        source = replace(self._sources[pages], clock=FixedClock(FIRST + day * DAY))
        looked: dict[Scope, Sight] = {}

        def watched(spec: EvidenceType, reader: Reader) -> Sight:
            looked[reader.scope] = look(spec, reader)
            return looked[reader.scope]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(recording, "read_answer", lambda path: _read(told, path))
            patch.setattr(looking, "look", watched)
            planned = take_snapshot.tasks(source, CONFIG, sorted(only), None)
            taken = take_snapshot.take(engine, CONFIG, source, planned, None)
        return replace(taken, sights=tuple(looked[task.scope] for task in planned))


def _read(told: Mapping[str, dict[str, Any]], path: Path) -> Answer:
    answer: Answer = copy.deepcopy(told[path.name])
    return answer


def opened(folder: Path, *edits: Edits) -> Account:
    """Record the healthy account with edits that hold every day, and open it, in pages of two sizes."""
    healthy.write(folder)
    paths = {path.name: path for path in folder.rglob("*.json") if path.name != "meta.json"}
    answers = {name: json.loads(path.read_text()) for name, path in paths.items()}
    return Account(edited(answers, *edits), {pages: _opened(folder, pages) for pages in (2, 5)})


def _opened(folder: Path, pages: int) -> Source:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(entered, "replaying", lambda found, of: replaying(found, of, page=pages))
        source = recorded(folder, FIRST, Wanted())
    (place,) = source.places
    return replace(source, places=(replace(place, organization=True),))


def edited(answers: Mapping[str, Answer], *edits: Edits) -> dict[str, dict[str, Any]]:
    """Return a copy of the answers with the edits done, one after the other."""
    found = {name: copy.deepcopy(dict(answer)) for name, answer in answers.items()}
    for one in edits:
        for operation, values in one.items():
            files = [name for name in found if _is_of(name, operation)]
            assert files, f"no answer to {operation} is recorded"
            for name in files:
                for path, value in values.items():
                    found[name] = _put(found[name], path.split(".") if path else [], value)
    return found


def _is_of(name: str, operation: str) -> bool:
    return name.removesuffix(".json").partition("~")[0] == operation or name == operation


def _put(value: Any, path: list[str], new: Edit) -> Any:
    """Return the value with another one at the path; `*` stands for every element of a list."""
    if not path:
        return new(value) if callable(new) else copy.deepcopy(new)
    step, *rest = path
    if isinstance(value, list):
        return [
            _put(item, rest, new) if step in ("*", str(n)) else item for n, item in enumerate(value)
        ]
    return {**(value or {}), step: _put((value or {}).get(step), rest, new)}


def kinds(changes: Iterable[Change]) -> list[str]:
    """Return the kinds of the changes, sorted."""
    return sorted(change.kind for change in changes)
