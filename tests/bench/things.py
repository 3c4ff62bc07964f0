"""What AWS answers for made-up keys, trails and accounts; users and groups are beside this.

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
FLAGS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
HEX = "0123456789abcdef"
OUTSIDER = "arn:aws:iam::999900001111:root"
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


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


def new_key(rng: random.Random, account: str, region: str, made: datetime) -> Thing:
    """Return a symmetric key of the customer's, with its details."""
    name = "-".join(some(rng, HEX, n) for n in (8, 4, 4, 4, 12))
    arn = f"arn:aws:kms:{region}:{account}:key/{name}"
    alias = f"alias/key-{some(rng, HEX, 8)}"
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
    name = f"trail-{some(rng, HEX, 6)}"
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
    """Return the account's public access block, which leaves the last switch to the buckets."""
    scope = Scope(account, GLOBAL_REGION, "s3.account_pab")
    return Thing(scope, {**dict.fromkeys(FLAGS, True), FLAGS[-1]: False})
