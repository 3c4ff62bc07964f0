"""Answers questions about resources: what was there at a moment, and how it became so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from driftkeeper.derive.catalog import facts
from driftkeeper.domain.canonical import decode
from driftkeeper.domain.types import (
    Cause,
    Change,
    Coverage,
    Direction,
    Json,
    Outcome,
    Scope,
    Severity,
)
from driftkeeper.store import latest, log, read
from driftkeeper.store.blobs import Blobs
from driftkeeper.store.database import Connection
from driftkeeper.workflow.names import NamedResource

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """A resource as of a snapshot: its configuration, and what was observed of it last."""

    scope: Scope
    key: str
    first_seen: datetime
    body: Json
    observed: Json
    since: int


def resources(
    connection: Connection,
    at: int,
    *,
    accounts: Sequence[str] = (),
    regions: Sequence[str] = (),
    evidence: Sequence[str] = (),
) -> Iterator[Seen]:
    """Yield the resources as of a snapshot, in order of account, region, evidence type and key."""
    taken = {header.number: header.taken_at for header in read.snapshots(connection)}
    heads = latest.scope_heads(connection, at)
    blobs = Blobs(connection)
    observed = _Observed(blobs)
    rows = list(
        read.resources_at(connection, at, accounts=accounts, regions=regions, evidence=evidence)
    )
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        bodies = blobs.get(row.digest for row in chunk if row.digest)
        for row in chunk:
            yield Seen(
                row.scope,
                row.key,
                taken[row.first_seen],
                decode(bodies[str(row.digest)]),
                observed.of(heads[row.scope].observed_digest, row.key),
                row.since,
            )


def resource_at(connection: Connection, scope: Scope, key: str, at: int) -> Seen | None:
    """Return one resource as of a snapshot; None when it was not there."""
    found = [row for row in read.versions(connection, scope, key) if row.snapshot <= at]
    if not found or found[-1].digest is None:
        return None
    blobs, digest = Blobs(connection), found[-1].digest
    head = latest.scope_heads(connection, at)[scope]
    return Seen(
        scope,
        key,
        found[0].taken_at,
        decode(blobs.get([digest])[digest]),
        _Observed(blobs).of(head.observed_digest, key),
        found[-1].snapshot,
    )


class _Observed:
    """Opens each scope's block of observations once."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._opened: tuple[str, dict[str, Json]] = ("", {})

    def of(self, digest: str | None, key: str) -> Json:
        if digest is None:
            return {}
        if self._opened[0] != digest:
            self._opened = (digest, decode(self._blobs.get([digest])[digest]))
        return self._opened[1].get(key, {})


@dataclass(frozen=True, slots=True)
class Sighting:
    """How the scope of a resource was covered by a snapshot, and what of the resource was missed."""

    coverage: Coverage
    taken_at: datetime
    misses: tuple[dict[str, Any], ...]


def sighting(connection: Connection, scope: Scope, key: str, at: int) -> Sighting | None:
    """Return how a snapshot covered the scope, with the misses that touch the key.

    A scope that the snapshot did not look at is missed. The misses are those of this snapshot, and the
    details that the last listing before it did not see. None where there was no look by then.
    """
    row, head = read.coverage_at(connection, scope, at), latest.scope_heads(connection, at)[scope]
    if row is None:
        return None
    numbers = sorted({row.snapshot, head.listed or row.snapshot})
    misses = tuple(
        miss
        for number in numbers
        for miss in latest.misses_of(connection, number)
        if _scope_of(miss) == scope and miss["resource"] in (None, key)
    )
    if row.snapshot == at:
        return Sighting(row.coverage, row.taken_at, misses)
    details = tuple(miss for miss in misses if miss["detail"] is not None)
    taken = next(header.taken_at for header in read.snapshots(connection) if header.number == at)
    unplanned = Coverage(scope, Outcome.MISSED, taken, Cause.NOT_RUN)
    return Sighting(unplanned, taken, details)


def _scope_of(miss: dict[str, Any]) -> Scope:
    return Scope(miss["account"], miss["region"], miss["evidence"])


def last_seen(connection: Connection, scope: Scope, at: int) -> datetime | None:
    """Return when the scope was last listed completely, at or before a snapshot."""
    head = latest.scope_heads(connection, at).get(scope)
    return None if head is None else head.as_of


def is_in_sight(head: latest.ScopeHead, at: int) -> bool:
    """Say whether the snapshot itself saw the scope; else its state is of an earlier time."""
    return head.listed == at


def out_of_sight(connection: Connection, at: int) -> dict[Scope, datetime | None]:
    """Return the scopes that a snapshot missed or did not look at, each with when it was last seen."""
    return {
        scope: head.as_of
        for scope, head in sorted(latest.scope_heads(connection, at).items())
        if not is_in_sight(head, at)
    }


