"""What AWS answers about one resource of each evidence type, and how to make other answers of it.

An answer is what the collector hands to `make_body`: the item of the listing with its details merged in.
Each function takes edits, `{dotted path: value}`; the value `GONE` takes the field away.
"""

from __future__ import annotations

import base64
import copy
import csv
import io
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from driftkeeper.collect.evidence.ec2_security_group_rule import rule_name
from driftkeeper.collect.evidence.iam_credential import report_rows
from driftkeeper.collect.spec import Asker, Call, Item
from driftkeeper.domain.clock import Clock
from tests.cases import border_answers, context_answers, watcher_answers

ACCOUNT = "111122223333"
OTHER_ACCOUNT = "999988887777"
REGION = "eu-west-1"
SINCE = datetime(2026, 3, 1, 3, tzinfo=UTC)
"""When the scope was last listed completely before."""

AS_OF = datetime(2026, 3, 2, 3, tzinfo=UTC)
GONE: Any = object()

Edits = Mapping[str, Any]


def edited(answer: Item, edits: Edits) -> Item:
    """Return a copy of the answer with a value put at each dotted path."""
    result = copy.deepcopy(answer)
    for path, value in edits.items():
        *parents, last = path.split(".")
        place = result
        for name in parents:
            place = place[name]
        if value is GONE:
            del place[last]
        else:
            place[last] = value
    return result


# ---- CloudTrail ---------------------------------------------------------------------------------

ALL_MANAGEMENT: Item = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}

TRAIL: Item = {
    "Name": "main",
    "S3BucketName": "acme-trail",
    "IncludeGlobalServiceEvents": True,
    "IsMultiRegionTrail": True,
    "HomeRegion": REGION,
    "TrailARN": f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/main",
    "LogFileValidationEnabled": True,
    "CloudWatchLogsLogGroupArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:trail:*",
    "CloudWatchLogsRoleArn": f"arn:aws:iam::{ACCOUNT}:role/trail",
    "KmsKeyId": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1111",
    "HasCustomEventSelectors": False,
    "HasInsightSelectors": False,
    "IsOrganizationTrail": False,
    "Status": {
        "IsLogging": True,
        "LatestDeliveryTime": "2026-03-01T02:55:00Z",
        "StartLoggingTime": "2025-01-01T00:00:00Z",
        "LatestDeliveryAttemptTime": "2026-03-01T02:55:00Z",
        "TimeLoggingStarted": "2025-01-01T00:00:00Z",
    },
    "Selectors": {
        "TrailARN": f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/main",
        "EventSelectors": [ALL_MANAGEMENT],
    },
    "Insights": {"InsightSelectors": []},
}


def trail(edits: Edits | None = None) -> Item:
    """One trail as `DescribeTrails`, `GetTrailStatus` and `Get…Selectors` answer it."""
    return edited(TRAIL, edits or {})


DIGEST: Item = {
    "TrailARN": TRAIL["TrailARN"],
    "Name": "main",
    "Digests": {
        "Invalid": 0,
        "Missing": 0,
        "LogsWrong": 0,
        "Wrong": [],
        "Gaps": [],
        "Valid": 26,
        "LogsValid": 5,
        "LogsUnread": 0,
        "Backfill": 0,
        "From": "2026-02-28T01:00:00Z",
        "Until": "2026-03-01T02:00:00Z",
        "PublicKeys": ["aa"],
    },
}


def digest(edits: Edits | None = None) -> Item:
    """What the digests of one trail were found to be worth."""
    return edited(DIGEST, edits or {})


def basic(**fields: Any) -> list[Item]:
    """One basic event selector, as a list."""
    return [{**ALL_MANAGEMENT, **fields}]


def advanced(name: str, **fields: Any) -> Item:
    """One advanced event selector: `field=[values]` for equality, or `field={operator: [values]}`."""
    return {
        "Name": name,
        "FieldSelectors": [
            {
                "Field": field.replace("__", "."),
                **(how if isinstance(how, dict) else {"Equals": how}),
            }
            for field, how in fields.items()
        ],
    }


