"""Names the security group rules in a logged call as changes name them: `protocol/ports/peer`.

EC2 logs a rule in three spellings: `ipPermissions.items` of the older calls, one flat object per rule
in their answers, and `SecurityGroupRule` of the newer calls, with capitals.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
_CIDRS = ("cidrip", "cidripv6", "cidripv4")
_LISTS = ("ipranges", "ipv6ranges", "prefixlistids", "groups", "useridgrouppairs")


def rules_in(value: Any) -> frozenset[str]:
    """Return the name of every rule anywhere in a value; empty when there is none to be read."""
    return frozenset(_rules(value))


def _rules(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for member in value:
            yield from _rules(member)
    elif isinstance(value, Mapping):
        fields = {str(name).lower(): inner for name, inner in value.items()}
        if "ipprotocol" in fields:
            head = _head(fields)
            yield from (f"{head}/{peer}" for peer in _peers(fields))
        else:
            for inner in value.values():
                yield from _rules(inner)


def _head(fields: Mapping[str, Any]) -> str:
    protocol = _PROTOCOLS.get(str(fields["ipprotocol"]), str(fields["ipprotocol"]))
    name = "all" if protocol == "-1" else protocol
    first, last = _port(fields.get("fromport")), _port(fields.get("toport"))
    without = (None, -1)
    if first is None or (first in without and last in without and not name.startswith("icmp")):
        return name
    return f"{name}/{first}" if first == last else f"{name}/{first}-{last}"


def _port(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def _peers(fields: Mapping[str, Any]) -> Iterator[str]:
    listed = [fields[name] for name in _LISTS if name in fields]
    for given in listed:
        members = given.get("items", given) if isinstance(given, Mapping) else given
        for member in members if isinstance(members, list) else [members]:
            if isinstance(member, Mapping):
                yield from _peer({str(name).lower(): inner for name, inner in member.items()})
    yield from _peer(fields)


def _peer(fields: Mapping[str, Any]) -> Iterator[str]:
    for name in _CIDRS:
        if isinstance(fields.get(name), str):
            yield _network(fields[name])
    if isinstance(fields.get("prefixlistid"), str):
        yield fields["prefixlistid"]
    referenced = fields.get("referencedgroupinfo", fields.get("referencedgroupid"))
    if isinstance(referenced, str):
        yield referenced
    group = referenced if isinstance(referenced, Mapping) else fields
    named = {str(name).lower(): inner for name, inner in group.items()}
    is_peer = group is not fields or "ipprotocol" not in fields
    if is_peer and isinstance(named.get("groupid"), str):
        yield "/".join(
            named[name] for name in ("userid", "groupid") if isinstance(named.get(name), str)
        )


def _network(cidr: str) -> str:
    try:
        return str(ipaddress.ip_network(cidr, strict=False))
    except ValueError:
        return cidr
