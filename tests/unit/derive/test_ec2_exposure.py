"""What a security group exposes, how that moves, and which rule is to blame."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.collect.spec import Item
from driftkeeper.derive.facts.ec2_exposure import EXPOSURE, compared, exposed
from driftkeeper.derive.spec import View
from driftkeeper.domain.types import Change, Json, Moved
from tests.cases.answers import ACCOUNT, allow, group
from tests.cases.border_answers import prefix_list
from tests.cases.case import Shown, body_of, changes_between, scope_of
from tests.unit.derive import drawing

VIEW = View(Shown({}), scope_of("ec2.security_group"), EXPOSURE)
"""A view in which nobody ever read prefix lists."""
ALL4, ALL6 = "0.0.0.0/0", "::/0"


def row(*ingress: Item, egress: tuple[Item, ...] = ()) -> dict[str, Json]:
    """The row of a group with these rules, by way of its body."""
    return exposed(body_of("ec2.security_group", group(*ingress, egress=egress)).config, VIEW)


def moves(old: Item | list[Item], new: Item | list[Item]) -> list[tuple[str, str, str]]:
    before, after = (row(*(side if isinstance(side, list) else [side])) for side in (old, new))
    return [("/".join(m.path), m.before, m.after) for m in compared(before, after)]


def test_a_group_without_rules_and_one_that_is_not_there_expose_the_same_nothing() -> None:
    assert row() == exposed({}, VIEW)
    assert compared(row(), exposed({}, VIEW)) == []


def test_a_row_has_both_directions_and_both_families() -> None:
    found = row(allow("tcp", 22, ALL4, ALL6), egress=(allow("-1", None, ALL4),))

    assert found == {
        "ingress": {
            "ipv4": {"tcp": [[22, 22, "any"]]},
            "ipv6": {"tcp": [[22, 22, "any"]]},
            "unresolved": [],
        },
        "egress": {"ipv4": {"all": [[0, 65535, "any"]]}, "ipv6": {}, "unresolved": []},
    }


def test_sources_count_together_per_protocol_and_port() -> None:
    halves = [allow("tcp", 22, "0.0.0.0/1"), allow("tcp", (20, 25), "128.0.0.0/1")]

    assert moves([], halves) == [
        ("ingress/ipv4/tcp/20-21", "none", "broad"),
        ("ingress/ipv4/tcp/22", "none", "any"),
        ("ingress/ipv4/tcp/23-25", "none", "broad"),
    ]


@pytest.mark.parametrize(
    "sources",
    [
        ("0.0.0.0/0",),
        ("0.0.0.0/1", "128.0.0.0/1"),
        ("0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"),
        tuple(f"{n}.0.0.0/8" for n in range(256)),
    ],
    ids=["whole", "halves", "quarters", "256 parts"],
)
def test_the_internet_in_parts_is_the_internet(sources: tuple[str, ...]) -> None:
    assert moves([], allow("tcp", 22, *sources)) == [("ingress/ipv4/tcp/22", "none", "any")]


def test_ipv6_in_parts_is_the_internet_too_and_moves_by_itself() -> None:
    assert moves(allow("tcp", 22, ALL4), allow("tcp", 22, ALL4, "::/1", "8000::/1")) == [
        ("ingress/ipv6/tcp/22", "none", "any")
    ]


def test_all_protocols_open_every_port_of_every_protocol_and_say_so_once() -> None:
    assert moves([], allow("-1", None, ALL4)) == [("ingress/ipv4/all/0-65535", "none", "any")]
    assert moves(allow("tcp", 22, ALL4), [allow("tcp", 22, ALL4), allow("-1", None, ALL4)]) == [
        ("ingress/ipv4/all/0-65535", "none", "any")
    ]


def test_a_rule_that_exposes_nothing_new_moves_nothing() -> None:
    wide = allow("tcp", (0, 1023), ALL4)

    assert moves(wide, [wide, allow("tcp", 22, ALL4), allow("tcp", 80, "8.8.8.8/32")]) == []
    assert moves([wide, allow("tcp", 22, ALL4)], wide) == []


def test_private_networks_and_other_groups_are_not_exposed_to() -> None:
    peer = {"GroupId": "sg-2", "UserId": ACCOUNT}

    assert moves([], allow("-1", None, "10.0.0.0/8", "fd00::/8", peer)) == []


def test_a_prefix_list_is_named_for_its_addresses_are_not_known() -> None:
    assert row(allow("tcp", 22, "pl-1", "pl-2"))["ingress"]["unresolved"] == ["pl-1", "pl-2"]
    assert moves(allow("tcp", 22, "pl-1"), allow("tcp", 22, "pl-2")) == [
        ("ingress/unresolved/pl-1", "addresses not known", None),
        ("ingress/unresolved/pl-2", None, "addresses not known"),
    ]


def test_a_prefix_list_that_two_rules_name_moves_once() -> None:
    both = [allow("tcp", 22, "pl-1"), allow("tcp", 80, "pl-1")]

    assert len(moves([], both)) == 1
    assert moves(both, both[:1]) == []


def test_an_open_range_that_gets_longer_or_shorter_says_so() -> None:
    short, long = row(allow("tcp", (80, 81), ALL4)), row(allow("tcp", (80, 90), ALL4))

    assert [m.traits for m in compared(short, long)] == [frozenset({"grows"})]
    assert [m.traits for m in compared(long, short)] == [frozenset({"shrinks"})]
    assert [m.traits for m in compared(row(), short)] == [frozenset()]


def test_the_other_way_round_the_same_ports_move_back() -> None:
    old = [allow("tcp", (20, 30), "8.0.0.0/8", "pl-1"), allow("-1", None, "1.1.1.1/32")]
    new = [allow("udp", 53, ALL4, ALL6), allow("tcp", (25, 40), ALL4)]

    assert [(path, after, before) for path, before, after in moves(new, old)] == moves(old, new)


# ---- blame --------------------------------------------------------------------------------------


def blamed(before: Item | None, after: Item | None) -> dict[str, dict[str, int]]:
    """For each movement, how far each change of the group can have moved it, when it can at all."""
    old, new = (
        exposed(body_of("ec2.security_group", side).config if side else {}, VIEW)
        for side in (before, after)
    )
    changes = changes_between("ec2.security_group", before, after)
    own: list[Change] = [c for c in changes if c.scope.evidence == "ec2.security_group"]
    return {
        "/".join(found.path): {c.path: share for c in own if (share := EXPOSURE.blame(found, c))}
        for found in compared(old, new)
    }


def test_a_rule_is_to_blame_for_its_own_direction_family_protocol_and_ports() -> None:
    after = group(
        allow("tcp", 22, ALL4),
        allow("tcp", 80, ALL6),
        allow("udp", 22, "8.8.8.8/32"),
        allow("50", None, "9.9.9.9/32"),
        egress=(allow("tcp", 22, ALL4),),
    )

    assert blamed(group(), after) == {
        "ingress/ipv4/50/0-65535": {"IpPermissions/50/9.9.9.9/32": 1},
        "ingress/ipv4/tcp/22": {"IpPermissions/tcp/22/0.0.0.0/0": 3},
        "ingress/ipv4/udp/22": {"IpPermissions/udp/22/8.8.8.8/32": 1},
        "ingress/ipv6/tcp/80": {"IpPermissions/tcp/80/::/0": 3},
        "egress/ipv4/tcp/22": {"IpPermissionsEgress/tcp/22/0.0.0.0/0": 3},
    }


def test_the_rule_that_lets_in_more_is_more_to_blame_and_a_private_one_not_at_all() -> None:
    sources = ("0.0.0.0/0", "8.0.0.0/8", "8.8.8.8/32", "10.0.0.0/8")

    assert blamed(group(), group(allow("tcp", 22, *sources))) == {
        "ingress/ipv4/tcp/22": {
            "IpPermissions/tcp/22/0.0.0.0/0": 3,
            "IpPermissions/tcp/22/8.0.0.0/8": 2,
            "IpPermissions/tcp/22/8.8.8.8/32": 1,
        }
    }


def test_a_rule_for_all_protocols_is_to_blame_for_what_it_did_to_one_of_them() -> None:
    halves = (allow("tcp", (20, 30), "0.0.0.0/1"), allow("-1", None, "128.0.0.0/1"))

    assert blamed(group(*halves), group(halves[0])) == {
        "ingress/ipv4/all/0-65535": {"IpPermissions/all/128.0.0.0/1": 2},
        "ingress/ipv4/tcp/20-30": {"IpPermissions/all/128.0.0.0/1": 2},
    }


def test_a_rule_for_more_ports_is_to_blame_for_each_run_of_them() -> None:
    before = group(allow("tcp", (20, 30), "8.8.8.8/32"), allow("tcp", 25, ALL4))

    assert blamed(before, group(allow("tcp", 25, ALL4))) == {
        "ingress/ipv4/tcp/20-24": {"IpPermissions/tcp/20-30/8.8.8.8/32": 1},
        "ingress/ipv4/tcp/26-30": {"IpPermissions/tcp/20-30/8.8.8.8/32": 1},
    }


def test_what_went_is_not_to_blame_for_what_opened_nor_what_came_for_what_closed() -> None:
    one, halves = (
        group(allow("tcp", 22, "8.0.0.0/8")),
        group(allow("tcp", 22, "0.0.0.0/1", "128.0.0.0/1")),
    )

    assert blamed(one, halves) == {
        "ingress/ipv4/tcp/22": {
            "IpPermissions/tcp/22/0.0.0.0/1": 2,
            "IpPermissions/tcp/22/128.0.0.0/1": 2,
        }
    }
    assert blamed(halves, one) == blamed(one, halves)
    assert blamed(one, group(allow("tcp", 22, "8.8.8.8/32"))) == {
        "ingress/ipv4/tcp/22": {"IpPermissions/tcp/22/8.0.0.0/8": 2}
    }


def test_a_prefix_list_is_to_blame_for_itself() -> None:
    after = group(allow("tcp", 22, "pl-1", ALL4))

    assert blamed(group(), after) == {
        "ingress/ipv4/tcp/22": {"IpPermissions/tcp/22/0.0.0.0/0": 3},
        "ingress/unresolved/pl-1": {"IpPermissions/tcp/22/pl-1": 1},
    }


def test_a_group_as_a_whole_and_its_other_fields_are_not_weighed() -> None:
    """Where no rule changed there is only one change to choose: that the group came or went."""
    assert blamed(None, group(allow("tcp", 22, ALL4))) == {"ingress/ipv4/tcp/22": {}}


def test_a_rule_without_ports_is_for_all_of_them() -> None:
    """Recorded answers may lack the ports of a TCP rule; the label then has no place for them."""
    odd = {**allow("tcp", None, ALL4)}

    assert blamed(group(), group(odd)) == {
        "ingress/ipv4/tcp/0-65535": {"IpPermissions/tcp/0.0.0.0/0": 3}
    }


# ---- prefix lists -------------------------------------------------------------------------------

_GROUP, _LISTS = "ec2.security_group", "ec2.prefix_list"
_REFERRING = group(allow("tcp", 22, "pl-1"))
_OF_AWS = prefix_list(
    PrefixListId="pl-2",
    PrefixListArn="arn:aws:ec2:eu-west-1:aws:prefix-list/pl-2",
    OwnerId="AWS",
    Entries=None,
)


def listed(item: Item, *lists: Item, **more: Any) -> Any:
    """The exposure inwards of a group beside these prefix lists."""
    return drawing.row(EXPOSURE, _GROUP, {_GROUP: item, _LISTS: [*lists]}, **more)["ingress"]


def test_a_prefix_list_counts_with_the_entries_that_it_has() -> None:
    found = listed(_REFERRING, prefix_list("10.0.0.0/8", "0.0.0.0/0"))

    assert found == {"ipv4": {"tcp": [[22, 22, "any"]]}, "ipv6": {}, "unresolved": []}
    assert listed(_REFERRING, prefix_list("10.0.0.0/8"))["ipv4"] == {}


def test_the_entries_of_a_list_and_the_sources_of_rules_count_together() -> None:
    halves = group(allow("tcp", 22, "pl-1"), allow("tcp", 22, "0.0.0.0/1"))

    assert listed(halves, prefix_list("128.0.0.0/1"))["ipv4"] == {"tcp": [[22, 22, "any"]]}


def test_a_list_of_aws_is_named_as_unresolved() -> None:
    to_aws = group(allow("tcp", 443, "pl-2"))

    assert listed(to_aws, _OF_AWS)["unresolved"] == ["pl-2"]
    assert listed(to_aws, {**_OF_AWS, "Entries": [{"Cidr": "0.0.0.0/0"}]})["ipv4"] == {}


def test_a_list_that_is_not_among_those_seen_is_named_as_unresolved() -> None:
    assert listed(_REFERRING, _OF_AWS)["unresolved"] == ["pl-1"]


def test_where_nobody_ever_read_lists_they_are_unresolved_and_the_rest_is_known() -> None:
    item = group(allow("tcp", 22, "pl-1", ALL4))
    found = drawing.row(EXPOSURE, _GROUP, {_GROUP: item})["ingress"]

    assert found["unresolved"] == ["pl-1"]
    assert found["ipv4"] == {"tcp": [[22, 22, "any"]]}


def test_lists_out_of_sight_make_unknown_what_a_group_that_refers_to_one_exposes() -> None:
    assert drawing.missing(EXPOSURE, _GROUP, {_GROUP: _REFERRING}, out=[_LISTS]) == (_LISTS, "")
    plain = {_GROUP: group(allow("tcp", 22, ALL4))}
    assert drawing.row(EXPOSURE, _GROUP, plain, out=[_LISTS])["ingress"]["unresolved"] == []


def test_entries_that_were_not_seen_matter_only_where_a_rule_refers_to_them() -> None:
    blind = {_LISTS: ("Entries",)}
    seen = {_GROUP: _REFERRING, _LISTS: [prefix_list("10.0.0.0/8"), _OF_AWS]}

    assert drawing.missing(EXPOSURE, _GROUP, seen, unseen=blind) == (_LISTS, "Entries")
    # The entries of AWS's own lists are never read, so there is nothing to miss.
    assert listed(group(allow("tcp", 443, "pl-2")), _OF_AWS, unseen=blind)["unresolved"] == ["pl-2"]
    other = group(allow("tcp", 443, "pl-9"))
    assert listed(other, prefix_list("10.0.0.0/8"), unseen=blind)["unresolved"] == ["pl-9"]


def test_lists_of_another_region_do_not_count() -> None:
    elsewhere = drawing.at(_LISTS, "us-east-1")
    seen = {_GROUP: _REFERRING, _LISTS: [], elsewhere: prefix_list("0.0.0.0/0")}

    assert drawing.row(EXPOSURE, _GROUP, seen)["ingress"]["ipv4"] == {}


def test_an_odd_rule_costs_only_its_own_row() -> None:
    odd = {**allow("tcp", 22, ALL4), "FromPort": "ssh"}

    assert drawing.is_odd(EXPOSURE, _GROUP, {_GROUP: group(odd)})


@pytest.mark.parametrize(
    ("resource", "before", "after", "path", "share"),
    [
        ("x/pl-1", None, {"Cidr": "0.0.0.0/0"}, ("ingress", "ipv4", "tcp", "22"), 3),
        ("x/pl-1", {"Cidr": "8.8.8.8/32"}, None, ("ingress", "ipv4", "tcp", "22"), 1),
        ("x/pl-1", "a", "b", ("ingress", "ipv4", "tcp", "22"), 1),
        ("x/pl-1", None, None, ("ingress", "unresolved", "pl-1"), 1),
        ("x/pl-11", None, None, ("ingress", "unresolved", "pl-1"), 0),
    ],
)
def test_an_entry_is_to_blame_as_far_as_it_reaches(
    resource: str, before: Json, after: Json, path: tuple[str, ...], share: int
) -> None:
    found = drawing.change(_LISTS, resource, "Entries/x", before, after)

    assert EXPOSURE.blame(Moved(path, "none", "any"), found) == share
