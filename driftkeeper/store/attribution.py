"""Keeps who made which change: attempts are added, never altered, and sealed run by run.

A change may have several attempts. The latest that named somebody, or found that nobody can be named,
counts; the change itself is never touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, case, func, insert, select

from driftkeeper.domain.attribution import Attribution, Called, Caller, Note, Quality, Role
from driftkeeper.domain.canonical import decode, encode, timestamp
from driftkeeper.domain.chain import JournalEntry
from driftkeeper.domain.signing import Signer
from driftkeeper.domain.types import Change, Json
from driftkeeper.store import rows
from driftkeeper.store.blobs import Blobs
from driftkeeper.store.seal import attribution_payload
from driftkeeper.store.tables import attribution, journal, resource, scope, version
from driftkeeper.store.write import append

KIND = "attribution"
"""The kind of the journal entries that seal runs of attribution."""
_MANY = 400
"""Values of one query, at most: databases have limits."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One stored attempt, and when it was made."""

    entry: int
    at: datetime
    found: Attribution


def add(
    connection: Connection, found: Sequence[Attribution], at: datetime, signer: Signer | None
) -> JournalEntry:
    """Store one run's attempts, and seal them in the journal; return the entry."""
    new = [_row(item, number, at) for number, item in enumerate(found, start=1)]
    payload = attribution_payload(new)
    entry = append(connection, KIND, at, payload, None, signer)
    connection.execute(insert(attribution), [{"entry": entry.number, **row} for row in new])
    return entry


def attempts(
    connection: Connection, changes: Iterable[str], *, with_raw: bool = False
) -> dict[str, Attempt]:
    """Return what counts of the attempts for each of these changes, by the id of the change.

    That is the latest one which is not pending, else the latest; with the whole records of the calls only
    where they are asked for, since these are large.
    """
    result: dict[str, Attempt] = {}
    columns = [c for c in attribution.c if with_raw or c is not attribution.c.event]
    for ids in _portions(sorted(set(changes))):
        query = (
            select(*columns)
            .where(attribution.c.change.in_(ids))
            .order_by(attribution.c.entry, attribution.c.ordinal)
        )
        for row in connection.execute(query):
            _keep(result, Attempt(row.entry, row.attempted_at, _attribution_of(row)))
    return result


def pending(connection: Connection) -> dict[str, Attempt]:
    """Return the changes all of whose attempts are pending, each with the latest."""
    open_ = (
        select(attribution.c.change)
        .group_by(attribution.c.change)
        .having(func.count() == func.sum(_is_pending()))
    )
    query = (
        select(attribution)
        .where(attribution.c.change.in_(open_))
        .order_by(attribution.c.entry, attribution.c.ordinal)
    )
    return {
        row.change: Attempt(row.entry, row.attempted_at, _attribution_of(row))
        for row in connection.execute(query)
    }


def _is_pending() -> ColumnElement[int]:
    return case((attribution.c.quality == str(Quality.PENDING), 1), else_=0)


def bodies_of(connection: Connection, changes: Iterable[Change]) -> dict[str, Json]:
    """Return the newest configuration of each resource that changed, by its key.

    As of the snapshot that told the change, or before: what is gone has its last one.
    """
    digests: dict[str, str] = {}
    for item in changes:
        query = (
            select(version.c.digest)
            .join(resource, resource.c.id == version.c.resource_id)
            .join(scope, scope.c.id == resource.c.scope_id)
            .where(
                scope.c.account == item.scope.account,
                scope.c.region == item.scope.region,
                scope.c.evidence == item.scope.evidence,
                resource.c.key == item.resource,
                version.c.snapshot <= item.snapshot,
                version.c.digest.is_not(None),
            )
            .order_by(version.c.snapshot.desc())
            .limit(1)
        )
        if (name := connection.execute(query).scalar()) is not None:
            digests[item.resource] = name
    found = Blobs(connection).get(digests.values())
    return {key: decode(found[name]) for key, name in digests.items()}


