"""A small recorded estate with a plot: two accounts, nine days in March 2026, seven of them collected.

| day | what happened since the day before |
|---|---|
| Mon 2 | the baseline |
| Tue 3 | SSH is opened to the world in Ireland; carol is hired |
| Wed 4 | SSH is closed again; Virginia's groups are denied; the key's rotation cannot be read |
| Thu 5 | all is seen again: RDP stands open in Virginia, the trail has stopped, rotation is off |
| Fri 6 | carol is deleted |
| Sat 7, Sun 8 | nobody collects |
| Mon 9 | another carol is hired; the trail logs again |
| Tue 10 | Virginia's groups are denied once more |
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PROD, STAGE = "111122223333", "444455556666"
IRELAND, VIRGINIA = "eu-west-1", "us-east-1"
BASTION, DESKTOP = "sg-0a1b2c3d4e5f60718", "sg-0c9d8e7f6a5b43210"
KEY = "0d1f8c52-3a4b-4c5d-8e6f-7a8b9c0d1e2f"
TRAIL = f"arn:aws:cloudtrail:{VIRGINIA}:{PROD}:trail/main"
HOUR = 6
DAYS = (2, 3, 4, 5, 6, 9, 10)
"""The days of March on which a snapshot is taken: day `DAYS[n - 1]` is snapshot `n`."""

TYPES = (
    "cloudtrail.trail",
    "ec2.security_group",
    "iam.credential",
    "iam.user",
    "kms.key",
    "s3.account_pab",
)
"""What was asked for: one of each sort of evidence is enough for the command line."""

Answer = dict[str, Any]
Answers = dict[str, Answer]

_PERMISSION = "You are not authorized to perform this operation."
_DENIED = {
    "Error": {"Code": "UnauthorizedOperation", "Message": _PERMISSION},
    "HTTPStatusCode": 403,
}
_KMS_DENIED = {
    "Error": {"Code": "AccessDeniedException", "Message": "not allowed: kms:GetKeyRotationStatus"},
    "HTTPStatusCode": 400,
}


def at(day: int, hour: int = HOUR) -> datetime:
    """The moment of that day of March 2026 at which the estate is collected."""
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def text(moment: datetime) -> str:
    """The moment as the command line and JSON have it."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def write(folder: Path, day: int) -> Path:
    """Write what AWS answers on that day; return the folder."""
    for account, answers in ((PROD, _prod(day)), (STAGE, _stage(day))):
        for path, answer in answers.items():
            _put(folder / account / f"{path}.json", answer)
        regions = sorted({path.split("/")[0] for path in answers} - {"aws-global"})
        meta = {
            "account": account,
            "regions": regions,
            "evidence": list(TYPES),
            "taken_at": text(at(day)),
        }
        _put(folder / account / "meta.json", meta)
    return folder


def _put(path: Path, content: Answer) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def _prod(day: int) -> Answers:
    denied = day in (4, 10)
    desktop = [] if day < 5 else [_rule(3389)]
    return {
        **_iam(PROD, ["alice", "bob", *_carol(day)], day),
        **_region(PROD, IRELAND, BASTION, "bastion", [_rule(443), *([_rule(22)] * (day == 3))]),
        **_region(PROD, VIRGINIA, DESKTOP, "desktop", desktop),
        **_kms(PROD, IRELAND, rotates=day < 4),
        **_trail(logs=day not in (5, 6)),
        **({f"{VIRGINIA}/ec2.DescribeSecurityGroups": _DENIED} if denied else {}),
        **({f"{IRELAND}/kms.GetKeyRotationStatus": _KMS_DENIED} if day == 4 else {}),
    }


def _carol(day: int) -> list[str]:
    return ["carol"] if day in (3, 4, 5) or day >= 9 else []


def _stage(day: int) -> Answers:
    return {
        **_iam(STAGE, ["alice"], day),
        **_region(STAGE, IRELAND, "sg-0e5f4d3c2b1a09876", "default", []),
    }


def _region(account: str, region: str, group: str, name: str, rules: list[Answer]) -> Answers:
    security_group = {
        "GroupId": group,
        "GroupName": name,
        "OwnerId": account,
        "VpcId": "vpc-01234567",
        "Description": name,
        "IpPermissions": rules,
        "IpPermissionsEgress": [],
        "Tags": [],
    }
    return {
        f"{region}/ec2.DescribeSecurityGroups": {"SecurityGroups": [security_group]},
        f"{region}/kms.ListKeys": {"Keys": []},
        f"{region}/kms.ListAliases": {"Aliases": []},
        f"{region}/cloudtrail.DescribeTrails": {"trailList": []},
    }


def _rule(port: int) -> Answer:
    return {
        "IpProtocol": "tcp",
        "FromPort": port,
        "ToPort": port,
        "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
        "Ipv6Ranges": [],
        "PrefixListIds": [],
        "UserIdGroupPairs": [],
    }


