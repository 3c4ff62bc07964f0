"""What `take` does before it stores: an answer may not undo what is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from driftkeeper.domain.types import Cause, Outcome, Sight
from driftkeeper.store.latest import ScopeHead
from driftkeeper.workflow.take_snapshot import _not_older
from tests.store.sights import USERS, at, body, saw

HEAD = ScopeHead(1, listed=1, as_of=at(2))


def _sight(hours: int) -> Sight:
    sight = saw(USERS, 2, body("alice"))
    return replace(sight, coverage=replace(sight.coverage, as_of=at(2) + timedelta(hours=hours)))


@pytest.mark.parametrize("hours", [0, 1])
def test_an_answer_as_new_as_what_is_known_counts(hours: int) -> None:
    assert _not_older(_sight(hours), HEAD) == _sight(hours)


def test_an_answer_older_than_what_is_known_is_no_sight() -> None:
    """A credential report from AWS's cache could take back what a newer one has shown."""
    seen = _not_older(_sight(-1), HEAD)
    assert (seen.coverage.outcome, seen.coverage.cause) == (Outcome.MISSED, Cause.FAILED)
    assert seen.coverage.code == "OlderAnswer"
    assert seen.bodies == ()
    assert [miss.code for miss in seen.misses] == ["OlderAnswer"]
    assert seen.coverage.calls == _sight(-1).coverage.calls


def test_the_first_answer_of_a_scope_counts_whatever_its_age() -> None:
    assert _not_older(_sight(-99), None) == _sight(-99)
    assert _not_older(_sight(-99), ScopeHead(1)) == _sight(-99)
