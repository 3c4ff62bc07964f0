"""Every way in which a chain of digests can be wrong is told, by its name and for its reason."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given, settings, strategies as st

from driftkeeper.semantics.digest_chain import (
    FORGED,
    MISSING,
    MOVED,
    UNKNOWN_KEY,
    UNLINKED,
    UNREADABLE,
    UNSIGNED,
    Digest,
    Place,
    Stored,
    Verdict,
    Wrong,
    flaw,
    moment,
    read,
    unpacked,
    verdict,
)
from tests.aws import ACCOUNT, NOW, REGION
from tests.aws.digests import BUCKET, HOUR, TrailBucket, fingerprint, public_der, sign

HOURS = 6
PLACE = Place(BUCKET, "", "", ACCOUNT, REGION, "main", REGION)
KEYS = {fingerprint(): public_der()}


def _bucket(hours: int = HOURS) -> TrailBucket:
    return TrailBucket().write_day(hours=hours)


def _digest(bucket: TrailBucket, name: str, key: str) -> Digest | None:
    held = bucket.objects.get(key) if name == BUCKET else None
    if held is None:
        return None
    signature, algorithm = (held.metadata.get(k) for k in ("signature", "signature-algorithm"))
    return read(Stored(name, key, held.packed, signature, algorithm))


def _verdict(bucket: TrailBucket, first: int = 1, keys: dict[str, bytes] | None = None) -> Verdict:
    """Judge the digests from the `first` one that is there; the one before it is what came before."""
    names = sorted(key for key in bucket.objects if PLACE.end(key))
    found = [digest for key in names if (digest := _digest(bucket, BUCKET, key))]
    before = found[first - 1] if first else None
    return verdict(
        found[first:],
        before,
        KEYS if keys is None else keys,
        lambda name, key: _digest(bucket, name, key),
    )


def _without(bucket: TrailBucket, *numbers: int) -> list[str]:
    names = [bucket.digests[number] for number in numbers]
    for name in names:
        del bucket.objects[name]
    return names


@pytest.mark.parametrize("bare", [True, False], ids=["PKCS#1", "SubjectPublicKeyInfo"])
@pytest.mark.parametrize("first", [0, 1])
def test_a_chain_that_nobody_touched_is_valid(first: int, bare: bool):
    worth = _verdict(_bucket(), first, {fingerprint(): public_der(bare=bare)})
    assert (len(worth.valid), worth) == (HOURS - first, Verdict(valid=worth.valid))


def test_an_hour_without_any_log_file_is_valid():
    bucket = _bucket()
    bucket.write(NOW, logs=0)
    worth = _verdict(bucket)
    assert len(worth.valid) == HOURS
    assert worth.valid[-1].logs == ()


def _spoil_byte(bucket: TrailBucket, key: str) -> None:
    raw = bytearray(gzip.decompress(bucket.objects[key].packed))
    raw[raw.index(b"awsAccountId") + 17] ^= 1
    bucket.spoil(key, packed=gzip.compress(bytes(raw)))


def _drop_a_log(bucket: TrailBucket, key: str) -> None:
    says = json.loads(gzip.decompress(bucket.objects[key].packed))
    says["logFiles"].pop()
    bucket.spoil(key, packed=gzip.compress(json.dumps(says).encode()))


def _other_fingerprint(bucket: TrailBucket, key: str) -> None:
    raw = gzip.decompress(bucket.objects[key].packed)
    changed = raw.replace(fingerprint().encode(), b"0" * 32)
    bucket.spoil(key, packed=gzip.compress(changed))


def _move(bucket: TrailBucket, key: str) -> None:
    """Put the digest of the hour before in its place."""
    number = bucket.digests.index(key)
    bucket.objects[key] = bucket.objects[bucket.digests[number - 1]]


def _metadata(**parts: str) -> Callable[[TrailBucket, str], None]:
    def spoil(bucket: TrailBucket, key: str) -> None:
        own = {name.replace("_", "-"): value for name, value in parts.items()}
        bucket.spoil(key, metadata={**bucket.objects[key].metadata, **own})

    return spoil


SPOILED: dict[str, tuple[Callable[[TrailBucket, str], None], str]] = {
    "a bit is flipped": (_spoil_byte, FORGED),
    "a log file is left out": (_drop_a_log, FORGED),
    "another signature": (_metadata(signature=sign("x")), FORGED),
    "it is signed with another key": (_metadata(signature=sign("x", "other")), FORGED),
    "its key is not known": (_other_fingerprint, UNKNOWN_KEY),
    "another digest lies there": (_move, MOVED),
    "no signature": (lambda b, k: b.spoil(k, metadata={}), UNSIGNED),
    "an empty signature": (_metadata(signature=""), UNSIGNED),
    "a signature that is no hex": (_metadata(signature="xyz0"), UNSIGNED),
    "half a byte of a signature": (_metadata(signature="abc"), UNSIGNED),
    "another algorithm": (_metadata(signature_algorithm="none"), UNSIGNED),
    "nothing in it": (lambda b, k: b.spoil(k, packed=b""), UNREADABLE),
    "no gzip": (lambda b, k: b.spoil(k, packed=b"{}"), UNREADABLE),
    "no JSON": (lambda b, k: b.spoil(k, packed=gzip.compress(b"\xff{")), UNREADABLE),
    "no object": (lambda b, k: b.spoil(k, packed=gzip.compress(b"[1]")), UNREADABLE),
    "not what a digest has": (lambda b, k: b.spoil(k, packed=gzip.compress(b"{}")), UNREADABLE),
    "cut off": (lambda b, k: b.spoil(k, packed=b.objects[k].packed[:-9]), UNREADABLE),
    "something after it": (lambda b, k: b.spoil(k, packed=b.objects[k].packed + b"x"), UNREADABLE),
}


@pytest.mark.parametrize(("spoil", "reason"), SPOILED.values(), ids=SPOILED)
@pytest.mark.parametrize("number", [1, 3, HOURS - 1])
def test_what_is_wrong_with_one_digest_is_told_of_that_one(
    number: int, spoil: Callable[[TrailBucket, str], None], reason: str
):
    """Also where the next one does not fit it any more, which is no second wrong."""
    bucket = _bucket()
    key = bucket.digests[number]
    spoil(bucket, key)
    worth = _verdict(bucket)
    assert worth.invalid == (Wrong(key, reason),)
    assert len(worth.valid) == HOURS - 2
    assert (worth.missing, worth.lost, worth.gaps) == ((), 0, ())


@pytest.mark.parametrize(("spoil", "reason"), SPOILED.values(), ids=SPOILED)
def test_what_was_wrong_before_the_time_that_is_judged_is_not_told_again(
    spoil: Callable[[TrailBucket, str], None], reason: str
):
    bucket = _bucket()
    spoil(bucket, bucket.digests[1])
    assert _verdict(bucket, first=2) == Verdict(valid=_verdict(bucket, first=2).valid)


def test_a_digest_that_does_not_fit_a_sound_one_before_it_is_not_linked():
    """Another digest of that hour lies there, which AWS signed as well: only the link can tell."""
    bucket, other = _bucket(), TrailBucket().write_day(NOW - 2 * HOUR, HOURS - 2)
    key = other.write(NOW - 2 * HOUR, logs=0)
    assert key == bucket.digests[-2]
    bucket.objects[key] = other.objects[key]
    worth = _verdict(bucket)
    assert worth.invalid == (Wrong(bucket.digests[-1], UNLINKED),)
    assert len(worth.valid) == HOURS - 2


@pytest.mark.parametrize(("gone", "lost"), [((3,), 1), ((2, 3), 2), ((1, 2, 3, 4), 4), ((1, 3), 2)])
def test_a_digest_that_the_next_one_names_and_is_not_there_is_missing(
    gone: tuple[int, ...], lost: int
):
    """With those before it of which nothing tells any more but the time that passed."""
    bucket = _bucket()
    names = _without(bucket, *gone)
    worth = _verdict(bucket)
    assert worth.lost == lost
    assert {wrong.reason for wrong in worth.missing} == {MISSING}
    assert names[-1] in {wrong.name for wrong in worth.missing}
    assert (len(worth.valid), worth.invalid, worth.gaps) == (HOURS - 1 - len(gone), (), ())


def test_the_first_digest_that_is_judged_names_one_that_is_not_there():
    bucket = _bucket()
    names = _without(bucket, 0)
    worth = _verdict(bucket, first=0)
    assert (worth.missing, worth.lost) == ((Wrong(names[0], MISSING),), 1)


def test_a_chain_that_begins_anew_leaves_a_gap():
    bucket = TrailBucket().write_day(NOW - 3 * HOUR, 3)
    bucket.write(NOW - HOUR, starts=True)
    worth = _verdict(bucket)
    assert (worth.invalid, worth.missing, worth.lost) == ((), (), 0)
    assert worth.gaps == (("2026-06-30T23:00:00Z", "2026-07-01T01:00:00Z"),)


def test_a_chain_that_begins_is_no_gap_where_there_is_nothing_before():
    assert _verdict(_bucket(), first=0).gaps == ()


def test_a_digest_that_does_not_follow_the_one_before_it_is_not_linked():
    """Two chains that are sound each: what lies between was put there."""
    bucket = _bucket()
    last = bucket.digests.pop()
    del bucket.digests[-1]
    del bucket.objects[last]
    bucket.write(NOW - HOUR)
    assert _verdict(bucket).invalid == (Wrong(last, UNLINKED),)


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_any_bytes_are_read_and_are_no_digest(packed: bytes):
    for content in (packed, gzip.compress(packed)):
        found = read(Stored(BUCKET, "key", content, "00", "SHA256withRSA"))
        assert (flaw(found, KEYS), found.logs, found.previous) == (UNREADABLE, (), None)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3),
)


@given(
    st.sampled_from([*json.loads(gzip.decompress([*_bucket(1).objects.values()][-1].packed))]),
    _JSON,
)
@settings(max_examples=200)
def test_a_digest_with_any_other_value_is_invalid_and_breaks_nothing(name: str, value: object):
    bucket = _bucket()
    key = bucket.digests[-1]
    says = json.loads(gzip.decompress(bucket.objects[key].packed))
    if says[name] != value:
        says[name] = value
        bucket.spoil(key, packed=gzip.compress(json.dumps(says).encode()))
        worth = _verdict(bucket)
        assert [wrong.name for wrong in worth.invalid] == [key]


def test_what_unpacks_to_too_much_is_nothing():
    packed = gzip.compress(bytes(100))
    assert unpacked(packed, 100) == bytes(100)
    assert unpacked(packed, 99) is None


class TestPlaces:
    def test_a_digest_lies_where_cloudtrail_puts_it(self):
        place = Place("b", "pre", "o-x", ACCOUNT, "eu-west-1", "main", "us-east-1")
        assert place.key(NOW) == (
            f"pre/AWSLogs/o-x/{ACCOUNT}/CloudTrail-Digest/eu-west-1/2026/07/01/"
            f"{ACCOUNT}_CloudTrail-Digest_eu-west-1_main_us-east-1_20260701T030000Z.json.gz"
        )

    @pytest.mark.parametrize("hours", [0, 5, 30])
    def test_a_key_tells_when_its_digest_ends(self, hours: int):
        end = NOW - timedelta(hours=hours)
        assert PLACE.end(PLACE.key(end)) == end
        assert not PLACE.is_backfill(PLACE.key(end))

    def test_files_of_others_are_no_digests_of_the_trail(self):
        key = PLACE.key(NOW)
        others = (
            key.replace("_main_", "_main2_"),
            key.replace("_main_", "_other_main_"),
            key.replace("T030000Z", "T030000Z_backfill"),
            key.replace("20260701T", "20261301T"),
            key.removesuffix(".gz"),
            key.replace("AWSLogs/", "Elsewhere/"),
        )
        assert [PLACE.end(other) for other in others] == [None] * len(others)
        assert [PLACE.is_backfill(other) for other in others] == [False, False, True] + 3 * [False]

    @pytest.mark.parametrize("text", ["", "2026-07-01", "2026-07-01T03:00:00+00:00", "x"])
    def test_a_time_in_another_form_is_none(self, text: str):
        assert moment(text) is None
