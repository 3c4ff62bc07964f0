"""What is no change is told as none, from the answers of AWS to the change log."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from driftkeeper.store.database import Engine, open_engine, parse_url
from driftkeeper.store.schema import upgrade
from tests.faults.healthy import REGION
from tests.journeys.days import DENIED, Account, Edits, edited, kinds, opened
from tests.journeys.long_answers import LONG
from tests.journeys.noise_cases import CASES, Days
from tests.journeys.noise_policies import NO_DIFFERENCE, PLACES, RESPELLED, Place

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Account:
    return opened(tmp_path_factory.mktemp("noise"), *LONG)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    engine = open_engine(parse_url(f"sqlite:///{path}"), create=True)
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def store(empty: Path, tmp_path: Path) -> Iterator[Engine]:
    """A store of the test's own in which nothing was seen yet."""
    shutil.copy(empty, tmp_path / "store.db")
    engine = open_engine(parse_url(f"sqlite:///{tmp_path / 'store.db'}"))
    yield engine
    engine.dispose()


@pytest.mark.parametrize("days", CASES.values(), ids=list(CASES))
def test_only_what_somebody_did_is_told(account: Account, store: Engine, days: Days) -> None:
    """On the next day as well as on the day after, when all is as it was."""
    first = account.take(store, 0, days.evidence, days.first)
    assert {sight.coverage.message for sight in first.sights} == {""}
    then = account.take(store, 1, days.evidence, days.first, days.then)
    assert kinds(then.changes) == sorted(days.expect)
    assert {c.direction for c in then.changes} <= {"neutral", "activity"}
    again = account.take(store, 2, days.evidence, days.first, days.then)
    assert again.changes == ()
    if days.back:
        back = account.take(store, 3, days.evidence, days.first)
        assert kinds(back.changes) == sorted(days.expect)


@pytest.mark.parametrize(
    ("place", "how"),
    [
        pytest.param(PLACES[place], RESPELLED[how], id=f"{place} is saved {how}")
        for place in PLACES
        for how in RESPELLED
        if (how, place) not in NO_DIFFERENCE
    ],
)
def test_a_policy_that_says_the_same_is_the_same(
    account: Account,
    store: Engine,
    place: Place,
    how: Callable[[dict[str, object]], dict[str, object]],
) -> None:
    before, after = place.answer(place.document), place.answer(how(place.document))
    assert repr(edited(account.answers, before)) != repr(edited(account.answers, after))
    account.take(store, 0, (place.evidence,), before)
    assert account.take(store, 1, (place.evidence,), after).changes == ()
    assert account.take(store, 2, (place.evidence,), before).changes == ()


@pytest.mark.parametrize("lasting", [1, 2, 5])
def test_a_region_that_cannot_be_seen_for_days_is_lost_and_restored_and_nothing_more(
    account: Account, store: Engine, lasting: int
) -> None:
    """Nothing that is in it is told to be gone, nor to have come."""
    evidence = ("ec2.security_group", "ec2.network_acl", "kms.key", "guardduty.detector")
    denied: Edits = {
        operation: {"": DENIED}
        for operation in (
            "ec2.DescribeSecurityGroups",
            "ec2.DescribeNetworkAcls",
            "kms.ListKeys",
            "guardduty.ListDetectors",
        )
    }
    account.take(store, 0, evidence)
    told = [account.take(store, day, evidence, denied).changes for day in range(1, lasting + 1)]
    assert kinds(told[0]) == ["collection.scope_lost"] * len(evidence)
    assert [*map(len, told[1:])] == [0] * (lasting - 1)
    back = account.take(store, lasting + 1, evidence)
    assert kinds(back.changes) == ["collection.scope_restored"] * len(evidence)
    assert {change.scope.region for change in back.changes} == {REGION}


def test_a_detail_that_cannot_be_seen_for_a_day_changes_nothing(
    account: Account, store: Engine
) -> None:
    evidence = ("s3.bucket", "kms.key", "cloudtrail.trail")
    denied: Edits = {
        operation: {"": DENIED}
        for operation in (
            "s3.GetBucketPolicy",
            "s3.GetBucketAcl",
            "kms.GetKeyPolicy",
            "cloudtrail.GetEventSelectors",
        )
    }
    account.take(store, 0, evidence)
    assert account.take(store, 1, evidence, denied).changes == ()
    assert account.take(store, 2, evidence).changes == ()


def test_a_key_to_be_deleted_does_not_count_as_one_whose_rotation_was_switched_off(
    account: Account, store: Engine
) -> None:
    """AWS answers `false` for such a key, whatever was set."""
    key = "kms.DescribeKey~KeyId=key-0.json"
    pending: Edits = {
        key: {
            "KeyMetadata.KeyState": "PendingDeletion",
            "KeyMetadata.Enabled": False,
            "KeyMetadata.DeletionDate": "2026-08-01T00:00:00Z",
        },
        "kms.GetKeyRotationStatus": {"KeyRotationEnabled": lambda _: False},
    }
    off: Edits = {"kms.GetKeyRotationStatus": {"KeyRotationEnabled": False}}
    account.take(store, 0, ("kms.key",), off)
    account.take(store, 1, ("kms.key",))
    told = account.take(store, 2, ("kms.key",), pending).changes
    own = [change for change in told if change.resource.endswith("key/key-0")]
    (scheduled,) = [change for change in own if change.kind == "kms.deletion_scheduled"]
    assert "kms.rotation_disabled" not in kinds(own)
    assert {change.caused_by for change in own if change is not scheduled} == {scheduled.id}
    # Of the others it is true.
    others = [change for change in told if change not in own]
    assert kinds(others) == ["kms.rotation_disabled"] * 2
