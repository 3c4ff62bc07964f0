"""A NUL in an answer is text like any other, though PostgreSQL has no such text."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Engine

from driftkeeper.domain.types import Cause, Miss
from driftkeeper.store import read
from driftkeeper.store.database import reading
from tests.store.sights import USERS, body, damage, missed, saw, take


def test_a_nul_in_a_tag_or_a_message_fails_no_snapshot(engine: Engine) -> None:
    take(engine, saw(USERS, 1, body("alice", {"Name": "a"})))
    take(engine, saw(USERS, 2, body("alice", {"Name": "a\0b", "Odd\0": 1})))
    lost = missed(USERS, 3)
    odd = Miss(USERS, Cause.FAILED, "Odd\0Code", "odd\0message")
    take(engine, replace(lost, misses=(odd,)))
    assert damage(engine) == {}
    with reading(engine) as connection:
        told = list(read.changes(connection, read.ChangeFilter()))
    assert {"Odd\\u0000", "Name"} <= {change.path for change in told}
    assert [c.after for c in told if c.path == "Name"] == ["a\0b"]
