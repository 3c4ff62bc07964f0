"""Of an object in S3 no more is taken than is needed: a digest's bytes, the hash of anything else."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from driftkeeper.collect import objects
from driftkeeper.collect.account import enter_recorded
from driftkeeper.collect.digest_files import OBJECT, OBJECTS
from driftkeeper.collect.objects import NO_GZIP, TOO_LARGE, hash_of
from driftkeeper.collect.reader import Reader
from driftkeeper.collect.recording import open_recording
from driftkeeper.collect.replay import Recorder
from driftkeeper.collect.session import Login, open_clients
from driftkeeper.collect.spec import Call, Unseen
from driftkeeper.domain.types import Cause, Scope
from tests.aws import ACCOUNT, NOW, REGION, Script, Ticking, wired
from tests.aws.digests import BUCKET, Stream, TrailBucket

CONTENT = b'{"Records": [{"secret": "customer data"}]}'
PACKED = gzip.compress(CONTENT)
HASH = hashlib.sha256(CONTENT).hexdigest().encode()


class TestHash:
    @pytest.mark.parametrize("size", [1, 7, 1000])
    def test_it_is_that_of_the_content_however_it_arrives(self, size: int):
        assert hash_of(PACKED[n : n + size] for n in range(0, len(PACKED), size)) == HASH

    def test_a_file_that_unpacks_to_much_is_read_piece_by_piece(self):
        content = bytes(5 * 2**20)
        assert hash_of([gzip.compress(content)]) == hashlib.sha256(content).hexdigest().encode()

    @pytest.mark.parametrize(
        "packed",
        [b"", b"{}", PACKED[:-3], PACKED[:15], PACKED + b"x", PACKED + PACKED],
        ids=["nothing", "no gzip", "no end", "half", "more", "twice"],
    )
    def test_what_is_no_gzip_file_has_none(self, packed: bytes):
        assert hash_of([packed]) == NO_GZIP
        assert hash_of(bytes([byte]) for byte in packed) == NO_GZIP

    def test_what_unpacks_to_too_much_has_none(self):
        assert hash_of([PACKED], largest=len(CONTENT)) == HASH
        assert hash_of([PACKED], largest=len(CONTENT) - 1) == TOO_LARGE


def _bodies(bucket: TrailBucket, *keys: str) -> tuple[list[Any], list[Stream]]:
    """Return what a session answers for objects, and the streams that it read."""
    streams = []

    def got(params: dict[str, Any]) -> Any:
        answer: Any = bucket.got(params)
        streams.append(answer["Body"])
        return answer

    script = Script({(REGION, "s3.GetObject"): got})
    client = open_clients(Login(ACCOUNT), (OBJECT,), "t", [script.hook]).client("s3", REGION)
    return [client.get_object(Bucket=BUCKET, Key=key)["Body"] for key in keys], streams


def test_a_digest_is_taken_as_it_is_and_a_log_file_as_its_hash():
    bucket = TrailBucket().write_day(hours=1)
    (digest,) = bucket.digests
    log = next(key for key in bucket.objects if key != digest)
    held = bucket.objects[digest]
    bodies, streams = _bodies(bucket, digest, log)
    assert bodies[0] == held.packed
    content = gzip.decompress(bucket.objects[log].packed)
    assert bodies[1] == hashlib.sha256(content).hexdigest().encode()
    assert all(stream.is_closed for stream in streams)


def test_of_what_is_too_large_to_be_a_digest_only_the_beginning_is_read(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(objects, "LARGEST_DIGEST", 10)
    bucket = TrailBucket().write_day(hours=1)
    (body,), _ = _bodies(bucket, bucket.digests[0])
    assert len(body) == 11


def _recorded(bucket: TrailBucket, folder: Path) -> None:
    script = Script(
        {(REGION, "s3.GetObject"): bucket.got, (REGION, "s3.ListObjectsV2"): bucket.listed}
    )
    recorder = Recorder(folder)
    hooks = [script.hook, recorder.hook(ACCOUNT)]
    client = open_clients(Login(ACCOUNT), (OBJECT, OBJECTS), "t", hooks).client("s3", REGION)
    for key in bucket.objects:
        client.get_object(Bucket=BUCKET, Key=key, ExpectedBucketOwner=ACCOUNT)
    client.list_objects_v2(Bucket=BUCKET, Prefix="nothing", StartAfter="then")
    recorder.write(ACCOUNT, {"regions": [REGION], "caller": f"arn:aws:sts::{ACCOUNT}:x"})


def test_a_recording_holds_digests_and_of_log_files_no_content(tmp_path: Path):
    bucket = TrailBucket().write_day(hours=2)
    _recorded(bucket, tmp_path)
    for path in tmp_path.rglob("*GetObject*"):
        text = path.read_text()
        assert "Records" not in text
        assert gzip.compress(b"x")[:3].hex() not in text
    account = enter_recorded(open_recording(tmp_path, NOW), ACCOUNT, "t")
    client = account.clients.client("s3", REGION)
    for key, held in bucket.objects.items():
        answer = client.get_object(Bucket=BUCKET, Key=key)
        expected = held.packed
        if key not in bucket.digests:
            expected = hashlib.sha256(gzip.decompress(held.packed)).hexdigest().encode()
        assert answer["Body"] == expected
        assert answer["Metadata"] == held.metadata


def test_an_empty_listing_replays_as_one_whenever_it_is_asked(tmp_path: Path):
    """From where it is listed depends on the moment, which is later than the recording's."""
    _recorded(TrailBucket(), tmp_path)
    client = enter_recorded(open_recording(tmp_path, NOW), ACCOUNT, "t").clients.client(
        "s3", REGION
    )
    answer = client.list_objects_v2(Bucket=BUCKET, Prefix="nothing", StartAfter="later")
    assert (answer["Contents"], answer["CommonPrefixes"], answer["KeyCount"]) == ([], [], 0)


