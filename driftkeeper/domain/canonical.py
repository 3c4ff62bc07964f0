"""The canonical form of JSON: RFC 8785 (JCS) bytes, and SHA-256 over them.

Two values are the same evidence exactly when these bytes are the same. What RFC 8785 leaves delicate
is refused instead: floats, integers beyond 2**53 and times without an offset. `plain` turns what boto3
answers into such values; `encode` writes and `decode` reads the bytes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson

from driftkeeper.domain.types import Json

_LARGEST = 2**53 - 1


class CanonicalError(ValueError):
    """A value that has no canonical form."""


def plain(value: Any) -> Json:
    """Turn what boto3 answers into JSON without floats.

    Datetimes become RFC 3339 in UTC, bytes `{"$bytes": base64}`, floats and decimals their shortest
    decimal text, like integers beyond 2**53. Half a character, which JSON lets anybody write and UTF-8
    does not know, becomes its escape. A naive datetime raises `CanonicalError`.
    """
    kind = type(value)
    if kind is str:
        return value if value.isascii() else _whole(value)
    if kind is bool or value is None:
        return value
    if kind is int:
        return value if -_LARGEST <= value <= _LARGEST else str(value)
    if kind is dict:
        return {_whole(key): plain(item) for key, item in value.items()}
    if kind is list:
        return [plain(item) for item in value]
    return _plain_rare(value)


def _whole(text: str) -> str:
    return text if text.isascii() else text.encode(errors="backslashreplace").decode()


def _plain_rare(value: Any) -> Json:
    match value:
        case datetime():
            return timestamp(value)
        case bytes() | bytearray():
            return {"$bytes": base64.b64encode(value).decode()}
        case float() | Decimal():
            return str(value)
        case str():
            return plain(str.__str__(value))  # an enum's or a subclass's, as plain text
        case int():
            return plain(int(value))
        case Mapping():
            return {_whole(str(key)): plain(item) for key, item in value.items()}
        case tuple():
            return [plain(item) for item in value]
        case set() | frozenset():
            return sorted((plain(item) for item in value), key=encode)
        case _:
            raise CanonicalError(f"{type(value).__name__} has no JSON form")


def timestamp(moment: datetime) -> str:
    """Return the moment as RFC 3339 in UTC with `Z`; fractions only when there are any."""
    if moment.tzinfo is None:
        raise CanonicalError(f"time without offset: {moment.isoformat()}")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def encode(value: Json) -> bytes:
    """Return the RFC 8785 bytes of a JSON value; raise `CanonicalError` for what has none."""
    data = ordering(value)
    _refuse_inexact(value)
    # RFC 8785 orders keys by UTF-16 code units, the encoder by code points: they disagree only where a
    # key has a character beyond U+FFFF.
    if data.isascii() or not _has_astral_key(value):
        return data
    return orjson.dumps(_utf16_sorted(value))


def ordering(value: Json) -> bytes:
    """Return bytes to put values in order by, the same for the same value only.

    What `encode` refuses is not looked for, which makes this several times quicker.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        raise CanonicalError(str(error)) from None


def decode(data: bytes | str) -> Json:
    """Read JSON; raise `CanonicalError` when it is not."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise CanonicalError(f"not JSON: {error}") from None


def digest(data: bytes) -> str:
    """Return the SHA-256 of the bytes in lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def digest_of(value: Json) -> str:
    """Return the SHA-256 of the value's canonical bytes in lower-case hex."""
    return digest(encode(value))


def _refuse_inexact(value: Json) -> None:
    """Refuse what the encoder would write although it has no canonical form.

    Every value that is stored passes here, hence the flat loop: recursion takes twice as long.
    """
    pending: list[Any] = [(value,)]
    for items in pending:
        for item in items:
            kind = type(item)
            if kind is str:
                continue
            if kind is dict:
                pending.append(item.values())
            elif kind is list:
                pending.append(item)
            elif kind is int:
                if not -_LARGEST <= item <= _LARGEST:
                    raise CanonicalError(f"integer beyond 2**53: {item}")
            elif kind is not bool and item is not None:
                raise CanonicalError(f"{kind.__name__} is refused")


def _has_astral_key(value: Json) -> bool:
    if isinstance(value, dict):
        return any(
            (not key.isascii() and max(key) > "\uffff") or _has_astral_key(item)
            for key, item in value.items()
        )
    return isinstance(value, list) and any(map(_has_astral_key, value))


def _utf16_sorted(value: Json) -> Json:
    if isinstance(value, dict):
        ordered = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return {key: _utf16_sorted(value[key]) for key in ordered}
    if isinstance(value, list):
        return [_utf16_sorted(item) for item in value]
    return value
