"""A small account in good health, recorded: every declared operation is asked, every listing has pages."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from driftkeeper.collect.recording import file_name
from driftkeeper.domain.types import GLOBAL_REGION

ACCOUNT = "111122223333"
REGION = "eu-west-1"
MANY = 6
"""One more than a replayed page holds."""

_IAM = f"arn:aws:iam::{ACCOUNT}"
_TIME = "2026-01-02T03:04:05Z"
_POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}],
}


def write(folder: Path) -> None:
    """Write the recording of the account into a folder."""
    for name, answer in {**_iam(), **_s3()}.items():
        _save(folder, GLOBAL_REGION, name, answer)
    for name, answer in {**_ec2(), **_kms(), **_cloudtrail()}.items():
        _save(folder, REGION, name, answer)


def _save(folder: Path, region: str, name: str, answer: dict[str, Any]) -> None:
    path = folder / ACCOUNT / region / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(answer), encoding="utf-8")


def _name(call: str, **params: str) -> str:
    service, operation = call.split(".")
    return file_name(service, operation, params)


def _user(number: int) -> dict[str, Any]:
    name = f"user{number}"
    return {
        "UserName": name,
        "UserId": f"AIDA{number:016}",
        "Arn": f"{_IAM}:user/{name}",
        "Path": "/",
        "CreateDate": _TIME,
        "GroupList": ["readers"],
        "AttachedManagedPolicies": [
            {"PolicyName": "p", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
        ],
        "UserPolicyList": [{"PolicyName": "inline", "PolicyDocument": _POLICY}],
        "Tags": [{"Key": "team", "Value": "a"}],
    }


def _iam() -> dict[str, dict[str, Any]]:
    users = [_user(n) for n in range(MANY)]
    virtual = [
        {"SerialNumber": f"{_IAM}:mfa/{n}", "EnableDate": _TIME, "User": users[0]}
        for n in range(MANY)
    ]
    devices = [
        {"UserName": "x", "SerialNumber": f"key{n}", "EnableDate": _TIME} for n in range(MANY)
    ]
    columns = "user,arn,user_creation_time,password_enabled,mfa_active,access_key_1_active"
    columns += ",access_key_1_last_rotated,access_key_1_last_used_date"
    rows = [f"{u['UserName']},{u['Arn']},{_TIME},true,true,true,{_TIME},N/A" for u in users]
    report = "\n".join([columns, *rows]).encode()
    return {
        "iam.GetAccountAuthorizationDetails.json": {"UserDetailList": users, "IsTruncated": False},
        "iam.ListVirtualMFADevices.json": {"VirtualMFADevices": virtual, "IsTruncated": False},
        "iam.ListMFADevices.json": {"MFADevices": devices, "IsTruncated": False},
        "iam.GenerateCredentialReport.json": {"State": "COMPLETE"},
        "iam.GetCredentialReport.json": {
            "Content": {"$bytes": base64.b64encode(report).decode()},
            "GeneratedTime": "2026-07-01T01:00:00Z",
            "ReportFormat": "text/csv",
        },
    }


def _s3() -> dict[str, dict[str, Any]]:
    switches = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    return {
        "s3control.GetPublicAccessBlock.json": {
            "PublicAccessBlockConfiguration": dict.fromkeys(switches, True)
        }
    }


def _ec2() -> dict[str, dict[str, Any]]:
    rule = {
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
    }
    groups = [
        {
            "GroupId": f"sg-{n}",
            "GroupName": f"group{n}",
            "Description": "d",
            "OwnerId": ACCOUNT,
            "VpcId": "vpc-1",
            "IpPermissions": [rule],
            "IpPermissionsEgress": [],
        }
        for n in range(MANY)
    ]
    return {"ec2.DescribeSecurityGroups.json": {"SecurityGroups": groups}}


def _kms() -> dict[str, dict[str, Any]]:
    arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/"
    keys = [{"KeyId": f"key-{n}", "KeyArn": f"{arn}key-{n}"} for n in range(MANY)]
    described = {
        _name("kms.DescribeKey", KeyId=key["KeyId"]): {
            "KeyMetadata": {
                "KeyId": key["KeyId"],
                "Arn": key["KeyArn"],
                "KeyManager": "CUSTOMER",
                "KeyState": "Enabled",
                "Enabled": True,
                "CreationDate": _TIME,
            }
        }
        for key in keys
    }
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"{_IAM}:root"},
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    }
    return {
        "kms.ListKeys.json": {"Keys": keys},
        "kms.ListAliases.json": {
            "Aliases": [{"AliasName": f"alias/{n}", "TargetKeyId": "key-0"} for n in range(MANY)]
        },
        **described,
        "kms.GetKeyRotationStatus.json": {"KeyRotationEnabled": True, "RotationPeriodInDays": 365},
        "kms.GetKeyPolicy.json": {"Policy": json.dumps(policy), "PolicyName": "default"},
        "kms.ListResourceTags.json": {
            "Tags": [{"TagKey": f"k{n}", "TagValue": "v"} for n in range(MANY)]
        },
    }


def _cloudtrail() -> dict[str, dict[str, Any]]:
    trails = [
        {
            "Name": f"trail{n}",
            "TrailARN": f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/trail{n}",
            "HomeRegion": REGION,
            "S3BucketName": "logs",
            "IsMultiRegionTrail": True,
            "LogFileValidationEnabled": True,
        }
        for n in range(2)
    ]
    selectors = [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]
    return {
        "cloudtrail.DescribeTrails.json": {"trailList": trails},
        "cloudtrail.GetTrailStatus.json": {
            "IsLogging": True,
            "StartLoggingTime": _TIME,
            "LatestDeliveryTime": _TIME,
        },
        "cloudtrail.GetEventSelectors.json": {"TrailARN": "arn", "EventSelectors": selectors},
        "cloudtrail.GetInsightSelectors.json": {
            "TrailARN": "arn",
            "InsightSelectors": [{"InsightType": "ApiCallRateInsight"}],
        },
    }
