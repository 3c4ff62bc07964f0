"""Managed policies: the customer's, and AWS's that are in use; the version in force and no other."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.collect.evidence.iam_policy import POLICY
from driftkeeper.domain.canonical import encode
from driftkeeper.domain.types import Outcome
from tests.aws import NOW
from tests.unit.collect.evidence.iam_account import (
    BORN,
    IAM,
    READ,
    RESPELLED,
    account,
    attached,
    by_name,
    document,
    role,
    see,
    user,
)

OURS, AWS = f"{IAM}:policy/", "arn:aws:iam::aws:policy/"
OTHER = {"Statement": [{"Effect": "Allow", "Action": "nobody:WasAllowedThis", "Resource": "*"}]}


def _policy(arn: str, *policies: Any, default: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "PolicyName": arn.rsplit("/", 1)[1],
        "PolicyId": "ANPA" + arn.rsplit("/", 1)[1].upper().ljust(16, "0"),
        "Arn": arn,
        "Path": "/",
        "DefaultVersionId": f"v{default}",
        "AttachmentCount": 0,
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
        "CreateDate": BORN,
        "UpdateDate": BORN,
        "PolicyVersionList": [
            {
                "Document": document(policy),
                "VersionId": f"v{number}",
                "IsDefaultVersion": number == default,
                "CreateDate": BORN,
            }
            for number, policy in enumerate(policies or (READ,), start=1)
        ],
        **more,
    }


def test_a_policy_is_its_version_in_force():
    sight = see(POLICY, account(policies=[_policy(OURS + "p", OTHER, READ, default=2)]))
    (body,) = sight.bodies
    assert (body.key, body.uid) == (OURS + "p", "ANPAP000000000000000")
    assert body.config["DefaultVersionId"] == "v2"
    assert body.config["VersionCount"] == 2
    assert body.config["Owner"] == "customer"
    assert body.config["Document"]["Statement"][0]["Action"] == ["s3:get*"]
    assert body.observed["Document"] == READ
    assert b"nobody:" not in body.encoded.lower() + encode(dict(body.observed)).lower()


def test_where_a_policy_is_used_and_how_it_is_spelled_is_no_configuration():
    ours = see(POLICY, account(policies=[_policy(OURS + "p")])).bodies[0]
    again = _policy(OURS + "p", RESPELLED, AttachmentCount=3, UpdateDate=NOW)
    theirs = see(POLICY, account(policies=[again])).bodies[0]
    assert ours.digest == theirs.digest
    assert theirs.observed["AttachmentCount"] == 3


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (_policy(OURS + "p", READ, READ), _policy(OURS + "p", READ, READ, default=2)),
        (_policy(OURS + "p", READ), _policy(OURS + "p", READ, OTHER)),
        (_policy(OURS + "p", READ), _policy(OURS + "p", OTHER)),
    ],
    ids=["default", "count", "document"],
)
def test_versions_and_what_is_in_force_are_configuration(
    before: dict[str, Any], after: dict[str, Any]
):
    first, second = (see(POLICY, account(policies=[p])).bodies[0] for p in (before, after))
    assert first.digest != second.digest


def test_of_aws_own_policies_only_those_in_use_are_listed():
    held, bounding = _policy(AWS + "Held"), _policy(AWS + "Bounding")
    del held["AttachmentCount"]
    policies = [
        _policy(OURS + "unattached"),
        _policy(AWS + "Nobodys"),
        _policy(AWS + "Attached", AttachmentCount=1),
        _policy(AWS + "service-role/Boundary", PermissionsBoundaryUsageCount=1),
        held,
        bounding,
    ]
    boundary = {
        "PermissionsBoundaryType": "Policy",
        "PermissionsBoundaryArn": AWS + "Bounding",
    }
    sight = see(
        POLICY,
        account(
            [user("alice", AttachedManagedPolicies=attached(AWS + "Held"))],
            roles=[role("web", PermissionsBoundary=boundary)],
            policies=policies,
        ),
    )
    found = {name: body.config["Owner"] for name, body in by_name(sight).items()}
    assert found == {
        "unattached": "customer",
        "Attached": "aws",
        "Boundary": "aws",
        "Held": "aws",
        "Bounding": "aws",
    }


def test_the_whole_sweep_is_one_question():
    policies = [_policy(OURS + f"p{n}") for n in range(5)]
    script = account([user(f"u{n}") for n in range(3)], policies=policies)
    assert len(see(POLICY, script).bodies) == 5
    assert len(script.asked) == 3, "its three pages"


def test_a_policy_whose_version_in_force_is_not_answered_is_malformed():
    sight = see(POLICY, account(policies=[_policy(OURS + "p", default=7)]))
    assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")
