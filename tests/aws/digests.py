"""A trail's bucket with digest files that are signed as CloudTrail signs them, and ways to spoil it."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.aws.script import ACCOUNT, NOW, REGION, Error

BUCKET = "logs"
HOUR = timedelta(hours=1)
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_STAMP = "%Y%m%dT%H%M%SZ"
_PREVIOUS = (
    "previousDigestS3Bucket",
    "previousDigestS3Object",
    "previousDigestHashValue",
    "previousDigestSignature",
)


@cache
def private_key(name: str = "aws") -> rsa.RSAPrivateKey:
    """Return a key, the same one for the same name."""
    return rsa.generate_private_key(65537, 2048)


def public_der(name: str = "aws", *, bare: bool = True) -> bytes:
    """Return a public key as AWS gives it, or as SubjectPublicKeyInfo, which it gave once."""
    form = PublicFormat.PKCS1 if bare else PublicFormat.SubjectPublicKeyInfo
    return private_key(name).public_key().public_bytes(Encoding.DER, form)


def fingerprint(name: str = "aws") -> str:
    """Return what the public key is called."""
    return hashlib.md5(public_der(name), usedforsecurity=False).hexdigest()


def sign(text: str, name: str = "aws") -> str:
    """Return the signature in hex."""
    return private_key(name).sign(text.encode(), padding.PKCS1v15(), SHA256()).hex()


@dataclass(frozen=True)
class Held:
    """An object: its bytes, user metadata, and when it was written."""

    packed: bytes
    metadata: Mapping[str, str]
    at: datetime


@dataclass
class TrailBucket:
    """The bucket of one trail: its objects by key. `digests` are the keys of the digests, in order."""

    trail: str = "main"
    region: str = REGION
    home: str = REGION
    account: str = ACCOUNT
    prefix: str = ""
    bucket: str = BUCKET
    objects: dict[str, Held] = field(default_factory=dict)
    digests: list[str] = field(default_factory=list)

    def write(self, end: datetime, *, starts: bool = False, key: str = "aws", logs: int = 2) -> str:
        """Write the digest of the hour that ends then, linked to the last one written; return its key."""
        files = [self._log(end, number) for number in range(logs)]
        name = self.key(end)
        link = dict.fromkeys(_PREVIOUS)
        if self.digests and not starts:
            before = self.objects[self.digests[-1]]
            values = (
                self.bucket,
                self.digests[-1],
                hashlib.sha256(gzip.decompress(before.packed)).hexdigest(),
                before.metadata["signature"],
            )
            link = dict(zip(_PREVIOUS, values, strict=True))
        says = {
            "awsAccountId": self.account,
            "digestStartTime": (end - HOUR).strftime(_TIME),
            "digestEndTime": end.strftime(_TIME),
            "digestS3Bucket": self.bucket,
            "digestS3Object": name,
            "digestPublicKeyFingerprint": fingerprint(),
            "digestSignatureAlgorithm": "SHA256withRSA",
            "previousDigestHashAlgorithm": "SHA-256",
            **link,
            "logFiles": files,
        }
        raw = json.dumps(says).encode()
        text = "\n".join(
            (
                str(says["digestEndTime"]),
                f"{self.bucket}/{name}",
                hashlib.sha256(raw).hexdigest(),
                link["previousDigestSignature"] or "null",
            )
        )
        metadata = {"signature": sign(text, key), "signature-algorithm": "SHA256withRSA"}
        self.objects[name] = Held(gzip.compress(raw, mtime=0), metadata, end + 10 * HOUR / 60)
        self.digests.append(name)
        return name

    def write_day(self, until: datetime = NOW, hours: int = 60) -> TrailBucket:
        """Write the digest of each of so many hours before a moment."""
        for hour in reversed(range(1, hours + 1)):
            self.write(until.replace(minute=0, second=0) - hour * HOUR)
        return self

    def key(self, end: datetime) -> str:
        """Return where the digest of an hour lies."""
        stem = f"{self.account}_CloudTrail-Digest_{self.region}_{self.trail}_{self.home}"
        return f"{self.folder}{end.astimezone(UTC):%Y/%m/%d}/{stem}_{end.strftime(_STAMP)}.json.gz"

    @property
    def folder(self) -> str:
        """What the keys of the digests begin with."""
        start = f"{self.prefix}/" if self.prefix else ""
        return f"{start}AWSLogs/{self.account}/CloudTrail-Digest/{self.region}/"

    def _log(self, end: datetime, number: int) -> dict[str, str]:
        content = json.dumps({"Records": [{"n": number, "at": end.isoformat()}]}).encode()
        name = f"AWSLogs/{self.account}/CloudTrail/{self.region}/{end:%Y%m%d%H}-{number}.json.gz"
        self.objects[name] = Held(gzip.compress(content, mtime=0), {}, end)
        return {
            "s3Bucket": self.bucket,
            "s3Object": name,
            "hashValue": hashlib.sha256(content).hexdigest(),
            "hashAlgorithm": "SHA-256",
        }

    def spoil(self, key: str, **parts: Any) -> None:
        """Put other parts into an object."""
        self.objects[key] = replace(self.objects[key], **parts)

    # ---- what AWS answers --------------------------------------------------------------------

    def listed(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Answer ListObjectsV2."""
        start, after = params["Prefix"], params.get("StartAfter", "")
        keys = sorted(key for key in self.objects if key.startswith(start) and key > after)
        if "Delimiter" in params:
            heads = {key[: key.index("/", len(start)) + 1] for key in keys}
            rows = [{"Prefix": head} for head in sorted(heads)]
            return {"KeyCount": len(rows), **({"CommonPrefixes": rows} if rows else {})}
        found = [{"Key": k, "LastModified": self.objects[k].at, "Size": 1} for k in keys]
        return {"KeyCount": len(found), **({"Contents": found} if found else {})}

    def answer(self, params: Mapping[str, Any]) -> dict[str, Any] | Error:
        """Answer GetObject; there may be no such object."""
        return self.got(params) if params["Key"] in self.objects else Error("NoSuchKey", status=404)

    def got(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Answer GetObject for an object that there is."""
        held = self.objects[params["Key"]]
        body = held.packed
        return {
            "Body": Stream(body),
            "ContentLength": len(body),
            "ETag": '"etag"',
            "LastModified": held.at,
            "Metadata": {**held.metadata},
        }

    def taken(self, key: str) -> bytes:
        """Return what a session makes of the body of an object."""
        packed = self.objects[key].packed
        if key in self.digests:
            return packed
        return hashlib.sha256(gzip.decompress(packed)).hexdigest().encode()

    def keys(self, *, bare: bool = True) -> dict[str, Any]:
        """Answer ListPublicKeys."""
        row = {
            "Fingerprint": fingerprint(),
            "Value": public_der(bare=bare),
            "ValidityStartTime": NOW - timedelta(days=9),
            "ValidityEndTime": NOW + timedelta(days=21),
        }
        return {"PublicKeyList": [row]}


class Stream:
    """The body of an object as it arrives."""

    def __init__(self, content: bytes) -> None:
        self._rest = content
        self.is_closed = False

    def read(self, amount: int | None = None) -> bytes:
        """Return the next bytes."""
        amount = len(self._rest) if amount is None else amount
        found, self._rest = self._rest[:amount], self._rest[amount:]
        return found

    def close(self) -> None:
        """Let go of the connection."""
        self.is_closed = True
