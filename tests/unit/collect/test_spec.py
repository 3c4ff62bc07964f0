"""A declaration tells of itself which operations it calls and how its bodies are shaped."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from driftkeeper.collect.spec import Call, EvidenceType, Function, Gather, Nested, Reach, Unseen
from driftkeeper.domain.types import Cause

ONE, TWO, THREE, FOUR = (Call("kms", name) for name in ("one", "two", "three", "four"))
SPEC = EvidenceType(
    "kms.thing",
    "T",
    1,
    Reach.REGION,
    ONE,
    "{Id}",
    "Says.",
    details={"Gathered": Gather(TWO, on="x", to="y"), "Own": THREE},
    observed=("Used",),
    acts=("Done",),
    sets={"Tags": "Key"},
    policies=("Policy",),
)


@pytest.mark.parametrize(
    ("listing", "calls"),
    [
        (ONE, (ONE,)),
        (Nested(ONE, FOUR, "parent"), (ONE, FOUR)),
        (Function((FOUR, ONE), lambda asker: []), (FOUR, ONE)),
    ],
)
def test_the_calls_are_those_of_the_listing_and_then_those_of_the_details(listing, calls):
    spec = replace(SPEC, listing=listing)
    assert spec.listed_by() == calls
    assert spec.calls() == (*calls, TWO, THREE)


def test_the_shape_is_what_is_declared():
    shape = SPEC.shape
    assert (shape.observed, shape.acts, shape.policies) == (("Used",), ("Done",), ("Policy",))
    assert (shape.sets, shape.details) == ({"Tags": "Key"}, ("Gathered", "Own"))


def test_a_declaration_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        SPEC.key = "other"  # type: ignore[misc]


def test_what_is_unseen_says_why_in_one_line():
    assert str(Unseen(Cause.DENIED, "AccessDenied", "no")) == "denied: AccessDenied: no"