# ---- EC2 ----------------------------------------------------------------------------------------

GROUP: Item = {
    "GroupId": "sg-0a1b2c3d",
    "GroupName": "web",
    "Description": "web servers",
    "OwnerId": ACCOUNT,
    "VpcId": "vpc-1",
    "Tags": [{"Key": "Name", "Value": "web"}, {"Key": "team", "Value": "shop"}],
    "IpPermissions": [],
    "IpPermissionsEgress": [],
}


def group(*ingress: Item, egress: tuple[Item, ...] = (), edits: Edits | None = None) -> Item:
    """One security group as `DescribeSecurityGroups` answers it, with these rules."""
    rules = {"IpPermissions": [*ingress], "IpPermissionsEgress": [*egress]}
    return edited({**GROUP, **rules}, edits or {})


def allow(
    protocol: str,
    ports: tuple[int, int] | int | None,
    *sources: str | Item,
) -> Item:
    """One `IpPermission`: sources are CIDRs, prefix list ids, or whole group references."""
    first, last = ports if isinstance(ports, tuple) else (ports, ports)
    return {
        "IpProtocol": protocol,
        **({} if first is None else {"FromPort": first, "ToPort": last}),
        "IpRanges": [{"CidrIp": s} for s in sources if isinstance(s, str) and "." in s],
        "Ipv6Ranges": [{"CidrIpv6": s} for s in sources if isinstance(s, str) and ":" in s],
        "PrefixListIds": [
            {"PrefixListId": s} for s in sources if isinstance(s, str) and s.startswith("pl-")
        ],
        "UserIdGroupPairs": [s for s in sources if isinstance(s, dict)],
    }


def rule(edits: Edits | None = None) -> Item:
    """One rule as `DescribeSecurityGroupRules` answers it, named by the collector."""
    row = {
        "SecurityGroupRuleId": "sgr-1",
        "GroupId": GROUP["GroupId"],
        "GroupOwnerId": ACCOUNT,
        "IsEgress": False,
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "CidrIpv4": "10.0.0.0/8",
        "Description": "shop",
        "Tags": [{"Key": "team", "Value": "shop"}],
    }
    whole = edited(row, edits or {})
    return {**whole, "Rule": rule_name(whole)}


# ---- IAM ----------------------------------------------------------------------------------------

REPORT_ROW = {
    "user": "alice",
    "arn": f"arn:aws:iam::{ACCOUNT}:user/alice",
    "user_creation_time": "2024-05-01T10:00:00Z",
    "password_enabled": "true",
    "password_last_used": "2026-02-27T09:00:00Z",
    "password_last_changed": "2026-01-01T00:00:00Z",
    "password_next_rotation": "2026-04-01T00:00:00Z",
    "mfa_active": "true",
    "access_key_1_active": "false",
    "access_key_1_last_rotated": "N/A",
    "access_key_1_last_used_date": "N/A",
    "access_key_1_last_used_region": "N/A",
    "access_key_1_last_used_service": "N/A",
    "access_key_2_active": "false",
    "access_key_2_last_rotated": "N/A",
    "access_key_2_last_used_date": "N/A",
    "access_key_2_last_used_region": "N/A",
    "access_key_2_last_used_service": "N/A",
    "cert_1_active": "false",
    "cert_1_last_rotated": "N/A",
    "cert_2_active": "false",
    "cert_2_last_rotated": "N/A",
}
ROOT_ROW = {
    **REPORT_ROW,
    "user": "<root_account>",
    "arn": f"arn:aws:iam::{ACCOUNT}:root",
    "user_creation_time": "2020-01-01T00:00:00Z",
    "password_last_used": "2025-11-01T09:00:00Z",
    "password_next_rotation": "not_supported",
}


