"""What security group rules expose, and what is said when that changes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from driftkeeper.semantics.network import (
    ADMIN_PORTS,
    DATABASE_PORTS,
    HIGH_RISK_PORTS,
    Exposure,
    Reach,
    ReachChange,
    compare,
    exposure,
    port_class,
)

Permission = dict[str, Any]


def rule(
    protocol: str, first: int | None, last: int | None, *cidrs: str, lists: tuple[str, ...] = ()
) -> Permission:
    """One IpPermissions entry as EC2 answers it; without ports as it answers protocol -1."""
    ports = {} if first is None else {"FromPort": first, "ToPort": last}
    return {
        "IpProtocol": protocol,
        **ports,
        "IpRanges": [{"CidrIp": cidr} for cidr in cidrs if ":" not in cidr],
        "Ipv6Ranges": [{"CidrIpv6": cidr} for cidr in cidrs if ":" in cidr],
        "PrefixListIds": [{"PrefixListId": name} for name in lists],
        "UserIdGroupPairs": [],
    }


def ipv4(*rules: Permission) -> dict[str, list[list[Any]]]:
    return exposure(rules)["ipv4"]


SSH = rule("tcp", 22, 22, "0.0.0.0/0")
EVERYTHING = rule("-1", None, None, "0.0.0.0/0")
OFFICE = "52.95.110.0/24"


def test_no_rules_expose_nothing() -> None:
    assert exposure([]) == {"ipv4": {}, "ipv6": {}, "unresolved": []}


def test_an_open_port_is_one_interval_in_the_family_that_reaches_it() -> None:
    found = exposure([rule("tcp", 22, 22, "0.0.0.0/0"), rule("tcp", 443, 443, "::/0")])

    assert found["ipv4"] == {"tcp": [[22, 22, "any"]]}
    assert found["ipv6"] == {"tcp": [[443, 443, "any"]]}


def test_private_sources_and_groups_expose_nothing() -> None:
    inside = rule("tcp", 0, 65535, "10.0.0.0/8")
    inside["UserIdGroupPairs"] = [{"UserId": "111122223333", "GroupId": "sg-1"}]

    assert ipv4(inside) == {}


def test_overlapping_rules_are_cut_where_one_begins_or_ends() -> None:
    found = ipv4(rule("tcp", 20, 30, OFFICE), rule("tcp", 25, 40, "0.0.0.0/0"))

    assert found == {"tcp": [[20, 24, "specific"], [25, 40, "any"]]}


def test_neighbouring_intervals_of_one_reach_are_joined() -> None:
    found = ipv4(
        rule("tcp", 80, 80, "0.0.0.0/0"),
        rule("tcp", 81, 90, "0.0.0.0/1", "128.0.0.0/1"),
        rule("tcp", 92, 92, "0.0.0.0/0"),
    )

    assert found == {"tcp": [[80, 90, "any"], [92, 92, "any"]]}


def test_two_halves_in_two_rules_are_everything_where_both_apply() -> None:
    found = ipv4(rule("tcp", 1, 10, "0.0.0.0/1"), rule("tcp", 5, 20, "128.0.0.0/1"))

    assert found == {"tcp": [[1, 4, "broad"], [5, 10, "any"], [11, 20, "broad"]]}


@pytest.mark.parametrize(
    ("number", "name"), [("6", "tcp"), ("17", "udp"), ("1", "icmp"), ("58", "icmpv6")]
)
def test_protocol_numbers_are_read_as_names(number: str, name: str) -> None:
    assert ipv4(rule(number, 0, 65535, "0.0.0.0/0")) == {name: [[0, 65535, "any"]]}


@pytest.mark.parametrize("ports", [(None, None), (-1, -1)], ids=["group view", "rule view"])
def test_protocol_minus_one_is_all_and_has_no_ports(ports: tuple[int | None, int | None]) -> None:
    assert ipv4(rule("-1", *ports, "0.0.0.0/0")) == {"all": [[0, 65535, "any"]]}


def test_a_protocol_without_ports_is_reached_as_a_whole() -> None:
    assert ipv4(rule("50", None, None, OFFICE)) == {"50": [[0, 65535, "specific"]]}


def test_icmp_types_are_not_told_apart() -> None:
    assert ipv4(rule("icmp", 8, 0, "0.0.0.0/0")) == {"icmp": [[0, 65535, "any"]]}


def test_all_protocols_reach_the_ports_of_a_protocol_that_is_named_too() -> None:
    found = ipv4(EVERYTHING, rule("tcp", 22, 22, OFFICE))

    assert found == {"all": [[0, 65535, "any"]], "tcp": [[0, 65535, "any"]]}


def test_all_protocols_alone_list_no_other_protocol() -> None:
    assert ipv4(EVERYTHING) == {"all": [[0, 65535, "any"]]}


def test_sources_of_all_and_of_the_protocol_add_up() -> None:
    found = ipv4(rule("-1", None, None, "0.0.0.0/1"), rule("tcp", 22, 22, "128.0.0.0/1"))

    assert found["tcp"] == [[0, 21, "broad"], [22, 22, "any"], [23, 65535, "broad"]]


def test_prefix_lists_count_with_their_entries() -> None:
    permissions = [rule("tcp", 443, 443, lists=("pl-world", "pl-unknown"))]

    found = exposure(permissions, {"pl-world": ["0.0.0.0/1", "128.0.0.0/1", "::/0"]})

    assert found["ipv4"] == {"tcp": [[443, 443, "any"]]}
    assert found["ipv6"] == {"tcp": [[443, 443, "any"]]}
    assert found["unresolved"] == ["pl-unknown"]


def test_a_prefix_list_nobody_resolved_is_named_once_and_not_taken_for_empty() -> None:
    permissions = [rule("tcp", port, port, lists=("pl-2", "pl-1")) for port in (80, 443)]

    assert exposure(permissions) == {"ipv4": {}, "ipv6": {}, "unresolved": ["pl-1", "pl-2"]}


def test_an_empty_prefix_list_is_resolved() -> None:
    assert exposure([rule("tcp", 80, 80, lists=("pl-1",))], {"pl-1": []})["unresolved"] == []


def test_an_exposure_survives_json() -> None:
    found = exposure([SSH, EVERYTHING, rule("udp", 53, 53, "::/0", lists=("pl-1",))])

    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize(
    "ports",
    [{}, {"FromPort": 22}, {"ToPort": 22}, {"FromPort": -1, "ToPort": 22}],
    ids=["both", "last", "first", "negative"],
)
def test_a_missing_port_bound_means_no_limit(ports: dict[str, int]) -> None:
    limitless = {"IpProtocol": "tcp", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], **ports}

    assert ipv4(limitless) == {"tcp": [[0, 65535, "any"]]}


def test_ports_in_the_wrong_order_are_not_taken_for_none() -> None:
    assert ipv4(rule("tcp", 25, 22, "0.0.0.0/0")) == {"tcp": [[22, 25, "any"]]}


# --- port classes


@pytest.mark.parametrize(
    ("first", "last", "protocol", "expected"),
    [
        (0, 65535, "all", "all"),
        (0, 65535, "-1", "all"),
        (0, 65535, "tcp", "all"),
        (0, 65535, "udp", "all"),
        (1, 65535, "tcp", "admin"),
        (22, 22, "tcp", "admin"),
        (22, 22, "6", "admin"),
        (3000, 3400, "tcp", "admin"),
        (3389, 3389, "udp", "admin"),
        (5432, 5432, "tcp", "database"),
        (4333, 4333, "tcp", "database"),
        (27018, 27020, "tcp", "database"),
        (25, 25, "tcp", "high_risk"),
        (80, 443, "tcp", "high_risk"),
        (80, 80, "tcp", "web"),
        (443, 443, "tcp", "web"),
        (80, 81, "tcp", "other"),
        (442, 443, "tcp", "other"),
        (40000, 40010, "tcp", "other"),
        (0, 65535, "icmp", "other"),
        (0, 65535, "50", "other"),
    ],
)
def test_an_interval_has_the_class_of_its_most_severe_port(
    first: int, last: int, protocol: str, expected: str
) -> None:
    assert port_class(first, last, protocol) == expected


def test_the_tables_hold_these_ports() -> None:
    assert {22, 23, 3389, 5985, 5986} == ADMIN_PORTS
    assert {
        *{1433, 1434, 1521, 2483, 2484, 3306, 5432, 5439, 6379, 6380, 11211, 9042, 9160, 7199},
        *{27017, 27018, 27019, 5984, 9200, 9300, 8086, 7474, 7687, 50000, 3050, 1830, 4333},
    } == DATABASE_PORTS
    assert {
        *{20, 21, 25, 110, 135, 137, 138, 139, 143, 445, 2049, 2375, 2376, 3000, 4333, 5000, 5500},
        *{5601, 8080, 8088, 8888, 9092, 10250},
    } == HIGH_RISK_PORTS


# --- comparison


def changed(old: list[Permission], new: list[Permission]) -> list[ReachChange]:
    return compare(exposure(old), exposure(new))


def said(old: list[Permission], new: list[Permission]) -> list[str]:
    """The changes, written so that a test can be read."""
    return [
        f"{each.family} {each.protocol} {each.first}-{each.last} {each.before}>{each.after}"
        + (" grows" if each.grows else "")
        + (" shrinks" if each.shrinks else "")
        for each in changed(old, new)
    ]


def test_a_port_that_opens_is_one_change() -> None:
    opened = ReachChange("ipv4", "tcp", 22, 22, Reach.NONE, Reach.ANY, grows=False)

    assert changed([], [SSH]) == [opened]


def test_a_port_that_closes_is_one_change() -> None:
    assert said([SSH], []) == ["ipv4 tcp 22-22 any>none"]


def test_families_are_told_apart() -> None:
    assert said([SSH], [rule("tcp", 22, 22, "::/0")]) == [
        "ipv4 tcp 22-22 any>none",
        "ipv6 tcp 22-22 none>any",
    ]


def test_an_open_interval_that_gets_longer_grows() -> None:
    assert said([rule("tcp", 80, 80, "0.0.0.0/0")], [rule("tcp", 79, 81, "0.0.0.0/0")]) == [
        "ipv4 tcp 79-79 none>any grows",
        "ipv4 tcp 81-81 none>any grows",
    ]


def test_an_open_interval_that_gets_shorter_shrinks() -> None:
    assert said([rule("tcp", 80, 90, "0.0.0.0/0")], [rule("tcp", 80, 85, "0.0.0.0/0")]) == [
        "ipv4 tcp 86-90 any>none shrinks"
    ]


def test_a_port_that_opens_away_from_the_others_does_not_grow() -> None:
    assert said([SSH], [SSH, rule("tcp", 24, 24, "0.0.0.0/0")]) == ["ipv4 tcp 24-24 none>any"]


def test_a_neighbour_that_closes_meanwhile_is_nothing_to_grow_from() -> None:
    assert said([SSH], [rule("tcp", 23, 23, "0.0.0.0/0")]) == [
        "ipv4 tcp 22-22 any>none",
        "ipv4 tcp 23-23 none>any",
    ]


def test_a_stretch_that_opens_grows_as_a_whole_whatever_it_was_before() -> None:
    old = [rule("tcp", 80, 80, "0.0.0.0/0"), rule("tcp", 81, 85, OFFICE)]

    assert said(old, [rule("tcp", 80, 90, "0.0.0.0/0")]) == [
        "ipv4 tcp 81-85 specific>any grows",
        "ipv4 tcp 86-90 none>any grows",
    ]


@pytest.mark.parametrize(("port", "more"), [(0, 1), (65535, 65534)], ids=["first", "last"])
def test_an_interval_at_the_end_of_all_ports_can_grow(port: int, more: int) -> None:
    old = [rule("tcp", port, port, "0.0.0.0/0")]

    assert said(old, [*old, rule("tcp", more, more, "0.0.0.0/0")]) == [
        f"ipv4 tcp {more}-{more} none>any grows"
    ]


def test_the_last_port_is_no_neighbour_of_the_first() -> None:
    first, last = rule("tcp", 0, 0, "0.0.0.0/0"), rule("tcp", 65535, 65535, "0.0.0.0/0")

    assert said([last], [last, first]) == ["ipv4 tcp 0-0 none>any"]
    assert said([first], [last, first]) == ["ipv4 tcp 65535-65535 none>any"]


def test_a_change_below_the_public_line_does_not_grow() -> None:
    old = [rule("tcp", 80, 80, "0.0.0.0/0")]

    assert said(old, [*old, rule("tcp", 81, 81, OFFICE)]) == ["ipv4 tcp 81-81 none>specific"]


def test_a_public_port_that_becomes_more_public_does_not_grow() -> None:
    old = [rule("tcp", 80, 80, "0.0.0.0/0"), rule("tcp", 81, 81, "0.0.0.0/1")]

    assert said(old, [rule("tcp", 80, 81, "0.0.0.0/0")]) == ["ipv4 tcp 81-81 broad>any"]


@pytest.mark.parametrize("cidr", ["0.0.0.0/0", "0.0.0.0/1", OFFICE, "10.0.0.0/8"])
def test_a_port_with_a_rule_of_its_own_is_silent_when_everything_opens_or_closes(
    cidr: str,
) -> None:
    own = rule("tcp", 22, 22, cidr)

    assert said([own], [own, EVERYTHING]) == ["ipv4 all 0-65535 none>any"]
    assert said([own, EVERYTHING], [own]) == ["ipv4 all 0-65535 any>none"]


def test_everything_opening_in_place_of_one_port_is_said_once() -> None:
    assert said([SSH], [EVERYTHING]) == ["ipv4 all 0-65535 none>any"]
    assert said([EVERYTHING], [SSH]) == ["ipv4 all 0-65535 any>none"]


def test_a_port_that_opens_further_than_everything_does_is_said_too() -> None:
    half = rule("-1", None, None, "0.0.0.0/1")

    assert said([], [half, SSH]) == ["ipv4 all 0-65535 none>broad", "ipv4 tcp 22-22 none>any"]


def test_a_port_that_closes_while_everything_opens_is_said_too() -> None:
    office = rule("-1", None, None, OFFICE)

    assert said([SSH], [office]) == [
        "ipv4 all 0-65535 none>specific",
        "ipv4 tcp 22-22 any>specific",
    ]


def test_a_rule_under_open_all_traffic_changes_nothing() -> None:
    assert said([EVERYTHING], [EVERYTHING, SSH]) == []
    assert said([EVERYTHING, SSH], [EVERYTHING]) == []


def test_a_protocol_one_side_does_not_list_has_the_reach_of_all() -> None:
    half = rule("-1", None, None, "0.0.0.0/1")

    assert said([half], [half, SSH]) == ["ipv4 tcp 22-22 broad>any"]


def test_an_exposure_read_from_storage_compares_like_a_fresh_one() -> None:
    old: Exposure = json.loads(json.dumps(exposure([SSH])))

    assert compare(old, exposure([SSH])) == []
    assert compare({}, old) == changed([], [SSH])
