"""What cannot have changed is not asked for again: it is kept, and lost in no failure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from driftkeeper.collect.catalog import evidence_types
from driftkeeper.domain.types import Outcome
from tests.aws import name_of
from tests.faults import healthy
from tests.faults.answers import Answer, denied, gone
from tests.faults.estate import Estate, Fault, affected, assert_undamaged, coverage, missed

pytestmark = pytest.mark.slow

KEPT = {
    name_of(call): call
    for spec in evidence_types().values()
    for call in spec.calls()
    if call.kept is not None
}
GROWING = [name for name, spec in evidence_types().items() if spec.grows]


def _write(folder: Path) -> None:
    """Write the healthy account with what tells that nothing changed, which a replay is not asked."""
    healthy.write(folder)
    place = folder / healthy.ACCOUNT / healthy.REGION
    for path in place.glob("kms.DescribeKey*.json"):
        answer = json.loads(path.read_text())
        answer["KeyMetadata"]["CurrentKeyMaterialId"] = path.stem
        path.write_text(json.dumps(answer))
    nothing_was_updated: dict[str, list[str]] = {"FindingIds": []}
    (place / "guardduty.ListFindings.json").write_text(json.dumps(nothing_was_updated))


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """The healthy account, which is not asked again for what cannot have changed."""
    made = Estate(tmp_path_factory.mktemp("still"), write=_write)
    yield made
    made.store.engine.dispose()


@pytest.fixture
def seen(still: Estate) -> Engine:
    """A store in which everything was seen once."""
    return still.store.as_of(still.first)


def test_there_are_details_to_keep():
    assert {"kms.ListKeyRotations", "guardduty.GetFindings"} <= KEPT.keys()


def test_what_is_kept_is_not_asked_for_and_is_no_change(still: Estate, seen: Engine):
    watch = Fault()
    taken = still.take(seen, 1, watch, GROWING, remembers=True)
    assert watch.seen & KEPT.keys() == set()
    assert (taken.changes, missed(taken)) == ((), {})
    in_full = still.take(seen, 2, only=GROWING)
    assert (in_full.changes, missed(in_full)) == ((), {})
    assert_undamaged(seen)


@pytest.mark.parametrize("name", sorted(KEPT))
@pytest.mark.parametrize("how", [denied, gone], ids=["denied", "gone"])
def test_no_failure_strikes_what_is_not_asked(still: Estate, seen: Engine, name: str, how: Answer):
    struck = still.take(seen, 1, Fault(name, how), affected(KEPT[name]), remembers=True)
    assert (struck.changes, missed(struck)) == ((), {})


@pytest.mark.parametrize("name", sorted(KEPT))
def test_what_was_missed_is_asked_for_again(still: Estate, name: str):
    """A detail that was never seen is not kept, however little the resource has changed."""
    engine, only = still.store.as_of(still.empty), affected(KEPT[name])
    struck = still.take(engine, 0, Fault(name, denied), only, remembers=True)
    assert Outcome.PARTIAL in {c.outcome for c in coverage(struck).values()}
    watch = Fault()
    after = still.take(engine, 1, watch, only, remembers=True)
    assert name in watch.seen
    assert missed(after) == {}
    assert {change.kind for change in after.changes} <= {"resource.first_observed"}


@pytest.mark.parametrize("name", sorted(KEPT))
def test_what_was_seen_before_a_failure_is_kept_through_it(still: Estate, seen: Engine, name: str):
    """A day on which another call of the same type fails makes nothing forget what is known."""
    only = affected(KEPT[name])
    others = {name_of(c) for spec in only.values() for c in spec.calls()} - {name}
    for day, other in enumerate(sorted(others), 1):
        still.take(seen, day, Fault(other, denied), only, remembers=True)
    after = still.take(seen, len(others) + 1, only=only, remembers=True)
    assert missed(after) == {}
    assert {change.kind for change in after.changes} <= {"collection.scope_restored"}
