"""A collector killed at any statement leaves the store as it was before its snapshot, or after."""

from __future__ import annotations

from pathlib import Path

import pytest

from driftkeeper.store.database import Engine
from tests.store.program import Collector, collect
from tests.store.sights import damage, everything, rows


@pytest.mark.slow
def test_a_collector_killed_at_any_statement_leaves_nothing_of_its_snapshot(
    engine: Engine, db_url: str, recording: Path
) -> None:
    """SIGKILL before every statement (on PostgreSQL every third) up to the commit itself."""
    step = 1 if engine.dialect.name == "sqlite" else 3
    with Collector(db_url) as collector:
        assert collector.tell("take 2 0").startswith("0 ")
        status, begun = collector.tell("take 4 0").split()
        commit = int(begun)
        assert (status, len(rows(engine, "snapshot"))) == ("0", 2)
        assert commit > 20
        before = everything(engine)
        for statement in sorted({*range(1, commit, step), commit - 1, commit}):
            assert collector.tell(f"take 6 {statement}") == "-9"
            assert everything(engine) == before
        assert damage(engine) == {}
        # What comes after the commit, if anything, is too late to take the snapshot back.
        assert collector.tell(f"take 6 {commit + 1}").endswith(f" {commit}")
        assert len(rows(engine, "snapshot")) == 3
    done = collect(recording, db_url)
    assert done.returncode == 0, done.stderr
    assert len(rows(engine, "snapshot")) == 4
    assert damage(engine) == {}
