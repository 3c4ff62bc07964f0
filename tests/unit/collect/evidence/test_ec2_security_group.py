"""Security groups that mean the same have the same digest, however AWS spells and groups rules."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from driftkeeper.collect.engine import look
from driftkeeper.collect.evidence.ec2_security_group import SECURITY_GROUP, by_peer, one_spelling
from driftkeeper.domain.types import Body, Outcome, Sight
from tests.aws import ACCOUNT, REGION, Script, reader


def _permission(protocol: str, *ports: int, **peers: Any) -> dict[str, Any]:
    named = dict(zip(("FromPort", "ToPort"), ports, strict=False))
    lists: dict[str, Any] = {
        "IpRanges": [],
        "Ipv6Ranges": [],
        "PrefixListIds": [],
        "UserIdGroupPairs": [],
    }
    return {"IpProtocol": protocol, **named, **lists, **peers}


def v4(*networks: str) -> list[dict[str, str]]:
    return [{"CidrIp": network} for network in networks]


def _group(*permissions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "GroupId": "sg-0a",
        "GroupName": "web",
        "Description": "d",
        "OwnerId": ACCOUNT,
        "VpcId": "vpc-1",
        "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}],
        "IpPermissions": list(permissions),
        "IpPermissionsEgress": [_permission("-1", IpRanges=v4("0.0.0.0/0"))],
        **more,
    }


def _look(*groups: dict[str, Any]) -> Sight:
    script = Script({(REGION, "ec2.DescribeSecurityGroups"): {"SecurityGroups": list(groups)}})
    return look(SECURITY_GROUP, reader(script, SECURITY_GROUP))


def _body(*permissions: dict[str, Any], **more: Any) -> Body:
    sight = _look(_group(*permissions, **more))
    assert sight.coverage.outcome is Outcome.COMPLETE, sight.coverage
    return sight.bodies[0]


SSH = _permission("tcp", 22, 22, IpRanges=v4("10.0.0.0/8"))


def test_a_group_is_known_by_its_arn_and_its_id():
    body = _body(SSH)
    assert body.key == f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/sg-0a"
    assert body.uid == "sg-0a"
    assert body.observed == {}


def test_a_shared_group_is_known_under_its_owner():
    assert f":{'4' * 12}:" in _body(SSH, OwnerId="4" * 12).key


@pytest.mark.parametrize(
    "other",
    [
        _permission("6", 22, 22, IpRanges=v4("10.0.0.0/8")),
        _permission("tcp", 22, 22, IpRanges=v4("10.1.2.3/8")),
        _permission("6", 22, 22, IpRanges=v4("10.255.255.255/8")),
        {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": v4("10.0.0.0/8")},
    ],
    ids=["by number", "host bits", "both", "without empty lists"],
)
def test_another_spelling_of_a_rule_is_the_same_rule(other: dict[str, Any]):
    assert _body(other).digest == _body(SSH).digest


@pytest.mark.parametrize(
    ("number", "name"), [("17", "udp"), ("1", "icmp"), ("58", "icmpv6"), ("50", "50")]
)
def test_a_protocol_that_has_a_name_goes_by_it(number: str, name: str):
    body = _body(_permission(number, 1, 2, IpRanges=v4("10.0.0.0/8")))
    assert body.config["IpPermissions"][0]["IpProtocol"] == name


def test_all_protocols_have_no_ports():
    everything = _permission("-1", IpRanges=v4("0.0.0.0/0"))
    other = _permission("-1", -1, -1, IpRanges=v4("0.0.0.0/0"))
    assert _body(everything).digest == _body(other).digest


@pytest.mark.parametrize("network", ["2001:DB8::/32", "2001:0db8:0:0::1/32"])
def test_an_ipv6_network_has_one_spelling(network: str):
    ours = _permission("tcp", 443, 443, Ipv6Ranges=[{"CidrIpv6": "2001:db8::/32"}])
    theirs = _permission("tcp", 443, 443, Ipv6Ranges=[{"CidrIpv6": network}])
    assert _body(ours).digest == _body(theirs).digest


TOGETHER = _permission(
    "tcp",
    443,
    443,
    IpRanges=v4("10.0.0.0/8", "192.0.2.0/24"),
    Ipv6Ranges=[{"CidrIpv6": "2001:db8::/32"}],
    PrefixListIds=[{"PrefixListId": "pl-1"}],
    UserIdGroupPairs=[{"GroupId": "sg-1", "UserId": ACCOUNT}],
)
APART = (
    _permission("tcp", 443, 443, IpRanges=v4("192.0.2.0/24")),
    _permission("6", 443, 443, UserIdGroupPairs=[{"GroupId": "sg-1", "UserId": ACCOUNT}]),
    _permission("tcp", 443, 443, Ipv6Ranges=[{"CidrIpv6": "2001:db8::/32"}]),
    _permission(
        "tcp", 443, 443, IpRanges=v4("10.0.0.0/8"), PrefixListIds=[{"PrefixListId": "pl-1"}]
    ),
)


@pytest.mark.parametrize("seed", range(5))
def test_how_rules_are_grouped_and_ordered_means_nothing(seed: int):
    apart = [*APART, SSH]
    chance = random.Random(seed)
    chance.shuffle(apart)
    tags = [{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}]
    assert _body(*apart, Tags=tags).digest == _body(SSH, TOGETHER).digest


@pytest.mark.parametrize(
    "other",
    [
        _permission("udp", 22, 22, IpRanges=v4("10.0.0.0/8")),
        _permission("tcp", 22, 23, IpRanges=v4("10.0.0.0/8")),
        _permission("tcp", 22, 22, IpRanges=v4("10.0.0.0/9")),
        _permission("tcp", 22, 22, IpRanges=v4("10.0.0.0/8", "0.0.0.0/0")),
        _permission("tcp", 22, 22, IpRanges=[{"CidrIp": "10.0.0.0/8", "Description": "new"}]),
        _permission("-1", IpRanges=v4("10.0.0.0/8")),
    ],
)
def test_another_rule_is_another_digest(other: dict[str, Any]):
    assert _body(other).digest != _body(SSH).digest


def test_ingress_is_not_egress():
    turned = _body(IpPermissionsEgress=[SSH], IpPermissions=[])
    assert turned.digest != _body(SSH, IpPermissionsEgress=[]).digest


def test_a_peer_that_is_no_network_makes_the_scope_missed():
    sight = _look(_group(SSH), _group(_permission("tcp", 1, 1, IpRanges=v4("300.0.0.0/8"))))
    assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")
    assert "300.0.0.0/8 is no CIDR" in sight.coverage.message


@pytest.mark.parametrize("lost", ["IpPermissions", "IpPermissionsEgress"])
def test_a_group_without_its_rules_is_no_group_without_rules(lost: str):
    group = _group(SSH)
    del group[lost]
    sight = _look(group)
    assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")
    assert lost in sight.coverage.message


def test_a_rule_without_a_protocol_makes_the_scope_missed():
    broken = copy.deepcopy(SSH)
    del broken["IpProtocol"]
    sight = _look(_group(broken))
    assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")


def test_each_peer_of_a_rule_has_a_name_an_engineer_can_read():
    permissions = [
        TOGETHER,
        _permission("-1", IpRanges=v4("10.0.0.0/8")),
        _permission("udp", 1000, 2000, IpRanges=v4("10.0.0.0/8")),
        _permission("50", IpRanges=v4("10.0.0.0/8")),
        _permission("icmp", 8, -1, UserIdGroupPairs=[{"GroupId": "sg-2"}]),
    ]
    assert list(by_peer(permissions)) == [
        "tcp/443/10.0.0.0/8",
        "tcp/443/192.0.2.0/24",
        "tcp/443/2001:db8::/32",
        "tcp/443/pl-1",
        f"tcp/443/{ACCOUNT}/sg-1",
        "all/10.0.0.0/8",
        "udp/1000-2000/10.0.0.0/8",
        "50/10.0.0.0/8",
        "icmp/8--1/sg-2",
    ]


def test_no_peer_is_lost_when_two_have_the_same_name():
    twice = _permission("tcp", 1, 1, IpRanges=[*v4("10.0.0.0/8"), *v4("10.0.0.0/8")])
    assert list(by_peer([twice])) == ["tcp/1/10.0.0.0/8", "tcp/1/10.0.0.0/8#2"]


UNKNOWN = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": v4("10.0.0.0/8")}


def test_rules_that_differ_in_a_field_nobody_knows_stay_apart():
    audited = {**UNKNOWN, "Mode": "audit"}
    (enforced, other), (first, second) = (
        one_spelling(_group(*permissions))["IpPermissions"]
        for permissions in (
            ({**UNKNOWN, "Mode": "enforce"}, audited),
            (audited, {**UNKNOWN, "Mode": "enforce"}),
        )
    )
    assert [enforced["Mode"], other["Mode"]] == ["enforce", "audit"]
    assert [first, second] == [other, enforced]
    assert len(one_spelling(_group(audited, audited))["IpPermissions"]) == 1


def test_a_field_of_a_rule_that_nobody_knows_is_shown():
    rules = by_peer(one_spelling(_group({**UNKNOWN, "Mode": "audit"}))["IpPermissions"])
    assert rules["tcp/22/Mode"] == "audit"
    assert list(rules) == ["tcp/22/10.0.0.0/8", "tcp/22/Mode"]


@pytest.mark.parametrize("name", ["IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs"])
def test_a_peer_that_does_not_say_who_it_is_makes_the_scope_missed_and_ends_nothing_else(name: str):
    odd = _permission("tcp", 22, 22, **{name: [{"Description": "nobody"}]})
    script = Script({(REGION, "ec2.DescribeSecurityGroups"): {"SecurityGroups": [_group(odd)]}})
    sight = look(SECURITY_GROUP, reader(script, SECURITY_GROUP))
    assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")


def test_the_largest_page_is_asked_for():
    script = Script({(REGION, "ec2.DescribeSecurityGroups"): {"SecurityGroups": []}})
    look(SECURITY_GROUP, reader(script, SECURITY_GROUP))
    assert script.asked_for("ec2.DescribeSecurityGroups") == [{"MaxResults": 1000}]
