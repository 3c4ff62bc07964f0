"""Answers of the healthy account with several elements in every list, so that there is an order to lose."""

from __future__ import annotations

from tests.journeys.days import Edits
from tests.journeys.report_answers import IAM, ROWS, TIME, Item, report
from tests.journeys.resource_answers import NETWORKS, PERMISSIONS, STORES, TRUST, tags

_ATTACHED = [
    {"PolicyName": name, "PolicyArn": f"arn:aws:iam::aws:policy/{name}"}
    for name in ("ReadOnlyAccess", "SecurityAudit", "AWSSupportAccess")
]
_INLINE = [{"PolicyName": name, "PolicyDocument": PERMISSIONS} for name in ("first", "second")]
_PROFILES: list[Item] = [
    {
        "Path": "/",
        "InstanceProfileName": name,
        "InstanceProfileId": f"AIPA{name.upper():X<17}",
        "Arn": f"{IAM}:instance-profile/{name}",
        "CreateDate": TIME,
        "Roles": [],
    }
    for name in ("web", "batch")
]


def _with_another_of_root(devices: list[Item]) -> list[Item]:
    return [*devices, {**devices[-1], "SerialNumber": f"{IAM}:mfa/root-too"}]


_IAM_ANSWERS: Edits = {
    "iam.GetAccountAuthorizationDetails": {
        "UserDetailList.*.GroupList": ["group0", "group1", "group2"],
        "UserDetailList.*.Tags": tags(),
        "UserDetailList.*.UserPolicyList": _INLINE,
        "GroupDetailList.*.GroupPolicyList": _INLINE,
        "RoleDetailList.*.RolePolicyList": _INLINE,
        "RoleDetailList.*.InstanceProfileList": _PROFILES,
        "RoleDetailList.*.AssumeRolePolicyDocument": TRUST,
        "RoleDetailList.*.Tags": tags(),
        "Policies.*.PolicyVersionList.0.Document": PERMISSIONS,
        **{
            f"{kind}DetailList.*.AttachedManagedPolicies": _ATTACHED
            for kind in ("User", "Group", "Role")
        },
    },
    "iam.GetOpenIDConnectProvider": {
        "ClientIDList": ["sts.amazonaws.com", "shop", "office"],
        "ThumbprintList": ["a" * 40, "b" * 40],
        "Tags": tags(),
    },
    "iam.ListVirtualMFADevices": {"VirtualMFADevices": _with_another_of_root},
    "iam.GetAccountSummary": {"SummaryMap.MFADevicesInUse": lambda count: count + 1},
    "iam.ListOrganizationsFeatures": {
        "EnabledFeatures": ["RootCredentialsManagement", "RootSessions"]
    },
}

_DATA = [
    {"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::a/", "arn:aws:s3:::b/"]},
    {"Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"]},
]
_ADVANCED = [
    {
        "Name": name,
        "FieldSelectors": [
            {"Field": "eventCategory", "Equals": ["Data"]},
            {"Field": "resources.type", "Equals": ["AWS::S3::Object", "AWS::SNS::Topic"]},
        ],
    }
    for name in ("objects", "topics")
]
_INSIGHTS = [
    {"InsightType": name, "EventCategories": ["Management", "Data"]}
    for name in ("ApiCallRateInsight", "ApiErrorRateInsight")
]
TRAIL_ANSWERS: Edits = {
    "cloudtrail.GetEventSelectors": {
        "EventSelectors": [
            {
                "ReadWriteType": "All",
                "IncludeManagementEvents": True,
                "DataResources": _DATA,
                "ExcludeManagementEventSources": ["kms.amazonaws.com", "rdsdata.amazonaws.com"],
            },
            {"ReadWriteType": "WriteOnly", "IncludeManagementEvents": False, "DataResources": []},
        ],
        "AdvancedEventSelectors": _ADVANCED,
    },
    "cloudtrail.GetInsightSelectors": {"InsightSelectors": _INSIGHTS},
}

_DETAILS = {"serviceNamespace": "s3", "lastAccessed": TIME}
_UNUSED = [{"action": name, "lastAccessed": TIME} for name in ("s3:GetObject", "s3:PutObject")]
_EXCLUSIONS = [
    {"accountIds": ["999988887777", "888877776666"], "resourceTags": [{"a": "1"}, {"b": "2"}]},
    {"accountIds": ["777766665555"]},
]
_WATCHERS: Edits = {
    "accessanalyzer.ListFindings": {
        "findings.*.action": ["s3:GetObject", "s3:PutObject"],
        "findings.*.sources": [{"type": "POLICY"}, {"type": "BUCKET_ACL"}],
        "findings.*.principal": {"AWS": "999988887777"},
    },
    "accessanalyzer.GetFindingV2": {
        "findingDetails": [
            {"unusedPermissionDetails": {**_DETAILS, "actions": _UNUSED}},
            {"unusedIamRoleDetails": {"lastAccessed": TIME}},
            {
                "externalAccessDetails": {
                    "condition": {},
                    "action": ["s3:GetObject", "s3:PutObject"],
                    "sources": [{"type": "POLICY"}, {"type": "BUCKET_ACL"}],
                }
            },
        ]
    },
    "accessanalyzer.ListArchiveRules": {
        "archiveRules.*.filter": {"resourceType": {"eq": ["AWS::IAM::Role", "AWS::S3::Bucket"]}}
    },
    "accessanalyzer.ListAnalyzers": {
        "analyzers.0.configuration.unusedAccess.analysisRule": {"exclusions": _EXCLUSIONS}
    },
    "accessanalyzer.GetAnalyzer": {
        "analyzer.configuration.unusedAccess.analysisRule": {"exclusions": _EXCLUSIONS}
    },
    "guardduty.GetDetector": {
        "Features": [
            {
                "Name": name,
                "Status": "ENABLED",
                "UpdatedAt": TIME,
                "AdditionalConfiguration": [
                    {"Name": one, "Status": "ENABLED", "UpdatedAt": TIME}
                    for one in ("EKS_ADDON_MANAGEMENT", "EC2_AGENT_MANAGEMENT")
                ],
            }
            for name in ("RUNTIME_MONITORING", "S3_DATA_EVENTS", "CLOUD_TRAIL")
        ]
    },
    "guardduty.GetAdministratorAccount": {
        "Administrator": {"AccountId": "999988887777", "RelationshipStatus": "Enabled"}
    },
    "guardduty.GetFilter": {
        "FindingCriteria": {
            "Criterion": {"type": {"Equals": ["Recon:EC2/Portscan", "Recon:EC2/PortProbe"]}}
        }
    },
    "guardduty.GetFindings": {
        "Findings.*.Resource.S3BucketDetails": [
            {"Arn": f"arn:aws:s3:::bucket{n}", "Name": f"bucket{n}"} for n in range(2)
        ],
        "Findings.*.Description": "a port was scanned",
    },
}

LONG: tuple[Edits, ...] = (
    _IAM_ANSWERS,
    report(*ROWS),
    TRAIL_ANSWERS,
    _WATCHERS,
    NETWORKS,
    STORES,
)
"""Edits of the healthy account, for all days."""
