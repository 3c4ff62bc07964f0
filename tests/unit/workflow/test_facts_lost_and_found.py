"""Facts on odd days in a real store: read in parts, under another name, for the first time, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from driftkeeper.domain.types import Cause, Change, Coverage, Miss, Outcome, Scope, Sight
from driftkeeper.store import latest, read
from driftkeeper.store.database import Engine, reading, writing
from driftkeeper.store.write import SnapshotWriter
from driftkeeper.workflow.compare import Comparison, compare
from driftkeeper.workflow.naming import name_stored
from tests.cases.answers import ACCOUNT, AS_OF, NO_PAB, PAB, POLICY, SAMPLES, TRAIL
from tests.cases.border_answers import bucket
from tests.cases.case import bodies_of, scope_of
from tests.store.sights import header
from tests.unit.workflow.small import empty
from tests.unit.workflow.test_facts_over_time import policy, take, team, user

_USER, _GROUP, _POLICY = "iam.user", "iam.group", "iam.policy"
_BUCKET, _BLOCK = "s3.bucket", "s3.account_pab"
_DEPLOY = POLICY["Arn"]
_ADMIN = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = empty(tmp_path)
    yield found
    found.dispose()


def rights(changes: list[Change]) -> list[tuple[str, int]]:
    """What was told of rights, with the day since when it may be so."""
    return [
        (change.kind, (change.not_before - AS_OF).days)
        for change in changes
        if change.scope.evidence == "iam.rights"
    ]


def net(engine: Engine) -> Comparison:
    with reading(engine) as connection:
        first, *_, last = read.snapshots(connection)
        return compare(connection, first, last)


def kinds(changes: Any) -> list[str]:
    return [change.kind for change in changes]


def look(engine: Engine, day: int, seen: Mapping[Scope, Any], *blind: str) -> list[Change]:
    """Store one day by scopes, of buckets without these details, and return what was told."""
    sights = [_sight(scope, answer, day, blind) for scope, answer in sorted(seen.items())]
    with writing(engine) as connection:
        number = latest.last_number(connection) + 1
        writer = SnapshotWriter(connection, header(number, sights))
        steps = [writer.record(sight) for sight in sights]
        writer.settle()
        changes = name_stored(connection, writer.before, steps, number)
        writer.finish(changes, None)
    return changes


def _sight(scope: Scope, answer: Any, day: int, blind: tuple[str, ...]) -> Sight:
    unseen = blind if scope.evidence == _BUCKET else ()
    bodies = bodies_of(scope.evidence, answer, unseen)
    misses = tuple(
        Miss(scope, Cause.DENIED, "AccessDenied", "no", key, name)
        for key in bodies
        for name in unseen
    )
    outcome = Outcome.PARTIAL if misses else Outcome.COMPLETE
    coverage = Coverage(scope, outcome, AS_OF + timedelta(days=day), resources=len(bodies))
    return Sight(coverage, tuple(bodies.values()), misses)


def test_a_user_read_before_the_policy_that_he_got_becomes_an_administrator_when_that_is_read(
    engine: Engine,
) -> None:
    take(engine, 0, {_USER: user(), _GROUP: team(), _POLICY: None})

    assert rights(take(engine, 1, {_USER: user(_DEPLOY)})) == []
    told = take(engine, 2, {_USER: user(_DEPLOY), _GROUP: team(), _POLICY: policy(_ADMIN)})
    assert rights(told) == [("iam.admin_granted", 0)]


def test_a_policy_read_before_the_user_who_lost_it_is_missing_until_he_is_read(
    engine: Engine,
) -> None:
    take(engine, 0, {_USER: user(_DEPLOY), _GROUP: team(), _POLICY: policy(_ADMIN)})

    assert rights(take(engine, 1, {_POLICY: None})) == []
    told = take(engine, 2, {_USER: user(), _GROUP: team(), _POLICY: None})
    assert rights(told) == [("iam.admin_revoked", 0)]


def test_what_was_known_in_between_counts_and_not_what_was_known_before_the_gap(
    engine: Engine,
) -> None:
    rest = {_GROUP: team()}
    take(engine, 0, {_USER: user(_DEPLOY), **rest, _POLICY: policy(_ADMIN)})
    take(engine, 1, {_USER: user(_DEPLOY), **rest, _POLICY: "AccessDenied"})

    # Who has no policies is no administrator, whatever they say.
    assert rights(take(engine, 2, {_USER: user(), **rest, _POLICY: "AccessDenied"})) == [
        ("iam.admin_revoked", 0)
    ]
    take(engine, 3, {_USER: user(_DEPLOY), **rest, _POLICY: "AccessDenied"})
    told = take(engine, 4, {_USER: user(_DEPLOY), **rest, _POLICY: policy(_ADMIN)})
    assert rights(told) == [("iam.admin_granted", 0)]
    (granted,) = [change for change in told if change.kind == "iam.admin_granted"]
    assert granted.previous_snapshot <= 3


def _renamed() -> Any:
    found = user(_DEPLOY)
    return {**found, "UserName": "ally", "Arn": found["Arn"].replace("alice", "ally")}


def test_an_administrator_who_is_renamed_is_the_one_he_was(engine: Engine) -> None:
    rest = {_GROUP: team(), _POLICY: policy(_ADMIN)}
    take(engine, 0, {_USER: user(_DEPLOY), **rest})

    assert rights(take(engine, 1, {_USER: _renamed(), **rest})) == []
    assert kinds(net(engine).net) == ["iam.user.renamed"]


def test_an_administrator_who_is_renamed_while_policies_are_out_of_sight_is_the_one_he_was(
    engine: Engine,
) -> None:
    take(engine, 0, {_USER: user(_DEPLOY), _GROUP: team(), _POLICY: policy(_ADMIN)})
    take(engine, 1, {_USER: _renamed(), _GROUP: team(), _POLICY: "AccessDenied"})

    assert rights(take(engine, 2, {_USER: _renamed(), _GROUP: team(), _POLICY: policy()})) == [
        ("iam.admin_revoked", 0)
    ]


def test_an_answer_that_says_nothing_hides_no_movement_beyond_its_day(engine: Engine) -> None:
    rest = {_GROUP: team(), _POLICY: policy(_ADMIN)}
    take(engine, 0, {_USER: user(), **rest})
    odd = {**user(), "AttachedManagedPolicies": [{"PolicyArn": 5}]}

    assert rights(take(engine, 1, {_USER: odd, **rest})) == []
    assert rights(take(engine, 2, {_USER: user(_DEPLOY), **rest})) == [("iam.admin_granted", 0)]


def test_a_detail_that_no_fact_asks_for_may_be_out_of_sight(engine: Engine) -> None:
    open_ = bucket(PolicyStatus={"IsPublic": True}, PublicAccessBlock=NO_PAB)
    look(engine, 0, {scope_of(_BUCKET): open_, scope_of(_BLOCK): PAB})

    told = look(engine, 1, {scope_of(_BUCKET): open_, scope_of(_BLOCK): NO_PAB}, "Tags")
    assert "s3.bucket_became_public" in kinds(told)


def test_a_block_that_was_never_seen_before_was_not_off_before(engine: Engine) -> None:
    shut = bucket(PolicyStatus={"IsPublic": True}, PublicAccessBlock=PAB)
    seen = {scope_of(_BUCKET): shut, scope_of(_BLOCK): NO_PAB}
    look(engine, 0, seen, "PublicAccessBlock")
    look(engine, 1, seen)

    assert kinds(net(engine).net) == ["resource.first_observed"]


def test_the_net_difference_knows_nothing_of_what_was_not_known_at_first(engine: Engine) -> None:
    take(engine, 0, {_USER: user(_DEPLOY), _GROUP: team()})
    take(engine, 1, {_USER: user(_DEPLOY), _GROUP: team(), _POLICY: policy()})
    take(engine, 2, {_USER: user(_DEPLOY), _GROUP: team(), _POLICY: policy(_ADMIN)})

    found = net(engine)
    assert (kinds(found.net), kinds(found.transient)) == ([], [])
    assert [scope.evidence for scope in found.not_comparable] == [_POLICY]


_REGIONS = scope_of("account.region")
_SUMMARY = scope_of("iam.account_summary")
_HERE, _THERE = (Scope(ACCOUNT, name, "cloudtrail.trail") for name in ("eu-west-1", "eu-south-1"))
_OF_ONE = {**TRAIL, "IsMultiRegionTrail": False}


def _regions(there: str) -> list[dict[str, str]]:
    return [
        {"RegionName": "eu-west-1", "OptInStatus": "opt-in-not-required"},
        {"RegionName": "eu-south-1", "OptInStatus": there},
    ]


def test_a_region_that_is_switched_on_without_a_trail_is_told_the_day_it_is_first_looked_at(
    engine: Engine,
) -> None:
    base = {_SUMMARY: SAMPLES["iam.account_summary"], _HERE: _OF_ONE}
    look(engine, 0, {**base, _REGIONS: _regions("not-opted-in")})

    on = {**base, _REGIONS: _regions("opted-in"), _THERE: None}
    assert "cloudtrail.region_uncovered" in kinds(look(engine, 1, on))
    assert kinds(look(engine, 2, on)) == []
