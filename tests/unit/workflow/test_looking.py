"""What is done with is let go of: the memory of a snapshot is that of the region it looks at."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from typing import Any

import pytest

from driftkeeper.collect.engine import not_looked
from driftkeeper.collect.shared import Shared
from driftkeeper.domain.clock import FixedClock
from driftkeeper.domain.types import Sight
from driftkeeper.workflow import looking
from driftkeeper.workflow.config import Config
from driftkeeper.workflow.looking import Task, sights
from driftkeeper.workflow.places import Place, Source, never_reached
from driftkeeper.workflow.take_snapshot import tasks
from tests.aws import ACCOUNT, NOW
from tests.unit.workflow import small

TYPES = ["kms.alias", "kms.key"]


def test_answers_that_types_share_are_forgotten_when_their_region_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    used: list[weakref.ref[Shared]] = []

    def look(task: Task, *rest: Any) -> Sight:
        used.extend(weakref.ref(value) for value in rest if isinstance(value, Shared))
        return not_looked(task.scope, never_reached(ACCOUNT), NOW)

    monkeypatch.setattr(looking, "_sight", look)
    place = Place(ACCOUNT, "main", None, ("eu-west-1", "us-east-1"))
    source = Source((place,), FixedClock(NOW), "replay")
    engine = small.empty(tmp_path)
    found = sights(engine, tasks(source, Config(), TYPES), source, Config())
    for _ in range(3):
        next(found)
    gc.collect()
    assert [shared() is None for shared in used] == [True, True, False]
    assert len(list(found)) == 1
    engine.dispose()
