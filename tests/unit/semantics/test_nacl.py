"""Which sensitive ports a network ACL leaves open: the first entry that fits decides, address by address."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from hypothesis import given, strategies as st

from driftkeeper.semantics.addresses import Reach, reach
from driftkeeper.semantics.nacl import SENSITIVE_PORTS, public_ports

Entry = dict[str, Any]


def entry(
    number: int,
    action: str = "allow",
    source: str = "0.0.0.0/0",
    ports: tuple[int, int] | None = None,
    protocol: str | None = None,
    *,
    egress: bool = False,
) -> Entry:
    """One entry as EC2 answers it."""
    name = "Ipv6CidrBlock" if ":" in source else "CidrBlock"
    row: Entry = {"RuleNumber": number, "RuleAction": action, "Egress": egress, name: source}
    if ports is not None:
        row["PortRange"] = {"From": ports[0], "To": ports[1]}
    return {**row, "Protocol": protocol or ("-1" if ports is None else "6")}


SSH = (22, 22)


@pytest.mark.parametrize(
    ("entries", "is_open"),
    [
        ([], False),
        ([entry(100, ports=SSH)], True),
        ([entry(100)], True),
        ([entry(100, ports=(0, 65535))], True),
        ([entry(100, ports=(23, 65535))], False),
        ([entry(100, ports=SSH, protocol="17")], False),
        ([entry(100, protocol="1")], False),
        ([entry(100, egress=True)], False),
        ([entry(100, "deny")], False),
        ([entry(100, source="10.0.0.0/8", ports=SSH)], False),
        ([entry(100, source="203.0.113.7/32", ports=SSH)], False),
        ([entry(100, source="8.0.0.0/8", ports=SSH)], True),
        ([entry(100, source="0.0.0.0/1"), entry(110, source="128.0.0.0/1")], True),
        ([entry(90, "deny", ports=SSH), entry(100)], False),
        ([entry(100), entry(110, "deny", ports=SSH)], True),
        ([entry(100, "deny", "0.0.0.0/1"), entry(110, "deny", "128.0.0.0/1"), entry(120)], False),
        ([entry(90, "deny", "203.0.113.7/32", SSH), entry(100)], True),
        ([entry(90, "deny", ports=SSH, protocol="17"), entry(100)], True),
        ([entry(90, "deny", "::/0", SSH), entry(100)], True),
    ],
)
def test_ssh_is_open_to_the_internet_if_the_entries_say_so(
    entries: list[Entry], is_open: bool
) -> None:
    found = public_ports([*entries, entry(32767, "deny")])

    assert (("ipv4", "tcp", 22) in found) == is_open
    assert public_ports([entry(32767, "deny"), *reversed(entries)]) == found


def test_families_and_protocols_are_told_apart() -> None:
    assert public_ports([entry(100, source="::/0", ports=SSH)]) == {("ipv6", "tcp", 22)}
    assert public_ports([entry(100, ports=SSH, protocol="17")]) == {("ipv4", "udp", 22)}


def test_everything_open_is_every_sensitive_port_and_no_port_of_the_web() -> None:
    found = public_ports([entry(100)])

    assert found == {("ipv4", name, port) for name in ("tcp", "udp") for port in SENSITIVE_PORTS}
    assert not {443, 80} & {port for *_, port in found}


def test_a_range_of_ports_that_cannot_be_read_is_all_of_them() -> None:
    odd = {**entry(100, ports=SSH), "PortRange": {"From": -1, "To": None}}

    assert public_ports([odd]) == {("ipv4", "tcp", port) for port in SENSITIVE_PORTS}


NETWORKS = ("0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "8.0.0.0/8", "8.0.0.0/9", "10.0.0.0/8")
entries = st.lists(
    st.builds(
        entry,
        st.integers(1, 200),
        st.sampled_from(["allow", "deny"]),
        st.sampled_from(NETWORKS),
        st.sampled_from([None, SSH, (0, 1024), (3389, 3389)]),
    ),
    max_size=8,
    unique_by=lambda row: row["RuleNumber"],
)


@given(entries)
def test_it_is_what_one_finds_by_asking_for_each_part_of_the_internet(rows: list[Entry]) -> None:
    """The networks of the entries cut the internet into parts; in each all addresses fare alike."""
    parts = ["0.0.0.0/5", "8.0.0.0/9", "8.128.0.0/9", "9.0.0.0/8", "10.0.0.0/8", "11.0.0.0/8"]
    parts += ("12.0.0.0/6", "16.0.0.0/4", "32.0.0.0/3", "64.0.0.0/2", "128.0.0.0/1")

    def is_let_in(part: str, port: int) -> bool:
        address = ipaddress.ip_network(part)[0]
        for row in sorted(rows, key=lambda row: row["RuleNumber"]):
            ports = row.get("PortRange", {"From": 0, "To": 65535})
            fits = ports["From"] <= port <= ports["To"]
            if fits and address in ipaddress.ip_network(row["CidrBlock"]):
                return bool(row["RuleAction"] == "allow")
        return False

    for port in (22, 25, 3389, 5432):
        inside = [part for part in parts if is_let_in(part, port)]
        is_public = reach(inside)["ipv4"] >= Reach.BROAD
        assert (("ipv4", "tcp", port) in public_ports(rows)) == is_public


@given(entries)
def test_other_numbers_in_the_same_order_change_nothing(rows: list[Entry]) -> None:
    ordered = sorted(rows, key=lambda row: row["RuleNumber"])
    renumbered = [{**row, "RuleNumber": number * 100} for number, row in enumerate(ordered, 1)]

    assert public_ports(renumbered) == public_ports(rows)


@given(entries, st.sampled_from(NETWORKS), st.integers(0, 300))
def test_one_more_denial_opens_nothing_and_one_more_permission_closes_nothing(
    rows: list[Entry], source: str, number: int
) -> None:
    others = [row for row in rows if row["RuleNumber"] != number]

    assert public_ports([*others, entry(number, "deny", source)]) <= public_ports(others)
    assert public_ports([*others, entry(number, "allow", source)]) >= public_ports(others)
