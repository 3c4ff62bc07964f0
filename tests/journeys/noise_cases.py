"""Days between which nothing happened that anybody did, or one honest thing did and no other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.faults.healthy import ACCOUNT
from tests.journeys.days import Edits
from tests.journeys.report_answers import IAM, ROWS, TIME, report
from tests.journeys.resource_answers import ENTRIES, PERMISSIONS, document, tags

_SWEEP = "iam.GetAccountAuthorizationDetails"
_DAY = "2026-07-01T20:00:00Z"


@dataclass(frozen=True)
class Days:
    """Two days: which evidence is asked for, what AWS answers on each, and the kinds that are told.

    What is told of the second day is `expect`; so it is of the way back, unless `back` is false.
    """

    evidence: tuple[str, ...]
    then: Edits
    first: Edits = field(default_factory=dict)
    expect: tuple[str, ...] = ()
    back: bool = True


def _turned(operation: str, path: str, value: list[Any]) -> tuple[Edits, Edits]:
    return {operation: {path: value}}, {operation: {path: value[::-1]}}


def _swap(evidence: str, operation: str, path: str, value: list[Any]) -> Days:
    first, then = _turned(operation, path, value)
    return Days((evidence,), then, first)


def _slots(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row with its keys and certificates in the other slots."""
    swap = str.maketrans("12", "21")
    return {
        name: row[name.translate(swap) if name.startswith(("access_key", "cert")) else name]
        for name in row
    }


def _rule(number: int, **more: Any) -> dict[str, Any]:
    return {
        "SecurityGroupRuleId": f"sgr-{number}",
        "GroupId": "sg-0",
        "GroupOwnerId": ACCOUNT,
        "IsEgress": False,
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "CidrIpv4": "0.0.0.0/0",
        **more,
    }


_ROOT_ROW, *_USER_ROWS = ROWS
_AWS = "arn:aws:iam::aws:policy/ReadOnlyAccess"
_CI = {"Effect": "Allow", "Action": "sts:AssumeRole"}
_GRANT = {
    "GrantId": "of-a-service",
    "GranteePrincipal": "rds.eu-west-1.amazonaws.com",
    "RetiringPrincipal": "rds.eu-west-1.amazonaws.com",
    "IssuingAccount": f"{IAM}:root",
    "Operations": ["Decrypt", "GenerateDataKey"],
    "CreationDate": TIME,
}
_OF_RDS = {"kms.ListGrants": {"Grants": lambda grants: [*grants, _GRANT]}}


def _of_aws(version: str, document_: dict[str, Any]) -> Edits:
    """Return AWS's own policy in one of its versions."""
    return {
        _SWEEP: {
            "Policies.0.Arn": _AWS,
            "Policies.0.PolicyName": "ReadOnlyAccess",
            "Policies.0.DefaultVersionId": version,
            "Policies.0.UpdateDate": _DAY if version > "v1" else TIME,
            "Policies.0.PolicyVersionList": [
                {
                    "VersionId": version,
                    "IsDefaultVersion": True,
                    "CreateDate": _DAY if version > "v1" else TIME,
                    "Document": document_,
                }
            ],
        }
    }


def _trusting(principal: str) -> Edits:
    statement = {**_CI, "Principal": {"AWS": principal}}
    return {_SWEEP: {"RoleDetailList.0.AssumeRolePolicyDocument": document(statement)}}


def _used(row: dict[str, Any]) -> dict[str, Any]:
    times = {"password_last_used": _DAY}
    return {**row, **times, **{f"access_key_{n}_last_used_date": _DAY for n in (1, 2)}}


_TURNED_STATEMENTS = {**PERMISSIONS, "Statement": PERMISSIONS["Statement"][::-1]}

_AGAIN: Edits = {
    "guardduty.GetFindings": {"Findings.*.Service.Count": 9, "Findings.*.UpdatedAt": _DAY}
}
_VERY_SAME = report(*ROWS, made="2026-07-01T02:30:00Z")
_NOBODY_ARCHIVED: Edits = {
    "guardduty.ListFindings": {
        "FindingIds": lambda names: [name for name in names if name.startswith("open")]
    },
    "guardduty.GetFindings": {
        "Findings": lambda rows: [row for row in rows if row["Id"].startswith("open")]
    },
}

