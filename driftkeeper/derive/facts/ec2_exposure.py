"""What a security group exposes: the union of its sources per family, protocol and port.

A rule is not an exposure. Half the internet twice is the internet; a rule for all protocols opens every
port; and a second rule for the same port exposes nothing new. A prefix list counts with the entries that it
has then. The entries of AWS's own lists are not read: these lists are named as `unresolved`, and their
coming and going is a movement.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from driftkeeper.derive.spec import Fact, View
from driftkeeper.domain.types import Change, Json, Moved
from driftkeeper.semantics.network import ALL, LAST_PORT, Reach, compare, exposure, reach

_DIRECTIONS = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}
_SOURCES = {"ipv4": "CidrIp", "ipv6": "CidrIpv6"}
_NOT_KNOWN = "addresses not known"
_PREFIX_LIST, _AWS = "ec2.prefix_list", "AWS"


def exposed(config: Mapping[str, Json], view: View) -> dict[str, Json]:
    """Return the exposure of a group in both directions."""
    rules = {direction: config.get(name, []) for direction, name in _DIRECTIONS.items()}
    referred = {
        entry["PrefixListId"]
        for found in rules.values()
        for rule in found
        for entry in rule.get("PrefixListIds") or ()
    }
    lists = _entries(referred, view) if referred else {}
    return {direction: exposure(found, lists) for direction, found in rules.items()}


def _entries(referred: Collection[str], view: View) -> dict[str, list[str]]:
    """Return the addresses of each of these prefix lists of which they are read, by its id."""
    if view.never_read(_PREFIX_LIST, view.region):
        return {}
    found = view.all(_PREFIX_LIST, view.region).values()
    return {
        item["PrefixListId"]: [entry["Cidr"] for entry in item["Entries"]]
        for item in found
        if item["PrefixListId"] in referred
        and item["OwnerId"] != _AWS
        and item.get("Entries") is not None
    }


def compared(old: Mapping[str, Json], new: Mapping[str, Json]) -> list[Moved]:
    """Return each run of ports whose reach moved, at `direction/family/protocol/ports`.

    Prefix lists that came or went are at `direction/unresolved/id`.
    """
    return [
        moved
        for direction in _DIRECTIONS
        for moved in _compared(direction, old[direction], new[direction])
    ]


def _compared(direction: str, old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[Moved]:
    for run in compare(old, new):
        yield Moved(
            (direction, run.family, run.protocol, _ports(run.first, run.last)),
            str(run.before),
            str(run.after),
            frozenset(name for name in ("grows", "shrinks") if getattr(run, name)),
        )
    before, after = set(old["unresolved"]), set(new["unresolved"])
    for name in sorted(before ^ after):
        values = (None, _NOT_KNOWN) if name in after else (_NOT_KNOWN, None)
        yield Moved((direction, "unresolved", name), *values)


def blame(moved: Moved, change: Change) -> int:
    """Return the reach of a rule that came or went as the exposure did, 0 for any other change."""
    field, protocol, ports = (*change.path.split("/"), "", "")[:3]
    rule = change.before if change.after is None else change.after
    if change.scope.evidence == _PREFIX_LIST:
        return _blame_of_list(moved, change)
    if field != _DIRECTIONS[moved.path[0]] or not isinstance(rule, dict):
        return 0
    if moved.path[1] == "unresolved":
        return int(rule.get("PrefixListId") == moved.path[2])
    grew = Reach(str(moved.after)) > Reach(str(moved.before))
    source = rule.get(_SOURCES[moved.path[1]])
    if source is None or (change.before if grew else change.after) is not None:
        return 0
    if protocol != ALL and (protocol != moved.path[2] or not _meet(ports, moved.path[3])):
        return 0
    return max(list(Reach).index(found) for found in reach([source]).values())


def _blame_of_list(moved: Moved, change: Change) -> int:
    """Return the reach of an entry that came or went as the exposure did, 1 for another change of lists."""
    if moved.path[1] == "unresolved":
        return int(change.resource.endswith(f"/{moved.path[2]}"))
    entry = change.before if change.after is None else change.after
    cidr = entry.get("Cidr") if isinstance(entry, dict) else None
    if not isinstance(cidr, str):
        return 1
    return max(list(Reach).index(found) for found in reach([cidr]).values())


def _meet(ports: str, others: str) -> bool:
    (first, last), (low, high) = _span(ports), _span(others)
    return first <= high and low <= last


def _span(ports: str) -> tuple[int, int]:
    """Return the ports that a label names, all of them when it names none."""
    named = re.fullmatch(r"(\d+)(?:-(\d+))?", ports)
    return (int(named[1]), int(named[2] or named[1])) if named else (0, LAST_PORT)


def _ports(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


EXPOSURE = Fact(
    name="ec2.exposure",
    title="What security groups expose",
    says="Which ports of which protocol are reachable from how much of the internet, per group.",
    of=("ec2.security_group",),
    needs=(_PREFIX_LIST,),
    version=2,
    derive=exposed,
    compare=compared,
    blame=blame,
)
