"""What holds for the reach and the exposure of any addresses and any rules."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import pairwise
from typing import Any

from hypothesis import given, strategies as st

from driftkeeper.semantics.addresses import FAMILIES, GLOBAL4, GLOBAL6, Family, Reach, reach
from driftkeeper.semantics.network import Exposure, compare, exposure

Permission = dict[str, Any]

PROTOCOLS = ("-1", "tcp", "udp", "17", "icmp", "50")

# Few large blocks, so that unions meet the thresholds and cover everything often enough.
PREFIXES4 = st.sampled_from([0, 1, 1, 2, 2, 3, 5, 7, 8, 9, 16, 32])
PREFIXES6 = st.sampled_from([0, 1, 1, 2, 3, 4, 5, 32, 33, 64, 128])


def _cidr4(address: int, prefix: int) -> str:
    return str(IPv4Network((address, prefix), strict=False))


def _cidr6(address: int, prefix: int) -> str:
    return str(IPv6Network((address, prefix), strict=False))


cidrs4 = st.builds(_cidr4, st.integers(0, 2**32 - 1), PREFIXES4)
cidrs6 = st.builds(_cidr6, st.integers(0, 2**128 - 1), PREFIXES6)
cidrs = cidrs4 | cidrs6 | st.sampled_from(["0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1"])
ports = st.integers(0, 8) | st.integers(65530, 65535)


@st.composite
def permissions(draw: st.DrawFn) -> Permission:
    first, last = sorted([draw(ports), draw(ports)])
    chosen = draw(st.lists(cidrs, max_size=3))
    return {
        "IpProtocol": draw(st.sampled_from(PROTOCOLS)),
        "FromPort": first,
        "ToPort": last,
        "IpRanges": [{"CidrIp": cidr} for cidr in chosen if ":" not in cidr],
        "Ipv6Ranges": [{"CidrIpv6": cidr} for cidr in chosen if ":" in cidr],
    }


rules = st.lists(permissions(), max_size=6)


def sources(permission: Permission) -> list[str]:
    return [each["CidrIp"] for each in permission["IpRanges"]] + [
        each["CidrIpv6"] for each in permission["Ipv6Ranges"]
    ]


def effective(found: Exposure, family: str, protocol: str, port: int) -> Reach:
    """The reach a reader of an exposure must arrive at: the protocol's, or that of all."""
    listed = found["ipv4"] if family == "ipv4" else found["ipv6"]
    intervals = listed.get(protocol, listed.get("all", []))
    classes = [name for first, last, name in intervals if first <= port <= last]
    assert len(classes) < 2
    return Reach(classes[0] if classes else "none")


PROBES = (*range(10), *range(65529, 65536))
NAMES = ("all", "tcp", "udp", "icmp", "50", "47")


def brute_force(given: list[Permission], family: Family, protocol: str, port: int) -> Reach:
    """Ask each rule alone whether it applies, then take the reach of all their sources."""
    union: list[str] = []
    for permission in given:
        said = {"-1": "all", "17": "udp"}.get(permission["IpProtocol"], permission["IpProtocol"])
        if said not in ("all", protocol):
            continue
        if said in ("tcp", "udp") and not permission["FromPort"] <= port <= permission["ToPort"]:
            continue
        union += sources(permission)
    return reach(union)[family]


def count_global(chosen: list[str], version: int) -> int:
    """Count global addresses by taking atoms between all edges one at a time."""
    wide = GLOBAL4 if version == 4 else GLOBAL6
    spans = [
        (int(network[0]), int(network[-1]))
        for network in map(ip_network, chosen)
        if network.version == version
    ]
    edges = sorted({edge for low, high in [*spans, *wide] for edge in (low, high + 1)})
    return sum(
        beyond - low
        for low, beyond in pairwise(edges)
        if any(a <= low <= b for a, b in spans) and any(a <= low <= b for a, b in wide)
    )


