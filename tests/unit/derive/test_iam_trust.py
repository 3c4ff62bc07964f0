"""Whom roles let in."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.collect.spec import Item
from driftkeeper.derive.facts.iam_trust import TRUST
from tests.cases.answers import ACCOUNT, OTHER_ACCOUNT, ROLE, document
from tests.cases.border_answers import member
from tests.unit.derive.drawing import at, is_odd, missing, row

_ROLE, _MEMBER = "iam.role", "organizations.account"
_PARTNER = {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}
_ID = {"StringEquals": {"sts:ExternalId": "4711"}}
_OURS = member(Id=ACCOUNT, Arn="arn:aws:organizations::1:account/o-1/ours")


def trusting(principal: Any, **more: Any) -> Item:
    rule = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **more}
    return {**ROLE, "AssumeRolePolicyDocument": document(rule)}


def of(item: Item | None, *members: Item, **more: Any) -> dict[str, Any]:
    listed = {at(_MEMBER, account="999900001111"): [*members]} if members else {}
    return row(TRUST, _ROLE, {_ROLE: item, **listed}, **more)


@pytest.mark.parametrize(
    ("item", "public", "accounts", "unguarded"),
    [
        (trusting({"Service": "ec2.amazonaws.com"}), False, [], []),
        (trusting({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), False, [], []),
        (trusting(_PARTNER), False, [OTHER_ACCOUNT], [OTHER_ACCOUNT]),
        (trusting({"AWS": OTHER_ACCOUNT}), False, [OTHER_ACCOUNT], [OTHER_ACCOUNT]),
        (trusting(_PARTNER, Condition=_ID), False, [OTHER_ACCOUNT], []),
        (
            trusting(_PARTNER, Condition={"StringLike": {"sts:ExternalId": "*"}}),
            False,
            [OTHER_ACCOUNT],
            [OTHER_ACCOUNT],
        ),
        (trusting(_PARTNER, Effect="Deny"), False, [], []),
        (trusting("*"), True, [], []),
        (
            trusting("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
            False,
            [],
            [],
        ),
        ({**ROLE, "AssumeRolePolicyDocument": "no json"}, False, [], []),
    ],
    ids=[
        "a service",
        "its own account",
        "another account",
        "another account by its number",
        "with an external id",
        "with any external id",
        "denied",
        "everyone",
        "everyone of an organisation",
        "a policy that is none",
    ],
)
def test_whom_a_role_lets_in(
    item: Item, public: bool, accounts: list[str], unguarded: list[str]
) -> None:
    found = of(item)

    assert (found["public"], found["accounts"], found["unguarded"]) == (public, accounts, unguarded)


def test_who_is_of_the_organisation_is_known_where_its_list_was_read_in_any_account() -> None:
    assert of(trusting(_PARTNER), _OURS, member())["outside"] == []
    assert of(trusting(_PARTNER), _OURS)["outside"] == [OTHER_ACCOUNT]
    assert of(trusting(_PARTNER))["outside"] is None


def test_a_list_out_of_sight_hides_only_who_is_of_the_organisation() -> None:
    found = of(trusting(_PARTNER), out=[at(_MEMBER, account="999900001111")])

    assert (found["accounts"], found["outside"]) == ([OTHER_ACCOUNT], None)


def test_whom_nobody_else_can_be_of_needs_no_list() -> None:
    alone = trusting({"Service": "ec2.amazonaws.com"})

    assert of(alone, out=[at(_MEMBER, account="999900001111")])["outside"] == []


def test_a_role_that_is_not_there_lets_in_nobody() -> None:
    assert of(None, key=ROLE["Arn"]) == {
        "public": False,
        "accounts": [],
        "unguarded": [],
        "outside": [],
    }


def test_a_trust_policy_that_was_not_seen_makes_it_unknown() -> None:
    details = {_ROLE: ("AssumeRolePolicyDocument",)}

    assert missing(TRUST, _ROLE, {_ROLE: ROLE}, unseen=details) == (
        _ROLE,
        "AssumeRolePolicyDocument",
    )


def test_an_odd_list_of_accounts_costs_only_its_own_row() -> None:
    odd = {name: value for name, value in member().items() if name != "Id"}
    seen = {_ROLE: trusting(_PARTNER), _MEMBER: odd}

    assert is_odd(TRUST, _ROLE, seen)
