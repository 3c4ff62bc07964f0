"""Facts over several scopes, day by day in a real store: out of sight is neither lost nor invented."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from driftkeeper.collect.spec import Item
from driftkeeper.domain.types import (
    Body,
    Cause,
    Change,
    Coverage,
    Miss,
    Outcome,
    Scope,
    Sight,
    Step,
)
from driftkeeper.store import latest, read
from driftkeeper.store.database import Engine, reading, writing
from driftkeeper.store.write import SnapshotWriter
from driftkeeper.workflow.compare import compare
from driftkeeper.workflow.naming import name_stored
from tests.cases.answers import AS_OF, POLICY, READ, TEAM, USER, document, statement
from tests.cases.case import bodies_of, scope_of
from tests.store.sights import header
from tests.unit.workflow.small import empty

_ADMIN = document(statement("*"))
_DEPLOY = POLICY["Arn"]
_USER, _GROUP, _POLICY = "iam.user", "iam.group", "iam.policy"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = empty(tmp_path)
    yield found
    found.dispose()


def user(*arns: str, groups: tuple[str, ...] = ()) -> Item:
    plain = {name: value for name, value in USER.items() if name != "PermissionsBoundary"}
    attached = [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in arns]
    lists = {"GroupList": [*groups], "AttachedManagedPolicies": attached, "UserPolicyList": []}
    return {**plain, **lists}


def team(*arns: str) -> Item:
    attached = [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in arns]
    return {**TEAM, "GroupPolicyList": [], "AttachedManagedPolicies": attached}


def policy(says: Any = READ) -> Item:
    return {**POLICY, "Document": says}


Day = Mapping[str, Item | str | None]
"""What was seen that day, by evidence type: an answer, None for nothing there, or a text for a miss."""


def take(engine: Engine, day: int, seen: Day, blind: tuple[str, ...] = ()) -> list[Change]:
    """Store one day and return what was told; of `blind` details the user's were not seen."""
    at = AS_OF + timedelta(days=day)
    sights = [_sight(evidence, answer, at, blind) for evidence, answer in sorted(seen.items())]
    with writing(engine) as connection:
        number = latest.last_number(connection) + 1
        writer = SnapshotWriter(connection, header(number, sights))
        steps: list[Step] = [writer.record(sight) for sight in sights]
        writer.settle()
        changes = name_stored(connection, writer.before, steps, number)
        writer.finish(changes, None)
    return changes


def _sight(evidence: str, answer: Any, at: datetime, blind: tuple[str, ...]) -> Sight:
    scope = scope_of(evidence)
    if isinstance(answer, str):
        coverage = Coverage(scope, Outcome.MISSED, at, Cause.DENIED, answer, "no")
        return Sight(coverage, (), (Miss(scope, Cause.DENIED, answer, "no"),))
    unseen = blind if evidence == _USER else ()
    bodies: dict[str, Body] = bodies_of(evidence, answer, unseen)
    misses = _misses(scope, bodies, unseen)
    outcome = Outcome.PARTIAL if misses else Outcome.COMPLETE
    return Sight(Coverage(scope, outcome, at), tuple(bodies.values()), misses)


def _misses(scope: Scope, bodies: Mapping[str, Body], unseen: tuple[str, ...]) -> tuple[Miss, ...]:
    return tuple(
        Miss(scope, Cause.DENIED, "AccessDenied", "no", key, name)
        for key in bodies
        for name in unseen
    )


def rights(changes: list[Change]) -> list[tuple[str, str]]:
    """What was told of rights, with the day since when it may be so."""
    return [
        (change.kind, f"{change.not_before - AS_OF:}".split(",")[0])
        for change in changes
        if change.scope.evidence == "iam.rights"
    ]


def test_while_a_policy_is_out_of_sight_nobody_becomes_an_administrator_and_later_it_is_told(
    engine: Engine,
) -> None:
    take(engine, 0, {_USER: user(), _GROUP: team(), _POLICY: policy()})
    take(engine, 1, {_USER: user(), _GROUP: team(), _POLICY: policy(_ADMIN)})

    attached = {_USER: user(_DEPLOY), _GROUP: team()}
    assert rights(take(engine, 2, {**attached, _POLICY: "AccessDenied"})) == []
    assert rights(take(engine, 3, {**attached, _POLICY: "AccessDenied"})) == []
    # The last look at which it was known that she was none: the policies were seen, the user, too.
    assert rights(take(engine, 4, {**attached, _POLICY: policy(_ADMIN)})) == [
        ("iam.admin_granted", "1 day")
    ]
    assert rights(take(engine, 5, {**attached, _POLICY: policy(_ADMIN)})) == []


