"""What AWS answers for made-up resources: users with their credential rows, groups, keys, trails.

Shapes are those of the answers after the details are merged in; ids are drawn from the given generator,
so that the same seed gives the same estate.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from driftkeeper.collect.body import key_of
from driftkeeper.collect.catalog import evidence_types
from driftkeeper.domain.canonical import timestamp
from driftkeeper.domain.types import GLOBAL_REGION, Scope

Item = dict[str, Any]

START = datetime(2026, 1, 1, 3, 0, tzinfo=UTC)
PORTS = (22, 443, 1433, 3306, 3389, 5432, 6379, 8443, 9200, 27017)
EVERYWHERE = "0.0.0.0/0"
HALVES = ("0.0.0.0/1", "128.0.0.0/1")
OFFICES = tuple(f"10.{n}.{m}.0/24" for n in range(16) for m in range(16))
PARTNERS = tuple(f"52.94.{n}.0/24" for n in range(16))
POLICIES = ("ReadOnlyAccess", "SecurityAudit", "AmazonS3FullAccess", "AWSSupportAccess")
GROUPS = ("admins", "auditors", "billing", "developers", "operators", "support")
BOUNDARY = "arn:aws:iam::aws:policy/PowerUserAccess"
FLAGS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")

_HEX = "0123456789abcdef"
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_LONG_AGO = timedelta(days=200)


@dataclass(eq=False)
class Thing:
    """One resource as AWS would answer it; a user and its row in the credential report are twins."""

    scope: Scope
    item: Item
    twin: Thing | None = None
    key: str = field(init=False)

    def __post_init__(self) -> None:
        spec = evidence_types()[self.scope.evidence]
        self.key = key_of(spec, self.scope, "aws", self.item)


def some(rng: random.Random, alphabet: str, length: int) -> str:
    """Return random text of that length."""
    return "".join(rng.choices(alphabet, k=length))


def a_while_ago(rng: random.Random) -> datetime:
    """Return a whole second in the two years before the start."""
    return START - timedelta(seconds=rng.randrange(86_400, 730 * 86_400))


def tags(rng: random.Random, prefix: str = "") -> list[Item]:
    """Return three or four tags, in the spelling of the service (KMS says TagKey)."""
    names = ("team", "stage", "cost-center", "data-class")[: rng.randint(3, 4)]
    return [{f"{prefix}Key": n, f"{prefix}Value": f"{n}-{rng.randrange(20)}"} for n in names]


# ---- users ----------------------------------------------------------------------------------


def new_user(rng: random.Random, account: str, number: int, made: datetime) -> Thing:
    """Return a user, with its row of the credential report as its twin."""
    name, has_mfa = f"user-{number:05}", rng.random() < 0.9
    arn = f"arn:aws:iam::{account}:user/{name}"
    item: Item = {
        "Path": "/",
        "UserName": name,
        "UserId": f"AIDA{some(rng, _BASE32, 17)}",
        "Arn": arn,
        "CreateDate": timestamp(made),
        "GroupList": rng.sample(GROUPS, rng.randint(1, 3)),
        "AttachedManagedPolicies": [
            attached(policy) for policy in rng.sample(POLICIES, rng.randint(0, 2))
        ],
        "UserPolicyList": [],
        "Tags": tags(rng),
        "VirtualMFADevices": [device(account, name, made)] if has_mfa else [],
        "MFADevices": [],
    }
    if rng.random() < 0.3:
        item["UserPolicyList"].append(
            {"PolicyName": "own", "PolicyDocument": inline_policy(rng, account)}
        )
    user = Thing(Scope(account, GLOBAL_REGION, "iam.user"), item)
    user.twin = _row(rng, account, name, arn, made, has_mfa=has_mfa)
    user.twin.twin = user
    return user


def _row(
    rng: random.Random, account: str, name: str, arn: str, made: datetime, *, has_mfa: bool
) -> Thing:
    has_password, is_dormant = rng.random() < 0.8, rng.random() < 0.05
    used = (START - _LONG_AGO if is_dormant else START - timedelta(days=1)).replace(second=7)
    used = max(used, made)
    row: Item = {
        "user": name,
        "arn": arn,
        "user_creation_time": timestamp(made),
        "password_enabled": has_password,
        "password_last_used": timestamp(used) if has_password else None,
        "password_last_changed": timestamp(made) if has_password else None,
        "mfa_active": has_mfa,
        "keys": [
            access_key(made + timedelta(seconds=n), used) for n in range(rng.choice((0, 1, 1, 2)))
        ],
    }
    return Thing(Scope(account, GLOBAL_REGION, "iam.credential"), row)


def root_row(account: str) -> Thing:
    """Return the root user's row of the credential report."""
    made = timestamp(START - timedelta(days=900))
    row: Item = {
        "user": "<root_account>",
        "arn": f"arn:aws:iam::{account}:root",
        "user_creation_time": made,
        "password_enabled": None,
        "password_last_used": made,
        "password_last_changed": None,
        "mfa_active": True,
        "keys": [],
    }
    return Thing(Scope(account, GLOBAL_REGION, "iam.credential"), row)


