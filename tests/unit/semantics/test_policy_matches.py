"""Wildcards match what they say, and cost no more the more of them there are."""

from __future__ import annotations

from functools import cache

from hypothesis import given, strategies as st

from driftkeeper.semantics.policy import matches

_LETTERS = st.text("ab", max_size=8)
_PATTERNS = st.text("ab*?", max_size=8)


@cache
def _by_the_book(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    rest = pattern[1:]
    if pattern[0] == "*":
        return any(_by_the_book(rest, text[start:]) for start in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and _by_the_book(rest, text[1:])


@given(_PATTERNS, _LETTERS)
def test_a_star_is_any_number_of_characters_and_a_question_mark_one(
    pattern: str, text: str
) -> None:
    assert matches(pattern, text) == _by_the_book(pattern, text)


def test_a_pattern_of_many_stars_is_decided_at_once() -> None:
    assert not matches("*?" * 40 + "z", "a" * 200)
    assert not matches("*a" * 40 + "z", "a" * 200)
    assert matches("*" * 60 + "z", "a" * 200 + "z")
