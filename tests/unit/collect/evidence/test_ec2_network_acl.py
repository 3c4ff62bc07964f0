"""Network ACLs: entries are told apart by their numbers, subnets by their ids and no other."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.collect.engine import look
from driftkeeper.collect.evidence.ec2_network_acl import NETWORK_ACL, by_number
from driftkeeper.domain.types import Body, Cause, Outcome, Sight
from tests.aws import ACCOUNT, REGION, Error, Script, reader


def _entry(number: int, **more: Any) -> dict[str, Any]:
    return {
        "Egress": False,
        "RuleNumber": number,
        "Protocol": "6",
        "RuleAction": "allow",
        "CidrBlock": "10.0.0.0/8",
        "PortRange": {"From": 22, "To": 22},
        **more,
    }


def _association(subnet: str, association: str) -> dict[str, str]:
    return {
        "NetworkAclAssociationId": association,
        "NetworkAclId": "acl-1",
        "SubnetId": subnet,
    }


ACL: dict[str, Any] = {
    "NetworkAclId": "acl-1",
    "OwnerId": ACCOUNT,
    "VpcId": "vpc-1",
    "IsDefault": False,
    "Entries": [_entry(100), _entry(200), _entry(100, Egress=True)],
    "Associations": [_association("subnet-1", "a-1"), _association("subnet-2", "a-2")],
    "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}],
}


def _look(*acls: dict[str, Any]) -> Sight:
    script = Script({(REGION, "ec2.DescribeNetworkAcls"): {"NetworkAcls": list(acls)}})
    return look(NETWORK_ACL, reader(script, NETWORK_ACL))


def _body(**more: Any) -> Body:
    sight = _look({**ACL, **more})
    assert sight.coverage.outcome is Outcome.COMPLETE, sight.coverage
    return sight.bodies[0]


def test_an_acl_is_known_by_its_arn_and_its_id():
    body = _body()
    assert body.key == f"arn:aws:ec2:{REGION}:{ACCOUNT}:network-acl/acl-1"
    assert (body.uid, body.config["IsDefault"]) == ("acl-1", False)


def test_the_order_in_which_aws_lists_means_nothing():
    turned = {name: ACL[name][::-1] for name in ("Entries", "Associations", "Tags")}
    assert _body(**turned).digest == _body().digest


def test_another_number_is_another_entry():
    assert _body(Entries=[_entry(90)]).digest != _body(Entries=[_entry(100)]).digest


def test_entries_have_names_an_engineer_can_read():
    assert [*by_number(ACL["Entries"])] == ["ingress/100", "ingress/200", "egress/100"]
    assert [*by_number([_entry(1), _entry(1)])] == ["ingress/1", "ingress/1#2"]


def test_a_subnet_that_is_associated_anew_is_no_change():
    again = [_association("subnet-2", "a-9"), _association("subnet-1", "a-8")]
    after = _body(Associations=again)
    assert after.digest == _body().digest
    assert after.config["Associations"] == [{"SubnetId": "subnet-1"}, {"SubnetId": "subnet-2"}]
    assert after.observed["Associations"]["subnet-1"]["NetworkAclAssociationId"] == "a-8"


def test_a_subnet_that_left_is_a_change():
    assert _body(Associations=ACL["Associations"][:1]).digest != _body().digest


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"CidrBlock": "10.0.0.0/8"}, {"CidrBlock": "10.1.2.3/8"}),
        ({"Ipv6CidrBlock": "2001:db8::/32"}, {"Ipv6CidrBlock": "2001:DB8::1/32"}),
    ],
)
def test_a_network_has_one_spelling(one: dict[str, str], other: dict[str, str]):
    bodies = [_body(Entries=[_entry(100, **network)]) for network in (one, other)]
    assert bodies[0].digest == bodies[1].digest


@pytest.mark.parametrize("lost", ["NetworkAclId", "OwnerId", "Entries", "IsDefault"])
def test_an_acl_without_what_each_has_makes_the_scope_missed(lost: str):
    sight = _look({name: value for name, value in ACL.items() if name != lost})
    assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")


@pytest.mark.parametrize("lost", ["Egress", "RuleNumber"])
def test_an_entry_without_its_name_makes_the_scope_missed_and_ends_nothing_else(lost: str):
    entry = {name: value for name, value in _entry(100).items() if name != lost}
    sight = _look({**ACL, "Entries": [entry]})
    assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")


def test_acls_are_read_from_all_pages_which_are_as_large_as_can_be():
    acls = [{**ACL, "NetworkAclId": f"acl-{n}"} for n in range(5)]
    script = Script({(REGION, "ec2.DescribeNetworkAcls"): {"NetworkAcls": acls}})
    sight = look(NETWORK_ACL, reader(script, NETWORK_ACL))
    assert len(sight.bodies) == 5
    assert {params["MaxResults"] for params in script.asked_for("ec2.DescribeNetworkAcls")} == {
        1000
    }


def test_acls_that_one_may_not_list_are_missed():
    script = Script({(REGION, "ec2.DescribeNetworkAcls"): Error("UnauthorizedOperation")})
    sight = look(NETWORK_ACL, reader(script, NETWORK_ACL))
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.DENIED)
