"""The organisation: being in none is an answer, its accounts keep one spelling of their state."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from driftkeeper.collect.engine import look
from driftkeeper.collect.evidence.organizations_account import ACCOUNT as MEMBER
from driftkeeper.collect.evidence.organizations_account_tags import ACCOUNT_TAGS
from driftkeeper.collect.evidence.organizations_organization import ORGANIZATION
from driftkeeper.collect.evidence.organizations_unit import UNIT
from driftkeeper.collect.reader import Reader
from driftkeeper.collect.spec import EvidenceType
from driftkeeper.domain.types import GLOBAL_REGION, Cause, Outcome, Scope, Sight
from tests.aws import ACCOUNT, HOME, NOW, Error, Script, Ticking, clients

GLOBAL = "aws-global"
OURS = {
    "Id": "o-ab12cd34ef",
    "Arn": f"arn:aws:organizations::{ACCOUNT}:organization/o-ab12cd34ef",
    "FeatureSet": "ALL",
    "MasterAccountId": ACCOUNT,
    "MasterAccountArn": f"arn:aws:organizations::{ACCOUNT}:account/o-ab12cd34ef/{ACCOUNT}",
    "MasterAccountEmail": "aws@example.com",
    "AvailablePolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}],
}
DENIED = Error("AccessDeniedException", status=400)


def _member(number: int, **more: Any) -> dict[str, Any]:
    identity = f"{number:012}"
    return {
        "Id": identity,
        "Arn": f"arn:aws:organizations::{ACCOUNT}:account/o-ab12cd34ef/{identity}",
        "Name": f"account {number}",
        "Email": f"aws+{number}@example.com",
        "JoinedMethod": "CREATED",
        "JoinedTimestamp": NOW,
        **more,
    }


def _look(spec: EvidenceType, **answers: Any) -> tuple[Sight, Script]:
    script = Script({(GLOBAL, f"organizations.{name}"): a for name, a in answers.items()})
    scope = Scope(ACCOUNT, GLOBAL_REGION, spec.name)
    asks = clients(script, spec.calls())
    return look(spec, Reader(scope, HOME, "aws", asks, Ticking(), 60)), script


def test_the_organisation_is_one_row_without_anybodys_address():
    sight, _ = _look(ORGANIZATION, DescribeOrganization={"Organization": OURS})
    (body,) = sight.bodies
    assert body.key == f"urn:driftkeeper:{ACCOUNT}:organizations:organization"
    names = ("Id", "Arn", "FeatureSet", "MasterAccountId", "MasterAccountArn")
    assert body.config == {"InUse": True, **{name: OURS[name] for name in names}}
    assert "example.com" not in str(body.observed)


def test_an_account_in_no_organisation_is_seen_to_be_in_none():
    sight, _ = _look(ORGANIZATION, DescribeOrganization=Error("AWSOrganizationsNotInUseException"))
    assert sight.coverage.outcome is Outcome.COMPLETE
    assert sight.bodies[0].config == {"InUse": False}


@pytest.mark.parametrize(("answer", "cause"), [(DENIED, Cause.DENIED), ({}, Cause.FAILED)])
def test_an_organisation_that_is_not_told_is_not_none(answer: Any, cause: Cause):
    sight, _ = _look(ORGANIZATION, DescribeOrganization=answer)
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, cause)


def test_all_accounts_are_rows_from_all_pages_whatever_their_state():
    rows = [
        _member(n, State=state)
        for n, state in enumerate(("ACTIVE", "SUSPENDED", "PENDING_ACTIVATION", "CLOSED", "NEW"))
    ]
    sight, script = _look(MEMBER, ListAccounts={"Accounts": rows})
    assert [body.config["State"] for body in sight.bodies] == [row["State"] for row in rows]
    assert sight.bodies[0].uid == "000000000000"
    assert sight.bodies[0].key == rows[0]["Arn"]
    assert len(script.asked) == 3
    assert {params["MaxResults"] for params in script.asked_for("organizations.ListAccounts")} == {
        20
    }


def test_the_name_of_the_state_that_aws_retires_is_no_change():
    digests = set()
    for told in (
        {"Status": "ACTIVE"},
        {"Status": "ACTIVE", "State": "ACTIVE"},
        {"State": "ACTIVE"},
    ):
        sight, _ = _look(MEMBER, ListAccounts={"Accounts": [_member(1, **told)]})
        digests.add(sight.bodies[0].digest)
        assert "Status" not in sight.bodies[0].config
    assert len(digests) == 1


def test_an_account_that_left_and_joined_again_has_changed():
    digests = set()
    for joined in (NOW, NOW + timedelta(days=1)):
        rows = [_member(1, State="ACTIVE", JoinedTimestamp=joined)]
        sight, _ = _look(MEMBER, ListAccounts={"Accounts": rows})
        digests.add(sight.bodies[0].digest)
    assert len(digests) == 2


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (DENIED, Cause.DENIED),
        (Error("AWSOrganizationsNotInUseException"), Cause.FAILED),
        ({}, Cause.FAILED),
        ({"Accounts": []}, Cause.FAILED),
        ({"Accounts": [{"Id": "1"}]}, Cause.FAILED),
        ({"Accounts": [_member(1)]}, Cause.FAILED),
        ([{"Accounts": [_member(1, State="ACTIVE")]}, DENIED], Cause.DENIED),
    ],
)
def test_accounts_that_are_not_told_are_missed(answer: Any, cause: Cause):
    sight, _ = _look(MEMBER, ListAccounts=answer)
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, cause)


def test_an_organisation_without_a_root_is_no_tree_that_was_cut_down():
    sight, _ = _look(UNIT, ListRoots={"Roots": []})
    assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")


def test_tags_are_asked_for_each_account():
    def tags(params: dict[str, Any]) -> Any:
        if params["ResourceId"] == "000000000002":
            return DENIED
        return {"Tags": [{"Key": "env", "Value": "prod"}, {"Key": "data", "Value": "x"}]}

    rows = [_member(n, State="ACTIVE") for n in (1, 2)]
    sight, _ = _look(ACCOUNT_TAGS, ListAccounts={"Accounts": rows}, ListTagsForResource=tags)
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.PARTIAL, Cause.DENIED)
    assert [tag["Key"] for tag in sight.bodies[0].config["Tags"]] == ["data", "env"]
    assert sight.bodies[1].unseen == ("Tags",)
    assert sight.bodies[0].config.keys() == {"Id", "Arn", "Tags"}


TREE = {"r-ab12": ["ou-ab12-1"], "ou-ab12-1": ["ou-ab12-2"], "ou-ab12-2": []}
INSIDE = {"r-ab12": [3, 1], "ou-ab12-1": [2], "ou-ab12-2": []}


def _unit(name: str) -> dict[str, Any]:
    return {
        "Id": name,
        "Arn": f"arn:aws:organizations::{ACCOUNT}:ou/o-ab12cd34ef/{name}",
        "Name": name,
    }


def _units(**answers: Any) -> Sight:
    usual = {
        "ListRoots": {"Roots": [{**_unit("r-ab12"), "PolicyTypes": OURS["AvailablePolicyTypes"]}]},
        "ListOrganizationalUnitsForParent": lambda params: {
            "OrganizationalUnits": [_unit(name) for name in TREE[params["ParentId"]]]
        },
        "ListAccountsForParent": lambda params: {
            "Accounts": [_member(n) for n in INSIDE[params["ParentId"]]]
        },
    }
    return _look(UNIT, **{**usual, **answers})[0]


def test_every_unit_knows_what_it_lies_in_and_what_lies_in_it():
    bodies = {body.uid: body.config for body in _units().bodies}
    assert {name: config.get("ParentId") for name, config in bodies.items()} == {
        "r-ab12": None,
        "ou-ab12-1": "r-ab12",
        "ou-ab12-2": "ou-ab12-1",
    }
    assert bodies["r-ab12"]["Accounts"] == ["000000000001", "000000000003"]
    assert bodies["r-ab12"]["PolicyTypes"] == OURS["AvailablePolicyTypes"]
    assert bodies["ou-ab12-2"]["Accounts"] == []


@pytest.mark.parametrize(
    "operation", ["ListRoots", "ListOrganizationalUnitsForParent", "ListAccountsForParent"]
)
def test_half_a_tree_is_no_tree(operation: str):
    sight = _units(**{operation: DENIED})
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.DENIED)
