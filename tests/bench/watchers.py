"""What AWS answers for made-up findings, detectors and regions."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from driftkeeper.domain.canonical import timestamp
from driftkeeper.domain.types import GLOBAL_REGION, Scope
from tests.bench.things import HEX, START, Item, Thing, some

FEATURES = ("CLOUD_TRAIL", "DNS_LOGS", "FLOW_LOGS", "S3_DATA_EVENTS", "EKS_AUDIT_LOGS")
OPTIONAL_REGIONS = ("af-south-1", "ap-east-1", "eu-south-1", "me-south-1")
_TYPES = ("Recon:EC2/Portscan", "UnauthorizedAccess:IAMUser/ConsoleLogin", "Policy:S3/BucketPublic")
_LONG_AGO = timedelta(days=120)


def new_access(rng: random.Random, account: str, region: str, made: datetime) -> Thing:
    """Return a finding of Access Analyzer: another account may use a key."""
    item: Item = {
        "findingType": "ExternalAccess",
        "id": "-".join(some(rng, HEX, n) for n in (8, 4, 4, 4, 12)),
        "status": "ACTIVE",
        "resource": f"arn:aws:kms:{region}:{account}:key/{some(rng, HEX, 12)}",
        "resourceType": "AWS::KMS::Key",
        "resourceOwnerAccount": account,
        "principal": {"AWS": f"{rng.randrange(10**11, 10**12)}"},
        "action": ["kms:Decrypt", "kms:Encrypt"],
        "condition": {},
        "isPublic": False,
        "createdAt": timestamp(made),
        "analyzedAt": timestamp(made),
        "updatedAt": timestamp(made),
        "analyzerArn": f"arn:aws:access-analyzer:{region}:{account}:analyzer/outside",
        "_type": "ACCOUNT",
        "findingDetails": None,
    }
    return Thing(Scope(account, region, "accessanalyzer.finding"), item)


def new_threat(rng: random.Random, account: str, region: str, made: datetime) -> Thing:
    """Return a finding of GuardDuty."""
    name, detector = some(rng, HEX, 32), detector_of(account, region)
    arn = f"arn:aws:guardduty:{region}:{account}:detector/{detector}/finding/{name}"
    item: Item = {
        "DetectorId": detector,
        "Id": name,
        "Archived": False,
        "Finding": {
            "Id": name,
            "Arn": arn,
            "AccountId": account,
            "Region": region,
            "Partition": "aws",
            "Type": rng.choice(_TYPES),
            "Severity": rng.choice(("2.0", "5.0", "8.0")),
            "SchemaVersion": "2.0",
            "Title": "something unusual happened",
            "Description": "something unusual happened to an instance",
            "Resource": {
                "ResourceType": "Instance",
                "InstanceDetails": {"InstanceId": f"i-{some(rng, HEX, 17)}"},
            },
            "Service": {"Count": 1, "Archived": False, "EventLastSeen": timestamp(made)},
            "CreatedAt": timestamp(made),
            "UpdatedAt": timestamp(made),
        },
    }
    return Thing(Scope(account, region, "guardduty.finding"), item)


def old_threat(rng: random.Random, account: str, region: str) -> Thing:
    """Return a finding that was archived, and has been quiet for longer than AWS keeps one."""
    found = new_threat(rng, account, region, START - _LONG_AGO)
    found.item["Archived"] = True
    return found


def detector_of(account: str, region: str) -> str:
    """Return the id of the first detector of a region."""
    return f"{account}{region.replace('-', '')}"


def new_detector(account: str, region: str, made: datetime) -> Thing:
    """Return a detector that watches all there is."""
    at = timestamp(made)
    item: Item = {
        "DetectorId": detector_of(account, region),
        "Status": "ENABLED",
        "ServiceRole": f"arn:aws:iam::{account}:role/aws-service-role/guardduty",
        "FindingPublishingFrequency": "FIFTEEN_MINUTES",
        "CreatedAt": at,
        "UpdatedAt": at,
        "Features": [{"Name": name, "Status": "ENABLED", "UpdatedAt": at} for name in FEATURES],
        "Administrator": {"Administrator": {"AccountId": "999900001111", "InvitedAt": at}},
        "Statistics": {"GroupedBySeverity": [{"Severity": "5.0", "TotalFindings": 0}]},
    }
    return Thing(Scope(account, region, "guardduty.detector"), item)


def new_region(account: str, name: str, *, optional: bool) -> Thing:
    """Return a region, off if it has to be asked for."""
    status = "not-opted-in" if optional else "opt-in-not-required"
    scope = Scope(account, GLOBAL_REGION, "account.region")
    return Thing(scope, {"RegionName": name, "OptInStatus": status})