def broken_runs(connection: Connection) -> Iterator[str]:
    """Yield one line for each run whose rows are not what its entry in the journal seals."""
    query = select(journal.c.number, journal.c.payload).where(
        journal.c.kind == KIND, journal.c.snapshot.is_(None)
    )
    sealed = {row.number: row.payload for row in connection.execute(query)}
    for number, payload in sorted(sealed.items()):
        if _payload_of(connection, number) != payload:
            yield f"the attributions of journal entry {number} do not match their seal"
    there = set(connection.execute(select(attribution.c.entry).distinct()).scalars())
    for number in sorted(there - sealed.keys()):
        yield f"attributions are of journal entry {number}, which seals none"


def _payload_of(connection: Connection, entry: int) -> str | None:
    query = select(attribution).where(attribution.c.entry == entry).order_by(attribution.c.ordinal)
    try:
        return attribution_payload([row._asdict() for row in connection.execute(query)])
    except (TypeError, ValueError):
        return None  # such rows were never sealed


def _keep(result: dict[str, Attempt], attempt: Attempt) -> None:
    before = result.get(attempt.found.change)
    is_definite = attempt.found.quality is not Quality.PENDING
    if before is None or is_definite or before.found.quality is Quality.PENDING:
        result[attempt.found.change] = attempt


def _portions(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), _MANY):
        yield names[start : start + _MANY]


def _row(value: Attribution, ordinal: int, at: datetime) -> dict[str, Any]:
    called = value.called
    who = Caller() if called is None else called.caller
    return {
        "ordinal": ordinal,
        "change": value.change,
        "attempted_at": at,
        "quality": str(value.quality),
        "actor": rows.text_or_none(who.label),
        "channel": who.channel,
        "mfa": None if who.mfa is None else int(who.mfa),
        "source_ip": rows.text_or_none(who.source_ip),
        "session": rows.text_or_none(who.session),
        "via": rows.text_or_none(who.via),
        "event_id": rows.text_or_none(called.id) if called else None,
        "event_time": called.at if called else None,
        "event_name": rows.text_or_none(called.name) if called else None,
        "event_source": rows.text_or_none(called.source) if called else None,
        "event": rows.text_or_none(value.raw) if called else None,
        "others": rows.text_or_none(encode([_noted(note) for note in value.others]).decode()),
        "code": rows.text_or_none(value.code) or "",
        "message": rows.text_or_none(value.message) or "",
    }


def _attribution_of(row: Row[Any]) -> Attribution:
    called = None
    if row.event_id is not None:
        who = Caller(
            row.actor,
            row.channel,
            None if row.mfa is None else bool(row.mfa),
            row.source_ip,
            row.session,
            row.via,
        )
        called = Called(row.event_id, row.event_time, row.event_name, row.event_source, who)
    others = tuple(_note_of(found) for found in decode(row.others))
    quality = Quality(row.quality)
    raw = row._mapping.get("event") or ""
    return Attribution(row.change, quality, called, raw, others, row.code, row.message)


def _noted(note: Note) -> Json:
    called, who = note.called, note.called.caller
    found = {
        "role": str(note.role),
        "id": called.id,
        "at": timestamp(called.at),
        "name": called.name,
        "source": called.source,
        "error": called.error,
        "actor": who.label,
        "channel": who.channel,
        "mfa": who.mfa,
        "source_ip": who.source_ip,
        "session": who.session,
        "via": who.via,
    }
    return {name: value for name, value in found.items() if value is not None}


def _note_of(found: Mapping[str, Any]) -> Note:
    who = Caller(
        found.get("actor"),
        found.get("channel"),
        found.get("mfa"),
        found.get("source_ip"),
        found.get("session"),
        found.get("via"),
    )
    at = datetime.fromisoformat(found["at"])
    called = Called(found["id"], at, found["name"], found["source"], who, found.get("error"))
    return Note(Role(found["role"]), called)
