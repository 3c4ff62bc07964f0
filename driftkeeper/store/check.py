"""Judges the store: recomputes every digest, link and signature from the rows.

A numbered checklist; each step says what it found. Damage means that evidence was lost or altered; a
hint means that something is unusual but nothing is lost.

What no look at the store alone can tell: that its newest snapshots were cut off as a whole, with all
that belongs to them; that it was written anew by someone with the signing key, or without any
signatures. Against that, keep the last journal digest and the public key where its owner cannot reach.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.exc import DBAPIError

from driftkeeper.domain.canonical import digest
from driftkeeper.domain.chain import JournalEntry, broken_links
from driftkeeper.domain.signing import is_signed_by
from driftkeeper.store import codec, guards, rows, sealed
from driftkeeper.store.attribution import KIND, broken_runs
from driftkeeper.store.consistency import broken_references, file_damage, schema_damage, strays
from driftkeeper.store.seal import content_digest
from driftkeeper.store.tables import (
    attribution,
    blob,
    coverage,
    dictionary,
    journal,
    public_key,
    resource,
    scope,
    snapshot,
    version,
)


@dataclass(frozen=True, slots=True)
class Check:
    """One step of the checklist: what was checked, and the first things wrong, if any."""

    name: str
    damage: tuple[str, ...]
    detail: str

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.damage


def check(connection: Connection) -> tuple[list[Check], list[str]]:
    """Return every step of the checklist, and the hints.

    Only the first step when that finds damage: on such ground the others would say nothing reliable.
    """
    # (1) The tables, and the file they are in.
    ground = chain(schema_damage(connection), file_damage(connection))
    first = _step("schema", ground, "all tables are there")
    if not first.ok:
        return [first], ["nothing else was checked, since the database itself is damaged"]
    return [first, *judged(connection)], list(_hints(connection))


def judged(connection: Connection) -> list[Check]:
    """Return the steps that judge what the tables hold, given that they are all there."""
    return [
        # (2) The chain: numbers without holes, each entry follows the one before.
        _step("journal chain", _chain(connection), _counted(connection, journal, "entries")),
        # (3) The signatures over the entries.
        _step("signatures", _signatures(connection), _counted(connection, public_key, "keys")),
        # (4) Every snapshot is sealed, and says what its seal says.
        _step("snapshots", _snapshots(connection), _counted(connection, snapshot, "snapshots")),
        # (5) The versions are those that each coverage row counted.
        _step("versions", _contents(connection), _counted(connection, version, "versions")),
        # (6) Every body is there, undamaged, under the digest of its bytes.
        _step("bodies", _bodies(connection), _counted(connection, blob, "bodies")),
        # (7) Every run of attribution says what its seal says.
        _step(
            "attributions", broken_runs(connection), _counted(connection, attribution, "attempts")
        ),
        # (8) Nothing is there that no sealed snapshot knows of.
        _step("orphans", _orphans(connection), "every row belongs to a snapshot"),
        # (9) The triggers that refuse changes.
        _step("guards", _guards(connection), "all triggers are in place"),
    ]


def _step(name: str, damage: Iterator[str], detail: str) -> Check:
    found = tuple(_told(damage))
    return Check(name, found, found[0] if found else detail)


def _told(damage: Iterator[str]) -> Iterator[str]:
    try:
        yield from damage
    except (TypeError, ValueError) as error:
        yield f"a row holds what no program of ours writes: {error}"
    except DBAPIError as error:
        if not isinstance(error.orig, sqlite3.Error):
            raise  # a server that is gone says nothing of what it stores; a file is what it holds
        yield f"a row cannot be read: {error.orig}"


def _counted(connection: Connection, table: Any, what: str) -> str:
    return f"{connection.execute(select(func.count()).select_from(table)).scalar()} {what}"


def _entries(connection: Connection) -> Iterator[JournalEntry]:
    return map(rows.entry_of, connection.execute(select(journal).order_by(journal.c.number)))


def _chain(connection: Connection) -> Iterator[str]:
    yield from broken_links(_entries(connection))


def _signatures(connection: Connection) -> Iterator[str]:
    keys = {row.id: bytes(row.raw) for row in connection.execute(select(public_key))}
    for name, raw in sorted(keys.items()):
        if digest(raw) != name:
            yield f"public key {name} does not match its id"
    for entry in _entries(connection):
        if not entry.signature and not entry.key:
            continue  # a hint
        if not entry.signature:
            yield f"journal entry {entry.number}: its signature is gone"
        elif entry.key not in keys:
            yield f"journal entry {entry.number}: its key {entry.key} is not known"
        elif not is_signed_by(keys[entry.key], entry.digest, entry.signature):
            yield f"journal entry {entry.number}: its signature does not match"


def _hints(connection: Connection) -> Iterator[str]:
    unsigned: list[int] = []
    first_signed = None
    query = select(journal.c.number, journal.c.signature).order_by(journal.c.number)
    for number, signature in connection.execute(query):
        if not signature:
            unsigned.append(number)
        elif first_signed is None:
            first_signed = number
    if unsigned:
        yield f"{len(unsigned)} journal entries are not signed; `driftkeeper init` makes a key"
    if unsigned and first_signed is not None and unsigned[-1] > first_signed:
        yield (
            f"journal entry {unsigned[-1]} is not signed, though entry {first_signed} is: the key was"
            " not at hand, or the signature was removed"
        )


def _snapshots(connection: Connection) -> Iterator[str]:
    sealed: dict[int, str] = {}
    for row in connection.execute(select(journal).order_by(journal.c.number)):
        if row.kind == KIND and row.snapshot is None:
            continue  # what these seal is a step of its own
        if row.kind != "snapshot" or row.snapshot is None:
            yield f"journal entry {row.number}: it seals nothing that this version knows of"
        else:
            sealed[row.snapshot] = row.payload
    query = select(snapshot.c.number).order_by(snapshot.c.number)
    numbers = list(connection.execute(query).scalars())
    for expected, number in enumerate(numbers, start=1):
        if number != expected:
            yield f"snapshot {expected} is missing"
            break
    for number in numbers:
        if number not in sealed:
            yield f"snapshot {number} is not sealed in the journal"
        elif _payload(connection, number) != sealed[number]:
            yield f"snapshot {number}: its rows do not match its seal"
    for lost in sorted(sealed.keys() - set(numbers)):
        yield f"snapshot {lost} is sealed in the journal, but it is gone"


def _payload(connection: Connection, number: int) -> str | None:
    try:
        return sealed.payload_of(connection, number)
    except (TypeError, ValueError):
        return None  # such rows were never sealed


def _contents(connection: Connection) -> Iterator[str]:
    """Replay the versions of each scope and compare with what each coverage row sealed."""
    scopes = connection.execute(select(scope).order_by(scope.c.id)).all()
    for place in scopes:
        history = (
            select(resource.c.key, version.c.snapshot, version.c.digest, version.c.uid)
            .select_from(resource)
            .join(version, version.c.resource_id == resource.c.id)
            .where(resource.c.scope_id == place.id)
            .order_by(version.c.snapshot, resource.c.key)
        )
        covered = (
            select(coverage.c.snapshot, coverage.c.content_digest)
            .where(coverage.c.scope_id == place.id)
            .order_by(coverage.c.snapshot)
        )
        name = f"{place.account}/{place.region}/{place.evidence}"
        seen = connection.execute(covered).all()
        yield from _replayed(name, list(connection.execute(history)), seen)


def _replayed(name: str, pending: list[Any], covered: Iterable[Any]) -> Iterator[str]:
    live: dict[str, tuple[str, str | None]] = {}
    position = 0
    sealed: str | None = None
    for row in covered:
        moved = False
        while position < len(pending) and pending[position].snapshot <= row.snapshot:
            entry = pending[position]
            at = f"{name}: a version of {entry.key} at snapshot {entry.snapshot}"
            if entry.snapshot != row.snapshot or row.content_digest is None:
                yield f"{at} is not covered"
            if not _moved_on(live, entry):
                yield f"{at} does not follow from the one before it"
            position, moved = position + 1, True
        if row.content_digest is None:
            continue
        if moved or sealed is None:
            sealed = content_digest(live)
        if sealed != row.content_digest:
            yield f"{name}: its versions do not match what snapshot {row.snapshot} saw"
            return
    for entry in pending[position:]:
        yield f"{name}: a version of {entry.key} at snapshot {entry.snapshot} is not covered"


def _moved_on(live: dict[str, tuple[str, str | None]], entry: Any) -> bool:
    """Apply a version; say whether it is one: of other content, or the end of what was there."""
    was = live.pop(entry.key, None)
    if entry.digest is None:
        return was is not None and was[1] == entry.uid
    live[entry.key] = (entry.digest, entry.uid)
    return was != live[entry.key]


def _bodies(connection: Connection) -> Iterator[str]:
    used = select(blob.c.dictionary).where(blob.c.dictionary.is_not(None)).distinct()
    wanted = sorted(connection.execute(used).scalars())
    dictionaries: dict[str | None, bytes] = {None: b""}
    for row in connection.execute(select(blob).where(blob.c.digest.in_(wanted))):
        if (plain := _opened(row, {None: b""})) is not None:
            dictionaries[row.digest] = plain
    there = set()
    for row in connection.execute(select(blob).order_by(blob.c.digest)):
        there.add(row.digest)
        if row.dictionary not in dictionaries:
            yield f"body {row.digest}: its dictionary {row.dictionary} is gone or damaged"
        elif _opened(row, dictionaries) is None:
            yield f"body {row.digest} is damaged: it does not match its digest"
    for table, column in (
        (version, version.c.digest),
        (coverage, coverage.c.observed_digest),
        (dictionary, dictionary.c.digest),
    ):
        query = select(column).where(column.is_not(None)).distinct().order_by(column)
        for name in connection.execute(query).scalars():
            if name not in there:
                yield f"body {name} is gone, but {table.name} refers to it"


def _opened(row: Row[Any], dictionaries: Mapping[str | None, bytes]) -> bytes | None:
    """Return the plain bytes of a body; None when they are not what its digest says."""
    try:
        plain = codec.unpack(bytes(row.data), dictionaries[row.dictionary])
    except (KeyError, TypeError, ValueError):
        return None
    return plain if digest(plain) == row.digest else None


def _orphans(connection: Connection) -> Iterator[str]:
    yield from broken_references(connection)
    yield from strays(connection)


def _guards(connection: Connection) -> Iterator[str]:
    for name in guards.missing(connection):
        yield f"the trigger {name} is missing or altered; put it back with `driftkeeper db upgrade`"
