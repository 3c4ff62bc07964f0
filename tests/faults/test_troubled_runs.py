"""A whole run goes wrong half-way: what was seen until then counts, the rest is missed, nothing changes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from driftkeeper.domain.types import Cause, Outcome
from driftkeeper.workflow.take_snapshot import Taken
from tests.faults import healthy
from tests.faults.answers import Answer, expired, skewed
from tests.faults.estate import Estate, Fault, assert_undamaged, missed

pytestmark = pytest.mark.slow

OTHER = "444455556666"


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """Two accounts alike, both healthy."""
    made = Estate(tmp_path_factory.mktemp("two"), others=[OTHER])
    yield made
    made.store.engine.dispose()


@pytest.fixture
def both(two: Estate) -> Engine:
    """A store in which everything of both accounts was seen once."""
    return two.store.as_of(two.first)


def _calls(two: Estate, both: Engine) -> int:
    """How many calls a healthy look at one of the accounts takes."""
    counter = Fault(how=lambda _model: None, account=healthy.ACCOUNT)
    assert missed(two.take(both, 1, counter)) == {}
    return counter.asked


def _assert_only_missed(struck: Taken, after: Taken) -> None:
    """Assert that nothing is told but that scopes were lost, and that they are back afterwards."""
    assert {change.kind for change in struck.changes} <= {"collection.scope_lost"}
    lost = {change.scope for change in struck.changes}
    assert lost == {
        sight.scope for sight in struck.sights if sight.coverage.outcome is Outcome.MISSED
    }
    assert {change.kind for change in after.changes} <= {"collection.scope_restored"}
    assert {change.scope for change in after.changes} == lost
    assert missed(after) == {}
    assert len(struck.sights) == len(after.sights)


@pytest.mark.parametrize("part", [0.0, 0.05, 0.3, 0.5, 0.8, 0.98])
def test_a_token_that_expires_in_mid_run_costs_the_rest_of_its_account(
    two: Estate, both: Engine, part: float
):
    """Each service has its own code for it; the other account's token is another one."""
    number = int(part * _calls(two, both))
    struck = two.take(both, 2, Fault(how=expired, after=number, account=healthy.ACCOUNT))
    after = two.take(both, 3)
    _assert_only_missed(struck, after)
    hurt = [sight for sight in struck.sights if sight.coverage.outcome is not Outcome.COMPLETE]
    assert hurt
    assert {sight.scope.account for sight in hurt} == {healthy.ACCOUNT}
    assert {sight.coverage.cause for sight in hurt} == {Cause.FAILED}
    codes = {sight.coverage.code for sight in hurt}
    assert codes <= {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
    if part == 0:
        assert len(hurt) == len(struck.sights) / 2
    assert_undamaged(both)


@pytest.mark.parametrize("answer", [expired, skewed], ids=["token", "clock"])
def test_where_every_call_fails_every_scope_is_missed(two: Estate, both: Engine, answer: Answer):
    """As with a clock that is five minutes off: AWS refuses each signature."""
    struck = two.take(both, 1, Fault(how=answer))
    assert {sight.coverage.outcome for sight in struck.sights} == {Outcome.MISSED}
    _assert_only_missed(struck, two.take(both, 2))


def test_a_clock_that_is_off_is_told_by_the_code_of_each_service(two: Estate, both: Engine):
    struck = two.take(both, 1, Fault(how=skewed))
    codes = {sight.scope.evidence.split(".")[0]: sight.coverage.code for sight in struck.sights}
    assert codes["iam"] == "SignatureDoesNotMatch"
    assert codes["s3"] == "RequestTimeTooSkewed"
    assert codes["kms"] == "InvalidSignatureException"


def test_an_account_that_fails_for_days_is_lost_once_and_found_as_it_was(two: Estate, both: Engine):
    days = [two.take(both, day, Fault(how=expired, account=OTHER)) for day in (1, 2, 3)]
    assert [day.changes for day in days[1:]] == [(), ()]
    _assert_only_missed(days[0], two.take(both, 4))
