"""Global options may stand anywhere; everything else keeps its place."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from driftkeeper.cli.main import hoisted
from driftkeeper.domain.errors import UsageError

GLOBAL = st.sampled_from(
    [["--json"], ["-q"], ["-qv"], ["--no-color"], ["--db", "sqlite:///x"], ["--config=x.toml"]]
)
OWN = st.sampled_from([["changes"], ["--kind", "sg.*"], ["--period=2026"], ["-"], ["#3"], [""]])


@given(st.lists(st.one_of(GLOBAL.map(lambda w: (True, w)), OWN.map(lambda w: (False, w)))))
def test_global_options_come_first_and_both_sorts_keep_their_order(
    parts: list[tuple[bool, list[str]]],
) -> None:
    words = [word for _, part in parts for word in part]
    expected = [w for known, part in parts if known for w in part]
    expected += [w for known, part in parts if not known for w in part]
    assert hoisted(words) == expected
    assert hoisted(expected) == expected


def test_nothing_after_two_dashes_is_moved() -> None:
    assert hoisted(["show", "--json", "--", "-q", "--db"]) == ["--json", "show", "--", "-q", "--db"]


def test_a_value_is_never_taken_for_an_option() -> None:
    assert hoisted(["show", "--db", "--json"]) == ["--db", "--json", "show"]


@pytest.mark.parametrize("option", ["--db", "--config"])
def test_an_option_without_its_value_is_refused(option: str) -> None:
    with pytest.raises(UsageError, match=f"{option} needs a value"):
        hoisted(["snapshots", option])


def test_options_of_commands_that_only_begin_alike_stay() -> None:
    words = ["x", "--jsonl", "--dbx", "-x", "--version-of", "--quietly"]
    assert hoisted(words) == words
