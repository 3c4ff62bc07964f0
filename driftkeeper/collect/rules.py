"""Security group rules: the call that lists them, and one name for a rule whoever lists it.

AWS shows the same rules twice: grouped by protocol and ports inside their groups, and one by one with
an id each. Both are named `protocol/ports/peer`, so that they can be held against each other.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import lru_cache

from driftkeeper.collect.spec import Call, Unseen
from driftkeeper.domain.types import Cause, Json

RULES = Call(
    "ec2",
    "describe_security_group_rules",
    items="SecurityGroupRules",
    always=("SecurityGroupRuleId", "GroupId", "IsEgress", "IpProtocol"),
    page_size=1000,
    shared=True,
)

PEERS = {
    "IpRanges": ("CidrIp",),
    "Ipv6Ranges": ("CidrIpv6",),
    "PrefixListIds": ("PrefixListId",),
    "UserIdGroupPairs": ("UserId", "GroupId"),
}
"""The lists of peers in a group's rule, each with the fields that say which peer it is."""

_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
_NO_PORT = (None, -1)


def protocol_name(protocol: Json) -> str:
    """Return the name of a protocol that has one, else its number; `-1` stands for all."""
    return _PROTOCOLS.get(str(protocol), str(protocol))


def rule_head(protocol: str, first: int | None, last: int | None) -> str:
    """Return `protocol/ports`; without ports where the rule is for all of them.

    ICMP has types and codes in the place of ports, and there -1 is the number for "any".
    """
    name = "all" if protocol == "-1" else protocol
    everything = first in _NO_PORT and last in _NO_PORT and not protocol.startswith("icmp")
    if first is None or everything:
        return name
    return f"{name}/{first}" if first == last else f"{name}/{first}-{last}"


def peer_name(peer: Mapping[str, Json], fields: tuple[str, ...]) -> str:
    """Return the fields that say which peer it is, those that there are, joined by slashes."""
    return "/".join(str(peer[name]) for name in fields if name in peer)


@lru_cache(maxsize=4096)
def network_address(cidr: str) -> str:
    """Return the CIDR with its network's address: the same few stand in most rules.

    Raises `Unseen` for what is no CIDR.
    """
    try:
        return str(ipaddress.ip_network(cidr, strict=False))
    except ValueError:
        raise Unseen(Cause.FAILED, "MalformedAnswer", f"{cidr} is no CIDR") from None