def access_key(made: datetime, used: datetime | None) -> Item:
    """Return one key of a row, told apart by when it was made."""
    return {
        "active": True,
        "last_rotated": timestamp(made),
        "last_used_date": None if used is None else timestamp(used),
        "last_used_region": None if used is None else "eu-west-1",
        "last_used_service": None if used is None else "s3",
    }


def device(account: str, name: str, made: datetime) -> Item:
    """Return a virtual MFA device as its listing answers it."""
    return {
        "SerialNumber": f"arn:aws:iam::{account}:mfa/{name}",
        "EnableDate": timestamp(made),
        "User": {"UserName": name, "Arn": f"arn:aws:iam::{account}:user/{name}"},
    }


def attached(policy: str) -> Item:
    """Return an attached policy of AWS's own."""
    return {"PolicyName": policy, "PolicyArn": f"arn:aws:iam::aws:policy/{policy}"}


def inline_policy(rng: random.Random, account: str) -> Item:
    """Return a policy of two statements, as botocore decodes it."""
    bucket = f"arn:aws:s3:::data-{account}-{rng.randrange(50)}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:ListBucket", "s3:PutObject"],
                "Resource": [bucket, f"{bucket}/*"],
            },
            {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"},
        ],
    }


# ---- security groups ------------------------------------------------------------------------


def new_group(rng: random.Random, account: str, region: str) -> Thing:
    """Return a security group of some rules for some ports, and the usual rule outbound."""
    rules = [_some_rule(rng, account, port) for port in rng.sample(PORTS, rng.randint(1, 5))]
    item: Item = {
        "OwnerId": account,
        "GroupId": f"sg-{some(rng, _HEX, 17)}",
        "GroupName": f"group-{some(rng, _HEX, 6)}",
        "Description": "made by terraform",
        "VpcId": f"vpc-{some(rng, _HEX, 17)}",
        "IpPermissions": rules,
        "IpPermissionsEgress": [outbound()],
        "Tags": tags(rng),
    }
    return Thing(Scope(account, region, "ec2.security_group"), item)


def _some_rule(rng: random.Random, account: str, port: int) -> Item:
    found = rule(port)
    found["IpRanges"] += [
        {"CidrIp": cidr, "Description": "office"} for cidr in rng.sample(OFFICES, rng.randint(1, 4))
    ]
    if port == 443 and rng.random() < 0.5:
        found["IpRanges"].append({"CidrIp": EVERYWHERE})
    elif rng.random() < 0.2:
        found["IpRanges"].append({"CidrIp": rng.choice(PARTNERS)})
    if rng.random() < 0.3:
        found["UserIdGroupPairs"].append(group_pair(rng, account))
    return found


def rule(port: int) -> Item:
    """Return a rule for one TCP port that lets in nobody yet."""
    return {
        "IpProtocol": "tcp",
        "FromPort": port,
        "ToPort": port,
        "IpRanges": [],
        "Ipv6Ranges": [],
        "PrefixListIds": [],
        "UserIdGroupPairs": [],
    }


def outbound() -> Item:
    """Return the rule that lets everything out."""
    return {
        "IpProtocol": "-1",
        "IpRanges": [{"CidrIp": EVERYWHERE}],
        "Ipv6Ranges": [],
        "PrefixListIds": [],
        "UserIdGroupPairs": [],
    }


def group_pair(rng: random.Random, account: str) -> Item:
    """Return a reference to a group of the same account."""
    return {"UserId": account, "GroupId": f"sg-{some(rng, _HEX, 17)}"}


