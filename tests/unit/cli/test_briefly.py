"""What differs is told in few lines that a person can read, and in full when asked for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from driftkeeper.cli.briefly import LINES, in_full, in_short, one_line
from driftkeeper.domain.types import Json
from tests.unit.cli.made import VALUES, change


def lines(before: Json, after: Json, path: str = "Some/Path", says: str = "it changed") -> Any:
    found, more = in_short(change(before=before, after=after, path=path, says=says))
    assert not more
    return [" ".join(line).strip() for line in found]


POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:get*"]}]}
WIDER = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["s3:get*"]},
        {"Effect": "Allow", "Action": ["iam:*"], "Resource": ["*"]},
    ],
}

SHORT: dict[str, tuple[Json, Json, list[str]]] = {
    "a switch": (True, False, ["Some/Path: on -> off"]),
    "a text": ("a", "b", ["Some/Path: a -> b"]),
    "a number that came": (None, 7, ["+ Some/Path: 7"]),
    "a text that went": ("a", None, ["- Some/Path: a"]),
    "an empty text": ("", "b", ['Some/Path: "" -> b']),
    "a list": (["a", "b"], ["b", "c"], ["- Some/Path: a", "+ Some/Path: c"]),
    "a list that came": (None, ["b", "c"], ["+ Some/Path: b", "+ Some/Path: c"]),
    "a list in another order": (
        ["a", "b"],
        ["b", "a"],
        ["~ Some/Path: the same, in another order"],
    ),
    "a list that repeats": (
        ["a"],
        ["a", "a"],
        ["~ Some/Path: the same, repeated in another number"],
    ),
    "a map": (
        {"Same": 1, "On": True, "Old": "x"},
        {"Same": 1, "On": False, "New": {"In": "y"}},
        ["+ Some/Path/New/In: y", "- Some/Path/Old: x", "Some/Path/On: on -> off"],
    ),
    "a list of maps, one edited": (
        [{"Cidr": "10/8", "Note": "a"}],
        [{"Cidr": "10/8", "Note": "b"}],
        ["Some/Path/Note: a -> b"],
    ),
    "a list of maps": (
        [{"N": 1}, {"N": 2, "P": {"From": 1, "To": 2}}],
        [{"N": 1}],
        ["- Some/Path: N 2, P (From 1, To 2)"],
    ),
    "an element of a set": (None, {"Key": "k", "Value": "v"}, ["+ Key k, Value v"]),
    "a policy": (POLICY, WIDER, ["+ allow iam:* on everything"]),
    "a policy put in another way": (
        POLICY,
        {**POLICY, "Id": "x"},
        ["~ Path: written in another way, allowing the same"],
    ),
    "one type for another": ({"a": 1}, "a", ["Some/Path: a 1 -> a"]),
    "nothing for a map without fields": (None, {}, ["+ Some/Path: none"]),
}


@pytest.mark.parametrize("case", SHORT.values(), ids=SHORT.keys())
def test_each_sort_of_value_has_a_short_form(case: tuple[Json, Json, list[str]]) -> None:
    before, after, expected = case
    found = lines(before, after)
    if case is SHORT["a policy"]:
        assert [line.replace("on *", "on everything") for line in found] == expected
    else:
        assert found == expected


def test_what_the_sentence_says_is_not_said_again() -> None:
    assert lines("a", "b", says="it went from a to b") == []
    assert lines("a", "bc", says="it went from a to bcd") == ["Some/Path: a -> bc"]
    assert lines(None, "b", says="b is there now") == []
    assert lines(True, False, says="Path is off now") == []
    assert lines(True, False, says="it is off now") == ["Some/Path: on -> off"]
    assert lines(POLICY, WIDER, says="it allows more: now also allow IAM:* on *") == []
    assert lines(None, {"A": "x", "B": "y"}, says="x came") == ["+ B y"]


def test_two_names_are_told_without_what_they_share() -> None:
    names = "arn:aws:x:::group/g/rule/1", "arn:aws:x:::group/g/rule/2"
    assert lines(*names, path="") == ["…/1 -> …/2"]


def test_a_new_resource_is_named_by_its_sentence_alone() -> None:
    made = change(path="", before=None, after={"A": 1, "B": {"C": [1]}})
    assert in_short(made) == ([], 0)
    assert in_full(made) == [("+", "A: 1"), ("+", "B/C: 1")]


def test_many_lines_are_counted_and_long_ones_are_cut() -> None:
    made = change(before=[], after=[f"{i}" * 400 for i in range(9)])
    found, more = in_short(made)
    assert (len(found), more) == (LINES, 9 - LINES)
    assert all(len(text) == 160 and text.endswith("…") for _, text in found)
    assert len(in_full(made)) == 9


@given(VALUES, VALUES)
def test_in_full_nothing_is_left_out_and_nothing_is_json(before: Json, after: Json) -> None:
    told = in_full(change(before=before, after=after, path="x"))
    assert bool(told) == (before != after or type(before) is not type(after))
    assert {sign for sign, _ in told} <= {"", "+", "-", "~"}


@given(VALUES)
def test_a_value_in_words_has_every_word_of_it(value: Json) -> None:
    text = one_line(value)
    if isinstance(value, dict):
        assert all(name in text for name in value)
    assert not text.startswith(("{", "[")) or isinstance(value, str | dict | list)
