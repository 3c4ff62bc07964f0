"""What is put into a spool comes back as it was, in order, from memory or from disk."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable

import pytest

from driftkeeper.domain.types import Json, Sight
from driftkeeper.workflow.spool import Spool
from tests.store.sights import KEYS, USERS, body, missed, saw

SIGHTS = [
    saw(USERS, 1, body("alice", {"Tags": [{"Key": "a"}]}, uid="A", observed={"Used": "now"})),
    missed(KEYS, 1),
    saw(USERS, 2),
    saw(KEYS, 2, body("k" * 500), body("l", unseen=["Policy"])),
]


@pytest.mark.parametrize("limit", [1, 40, 1500, 1_000_000])
def test_sights_come_back_as_often_as_wanted(limit: int):
    with Spool(limit) as spool:
        for sight in SIGHTS:
            spool.add(sight)
        assert list(spool) == SIGHTS
        assert list(spool) == SIGHTS
        spool.add(SIGHTS[0])
        assert list(spool) == [*SIGHTS, SIGHTS[0]]


def test_an_empty_spool_has_nothing():
    with Spool() as spool:
        assert list(spool) == []


def test_what_is_only_observed_takes_memory_too_and_is_written_to_disk():
    """Of a finding or a key's grants, the most is observed."""
    with Spool(limit=100_000) as spool:
        assert _held(lambda: _fill(spool, 50)) < 200_000
        assert list(spool) == [_watched()] * 50


def _fill(spool: Spool, number: int) -> None:
    for _ in range(number):
        spool.add(_watched())


def _watched() -> Sight:
    return saw(KEYS, 1, *(body(f"k{number}", observed=_grants()) for number in range(20)))


def _grants() -> dict[str, Json]:
    return {"Grants": [{"GrantId": str(number)} for number in range(200)]}


def _held(work: Callable[[], object]) -> int:
    """Return how many bytes more are in use after the work than before it."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        work()
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
