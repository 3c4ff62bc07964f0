"""Verifies the chain of digest files that CloudTrail signs every hour.

Each digest names the log files of its hour with their hashes, is signed with a key of its region, and
holds hash and signature of the digest before it. Source: "CloudTrail log file integrity validation" and
"CloudTrail digest file structure" in the CloudTrail user guide.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from driftkeeper.domain.canonical import digest
from driftkeeper.domain.signing import is_signed_with_rsa
from driftkeeper.domain.types import Json

LARGEST = 64 * 2**20
"""Bytes of an unpacked digest; one that is larger is none that CloudTrail wrote."""

HOUR = timedelta(hours=1)
ALGORITHM = "SHA256withRSA"

UNREADABLE = "it cannot be read as a digest"
MOVED = "it was moved from where it was written"
UNSIGNED = "it has no signature"
UNKNOWN_KEY = "it is signed with a key that AWS does not list"
FORGED = "its signature does not fit"
UNLINKED = "it does not fit the digest before it"
MISSING = "it is not there"
ALTERED = "it is not what its digest says"

_STAMP = "%Y%m%dT%H%M%SZ"
_GZIP = 16 + zlib.MAX_WBITS
_REQUIRED = (
    "digestPublicKeyFingerprint",
    "digestS3Bucket",
    "digestS3Object",
    "digestStartTime",
    "digestEndTime",
)
_LINK = ("previousDigestS3Bucket", "previousDigestS3Object", "previousDigestHashValue")
_SIGNED = "previousDigestSignature"


@dataclass(frozen=True)
class Place:
    """Where the digests of one trail about one region lie. `organization` is the id in the path, if any."""

    bucket: str
    prefix: str
    organization: str
    account: str
    region: str
    trail: str
    home: str

    @property
    def folder(self) -> str:
        """What the keys of all these digests begin with."""
        parts = (self.prefix, "AWSLogs", self.organization, self.account, "CloudTrail-Digest")
        return "/".join((*filter(None, parts), self.region, ""))

    def key(self, end: datetime) -> str:
        """Return the key of the digest that ends at a moment."""
        end = end.astimezone(UTC)
        name = f"{self._stem}_{end.strftime(_STAMP)}.json.gz"
        return f"{self.folder}{end.strftime('%Y/%m/%d')}/{name}"

    @property
    def _stem(self) -> str:
        return f"{self.account}_CloudTrail-Digest_{self.region}_{self.trail}_{self.home}"

    def end(self, key: str) -> datetime | None:
        """Return when the digest at a key ends; None for a file of another trail or another sort."""
        name = re.escape(self._stem)
        found = re.fullmatch(rf".*/{name}_(\d{{8}}T\d{{6}}Z)\.json\.gz", key)
        return _parsed(found[1], _STAMP) if found and key.startswith(self.folder) else None

    def is_backfill(self, key: str) -> bool:
        """Say whether a key is of a digest that was written later; those are a chain of their own."""
        name = rf".*/{re.escape(self._stem)}_\d{{8}}T\d{{6}}Z_backfill\.json\.gz"
        return key.startswith(self.folder) and bool(re.fullmatch(name, key))


@dataclass(frozen=True)
class Stored:
    """An object as it was read from its bucket."""

    bucket: str
    key: str
    packed: bytes
    signature: str | None
    algorithm: str | None


@dataclass(frozen=True)
class Digest:
    """What one stored object says, as far as it can be read: `says` is empty where it cannot."""

    stored: Stored
    raw: bytes
    says: Mapping[str, Any]

    @property
    def previous(self) -> tuple[str, str] | None:
        """Bucket and key of the digest before it; None for one that begins a chain."""
        bucket, key, _ = (self.says.get(name) for name in _LINK)
        return None if key is None else (str(bucket), str(key))

    @property
    def logs(self) -> tuple[tuple[str, str, str], ...]:
        """Bucket, key and SHA-256 of each log file of the hour."""
        files = self.says.get("logFiles")
        rows = files if isinstance(files, list) else []
        names = ("s3Bucket", "s3Object", "hashValue")
        return tuple(
            (str(row.get(names[0])), str(row.get(names[1])), str(row.get(names[2])))
            for row in rows
            if isinstance(row, dict)
        )


def read(stored: Stored) -> Digest:
    """Return what an object says; nothing where it is no digest."""
    raw = unpacked(stored.packed)
    try:
        says = json.loads(raw) if raw else {}
    except ValueError:
        says = {}
    return Digest(stored, raw or b"", says if _is_digest(says) else {})


def unpacked(packed: bytes, largest: int = LARGEST) -> bytes | None:
    """Return the content of a gzip file; None for what is none, is cut off or unpacks to too much."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        content = unpacker.decompress(packed, largest + 1)
    except zlib.error:
        return None
    whole = unpacker.eof and not unpacker.unused_data
    return content if whole and len(content) <= largest else None