@given(st.lists(cidrs, max_size=12))
def test_reach_agrees_with_counting_the_addresses(chosen: list[str]) -> None:
    for version, family, enough, everything in (
        (4, FAMILIES[0], 2**24, 3_702_258_688),
        (6, FAMILIES[1], 2**96, 2**125),
    ):
        count = count_global(chosen, version)
        expected = (
            Reach.ANY
            if count == everything
            else Reach.BROAD
            if count >= enough
            else Reach.SPECIFIC
            if count
            else Reach.NONE
        )
        assert reach(chosen)[family] is expected


@given(rules)
def test_every_port_has_the_reach_of_the_rules_that_apply_to_it(given: list[Permission]) -> None:
    found = exposure(given)

    for family in FAMILIES:
        for protocol in NAMES:
            for port in PROBES:
                assert effective(found, family, protocol, port) is brute_force(
                    given, family, protocol, port
                )


@given(rules)
def test_intervals_are_sorted_disjoint_and_as_long_as_they_can_be(given: list[Permission]) -> None:
    found = exposure(given)

    for listed in (found["ipv4"], found["ipv6"]):
        for intervals in listed.values():
            assert intervals
            assert all(0 <= first <= last <= 65535 for first, last, _ in intervals)
            assert all(name != "none" for _, _, name in intervals)
            for (_, last, name), (first, _, other) in pairwise(intervals):
                assert last < first
                assert last + 1 < first or name != other


@given(rules, st.randoms(use_true_random=False))
def test_order_repetition_and_cutting_in_halves_never_change_an_exposure(
    given: list[Permission], random: Any
) -> None:
    halved = [
        {
            **permission,
            "IpRanges": [
                {"CidrIp": half} for each in permission["IpRanges"] for half in halves(each)
            ],
            "Ipv6Ranges": [
                {"CidrIpv6": half} for each in permission["Ipv6Ranges"] for half in halves(each)
            ],
        }
        for permission in [*given, *given]
    ]
    random.shuffle(halved)

    assert exposure(halved) == exposure(given)


def halves(entry: dict[str, str]) -> list[str]:
    network = ip_network(next(iter(entry.values())))
    return [str(half) for half in network.subnets()]


@given(rules, permissions())
def test_another_rule_never_lowers_a_reach(given: list[Permission], more: Permission) -> None:
    before, after = exposure(given), exposure([*given, more])

    for family in FAMILIES:
        for protocol in NAMES:
            for port in PROBES:
                assert effective(before, family, protocol, port) <= effective(
                    after, family, protocol, port
                )


@given(rules)
def test_nothing_changes_between_an_exposure_and_itself(given: list[Permission]) -> None:
    assert compare(exposure(given), exposure(list(reversed(given)))) == []


@given(rules, rules)
def test_a_comparison_the_other_way_round_is_its_mirror(
    old: list[Permission], new: list[Permission]
) -> None:
    back = compare(exposure(new), exposure(old))

    mirrored = [
        replace(each, before=each.after, after=each.before, grows=each.shrinks, shrinks=each.grows)
        for each in back
    ]
    assert compare(exposure(old), exposure(new)) == mirrored


@given(rules, rules)
def test_a_change_is_said_of_exactly_the_ports_that_moved_and_all_does_not_explain(
    old: list[Permission], new: list[Permission]
) -> None:
    before, after = exposure(old), exposure(new)
    said = compare(before, after)

    for family in FAMILIES:
        moved_all = (effective(before, family, "all", 0), effective(after, family, "all", 0))
        for protocol in NAMES:
            for port in PROBES:
                moved = (
                    effective(before, family, protocol, port),
                    effective(after, family, protocol, port),
                )
                named = [
                    (each.before, each.after)
                    for each in said
                    if (each.family, each.protocol) == (family, protocol)
                    and each.first <= port <= each.last
                ]
                assert named in ([], [moved])
                if moved[0] == moved[1]:
                    assert named == []
                elif moved_all[0] == moved_all[1] or protocol == "all":
                    assert named == [moved]
                elif not named:
                    # Silence is allowed only where it moved the way, and to the end, that all did.
                    assert (moved[0] < moved[1]) == (moved_all[0] < moved_all[1])
                    assert max(moved) == max(*moved_all, min(moved))