def test_a_listing_that_counts_nothing_is_not_taken_for_an_empty_one():
    script = Script({(REGION, "s3.ListObjectsV2"): {}})
    declared = (Call("s3", "list_objects_v2"),)
    client = open_clients(Login(ACCOUNT), declared, "t", [script.hook]).client("s3", REGION)
    assert "Contents" not in client.list_objects_v2(Bucket=BUCKET)


class _Raw(io.BytesIO):
    """The rest of an HTTP answer, as urllib3 hands it on."""

    def __init__(self, content: bytes, breaks_after: int | None = None) -> None:
        super().__init__(content)
        self._left = breaks_after

    def read(self, amount: int | None = -1, **_: Any) -> bytes:
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                raise ConnectionResetError("gone")
        return super().read(-1 if amount is None else amount)

    def stream(self) -> Iterator[bytes]:
        yield self.read()


def _asked(raw: _Raw, key: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Any:
    """Return what a reader is told of an object that arrives over the wire."""

    def answer(request: Any, **_: Any) -> AWSResponse:
        told = {"etag": '"e"', "last-modified": "Wed, 01 Jul 2026 02:10:00 GMT"}
        told |= headers or {}
        return AWSResponse(request.url, status, told, raw)

    made, sent = wired((OBJECT,), answer)
    clock = Ticking()
    scope = Scope(ACCOUNT, REGION, "cloudtrail.digest")
    own = Reader(scope, REGION, "aws", made, clock, 60.0)
    found = own.value(OBJECT, {"bucket": BUCKET, "key": key, "region": REGION})
    assert sent[0].headers["x-amz-expected-bucket-owner"] in (ACCOUNT, ACCOUNT.encode())
    return found


class TestOverTheWire:
    KEY = "AWSLogs/1/CloudTrail-Digest/x.json.gz"

    def test_a_digest_comes_with_its_signature(self):
        meta = {"x-amz-meta-signature": "ab", "x-amz-meta-signature-algorithm": "SHA256withRSA"}
        found = _asked(_Raw(PACKED), self.KEY, headers=meta)
        assert base64.b64decode(found["Body"]["$bytes"]) == PACKED
        assert found["Metadata"] == {"signature": "ab", "signature-algorithm": "SHA256withRSA"}

    def test_a_log_file_comes_as_its_hash(self):
        found = _asked(_Raw(PACKED), "AWSLogs/1/CloudTrail/x.json.gz")
        assert base64.b64decode(found["Body"]["$bytes"]) == HASH

    def test_one_that_is_not_there_is_none(self):
        body = b"<Error><Code>NoSuchKey</Code><Message>no</Message></Error>"
        assert _asked(_Raw(body), self.KEY, 404) is None

    @pytest.mark.parametrize(("key", "after"), [(KEY, 0), ("AWSLogs/1/CloudTrail/x.gz", 1)])
    def test_one_that_breaks_off_was_not_seen(self, key: str, after: int):
        with pytest.raises(Unseen) as raised:
            _asked(_Raw(PACKED, after), key, headers={"content-length": str(len(PACKED))})
        assert raised.value.cause is Cause.UNREACHABLE

    def test_one_that_is_shorter_than_it_says_was_not_seen(self):
        with pytest.raises(Unseen):
            _asked(_Raw(PACKED[:-9]), self.KEY, headers={"content-length": str(len(PACKED))})
