"""What is read of objects in S3: the digest files of CloudTrail, and of all else a hash and no content.

Works through handlers of the session, above the wire and below all that records: a log file is hashed
while it arrives, and its content is nowhere kept, shown or recorded.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from typing import Any

import boto3
from botocore.exceptions import HTTPClientError
from botocore.model import OperationModel

DIGESTS = "/CloudTrail-Digest/"
"""What the keys of digest files have in them."""

LARGEST_DIGEST = 8 * 2**20
LARGEST_LOG = 512 * 2**20
"""Bytes of a packed digest, and of an unpacked log file; what is larger was written by somebody else."""

NO_GZIP, TOO_LARGE = b"not gzip", b"too large"

_CHUNK = 2**16
_KEY = "driftkeeper_key"
_GZIP = 16 + zlib.MAX_WBITS


def take_objects(session: boto3.Session) -> None:
    """Let the session answer a digest file with its first bytes, and any other file with its hash."""
    events = session.events
    events.register("before-parameter-build.s3.GetObject", _keep_key)
    # The handlers of any event come before those of a certain one: among the first, so that no other
    # sees what is taken away here.
    events.register_first("after-call.*.*", _take)
    events.register_first("after-call.s3.ListObjectsV2", _say_none)


def _keep_key(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    context[_KEY] = str(params.get("Key", ""))


def _take(parsed: dict[str, Any], context: dict[str, Any], model: OperationModel, **_: Any) -> None:
    if model.name != "GetObject":
        return
    body: Any = parsed.get("Body")
    if not hasattr(body, "read"):
        return
    # Read until nothing is left: only then botocore sees that an answer was cut off.
    pieces = iter(lambda: body.read(_CHUNK), b"")
    try:
        if DIGESTS in context.get(_KEY, ""):
            parsed["Body"] = _beginning(pieces, LARGEST_DIGEST + 1)
        else:
            parsed["Body"] = hash_of(pieces)
    except OSError as error:
        raise HTTPClientError(error=error) from error
    finally:
        body.close()


def _beginning(pieces: Iterable[bytes], size: int) -> bytes:
    found = bytearray()
    for piece in pieces:
        found += piece
        if len(found) >= size:
            break
    return bytes(found[:size])


def hash_of(packed: Iterable[bytes], largest: int = LARGEST_LOG) -> bytes:
    """Return the SHA-256, in hex, of what a gzip file holds, or why there is none; read piece by piece."""
    unpacker, found, size = zlib.decompressobj(_GZIP), hashlib.sha256(), 0
    try:
        for piece in packed:
            rest = piece
            while rest and not unpacker.eof:
                content = unpacker.decompress(rest, _CHUNK)
                rest = unpacker.unconsumed_tail
                found.update(content)
                size += len(content)
                if size > largest:
                    return TOO_LARGE
            if unpacker.unused_data or (rest and unpacker.eof):
                return NO_GZIP
    except zlib.error:
        return NO_GZIP
    return found.hexdigest().encode() if unpacker.eof else NO_GZIP


def _say_none(parsed: dict[str, Any], **_: Any) -> None:
    """Say of a listing that counts its keys which of its lists are empty: S3 leaves those out."""
    if "KeyCount" in parsed:
        parsed.setdefault("Contents", [])
        parsed.setdefault("CommonPrefixes", [])
