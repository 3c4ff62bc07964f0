"""Security group rules, one by one, with the ids and tags that they have of their own (evidence item 8).

A rule is known by what it says, not by its id: revoking a rule and granting it again gives a new id and
changes nothing. What it says is part of its key, as its group spells it, and therefore observed only; so
is its description, whose changes the group tells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from driftkeeper.collect.evidence.ec2_security_group import by_peer
from driftkeeper.collect.made import Made, plain
from driftkeeper.collect.rules import (
    RULES,
    network_address,
    peer_name,
    protocol_name,
    rule_head,
)
from driftkeeper.collect.spec import Asker, EvidenceType, Function, Item, Reach, Tie
from driftkeeper.domain.types import Body

_DIRECTIONS = {"IpPermissions": "ingress", "IpPermissionsEgress": "egress"}


def listed_rules(asker: Asker) -> Iterable[Item]:
    """Return the rules of a region with what each says under `Rule`, which names it in its group.

    AWS has no two rules that say the same. Where a simulator has, the second is called `#2`.
    """
    named: Counter[tuple[str, str]] = Counter()
    items = []
    for row in sorted(asker.rows(RULES), key=lambda row: str(row["SecurityGroupRuleId"])):
        name = rule_name(row)
        named[row["GroupId"], name] += 1
        number = named[row["GroupId"], name]
        items.append(
            {
                **row,
                "GroupOwnerId": row.get("GroupOwnerId", asker.scope.account),
                "Rule": name if number == 1 else f"{name}#{number}",
            }
        )
    return items


def rule_name(row: Item) -> str:
    """Return `direction/protocol/ports/peer` of a listed rule."""
    direction = "egress" if row["IsEgress"] else "ingress"
    protocol = protocol_name(row["IpProtocol"])
    head = rule_head(protocol, row.get("FromPort"), row.get("ToPort"))
    return f"{direction}/{head}/{_peer(row)}"


def _peer(row: Item) -> str:
    """Return who is let in; a rule for a sort of peer that nobody knows is called by its id."""
    for name in ("CidrIpv4", "CidrIpv6"):
        if name in row:
            return network_address(row[name])
    group = row.get("ReferencedGroupInfo", {})
    if "GroupId" in group:
        return peer_name(group, ("UserId", "GroupId"))
    return str(row.get("PrefixListId", row["SecurityGroupRuleId"]))


def _by_themselves(bodies: Sequence[Body]) -> frozenset[str]:
    return frozenset(
        f"{body.config['GroupId']}/{body.config['Rule'].partition('#')[0]}" for body in bodies
    )


def _by_group(bodies: Sequence[Body]) -> frozenset[str]:
    """Return the rules that groups show, each peer as a rule of its own."""
    return frozenset(
        f"{body.config['GroupId']}/{direction}/{name.partition('#')[0]}"
        for body in bodies
        for field, direction in _DIRECTIONS.items()
        for name, peer in by_peer(body.config[field]).items()
        if isinstance(peer, dict)
    )


SECURITY_GROUP_RULE = EvidenceType(
    name="ec2.security_group_rule",
    title="Security group rules",
    says="Each rule of each security group with its id, description and tags.",
    item=8,
    reach=Reach.REGION,
    listing=Function((RULES,), listed_rules),
    key="arn:{partition}:ec2:{region}:{GroupOwnerId}:security-group/{GroupId}/rule/{Rule}",
    uid="SecurityGroupRuleId",
    observed=(
        "SecurityGroupRuleArn",
        "Description",
        "IsEgress",
        "IpProtocol",
        "FromPort",
        "ToPort",
        "CidrIpv4",
        "CidrIpv6",
        "PrefixListId",
        "ReferencedGroupInfo",
    ),
    sets={"Tags": "Key"},
    criteria=("CC6.6", "CC7.1", "CC8.1"),
    limits=(
        "That a rule came or went, and how it is described, is told by its group; here, that a rule was"
        " edited in place, or revoked and granted again. What rules expose together is told by neither."
    ),
    ties=(
        Tie(
            "rules",
            "the rules that are listed one by one are those that the groups show",
            _by_themselves,
            "ec2.security_group",
            _by_group,
        ),
    ),
    made=Made(rows=("SecurityGroupRules",), fields=plain("Rule")),
)