class _Report:
    """Answers the two calls of the credential report with one row."""

    clock: Clock

    def __init__(self, row: Mapping[str, str]) -> None:
        file = io.StringIO()
        writer = csv.DictWriter(file, list(row), lineterminator="\n")
        writer.writeheader()
        writer.writerow(row)
        self._content = {"$bytes": base64.b64encode(file.getvalue().encode()).decode()}

    def once(self, name: str, make: Callable[[Any], Any]) -> Any:
        return make(self)

    def value(self, call: Call, item: Item | None = None) -> Any:
        if call.operation == "generate_credential_report":
            return {"State": "COMPLETE"}
        return {"Content": self._content, "GeneratedTime": "2026-03-01T03:00:00Z"}


def _row(row: Mapping[str, str]) -> Item:
    (item,) = report_rows(cast(Asker, _Report(row)))
    del item["GeneratedTime"]
    return item


def credential(**columns: str) -> Item:
    """One row of the credential report, read as the collector reads it."""
    return _row({**REPORT_ROW, **columns})


def root(**columns: str) -> Item:
    """The row of the root user, likewise."""
    return _row({**ROOT_ROW, **columns})


def key(slot: int, made: str, active: str = "true", used: str = "N/A") -> dict[str, str]:
    """The columns of an access key in one of the two slots of the report."""
    return {
        f"access_key_{slot}_active": active,
        f"access_key_{slot}_last_rotated": made,
        f"access_key_{slot}_last_used_date": used,
    }


def document(*statements: Item, version: str = "2012-10-17") -> Item:
    """A policy document."""
    return {"Version": version, "Statement": [*statements]}


def statement(action: Any, resource: Any = "*", effect: str = "Allow", **more: Any) -> Item:
    """One statement of a policy document."""
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


READ = document(statement(["s3:GetObject", "s3:ListBucket"]))
READ_WRITE = document(statement(["s3:GetObject", "s3:ListBucket", "s3:PutObject"]))

