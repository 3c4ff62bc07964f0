"""The printed IAM policy allows what the declarations call, and nothing else."""

from __future__ import annotations

import json
import re

import pytest

from driftkeeper.collect.catalog import (
    ATTRIBUTION_CALLS,
    CONTEXT_CALLS,
    declared_calls,
    evidence_types,
    granted_calls,
    organization_calls,
)
from driftkeeper.collect.permissions import (
    action,
    actions,
    collector_policy,
    iam_policy,
    organization_policy,
)
from driftkeeper.collect.spec import Call, Reach


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (Call("ec2", "describe_security_groups"), "ec2:DescribeSecurityGroups"),
        (Call("iam", "list_mfa_devices"), "iam:ListMFADevices"),
        (Call("iam", "list_virtual_mfa_devices"), "iam:ListVirtualMFADevices"),
        (Call("iam", "list_saml_providers"), "iam:ListSAMLProviders"),
        (Call("iam", "list_open_id_connect_providers"), "iam:ListOpenIDConnectProviders"),
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
                "Sid": "AccessAnalyzer",
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


def test_what_gives_context_is_allowed_first_and_once():
    context = (Call("ec2", "describe_regions"),)
    policy = iam_policy((*context, Call("ec2", "describe_vpcs")), context)
    assert [(one["Sid"], one["Action"]) for one in policy["Statement"]] == [
        ("Context", ["ec2:DescribeRegions"]),
        ("Network", ["ec2:DescribeVpcs"]),
    ]


EXACT = {
    "Context": """
        ec2:DescribeRegions iam:ListAccountAliases organizations:DescribeOrganization
    """,
    "Iam": """
        iam:GenerateCredentialReport iam:GetCredentialReport iam:GetAccountAuthorizationDetails
        iam:GetAccountSummary iam:GetAccountPasswordPolicy iam:ListRoles iam:ListAccessKeys
        iam:ListMFADevices iam:ListVirtualMFADevices iam:ListSAMLProviders
        iam:ListOpenIDConnectProviders iam:GetOpenIDConnectProvider iam:ListServerCertificates
        iam:ListServiceSpecificCredentials iam:ListOrganizationsFeatures
    """,
    "AccessAnalyzer": """
        access-analyzer:ListAnalyzers access-analyzer:GetAnalyzer access-analyzer:ListFindings
        access-analyzer:GetFinding access-analyzer:ListArchiveRules
        access-analyzer:GetFindingsStatistics
    """,
    "CloudTrail": """
        cloudtrail:DescribeTrails cloudtrail:GetTrailStatus cloudtrail:GetEventSelectors
        cloudtrail:GetInsightSelectors cloudtrail:LookupEvents cloudtrail:ListPublicKeys
    """,
    "GuardDuty": """
        guardduty:ListDetectors guardduty:GetDetector guardduty:GetAdministratorAccount
        guardduty:ListFindings guardduty:GetFindings guardduty:GetFindingsStatistics
        guardduty:ListFilters guardduty:GetFilter
    """,
    "Network": """
        ec2:DescribeSecurityGroups ec2:DescribeSecurityGroupRules ec2:DescribeNetworkAcls
        ec2:DescribeManagedPrefixLists ec2:GetManagedPrefixListEntries ec2:DescribeVpcs
        ec2:DescribeNetworkInterfaces ec2:DescribeVpcBlockPublicAccessOptions
        ec2:DescribeVpcBlockPublicAccessExclusions
    """,
    "S3": """
        s3:ListAllMyBuckets s3:GetAccountPublicAccessBlock s3:GetBucketPublicAccessBlock
        s3:GetBucketPolicy s3:GetBucketPolicyStatus s3:GetBucketAcl s3:GetBucketOwnershipControls
        s3:GetEncryptionConfiguration s3:GetBucketVersioning s3:GetBucketLogging
        s3:GetBucketObjectLockConfiguration s3:GetBucketTagging s3:GetBucketLocation
    """,
    "Kms": """
        kms:ListKeys kms:ListAliases kms:DescribeKey kms:GetKeyPolicy kms:GetKeyRotationStatus
        kms:ListKeyRotations kms:ListResourceTags kms:ListGrants
    """,
}
"""What collecting needs, by statement: written by hand, from the service authorization reference."""

MANAGED_POLICY_LIMIT = 6144
"""Characters of a managed policy, white space not counted (IAM quotas)."""


class TestCollectorPolicy:
    def test_it_allows_exactly_what_was_worked_out_by_hand(self):
        assert sum(len(names.split()) for names in EXACT.values()) == 68
        allowed = {one["Sid"]: one["Action"] for one in collector_policy()["Statement"]}
        assert allowed == {sid: sorted(names.split()) for sid, names in EXACT.items()}

    def test_every_action_is_one_that_a_declared_call_needs(self):
        """Of every type, also the optional ones, that is read in each account."""
        specs = evidence_types().values()
        needed = {
            action(call)
            for spec in specs
            if spec.reach is not Reach.ORGANIZATION
            for call in spec.calls()
        }
        needed |= {action(call) for call in (*CONTEXT_CALLS, *ATTRIBUTION_CALLS)}
        by_hand = {"sts:GetCallerIdentity", "s3:GetObject", "s3:ListBucket"}
        assert by_hand < needed
        assert {*actions(granted_calls())} == needed - by_hand

    def test_its_actions_only_read(self):
        verbs = re.compile(r"[a-z0-9-]+:(Get|List|Describe|Lookup)[A-Z]\w+")
        others = [
            name
            for statement in collector_policy()["Statement"]
            for name in statement["Action"]
            if not verbs.fullmatch(name)
        ]
        assert others == ["iam:GenerateCredentialReport"]

    def test_nothing_in_it_reads_data(self):
        names = {*actions(granted_calls())}
        assert not names & {
            "s3:GetObject",
            "s3:ListBucket",
            "kms:Decrypt",
            "secretsmanager:GetSecretValue",
        }

    def test_it_fits_into_one_managed_policy(self):
        text = json.dumps(organization_policy("a/long/path/driftkeeper"), separators=(",", ":"))
        assert len(text) < MANAGED_POLICY_LIMIT


class TestOrganizationPolicy:
    def test_it_adds_the_listing_and_the_role_to_assume_and_changes_nothing_else(self):
        own, wide = collector_policy()["Statement"], organization_policy("x")["Statement"]
        assert wide[: len(own)] == own
        listing, assume = wide[len(own) :]
        assert {name.split(":")[0] for name in listing["Action"]} == {"organizations"}
        assert "organizations:ListAccounts" in listing["Action"]
        assert listing["Action"] == actions(organization_calls())
        assert assume == {
            "Sid": "AssumeRole",
            "Effect": "Allow",
            "Action": ["sts:AssumeRole"],
            "Resource": "arn:*:iam::*:role/x",
        }

    @pytest.mark.parametrize("role", ["audit/driftkeeper", "/audit/driftkeeper/"])
    def test_a_role_may_have_a_path(self, role: str):
        assume = organization_policy(role)["Statement"][-1]
        assert assume["Resource"] == "arn:*:iam::*:role/audit/driftkeeper"


def test_all_that_any_declaration_calls_is_declared_and_the_context_is_too():
    declared = {(call.service, call.operation) for call in declared_calls()}
    for spec in evidence_types().values():
        assert {(call.service, call.operation) for call in spec.calls()} <= declared
    assert {(call.service, call.operation) for call in CONTEXT_CALLS} <= declared
