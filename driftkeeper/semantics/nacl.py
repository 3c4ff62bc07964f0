"""Which sensitive ports a network ACL leaves open to the internet.

Source: EC2 ``DescribeNetworkAcls`` (``Entries``). Entries are tried by ascending number for each packet,
and the first that fits decides: an address that a lower number denies stays out whatever comes later.
What no entry fits is denied.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from driftkeeper.semantics.addresses import (
    FAMILIES,
    Family,
    Reach,
    Source,
    merge,
    reach_of_ranges,
    span,
)
from driftkeeper.semantics.network import ADMIN_PORTS, DATABASE_PORTS, HIGH_RISK_PORTS, LAST_PORT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

SENSITIVE_PORTS: Final = ADMIN_PORTS | DATABASE_PORTS | HIGH_RISK_PORTS

Port: TypeAlias = tuple[Family, str, int]
"""Family, ``tcp`` or ``udp``, and the number of the port."""

_ALL: Final = "-1"
_PROTOCOLS: Final = {"tcp": ("6", "tcp", _ALL), "udp": ("17", "udp", _ALL)}
_NETWORKS: Final[tuple[tuple[Family, str], ...]] = (
    ("ipv4", "CidrBlock"),
    ("ipv6", "Ipv6CidrBlock"),
)

_Verdict: TypeAlias = tuple[bool, Source]


class _Line(NamedTuple):
    """An entry for traffic that comes in, as far as it matters here."""

    number: int
    family: Family
    protocol: str
    first: int
    last: int
    verdict: _Verdict


def public_ports(entries: Iterable[Mapping[str, Any]]) -> frozenset[Port]:
    """Return the sensitive ports that `any` or `broad` of the internet can reach through the ACL.

    ``entries`` are those of both directions, in any order. Ports of administration, databases and other
    high risk count. A range of ports that cannot be read means all of them. Raises ValueError for a
    bad CIDR.
    """
    lines = sorted(_lines(entries))
    return frozenset(
        (family, protocol, port)
        for family in FAMILIES
        for protocol in _PROTOCOLS
        for port in SENSITIVE_PORTS
        if _reach(family, _fitting(lines, family, protocol, port)).is_public
    )


def _lines(entries: Iterable[Mapping[str, Any]]) -> Iterator[_Line]:
    for entry in entries:
        number = entry.get("RuleNumber")
        if entry.get("Egress") or not isinstance(number, int):
            continue
        first, last = _ports(entry)
        allows = entry.get("RuleAction") == "allow"
        for family, name in _NETWORKS:
            if entry.get(name):
                verdict = (allows, span(str(entry[name]))[1])
                yield _Line(number, family, str(entry.get("Protocol")), first, last, verdict)


def _ports(entry: Mapping[str, Any]) -> tuple[int, int]:
    ports = entry.get("PortRange")
    if entry.get("Protocol") == _ALL or not isinstance(ports, dict):
        return 0, LAST_PORT
    first, last = ports.get("From"), ports.get("To")
    if not isinstance(first, int) or not isinstance(last, int) or min(first, last) < 0:
        return 0, LAST_PORT
    return first, last


def _fitting(
    lines: Sequence[_Line], family: Family, protocol: str, port: int
) -> tuple[_Verdict, ...]:
    """Return what the entries say that are for the port, those first that are tried first."""
    return tuple(
        line.verdict
        for line in lines
        if line.family == family
        and line.protocol in _PROTOCOLS[protocol]
        and line.first <= port <= line.last
    )


@lru_cache(maxsize=1024)
def _reach(family: Family, verdicts: tuple[_Verdict, ...]) -> Reach:
    decided: list[Source] = []
    admitted: list[Source] = []
    for allows, source in verdicts:
        if allows:
            admitted += _outside(source, decided)
        decided = merge([*decided, source])
    return reach_of_ranges(family, admitted)


def _outside(source: Source, taken: Iterable[Source]) -> Iterator[Source]:
    """Yield the parts of a range that lie in none of the ranges taken, which are sorted and disjoint."""
    first, last = source
    for low, high in taken:
        if low > last:
            break
        if first < low:
            yield first, low - 1
        first = max(first, high + 1)
    if first <= last:
        yield first, last
