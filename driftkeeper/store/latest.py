"""What is known after the latest snapshot, or after an earlier one: all that writing has to look at.

Each question costs an index look-up per scope or resource; none scans old versions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from driftkeeper.domain.chain import JournalEntry
from driftkeeper.domain.types import Cause, Outcome, Scope
from driftkeeper.store import rows
from driftkeeper.store.tables import (
    coverage,
    journal,
    miss,
    resource,
    scope,
    snapshot,
    version,
)


@dataclass(frozen=True, slots=True)
class ScopeHead:
    """What was last known of a scope.

    `listed` is the snapshot of its last complete listing; `as_of` (when looking began), `until` (when it
    ended) and the digests are of that one, and `partial` says that a detail was unseen in it. `planned`
    is the latest snapshot that planned it, `outcome` what came of that, and `cause` why it was not seen.
    All None before the first.
    """

    id: int
    listed: int | None = None
    as_of: datetime | None = None
    content_digest: str | None = None
    observed_digest: str | None = None
    outcome: Outcome | None = None
    partial: bool = False
    until: datetime | None = None
    planned: int | None = None
    cause: Cause | None = None


class Head(NamedTuple):
    """The newest version of a resource; without a digest it is a tombstone."""

    resource_id: int
    digest: str | None
    uid: str | None


def scope_heads(
    connection: Connection, at: int | None = None, only: Scope | None = None
) -> dict[Scope, ScopeHead]:
    """Return what was known of every scope after the latest snapshot, or after snapshot `at`.

    Of `only` one scope, if it is given: of all, that takes long where there are thousands.
    """
    upto = () if at is None else (coverage.c.snapshot <= at,)
    own = coverage.c.scope_id == scope.c.id
    listed = (
        select(func.max(coverage.c.snapshot))
        .where(own, coverage.c.outcome != "missed", *upto)
        .scalar_subquery()
    )
    latest = select(func.max(coverage.c.snapshot)).where(own, *upto).scalar_subquery()
    seen, last = coverage.alias("seen"), coverage.alias("last")
    query = (
        select(
            scope,
            seen.c.snapshot,
            seen.c.as_of,
            seen.c.until,
            seen.c.content_digest,
            seen.c.observed_digest,
            seen.c.outcome.label("seen_outcome"),
            last.c.outcome,
            last.c.snapshot.label("planned"),
            last.c.cause,
        )
        .select_from(scope)
        .outerjoin(seen, and_(seen.c.scope_id == scope.c.id, seen.c.snapshot == listed))
        .outerjoin(last, and_(last.c.scope_id == scope.c.id, last.c.snapshot == latest))
        .where(*_is(only))
    )
    return {
        Scope(row.account, row.region, row.evidence): ScopeHead(
            row.id,
            row.snapshot,
            row.as_of,
            row.content_digest,
            row.observed_digest,
            None if row.outcome is None else Outcome(row.outcome),
            row.seen_outcome == Outcome.PARTIAL,
            row.until,
            row.planned,
            None if row.cause is None else Cause(row.cause),
        )
        for row in connection.execute(query)
    }


def _is(wanted: Scope | None) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which a row is the wanted scope's; none when any will do."""
    if wanted is None:
        return ()
    columns = (scope.c.account, scope.c.region, scope.c.evidence)
    names = (wanted.account, wanted.region, wanted.evidence)
    return tuple(column == name for column, name in zip(columns, names, strict=True))


def blind_details(
    connection: Connection, head: ScopeHead, keys: Collection[str]
) -> set[tuple[str, str]]:
    """Return the details of these resources that the last listing did not see: resource and detail."""
    missed = missed_details(connection, head) if keys else ()
    return _of_each(missed, keys)


def _of_each(
    missed: Iterable[tuple[str | None, str]], keys: Collection[str]
) -> set[tuple[str, str]]:
    # A detail that was missed of all of them was missed of each, and of some perhaps for longer.
    return {
        (key, detail)
        for resource_key, detail in missed
        for key in (keys if resource_key is None else {resource_key}.intersection(keys))
    }


def missed_details(connection: Connection, head: ScopeHead) -> set[tuple[str | None, str]]:
    """Return what the last listing did not see: resource and detail, None for a detail of all."""
    if not head.partial:
        return set()
    query = select(miss.c.resource, miss.c.detail).where(
        miss.c.scope_id == head.id, miss.c.snapshot == head.listed, miss.c.detail.is_not(None)
    )
    return {(row.resource, row.detail) for row in connection.execute(query)}


def all_missed_details(
    connection: Connection, heads: Iterable[ScopeHead]
) -> dict[int, set[tuple[str | None, str]]]:
    """Return the same of many scopes, by scope: one question for each snapshot that listed some last."""
    last = {head.id: head.listed for head in heads if head.partial}
    found: dict[int, set[tuple[str | None, str]]] = {}
    for number in sorted({listed for listed in last.values() if listed is not None}):
        query = select(miss.c.scope_id, miss.c.resource, miss.c.detail).where(
            miss.c.snapshot == number, miss.c.detail.is_not(None)
        )
        for row in connection.execute(query):
            if last.get(row.scope_id) == number:
                found.setdefault(row.scope_id, set()).add((row.resource, row.detail))
    return found


