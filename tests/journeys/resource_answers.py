"""Policies and resources with several elements in every list, of the account with long answers."""

from __future__ import annotations

import json
from typing import Any

from tests.faults.healthy import ACCOUNT, REGION
from tests.journeys.days import Edits
from tests.journeys.report_answers import IAM, ROOT, Item

ORDERS = "arn:aws:s3:::orders/*"
USER = f"{IAM}:user/user0"


def document(*statements: Item) -> Item:
    """Return a policy of these statements."""
    return {"Version": "2012-10-17", "Statement": [*statements]}


def tags(name: str = "Key", value: str = "Value") -> list[Item]:
    """Return three tags in the spelling of the service."""
    return [{name: key, value: key.upper()} for key in ("data", "stage", "team")]


def _condition(**values: Any) -> Item:
    return {"StringEquals": values}


PERMISSIONS = document(
    {
        "Sid": "Read",
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:ListBucket", "sqs:SendMessage"],
        "Resource": [ORDERS, "arn:aws:s3:::orders", "arn:aws:sqs:*:*:orders"],
        "Condition": {
            "StringEquals": {"aws:RequestedRegion": [REGION, "us-east-1"]},
            "Bool": {"aws:SecureTransport": "true"},
        },
    },
    {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"},
    {"Effect": "Deny", "Action": ["s3:DeleteObject"], "Resource": ORDERS},
)
TRUST = document(
    {
        "Effect": "Allow",
        "Principal": {
            "Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"],
            "AWS": [USER, ROOT, f"{IAM}:role/role0"],
        },
        "Action": ["sts:AssumeRole", "sts:TagSession"],
    },
    {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "sts:SetSourceIdentity"},
)


