"""What a principal may do in all, case by case."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.semantics.policy import canonical
from driftkeeper.semantics.policy_admin import ESCALATIONS
from driftkeeper.semantics.principal import Admin, Rights, rights, well_known

Policy = dict[str, Any]

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
DETOURS = tuple(sorted(ESCALATIONS))


def policy(*statements: dict[str, Any]) -> Policy:
    return canonical({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return allow(action, resource, **more, Effect="Deny")


MFA = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
ALL, READ = policy(allow()), policy(allow("s3:Get*"))
NOTHING = Rights(Admin.NO, (), (), (), ())
EVERYTHING = Rights(Admin.YES, ("all",), (), (), DETOURS)


def holding(boundary: Policy | None = None, **sources: Policy) -> Rights:
    return rights(sources.items(), boundary)


# ---- administrators ------------------------------------------------------------------------------


def test_who_holds_no_policy_or_a_small_one_has_no_such_right() -> None:
    assert holding() == NOTHING
    assert holding(READ, all=READ) == NOTHING


def test_a_policy_that_allows_everything_makes_an_administrator_and_is_named() -> None:
    assert holding(all=ALL) == EVERYTHING
    assert holding(read=READ, b=ALL, a=ALL).because == ("a", "b")


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_the_policy_of_aws_is_known_without_its_document(partition: str) -> None:
    arn = ADMINISTRATOR.replace("aws", partition, 1)

    assert rights([], unseen=[arn]) == Rights(Admin.YES, (arn,), (), (), DETOURS)
    assert well_known(arn) == ALL


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "arn:aws:iam::aws:policy/AdministratorAccess-Amplify",
        "arn:aws:iam::111122223333:policy/AdministratorAccess",
        "AdministratorAccess",
    ],
)
def test_what_any_other_policy_says_is_not_known_from_its_name(arn: str) -> None:
    assert rights([], unseen=[arn]) == NOTHING
    assert well_known(arn) is None


def test_the_document_of_a_policy_counts_whatever_it_is_called() -> None:
    assert rights([(ADMINISTRATOR, READ)]) == NOTHING
    assert rights([(ADMINISTRATOR, ALL)]).because == (ADMINISTRATOR,)


def test_the_answers_have_names_that_may_be_stored() -> None:
    assert [str(each) for each in Admin] == ["yes", "capped", "denied", "no"]


# ---- boundaries ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "boundary",
    [
        policy(),
        policy(allow("s3:*")),
        policy(allow("*", "arn:aws:s3:::*")),
        policy(allow("*", **MFA)),
        policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
    ],
    ids=["empty", "a service", "some resources", "a condition", "all but IAM"],
)
def test_a_boundary_that_does_not_allow_everything_caps(boundary: Policy) -> None:
    found = holding(boundary, all=ALL)

    assert (found.admin, found.because) == (Admin.CAPPED, ("all",))


def test_a_boundary_that_allows_everything_leaves_an_administrator() -> None:
    assert holding(ALL, all=ALL) == EVERYTHING
    assert holding(policy(allow(), deny("s3:*")), all=ALL) == EVERYTHING


def test_a_boundary_gives_nothing_by_itself() -> None:
    assert holding(ALL) == NOTHING
    assert holding(ALL, read=READ) == NOTHING


def test_services_and_escalations_are_what_both_the_policies_and_the_boundary_allow() -> None:
    held = policy(allow(["s3:*", "sqs:*", "iam:PutUserPolicy", "iam:PutRolePolicy"]))
    boundary = policy(allow(["s3:*", "sqs:Send*", "iam:PutUserPolicy", "iam:CreateUser"]))

    assert holding(boundary, held=held) == Rights(
        Admin.NO, (), ("held",), ("s3",), ("iam:putuserpolicy",)
    )
    assert holding(READ, held=held) == NOTHING


# ---- denials -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "denial", [deny(), deny("*:*"), deny("**", ["*", "x"])], ids=["*", "*:*", "**"]
)
def test_a_deny_of_everything_wherever_it_is_takes_all_away(denial: dict[str, Any]) -> None:
    taken = Rights(Admin.DENIED, ("all",), (), (), ())

    assert holding(all=policy(allow(), denial)) == taken
    assert holding(all=ALL, other=policy(denial)) == taken
    assert holding(policy(allow(), denial), all=ALL) == taken
    assert holding(policy(denial), all=ALL) == taken


@pytest.mark.parametrize(
    "denial",
    [
        deny("s3:*"),
        deny("*", "arn:aws:s3:::*"),
        deny("*", **MFA),
        {"Effect": "Deny", "NotAction": "sqs:*", "Resource": "arn:aws:s3:::*"},
    ],
    ids=["a service", "some resources", "a condition", "all but a service there"],
)
def test_any_other_deny_leaves_an_administrator(denial: dict[str, Any]) -> None:
    assert holding(all=ALL, other=policy(denial)) == EVERYTHING


def test_a_deny_elsewhere_takes_back_a_service_and_an_escalation() -> None:
    held = policy(allow(["s3:*", "sqs:*", "iam:PutUserPolicy", "iam:PutRolePolicy"]))
    other = policy(deny(["sqs:*", "s3:Delete*", "iam:PutUser*"]))

    assert holding(held=held, other=other) == Rights(
        Admin.NO, (), ("held",), ("s3",), ("iam:putrolepolicy",)
    )
    assert holding(held=held, other=policy(deny("iam:*"), deny("s*"))) == NOTHING


def test_what_a_boundary_denies_is_denied() -> None:
    held = policy(allow(["sqs:*", "iam:PutUserPolicy"]))

    assert holding(policy(allow(), deny(["sqs:*", "iam:*"])), held=held) == NOTHING


# ---- nearly administrators -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        allow("iam:*"),
        {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::b"},
        allow("*", **MFA),
        allow(["iam:PassRole", "ec2:RunInstances"]),
    ],
    ids=["iam:*", "NotAction", "NotResource", "MFA", "escalation"],
)
def test_a_source_that_makes_an_administrator_by_a_detour_is_named(
    statement: dict[str, Any],
) -> None:
    found = holding(detour=policy(statement), read=READ)

    assert (found.admin, found.because, found.near) == (Admin.NO, (), ("detour",))


def test_who_may_do_all_but_iam_is_not_near() -> None:
    assert holding(most=policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})) == (
        NOTHING
    )


def test_names_are_sorted() -> None:
    names = [f"policy-{letter}" for letter in "hgfedcba"]
    held = policy(allow(["sqs:*", "sns:*", "ses:*", "rds:*", "kms:*", "iam:*", "ecr:*", "ec2:*"]))
    found = rights([(name, held) for name in names])

    assert found.near == tuple(sorted(names))
    assert found.services == ("ec2", "ecr", "iam", "kms", "rds", "ses", "sns", "sqs")
    assert rights([(name, ALL) for name in names]).because == tuple(sorted(names))


def test_a_source_that_allows_everything_is_not_named_twice() -> None:
    found = rights([("a", policy(allow("iam:*"))), ("a", ALL), ("b", policy(allow("iam:*")))])

    assert (found.because, found.near) == (("a",), ("b",))


def test_an_escalation_may_be_spread_over_sources_none_of_which_is_near() -> None:
    found = holding(passes=policy(allow("iam:PassRole")), runs=policy(allow("ec2:Run*")))

    assert found == Rights(Admin.NO, (), (), (), ("iam:passrole+ec2:runinstances",))


def test_what_is_allowed_on_some_resources_only_is_no_escalation() -> None:
    assert holding(some=policy(allow("iam:PutUserPolicy", "arn:aws:iam::1:user/x"))) == NOTHING