def _kms(account: str, region: str, *, rotates: bool) -> Answers:
    arn = f"arn:aws:kms:{region}:{account}:key/{KEY}"
    owner = {"AWS": f"arn:aws:iam::{account}:root"}
    statement = {"Effect": "Allow", "Principal": owner, "Action": "kms:*", "Resource": "*"}
    metadata = {
        "KeyId": KEY,
        "Arn": arn,
        "Enabled": True,
        "KeyState": "Enabled",
        "KeyManager": "CUSTOMER",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "Origin": "AWS_KMS",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return {
        f"{region}/kms.ListKeys": {"Keys": [{"KeyId": KEY, "KeyArn": arn}]},
        f"{region}/kms.ListAliases": {
            "Aliases": [
                {
                    "AliasName": "alias/orders",
                    "AliasArn": f"arn:aws:kms:{region}:{account}:alias/orders",
                    "TargetKeyId": KEY,
                }
            ]
        },
        f"{region}/kms.DescribeKey": {"KeyMetadata": metadata},
        f"{region}/kms.GetKeyRotationStatus": {"KeyRotationEnabled": rotates, "KeyId": KEY},
        f"{region}/kms.GetKeyPolicy": {"Policy": document},
        f"{region}/kms.ListResourceTags": {"Tags": []},
        f"{region}/kms.ListKeyRotations": {"Rotations": []},
        f"{region}/kms.ListGrants": {"Grants": []},
    }


def _trail(*, logs: bool) -> Answers:
    trail = {
        "Name": "main",
        "S3BucketName": "logs",
        "TrailARN": TRAIL,
        "HomeRegion": VIRGINIA,
        "IsMultiRegionTrail": True,
        "IncludeGlobalServiceEvents": True,
        "LogFileValidationEnabled": True,
    }
    selector = {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}
    return {
        f"{VIRGINIA}/cloudtrail.DescribeTrails": {"trailList": [trail]},
        f"{VIRGINIA}/cloudtrail.GetTrailStatus": {"IsLogging": logs},
        f"{VIRGINIA}/cloudtrail.GetEventSelectors": {
            "TrailARN": TRAIL,
            "EventSelectors": [selector],
        },
        f"{VIRGINIA}/cloudtrail.GetInsightSelectors": {
            "Error": {"Code": "InsightNotEnabledException", "Message": "not enabled"},
            "HTTPStatusCode": 400,
        },
    }


def _iam(account: str, names: list[str], day: int) -> Answers:
    users = [_user(account, name, day) for name in names]
    about = ("user", "arn", "user_creation_time", "password_enabled", "mfa_active")
    header = (*about, "access_key_1_active")
    root = ("<root_account>", f"arn:aws:iam::{account}:root", "2020-01-01T00:00:00Z")
    rows = [
        header,
        (*root, "false", "true", "false"),
        *((u["UserName"], u["Arn"], u["CreateDate"], "true", "true", "false") for u in users),
    ]
    report = "\n".join(",".join(row) for row in rows).encode()
    return {
        "aws-global/iam.GetAccountAuthorizationDetails": {
            "UserDetailList": users,
            "GroupDetailList": [],
            "RoleDetailList": [],
            "Policies": [],
        },
        "aws-global/iam.GetAccountSummary": {
            "SummaryMap": {
                "Users": len(users),
                "MFADevicesInUse": len(users) + 1,
                "AccountMFAEnabled": 1,
                "AccountAccessKeysPresent": 0,
            }
        },
        "aws-global/iam.ListVirtualMFADevices": {
            "VirtualMFADevices": [
                {
                    "SerialNumber": f"arn:aws:iam::{account}:mfa/{user['UserName']}",
                    "User": {"Arn": user["Arn"]},
                    "EnableDate": "2025-06-01T00:00:00Z",
                }
                for user in users
            ]
        },
        "aws-global/iam.GenerateCredentialReport": {"State": "COMPLETE"},
        "aws-global/iam.GetCredentialReport": {
            "Content": {"$bytes": base64.b64encode(report).decode()},
            "ReportFormat": "text/csv",
            "GeneratedTime": text(at(day, HOUR - 1)),
        },
        "aws-global/s3control.GetPublicAccessBlock": {
            "PublicAccessBlockConfiguration": dict.fromkeys(
                (
                    "BlockPublicAcls",
                    "IgnorePublicAcls",
                    "BlockPublicPolicy",
                    "RestrictPublicBuckets",
                ),
                True,
            )
        },
    }


def _user(account: str, name: str, day: int) -> Answer:
    again = name == "carol" and day >= 9
    return {
        "UserName": name,
        "UserId": f"AIDA{name.upper():X<16}{'2' if again else '1'}",
        "Arn": f"arn:aws:iam::{account}:user/{name}",
        "Path": "/",
        "CreateDate": "2026-03-08T12:00:00Z" if again else "2025-06-01T00:00:00Z",
        "GroupList": ["developers"],
        "AttachedManagedPolicies": [],
        "Tags": [],
    }
