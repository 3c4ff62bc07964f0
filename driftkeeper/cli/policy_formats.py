"""The collector's IAM policy as people put it to use: bare, as a CloudFormation template, for Terraform.

The last two also make the role that has it: assumed only by whom it trusts, and only with the external
id, for an hour at most, which is also all that a role assumed by way of another one gets.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

_HOUR = 3600
_PRINCIPAL = (
    "The role or user that collects, or its account: arn:aws:iam::111122223333:role/collector"
)
_EXTERNAL_ID = "What the collector has to name as external_id; choose a long random one"
_NAME = "The name of the role, the same in every account"


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
            return _configuration(policy)


def _template(policy: Mapping[str, Any]) -> dict[str, Any]:
    """Return a CloudFormation template (JSON) with the role, its policy, and its ARN as output.

    It names no account and no region, so a StackSet can deploy it to a whole organisation as it is.
    """
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "What driftkeeper may read. As a StackSet: one region, since IAM has none.",
        "Parameters": {
            "Principal": {
                "Type": "String",
                "Description": _PRINCIPAL,
                "AllowedPattern": r"arn:[a-z-]+:iam::\d{12}:(root|role/.+|user/.+)",
            },
            "ExternalId": {
                "Type": "String",
                "Description": _EXTERNAL_ID,
                "AllowedPattern": r"[\w+=,.@:/-]{2,1224}",
            },
            "RoleName": {"Type": "String", "Description": _NAME, "Default": "driftkeeper"},
        },
        "Resources": {
            "DriftkeeperPolicy": {
                "Type": "AWS::IAM::ManagedPolicy",
                "Properties": {
                    "Description": "What driftkeeper may read",
                    "PolicyDocument": policy,
                },
            },
            "DriftkeeperRole": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": {"Ref": "RoleName"},
                    "Description": "Lets driftkeeper read configurations",
                    "MaxSessionDuration": _HOUR,
                    "ManagedPolicyArns": [{"Ref": "DriftkeeperPolicy"}],
                    "AssumeRolePolicyDocument": _trust({"Ref": "Principal"}, {"Ref": "ExternalId"}),
                },
            },
        },
        "Outputs": {"RoleArn": {"Value": {"Fn::GetAtt": ["DriftkeeperRole", "Arn"]}}},
    }


def _trust(principal: Any, external_id: Any) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": principal},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
            }
        ],
    }


def _configuration(policy: Mapping[str, Any]) -> str:
    """Return Terraform resources (HCL); JSON values are HCL values too."""
    head, *lines = json.dumps(policy, indent=2).splitlines()
    document = "\n".join([head, *(f"  {line}" for line in lines)])
    return _TERRAFORM.replace("<document>", document).strip()


_TERRAFORM = f"""
resource "aws_iam_policy" "driftkeeper" {{
  name        = "driftkeeper"
  description = "What driftkeeper may read"
  policy      = jsonencode(<document>)
}}

resource "aws_iam_role" "driftkeeper" {{
  name                 = var.driftkeeper_role
  description          = "Lets driftkeeper read configurations"
  max_session_duration = {_HOUR}
  assume_role_policy   = data.aws_iam_policy_document.driftkeeper_trust.json
}}

resource "aws_iam_role_policy_attachment" "driftkeeper" {{
  role       = aws_iam_role.driftkeeper.name
  policy_arn = aws_iam_policy.driftkeeper.arn
}}

data "aws_iam_policy_document" "driftkeeper_trust" {{
  statement {{
    actions = ["sts:AssumeRole"]
    principals {{
      type        = "AWS"
      identifiers = [var.driftkeeper_principal]
    }}
    condition {{
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.driftkeeper_external_id]
    }}
  }}
}}

variable "driftkeeper_principal" {{
  type        = string
  description = "{_PRINCIPAL}"
}}

variable "driftkeeper_external_id" {{
  type        = string
  description = "{_EXTERNAL_ID}"
}}

variable "driftkeeper_role" {{
  type        = string
  description = "{_NAME}"
  default     = "driftkeeper"
}}

output "driftkeeper_role_arn" {{
  value = aws_iam_role.driftkeeper.arn
}}
"""
