"""VPCs: the networks that groups and ACLs are in (evidence item 8, where asked for)."""

from __future__ import annotations

from driftkeeper.collect.no_setting import BY_AWS, COPY, FIXED, PLACE
from driftkeeper.collect.spec import Call, EvidenceType, Reach

VPC = EvidenceType(
    name="ec2.vpc",
    title="VPCs",
    says="Each VPC's address ranges, whether it is the default one, and its own block of public access.",
    item=8,
    reach=Reach.REGION,
    listing=Call(
        "ec2",
        "describe_vpcs",
        items="Vpcs",
        always=("VpcId", "OwnerId", "CidrBlock", "IsDefault"),
        page_size=1000,
    ),
    key="arn:{partition}:ec2:{region}:{OwnerId}:vpc/{VpcId}",
    uid="VpcId",
    observed=(
        "State",
        "CidrBlockAssociationSet.AssociationId",
        "CidrBlockAssociationSet.CidrBlockState.StatusMessage",
        "Ipv6CidrBlockAssociationSet.AssociationId",
        "Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.StatusMessage",
        "EncryptionControl.State",
        "EncryptionControl.StateMessage",
        "EncryptionControl.ResourceExclusions.*.StateMessage",
    ),
    sets={
        "CidrBlockAssociationSet": "CidrBlock",
        "Ipv6CidrBlockAssociationSet": "Ipv6CidrBlock",
        "EncryptionControl.Tags": "Key",
        "Tags": "Key",
    },
    criteria=("CC6.6",),
    limits="Subnets, route tables, gateways, peerings and flow logs are not read.",
    optional=True,
    no_setting={
        "CidrBlock": COPY,
        "*CidrBlockAssociationSet.*.*": PLACE,
        "*CidrBlockAssociationSet.*.*.State": BY_AWS,
        "InstanceTenancy": PLACE,
        "IsDefault": FIXED,
    },
)
