"""What becomes of the values that boto3 answers, and what is refused."""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any

import pytest

from driftkeeper.domain.canonical import (
    CanonicalError,
    decode,
    digest,
    digest_of,
    encode,
    plain,
    timestamp,
)


class Colour(StrEnum):
    RED = "red"


class Number(IntEnum):
    ONE = 1


NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (0, 0),
        ("text", "text"),
        (1.5, "1.5"),
        (1.0, "1.0"),
        (1e21, "1e+21"),
        (0.1, "0.1"),
        (Decimal("1.10"), "1.10"),
        (b"\x00\x01", {"$bytes": "AAE="}),
        (bytearray(b""), {"$bytes": ""}),
        (NOON, "2026-03-01T12:00:00Z"),
        (NOON.astimezone(timezone(timedelta(hours=-5))), "2026-03-01T12:00:00Z"),
        (NOON.replace(microsecond=120), "2026-03-01T12:00:00.000120Z"),
        ((1, (2,)), [1, [2]]),
        ({3, 1, 2}, [1, 2, 3]),
        (frozenset({"b", "a"}), ["a", "b"]),
        (OrderedDict(b=1, a=b""), {"a": {"$bytes": ""}, "b": 1}),
        ([{"At": NOON, "Rate": 2.5}], [{"At": "2026-03-01T12:00:00Z", "Rate": "2.5"}]),
        (Colour.RED, "red"),
        (Number.ONE, 1),
        ({"a\ud800": "\udfffb\u00fc"}, {"a\\ud800": "\\udfffb\u00fc"}),
        ([2**53 - 1, 2**53, -(2**53)], [2**53 - 1, "9007199254740992", "-9007199254740992"]),
    ],
)
def test_plain_gives_every_value_a_form(value: Any, expected: Any) -> None:
    made = plain(value)
    assert made == expected
    assert type(made) is type(expected)
    assert decode(encode(made)) == expected


@pytest.mark.parametrize(
    "value",
    [
        NOON.replace(tzinfo=None),
        {"Created": NOON.replace(tzinfo=None)},
        [date(2026, 3, 1)],
        timedelta(days=1),
        object(),
        1j,
    ],
)
def test_plain_refuses_naive_times_and_what_is_no_data(value: Any) -> None:
    with pytest.raises(CanonicalError):
        plain(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"b": 1, "a": [True, None]}, b'{"a":[true,null],"b":1}'),
        ('\x00\b\t\n\f\r\x1f"\\/\x7f', b'"\\u0000\\b\\t\\n\\f\\r\\u001f\\"\\\\/\x7f"'),
        ("\u20ac\U0001f600", '"\u20ac\U0001f600"'.encode()),
        ({"\ufb33": 1, "\U0001f600": 2}, '{"\U0001f600":2,"\ufb33":1}'.encode()),
        ({"": {}}, b'{"":{}}'),
        (-(2**53) + 1, b"-9007199254740991"),
    ],
)
def test_the_bytes_of_a_few_delicate_values(value: Any, expected: bytes) -> None:
    """Keys come in the order of their UTF-16 units, as RFC 8785 says, not of their code points."""
    assert encode(value) == expected


@pytest.mark.parametrize("value", [1.0, float("nan"), float("inf"), 2**53, -(2**53), 2**200])
def test_numbers_that_readers_disagree_on_are_refused(value: Any) -> None:
    with pytest.raises(CanonicalError):
        encode({"Number": value})


def test_nesting_that_no_document_of_aws_has_is_refused_and_does_not_crash() -> None:
    value: Any = []
    for _ in range(400):
        value = [value]
    with pytest.raises(CanonicalError):
        encode(value)


def test_what_is_not_json_is_refused() -> None:
    for text in ("", "{", "NaN", "{'a': 1}", b"\xff"):
        with pytest.raises(CanonicalError, match="not JSON"):
            decode(text)


def test_digests_are_sha_256_in_hex() -> None:
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest_of({"b": 1, "a": 2}) == digest(b'{"a":2,"b":1}')


def test_a_time_without_offset_has_no_timestamp() -> None:
    with pytest.raises(CanonicalError, match="time without offset: 2026-03-01T12:00:00"):
        timestamp(NOON.replace(tzinfo=None))
