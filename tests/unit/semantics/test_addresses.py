"""How much of the internet a set of CIDRs is, case by case."""

from __future__ import annotations

import json
from ipaddress import IPv4Network

import pytest

from driftkeeper.semantics.addresses import GLOBAL4, GLOBAL6, Reach, merge, reach

EVERYTHING_IN_1024 = [str(part) for part in IPv4Network("0.0.0.0/0").subnets(new_prefix=10)]


def without(fragment: str) -> list[str]:
    assert fragment in EVERYTHING_IN_1024
    return [each for each in EVERYTHING_IN_1024 if each != fragment]


CASES: dict[str, tuple[list[str], str, str]] = {
    "nothing": ([], "none", "none"),
    "all of IPv4": (["0.0.0.0/0"], "any", "none"),
    "all of IPv6": (["::/0"], "none", "any"),
    "both": (["0.0.0.0/0", "::/0"], "any", "any"),
    "two halves of IPv4": (["0.0.0.0/1", "128.0.0.0/1"], "any", "none"),
    "two halves of IPv6": (["::/1", "8000::/1"], "none", "any"),
    "one half of IPv4": (["0.0.0.0/1"], "broad", "none"),
    "four quarters": (["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"], "any", "none"),
    "three quarters": (["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2"], "broad", "none"),
    "1024 fragments": (EVERYTHING_IN_1024, "any", "none"),
    "all fragments but a reserved one": (without("240.0.0.0/10"), "any", "none"),
    "all fragments but a global one": (without("1.0.0.0/10"), "broad", "none"),
    "the global unicast of IPv6": (["2000::/3"], "none", "any"),
    "half of the global unicast": (["2000::/4"], "none", "broad"),
    "a /32 of IPv6": (["2600:1f00::/32"], "none", "broad"),
    "two thirds of a /32 of IPv6": (["2600:1f00::/33", "2600:1f00:8000::/34"], "none", "specific"),
    "a /8": (["3.0.0.0/8"], "broad", "none"),
    "a /9": (["3.0.0.0/9"], "specific", "none"),
    "two /9 that make a /8": (["3.0.0.0/9", "3.128.0.0/9"], "broad", "none"),
    "the same /9 twice": (["3.0.0.0/9", "3.0.0.0/9"], "specific", "none"),
    "a /8 less its shared part": (["100.0.0.0/8"], "specific", "none"),
    "one address": (["52.95.110.1/32"], "specific", "none"),
    "one IPv6 address": (["2600:1f00::1/128"], "none", "specific"),
    "private": (["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"], "none", "none"),
    "private and a public /8": (["10.0.0.0/8", "3.0.0.0/8"], "broad", "none"),
    "private and one public address": (["10.0.0.0/8", "3.4.5.6/32"], "specific", "none"),
    "multicast and reserved": (["224.0.0.0/3"], "none", "none"),
    "unique local IPv6": (["fc00::/7", "fe80::/10"], "none", "none"),
    "host bits set, private": (["10.1.2.3/8"], "none", "none"),
    "host bits set, public": (["3.1.2.3/8"], "broad", "none"),
    "host bits set, IPv6": (["2600:1f00::1/32"], "none", "broad"),
    "an address without prefix": (["3.1.2.3"], "specific", "none"),
}


@pytest.mark.parametrize(("cidrs", "ipv4", "ipv6"), CASES.values(), ids=CASES)
def test_the_union_of_cidrs_has_one_reach_per_family(
    cidrs: list[str], ipv4: str, ipv6: str
) -> None:
    assert reach(cidrs) == {"ipv4": ipv4, "ipv6": ipv6}


def test_global_address_space_has_the_size_the_registries_leave() -> None:
    assert sum(last - first + 1 for first, last in GLOBAL4) == 3_702_258_688
    assert [last - first + 1 for first, last in GLOBAL6] == [2**125]


def test_reach_is_ordered_by_how_much_and_not_by_spelling() -> None:
    ascending = [Reach.NONE, Reach.SPECIFIC, Reach.BROAD, Reach.ANY]

    assert sorted(["any", "none", "broad", "specific"], key=Reach) == ascending
    assert max(ascending) is Reach.ANY
    assert min(reversed(ascending)) is Reach.NONE
    assert Reach.NONE < Reach.SPECIFIC <= Reach.SPECIFIC
    assert Reach.ANY > "broad"
    assert Reach.BROAD >= Reach.BROAD
    assert not Reach.ANY < Reach.ANY
    assert not Reach.ANY > Reach.ANY
    assert not Reach.ANY <= Reach.BROAD
    assert not Reach.NONE >= Reach.BROAD


def test_only_any_and_broad_are_public() -> None:
    assert [each for each in Reach if each.is_public] == [Reach.BROAD, Reach.ANY]


def test_reach_is_written_as_plain_json_text() -> None:
    assert json.dumps(reach(["0.0.0.0/0"])) == '{"ipv4": "any", "ipv6": "none"}'


@pytest.mark.parametrize("text", ["", "everywhere", "10.0.0.0/33", "1.2.3.4.5/8", "::/129"])
def test_what_is_no_cidr_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        reach([text])


def test_ranges_that_touch_or_overlap_are_joined() -> None:
    assert merge([(5, 9), (0, 2), (3, 3), (7, 20), (30, 31)]) == [(0, 3), (5, 20), (30, 31)]
