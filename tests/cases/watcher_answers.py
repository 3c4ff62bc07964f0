"""What Access Analyzer and GuardDuty answer: one answer of each evidence type, and how to make others."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from driftkeeper.collect.spec import Item
from tests.aws import ACCOUNT, REGION

OTHER_ACCOUNT = "999988887777"

ANALYZER: Item = {
    "arn": f"arn:aws:access-analyzer:{REGION}:{ACCOUNT}:analyzer/outside",
    "name": "outside",
    "type": "ACCOUNT",
    "createdAt": "2025-01-01T00:00:00Z",
    "lastResourceAnalyzed": "arn:aws:s3:::acme-orders",
    "lastResourceAnalyzedAt": "2026-03-01T02:50:00Z",
    "tags": {"team": "security"},
    "status": "ACTIVE",
    "Analyzer": None,
    "Statistics": {
        "findingsStatistics": [
            {
                "externalAccessFindingsStatistics": {
                    "resourceTypeStatistics": {"AWS::S3::Bucket": {"totalActivePublic": 1}},
                    "totalActiveFindings": 1,
                    "totalArchivedFindings": 0,
                    "totalResolvedFindings": 0,
                }
            }
        ],
        "lastUpdatedAt": "2026-03-01T02:55:00Z",
    },
}
UNUSED: Item = {
    **ANALYZER,
    "arn": f"arn:aws:access-analyzer:{REGION}:{ACCOUNT}:analyzer/unused",
    "name": "unused",
    "type": "ACCOUNT_UNUSED_ACCESS",
    "statusReason": {"code": "AWS_SERVICE_ACCESS_DISABLED"},
    "Analyzer": {
        "arn": f"arn:aws:access-analyzer:{REGION}:{ACCOUNT}:analyzer/unused",
        "configuration": {
            "unusedAccess": {
                "unusedAccessAge": 90,
                "analysisRule": {
                    "exclusions": [{"accountIds": [OTHER_ACCOUNT]}, {"resourceTags": [{"a": "b"}]}]
                },
            }
        },
    },
}
ARCHIVE_RULE: Item = {
    "_analyzer": ANALYZER,
    "ruleName": "partner",
    "filter": {"principal.AWS": {"eq": [OTHER_ACCOUNT, ACCOUNT]}, "isPublic": {"exists": True}},
    "createdAt": "2025-02-01T00:00:00Z",
    "updatedAt": "2025-02-01T00:00:00Z",
}
ACCESS: Item = {
    "id": "11111111-2222-3333-4444-555555555555",
    "analyzerArn": ANALYZER["arn"],
    "_type": "ACCOUNT",
    "findingType": "ExternalAccess",
    "principal": {"AWS": OTHER_ACCOUNT},
    "action": ["s3:GetObject", "s3:ListBucket"],
    "resource": "arn:aws:s3:::acme-orders",
    "isPublic": False,
    "resourceType": "AWS::S3::Bucket",
    "condition": {},
    "createdAt": "2026-02-01T00:00:00Z",
    "analyzedAt": "2026-03-01T02:50:00Z",
    "updatedAt": "2026-02-01T00:00:00Z",
    "status": "ACTIVE",
    "resourceOwnerAccount": ACCOUNT,
    "sources": [{"type": "POLICY"}],
    "findingDetails": None,
}
UNUSED_ACCESS: Item = {
    "id": "99999999-2222-3333-4444-555555555555",
    "analyzerArn": UNUSED["arn"],
    "_type": "ACCOUNT_UNUSED_ACCESS",
    "findingType": "UnusedPermission",
    "resource": f"arn:aws:iam::{ACCOUNT}:role/deploy",
    "resourceType": "AWS::IAM::Role",
    "createdAt": "2026-02-01T00:00:00Z",
    "analyzedAt": "2026-03-01T02:50:00Z",
    "updatedAt": "2026-02-01T00:00:00Z",
    "status": "ACTIVE",
    "resourceOwnerAccount": ACCOUNT,
    "findingDetails": [
        {
            "unusedPermissionDetails": {
                "serviceNamespace": "sqs",
                "actions": [{"action": "SendMessage", "lastAccessed": "2025-01-01T00:00:00Z"}],
                "lastAccessed": "2025-01-01T00:00:00Z",
            }
        }
    ],
}


def feature(name: str, status: str = "ENABLED", **parts: str) -> Item:
    """One feature of a detector with its additional configuration."""
    more = [{"Name": part, "Status": value} for part, value in parts.items()]
    found: Item = {"Name": name, "Status": status, "UpdatedAt": "2025-01-01T00:00:00Z"}
    return {**found, "AdditionalConfiguration": more} if more else found


FEATURES = [
    feature("CLOUD_TRAIL"),
    feature("DNS_LOGS"),
    feature("S3_DATA_EVENTS"),
    feature("RUNTIME_MONITORING", EC2_AGENT_MANAGEMENT="ENABLED"),
]
DETECTOR: Item = {
    "DetectorId": "12abc34d567e8fa901bc2d34e56789f0",
    "CreatedAt": "2025-01-01T00:00:00.000Z",
    "UpdatedAt": "2025-01-01T00:00:00.000Z",
    "FindingPublishingFrequency": "ONE_HOUR",
    "ServiceRole": f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/AWSServiceRoleForAmazonGuardDuty",
    "Status": "ENABLED",
    "DataSources": {"CloudTrail": {"Status": "ENABLED"}},
    "Tags": {"team": "security"},
    "Features": FEATURES,
    "Administrator": {},
    "Statistics": {"GroupedBySeverity": [{"Severity": "8", "TotalFindings": 1}]},
}
NO_DETECTOR: Item = {"Status": "ABSENT", "Administrator": None, "Statistics": None}
"""What the collector says of a region without a detector."""

FILTER: Item = {
    "DetectorId": DETECTOR["DetectorId"],
    "FilterName": "scanner",
    "Filter": {
        "Name": "scanner",
        "Description": "our own scanner",
        "Action": "ARCHIVE",
        "Rank": 1,
        "FindingCriteria": {
            "Criterion": {
                "severity": {"LessThan": 7},
                "type": {"Equals": ["Recon:EC2/Portscan", "Recon:EC2/PortProbeUnprotectedPort"]},
            }
        },
        "CreatedAt": "2025-01-01T00:00:00Z",
        "UpdatedAt": "2025-01-01T00:00:00Z",
        "Version": 1,
    },
}
THREAT: Item = {
    "DetectorId": DETECTOR["DetectorId"],
    "Id": "a0b1c2d3",
    "Archived": False,
    "_changed": True,
    "Finding": {
        "AccountId": ACCOUNT,
        "Arn": f"arn:aws:guardduty:{REGION}:{ACCOUNT}:detector/12ab/finding/a0b1c2d3",
        "Confidence": "5",
        "CreatedAt": "2026-02-20T10:00:00.000Z",
        "UpdatedAt": "2026-02-28T10:00:00.000Z",
        "Description": "API GetObject was invoked from a known malicious IP address.",
        "Id": "a0b1c2d3",
        "Partition": "aws",
        "Region": REGION,
        "Resource": {
            "ResourceType": "AccessKey",
            "AccessKeyDetails": {
                "AccessKeyId": "AKIAEXAMPLE",
                "UserName": "alice",
                "UserType": "IAMUser",
            },
        },
        "SchemaVersion": "2.0",
        "Service": {
            "Action": {"ActionType": "AWS_API_CALL"},
            "Archived": False,
            "Count": 3,
            "DetectorId": "12ab",
            "EventFirstSeen": "2026-02-20T09:00:00.000Z",
            "EventLastSeen": "2026-02-28T09:00:00.000Z",
            "ResourceRole": "TARGET",
            "ServiceName": "guardduty",
            "AdditionalInfo": {"Value": '{"threatListName":"list"}', "Type": "default"},
        },
        "Severity": "8",
        "Title": "Calls from a malicious IP address.",
        "Type": "UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom",
    },
}


def altered(answer: Item, edits: Mapping[str, Any] | None = None, /, **fields: Any) -> Item:
    """Return a copy of the answer with a value put at each dotted path and in each field."""
    result = copy.deepcopy(answer)
    for path, value in {**(edits or {}), **fields}.items():
        *parents, last = path.split(".")
        place = result
        for name in parents:
            place = place[name]
        place[last] = value
    return result


SAMPLES: Mapping[str, Item] = {
    "accessanalyzer.analyzer": UNUSED,
    "accessanalyzer.archive_rule": ARCHIVE_RULE,
    "accessanalyzer.finding": {**ACCESS, "findingDetails": UNUSED_ACCESS["findingDetails"]},
    "guardduty.detector": DETECTOR,
    "guardduty.filter": FILTER,
    "guardduty.finding": THREAT,
}
"""One answer per evidence type with something in every part of it."""