def last_sights(
    connection: Connection,
    head: ScopeHead,
    keys: Collection[str],
    missed: Iterable[tuple[str | None, str]] | None = None,
) -> dict[tuple[str, str], tuple[datetime, int] | None]:
    """Return when each detail of these resources that the last listing did not see was last seen.

    By resource and detail: the time and the snapshot, None for what was never seen before. `missed` is
    what `missed_details` returns, for those who have it.
    """
    known = missed_details(connection, head) if missed is None and keys else missed or ()
    wanted = _of_each(known, keys)
    if not wanted:
        return {}
    names = _names(connection, head.id, {key for key, _ in wanted})
    found: dict[tuple[str, str], tuple[datetime, int] | None] = {}
    for key, detail in sorted(wanted):
        blind = (
            select(miss.c.ordinal)
            .where(
                miss.c.scope_id == coverage.c.scope_id,
                miss.c.snapshot == coverage.c.snapshot,
                miss.c.detail == detail,
                or_(miss.c.resource.is_(None), miss.c.resource.in_(sorted(names[key]))),
            )
            .exists()
        )
        query = (
            select(coverage.c.as_of, coverage.c.snapshot)
            .where(
                coverage.c.scope_id == head.id,
                coverage.c.snapshot < head.listed,
                coverage.c.outcome != "missed",
                ~blind,
            )
            .order_by(coverage.c.snapshot.desc())
            .limit(1)
        )
        row = connection.execute(query).first()
        found[key, detail] = None if row is None else (row.as_of, row.snapshot)
    return found


def _names(connection: Connection, scope_id: int, keys: Collection[str]) -> dict[str, set[str]]:
    """Return all names that each resource ever had, by the one asked for: its own, and those of its ids."""
    query = (
        select(resource.c.key, version.c.uid)
        .distinct()
        .join(version, version.c.resource_id == resource.c.id)
        .where(resource.c.scope_id == scope_id, version.c.uid.is_not(None))
    )
    asked = query.where(resource.c.key.in_(sorted(keys)))
    ids: dict[str, set[str]] = {}
    for key, uid in connection.execute(asked):
        ids.setdefault(key, set()).add(uid)
    called: dict[str, set[str]] = {}
    every = query.where(version.c.uid.in_(sorted({uid for found in ids.values() for uid in found})))
    for key, uid in connection.execute(every):
        called.setdefault(uid, set()).add(key)
    return {key: {key}.union(*(called[uid] for uid in ids.get(key, ()))) for key in keys}


def resource_heads(connection: Connection, scope_id: int, at: int | None = None) -> dict[str, Head]:
    """Return the newest version of each resource of a scope, tombstones too, as of snapshot `at`."""
    newer = version.alias("newer")
    upto = () if at is None else (newer.c.snapshot <= at,)
    newest = (
        select(func.max(newer.c.snapshot))
        .where(newer.c.resource_id == resource.c.id, *upto)
        .scalar_subquery()
    )
    query = (
        select(resource.c.key, resource.c.id, version.c.digest, version.c.uid)
        .select_from(resource)
        .join(version, and_(version.c.resource_id == resource.c.id, version.c.snapshot == newest))
        .where(resource.c.scope_id == scope_id)
    )
    return {row.key: Head(row.id, row.digest, row.uid) for row in connection.execute(query)}


def tools(connection: Connection, numbers: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Return what each snapshot was read with: botocore's version and the catalogue's digest."""
    query = select(
        snapshot.c.number, snapshot.c.botocore_version, snapshot.c.catalogue_digest
    ).where(snapshot.c.number.in_(sorted(set(numbers))))
    return {row[0]: (row[1], row[2]) for row in connection.execute(query)}


def taken(connection: Connection, numbers: Iterable[int]) -> dict[int, datetime]:
    """Return when each of these snapshots was taken."""
    query = select(snapshot.c.number, snapshot.c.taken_at)
    rows = connection.execute(query.where(snapshot.c.number.in_(sorted(set(numbers)))))
    return {row.number: row.taken_at for row in rows}


def last_number(connection: Connection) -> int:
    """Return the number of the newest snapshot, 0 when there is none."""
    return connection.execute(select(func.max(snapshot.c.number))).scalar() or 0


def last_entry(connection: Connection) -> JournalEntry | None:
    """Return the newest journal entry."""
    query = select(journal).order_by(journal.c.number.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else rows.entry_of(row)


def misses_of(connection: Connection, number: int) -> list[dict[str, Any]]:
    """Return the misses of a snapshot in order, as rows with their scope."""
    query = (
        select(
            scope.c.account,
            scope.c.region,
            scope.c.evidence,
            miss.c.resource,
            miss.c.detail,
            miss.c.cause,
            miss.c.code,
            miss.c.message,
        )
        .select_from(miss)
        .join(scope, scope.c.id == miss.c.scope_id)
        .where(miss.c.snapshot == number)
        .order_by(miss.c.ordinal)
    )
    return [row._asdict() for row in connection.execute(query)]
