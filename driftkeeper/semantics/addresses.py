"""How much of the internet a set of source addresses is.

Everything is decided on the *union* of the addresses, as integer ranges: two halves of the
internet are the internet, into however many CIDRs they are cut.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Source: TypeAlias = tuple[int, int]
"""Addresses as an inclusive range of integers."""

Family: TypeAlias = Literal["ipv4", "ipv6"]

FAMILIES: Final[tuple[Family, ...]] = ("ipv4", "ipv6")

# What no host on the internet can have as its address (IANA special-purpose registries).
_SPECIAL4: Final = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
    *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15"),
    *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
)


class Reach(StrEnum):
    """How much of the internet is inside a set of addresses; ordered from nothing to all of it."""

    NONE = "none"
    SPECIFIC = "specific"
    BROAD = "broad"
    ANY = "any"

    @property
    def is_public(self) -> bool:
        """Whether so many addresses are meant that they cannot be known hosts."""
        return self >= Reach.BROAD

    # A StrEnum compares as text, and "any" < "none" would be the opposite of what is meant.
    def __lt__(self, other: str) -> bool:
        return _RANK[self] < _RANK[Reach(other)]

    def __le__(self, other: str) -> bool:
        return _RANK[self] <= _RANK[Reach(other)]

    def __gt__(self, other: str) -> bool:
        return _RANK[self] > _RANK[Reach(other)]

    def __ge__(self, other: str) -> bool:
        return _RANK[self] >= _RANK[Reach(other)]


_RANK: Final = {member: rank for rank, member in enumerate(Reach)}


def reach(cidrs: Iterable[str]) -> dict[Family, Reach]:
    """Return the reach of the union of the CIDRs, for each family.

    ``any`` holds every global address, ``broad`` at least a /8 of them (IPv6: a /32), ``specific``
    at least one. Host bits are ignored, as AWS does. Raises ValueError for what is no CIDR.
    """
    union = frozenset(cidrs)
    return {family: reach_of(family, union) for family in FAMILIES}


def merge(sources: Iterable[Source]) -> list[Source]:
    """Join ranges that overlap or touch; the result is sorted and has gaps in between."""
    merged: list[Source] = []
    for first, last in sorted(sources):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


@lru_cache(maxsize=1 << 16)
def span(cidr: str) -> tuple[Family, Source]:
    """Return the family of a CIDR and its addresses; host bits are ignored, as AWS does."""
    network: IPv4Network | IPv6Network
    if ":" in cidr:
        network = IPv6Network(cidr, strict=False)
        return "ipv6", (int(network.network_address), int(network.broadcast_address))
    network = IPv4Network(cidr, strict=False)
    return "ipv4", (int(network.network_address), int(network.broadcast_address))


def _size(sources: Iterable[Source]) -> int:
    return sum(last - first + 1 for first, last in sources)


def _overlap(left: Sequence[Source], right: Sequence[Source]) -> int:
    """Count the addresses in both of two sorted lists of disjoint ranges."""
    total = i = j = 0
    while i < len(left) and j < len(right):
        first, last = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        total += max(0, last - first + 1)
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return total


# What lies between the special ranges, which stand at both ends too.
GLOBAL4: Final = tuple(
    (left[1] + 1, right[0] - 1)
    for left, right in pairwise(merge(span(cidr)[1] for cidr in _SPECIAL4))
)
GLOBAL6: Final = (span("2000::/3")[1],)
_GLOBAL: Final[dict[Family, tuple[Source, ...]]] = {"ipv4": GLOBAL4, "ipv6": GLOBAL6}
_BROAD: Final[dict[Family, int]] = {"ipv4": 2**24, "ipv6": 2**96}


@lru_cache(maxsize=4096)
def reach_of(family: Family, cidrs: frozenset[str]) -> Reach:
    """Return the reach of those of the CIDRs that are of the family; see `reach`."""
    spans = (span(cidr) for cidr in cidrs)
    return reach_of_ranges(family, (source for its, source in spans if its == family))


def reach_of_ranges(family: Family, sources: Iterable[Source]) -> Reach:
    """Return the reach of the union of ranges of addresses of the family; see `reach`."""
    count = _overlap(merge(sources), _GLOBAL[family])
    if count == _size(_GLOBAL[family]):
        return Reach.ANY
    if count >= _BROAD[family]:
        return Reach.BROAD
    return Reach.SPECIFIC if count else Reach.NONE
