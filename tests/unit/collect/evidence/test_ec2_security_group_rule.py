"""Security group rules are known by what they say, as their group spells it, whatever their id."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.collect.engine import look
from driftkeeper.collect.evidence.ec2_security_group import SECURITY_GROUP
from driftkeeper.collect.evidence.ec2_security_group_rule import SECURITY_GROUP_RULE
from driftkeeper.collect.ties import Counter
from driftkeeper.domain.types import Body, Cause, Outcome, Sight, Tied
from tests.aws import ACCOUNT, REGION, Error, Script, reader

RULE: dict[str, Any] = {
    "SecurityGroupRuleId": "sgr-1",
    "GroupId": "sg-0a",
    "GroupOwnerId": ACCOUNT,
    "IsEgress": False,
    "IpProtocol": "tcp",
    "FromPort": 22,
    "ToPort": 22,
}
OFFICE = {"CidrIpv4": "10.0.0.0/8"}
ALL = {"IpProtocol": "-1", "FromPort": -1, "ToPort": -1}
GROUP_ARN = f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/sg-0a"


def _rule(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    rule = dict(RULE)
    for part in fields:
        rule |= part
    return {**rule, **more}


def _look(*rules: dict[str, Any]) -> Sight:
    script = Script(
        {(REGION, "ec2.DescribeSecurityGroupRules"): {"SecurityGroupRules": list(rules)}}
    )
    return look(SECURITY_GROUP_RULE, reader(script, SECURITY_GROUP_RULE))


def _body(rule: dict[str, Any]) -> Body:
    sight = _look(rule)
    assert sight.coverage.outcome is Outcome.COMPLETE, sight.coverage
    return sight.bodies[0]


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        (_rule(OFFICE), "ingress/tcp/22/10.0.0.0/8"),
        (_rule(OFFICE, IsEgress=True), "egress/tcp/22/10.0.0.0/8"),
        (_rule(OFFICE, IpProtocol="6"), "ingress/tcp/22/10.0.0.0/8"),
        (_rule(CidrIpv4="10.1.2.3/8"), "ingress/tcp/22/10.0.0.0/8"),
        (_rule(OFFICE, ToPort=80), "ingress/tcp/22-80/10.0.0.0/8"),
        (_rule(OFFICE, ALL), "ingress/all/10.0.0.0/8"),
        (_rule(OFFICE, ALL, IpProtocol="50"), "ingress/50/10.0.0.0/8"),
        (_rule(OFFICE, IpProtocol="icmp", FromPort=8, ToPort=-1), "ingress/icmp/8--1/10.0.0.0/8"),
        (_rule(OFFICE, IpProtocol="1", FromPort=-1, ToPort=-1), "ingress/icmp/-1/10.0.0.0/8"),
        (_rule(CidrIpv6="2001:DB8::1/32"), "ingress/tcp/22/2001:db8::/32"),
        (_rule(PrefixListId="pl-1"), "ingress/tcp/22/pl-1"),
        (
            _rule(ReferencedGroupInfo={"GroupId": "sg-1", "UserId": ACCOUNT}),
            f"ingress/tcp/22/{ACCOUNT}/sg-1",
        ),
        (_rule(ReferencedGroupInfo={"GroupId": "sg-1"}), "ingress/tcp/22/sg-1"),
        (_rule(), "ingress/tcp/22/sgr-1"),
    ],
)
def test_a_rule_is_known_by_what_it_says(rule: dict[str, Any], name: str):
    body = _body(rule)
    assert body.key == f"{GROUP_ARN}/rule/{name}"
    assert body.config["Rule"] == name
    assert body.uid == "sgr-1"


def test_only_its_tags_are_configuration_beside_what_it_is():
    body = _body(_rule(OFFICE, Description="office", Tags=[{"Key": "a", "Value": "b"}]))
    assert body.config == {
        "SecurityGroupRuleId": "sgr-1",
        "GroupId": "sg-0a",
        "GroupOwnerId": ACCOUNT,
        "Rule": "ingress/tcp/22/10.0.0.0/8",
        "Tags": [{"Key": "a", "Value": "b"}],
    }
    assert body.observed["Description"] == "office"
    assert body.observed["CidrIpv4"] == "10.0.0.0/8"


def test_a_rule_of_a_shared_group_is_known_under_its_owner():
    assert f":{'4' * 12}:" in _body(_rule(OFFICE, GroupOwnerId="4" * 12)).key


def test_a_rule_without_an_owner_is_of_the_account():
    rule = _rule(OFFICE)
    del rule["GroupOwnerId"]
    assert _body(rule).key.startswith(GROUP_ARN)


def test_two_rules_that_say_the_same_are_both_kept():
    rules = [_rule(OFFICE, SecurityGroupRuleId=name) for name in ("sgr-2", "sgr-1")]
    sight = _look(*rules)
    assert sight.coverage.outcome is Outcome.COMPLETE
    assert [(body.uid, body.key[-2:]) for body in sight.bodies] == [
        ("sgr-1", "/8"),
        ("sgr-2", "#2"),
    ]


def test_the_same_rule_of_two_groups_is_two_rules():
    sight = _look(_rule(OFFICE), _rule(OFFICE, GroupId="sg-0b", SecurityGroupRuleId="sgr-2"))
    assert not any("#" in body.key for body in sight.bodies)
    assert len(sight.bodies) == 2


@pytest.mark.parametrize("lost", ["SecurityGroupRuleId", "GroupId", "IsEgress", "IpProtocol"])
def test_a_rule_without_what_each_has_makes_the_scope_missed(lost: str):
    rule = _rule(OFFICE)
    del rule[lost]
    sight = _look(rule)
    assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")


def test_a_peer_that_is_no_network_makes_the_scope_missed():
    sight = _look(_rule(CidrIpv4="300.0.0.0/8"))
    assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")


def test_rules_that_one_may_not_list_are_missed():
    script = Script({(REGION, "ec2.DescribeSecurityGroupRules"): Error("UnauthorizedOperation")})
    sight = look(SECURITY_GROUP_RULE, reader(script, SECURITY_GROUP_RULE))
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.DENIED)


def test_the_largest_page_is_asked_for():
    script = Script({(REGION, "ec2.DescribeSecurityGroupRules"): {"SecurityGroupRules": []}})
    look(SECURITY_GROUP_RULE, reader(script, SECURITY_GROUP_RULE))
    assert script.asked_for("ec2.DescribeSecurityGroupRules") == [{"MaxResults": 1000}]


# ---- both views tie out -------------------------------------------------------------------------

PERMISSIONS = [
    {
        "IpProtocol": "tcp",
        "FromPort": 22,
        "ToPort": 22,
        "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "office"}, {"CidrIp": "1.1.1.1/32"}],
        "Ipv6Ranges": [{"CidrIpv6": "2001:db8::/32"}],
        "PrefixListIds": [{"PrefixListId": "pl-1"}],
        "UserIdGroupPairs": [{"GroupId": "sg-1", "UserId": ACCOUNT}],
    },
    {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]},
    {"IpProtocol": "50", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]},
    {"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]},
]
PARTS: list[dict[str, Any]] = [
    OFFICE,
    {"CidrIpv4": "1.1.1.1/32"},
    {"CidrIpv6": "2001:db8::/32"},
    {"PrefixListId": "pl-1"},
    {"ReferencedGroupInfo": {"GroupId": "sg-1", "UserId": ACCOUNT}},
    {**OFFICE, **ALL},
    {**OFFICE, **ALL, "IpProtocol": "50"},
    {**OFFICE, **ALL, "IpProtocol": "icmp"},
    {"CidrIpv4": "0.0.0.0/0", **ALL, "IsEgress": True},
]
RULES = [_rule(part, SecurityGroupRuleId=f"sgr-{number}") for number, part in enumerate(PARTS)]


def _tied(rules: list[dict[str, Any]]) -> Tied:
    group = {
        "GroupId": "sg-0a",
        "OwnerId": ACCOUNT,
        "IpPermissions": PERMISSIONS,
        "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    }
    script = Script({(REGION, "ec2.DescribeSecurityGroups"): {"SecurityGroups": [group]}})
    counter = Counter({spec.name: spec for spec in (SECURITY_GROUP, SECURITY_GROUP_RULE)})
    sight = _look(*rules)
    counter.see(sight)
    counter.see(look(SECURITY_GROUP, reader(script, SECURITY_GROUP)))
    (tied,) = counter.ties(sight.scope)
    return tied


def test_rules_listed_one_by_one_are_those_that_their_groups_show():
    tied = _tied(RULES)
    assert tied.agrees, tied.odd
    assert tied.mine == 9


def test_a_rule_that_only_its_group_shows_is_named():
    assert _tied(RULES[1:]).odd == ("sg-0a/ingress/tcp/22/10.0.0.0/8",)


def test_a_rule_that_its_group_does_not_show_is_named():
    more = _rule(CidrIpv4="9.9.9.9/32", SecurityGroupRuleId="sgr-99")
    assert _tied([*RULES, more]).odd == ("sg-0a/ingress/tcp/22/9.9.9.9/32",)
