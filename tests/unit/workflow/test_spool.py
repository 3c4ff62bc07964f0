"""What is put into a spool comes back as it was, in order, from memory or from disk."""

from __future__ import annotations

import pytest

from driftkeeper.domain.types import Sight
from driftkeeper.workflow.spool import Spool
from tests.store.sights import KEYS, USERS, body, missed, saw

SIGHTS = [
    saw(USERS, 1, body("alice", {"Tags": [{"Key": "a"}]}, uid="A", observed={"Used": "now"})),
    missed(KEYS, 1),
    saw(USERS, 2),
    saw(KEYS, 2, body("k" * 500), body("l", unseen=["Policy"])),
]


@pytest.mark.parametrize("limit", [0, 1, 40, 10_000])
def test_sights_come_back_as_often_as_wanted(limit: int):
    with Spool(limit) as spool:
        for sight in SIGHTS:
            spool.add(sight)
        assert list(spool) == SIGHTS
        assert list(spool) == SIGHTS


def test_an_empty_spool_has_nothing():
    with Spool() as spool:
        assert list(spool) == []


def test_more_than_fits_is_not_kept_in_memory():
    near: list[Sight] = []
    with Spool(limit=600) as spool:
        for _ in range(50):
            spool.add(SIGHTS[3])
        near = spool._near
    assert len(near) == 1
