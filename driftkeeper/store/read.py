"""Questions to the store. Each reads what it needs through an index; none scans old versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, and_, func, select

from driftkeeper.domain.types import Cause, Coverage, Outcome, Scope, Snapshot
from driftkeeper.store import rows
from driftkeeper.store.log import ChangeFilter as ChangeFilter, changes as changes
from driftkeeper.store.tables import (
    change,
    coverage,
    journal,
    resource,
    scope,
    snapshot,
    version,
)

_PLACE = (scope.c.account, scope.c.region, scope.c.evidence)


def snapshots(connection: Connection) -> list[Snapshot]:
    """Return all snapshot headers, oldest first."""
    query = select(snapshot).order_by(snapshot.c.number)
    return [rows.snapshot_of(row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class SnapshotSummary:
    """A snapshot with what it came to: coverage by outcome, changes, and its journal digest."""

    header: Snapshot
    coverage: dict[str, int]
    changes: int
    digest: str


def summaries(connection: Connection) -> list[SnapshotSummary]:
    """Return a summary of each snapshot, oldest first."""
    outcomes: dict[int, dict[str, int]] = {}
    grouped = select(coverage.c.snapshot, coverage.c.outcome, func.count()).group_by(
        coverage.c.snapshot, coverage.c.outcome
    )
    for number, outcome, count in connection.execute(grouped):
        outcomes.setdefault(number, {})[outcome] = count
    per = select(change.c.snapshot, func.count()).group_by(change.c.snapshot)
    changes: dict[int, int] = {row[0]: row[1] for row in connection.execute(per)}
    sealed = {
        row.snapshot: row.digest
        for row in connection.execute(select(journal.c.snapshot, journal.c.digest))
    }
    return [
        SnapshotSummary(
            header,
            {
                str(outcome): outcomes.get(header.number, {}).get(str(outcome), 0)
                for outcome in Outcome
            },
            changes.get(header.number, 0),
            sealed.get(header.number, ""),
        )
        for header in snapshots(connection)
    ]


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """A scope's coverage in one snapshot, with the snapshot's own time."""

    snapshot: int
    taken_at: datetime
    coverage: Coverage


def coverage_between(
    connection: Connection, start: datetime, end: datetime
) -> Iterator[CoverageRow]:
    """Yield the coverage rows of the snapshots taken in [start, end), by scope, then by time."""
    query = _covered().where(snapshot.c.taken_at >= start, snapshot.c.taken_at < end)
    for row in connection.execute(query.order_by(*_PLACE, coverage.c.snapshot)):
        yield CoverageRow(row.snapshot, row.taken_at, coverage_of(row))


def coverage_in(connection: Connection, number: int) -> list[Coverage]:
    """Return what one snapshot covered, by scope."""
    query = _covered().where(coverage.c.snapshot == number).order_by(*_PLACE)
    return [coverage_of(row) for row in connection.execute(query)]


def _covered() -> Select[Any]:
    return (
        select(coverage, *_PLACE, snapshot.c.taken_at)
        .select_from(coverage)
        .join(scope, scope.c.id == coverage.c.scope_id)
        .join(snapshot, snapshot.c.number == coverage.c.snapshot)
    )


def coverage_of(row: Row[Any]) -> Coverage:
    """Return the coverage in a row that also has its scope's account, region and evidence."""
    return Coverage(
        Scope(row.account, row.region, row.evidence),
        Outcome(row.outcome),
        row.as_of,
        None if row.cause is None else Cause(row.cause),
        row.code,
        row.message,
        row.resources,
        row.gone,
        row.calls,
        row.pages,
        row.first_request_id,
        row.last_request_id,
        row.duration_ms,
        row.until,
        ties=rows.ties_of(row.ties),
    )


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """A resource and its version as of a snapshot; `digest` is None for a tombstone."""

    id: int
    scope: Scope
    key: str
    digest: str | None
    uid: str | None
    since: int
    first_seen: int


