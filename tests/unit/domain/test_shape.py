"""What a declaration's paths mean: volatile parts, sets, policies."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.domain.canonical import digest_of, encode
from driftkeeper.domain.shape import Document, Shape, matches, restored

GROUP = Shape(
    observed=("LastUsed", "Rules.Hits", "Status.Latest*"),
    acts=("Status.StoppedAt",),
    sets={"Rules": ("Protocol", "Port"), "Names": None, "Tags": "Key"},
    policies=("Policy", "Rules.Condition"),
)
BODY: dict[str, Any] = {
    "LastUsed": "2026-03-01",
    "Name": "web",
    "Names": ["b", "a", "b"],
    "Policy": {"Version": "2012-10-17"},
    "Rules": [
        {"Protocol": "tcp", "Port": 443, "Hits": 9, "Condition": {"a": 1}},
        {"Protocol": "tcp", "Port": 22, "Hits": 1},
    ],
    "Status": {"On": True, "LatestTime": "t", "LatestError": None, "StoppedAt": "s"},
    "Tags": [{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}],
}


def test_a_body_is_parted_into_configuration_and_observation() -> None:
    config, observed = GROUP.split(BODY)
    assert config == {
        "Name": "web",
        "Names": ["a", "b"],
        "Policy": {"Version": "2012-10-17"},
        "Rules": [
            {"Protocol": "tcp", "Port": 443, "Condition": {"a": 1}},
            {"Protocol": "tcp", "Port": 22},
        ],
        "Status": {"On": True},
        "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}],
    }
    assert observed == {
        "LastUsed": "2026-03-01",
        "Rules": {"tcp/443": {"Hits": 9}, "tcp/22": {"Hits": 1}},
        "Status": {"LatestTime": "t", "LatestError": None, "StoppedAt": "s"},
    }


def test_keyed_configuration_has_paths_that_people_can_read() -> None:
    config, _ = GROUP.split(BODY)
    keyed = GROUP.keyed(config)
    assert keyed["Rules"]["tcp/22"] == {"Protocol": "tcp", "Port": 22}
    assert keyed["Rules"]["tcp/443"]["Condition"] == Document('{"a":1}')
    assert keyed["Names"] == {"a": "a", "b": "b"}
    assert list(keyed["Tags"]) == ["a", "b"]
    assert isinstance(keyed["Policy"], Document)
    assert restored(keyed)["Policy"] == {"Version": "2012-10-17"}


def test_the_body_itself_is_left_as_it_was() -> None:
    before = encode(BODY)
    GROUP.keyed(GROUP.split(BODY)[0])
    assert encode(BODY) == before


@pytest.mark.parametrize(
    ("elements", "key", "names"),
    [
        (["a", "b"], None, ["a", "b"]),
        ([1, True, None, "1"], None, ["1", "true", "null", "1#2"]),
        ([{"K": "a", "V": 1}, {"K": "a", "V": 2}], "K", ["a", "a#2"]),
        ([{"K": "a#2"}, {"K": "a", "V": 1}, {"K": "a", "V": 2}], "K", ["a#2", "a", "a#3"]),
        ([{"K": "a", "V": 1}, {"K": "a", "V": 2}, {"K": "a#2"}], "K", ["a", "a#2", "a#2#2"]),
        ([{"V": 1}, {"V": 2}], "K", ["", "#2"]),
        ([{"A": 1, "B": "x"}, {"B": "y"}], ("A", "B"), ["1/x", "y"]),
        ([{"V": 1}], None, [digest_of({"V": 1})[:12]]),
    ],
)
def test_every_element_of_a_set_gets_a_name_of_its_own(
    elements: list[Any], key: Any, names: list[str]
) -> None:
    keyed = Shape(sets={"Set": key}).keyed({"Set": elements})["Set"]
    assert list(keyed.values()) == elements
    assert list(keyed) == names


def test_elements_that_only_differ_in_what_is_volatile_are_one_element_with_two_observations() -> (
    None
):
    shape = Shape(observed=("Set.Used",), sets={"Set": "K"})
    used = [{"K": "a", "Used": value} for value in (2, 1, 2)]
    for elements in (used, used[::-1], used[1:]):
        config, observed = shape.split({"Set": elements})
        assert config == {"Set": [{"K": "a"}]}
        assert observed == {"Set": {"a": {"Used": 1}, "a#2": {"Used": 2}}}


def test_a_set_may_name_its_elements_with_a_function() -> None:
    shape = Shape(sets={"Set": lambda elements: {f"#{len(e)}": e for e in elements}})
    config, _ = shape.split({"Set": ["aaa", "b"]})
    assert shape.keyed(config) == {"Set": {"#3": "aaa", "#1": "b"}}


@pytest.mark.parametrize(
    ("observed", "left"),
    [
        ((), ["Latest", "LatestTime", "NotLatest", "Other"]),
        (("Latest*",), ["NotLatest", "Other"]),
        (("*Latest*",), ["Other"]),
        (("*",), []),
        (("Latest",), ["LatestTime", "NotLatest", "Other"]),
        (("L*e",), ["Latest", "NotLatest", "Other"]),
        (("latest*",), ["Latest", "LatestTime", "NotLatest", "Other"]),
        (("Latest?",), ["Latest", "LatestTime", "NotLatest", "Other"]),
        (("[LN]*",), ["Latest", "LatestTime", "NotLatest", "Other"]),
    ],
)
def test_a_star_stands_for_any_characters_of_one_name_and_nothing_else_is_special(
    observed: tuple[str, ...], left: list[str]
) -> None:
    body = dict.fromkeys(["Latest", "LatestTime", "NotLatest", "Other"], 1)
    assert sorted(Shape(observed=observed).split(body)[0]) == left


def test_what_is_declared_literally_wins_over_a_pattern() -> None:
    shape = Shape(observed=("*",), sets={"Names": None})
    config, observed = shape.split({"Names": ["b", "a"], "Other": 1})
    assert (config, observed) == ({"Names": ["a", "b"]}, {"Other": 1})


def test_volatile_parts_of_a_plain_list_are_kept_by_position() -> None:
    shape = Shape(observed=("List.Used",))
    config, observed = shape.split({"List": [{"A": 1}, {"A": 2, "Used": "x"}]})
    assert (config, observed) == ({"List": [{"A": 1}, {"A": 2}]}, {"List": {"1": {"Used": "x"}}})


def test_a_declared_path_that_is_not_there_or_is_of_another_type_changes_nothing() -> None:
    shape = Shape(
        observed=("A.B.C", "D.E"), sets={"A.B": None, "D": "Key", "F": None}, policies=("G",)
    )
    body = {"A": "text", "D": {"X": [3, 1, 2]}, "F": None, "G": None}
    assert shape.split(body) == (body, {})
    assert shape.keyed(body) == body


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("A", ("A",), True),
        ("A", ("A", "B"), False),
        ("A.B", ("A",), False),
        ("A.*", ("A", "tcp/22"), True),
        ("A.*.B", ("A", "x.y", "B"), True),
        ("A.x*", ("A", "xyz"), True),
        ("A.x*", ("A", "zxy"), False),
        ("*", ("line\nbreak",), True),
        ("a*", ("a\nb",), True),
    ],
)
def test_patterns_match_whole_paths(pattern: str, path: tuple[str, ...], expected: bool) -> None:
    assert matches(pattern, path) is expected
