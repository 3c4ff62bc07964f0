"""Judges the store: recomputes every digest, link and signature from the rows.

A numbered checklist; each step says what it found. Damage means that evidence was lost or altered; a
hint means that something is unusual but nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from driftkeeper.domain.canonical import digest
from driftkeeper.domain.chain import broken_links
from driftkeeper.domain.signing import is_signed_by
from driftkeeper.store import codec, guards, read, rows
from driftkeeper.store.seal import content_digest
from driftkeeper.store.tables import (
    blob,
    change,
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
    """Return every step of the checklist, and the hints."""
    unsigned = _count(connection, journal, journal.c.signature == "")
    steps = [
        # (1) The chain: numbers without holes, each entry follows the one before.
        _step("journal chain", _chain(connection), _counted(connection, journal, "entries")),
        # (2) The signatures over the entries.
        _step("signatures", _signatures(connection), f"{unsigned} entries are unsigned"),
        # (3) Every snapshot is sealed, and says what its seal says.
        _step("snapshots", _snapshots(connection), _counted(connection, snapshot, "snapshots")),
        # (4) The versions are those that each coverage row counted.
        _step("versions", _contents(connection), _counted(connection, version, "versions")),
        # (5) Every body is there, undamaged, under the digest of its bytes.
        _step("bodies", _bodies(connection), _counted(connection, blob, "bodies")),
        # (6) Nothing is there that no sealed snapshot knows of.
        _step("orphans", _orphans(connection), "every row belongs to a snapshot"),
        # (7) The triggers that refuse changes.
        _step("guards", _guards(connection), "all triggers are in place"),
    ]
    hints = []
    if unsigned:
        hints.append(f"{unsigned} journal entries are not signed; `driftkeeper init` makes a key")
    return steps, hints


def _step(name: str, damage: Iterator[str], detail: str) -> Check:
    found = tuple(damage)
    return Check(name, found, found[0] if found else detail)


def _count(connection: Connection, table: Any, *where: Any) -> int:
    return connection.execute(select(func.count()).select_from(table).where(*where)).scalar() or 0


def _counted(connection: Connection, table: Any, what: str) -> str:
    return f"{_count(connection, table)} {what}"


def _chain(connection: Connection) -> Iterator[str]:
    query = select(journal).order_by(journal.c.number)
    yield from broken_links(rows.entry_of(row) for row in connection.execute(query))


def _signatures(connection: Connection) -> Iterator[str]:
    keys = {row.id: bytes(row.raw) for row in connection.execute(select(public_key))}
    for name, raw in sorted(keys.items()):
        if digest(raw) != name:
            yield f"public key {name} does not match its id"
    signed = select(journal).where(journal.c.signature != "").order_by(journal.c.number)
    for entry in (rows.entry_of(row) for row in connection.execute(signed)):
        if entry.key not in keys:
            yield f"journal entry {entry.number}: its key {entry.key} is not known"
        elif not is_signed_by(keys[entry.key], entry.digest, entry.signature):
            yield f"journal entry {entry.number}: its signature does not match"


def _snapshots(connection: Connection) -> Iterator[str]:
    query = select(journal.c.snapshot, journal.c.payload).where(journal.c.kind == "snapshot")
    sealed = {row.snapshot: row.payload for row in connection.execute(query)}
    numbers = list(
        connection.execute(select(snapshot.c.number).order_by(snapshot.c.number)).scalars()
    )
    for expected, number in enumerate(numbers, start=1):
        if number != expected:
            yield f"snapshot {expected} is missing"
            break
    for number in numbers:
        if number not in sealed:
            yield f"snapshot {number} is not sealed in the journal"
        elif read.payload_of(connection, number) != sealed[number]:
            yield f"snapshot {number}: its rows do not match its seal"
    for lost in sorted(sealed.keys() - set(numbers)):
        yield f"snapshot {lost} is sealed in the journal, but it is gone"


def _contents(connection: Connection) -> Iterator[str]:
    """Replay the versions of each scope and compare with what each coverage row sealed."""
    scopes = connection.execute(select(scope).order_by(scope.c.id)).all()
    for place in scopes:
        history = (
            select(resource.c.key, version.c.snapshot, version.c.digest, version.c.uid)
            .select_from(resource)
            .join(version, version.c.resource_id == resource.c.id)
            .where(resource.c.scope_id == place.id)
            .order_by(version.c.snapshot)
        )
        pending = list(connection.execute(history))
        covered = (
            select(coverage.c.snapshot, coverage.c.content_digest)
            .where(coverage.c.scope_id == place.id)
            .order_by(coverage.c.snapshot)
        )
        yield from _replayed(
            f"{place.account}/{place.region}/{place.evidence}", pending, covered, connection
        )


def _replayed(name: str, pending: list[Any], covered: Any, connection: Connection) -> Iterator[str]:
    live: dict[str, tuple[str, str | None]] = {}
    position = 0
    sealed: str | None = None
    for row in connection.execute(covered):
        moved = False
        while position < len(pending) and pending[position].snapshot <= row.snapshot:
            entry = pending[position]
            if entry.snapshot != row.snapshot or row.content_digest is None:
                yield f"{name}: a version of {entry.key} at snapshot {entry.snapshot} is not covered"
            if entry.digest is None:
                live.pop(entry.key, None)
            else:
                live[entry.key] = (entry.digest, entry.uid)
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


def _bodies(connection: Connection) -> Iterator[str]:
    dictionaries: dict[str | None, bytes] = {None: b""}
    used = select(blob.c.dictionary).where(blob.c.dictionary.is_not(None)).distinct()
    wanted = set(connection.execute(used).scalars())
    for row in connection.execute(select(blob).where(blob.c.digest.in_(sorted(wanted)))):
        dictionaries[row.digest] = codec.unpack(bytes(row.data), b"")
    there = set()
    for row in connection.execute(select(blob)):
        there.add(row.digest)
        if row.dictionary not in dictionaries:
            yield f"body {row.digest}: its dictionary {row.dictionary} is gone"
            continue
        try:
            plain = codec.unpack(bytes(row.data), dictionaries[row.dictionary])
        except ValueError as error:
            yield f"body {row.digest} is {error}"
            continue
        if digest(plain) != row.digest:
            yield f"body {row.digest} does not match its digest"
    for table, column in (
        (version, version.c.digest),
        (coverage, coverage.c.observed_digest),
        (dictionary, dictionary.c.digest),
    ):
        for name in connection.execute(
            select(column).where(column.is_not(None)).distinct()
        ).scalars():
            if name not in there:
                yield f"body {name} is gone, but {table.name} refers to it"


def _orphans(connection: Connection) -> Iterator[str]:
    for table in (coverage, version, change, dictionary):
        query = (
            select(table.c.snapshot)
            .select_from(table)
            .outerjoin(snapshot, snapshot.c.number == table.c.snapshot)
            .where(snapshot.c.number.is_(None))
            .distinct()
        )
        for number in connection.execute(query).scalars():
            yield f"{table.name} has rows of snapshot {number}, which does not exist"


def _guards(connection: Connection) -> Iterator[str]:
    for name in guards.missing(connection):
        yield f"the trigger {name} is missing; put it back with `driftkeeper db upgrade`"
