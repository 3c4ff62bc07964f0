"""VPCs, network interfaces and the block of public access: read where asked for, with nothing volatile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from driftkeeper.collect.engine import look
from driftkeeper.collect.evidence.ec2_network_interface import NETWORK_INTERFACE
from driftkeeper.collect.evidence.ec2_vpc import VPC
from driftkeeper.collect.evidence.ec2_vpc_block_exclusion import EXCLUSION
from driftkeeper.collect.evidence.ec2_vpc_block_public_access import BLOCK_PUBLIC_ACCESS
from driftkeeper.collect.spec import EvidenceType
from driftkeeper.domain.types import Body, Cause, Outcome, Sight
from tests.aws import ACCOUNT, NOW, REGION, Error, Script, reader

ANSWERS: dict[str, tuple[EvidenceType, str, str]] = {
    "vpc": (VPC, "DescribeVpcs", "Vpcs"),
    "interface": (NETWORK_INTERFACE, "DescribeNetworkInterfaces", "NetworkInterfaces"),
    "exclusion": (
        EXCLUSION,
        "DescribeVpcBlockPublicAccessExclusions",
        "VpcBlockPublicAccessExclusions",
    ),
    "block": (
        BLOCK_PUBLIC_ACCESS,
        "DescribeVpcBlockPublicAccessOptions",
        "VpcBlockPublicAccessOptions",
    ),
}
ITEMS: dict[str, dict[str, Any]] = {
    "vpc": {
        "VpcId": "vpc-1",
        "OwnerId": ACCOUNT,
        "CidrBlock": "10.0.0.0/16",
        "IsDefault": False,
        "State": "pending",
        "CidrBlockAssociationSet": [
            {"CidrBlock": "10.0.0.0/16", "AssociationId": "a-1"},
            {"CidrBlock": "10.1.0.0/16", "AssociationId": "a-2"},
        ],
    },
    "interface": {
        "NetworkInterfaceId": "eni-1",
        "OwnerId": ACCOUNT,
        "Groups": [
            {"GroupId": "sg-2", "GroupName": "b"},
            {"GroupId": "sg-1", "GroupName": "a"},
        ],
        "InterfaceType": "interface",
        "Status": "attaching",
        "Association": {"PublicIp": "8.8.8.8", "AssociationId": "a-1", "PublicDnsName": "x"},
        "Attachment": {
            "InstanceId": "i-1",
            "AttachmentId": "at-1",
            "Status": "attaching",
            "AttachTime": NOW,
        },
    },
    "exclusion": {
        "ExclusionId": "vpcbpa-exclude-1",
        "ResourceArn": f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/vpc-1",
        "InternetGatewayExclusionMode": "allow-egress",
        "State": "create-in-progress",
        "CreationTimestamp": NOW,
    },
    "block": {
        "AwsAccountId": ACCOUNT,
        "AwsRegion": REGION,
        "State": "update-in-progress",
        "InternetGatewayBlockMode": "block-ingress",
        "ManagedBy": "account",
        "LastUpdateTimestamp": NOW,
    },
}
every = pytest.mark.parametrize("name", [*ANSWERS])


def _script(name: str, answer: Any) -> Script:
    return Script({(REGION, f"ec2.{ANSWERS[name][1]}"): answer})


def _look(name: str, **more: Any) -> Sight:
    spec, _, items = ANSWERS[name]
    item = {**ITEMS[name], **more}
    script = _script(name, {items: item if name == "block" else [item]})
    return look(spec, reader(script, spec))


def _body(name: str, **more: Any) -> Body:
    sight = _look(name, **more)
    assert sight.coverage.outcome is Outcome.COMPLETE, sight.coverage
    return sight.bodies[0]


@every
def test_it_is_read_only_where_asked_for(name: str):
    assert ANSWERS[name][0].optional


@every
def test_what_one_may_not_read_is_missed(name: str):
    spec = ANSWERS[name][0]
    sight = look(spec, reader(_script(name, Error("UnauthorizedOperation")), spec))
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.DENIED)


@every
def test_an_answer_without_what_each_has_is_no_answer(name: str):
    spec, _, items = ANSWERS[name]
    answer = {items: {"State": "x"}} if name == "block" else {items: [{"Description": "x"}]}
    if name in ("vpc", "exclusion"):
        answer = {items: [{"VpcId": "vpc-1"} if name == "vpc" else {"State": "create-complete"}]}
    sight = look(spec, reader(_script(name, answer), spec))
    assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("vpc", f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/vpc-1"),
        ("interface", f"arn:aws:ec2:{REGION}:{ACCOUNT}:network-interface/eni-1"),
        ("block", f"urn:driftkeeper:{ACCOUNT}:ec2:{REGION}:vpc-block-public-access"),
        (
            "exclusion",
            f"urn:driftkeeper:{ACCOUNT}:ec2:{REGION}:vpc-block-exclusion/vpcbpa-exclude-1",
        ),
    ],
)
def test_it_has_a_key(name: str, key: str):
    assert _body(name).key == key


@pytest.mark.parametrize(
    ("name", "later"),
    [
        ("vpc", {"State": "available"}),
        ("exclusion", {"State": "update-complete", "LastUpdateTimestamp": NOW}),
        ("vpc", {"CidrBlockAssociationSet": ITEMS["vpc"]["CidrBlockAssociationSet"][::-1]}),
        ("interface", {"Status": "in-use"}),
        ("interface", {"Groups": ITEMS["interface"]["Groups"][::-1]}),
        (
            "interface",
            {
                "Association": {
                    "PublicIp": "8.8.8.8",
                    "AssociationId": "a-2",
                    "PublicDnsName": "y",
                },
                "Attachment": {
                    "InstanceId": "i-1",
                    "AttachmentId": "at-2",
                    "Status": "attached",
                    "AttachTime": NOW + timedelta(days=1),
                },
            },
        ),
        (
            "block",
            {
                "State": "update-complete",
                "Reason": "done",
                "LastUpdateTimestamp": NOW + timedelta(minutes=3),
            },
        ),
    ],
)
def test_what_moves_by_itself_is_no_change(name: str, later: dict[str, Any]):
    assert _body(name, **later).digest == _body(name).digest


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("vpc", {"BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"}}),
        ("vpc", {"CidrBlockAssociationSet": []}),
        ("interface", {"Groups": []}),
        ("interface", {"Association": {"PublicIp": "9.9.9.9"}}),
        ("interface", {"Attachment": {"InstanceId": "i-2"}}),
        ("block", {"InternetGatewayBlockMode": "off"}),
        ("block", {"ManagedBy": "declarative-policy"}),
    ],
)
def test_what_somebody_set_is_a_change(name: str, other: dict[str, Any]):
    assert _body(name, **other).digest != _body(name).digest


@pytest.mark.parametrize("state", ["create-failed", "delete-in-progress", "disable-complete"])
def test_an_exclusion_that_is_not_in_force_is_not_there(state: str):
    sight = _look("exclusion", State=state)
    assert sight.coverage.outcome is Outcome.COMPLETE
    assert sight.bodies == ()