def resources_at(
    connection: Connection,
    at: int,
    *,
    accounts: Sequence[str] = (),
    regions: Sequence[str] = (),
    evidence: Sequence[str] = (),
) -> Iterator[ResourceRow]:
    """Yield the resources that existed as of a snapshot, by scope and key."""
    newer, first = version.alias("newer"), version.alias("first")
    newest = (
        select(func.max(newer.c.snapshot))
        .where(newer.c.resource_id == resource.c.id, newer.c.snapshot <= at)
        .scalar_subquery()
    )
    oldest = (
        select(func.min(first.c.snapshot))
        .where(first.c.resource_id == resource.c.id)
        .scalar_subquery()
    )
    query = (
        select(resource, scope, version, oldest.label("first_seen"))
        .select_from(resource)
        .join(scope, scope.c.id == resource.c.scope_id)
        .join(version, and_(version.c.resource_id == resource.c.id, version.c.snapshot == newest))
        .where(version.c.digest.is_not(None))
        .order_by(*_PLACE, resource.c.key)
    )
    for column, names in zip(_PLACE, (accounts, regions, evidence), strict=True):
        if names:
            query = query.where(column.in_(names))
    for row in connection.execute(query):
        yield ResourceRow(
            row.id,
            Scope(row.account, row.region, row.evidence),
            row.key,
            row.digest,
            row.uid,
            row.snapshot,
            row.first_seen,
        )


def resource_names(connection: Connection) -> list[tuple[Scope, str]]:
    """Return the scope and key of every resource that was ever seen, by key."""
    query = (
        select(*_PLACE, resource.c.key)
        .select_from(resource)
        .join(scope, scope.c.id == resource.c.scope_id)
        .order_by(resource.c.key, scope.c.evidence)
    )
    return [
        (Scope(row.account, row.region, row.evidence), row.key) for row in connection.execute(query)
    ]


class VersionRow(NamedTuple):
    """A version of one resource and the time its snapshot was taken."""

    snapshot: int
    taken_at: datetime
    digest: str | None
    uid: str | None


def versions(connection: Connection, where: Scope, key: str) -> list[VersionRow]:
    """Return all versions of a resource, oldest first."""
    query = (
        select(version.c.snapshot, snapshot.c.taken_at, version.c.digest, version.c.uid)
        .select_from(version)
        .join(resource, resource.c.id == version.c.resource_id)
        .join(scope, scope.c.id == resource.c.scope_id)
        .join(snapshot, snapshot.c.number == version.c.snapshot)
        .where(resource.c.key == key, *_is_scope(where))
        .order_by(version.c.snapshot)
    )
    return [VersionRow(*row) for row in connection.execute(query)]


def _is_scope(where: Scope) -> tuple[Any, ...]:
    named = zip(_PLACE, (where.account, where.region, where.evidence), strict=True)
    return tuple(column == name for column, name in named)


def coverage_at(connection: Connection, where: Scope, at: int) -> CoverageRow | None:
    """Return the scope's newest coverage as of a snapshot, whatever its outcome."""
    query = (
        _covered()
        .where(*_is_scope(where), coverage.c.snapshot <= at)
        .order_by(coverage.c.snapshot.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else CoverageRow(row.snapshot, row.taken_at, coverage_of(row))


def listed_before(connection: Connection, moment: datetime) -> dict[Scope, datetime]:
    """Return the time of each scope's last sight in the snapshots taken before the moment.

    Snapshots are numbered in the order of their times, so that an index finds each scope's last one.
    """
    upto = select(func.max(snapshot.c.number)).where(snapshot.c.taken_at < moment)
    sight = coverage.alias("sight")
    last = (
        select(func.max(sight.c.snapshot))
        .where(
            sight.c.scope_id == scope.c.id,
            sight.c.outcome != "missed",
            sight.c.snapshot <= (connection.scalar(upto) or 0),
        )
        .scalar_subquery()
    )
    query = (
        select(*_PLACE, coverage.c.as_of)
        .select_from(scope)
        .join(coverage, and_(coverage.c.scope_id == scope.c.id, coverage.c.snapshot == last))
    )
    return {
        Scope(row.account, row.region, row.evidence): row.as_of for row in connection.execute(query)
    }
