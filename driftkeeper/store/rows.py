"""Between values and rows: how each noun is laid out in its table."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Row

from driftkeeper.domain.canonical import decode, encode
from driftkeeper.domain.chain import JournalEntry
from driftkeeper.domain.types import (
    Change,
    Coverage,
    Direction,
    Miss,
    Outcome,
    Scope,
    Severity,
    Snapshot,
    Tied,
)


def _text(value: str) -> str:
    """Return text that PostgreSQL can hold: it refuses NUL, which an answer of AWS may contain."""
    return value.replace("\0", "\\u0000")


def text_or_none(value: str | None) -> str | None:
    """Return text that both databases can hold, as written; None stays None."""
    return None if value is None else _text(value)


def snapshot_row(value: Snapshot) -> dict[str, Any]:
    """Return the row of a snapshot's header."""
    return {
        "number": value.number,
        "taken_at": value.taken_at,
        "finished_at": value.finished_at,
        "status": str(value.status),
        "callers": encode(list(value.callers)).decode(),
        "host": value.host,
        "tool_version": value.tool_version,
        "botocore_version": value.botocore_version,
        "catalogue_digest": value.catalogue_digest,
        "config_digest": value.config_digest,
        "source": value.source,
    }


def snapshot_of(row: Row[Any]) -> Snapshot:
    """Return the header in a row."""
    return Snapshot(
        number=row.number,
        taken_at=row.taken_at,
        finished_at=row.finished_at,
        status=Outcome(row.status),
        callers=tuple(decode(row.callers)),
        host=row.host,
        tool_version=row.tool_version,
        botocore_version=row.botocore_version,
        catalogue_digest=row.catalogue_digest,
        config_digest=row.config_digest,
        source=row.source,
    )


def coverage_row(
    scope_id: int, number: int, value: Coverage, content: str | None, observed: str | None
) -> dict[str, Any]:
    """Return the row of a scope's coverage in a snapshot."""
    return {
        "scope_id": scope_id,
        "snapshot": number,
        "outcome": str(value.outcome),
        "cause": None if value.cause is None else str(value.cause),
        "code": _text(value.code),
        "message": _text(value.message),
        "as_of": value.as_of,
        "until": value.ended,
        "resources": value.resources,
        "gone": value.gone,
        "calls": value.calls,
        "pages": value.pages,
        "first_request_id": value.first_request_id,
        "last_request_id": value.last_request_id,
        "duration_ms": value.duration_ms,
        "content_digest": content,
        "observed_digest": observed,
        "ties": _ties_text(value.ties),
    }


def _ties_text(ties: tuple[Tied, ...]) -> str | None:
    if not ties:
        return None
    return _text(encode([[tie.name, tie.mine, tie.theirs, list(tie.odd)] for tie in ties]).decode())


@lru_cache(maxsize=4096)
def ties_of(text: str | None) -> tuple[Tied, ...]:
    """Return the ties in a coverage row."""
    found = [] if text is None else decode(text)
    return tuple(Tied(name, mine, theirs, tuple(odd)) for name, mine, theirs, odd in found)


def miss_row(scope_id: int, number: int, ordinal: int, value: Miss) -> dict[str, Any]:
    """Return the row of a miss."""
    return {
        "snapshot": number,
        "ordinal": ordinal,
        "scope_id": scope_id,
        "resource": value.resource,
        "detail": value.detail,
        "cause": str(value.cause),
        "code": _text(value.code),
        "message": _text(value.message),
    }


def change_row(value: Change, ordinal: int) -> dict[str, Any]:
    """Return the row of a change."""
    return {
        "id": value.id,
        "snapshot": value.snapshot,
        "ordinal": ordinal,
        "previous_snapshot": value.previous_snapshot,
        "kind": value.kind,
        "direction": str(value.direction),
        "severity": str(value.severity),
        "criteria": ",".join(value.criteria),
        "account": value.scope.account,
        "region": value.scope.region,
        "evidence": value.scope.evidence,
        "resource": _text(value.resource),
        "path": _text(value.path),
        "before": encode(value.before).decode(),
        "after": encode(value.after).decode(),
        "not_before": value.not_before,
        "not_after": value.not_after,
        "says": _text(value.says),
        "caused_by": value.caused_by,
        "tool_upgrade": int(value.tool_upgrade),
    }


def change_of(row: Row[Any]) -> Change:
    """Return the change in a row."""
    return Change(
        id=row.id,
        kind=row.kind,
        direction=Direction(row.direction),
        severity=Severity(row.severity),
        criteria=tuple(row.criteria.split(",")) if row.criteria else (),
        scope=Scope(row.account, row.region, row.evidence),
        resource=row.resource,
        path=row.path,
        before=decode(row.before),
        after=decode(row.after),
        not_before=row.not_before,
        not_after=row.not_after,
        snapshot=row.snapshot,
        previous_snapshot=row.previous_snapshot,
        says=row.says,
        caused_by=row.caused_by,
        tool_upgrade=bool(row.tool_upgrade),
    )


def entry_row(value: JournalEntry, snapshot: int | None) -> dict[str, Any]:
    """Return the row of a journal entry."""
    return {
        "number": value.number,
        "kind": value.kind,
        "snapshot": snapshot,
        "at": value.at,
        "payload": value.payload,
        "previous": value.previous,
        "digest": value.digest,
        "signature": value.signature,
        "key": value.key,
    }


def entry_of(row: Row[Any]) -> JournalEntry:
    """Return the journal entry in a row."""
    return JournalEntry(
        number=row.number,
        kind=row.kind,
        at=row.at,
        payload=row.payload,
        previous=row.previous,
        digest=row.digest,
        signature=row.signature,
        key=row.key,
    )