@dataclass(frozen=True, slots=True)
class UnseenDetail:
    """A detail that the last listing of its scope did not see; without a resource, of all of them."""

    scope: Scope
    resource: str | None
    detail: str
    cause: str


def unseen_details(connection: Connection, at: int) -> list[UnseenDetail]:
    """Return the details that were unseen as of a snapshot, by scope; what is known of them is older."""
    blurred = {
        scope: head.listed
        for scope, head in latest.scope_heads(connection, at).items()
        if head.partial and head.listed is not None
    }
    found = [
        UnseenDetail(scope, miss["resource"], miss["detail"], miss["cause"])
        for number in sorted(set(blurred.values()))
        for miss in latest.misses_of(connection, number)
        if miss["detail"] is not None and blurred.get(scope := _scope_of(miss)) == number
    ]
    return sorted(found, key=lambda item: (item.scope, item.resource or "", item.detail))


@dataclass(frozen=True, slots=True)
class VersionSpan:
    """One version of a resource, from the snapshot that first saw it until the next version."""

    evidence: str
    start: datetime
    end: datetime | None
    snapshot: int
    digest: str | None
    last_seen: datetime | None = None
    out_of_sight: bool = False


def versions(connection: Connection, named: NamedResource) -> list[VersionSpan]:
    """Return all versions of a resource, oldest first; without a digest it was gone.

    The last one holds as far as anybody saw: `last_seen` is when its scope was last seen, and
    `out_of_sight` says that the latest snapshot did not.
    """
    spans = []
    heads, newest = latest.scope_heads(connection), latest.last_number(connection)
    for scope in named.scopes:
        found = read.versions(connection, scope, named.key)
        ends = [row.taken_at for row in found[1:]]
        for row, end in zip(found, [*ends, None], strict=True):
            span = VersionSpan(scope.evidence, row.taken_at, end, row.snapshot, row.digest)
            if end is None:
                head = heads[scope]
                hidden = not is_in_sight(head, newest)
                span = replace(span, last_seen=head.as_of, out_of_sight=hidden)
            spans.append(span)
    return sorted(spans, key=lambda span: (span.start, span.evidence))


def recorded(connection: Connection, wanted: read.ChangeFilter) -> list[Change]:
    """Return the recorded changes that the filter lets through, oldest first.

    A sight is as of its own time (a credential report may be hours old), so within a snapshot the order
    of time is not that of the plan. Changes of one time keep the order in which they were named.
    """
    return list(log.in_time(connection, wanted))


def log_of(
    connection: Connection,
    wanted: read.ChangeFilter,
    *,
    newest_first: bool = False,
    limit: int | None = None,
) -> Iterator[Change]:
    """Yield the recorded changes in the order of time as they are found; of a limit, the newest."""
    if limit is None or newest_first:
        yield from log.in_time(connection, wanted, newest=newest_first, limit=limit)
    else:
        yield from reversed([*log.in_time(connection, wanted, newest=True, limit=limit)])


def counts(
    connection: Connection, wanted: read.ChangeFilter
) -> dict[tuple[Direction, Severity], int]:
    """Return how many recorded changes the filter lets through, by direction and severity."""
    return log.counts(connection, wanted)


def fits(wanted: read.ChangeFilter, change: Change) -> bool:
    """Say whether the filter lets a change through, recorded or not, whenever it was."""
    return log.fits(wanted, change)


def kinds_in_log(connection: Connection) -> list[str]:
    """Return the kinds of which there are recorded changes; an older version may have named some."""
    return log.kinds(connection)


def of_resource(named: NamedResource, wanted: read.ChangeFilter) -> read.ChangeFilter:
    """Return the filter for the changes of a resource and of the facts about it.

    The renaming of a resource is told of its old key, too.
    """
    return replace(
        wanted,
        accounts=(named.scopes[0].account,),
        regions=(named.scopes[0].region,),
        evidence=with_facts([scope.evidence for scope in named.scopes]),
        resource=named.key,
    )


def why_unseen(connection: Connection, at: int) -> dict[Scope, str]:
    """Return why a snapshot did not see a scope; what is not in it was not looked at."""
    return {
        row.scope: str(row.cause)
        for row in read.coverage_in(connection, at)
        if row.outcome is Outcome.MISSED
    }


def with_facts(evidence: Sequence[str]) -> tuple[str, ...]:
    """Return the evidence types and the facts that are about them."""
    about = [fact.name for fact in facts().values() if not set(fact.of).isdisjoint(evidence)]
    return (*evidence, *about)


def bases(evidence: Sequence[str]) -> tuple[str, ...]:
    """Return the evidence types of these names: of a fact, those that it is about."""
    known = facts()
    return tuple(
        base for name in evidence for base in (known[name].of if name in known else [name])
    )
