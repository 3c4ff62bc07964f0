"""The printed IAM policy allows what the declarations call, and nothing else."""

from __future__ import annotations

import pytest

from driftkeeper.collect.catalog import CONTEXT_CALLS, declared_calls, evidence_types
from driftkeeper.collect.permissions import action, actions, iam_policy
from driftkeeper.collect.spec import Call


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (Call("ec2", "describe_security_groups"), "ec2:DescribeSecurityGroups"),
        (Call("iam", "list_mfa_devices"), "iam:ListMFADevices"),
        (Call("iam", "list_virtual_mfa_devices"), "iam:ListVirtualMFADevices"),
        (Call("iam", "list_saml_providers"), "iam:ListSAMLProviders"),
        (Call("accessanalyzer", "list_analyzers"), "access-analyzer:ListAnalyzers"),
        (Call("s3control", "list_access_points"), "s3:ListAccessPoints"),
        (Call("s3control", "get_x", action="s3:GetAccountX"), "s3:GetAccountX"),
    ],
)
def test_the_action_of_a_call(call: Call, expected: str):
    assert action(call) == expected


def test_actions_are_named_once_and_the_free_one_is_left_out():
    calls = (Call("sts", "get_caller_identity"), *(Call("kms", "list_keys"),) * 2)
    assert actions(calls) == ["kms:ListKeys"]


def test_the_policy_has_one_statement_per_service_with_sorted_actions():
    calls = (
        Call("kms", "list_keys"),
        Call("kms", "describe_key"),
        Call("accessanalyzer", "list_analyzers"),
    )
    assert iam_policy(calls) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Accessanalyzer",
                "Effect": "Allow",
                "Action": ["access-analyzer:ListAnalyzers"],
                "Resource": "*",
            },
            {
                "Sid": "Kms",
                "Effect": "Allow",
                "Action": ["kms:DescribeKey", "kms:ListKeys"],
                "Resource": "*",
            },
        ],
    }


def test_all_that_any_declaration_calls_is_declared_and_the_context_is_too():
    declared = {(call.service, call.operation) for call in declared_calls()}
    for spec in evidence_types().values():
        assert {(call.service, call.operation) for call in spec.calls()} <= declared
    assert {(call.service, call.operation) for call in CONTEXT_CALLS} <= declared
