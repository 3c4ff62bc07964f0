"""What cannot have changed is not asked for again: it is kept, and lost in no failure."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from driftkeeper.collect.catalog import evidence_types
from driftkeeper.domain.types import Outcome
from tests.aws import name_of
from tests.faults.answers import denied, gone
from tests.faults.estate import Estate, Fault, affected, assert_undamaged, coverage, missed

pytestmark = pytest.mark.slow

KEPT = {
    name_of(call): call
    for spec in evidence_types().values()
    for call in spec.calls()
    if call.kept is not None
}
GROWING = [name for name, spec in evidence_types().items() if spec.grows]


def test_there_are_details_to_keep():
    assert {"kms.ListKeyRotations", "guardduty.GetFindings"} <= KEPT.keys()


def test_what_is_kept_is_not_asked_for_and_is_no_change(estate: Estate, known: Engine):
    estate.take(known, 1, remembers=True, only=GROWING)
    watch = Fault()
    taken = estate.take(known, 2, watch, remembers=True, only=GROWING)
    assert watch.seen & KEPT.keys() == set()
    assert (taken.changes, missed(taken)) == ((), {})
    in_full = estate.take(known, 3, only=GROWING)
    assert (in_full.changes, missed(in_full)) == ((), {})
    assert_undamaged(known)


@pytest.mark.parametrize("name", sorted(KEPT))
@pytest.mark.parametrize("how", [denied, gone], ids=["denied", "gone"])
def test_no_failure_strikes_what_is_not_asked(estate: Estate, known: Engine, name: str, how):
    only = affected(KEPT[name])
    estate.take(known, 1, remembers=True, only=only)
    struck = estate.take(known, 2, Fault(name, how), remembers=True, only=only)
    assert (struck.changes, missed(struck)) == ((), {})


@pytest.mark.parametrize("name", sorted(KEPT))
def test_what_was_missed_is_asked_for_again(estate: Estate, unknown: Engine, name: str):
    """A detail that was never seen is not kept, however little the resource has changed."""
    only = affected(KEPT[name])
    struck = estate.take(unknown, 0, Fault(name, denied), remembers=True, only=only)
    assert Outcome.PARTIAL in {c.outcome for c in coverage(struck).values()}
    watch = Fault()
    after = estate.take(unknown, 1, watch, remembers=True, only=only)
    assert name in watch.seen
    assert missed(after) == {}
    assert {change.kind for change in after.changes} == {"resource.first_observed"}
