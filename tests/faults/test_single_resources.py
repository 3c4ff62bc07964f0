"""One resource is deleted while we look, or refuses one question: it costs that resource, and no other."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from driftkeeper.collect.causes import GONE
from driftkeeper.collect.spec import Call
from driftkeeper.domain.types import Cause, Outcome
from tests.aws import name_of, operation
from tests.faults.answers import denied, gone
from tests.faults.estate import (
    CALLS,
    Estate,
    Fault,
    affected,
    assert_undamaged,
    coverage,
    details_of,
    is_listing,
)

pytestmark = pytest.mark.slow

_ASKED_EACH = {
    name_of(detail)
    for call in CALLS
    for spec in affected(call).values()
    for detail in spec.details.values()
    if isinstance(detail, Call)
}
EACH = [call for call in CALLS if name_of(call) in _ASKED_EACH]
"""The operations that are asked for each resource."""


def _tells_that_it_is_gone(call: Call) -> bool:
    """Say whether the code for what does not exist means just that for this operation."""
    asked = [d for s in affected(call).values() for d in s.calls() if name_of(d) == name_of(call)]
    other = {code for detail in asked for code in (*detail.absent_on, *detail.not_owner_on)}
    return _code(call) in GONE - other


def _code(call: Call) -> str:
    return str(gone(operation(call))[1]["Error"]["Code"])


@pytest.mark.parametrize(
    "call", [call for call in EACH if _tells_that_it_is_gone(call)], ids=name_of
)
def test_what_vanishes_between_listing_and_question_is_deleted(
    estate: Estate, known: Engine, call: Call
):
    """The listing still had it, the question finds it gone: that is a deletion, seen a little early."""
    only = {name: s for name, s in affected(call).items() if not is_listing(s, call)}
    before = coverage(estate.take(known, 1, only=only))
    struck = estate.take(known, 2, Fault(name_of(call), gone, times=1), only)
    for name, seen in coverage(struck).items():
        assert seen.outcome is Outcome.COMPLETE, name
        assert (seen.resources, seen.gone) == (before[name].resources - 1, 1), name
    lost = {(change.scope, change.resource) for change in struck.changes}
    assert {scope.evidence for scope, _ in lost} == only.keys()
    assert len(lost) == len(only)
    after = estate.take(known, 3, only=only)
    assert {(change.scope, change.resource) for change in after.changes} == lost
    assert {c.resources for c in coverage(after).values()} == {c.resources for c in before.values()}
    assert_undamaged(known)


@pytest.mark.parametrize("call", [call for call in EACH if _code(call) not in GONE], ids=name_of)
def test_what_may_have_vanished_is_missed_where_no_code_says_so_for_sure(
    estate: Estate, known: Engine, call: Call
):
    only = {name: s for name, s in affected(call).items() if not is_listing(s, call)}
    struck = estate.take(known, 1, Fault(name_of(call), gone, times=1), only)
    assert struck.changes == ()
    assert {c.outcome for c in coverage(struck).values()} == {Outcome.PARTIAL}


@pytest.mark.parametrize("call", EACH, ids=name_of)
def test_a_resource_that_refuses_one_question_hides_the_answer_to_it_alone(
    estate: Estate, known: Engine, call: Call
):
    """So a bucket whose own policy denies one call is still there, with all that it does tell."""
    only = {name: s for name, s in affected(call).items() if not is_listing(s, call)}
    struck = estate.take(known, 1, Fault(name_of(call), denied, times=1), only)
    assert struck.changes == ()
    for sight in struck.sights:
        details = details_of(only[sight.scope.evidence], call)
        assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.PARTIAL, Cause.DENIED)
        assert len({miss.resource for miss in sight.misses}) == 1
        assert details <= {miss.detail for miss in sight.misses}
    after = estate.take(known, 2, only=only)
    assert after.changes == ()
    assert {c.outcome for c in coverage(after).values()} == {Outcome.COMPLETE}
