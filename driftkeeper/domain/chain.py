"""The journal: a chain of digests in which each entry seals its payload and the entry before.

An entry's digest is the SHA-256 of the canonical JSON of `{at, kind, number, payload, previous}`, where
`payload` is the digest of what it seals. Changing anything sealed, or dropping or reordering entries,
breaks a link that follows. What the chain cannot show is a cut-off end: hold the last digest elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from driftkeeper.domain.canonical import digest_of, timestamp

GENESIS = "0" * 64
"""What the first entry names as its predecessor."""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One link. `signature` is Ed25519 over the digest in hex, or empty; `key` names its key."""

    number: int
    kind: str
    at: datetime
    payload: str
    previous: str
    digest: str
    signature: str = ""
    key: str = ""


def link(previous: JournalEntry | None, kind: str, at: datetime, payload: str) -> JournalEntry:
    """Return the entry that follows `previous` and seals the payload digest."""
    number = 1 if previous is None else previous.number + 1
    before = GENESIS if previous is None else previous.digest
    digest = entry_digest(number, kind, at, payload, before)
    return JournalEntry(number, kind, at, payload, before, digest)


def entry_digest(number: int, kind: str, at: datetime, payload: str, previous: str) -> str:
    """Return the digest that an entry with these contents must have."""
    return digest_of(
        {
            "at": timestamp(at),
            "kind": kind,
            "number": number,
            "payload": payload,
            "previous": previous,
        }
    )


def broken_links(entries: Iterable[JournalEntry]) -> Iterator[str]:
    """Yield one line for each thing wrong with a chain that is read from its first entry on."""
    expected_number, expected_previous = 1, GENESIS
    for entry in entries:
        name = f"journal entry {entry.number}"
        if entry.number != expected_number:
            yield f"{name}: expected number {expected_number}"
        if entry.previous != expected_previous:
            yield f"{name}: does not follow the entry before it"
        digest = entry_digest(entry.number, entry.kind, entry.at, entry.payload, entry.previous)
        if entry.digest != digest:
            yield f"{name}: its digest does not match its contents"
        expected_number, expected_previous = entry.number + 1, entry.digest
