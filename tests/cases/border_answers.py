"""What AWS answers about buckets, networks and the account: one answer of each evidence type.

Details are as the calls answer them, before the declaration tidies them.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from driftkeeper.collect.spec import Item
from tests.aws import ACCOUNT, REGION

OTHER_ACCOUNT = "999988887777"
_GROUPS = "http://acs.amazonaws.com/groups/"
_SWITCHES = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")

# ---- S3 -----------------------------------------------------------------------------------------

BUCKET_ARN = "arn:aws:s3:::orders"
OWNER_ID = "c" * 64
BLOCK: Item = dict.fromkeys(_SWITCHES, True)


def full_control(who: str = OWNER_ID) -> Item:
    """A grant of everything to an account by its canonical id."""
    grantee = {"Type": "CanonicalUser", "ID": who, "DisplayName": "ops"}
    return {"Grantee": grantee, "Permission": "FULL_CONTROL"}


def to_group(name: str, permission: str = "READ") -> Item:
    """A grant to one of the groups that S3 knows."""
    return {"Grantee": {"Type": "Group", "URI": _GROUPS + name}, "Permission": permission}


def encrypted(algorithm: str, key: str | None = None, **more: Any) -> list[Item]:
    """The rules of a bucket that encrypts so by default."""
    default = {"SSEAlgorithm": algorithm, **({} if key is None else {"KMSMasterKeyID": key})}
    return [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True, **more}]


def locked(mode: str, **length: int) -> Item:
    """An object lock that keeps every object for so many `Days` or `Years`."""
    retention = {"Mode": mode, **length}
    return {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}}


def without_tls(*resources: str, **more: Any) -> Item:
    """The statement that denies everyone everything that is not encrypted on the way."""
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [*resources] or [BUCKET_ARN, f"{BUCKET_ARN}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        **more,
    }


BUCKET: Item = {
    "Name": "orders",
    "CreationDate": "2024-05-01T10:00:00Z",
    "BucketRegion": REGION,
    "PublicAccessBlock": BLOCK,
    "Policy": {"Version": "2012-10-17", "Statement": [without_tls()]},
    "PolicyStatus": {"IsPublic": False},
    "Acl": {"Owner": {"ID": OWNER_ID, "DisplayName": "ops"}, "Grants": [full_control()]},
    "ObjectOwnership": [{"ObjectOwnership": "BucketOwnerEnforced"}],
    "Encryption": encrypted("aws:kms", "key-1"),
    "Versioning": {"Status": "Enabled", "MFADelete": "Disabled"},
    "Logging": {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "orders/"}},
    "ObjectLock": locked("COMPLIANCE", Days=365),
    "Tags": [{"Key": "team", "Value": "shop"}, {"Key": "data", "Value": "customer"}],
}


def bucket(**details: Any) -> Item:
    """One bucket with the details that the calls answer."""
    return {**copy.deepcopy(BUCKET), **details}


# ---- EC2 ----------------------------------------------------------------------------------------


def entry(
    number: int,
    action: str = "allow",
    source: str = "0.0.0.0/0",
    ports: tuple[int, int] | None = None,
    **more: Any,
) -> Item:
    """One entry of a network ACL: TCP on these ports, or everything without ports."""
    name = "Ipv6CidrBlock" if ":" in source else "CidrBlock"
    protocol: Item = {"Protocol": "-1"}
    if ports is not None:
        protocol = {"Protocol": "6", "PortRange": {"From": ports[0], "To": ports[1]}}
    row = {"RuleNumber": number, "RuleAction": action, "Egress": False, name: source}
    return {**row, **protocol, **more}


LAST = entry(32767, "deny")


def acl(*entries: Item, name: str = "acl-1", subnets: tuple[str, ...] = ("subnet-1",)) -> Item:
    """One network ACL with these entries before the one that denies the rest."""
    return {
        "NetworkAclId": name,
        "OwnerId": ACCOUNT,
        "VpcId": "vpc-1",
        "IsDefault": False,
        "Entries": [*entries, LAST],
        "Associations": [
            {
                "NetworkAclAssociationId": f"aclassoc-{name}-{subnet}",
                "NetworkAclId": name,
                "SubnetId": subnet,
            }
            for subnet in subnets
        ],
        "Tags": [{"Key": "team", "Value": "shop"}, {"Key": "Name", "Value": name}],
    }


def prefix_list(*cidrs: str, **more: Any) -> Item:
    """One prefix list that rules refer to, with these entries."""
    return {
        "PrefixListId": "pl-1",
        "PrefixListArn": f"arn:aws:ec2:{REGION}:{ACCOUNT}:prefix-list/pl-1",
        "PrefixListName": "offices",
        "AddressFamily": "IPv4",
        "MaxEntries": 10,
        "Version": 1,
        "State": "create-complete",
        "OwnerId": ACCOUNT,
        "Entries": [{"Cidr": cidr, "Description": f"office {cidr}"} for cidr in cidrs],
        "Tags": [{"Key": "team", "Value": "shop"}],
        **more,
    }


def vpc_block(mode: str = "block-ingress", **more: Any) -> Item:
    """The block on public access of a region."""
    return {
        "AwsAccountId": ACCOUNT,
        "AwsRegion": REGION,
        "State": "update-complete",
        "InternetGatewayBlockMode": mode,
        "ManagedBy": "account",
        "ExclusionsAllowed": "not-allowed",
        "LastUpdateTimestamp": "2026-01-01T00:00:00Z",
        **more,
    }


def exclusion(mode: str = "allow-egress", **more: Any) -> Item:
    """One exclusion from the block on public access."""
    return {
        "ExclusionId": "vpcbpa-exclude-1",
        "ResourceArn": f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/vpc-1",
        "InternetGatewayExclusionMode": mode,
        "State": "create-complete",
        "CreationTimestamp": "2026-01-01T00:00:00Z",
        "Tags": [{"Key": "ticket", "Value": "OPS-9"}],
        **more,
    }


# ---- the account --------------------------------------------------------------------------------


def region(status: str = "not-opted-in") -> Item:
    """A region of the account."""
    return {"RegionName": "ap-east-1", "OptInStatus": status}


def member(**fields: Any) -> Item:
    """An account of the organisation."""
    return {
        "Id": OTHER_ACCOUNT,
        "Arn": f"arn:aws:organizations::{ACCOUNT}:account/o-1/{OTHER_ACCOUNT}",
        "Email": "warehouse@example.com",
        "Name": "warehouse",
        "State": "ACTIVE",
        "Paths": ["o-1/r-1/ou-1/"],
        "JoinedMethod": "CREATED",
        "JoinedTimestamp": "2026-03-01T10:00:00Z",
        **fields,
    }


# ---- KMS ----------------------------------------------------------------------------------------

GRANT: Item = {
    "KeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd",
    "KeyId": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd",
    "GrantId": "0c237476",
    "Name": "partner",
    "CreationDate": "2026-03-01T10:00:00Z",
    "GranteePrincipal": f"arn:aws:iam::{OTHER_ACCOUNT}:role/reader",
    "IssuingAccount": f"arn:aws:iam::{ACCOUNT}:root",
    "Operations": ["Decrypt", "DescribeKey"],
}

SAMPLES: Mapping[str, Item] = {
    "account.region": region(),
    "ec2.network_acl": acl(
        entry(90, "deny", ports=(22, 22)),
        entry(100),
        entry(110, source="::/0"),
        entry(100, Egress=True),
    ),
    "ec2.prefix_list": prefix_list("10.1.0.0/16", "8.0.0.0/9"),
    "ec2.vpc_block_exclusion": exclusion(),
    "ec2.vpc_block_public_access": vpc_block(),
    "kms.grant": GRANT,
    "organizations.account": member(),
    "s3.bucket": BUCKET,
}
"""One answer per evidence type with something in every part of it."""
