"""Which identity policies make an administrator, case by case."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.semantics.policy import canonical
from driftkeeper.semantics.policy_admin import (
    ESCALATIONS,
    allows_service,
    denies_all,
    escalations,
    full_admin,
    grants_admin,
    service_wildcards,
)

Policy = dict[str, Any]


def policy(*statements: dict[str, Any]) -> Policy:
    return canonical({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def all_but(action: Any, effect: str = "Allow") -> dict[str, Any]:
    return {"Effect": effect, "NotAction": action, "Resource": "*"}


def all_resources_but(resource: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "*", "NotResource": resource}


MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
DENY_ALL = {"Effect": "Deny", "Action": "*", "Resource": "*"}

ADMINS: dict[str, Policy] = {
    "two stars": policy(allow("**", "**")),
    "every ARN": policy(allow("*", "arn:aws:*")),
    "every ARN, segment by segment": policy(allow("*", "arn:aws:*:*:*:*")),
    "every ARN of another partition": policy(allow("*", "arn:aws-cn:*")),
    "one policy passes and another runs": policy(allow("iam:PassRole"), allow("ec2:Run*")),
    "a Deny that leaves IAM": policy(allow("*"), DENY_ALL | {"Action": "s3:*"}),
    "a Deny under a condition": policy(allow("*"), DENY_ALL | {"Condition": MFA}),
    "a Deny on one resource": policy(allow("*"), DENY_ALL | {"Resource": "arn:aws:s3:::b"}),
    "a Deny of IAM leaves the rest": policy(allow("*"), DENY_ALL | {"Action": "iam:*"}),
    "a Deny of IAM leaves the rest, whatever else is allowed": policy(
        allow("*"), allow("s3:Get*"), allow("*", "arn:x"), DENY_ALL | {"Action": "iam:*"}
    ),
    "all but one IAM action": policy(all_but("iam:CreateUser")),
    "from the office only": policy(
        allow("*", Condition={"IpAddress": {"aws:SourceIp": "52.95.110.0/24"}})
    ),
}

NO_ADMINS: dict[str, Policy] = {
    "all but IAM everywhere, and * in one place": policy(all_but("iam:*"), allow("*", "arn:x")),
    "IAM on resources of IAM, which are not all": policy(allow("iam:*", "arn:aws:iam::*")),
    "nothing": policy(),
    "* on one bucket": policy(allow("*", "arn:aws:s3:::b/*")),
    "* on one service": policy(allow("*", "arn:aws:s3:::*")),
    "passing a role without running it": policy(allow("iam:PassRole")),
    "running without passing": policy(allow("ec2:RunInstances")),
    "tagged resources only": policy(
        allow("*", Condition={"StringEquals": {"aws:ResourceTag/team": "us"}})
    ),
    "MFA and tagged resources": policy(
        allow("*", Condition=MFA | {"StringEquals": {"aws:ResourceTag/team": "us"}})
    ),
    "nothing but a Deny": policy(DENY_ALL),
    "all denied but changing one's password": policy(
        allow("*"), all_but("iam:ChangePassword", "Deny")
    ),
    "escalation denied": policy(
        allow("iam:PutUserPolicy"), DENY_ALL | {"Action": "iam:Put*Policy"}
    ),
    "all but every service from a to z": policy(all_but(["i*", "s*"])),
    "all but every ARN": policy(all_resources_but("arn:aws:*")),
    "all but IAM's resources": policy(all_resources_but("arn:aws:iam::*")),
    "a trust policy": policy({"Effect": "Allow", "Action": "*", "Principal": "*"}),
}


@pytest.mark.parametrize("document", ADMINS.values(), ids=ADMINS)
def test_these_make_an_administrator(document: Policy) -> None:
    assert grants_admin(document)


@pytest.mark.parametrize("document", NO_ADMINS.values(), ids=NO_ADMINS)
def test_these_do_not(document: Policy) -> None:
    assert not grants_admin(document)


@pytest.mark.parametrize("detour", ESCALATIONS)
def test_each_detour_makes_an_administrator_and_is_named(detour: str) -> None:
    document = policy(allow(detour.split("+")))

    assert grants_admin(document)
    assert detour in escalations(document)


@pytest.mark.parametrize("detour", [each for each in ESCALATIONS if "+" in each])
def test_part_of_a_detour_leads_nowhere(detour: str) -> None:
    actions = detour.split("+")

    for missing in actions:
        document = policy(allow([each for each in actions if each != missing]))
        assert detour not in escalations(document)


def test_every_detour_passes_through_iam() -> None:
    assert all(detour.startswith("iam:") for detour in ESCALATIONS)
    assert escalations(policy(all_but("iam:*"))) == frozenset()


def test_an_administrator_has_every_detour() -> None:
    assert escalations(policy(allow("*"))) == set(ESCALATIONS)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (allow("*"), True),
        (allow(["s3:Get*", "*:*"], ["arn:x", "*"]), True),
        (allow("**"), True),
        (allow("*", "arn:aws:s3:::b"), False),
        (allow("iam:*"), False),
        (allow("*", Condition=MFA), False),
        (all_but("iam:*"), False),
        (all_resources_but("arn:x"), False),
        (DENY_ALL, False),
    ],
)
def test_full_admin_is_everything_on_everything_without_condition(
    statement: dict[str, Any], expected: bool
) -> None:
    [form] = policy(statement)["Statement"]

    assert full_admin(form) is expected


def test_service_wildcards_are_whole_services_on_everything() -> None:
    document = policy(
        allow(["s3:*", "kms:Get*", "IAM:*", "sts:**"]),
        allow("ec2:*", "arn:aws:ec2:*"),
        allow("sns:*", Condition=MFA),
        allow(["*", "*:*", "i*:*"]),
        {"Effect": "Deny", "Action": "sqs:*", "Resource": "*"},
    )

    assert service_wildcards(document) == {"s3", "iam", "sts"}


@pytest.mark.parametrize(
    "key",
    [
        *("aws:CurrentTime", "aws:EpochTime", "aws:TokenIssueTime", "aws:MultiFactorAuthAge"),
        *("aws:MultiFactorAuthPresent", "aws:SecureTransport", "aws:Referer", "aws:UserAgent"),
        *("aws:SourceIp", "aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp"),
    ],
)
def test_a_condition_on_how_when_or_whence_the_caller_comes_lessens_nothing(key: str) -> None:
    assert grants_admin(policy(allow("*", Condition={"StringEquals": {key: "x"}})))
    assert not grants_admin(
        policy(allow("*", Condition={"StringEquals": {key: "x", "aws:RequestTag/a": "x"}}))
    )


def test_an_action_of_a_service_that_nobody_named_is_allowed_by_what_allows_them_all() -> None:
    assert allows_service(policy(allow("s3:*")), "s3")
    assert allows_service(policy(all_but("iam:*")), "s3")
    assert not allows_service(policy(allow("s3:*")), "sqs")
    assert not allows_service(policy(allow("s3:Get*")), "s3")
    assert not allows_service(policy(allow("*"), DENY_ALL | {"Action": "s3:*"}), "s3")


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (DENY_ALL, True),
        (DENY_ALL | {"Action": ["s3:*", "*:*"], "Resource": ["x", "**"]}, True),
        (DENY_ALL | {"Action": "s3:*"}, False),
        (DENY_ALL | {"Resource": "arn:aws:*"}, False),
        (DENY_ALL | {"Condition": MFA}, False),
        (all_but("s3:*", "Deny"), False),
        (allow("*"), False),
    ],
)
def test_a_deny_of_all_is_of_everything_on_everything_without_condition(
    statement: dict[str, Any], expected: bool
) -> None:
    [form] = policy(statement)["Statement"]

    assert denies_all(form) is expected