def _is_digest(says: Json) -> bool:
    if not isinstance(says, dict) or _SIGNED not in says:
        return False
    link = [says.get(name) for name in (*_LINK, _SIGNED)]
    return all(isinstance(says.get(name), str) for name in _REQUIRED) and (
        all(isinstance(value, str) for value in link) or link == [None] * len(link)
    )


def signing_string(found: Digest) -> bytes:
    """Return what CloudTrail signed: end, place, hash, and the signature of the digest before."""
    says, stored = found.says, found.stored
    where = f"{stored.bucket}/{stored.key}"
    before = says[_SIGNED] or "null"
    return "\n".join((says["digestEndTime"], where, digest(found.raw), before)).encode()


def flaw(found: Digest, keys: Mapping[str, bytes]) -> str | None:
    """Return what is wrong with a digest by itself, None when its signature holds.

    `keys` are the DER public keys of its region by fingerprint.
    """
    says, stored = found.says, found.stored
    if not says:
        return UNREADABLE
    if (says["digestS3Bucket"], says["digestS3Object"]) != (stored.bucket, stored.key):
        return MOVED
    if stored.algorithm != ALGORITHM or not re.fullmatch(
        r"([0-9a-fA-F]{2})+", stored.signature or ""
    ):
        return UNSIGNED
    key = keys.get(says["digestPublicKeyFingerprint"])
    if key is None:
        return UNKNOWN_KEY
    signature = bytes.fromhex(stored.signature or "")
    return None if is_signed_with_rsa(key, signing_string(found), signature) else FORGED


def follows(found: Digest, before: Digest) -> bool:
    """Say whether a digest holds hash and signature of the one before it."""
    says = found.says
    place = (before.stored.bucket, before.stored.key)
    return (
        found.previous == place
        and says["previousDigestHashValue"] == digest(before.raw)
        and says[_SIGNED] == before.stored.signature
    )


@dataclass(frozen=True)
class Wrong:
    """A file that is not as it should be: where, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Verdict:
    """What a chain is worth. `gaps` are from when to when a restarted chain says nothing."""

    valid: tuple[Digest, ...] = ()
    invalid: tuple[Wrong, ...] = ()
    missing: tuple[Wrong, ...] = ()
    lost: int = 0
    gaps: tuple[tuple[str, str], ...] = ()


Fetch = Callable[[str, str], Digest | None]
"""Reads the digest in a bucket under a key; None when there is none."""


def verdict(
    chain: Sequence[Digest], before: Digest | None, keys: Mapping[str, bytes], fetch: Fetch
) -> Verdict:
    """Return what the digests, in order of their time, are worth.

    `before` is the last one of the time that is not judged; without it, the first that is judged may
    still name one, which is fetched. A digest that is named by the next one and not there is missing, and
    with it all those of the hours up to the last one that is there.
    """
    links, valid, invalid = [], [], []
    is_flawed = before is not None and flaw(before, keys) is not None
    for earlier, found in zip((before, *chain), chain, strict=False):
        reason = flaw(found, keys)
        if reason is None:
            links.append(_link(found, earlier, fetch))
            # That it does not fit one which is wrong by itself is no second wrong.
            reason = None if links[-1].is_sound or is_flawed else UNLINKED
        is_flawed = reason is not None
        if reason is None:
            valid.append(found)
        else:
            invalid.append(Wrong(found.stored.key, reason))
    return Verdict(
        tuple(valid),
        tuple(invalid),
        tuple(wrong for link in links for wrong in link.missing),
        sum(link.lost for link in links),
        tuple(gap for link in links for gap in link.gaps),
    )


@dataclass(frozen=True)
class _Link:
    """How a digest hangs on what was before it."""

    holds: bool = False
    begins: bool = False
    missing: tuple[Wrong, ...] = ()
    lost: int = 0
    gaps: tuple[tuple[str, str], ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether the digest fits what was before it, or that is not there to be held against it."""
        return self.holds or self.begins or bool(self.missing)


def _link(found: Digest, earlier: Digest | None, fetch: Fetch) -> _Link:
    if found.previous is None:
        if earlier is None:
            return _Link(begins=True)
        since = str(earlier.says.get("digestEndTime", ""))
        return _Link(begins=True, gaps=((since, found.says["digestStartTime"]),))
    if earlier is not None and (earlier.stored.bucket, earlier.stored.key) == found.previous:
        return _Link(holds=follows(found, earlier))
    named = fetch(*found.previous)
    if named is None:
        return _Link(missing=(Wrong(found.previous[1], MISSING),), lost=_hours(earlier, found))
    return _Link(holds=earlier is None and follows(found, named))


def _hours(earlier: Digest | None, found: Digest) -> int:
    """Return how many digests of an hour fit between two; at least the one that is named."""
    start = moment(found.says["digestStartTime"])
    end = None if earlier is None else moment(str(earlier.says.get("digestEndTime", "")))
    return 1 if start is None or end is None else max(1, round((start - end) / HOUR))


def moment(text: str) -> datetime | None:
    """Return a time as digests write it."""
    return _parsed(text, "%Y-%m-%dT%H:%M:%SZ")


def _parsed(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        return None
