"""What AWS answers about networks, interfaces and the organisation: what gives other evidence context."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from driftkeeper.collect.spec import Item
from tests.aws import ACCOUNT

ORGANIZATION: Item = {
    "Id": "o-1",
    "Arn": f"arn:aws:organizations::{ACCOUNT}:organization/o-1",
    "FeatureSet": "ALL",
    "MasterAccountArn": f"arn:aws:organizations::{ACCOUNT}:account/o-1/{ACCOUNT}",
    "MasterAccountId": ACCOUNT,
    "AvailablePolicyTypes": [],
}
ALONE: Item = {"InUse": False}


def unit(**fields: Any) -> Item:
    """A unit inside another one, with service control policies switched on."""
    return {
        "Id": "ou-1",
        "Arn": f"arn:aws:organizations::{ACCOUNT}:ou/o-1/ou-1",
        "Name": "shops",
        "ParentId": "r-1",
        "Accounts": [ACCOUNT],
        "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}],
        **fields,
    }


def vpc(*networks: str, **fields: Any) -> Item:
    """A VPC of these networks that the internet is kept out of."""
    return {
        "VpcId": "vpc-1",
        "OwnerId": ACCOUNT,
        "CidrBlock": "10.0.0.0/16",
        "CidrBlockAssociationSet": [_network(cidr) for cidr in ("10.0.0.0/16", *networks)],
        "DhcpOptionsId": "dopt-1",
        "InstanceTenancy": "default",
        "IsDefault": False,
        "State": "available",
        "Tags": [],
        "BlockPublicAccessStates": {"InternetGatewayBlockMode": "block-ingress"},
        **fields,
    }


def _network(cidr: str) -> Item:
    return {
        "AssociationId": f"vpc-cidr-assoc-{cidr}",
        "CidrBlock": cidr,
        "CidrBlockState": {"State": "associated"},
    }


def encryption(mode: str, *left_out: str) -> Item:
    """An encryption control, with what it leaves out."""
    return {
        "VpcId": "vpc-1",
        "VpcEncryptionControlId": "vpcec-1",
        "Mode": mode,
        "State": "available",
        "ResourceExclusions": {
            name: {"State": "enabled" if name in left_out else "disabled"}
            for name in ("InternetGateway", "NatGateway")
        },
    }


def interface(
    public: str | None = None, groups: tuple[str, ...] = ("sg-1",), **fields: Any
) -> Item:
    """A network interface in these groups, with a public address or none."""
    found = {"IpOwnerId": ACCOUNT, "PublicIp": public} if public else None
    association = {"Association": found} if found else {}
    return {
        "NetworkInterfaceId": "eni-1",
        "OwnerId": ACCOUNT,
        "VpcId": "vpc-1",
        "SubnetId": "subnet-1",
        "Groups": [{"GroupId": group, "GroupName": group} for group in groups],
        "SourceDestCheck": True,
        "PrivateIpAddress": "10.0.0.5",
        "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.5", "Primary": True, **association}],
        "Ipv6Addresses": [],
        "TagSet": [],
        **association,
        **fields,
    }


SAMPLES: Mapping[str, Item] = {
    "iam.account_summary": {"SummaryMap": {"Users": 1}, "GlobalEndpointTokenVersion": 1},
    "ec2.network_interface": interface("198.51.100.7"),
    "ec2.vpc": vpc("10.1.0.0/16", EncryptionControl=encryption("enforce", "NatGateway")),
    "organizations.organization": ORGANIZATION,
    "organizations.unit": unit(),
}
"""One answer per evidence type with something in every part of it."""