def test_what_came_and_went_out_of_sight_is_not_told(engine: Engine) -> None:
    seen = {_USER: user(_DEPLOY), _GROUP: team()}
    take(engine, 0, {**seen, _POLICY: policy()})
    assert rights(take(engine, 1, {**seen, _POLICY: "AccessDenied"})) == []
    assert rights(take(engine, 2, {**seen, _POLICY: policy()})) == []


def test_an_administrator_stays_one_while_what_makes_him_one_is_out_of_sight(
    engine: Engine,
) -> None:
    seen = {_USER: user(_DEPLOY), _GROUP: team()}
    take(engine, 0, {**seen, _POLICY: policy(_ADMIN)})
    take(engine, 1, {**seen, _POLICY: "AccessDenied"})
    assert rights(take(engine, 2, {**seen, _POLICY: policy(_ADMIN)})) == []
    assert rights(take(engine, 3, {**seen, _POLICY: policy()})) == [("iam.admin_revoked", "2 days")]


def test_a_scope_that_was_not_looked_at_is_as_it_was_last_seen(engine: Engine) -> None:
    """A retry reads only what was missed: what it does not plan is neither missed nor unknown."""
    take(engine, 0, {_USER: user(_DEPLOY), _GROUP: team(), _POLICY: policy()})
    told = take(engine, 1, {_POLICY: policy(_ADMIN)})

    assert rights(told) == [("iam.admin_granted", "0:00:00")]
    by_id = {change.id: change.kind for change in told}
    (granted,) = [change for change in told if change.kind == "iam.admin_granted"]
    assert by_id[granted.caused_by or ""] == "iam.policy.permissions_widened"


def test_the_first_look_at_policies_makes_nobody_an_administrator(engine: Engine) -> None:
    take(engine, 0, {_USER: user(_DEPLOY), _GROUP: team()})
    assert (
        rights(take(engine, 1, {_USER: user(_DEPLOY), _GROUP: team(), _POLICY: policy(_ADMIN)}))
        == []
    )
    assert rights(take(engine, 2, {_USER: user(), _GROUP: team(), _POLICY: policy(_ADMIN)})) == [
        ("iam.admin_revoked", "1 day")
    ]


def test_a_group_that_changes_while_a_detail_of_the_user_is_blind_is_told_when_it_is_seen(
    engine: Engine,
) -> None:
    joined = user(groups=("developers",))
    rest = {_GROUP: team(), _POLICY: policy(_ADMIN)}
    take(engine, 0, {_USER: joined, **rest})
    take(engine, 1, {_USER: joined, **rest}, blind=("GroupList",))
    widened = {_GROUP: team(_DEPLOY), _POLICY: policy(_ADMIN)}

    told = take(engine, 2, {_USER: joined, **widened}, blind=("GroupList",))
    assert [c.resource.rpartition(":")[2] for c in told if c.kind == "iam.admin_granted"] == [
        "group/developers"
    ]
    assert rights(take(engine, 3, {_USER: joined, **widened})) == [("iam.admin_granted", "0:00:00")]


def test_the_net_difference_of_two_days_tells_facts_from_what_was_last_seen(engine: Engine) -> None:
    take(engine, 0, {_USER: user(), _GROUP: team(), _POLICY: policy()})
    take(engine, 1, {_USER: user(_DEPLOY), _GROUP: team(), _POLICY: policy()})
    take(engine, 2, {_USER: user(_DEPLOY), _GROUP: team(), _POLICY: policy(_ADMIN)})
    with reading(engine) as connection:
        first, *_, last = read.snapshots(connection)
        found = compare(connection, first, last)

    assert "iam.admin_granted" in [change.kind for change in found.net]
    assert [change.kind for change in found.transient] == []
