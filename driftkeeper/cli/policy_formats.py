"""The collector's IAM policy as people put it to use: bare, as a CloudFormation template, for Terraform."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class PolicyFormat(StrEnum):
    """How the IAM policy is written."""

    JSON = "json"
    CLOUDFORMATION = "cloudformation"
    TERRAFORM = "terraform"


def written(policy: Mapping[str, Any], form: PolicyFormat) -> str:
    """Return the policy document as text in the given form."""
    match form:
        case PolicyFormat.JSON:
            return json.dumps(policy, indent=2)
        case PolicyFormat.CLOUDFORMATION:
            return json.dumps(_template(policy), indent=2)
        case PolicyFormat.TERRAFORM:
            return _resource(policy)


def _template(policy: Mapping[str, Any]) -> dict[str, Any]:
    """Return a CloudFormation template (JSON) with a managed policy and its ARN as output."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "What driftkeeper may read",
        "Resources": {
            "DriftkeeperPolicy": {
                "Type": "AWS::IAM::ManagedPolicy",
                "Properties": {
                    "Description": "What driftkeeper may read",
                    "PolicyDocument": policy,
                },
            }
        },
        "Outputs": {"PolicyArn": {"Value": {"Ref": "DriftkeeperPolicy"}}},
    }


def _resource(policy: Mapping[str, Any]) -> str:
    """Return a Terraform resource (HCL); JSON values are HCL values too."""
    head, *lines = json.dumps(policy, indent=2).splitlines()
    document = "\n".join([head, *(f"  {line}" for line in lines)])
    return "\n".join(
        (
            'resource "aws_iam_policy" "driftkeeper" {',
            '  name        = "driftkeeper"',
            '  description = "What driftkeeper may read"',
            f"  policy      = jsonencode({document})",
            "}",
        )
    )