# ---- keys, trails, the account ---------------------------------------------------------------


def new_key(rng: random.Random, account: str, region: str, made: datetime) -> Thing:
    """Return a symmetric key of the customer's, with its details."""
    name = "-".join(some(rng, _HEX, n) for n in (8, 4, 4, 4, 12))
    arn = f"arn:aws:kms:{region}:{account}:key/{name}"
    alias = f"alias/key-{some(rng, _HEX, 8)}"
    item: Item = {
        "KeyId": name,
        "KeyArn": arn,
        "Aliases": [
            {
                "AliasName": alias,
                "AliasArn": f"arn:aws:kms:{region}:{account}:{alias}",
                "TargetKeyId": name,
                "CreationDate": timestamp(made),
                "LastUpdatedDate": timestamp(made),
            }
        ],
        "KeyMetadata": {
            "AWSAccountId": account,
            "KeyId": name,
            "Arn": arn,
            "CreationDate": timestamp(made),
            "Enabled": True,
            "Description": "made by terraform",
            "KeyUsage": "ENCRYPT_DECRYPT",
            "KeyState": "Enabled",
            "Origin": "AWS_KMS",
            "KeyManager": "CUSTOMER",
            "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
            "KeySpec": "SYMMETRIC_DEFAULT",
            "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
            "MultiRegion": False,
        },
        "Rotation": rotation(name, on=True),
        "Policy": json.dumps(key_policy(rng, account)),
        "Tags": tags(rng, "Tag"),
    }
    return Thing(Scope(account, region, "kms.key"), item)


def rotation(name: str, *, on: bool) -> Item:
    """Return what KMS answers of a key's rotation."""
    when: Item = {"RotationPeriodInDays": 365, "NextRotationDate": "2026-12-01T00:00:00Z"}
    return {"KeyId": name, "KeyRotationEnabled": on, **(when if on else {})}


def key_policy(rng: random.Random, account: str) -> Item:
    """Return the usual key policy: the account administers, some roles use."""
    users = [f"arn:aws:iam::{account}:role/app-{n}" for n in rng.sample(range(40), 3)]
    return {
        "Version": "2012-10-17",
        "Id": "key-default-1",
        "Statement": [
            {
                "Sid": "Administer",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                "Action": ["kms:Create*", "kms:Describe*", "kms:Put*", "kms:ScheduleKeyDeletion"],
                "Resource": "*",
            },
            {
                "Sid": "Use",
                "Effect": "Allow",
                "Principal": {"AWS": users},
                "Action": ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*"],
                "Resource": "*",
            },
        ],
    }


def new_trail(rng: random.Random, account: str, region: str) -> Thing:
    """Return a trail that logs, with validation, a key, and two advanced selectors."""
    name = f"trail-{some(rng, _HEX, 6)}"
    item: Item = {
        "Name": name,
        "S3BucketName": f"logs-{account}",
        "IncludeGlobalServiceEvents": True,
        "IsMultiRegionTrail": True,
        "HomeRegion": region,
        "TrailARN": f"arn:aws:cloudtrail:{region}:{account}:trail/{name}",
        "LogFileValidationEnabled": True,
        "KmsKeyId": f"arn:aws:kms:{region}:{account}:alias/trails",
        "HasCustomEventSelectors": True,
        "HasInsightSelectors": False,
        "IsOrganizationTrail": False,
        "Status": {
            "IsLogging": True,
            "StartLoggingTime": timestamp(a_while_ago(rng)),
            "LatestDeliveryTime": timestamp(START),
        },
        "Selectors": {"EventSelectors": [selector("All"), selector("WriteOnly", functions=True)]},
        "Insights": {"InsightSelectors": []},
    }
    return Thing(Scope(account, region, "cloudtrail.trail"), item)


def selector(kind: str, *, functions: bool = False) -> Item:
    """Return an event selector for management events, or for calls of any function too."""
    data = [{"Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"]}] if functions else []
    return {
        "ReadWriteType": kind,
        "IncludeManagementEvents": not functions,
        "DataResources": data,
        "ExcludeManagementEventSources": [],
    }


def new_block(account: str) -> Thing:
    """Return the account's public access block, all of it on."""
    scope = Scope(account, GLOBAL_REGION, "s3.account_pab")
    return Thing(scope, dict.fromkeys(FLAGS, True))
