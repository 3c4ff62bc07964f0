"""Whatever call fails, in whatever way, on whatever day: it is told as a miss, and never as a change.

Days of the same healthy account, through the whole pipeline; on some of them one declared operation
fails in one way. New evidence types are covered as soon as they are declared and recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from botocore.model import ListShape, StringShape
from sqlalchemy import Engine

from driftkeeper.collect.catalog import evidence_types
from driftkeeper.collect.spec import Call, From
from driftkeeper.domain.types import Cause, Outcome
from driftkeeper.workflow.take_snapshot import Taken
from tests.aws import name_of, operation, pagination, require_fit
from tests.faults.answers import (
    FAULTS,
    MAY_BE_EMPTY,
    UNREADABLE,
    WRONG_TYPES,
    denied,
)
from tests.faults.estate import (
    CALLS,
    Estate,
    Fault,
    affected,
    assert_undamaged,
    coverage,
    details_of,
    is_listing,
    kinds,
)

pytestmark = pytest.mark.slow


ONE_AT_MOST = {"guardduty.ListDetectors"}
"""Listings that have pages, and never more than one row."""

PAGED = [
    call
    for call in CALLS
    if pagination(operation(call)) is not None and name_of(call) not in ONE_AT_MOST
]


def _may_be_meant(call: Call, how: str) -> bool:
    """Say whether AWS may mean what is answered: nothing, or text where text belongs.

    To a reader of XML, text where elements belong is a list without any.
    """
    if how in UNREADABLE and name_of(call) in MAY_BE_EMPTY:
        return True
    if how != WRONG_TYPES:
        return False
    model = operation(call)
    shape: Any = model.output_shape
    for name in call.items.split(".") if call.items else ():
        shape = shape.members[name]
    in_xml = "xml" in model.service_model.resolved_protocol
    return isinstance(shape, StringShape) or (in_xml and isinstance(shape, ListShape))


def test_in_good_health_every_declared_operation_is_asked(estate: Estate, known: Engine):
    """So each of the failures below strikes something; and every answer is one that AWS may give."""
    watch = Fault(alter=require_fit)
    taken = estate.take(known, 1, watch)
    assert watch.seen == {name_of(call) for call in CALLS}
    assert {c.outcome for c in coverage(taken).values()} == {Outcome.COMPLETE}
    assert taken.changes == ()
    assert coverage(taken).keys() == evidence_types().keys()


@pytest.mark.parametrize("call", CALLS, ids=name_of)
def test_a_failure_strikes_all_that_ask_and_nothing_else(estate: Estate, known: Engine, call: Call):
    """An answer that several types share is missed by each of them, though it is asked for once."""
    struck = estate.take(known, 1, Fault(name_of(call), denied))
    others = {name: c for name, c in coverage(struck).items() if name not in affected(call)}
    assert {c.outcome for c in others.values()} <= {Outcome.COMPLETE}
    _assert_struck(struck, call, Cause.DENIED)


SHARED = {
    name_of(call): call
    for spec in evidence_types().values()
    for call in spec.calls()
    if call.shared and not any(isinstance(value, From) for value in call.params.values())
}
"""Listings that several types take from, by operation."""


@pytest.mark.parametrize("name", sorted(SHARED))
def test_a_shared_answer_is_asked_for_once_and_missed_by_all(
    estate: Estate, known: Engine, name: str
):
    """The failure strikes but one call: nobody asks again, and gets to see what the others did not."""
    fault = Fault(name, denied, times=1)
    struck = estate.take(known, 1, fault, affected(SHARED[name]))
    assert (fault.asked, fault.broken) == (1, 1)
    _assert_struck(struck, SHARED[name], Cause.DENIED)


@pytest.mark.parametrize("call", CALLS, ids=name_of)
def test_a_failure_is_a_miss_and_no_change(estate: Estate, known: Engine, call: Call):
    """A bad week: each day the operation fails in another way, and then all is well again."""
    days, lost = count(1), False
    for how, (answer, cause) in FAULTS.items():
        if _may_be_meant(call, how):
            continue
        fault = Fault(name_of(call), answer)
        struck = estate.take(known, next(days), fault, affected(call))
        with _noted(how):
            assert fault.broken
            _assert_struck(struck, call, cause, lost_before=lost)
            lost = True
    after = estate.take(known, next(days), only=affected(call))
    _assert_restored(after, {name for name, s in affected(call).items() if is_listing(s, call)})
    assert_undamaged(known)


@pytest.mark.parametrize("call", PAGED, ids=name_of)
def test_a_failure_of_a_later_page_is_no_shorter_list(estate: Estate, known: Engine, call: Call):
    days = count(1)
    for how in ("denied", "connect timeout", "nothing in the answer"):
        answer, cause = FAULTS[how]
        fault = Fault(name_of(call), answer, later_pages_only=True)
        struck = estate.take(known, next(days), fault, affected(call))
        after = estate.take(known, next(days), only=affected(call))
        with _noted(how):
            assert fault.asked > fault.broken > 0, "no second page is recorded"
            _assert_restored(after, _assert_struck(struck, call, cause))


@contextmanager
def _noted(how: str) -> Iterator[None]:
    """Say of a failing assertion in which way the operation had failed."""
    try:
        yield
    except AssertionError as error:
        error.add_note(f"the operation failed by: {how}")
        raise


def _assert_struck(
    struck: Taken, call: Call, cause: Cause, *, lost_before: bool = False
) -> set[str]:
    """Assert that all that ask have missed, and return what was lost of sight; it is told once."""
    told, lost = coverage(struck), set()
    for name, spec in affected(call).items():
        if is_listing(spec, call):
            lost.add(name)
            assert (told[name].outcome, told[name].cause) == (Outcome.MISSED, cause), name
        else:
            assert (told[name].outcome, told[name].cause) == (Outcome.PARTIAL, cause), name
    new = set() if lost_before else lost
    assert kinds(struck.changes) == {name: ["collection.scope_lost"] for name in new}
    for sight in struck.sights:
        _assert_honest(sight.scope.evidence, sight, call)
    return lost


def _assert_restored(after: Taken, lost: set[str]) -> None:
    """Assert that all is seen again, and told of that which had been lost."""
    assert {c.outcome for c in coverage(after).values()} == {Outcome.COMPLETE}
    assert kinds(after.changes) == {name: ["collection.scope_restored"] for name in lost}


def _assert_honest(name: str, sight: Any, call: Call) -> None:
    """Assert that a miss is told for what was not seen, and for nothing else."""
    if sight.coverage.outcome is Outcome.COMPLETE:
        assert sight.misses == ()
        assert all(body.unseen == () for body in sight.bodies)
        return
    spec = evidence_types()[name]
    unseen = {detail for body in sight.bodies for detail in body.unseen}
    assert {miss.detail for miss in sight.misses} - {None} == unseen
    if sight.coverage.outcome is Outcome.PARTIAL:
        failing = details_of(spec, call)
        dependent = {
            detail
            for detail, asks in spec.details.items()
            if isinstance(asks, Call) and failing & {*asks.needs}
        }
        assert failing <= unseen <= failing | dependent
        assert all(detail not in body.config for body in sight.bodies for detail in body.unseen)


@pytest.mark.parametrize("call", CALLS, ids=name_of)
def test_what_is_first_seen_late_is_not_told_as_new(estate: Estate, unknown: Engine, call: Call):
    """The failure comes on the very first day: nothing is known yet of what it hides."""
    only = affected(call)
    struck = estate.take(unknown, 0, Fault(name_of(call), denied), only)
    after = estate.take(unknown, 1, only=only)
    for name, told in kinds(struck.changes).items():
        assert not is_listing(only[name], call)
        assert told == ["collection.baseline_established"]
    for name, told in kinds(after.changes).items():
        if is_listing(only[name], call):
            assert told == ["collection.baseline_established"]
        else:
            assert {*told} == {"resource.first_observed"}


@pytest.mark.parametrize("call", CALLS, ids=name_of)
def test_a_failure_that_lasts_is_told_once_and_forgets_nothing(
    estate: Estate, known: Engine, call: Call
):
    only = affected(call)
    days = [estate.take(known, day, Fault(name_of(call), denied), only) for day in (1, 2, 3)]
    after = estate.take(known, 4, only=only)
    assert [kinds(day.changes) for day in days[1:]] == [{}, {}]
    _assert_restored(after, _assert_struck(days[0], call, Cause.DENIED))
