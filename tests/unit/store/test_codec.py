"""Packed bodies come back exactly, or not at all."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given, strategies as st

from driftkeeper.store.codec import make_dictionary, pack, unpack

SAMPLES = [b'{"UserName":"user-%d","Path":"/","Tags":[]}' % n for n in range(50)]


@given(st.binary(max_size=2000), st.binary(max_size=500))
def test_what_is_packed_comes_back(data: bytes, dictionary: bytes) -> None:
    assert unpack(pack(data, dictionary), dictionary) == data


@given(st.binary(min_size=1, max_size=500), st.data())
def test_packed_bytes_that_are_cut_off_or_continued_are_refused(
    data: bytes, draw: st.DataObject
) -> None:
    packed = pack(data, b"")
    cut = draw.draw(st.integers(0, len(packed) - 1))
    more = draw.draw(st.binary(min_size=1, max_size=5))
    for spoilt in (packed[:cut], packed + more):
        with pytest.raises(ValueError, match="damaged"):
            unpack(spoilt, b"")


def test_bytes_that_were_never_packed_are_refused() -> None:
    with pytest.raises(ValueError, match="damaged"):
        unpack(b"\xff\xff\xff\xff", b"")


def test_a_dictionary_of_samples_makes_small_bodies_much_smaller() -> None:
    dictionary = make_dictionary(SAMPLES)
    body = b'{"UserName":"someone-else","Path":"/","Tags":[]}'
    assert len(pack(body, dictionary)) * 2 < len(zlib.compress(body))


def test_a_dictionary_is_at_most_what_the_format_looks_back_and_takes_from_all_samples() -> None:
    assert make_dictionary([]) == b""
    assert make_dictionary(SAMPLES) == b"".join(SAMPLES)
    many = [b"%05d" % n * 100 for n in range(1000)]
    made = make_dictionary(many)
    assert len(made) <= 32 * 1024
    assert int(made[-5:]) > 900


def test_a_huge_first_sample_is_cut_and_not_refused() -> None:
    assert len(make_dictionary([b"x" * 100_000, b"y"])) == 32 * 1024