USER: Item = {
    "Path": "/",
    "UserName": "alice",
    "UserId": "AIDAALICE",
    "Arn": f"arn:aws:iam::{ACCOUNT}:user/alice",
    "CreateDate": "2024-05-01T10:00:00Z",
    "GroupList": ["developers", "reviewers"],
    "AttachedManagedPolicies": [
        {"PolicyName": "ReadOnlyAccess", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    ],
    "UserPolicyList": [{"PolicyName": "inline", "PolicyDocument": READ}],
    "Tags": [{"Key": "team", "Value": "shop"}, {"Key": "cost", "Value": "42"}],
    "PermissionsBoundary": {
        "PermissionsBoundaryType": "Policy",
        "PermissionsBoundaryArn": f"arn:aws:iam::{ACCOUNT}:policy/boundary",
    },
    "MFADevices": [
        {
            "SerialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/alice",
            "Kind": "virtual",
            "EnableDate": "2024-05-01T10:10:00Z",
            "UserArn": f"arn:aws:iam::{ACCOUNT}:user/alice",
        }
    ],
}


def user(edits: Edits | None = None) -> Item:
    """One user as `GetAccountAuthorizationDetails` and the listings of MFA devices answer it."""
    return edited(USER, edits or {})


def virtual(name: str) -> Item:
    """A virtual MFA device."""
    return {
        "SerialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/{name}",
        "Kind": "virtual",
        "EnableDate": "2024-05-01T10:10:00Z",
    }


def hardware(serial: str) -> Item:
    """A hardware MFA device."""
    return {
        "SerialNumber": serial,
        "Kind": "hardware_or_fido",
        "EnableDate": "2024-05-01T10:10:00Z",
    }


ROLE: Item = {
    "Path": "/",
    "RoleName": "deploy",
    "RoleId": "AROADEPLOY",
    "Arn": f"arn:aws:iam::{ACCOUNT}:role/deploy",
    "CreateDate": "2024-05-01T10:00:00Z",
    "AssumeRolePolicyDocument": document(
        statement("sts:AssumeRole", Principal={"Service": "ec2.amazonaws.com"})
    ),
    "InstanceProfileList": [{"Arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/deploy"}],
    "AttachedManagedPolicies": USER["AttachedManagedPolicies"],
    "RolePolicyList": USER["UserPolicyList"],
    "PermissionsBoundary": USER["PermissionsBoundary"],
    "Tags": [{"Key": "team", "Value": "shop"}],
    "RoleLastUsed": {"LastUsedDate": "2026-02-28T00:00:00Z", "Region": REGION},
    "Settings": [
        {
            "Arn": f"arn:aws:iam::{ACCOUNT}:role/deploy",
            "Description": "deploys",
            "MaxSessionDuration": 3600,
        }
    ],
}
TEAM: Item = {
    "Path": "/",
    "GroupName": "developers",
    "GroupId": "AGPADEVELOPERS",
    "Arn": f"arn:aws:iam::{ACCOUNT}:group/developers",
    "CreateDate": "2024-05-01T10:00:00Z",
    "GroupPolicyList": USER["UserPolicyList"],
    "AttachedManagedPolicies": USER["AttachedManagedPolicies"],
}
POLICY: Item = {
    "PolicyName": "deploy",
    "PolicyId": "ANPADEPLOY",
    "Arn": f"arn:aws:iam::{ACCOUNT}:policy/deploy",
    "Path": "/",
    "DefaultVersionId": "v2",
    "AttachmentCount": 1,
    "PermissionsBoundaryUsageCount": 0,
    "IsAttachable": True,
    "CreateDate": "2024-05-01T10:00:00Z",
    "UpdateDate": "2025-05-01T10:00:00Z",
    "Owner": "customer",
    "Document": READ,
    "VersionCount": 2,
}
ACCESS_KEY: Item = {
    "UserName": "alice",
    "UserArn": f"arn:aws:iam::{ACCOUNT}:user/alice",
    "AccessKeyId": "AKIAALICE",
    "Status": "Active",
    "CreateDate": "2026-01-01T00:00:00Z",
    "LastUsed": {"Slot": "joined", "LastUsedDate": "2026-02-28T00:00:00Z", "Region": REGION},
}
MFA_DEVICE: Item = {
    **USER["MFADevices"][0],
    "_key": f"arn:aws:iam::{ACCOUNT}:mfa/alice",
}
SERVICE_CREDENTIAL: Item = {
    "UserName": "alice",
    "Status": "Active",
    "ServiceUserName": f"alice-at-{ACCOUNT}",
    "CreateDate": "2026-01-01T00:00:00Z",
    "ServiceSpecificCredentialId": "ACCAALICE",
    "ServiceName": "codecommit.amazonaws.com",
}
OIDC_PROVIDER: Item = {
    "Arn": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com",
    "Provider": {
        "Url": "token.actions.githubusercontent.com",
        "ClientIDList": ["sts.amazonaws.com"],
        "ThumbprintList": ["1b51", "6938"],
        "CreateDate": "2024-05-01T10:00:00Z",
        "Tags": [{"Key": "team", "Value": "shop"}],
    },
}
SAML_PROVIDER: Item = {
    "Arn": f"arn:aws:iam::{ACCOUNT}:saml-provider/directory",
    "ValidUntil": "2126-05-01T10:00:00Z",
    "CreateDate": "2024-05-01T10:00:00Z",
}
ROOT: Item = {
    "_user": "root",
    "AccountMFAEnabled": 1,
    "AccountAccessKeysPresent": 0,
    "AccountPasswordPresent": 1,
    "AccountSigningCertificatesPresent": 0,
    "Credentials": [
        {
            "_user": "root",
            "ActiveAccessKeys": 0,
            "AccessKeyLastUsed": None,
            "PasswordLastUsed": "2025-11-01T09:00:00Z",
            "PasswordLastChanged": "2024-05-01T10:00:00Z",
        }
    ],
    "MFA": [{"_user": "root", "Kind": "virtual", "Devices": [virtual("root")]}],
    "OrganizationsFeatures": None,
}
PASSWORD_POLICY: Item = {
    "MinimumPasswordLength": 14,
    "RequireSymbols": True,
    "AllowUsersToChangePassword": True,
    "MaxPasswordAge": 90,
}

# ---- KMS ----------------------------------------------------------------------------------------

OWNER = {
    "Sid": "Enable IAM policies",
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": "kms:*",
    "Resource": "*",
}
KEY_POLICY = document(OWNER)


def granted(principal: Any, action: Any = "kms:Decrypt", **more: Any) -> Item:
    """The key policy with one further statement that lets the principal do something."""
    return document(OWNER, statement(action, Principal=principal, **more))


KEY: Item = {
    "KeyId": "1234abcd",
    "KeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd",
    "Aliases": [
        {
            "AliasName": "alias/orders",
            "AliasArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/orders",
            "TargetKeyId": "1234abcd",
            "CreationDate": "2025-01-01T00:00:00Z",
            "LastUpdatedDate": "2025-01-01T00:00:00Z",
        }
    ],
    "KeyMetadata": {
        "AWSAccountId": ACCOUNT,
        "KeyId": "1234abcd",
        "Arn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd",
        "CreationDate": "2025-01-01T00:00:00Z",
        "Enabled": True,
        "Description": "orders",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": "Enabled",
        "Origin": "AWS_KMS",
        "KeyManager": "CUSTOMER",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
        "MultiRegion": False,
        "CurrentKeyMaterialId": "aaaa",
    },
    "Rotation": {
        "KeyRotationEnabled": True,
        "KeyId": "1234abcd",
        "RotationPeriodInDays": 365,
        "NextRotationDate": "2026-12-01T00:00:00Z",
    },
    "Policy": KEY_POLICY,
    "Tags": [{"TagKey": "team", "TagValue": "shop"}, {"TagKey": "cost", "TagValue": "42"}],
}


def kms_key(edits: Edits | None = None) -> Item:
    """One customer key as the KMS calls answer it."""
    return edited(KEY, edits or {})


def other_key(edits: Edits | None = None) -> Item:
    """Another customer key, without an alias."""
    other = {"KeyId": "5678efgh", "KeyArn": KEY["KeyArn"].replace("1234abcd", "5678efgh")}
    return edited({**KEY, **other, "Aliases": []}, edits or {})


ALIAS: Item = KEY["Aliases"][0]

# ---- S3 -----------------------------------------------------------------------------------------

PAB: Item = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
NO_PAB: Item = {"Configured": False, **dict.fromkeys(PAB, False)}
"""What the declaration says in place of `NoSuchPublicAccessBlockConfiguration`."""


def pab(**flags: bool) -> Item:
    """The account's public access block."""
    return {**PAB, **flags}


SAMPLES: Mapping[str, Item] = {
    **border_answers.SAMPLES,
    **context_answers.SAMPLES,
    **watcher_answers.SAMPLES,
    "cloudtrail.trail": TRAIL,
    "cloudtrail.digest": DIGEST,
    "ec2.security_group": group(
        allow("tcp", 443, "0.0.0.0/0", "::/0"),
        allow("tcp", (8000, 8100), "10.0.0.0/8", {"GroupId": "sg-2", "UserId": ACCOUNT}),
        egress=(allow("-1", None, "0.0.0.0/0"),),
    ),
    "iam.credential": credential(**key(1, "2026-01-01T00:00:00Z", used="2026-02-28T00:00:00Z")),
    "iam.access_key": ACCESS_KEY,
    "iam.group": TEAM,
    "iam.mfa_device": MFA_DEVICE,
    "iam.oidc_provider": OIDC_PROVIDER,
    "iam.password_policy": PASSWORD_POLICY,
    "iam.policy": POLICY,
    "iam.role": ROLE,
    "iam.root": ROOT,
    "iam.saml_provider": SAML_PROVIDER,
    "iam.service_specific_credential": SERVICE_CREDENTIAL,
    "iam.user": USER,
    "kms.key": KEY,
    "s3.account_pab": PAB,
}
"""One answer per evidence type with something in every part of it."""