CASES: dict[str, Days] = {
    # ---- the credential report
    "the report has its keys and certificates in the other slots": Days(
        ("iam.credential", "iam.user", "iam.access_key", "iam.root"),
        report(_ROOT_ROW, *map(_slots, _USER_ROWS)),
    ),
    "the report is another and says the same": Days(
        ("iam.credential", "iam.credential_report", "iam.root", "iam.user"), {}
    ),
    "the report is the very same": Days(
        ("iam.credential", "iam.credential_report"), _VERY_SAME, _VERY_SAME
    ),
    "the report is older than the last one": Days(
        ("iam.credential", "iam.credential_report"),
        report(*ROWS, made="2026-06-30T23:00:00Z"),
        back=False,
    ),
    "users sign in and use their keys": Days(
        ("iam.credential", "iam.access_key", "iam.user"),
        report(_ROOT_ROW, *map(_used, _USER_ROWS)),
    ),
    # ---- IAM
    "a role is used": Days(
        ("iam.role",),
        {_SWEEP: {"RoleDetailList.*.RoleLastUsed": {"LastUsedDate": _DAY, "Region": "us-east-1"}}},
    ),
    "a policy is attached to more": Days(
        ("iam.policy",),
        {_SWEEP: {"Policies.*.AttachmentCount": 5, "Policies.*.UpdateDate": _DAY}},
    ),
    "AWS says the same in a new version of its policy": Days(
        ("iam.policy",),
        _of_aws("v2", _TURNED_STATEMENTS),
        _of_aws("v1", PERMISSIONS),
        expect=("iam.policy.default_version_changed",),
    ),
    "the tags of users and roles turn round": Days(
        ("iam.user", "iam.role"),
        {
            _SWEEP: {
                "UserDetailList.*.Tags": tags()[::-1],
                "RoleDetailList.*.Tags": tags()[::-1],
            }
        },
    ),
    "a trusted role is deleted, and AWS puts its id in its place": Days(
        ("iam.role",),
        _trusting("AROAEXAMPLEEXAMPLE123"),
        _trusting(f"{IAM}:role/gone"),
        expect=("iam.role.trust_principal_orphaned",),
        back=False,
    ),
    # ---- networks
    "a rule is revoked and granted again by infrastructure code": Days(
        ("ec2.security_group", "ec2.security_group_rule"),
        {
            "ec2.DescribeSecurityGroupRules": {
                "SecurityGroupRules": [_rule(7, CidrIpv4="0.0.0.0/0")]
            }
        },
        {"ec2.DescribeSecurityGroupRules": {"SecurityGroupRules": [_rule(1)]}},
        expect=("sg.rule_replaced",),
    ),
    "the entries of a network ACL are numbered anew": Days(
        ("ec2.network_acl",),
        {
            "ec2.DescribeNetworkAcls": {
                "NetworkAcls.0.Entries.*.RuleNumber": lambda number: number + 1000
            }
        },
        expect=("nacl.rules_changed",),
    ),
    "the entries of a network ACL turn round": Days(
        ("ec2.network_acl",), {"ec2.DescribeNetworkAcls": {"NetworkAcls.*.Entries": ENTRIES[::-1]}}
    ),
    "a prefix list has another version and the same entries": Days(
        ("ec2.prefix_list",),
        {"ec2.DescribeManagedPrefixLists": {"PrefixLists.*.Version": 4}},
    ),
    # ---- CloudTrail, Access Analyzer, GuardDuty
    "a trail delivers": Days(
        ("cloudtrail.trail",),
        {
            "cloudtrail.GetTrailStatus": dict.fromkeys(
                (
                    "LatestDeliveryTime",
                    "LatestDigestDeliveryTime",
                    "LatestNotificationTime",
                    "LatestCloudWatchLogsDeliveryTime",
                ),
                _DAY,
            )
        },
    ),
    "the event selectors of a trail turn round": Days(
        ("cloudtrail.trail",),
        {
            "cloudtrail.GetEventSelectors": {
                "EventSelectors": lambda rows: rows[::-1],
                "AdvancedEventSelectors": lambda rows: rows[::-1],
            }
        },
    ),
    "findings are analysed and updated again": Days(
        ("accessanalyzer.finding", "accessanalyzer.analyzer"),
        {
            operation: {f"findings.*.{name}": _DAY for name in ("analyzedAt", "updatedAt")}
            for operation in ("accessanalyzer.ListFindings", "accessanalyzer.ListFindingsV2")
        },
    ),
    "what GuardDuty found happens again": Days(
        ("guardduty.finding", "guardduty.detector"), _AGAIN, _NOBODY_ARCHIVED
    ),
    "what GuardDuty found and somebody archived happens again": Days(
        ("guardduty.finding",),
        _AGAIN,
        expect=("guardduty.finding_recurred",) * 3,
        back=False,
    ),
    "a detector and its features are updated to what they were": Days(
        ("guardduty.detector",),
        {"guardduty.GetDetector": {"UpdatedAt": _DAY, "Features.*.UpdatedAt": _DAY}},
    ),
    # ---- KMS
    "a service gives itself grants": Days(("kms.key", "kms.grant"), _OF_RDS),
    "the aliases of a key turn round": Days(
        ("kms.key", "kms.alias"), {"kms.ListAliases": {"Aliases": lambda rows: rows[::-1]}}
    ),
    "the next rotation of a key moves": Days(
        ("kms.key",), {"kms.GetKeyRotationStatus": {"NextRotationDate": _DAY}}
    ),
    # ---- S3
    "a bucket is edited to what it was, and so created at another time": Days(
        ("s3.bucket",), {"s3.ListBuckets": {"Buckets.*.CreationDate": _DAY}}
    ),
    "the grants of a bucket turn round": Days(
        ("s3.bucket",),
        {
            "s3.GetBucketAcl": {"Grants": lambda rows: rows[::-1]},
            "s3.GetBucketLogging": {"LoggingEnabled.TargetGrants": lambda rows: rows[::-1]},
        },
    ),
    "the tags of a bucket turn round": Days(
        ("s3.bucket",), {"s3.GetBucketTagging": {"TagSet": tags()[::-1]}}
    ),
}
