"""What an entry of the journal is, to the byte."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest

from driftkeeper.domain.canonical import CanonicalError
from driftkeeper.domain.chain import GENESIS, broken_links, entry_digest, link

AT = datetime(2026, 3, 1, 6, tzinfo=UTC)
PAYLOAD = "ab" * 32


def test_the_digest_of_an_entry_can_be_computed_with_nothing_but_sha_256() -> None:
    text = (
        '{"at":"2026-03-01T06:00:00Z","kind":"snapshot","number":1,'
        f'"payload":"{PAYLOAD}","previous":"{"0" * 64}"}}'
    )
    entry = link(None, "snapshot", AT, PAYLOAD)
    assert entry.digest == hashlib.sha256(text.encode()).hexdigest()
    assert (entry.number, entry.previous, entry.signature, entry.key) == (1, GENESIS, "", "")


def test_each_entry_names_the_one_before_it() -> None:
    first = link(None, "snapshot", AT, PAYLOAD)
    second = link(first, "export", AT, PAYLOAD)
    assert (second.number, second.previous) == (2, first.digest)
    assert second.digest == entry_digest(2, "export", AT, PAYLOAD, first.digest)


def test_the_same_moment_in_another_zone_is_the_same_entry() -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=9)))
    assert link(None, "snapshot", elsewhere, PAYLOAD) == link(None, "snapshot", AT, PAYLOAD)


def test_a_time_without_offset_cannot_be_sealed() -> None:
    with pytest.raises(CanonicalError, match="time without offset"):
        link(None, "snapshot", AT.replace(tzinfo=None), PAYLOAD)


def test_a_chain_that_does_not_start_at_its_beginning_says_so() -> None:
    first = link(None, "snapshot", AT, PAYLOAD)
    second = link(first, "snapshot", AT, PAYLOAD)
    assert list(broken_links([second])) == [
        "journal entry 2: expected number 1",
        "journal entry 2: does not follow the entry before it",
    ]
