"""The answers of the next day, on which everything moves that means nothing."""

from __future__ import annotations

from tests.journeys.days import Edits
from tests.journeys.report_answers import ROWS, report

LATER = "2026-07-01T09:08:07Z"

_TIMES = dict.fromkeys(("createdAt", "updatedAt", "analyzedAt"), LATER)
_USED = {
    f"access_key_{n}_{name}": value
    for n in (1, 2)
    for name, value in (
        ("last_used_date", LATER),
        ("last_used_region", "us-east-1"),
        ("last_used_service", "ec2"),
    )
}
_ROOT, *_USERS = ROWS
_NEXT = "2026-09-30T09:08:07Z"

VOLATILE: Edits = {
    "iam.GetAccountAuthorizationDetails": {
        "RoleDetailList.*.RoleLastUsed": {"LastUsedDate": LATER, "Region": "us-east-1"},
        "Policies.*.AttachmentCount": 7,
        "Policies.*.PermissionsBoundaryUsageCount": 3,
        "Policies.*.UpdateDate": LATER,
    },
    **report(
        {**_ROOT, "password_next_rotation": _NEXT},
        *(
            {
                **user,
                "password_last_used": LATER if n else "no_information",
                "password_next_rotation": _NEXT,
                **_USED,
            }
            for n, user in enumerate(_USERS)
        ),
    ),
    "accessanalyzer.ListAnalyzers": {
        "analyzers.*.lastResourceAnalyzed": "arn:aws:s3:::bucket2",
        "analyzers.*.lastResourceAnalyzedAt": LATER,
    },
    "accessanalyzer.GetAnalyzer": {
        "analyzer.lastResourceAnalyzed": "arn:aws:s3:::bucket2",
        "analyzer.tags": {"team": "a"},
        "analyzer.managedBy": "nobody",
        "analyzer.status": "CREATING",
        "analyzer.createdAt": LATER,
        "analyzer.arn": "another",
        "analyzer.name": "another",
        "analyzer.type": "ACCOUNT",
    },
    "accessanalyzer.GetFindingsStatistics": {"lastUpdatedAt": LATER},
    "accessanalyzer.ListArchiveRules": {
        "archiveRules.*.createdAt": LATER,
        "archiveRules.*.updatedAt": LATER,
    },
    "accessanalyzer.ListFindings": {f"findings.*.{k}": v for k, v in _TIMES.items()},
    "accessanalyzer.ListFindingsV2": {f"findings.*.{k}": v for k, v in _TIMES.items()},
    "accessanalyzer.GetFindingV2": {
        "findingDetails.0.unusedPermissionDetails.lastAccessed": LATER,
        "findingDetails.0.unusedPermissionDetails.actions.*.lastAccessed": LATER,
        "findingDetails.1.unusedIamRoleDetails.lastAccessed": LATER,
    },
    "cloudtrail.DescribeTrails": {
        "trailList.*.HasCustomEventSelectors": True,
        "trailList.*.HasInsightSelectors": True,
    },
    "cloudtrail.GetTrailStatus": {
        "LatestDeliveryTime": LATER,
        "LatestDeliveryAttemptTime": LATER,
        "LatestDeliveryAttemptSucceeded": LATER,
        "LatestDigestDeliveryTime": LATER,
        "LatestNotificationTime": LATER,
        "LatestCloudWatchLogsDeliveryTime": LATER,
        "TimeLoggingStarted": LATER,
        "TimeLoggingStopped": "",
    },
    "cloudtrail.GetInsightSelectors": {"TrailARN": "another"},
    "ec2.DescribeNetworkAcls": {
        "NetworkAcls.0.Associations.*.NetworkAclAssociationId": lambda name: f"{name}-again",
        "NetworkAcls.0.Associations.*.NetworkAclId": "acl-0-again",
    },
    "ec2.DescribeManagedPrefixLists": {
        "PrefixLists.*.Version": 2,
        "PrefixLists.*.State": "modify-complete",
        "PrefixLists.*.StateMessage": "done",
    },
    "ec2.DescribeSecurityGroupRules": {
        "SecurityGroupRules.*.Description": "told by the group",
        "SecurityGroupRules.*.SecurityGroupRuleArn": "arn:aws:ec2:::security-group-rule/again",
    },
    "ec2.DescribeVpcs": {
        "Vpcs.*.State": "pending",
        "Vpcs.*.CidrBlockAssociationSet.*.AssociationId": "again",
        "Vpcs.*.CidrBlockAssociationSet.*.CidrBlockState.StatusMessage": "done",
        "Vpcs.*.Ipv6CidrBlockAssociationSet.*.AssociationId": "again",
        "Vpcs.*.Ipv6CidrBlockAssociationSet.*.Ipv6CidrBlockState.StatusMessage": "done",
        "Vpcs.*.EncryptionControl.State": "monitor-in-progress",
        "Vpcs.*.EncryptionControl.StateMessage": "done",
        "Vpcs.*.EncryptionControl.ResourceExclusions.Lambda.StateMessage": "done",
    },
    "ec2.DescribeVpcBlockPublicAccessOptions": {
        "VpcBlockPublicAccessOptions.State": "update-complete",
        "VpcBlockPublicAccessOptions.Reason": "done",
        "VpcBlockPublicAccessOptions.LastUpdateTimestamp": LATER,
    },
    "ec2.DescribeVpcBlockPublicAccessExclusions": {
        "VpcBlockPublicAccessExclusions.*.State": "update-complete",
        "VpcBlockPublicAccessExclusions.*.Reason": "done",
        "VpcBlockPublicAccessExclusions.*.CreationTimestamp": LATER,
        "VpcBlockPublicAccessExclusions.*.LastUpdateTimestamp": LATER,
        "VpcBlockPublicAccessExclusions.*.DeletionTimestamp": LATER,
    },
    "ec2.DescribeNetworkInterfaces": {
        f"NetworkInterfaces.*.{path}": "again"
        for path in (
            "Status",
            "Association.AssociationId",
            "Association.PublicDnsName",
            "Attachment.AttachmentId",
            "Attachment.Status",
            "Groups.*.GroupName",
            "PrivateDnsName",
            "PublicDnsName",
            "PublicIpDnsNameOptions.PublicDualStackDnsName",
            "PrivateIpAddresses.*.PrivateDnsName",
            "PrivateIpAddresses.*.Association.AssociationId",
            "PrivateIpAddresses.*.Association.PublicDnsName",
            "Ipv6Addresses.*.PublicIpv6DnsName",
        )
    },
    "guardduty.GetDetector": {
        "CreatedAt": LATER,
        "UpdatedAt": LATER,
        "DataSources.CloudTrail.Status": "ENABLED",
        "Features.*.UpdatedAt": LATER,
        "Features.*.AdditionalConfiguration.*.UpdatedAt": LATER,
    },
    "guardduty.GetAdministratorAccount": {"Administrator.InvitedAt": LATER},
    "guardduty.GetFindingsStatistics": {"FindingStatistics.GroupedBySeverity.0.TotalFindings": 9},
    "guardduty.GetFilter": {"CreatedAt": LATER, "UpdatedAt": LATER, "Version": "2"},
    "guardduty.GetFindings": {
        "Findings.*.Confidence": 7,
        "Findings.*.CreatedAt": LATER,
        "Findings.*.UpdatedAt": LATER,
        "Findings.*.Description": "a port was scanned again",
        "Findings.*.SchemaVersion": "2.1",
        "Findings.*.Resource.InstanceDetails.LaunchTime": LATER,
        "Findings.*.Service": {
            "Count": 1,
            "Archived": True,
            "Action": {"ActionType": "PORT_PROBE"},
            "AdditionalInfo": {"Value": "{}"},
            "Detection": {"Sequence": {"Uid": "1"}},
            "EventLastSeen": LATER,
            "RuntimeDetails": {"Process": {"Name": "sh"}},
        },
    },
    "kms.ListAliases": {
        "Aliases.*.CreationDate": LATER,
        "Aliases.*.LastUpdatedDate": LATER,
    },
    "kms.DescribeKey": {"KeyMetadata.CreationDate": LATER},
    "kms.GetKeyRotationStatus": {"NextRotationDate": LATER},
    "kms.ListKeyRotations": {"Rotations.*.RotationDate": LATER},
    "kms.ListGrants": {"Grants.*.CreationDate": LATER},
    "organizations.DescribeOrganization": {"Organization.AvailablePolicyTypes": []},
    "s3.ListBuckets": {"Buckets.*.CreationDate": LATER},
    "s3.GetBucketAcl": {
        "Owner.DisplayName": "another",
        "Grants.*.Grantee.DisplayName": "another",
        "Grants.*.Grantee.EmailAddress": "another@example.com",
    },
    "s3.GetBucketLogging": {
        "LoggingEnabled.TargetGrants.*.Grantee.DisplayName": "another",
        "LoggingEnabled.TargetGrants.*.Grantee.EmailAddress": "another@example.com",
    },
}

NOT_MOVED = {
    **dict.fromkeys(
        (
            f"ec2.security_group_rule: {field}"
            for field in (
                "IsEgress",
                "IpProtocol",
                "FromPort",
                "ToPort",
                "CidrIpv4",
                "CidrIpv6",
                "PrefixListId",
                "ReferencedGroupInfo",
            )
        ),
        "what a rule says is its name: with another it is another rule",
    ),
    "iam.account_summary: SummaryMap": "its counts move with what is counted",
    "iam.credential_report: Base64": "only of a report that is no text",
    "iam.credential_report: Rows": "as many as there are users",
    "iam.user: MFADevices.UserArn": "whose device it is says with whom it is listed",
    "kms.alias: TargetKeyId": "the two keys tell it",
}
"""What is observed and does not move on that day, and why."""
