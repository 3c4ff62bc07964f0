"""What the rules of a security group expose, on which ports, to how much of the internet.

The rules come from EC2 ``DescribeSecurityGroups`` (``IpPermissions``, ``IpPermissionsEgress``).
A port is judged by the *union* of the sources that reach it, over all rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypedDict

from driftkeeper.semantics.addresses import FAMILIES, Family, Reach, reach, reach_of, span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["Exposure", "Reach", "ReachChange", "compare", "exposure", "port_class", "reach"]

PortClass: TypeAlias = Literal["all", "admin", "database", "high_risk", "other", "web"]

ALL: Final = "all"
LAST_PORT: Final = 65535

ADMIN_PORTS: Final = frozenset({22, 23, 3389, 5985, 5986})
DATABASE_PORTS: Final = frozenset(
    {
        *(1433, 1434, 1521, 1830, 2483, 2484, 3050, 3306, 4333, 5432, 5439, 5984, 6379, 6380),
        *(7199, 7474, 7687, 8086, 9042, 9160, 9200, 9300, 11211, 27017, 27018, 27019, 50000),
    }
)
HIGH_RISK_PORTS: Final = frozenset(
    {
        *(20, 21, 25, 110, 135, 137, 138, 139, 143, 445, 2049, 2375, 2376, 3000, 4333, 5000),
        *(5500, 5601, 8080, 8088, 8888, 9092, 10250),
    }
)
WEB_PORTS: Final = frozenset({80, 443})

_SEVEREST_FIRST: Final[tuple[tuple[PortClass, frozenset[int]], ...]] = (
    ("admin", ADMIN_PORTS),
    ("database", DATABASE_PORTS),
    ("high_risk", HIGH_RISK_PORTS),
)

_PROTOCOLS: Final = {"-1": ALL, "1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}
_WITH_PORTS: Final = frozenset({"tcp", "udp"})

_Rule: TypeAlias = tuple[int, int, frozenset[str]]
_Moved: TypeAlias = tuple[Reach, Reach]
_Run: TypeAlias = tuple[int, int, _Moved]


class Exposure(TypedDict):
    """Per family and protocol the intervals ``[first, last, reach]`` that are not ``none``."""

    ipv4: dict[str, list[list[Any]]]
    ipv6: dict[str, list[list[Any]]]
    unresolved: list[str]


@dataclass(frozen=True, slots=True)
class ReachChange:
    """A run of ports whose reach moved from ``before`` to ``after`` everywhere in the run.

    ``grows``: the run became public beside ports that were public and still are (an open interval
    got longer). ``shrinks`` is its mirror: it stopped being public beside ports that stay public.
    """

    family: Family
    protocol: str
    first: int
    last: int
    before: Reach
    after: Reach
    grows: bool
    shrinks: bool = False


def exposure(
    permissions: Sequence[Mapping[str, Any]],
    prefix_lists: Mapping[str, Sequence[str]] | None = None,
) -> Exposure:
    """Return which ports of which protocol are reached by how much of the internet.

    ``permissions`` is an EC2 ``IpPermissions`` list; ``prefix_lists`` gives the CIDRs of prefix
    lists by id, and lists it does not hold are named in ``unresolved``. References to other
    security groups name no address and expose nothing here. Raises ValueError for a bad CIDR.

    The reach is *effective*: a protocol that some rule names with an address of the family also
    counts the sources of the all-protocols rules, over all ports; a protocol that no rule names
    is not listed and has the reach of ``all``. ICMP types and codes are not told apart: any ICMP
    rule is ``[0, 65535]``, and so is a protocol without ports.
    """
    known = prefix_lists or {}
    unresolved: set[str] = set()
    rules: dict[Family, dict[str, list[_Rule]]] = {family: {} for family in FAMILIES}
    for permission in permissions:
        protocol = _protocol(permission["IpProtocol"])
        first, last = _ports(permission, protocol)
        lists = [entry["PrefixListId"] for entry in permission.get("PrefixListIds", ())]
        unresolved.update(name for name in lists if name not in known)
        cidrs = [
            *(entry["CidrIp"] for entry in permission.get("IpRanges", ())),
            *(entry["CidrIpv6"] for entry in permission.get("Ipv6Ranges", ())),
            *(cidr for name in lists for cidr in known.get(name, ())),
        ]
        for family in FAMILIES:
            own = frozenset(cidr for cidr in cidrs if span(cidr)[0] == family)
            if own:
                rules[family].setdefault(protocol, []).append((first, last, own))
    return {
        "ipv4": _swept("ipv4", rules["ipv4"]),
        "ipv6": _swept("ipv6", rules["ipv6"]),
        "unresolved": sorted(unresolved),
    }


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[ReachChange]:
    """Name the runs of ports whose effective reach differs between two exposures.

    A protocol that only one side lists is compared with the other side's ``all``. What follows
    from a change of ``all`` alone is said once, under ``all``: a port open by a rule of its own
    stays silent when everything around it opens or closes. Order: family, ``all``, protocol, port.
    """
    return [
        change
        for family in FAMILIES
        for change in _family_changes(family, old.get(family, {}), new.get(family, {}))
    ]


def port_class(first: int, last: int, proto: str) -> PortClass:
    """Return the most severe class among the ports ``first``..``last`` of a protocol.

    ``all`` is every protocol, or every port of TCP or UDP; ``web`` only if each port is 80 or 443.
    Protocols without ports are ``other``.
    """
    protocol = _protocol(proto)
    if protocol == ALL:
        return "all"
    if protocol not in _WITH_PORTS:
        return "other"
    if (first, last) == (0, LAST_PORT):
        return "all"
    for name, ports in _SEVEREST_FIRST:
        if any(first <= port <= last for port in ports):
            return name
    return "web" if WEB_PORTS.issuperset(range(first, last + 1)) else "other"


def _protocol(value: str | int) -> str:
    name = str(value).lower()
    return _PROTOCOLS.get(name, name)


def _ports(permission: Mapping[str, Any], protocol: str) -> tuple[int, int]:
    first, last = permission.get("FromPort"), permission.get("ToPort")
    # A bound that is missing or negative means "no limit": too much is said rather than too little.
    if protocol not in _WITH_PORTS or first is None or last is None or min(first, last) < 0:
        return 0, LAST_PORT
    return min(first, last), max(first, last)


def _swept(family: Family, rules: Mapping[str, Sequence[_Rule]]) -> dict[str, list[list[Any]]]:
    everything = rules.get(ALL, ())
    swept = {
        protocol: _sweep(family, own if protocol == ALL else [*own, *everything])
        for protocol, own in sorted(rules.items())
    }
    return {protocol: intervals for protocol, intervals in swept.items() if intervals}


def _sweep(family: Family, rules: Sequence[_Rule]) -> list[list[Any]]:
    """Cut the ports wherever a rule begins or ends, and class each piece by its union."""
    cuts = sorted({edge for first, last, _ in rules for edge in (first, last + 1)})
    intervals: list[list[Any]] = []
    for low, beyond in pairwise(cuts):
        cidrs = frozenset[str]().union(*(c for first, last, c in rules if first <= low <= last))
        found = reach_of(family, cidrs)
        if found is Reach.NONE:
            continue
        if intervals and intervals[-1][1:] == [low - 1, found]:
            intervals[-1][1] = beyond - 1
        else:
            intervals.append([low, beyond - 1, found.value])
    return intervals


def _family_changes(
    family: Family, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[ReachChange]:
    everything = _runs(before.get(ALL, ()), after.get(ALL, ()))
    changes = _changes(family, ALL, everything, (Reach.NONE, Reach.NONE))
    for protocol in sorted({*before, *after} - {ALL}):
        old = before.get(protocol, before.get(ALL, ()))
        new = after.get(protocol, after.get(ALL, ()))
        # "all" has no ports: its first run is its only one.
        changes += _changes(family, protocol, _runs(old, new), everything[0][2])
    return changes


def _changes(
    family: Family, protocol: str, runs: Sequence[_Run], everything: _Moved
) -> list[ReachChange]:
    return [
        ReachChange(
            *(family, protocol, first, last, *moved),
            grows=_beside(runs, at, (False, True)),
            shrinks=_beside(runs, at, (True, False)),
        )
        for at, (first, last, moved) in enumerate(runs)
        if moved[0] != moved[1] and not _explained(moved, everything)
    ]


def _runs(before: Sequence[Sequence[Any]], after: Sequence[Sequence[Any]]) -> list[_Run]:
    """Partition all ports into maximal runs that moved alike."""
    edges = {edge for first, last, _ in [*before, *after] for edge in (first, last + 1)}
    runs: list[_Run] = []
    for low, beyond in pairwise(sorted({0, LAST_PORT + 1, *edges})):
        moved = (_at(before, low), _at(after, low))
        start = runs.pop()[0] if runs and runs[-1][2] == moved else low
        runs.append((start, beyond - 1, moved))
    return runs


def _at(intervals: Iterable[Sequence[Any]], port: int) -> Reach:
    found = (name for first, last, name in intervals if first <= port <= last)
    return Reach(next(found, Reach.NONE))


def _explained(moved: _Moved, everything: _Moved) -> bool:
    """Whether a run moved only because ``all`` did, the protocol's own sources staying put."""
    (before, after), (old, new) = moved, everything
    return after == max(before, new) if old < new else before == max(after, old)


def _beside(runs: Sequence[_Run], at: int, flip: tuple[bool, bool]) -> bool:
    """Whether the stretch of ports that flipped around ``at`` borders on ports public throughout.

    The stretch may be several runs: a port that was ``specific`` and one that was ``none`` can
    both become public and together lengthen an open interval.
    """
    if _public(runs[at]) != flip:
        return False
    for step in (-1, 1):
        here = at
        while 0 <= here < len(runs) and _public(runs[here]) == flip:
            here += step
        if 0 <= here < len(runs) and _public(runs[here]) == (True, True):
            return True
    return False


def _public(run: _Run) -> tuple[bool, bool]:
    before, after = run[2]
    return before.is_public, after.is_public
