"""What is concluded of resources as of a moment, from a real store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from driftkeeper.collect.spec import Item
from driftkeeper.domain.types import Body, Cause, Coverage, Miss, Outcome, Scope, Sight
from driftkeeper.store.database import Engine, reading
from driftkeeper.workflow.conclusions import Conclusion, about, concluded, drawn_from
from tests.cases.answers import ACCOUNT, AS_OF, POLICY, ROLE, TEAM, USER, document, statement
from tests.cases.case import bodies_of, scope_of
from tests.unit.workflow.small import empty, missed, take

_USER, _GROUP, _POLICY, _ROLE = "iam.user", "iam.group", "iam.policy", "iam.role"
_ALICE = USER["Arn"]
_DEPLOY = {"PolicyName": "deploy", "PolicyArn": POLICY["Arn"]}
_PLAIN = {
    **{name: value for name, value in USER.items() if name != "PermissionsBoundary"},
    "GroupList": [],
    "UserPolicyList": [],
    "AttachedManagedPolicies": [_DEPLOY],
}
_READS = {**POLICY, "Document": document(statement("s3:GetObject"))}
_ALLOWS_ALL = {**POLICY, "Document": document(statement("*"))}
_BARE_TEAM = {**TEAM, "GroupPolicyList": [], "AttachedManagedPolicies": []}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = empty(tmp_path)
    yield found
    found.dispose()


def saw(evidence: str, at: datetime, answer: Item, unseen: tuple[str, ...] = ()) -> Sight:
    scope = scope_of(evidence)
    bodies: Mapping[str, Body] = bodies_of(evidence, answer, unseen)
    misses = tuple(
        Miss(scope, Cause.DENIED, "AccessDenied", "no", key, name)
        for key in bodies
        for name in unseen
    )
    outcome = Outcome.PARTIAL if misses else Outcome.COMPLETE
    return Sight(Coverage(scope, outcome, at), tuple(bodies.values()), misses)


def day(number: int) -> datetime:
    return AS_OF + timedelta(days=number)


def admin(found: list[Conclusion]) -> list[tuple[str, str | None]]:
    return [(each.fact.name, None if each.row is None else each.row["admin"]) for each in found]


def test_what_is_concluded_is_as_of_the_snapshot(engine: Engine) -> None:
    take(engine, day(0), [saw(_USER, day(0), _PLAIN), saw(_POLICY, day(0), _READS)])
    take(engine, day(1), [saw(_USER, day(1), _PLAIN), saw(_POLICY, day(1), _ALLOWS_ALL)])
    with reading(engine) as connection:
        first, second = (about(connection, scope_of(_USER), _ALICE, at) for at in (1, 2))

    assert admin(first) == [("iam.rights", "no")]
    assert admin(second) == [("iam.rights", "yes")]


def test_every_fact_about_a_resource_is_told_and_no_other(engine: Engine) -> None:
    role = {**ROLE, "AttachedManagedPolicies": [], "RolePolicyList": []}
    role.pop("PermissionsBoundary")
    take(engine, day(0), [saw(_ROLE, day(0), role), saw(_POLICY, day(0), _READS)])
    with reading(engine) as connection:
        told = about(connection, scope_of(_ROLE), role["Arn"], 1)
        none = about(connection, scope_of(_POLICY), POLICY["Arn"], 1)

    assert [each.fact.name for each in told] == ["iam.rights", "iam.trust"]
    assert none == []


def test_what_was_out_of_sight_makes_it_unknown_and_is_named(engine: Engine) -> None:
    take(engine, day(0), [saw(_USER, day(0), _PLAIN), saw(_POLICY, day(0), _READS)])
    take(engine, day(1), [saw(_USER, day(1), _PLAIN), missed(scope_of(_POLICY), day(1))])
    with reading(engine) as connection:
        (known,) = about(connection, scope_of(_USER), _ALICE, 1)
        (blind,) = about(connection, scope_of(_USER), _ALICE, 2)

    assert known.row is not None
    assert blind.row is None
    assert blind.unseen is not None
    assert (blind.unseen.scope, blind.unseen.resource) == (scope_of(_POLICY), "")
    assert not blind.is_odd


def test_a_detail_that_was_not_seen_is_named_with_its_resource(engine: Engine) -> None:
    sights = [saw(_USER, day(0), _PLAIN, ("UserPolicyList",)), saw(_POLICY, day(0), _READS)]
    take(engine, day(0), sights)
    with reading(engine) as connection:
        (blind,) = about(connection, scope_of(_USER), _ALICE, 1)

    assert blind.unseen is not None
    assert (blind.unseen.resource, blind.unseen.detail) == (_ALICE, "UserPolicyList")


def test_an_answer_in_an_odd_form_is_told_from_one_that_is_missing(engine: Engine) -> None:
    odd = {**_PLAIN, "AttachedManagedPolicies": [{"PolicyArn": 7}]}
    take(engine, day(0), [saw(_USER, day(0), odd), saw(_POLICY, day(0), _READS)])
    with reading(engine) as connection:
        (found,) = about(connection, scope_of(_USER), _ALICE, 1)

    assert found.row is None
    assert found.is_odd


def test_a_scope_that_is_planned_later_only_does_not_make_the_past_unknown(engine: Engine) -> None:
    """A region that is read from tomorrow on is not one that was out of sight yesterday."""
    summary = {"SummaryMap": {"Users": 1}}
    key = f"urn:driftkeeper:{ACCOUNT}:iam:account-summary"
    there, later = Scope(ACCOUNT, "eu-west-1", "kms.key"), Scope(ACCOUNT, "us-east-1", "kms.key")
    nothing = (Sight(Coverage(scope, Outcome.COMPLETE, day(0)), ()) for scope in (there, later))
    first, second = nothing
    take(engine, day(0), [saw("iam.account_summary", day(0), summary), first])
    take(engine, day(1), [second])
    take(engine, day(2), [missed(later, day(2))])
    with reading(engine) as connection:
        found = {
            at: each.row["customer_keys"]
            for at in (1, 2, 3)
            for each in about(connection, scope_of("iam.account_summary"), key, at)
            if each.fact.name == "account.counts" and each.row is not None
        }

    assert found == {1: 0, 2: 0, 3: None}


def test_rows_are_one_per_resource_under_the_name_of_the_fact_and_in_order(engine: Engine) -> None:
    bob = {**_PLAIN, "Arn": f"arn:aws:iam::{ACCOUNT}:user/bob", "UserName": "bob", "UserId": "B"}
    users = Sight(
        Coverage(scope_of(_USER), Outcome.COMPLETE, day(0)),
        tuple(bodies_of(_USER, [bob, _PLAIN]).values()),
    )
    seen = [saw(_GROUP, day(0), _BARE_TEAM), users, saw(_POLICY, day(0), _READS)]
    take(engine, day(0), seen)
    with reading(engine) as connection:
        rows = [*concluded(connection, 1, ["iam.rights"])]
        other = [*concluded(connection, 1, ["iam.rights"], accounts=["999988887777"])]

    assert [(seen.scope.evidence, seen.key) for seen, _ in rows] == [
        ("iam.rights", TEAM["Arn"]),
        ("iam.rights", _ALICE),
        ("iam.rights", bob["Arn"]),
    ]
    assert [seen.body["admin"] for seen, _ in rows] == ["no"] * 3
    assert {seen.first_seen for seen, _ in rows} == {day(0)}
    assert other == []


def test_a_row_that_is_unknown_is_there_and_empty(engine: Engine) -> None:
    take(engine, day(0), [saw(_USER, day(0), _PLAIN)])
    with reading(engine) as connection:
        ((seen, conclusion),) = concluded(connection, 1, ["iam.rights"])

    assert seen.body is None
    assert conclusion.unseen is not None


def test_a_fact_is_drawn_from_all_that_it_reads() -> None:
    assert drawn_from(["iam.rights", "kms.key", "iam.user"]) == (
        *("iam.user", "iam.group", "iam.role", "iam.policy"),
        "kms.key",
    )
