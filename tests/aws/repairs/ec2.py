"""EC2: which regions are told, CIDRs as AWS writes them, whole rules, the block of public access."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

from tests.aws.repairs.asked import Answer, Asked, Mend, Row, State

_ON = ("opt-in-not-required", "opted-in")


def _regions(_state: State, asked: Asked, answer: Row) -> Row:
    """Tell only the regions that are on, unless all are asked for."""
    if asked.params.get("AllRegions"):
        return answer
    return {"Regions": [row for row in answer["Regions"] if row["OptInStatus"] in _ON]}


def _cidr(row: Mapping[str, Any], name: str) -> Row:
    return {**row, name: str(ip_network(row[name], strict=False))} if name in row else {**row}


def _permission(row: Mapping[str, Any]) -> Row:
    return {
        **row,
        "IpRanges": [_cidr(r, "CidrIp") for r in row.get("IpRanges", [])],
        "Ipv6Ranges": [_cidr(r, "CidrIpv6") for r in row.get("Ipv6Ranges", [])],
    }


def _groups(_state: State, _asked: Asked, answer: Row) -> Row:
    return {
        "SecurityGroups": [
            {
                **row,
                "IpPermissions": [*map(_permission, row["IpPermissions"])],
                "IpPermissionsEgress": [*map(_permission, row["IpPermissionsEgress"])],
            }
            for row in answer["SecurityGroups"]
        ]
    }


def _rules(state: State, asked: Asked, answer: Row) -> Row:
    arn = f"arn:aws:ec2:{asked.region}:{state.account}:security-group-rule/"
    return {
        "SecurityGroupRules": [
            {
                **_cidr(_cidr(row, "CidrIpv4"), "CidrIpv6"),
                "GroupOwnerId": state.account,
                "SecurityGroupRuleArn": arn + row["SecurityGroupRuleId"],
            }
            for row in answer["SecurityGroupRules"]
        ]
    }


def _block(state: State, asked: Asked) -> Row:
    mode = state.block_public_access.get(asked.region, "off")
    options = {
        "AwsAccountId": state.account,
        "AwsRegion": asked.region,
        "State": "default-state" if mode == "off" else "update-complete",
        "InternetGatewayBlockMode": mode,
        "ManagedBy": "account",
        "ExclusionsAllowed": "allowed",
    }
    return {"VpcBlockPublicAccessOptions": options}


ANSWERS: Mapping[str, Answer] = {
    "DescribeVpcBlockPublicAccessOptions": _block,
    "DescribeVpcBlockPublicAccessExclusions": lambda *_: {"VpcBlockPublicAccessExclusions": []},
}
MENDS: Mapping[str, Mend] = {
    "DescribeRegions": _regions,
    "DescribeSecurityGroups": _groups,
    "DescribeSecurityGroupRules": _rules,
}
