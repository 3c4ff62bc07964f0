"""Security groups with their rules (evidence item 8).

AWS lists rules grouped by protocol and ports; here every peer of a rule has a name of its own, so that a
difference reads `IpPermissions/tcp/22/0.0.0.0/0`.
"""

from __future__ import annotations

from typing import Any

from driftkeeper.collect.made import LIST, Made, plain
from driftkeeper.collect.no_setting import BY_AWS, FIXED
from driftkeeper.collect.rules import PEERS, network_address, peer_name, protocol_name, rule_head
from driftkeeper.collect.spec import Call, EvidenceType, Item, Reach
from driftkeeper.domain.canonical import encode
from driftkeeper.domain.types import Json

_KNOWN = frozenset({"IpProtocol", "FromPort", "ToPort", *PEERS})
_DIRECTIONS = ("IpPermissions", "IpPermissionsEgress")


def one_spelling(item: Item) -> Item:
    """Return the group with protocols by name, network addresses, and one entry per port range.

    Fields of a rule that we do not know may mean anything: rules that differ in them stay apart.
    """
    return {
        **item,
        **{name: _regrouped(item[name]) for name in _DIRECTIONS},
    }


def _regrouped(permissions: list[Item]) -> list[Item]:
    entries: dict[tuple[Any, ...], Item] = {}
    for permission in permissions:
        protocol = protocol_name(permission["IpProtocol"])
        ports: Item = {
            name: permission[name]
            for name in ("FromPort", "ToPort")
            if name in permission and protocol != "-1"
        }
        rest = {name: permission[name] for name in permission if name not in _KNOWN}
        entry = entries.setdefault(
            (protocol, *ports.items(), encode(rest)),
            {"IpProtocol": protocol, **ports, **rest, **{name: [] for name in PEERS}},
        )
        for name, fields in PEERS.items():
            peers = permission.get(name, [])
            if not all(fields[-1] in peer for peer in peers):
                raise LookupError(f"a peer in {name} has no {fields[-1]}")
            entry[name] = [*entry[name], *map(_network, peers)]
    return [
        {**entry, **{name: sorted(entry[name], key=encode) for name in PEERS}}
        for entry in entries.values()
    ]


def _network(peer: Item) -> Item:
    for name in ("CidrIp", "CidrIpv6"):
        if name in peer:
            return {**peer, name: network_address(peer[name])}
    return peer


def by_peer(permissions: list[Json]) -> dict[str, Json]:
    """Return each peer of each rule under `protocol/ports/peer`, what else it has under its name."""
    rules: dict[str, Json] = {}
    for permission in permissions:
        head = _head(permission)
        for name, fields in PEERS.items():
            for peer in permission.get(name, []):
                rules[_free(rules, f"{head}/{peer_name(peer, fields)}")] = peer
        for name in sorted(permission.keys() - _KNOWN):
            rules[_free(rules, f"{head}/{name}")] = permission[name]
    return rules


def _head(permission: Item) -> str:
    return rule_head(permission["IpProtocol"], permission.get("FromPort"), permission.get("ToPort"))


def _free(rules: dict[str, Json], name: str) -> str:
    number, free = 1, name
    while free in rules:
        number += 1
        free = f"{name}#{number}"
    return free


_PEER = ("CidrIp", "CidrIpv6", "PrefixListId", "GroupId", "UserId")
"""What the peer of a rule is told apart by."""

SECURITY_GROUP = EvidenceType(
    name="ec2.security_group",
    title="Security groups with their rules",
    says="Each security group's VPC, tags, and every inbound and outbound rule.",
    item=8,
    reach=Reach.REGION,
    listing=Call(
        "ec2",
        "describe_security_groups",
        items="SecurityGroups",
        always=("GroupId", "OwnerId", *_DIRECTIONS),
        page_size=1000,
    ),
    key="arn:{partition}:ec2:{region}:{OwnerId}:security-group/{GroupId}",
    uid="GroupId",
    called=("GroupName",),
    tidy=one_spelling,
    sets={"IpPermissions": by_peer, "IpPermissionsEgress": by_peer, "Tags": "Key"},
    criteria=("CC6.6", "CC7.1", "CC8.1"),
    limits=(
        "Says what the rules allow, not what reaches anything: routes, network ACLs, VPC block public"
        " access and what the group is attached to are not considered. Prefix lists stand by their id."
    ),
    made=Made(
        fields={way: {LIST: plain(*_PEER, "Description", "PeeringStatus")} for way in _DIRECTIONS},
        named_by=dict.fromkeys(_DIRECTIONS, _PEER),
    ),
    no_setting={
        "GroupName": FIXED,
        "SecurityGroupArn": FIXED,
        "IpPermissions*.*.PeeringStatus": BY_AWS,
    },
)
