"""What a security group exposes, in lines for people: a port to a line, families together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_FAMILIES = ("ipv4", "ipv6")
_LISTED = 10
_LAST_PORT = 65535
_IN = {
    "any": "open to the internet",
    "broad": "open to much of the internet",
    "specific": "open to some public addresses",
}
_OUT = {
    "any": "may go to the internet",
    "broad": "may go to much of the internet",
    "specific": "may go to some public addresses",
}
_WORST_FIRST = ("any", "broad", "specific")


def exposure(row: Mapping[str, Any], _key: str) -> list[str]:
    """Return what a group lets in from public addresses and what it lets out to them."""
    inward = [*_lines(row["ingress"], _IN)] or ["nothing is open to public addresses"]
    outward = [*_lines(row["egress"], _OUT)] or ["nothing may go to public addresses"]
    found = [*inward, *outward]
    more = len(found) - _LISTED
    return [*found[:_LISTED], *([f"and {more} more"] if more > 0 else [])]


def _lines(side: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[str]:
    families: dict[tuple[str, int, int, str], list[str]] = {}
    for family in _FAMILIES:
        for run in _runs(side[family]):
            families.setdefault(run, []).append(family)
    for run in sorted(families, key=lambda run: (_WORST_FIRST.index(run[3]), run)):
        protocol, first, last, reach = run
        yield f"{_ports(protocol, first, last)} {words[reach]} ({', '.join(families[run])})"
    for name in side["unresolved"]:
        yield f"prefix list {name}: addresses not known"


def _runs(found: Mapping[str, Any]) -> Iterator[tuple[str, int, int, str]]:
    """Yield each run of ports; what is open for all protocols alike is said once."""
    everything = {reach for _, _, reach in found.get("all", ())}
    for protocol, intervals in found.items():
        for first, last, reach in intervals:
            if protocol == "all" or reach not in everything:
                yield protocol, first, last, reach


def _ports(protocol: str, first: int, last: int) -> str:
    if protocol == "all":
        return "all traffic"
    if (first, last) == (0, _LAST_PORT):
        return f"all of {protocol}"
    return f"{protocol} {first}" if first == last else f"{protocol} {first}-{last}"
