"""Our canonical form is RFC 8785's, judged by an implementation that is not ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given, strategies as st

from driftkeeper.domain.canonical import CanonicalError, decode, digest_of, encode, plain

# All of Unicode but surrogates, with more of what is delicate: control characters, what sorts
# differently by code points and by UTF-16 units, and what some encoders escape.
characters = st.one_of(
    st.characters(exclude_categories=["Cs"]),
    st.sampled_from('\x00\x01\b\t\n\x0b\f\r\x1f "\\/\x7f\x80\u2028\u2029\ud7ff'),
    st.sampled_from("\ue000\ufb33\uffff\U00010000\U0001f600\U0010ffff"),
)
texts = st.text(characters, max_size=6)
integers = st.integers(-(2**53) + 1, 2**53 - 1)
scalars = st.none() | st.booleans() | integers | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=5),
    max_leaves=25,
)


@given(values)
def test_the_bytes_are_those_of_rfc_8785(value: Any) -> None:
    assert encode(value) == rfc8785.dumps(value)


@given(values)
def test_reading_the_bytes_gives_the_value_and_its_bytes_again(value: Any) -> None:
    again = decode(encode(value))
    assert again == value
    assert encode(again) == encode(value)


@given(st.dictionaries(texts, values, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(value: dict[str, Any], random: Any) -> None:
    pairs = list(value.items())
    random.shuffle(pairs)
    assert digest_of(dict(pairs)) == digest_of(value)


@given(values, values)
def test_two_values_have_equal_bytes_exactly_when_they_are_the_same_json(
    left: Any, right: Any
) -> None:
    """The same for any JSON reader: `true` and `1` are not."""
    same = json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)
    assert (encode(left) == encode(right)) is same


refused = st.one_of(
    st.floats(),
    st.integers(min_value=2**53) | st.integers(max_value=-(2**53)),
    st.sampled_from(["\ud800", "a\udfff", b"bytes", (1, 2), {1, 2}, object()]),
    st.datetimes(),
    st.dictionaries(st.integers() | st.none(), st.none(), min_size=1, max_size=1),
    st.sampled_from(["\ud800", "\U0001f600\udc00"]).map(lambda key: {key: 1}),
)


@given(refused, st.lists(st.sampled_from(["list", "object", "astral"]), max_size=3))
def test_what_has_no_canonical_form_is_refused_however_deep_it_lies(
    value: Any, wrappings: list[str]
) -> None:
    for wrapping in wrappings:
        value = {"list": [1, value], "object": {"a": value}, "astral": {"\U0001f600": value}}[
            wrapping
        ]
    with pytest.raises(CanonicalError):
        encode(value)


@given(
    st.recursive(
        scalars
        | st.floats()
        | st.integers()
        | st.sampled_from(["\ud800", "a\udfff"])
        | st.binary(max_size=4)
        | st.decimals(allow_nan=False),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(texts, inner, max_size=3)
            | st.tuples(inner, inner)
        ),
        max_leaves=15,
    )
)
def test_plain_makes_of_whatever_boto3_answers_something_that_has_a_form(value: Any) -> None:
    made = plain(value)
    encode(made)
    assert plain(made) == made