def shared(*actions: str, resource: str | list[str]) -> Item:
    """Return a resource's policy: the account and two roles may do this, and only over TLS."""
    return document(
        {
            "Sid": "Use",
            "Effect": "Allow",
            "Principal": {"AWS": [ROOT, f"{IAM}:role/role0", f"{IAM}:role/role1"]},
            "Action": [*actions],
            "Resource": resource,
        },
        {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": actions[0], "Resource": resource},
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "*",
            "Resource": resource,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    )


BUCKET_POLICY = shared(
    "s3:GetObject", "s3:PutObject", resource=["arn:aws:s3:::bucket0/*", "arn:aws:s3:::bucket0"]
)
KEY_POLICY = shared("kms:Decrypt", "kms:Encrypt", resource="*")

_GROUP_PAIRS = [{"GroupId": f"sg-{n}", "UserId": ACCOUNT} for n in range(2)]
_RULE = {
    "IpProtocol": "tcp",
    "FromPort": 443,
    "ToPort": 443,
    "IpRanges": [
        {"CidrIp": cidr, "Description": "office"} for cidr in ("10.1.0.0/16", "0.0.0.0/0")
    ],
    "Ipv6Ranges": [{"CidrIpv6": cidr} for cidr in ("::/0", "2001:db8::/32")],
    "PrefixListIds": [{"PrefixListId": "pl-0"}, {"PrefixListId": "pl-1"}],
    "UserIdGroupPairs": _GROUP_PAIRS,
}
ENTRIES: list[Item] = [
    {
        "Egress": egress,
        "RuleNumber": number,
        "Protocol": "-1",
        "RuleAction": action,
        "CidrBlock": to,
    }
    for egress in (False, True)
    for number, action, to in ((90, "deny", "198.51.100.0/24"), (100, "allow", "0.0.0.0/0"))
]
_GRANTS = [
    {"Grantee": {"Type": "CanonicalUser", "ID": name * 64}, "Permission": "FULL_CONTROL"}
    for name in "cd"
]
_LOG_GROUP = "http://acs.amazonaws.com/groups/s3/LogDelivery"
NETWORKS: Edits = {
    "ec2.DescribeSecurityGroups": {
        "SecurityGroups.*.IpPermissions": [_RULE, {**_RULE, "FromPort": 22, "ToPort": 22}],
        "SecurityGroups.*.IpPermissionsEgress": [_RULE, {**_RULE, "IpProtocol": "udp"}],
        "SecurityGroups.*.Tags": tags(),
    },
    "ec2.DescribeSecurityGroupRules": {"SecurityGroupRules.*.Tags": tags()},
    "ec2.DescribeNetworkAcls": {
        "NetworkAcls.*.Entries": ENTRIES,
        "NetworkAcls.*.Tags": tags(),
        "NetworkAcls.0.Associations": [
            {
                "NetworkAclAssociationId": f"aclassoc-{n}",
                "NetworkAclId": "acl-0",
                "SubnetId": f"subnet-{n}",
            }
            for n in range(3)
        ],
    },
    "ec2.DescribeManagedPrefixLists": {"PrefixLists.*.Tags": tags()},
    "ec2.DescribeVpcs": {
        "Vpcs.*.CidrBlockAssociationSet": [
            {"CidrBlock": f"10.{n}.0.0/16", "CidrBlockState": {"State": "associated"}}
            for n in range(2)
        ],
        "Vpcs.*.Ipv6CidrBlockAssociationSet": [
            {"Ipv6CidrBlock": f"2001:db8:{n}::/56", "Ipv6CidrBlockState": {"State": "associated"}}
            for n in range(2)
        ],
        "Vpcs.*.EncryptionControl.Tags": tags(),
        "Vpcs.*.EncryptionControl.ResourceExclusions.Lambda.State": "enabled",
        "Vpcs.*.Tags": tags(),
    },
    "ec2.DescribeVpcBlockPublicAccessExclusions": {
        "VpcBlockPublicAccessExclusions.*.Tags": tags(),
        "VpcBlockPublicAccessExclusions.*.Reason": "asked for",
    },
    "ec2.DescribeNetworkInterfaces": {
        "NetworkInterfaces.*.Groups": [
            {"GroupId": f"sg-{n}", "GroupName": f"group{n}"} for n in range(2)
        ],
        "NetworkInterfaces.*.Attachment.DeviceIndex": 0,
        "NetworkInterfaces.*.PrivateIpAddresses": [
            {"PrivateIpAddress": f"10.0.0.{n}", "Association": {"IpOwnerId": "amazon"}}
            for n in range(2)
        ],
        "NetworkInterfaces.*.Ipv6Addresses": [{"Ipv6Address": f"2001:db8::{n}"} for n in range(2)],
        "NetworkInterfaces.*.Ipv4Prefixes": [{"Ipv4Prefix": f"10.0.{n}.0/28"} for n in range(2)],
        "NetworkInterfaces.*.Ipv6Prefixes": [
            {"Ipv6Prefix": f"2001:db8:{n}::/80"} for n in range(2)
        ],
        "NetworkInterfaces.*.AssociatedSubnets": ["subnet-0", "subnet-1"],
        "NetworkInterfaces.*.TagSet": tags(),
    },
}
STORES: Edits = {
    "kms.DescribeKey": {
        "KeyMetadata.EncryptionAlgorithms": ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"],
        "KeyMetadata.MultiRegionConfiguration": {
            "MultiRegionKeyType": "PRIMARY",
            "ReplicaKeys": [
                {"Arn": f"arn:aws:kms:us-{side}-2:{ACCOUNT}:key/x", "Region": f"us-{side}-2"}
                for side in ("east", "west")
            ],
        },
    },
    "kms.GetKeyPolicy": {"Policy": json.dumps(KEY_POLICY)},
    "kms.ListGrants": {"Grants.*.Operations": ["Decrypt", "Encrypt", "GenerateDataKey"]},
    "s3.GetBucketPolicy": {"Policy": json.dumps(BUCKET_POLICY)},
    "s3.GetBucketAcl": {
        "Grants": [
            *_GRANTS,
            {"Grantee": {"Type": "Group", "URI": _LOG_GROUP}, "Permission": "WRITE"},
        ]
    },
    "s3.GetBucketLogging": {"LoggingEnabled.TargetGrants": _GRANTS},
    "s3.GetBucketEncryption": {
        "ServerSideEncryptionConfiguration.Rules.0.BlockedEncryptionTypes": {
            "EncryptionType": ["SSE-C", "NONE"]
        }
    },
    "s3.GetBucketTagging": {"TagSet": tags()},
    "organizations.ListRoots": {
        "Roots.*.PolicyTypes": [
            {"Type": name, "Status": "ENABLED"} for name in ("SERVICE_CONTROL_POLICY", "TAG_POLICY")
        ]
    },
}
