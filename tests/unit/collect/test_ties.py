"""Counts tie out or do not; what was not seen is not counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from driftkeeper.collect.spec import Call, EvidenceType, Reach, Tie
from driftkeeper.collect.ties import Counter
from driftkeeper.domain.types import (
    GLOBAL_REGION,
    Body,
    Cause,
    Coverage,
    Outcome,
    Scope,
    Sight,
    Tied,
)
from tests.aws import NOW
from tests.store.sights import body

ACCOUNT, REGION = "111122223333", "eu-west-1"


def _keys(bodies: Sequence[Body]) -> frozenset[str]:
    return frozenset(found.key for found in bodies)


def _type(name: str, reach: Reach, *ties: Tie) -> EvidenceType:
    return EvidenceType(name, "T", 1, reach, Call("x", "y"), "{k}", "Says.", ties=ties)


def _types(mine: Any = _keys, theirs: Any = _keys, reach: Reach = Reach.REGION) -> dict[str, Any]:
    tie = Tie("rules", "Says.", mine, "x.other", theirs)
    return {"x.mine": _type("x.mine", Reach.REGION, tie), "x.other": _type("x.other", reach)}


def _sight(evidence: str, *keys: str, region: str = REGION, missed: bool = False) -> Sight:
    outcome = Outcome.MISSED if missed else Outcome.COMPLETE
    coverage = Coverage(
        Scope(ACCOUNT, region, evidence), outcome, NOW, Cause.DENIED if missed else None
    )
    return Sight(coverage, tuple(map(body, keys)))


def _ties(types: dict[str, Any], *sights: Sight) -> tuple[Tied, ...]:
    counter = Counter(types)
    for sight in sights:
        counter.see(sight)
    return counter.ties(Scope(ACCOUNT, REGION, "x.mine"))


def test_the_same_names_on_both_sides_agree():
    (tied,) = _ties(_types(), _sight("x.mine", "a", "b"), _sight("x.other", "b", "a"))
    assert tied == Tied("rules", 2, 2)
    assert tied.agrees


def test_names_of_one_side_are_told():
    (tied,) = _ties(_types(), _sight("x.mine", "a", "b"), _sight("x.other", "b", "c"))
    assert tied == Tied("rules", 2, 2, ("a", "c"))
    assert not tied.agrees


def test_numbers_are_compared_as_numbers():
    types = _types(theirs=len)
    (tied,) = _ties(types, _sight("x.mine", "a"), _sight("x.other", "a", "b"))
    assert (tied.mine, tied.theirs, tied.odd, tied.agrees) == (1, 2, (), False)


@pytest.mark.parametrize("unseen", ["x.mine", "x.other"])
def test_a_side_that_was_missed_ties_with_nothing(unseen: str):
    sights = [_sight(name, "a", missed=name == unseen) for name in ("x.mine", "x.other")]
    assert _ties(_types(), *sights) == ()


def test_a_side_that_cannot_tell_ties_with_nothing():
    types = _types(theirs=lambda _: None)
    assert _ties(types, _sight("x.mine", "a"), _sight("x.other")) == ()


def test_none_of_a_kind_is_a_count():
    (tied,) = _ties(_types(theirs=len), _sight("x.mine"), _sight("x.other", "a"))
    assert (tied.mine, tied.theirs) == (0, 1)


def test_another_region_has_no_say():
    sights = [_sight("x.mine", "a"), _sight("x.other", "b", region="us-east-1")]
    assert _ties(_types(), *sights) == ()


def test_a_type_of_the_whole_account_has_a_say_everywhere():
    types = _types(reach=Reach.ACCOUNT)
    sights = [_sight("x.mine", "a"), _sight("x.other", "a", region=GLOBAL_REGION)]
    assert _ties(types, *sights) == (Tied("rules", 1, 1),)


def test_of_many_odd_names_only_some_are_told():
    keys = [f"k{n:03}" for n in range(50)]
    (tied,) = _ties(_types(), _sight("x.mine", *keys), _sight("x.other"))
    assert (tied.mine, tied.theirs, len(tied.odd)) == (50, 0, 20)


def test_a_count_that_makes_no_sense_ties_with_nothing():
    def broken(bodies: Sequence[Body]) -> int:
        return int(bodies[0].config["Nothing"])

    assert _ties(_types(theirs=broken), _sight("x.mine", "a"), _sight("x.other", "a")) == ()
