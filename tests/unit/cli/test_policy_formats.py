"""The policy can be put to use as it is printed: with the role that has it, and whom that role trusts."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from driftkeeper.cli.policy_formats import PolicyFormat, written
from driftkeeper.collect.permissions import collector_policy

POLICY = collector_policy()


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(written(POLICY, PolicyFormat.CLOUDFORMATION))
    return found


@pytest.fixture(scope="module")
def terraform() -> str:
    return written(POLICY, PolicyFormat.TERRAFORM)


def _of_type(template: dict[str, Any], kind: str) -> dict[str, Any]:
    (found,) = (each for each in template["Resources"].values() if each["Type"] == kind)
    properties: dict[str, Any] = found["Properties"]
    return properties


def test_bare_it_is_the_document():
    assert json.loads(written(POLICY, PolicyFormat.JSON)) == POLICY


class TestTemplate:
    def test_the_role_has_the_policy_and_nothing_else(self, template: dict[str, Any]):
        assert _of_type(template, "AWS::IAM::ManagedPolicy")["PolicyDocument"] == POLICY
        role = _of_type(template, "AWS::IAM::Role")
        assert role["ManagedPolicyArns"] == [{"Ref": "DriftkeeperPolicy"}]
        assert "Policies" not in role
        assert role["MaxSessionDuration"] == 3600

    def test_the_role_is_assumed_by_the_principal_that_knows_the_external_id(
        self, template: dict[str, Any]
    ):
        trust = _of_type(template, "AWS::IAM::Role")["AssumeRolePolicyDocument"]
        assert trust["Statement"] == [
            {
                "Effect": "Allow",
                "Principal": {"AWS": {"Ref": "Principal"}},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}},
            }
        ]
        for name in ("Principal", "ExternalId"):
            assert "Default" not in template["Parameters"][name]

    def test_a_stack_set_can_deploy_it_to_any_account(self, template: dict[str, Any]):
        """It names no account, and whatever it refers to is in it."""
        text = json.dumps({k: template[k] for k in ("Resources", "Outputs")})
        assert not re.search(r"\d{12}", text)
        defined = {*template["Resources"], *template["Parameters"]}
        assert {*re.findall(r'"Ref": "(\w+)"', text)} <= defined

    @pytest.mark.parametrize(
        ("principal", "fits"),
        [
            ("arn:aws:iam::111122223333:root", True),
            ("arn:aws-us-gov:iam::111122223333:role/audit/collector", True),
            ("arn:aws:iam::111122223333:user/collector", True),
            ("*", False),
            ("111122223333", False),
            ("arn:aws:sts::111122223333:assumed-role/a/b", False),
        ],
    )
    def test_nobody_else_can_be_trusted_by_mistake(
        self, template: dict[str, Any], principal: str, fits: bool
    ):
        pattern = template["Parameters"]["Principal"]["AllowedPattern"]
        assert bool(re.fullmatch(pattern, principal)) is fits


class TestTerraform:
    def test_it_has_the_policy(self, terraform: str):
        inside = terraform.split("jsonencode(", 1)[1].split(")\n", 1)[0]
        assert json.loads(inside) == POLICY

    def test_the_role_is_assumed_with_the_external_id_for_an_hour(self, terraform: str):
        for line in (
            "max_session_duration = 3600",
            "assume_role_policy   = data.aws_iam_policy_document.driftkeeper_trust.json",
            "identifiers = [var.driftkeeper_principal]",
            'variable = "sts:ExternalId"',
            "values   = [var.driftkeeper_external_id]",
            "policy_arn = aws_iam_policy.driftkeeper.arn",
        ):
            assert line in terraform

    def test_what_it_refers_to_is_in_it_and_brackets_are_balanced(self, terraform: str):
        defined = {*re.findall(r'^variable "(\w+)"', terraform, re.MULTILINE)}
        assert {*re.findall(r"var\.(\w+)", terraform)} == defined
        for opening, closing in ("{}", "[]", "()"):
            assert terraform.count(opening) == terraform.count(closing)
