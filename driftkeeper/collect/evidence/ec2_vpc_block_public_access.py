"""VPC block public access: one switch per region against internet gateways (evidence item 8)."""

from __future__ import annotations

from driftkeeper.collect.no_setting import FIXED
from driftkeeper.collect.spec import Call, EvidenceType, Reach

BLOCK_PUBLIC_ACCESS = EvidenceType(
    name="ec2.vpc_block_public_access",
    title="VPC block public access",
    says="Whether the account keeps internet gateways from carrying traffic in a region, and who says so.",
    item=8,
    reach=Reach.REGION,
    listing=Call(
        "ec2",
        "describe_vpc_block_public_access_options",
        items="VpcBlockPublicAccessOptions",
        always=("InternetGatewayBlockMode",),
    ),
    key="urn:driftkeeper:{account}:ec2:{region}:vpc-block-public-access",
    observed=("State", "Reason"),
    acts=("LastUpdateTimestamp",),
    criteria=("CC6.6",),
    limits="Exclusions of single VPCs and subnets are a type of their own, ec2.vpc_block_exclusion.",
    optional=True,
    no_setting={"Aws*": FIXED},
)
