"""Answers questions about resources: what was there at a moment, and how it became so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from driftkeeper.derive.catalog import facts
from driftkeeper.domain.canonical import decode
from driftkeeper.domain.types import Change, Coverage, Json, Outcome, Scope
from driftkeeper.store import latest, read
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
    """How the scope of a resource was last seen, and what of the resource was missed then."""

    coverage: Coverage
    taken_at: datetime
    misses: tuple[dict[str, Any], ...]


def sighting(connection: Connection, scope: Scope, key: str, at: int) -> Sighting | None:
    """Return how the scope was covered at or before a snapshot, with the misses that touch the key."""
    row = read.coverage_at(connection, scope, at)
    if row is None:
        return None
    misses = tuple(
        miss
        for miss in latest.misses_of(connection, row.snapshot)
        if (miss["account"], miss["region"], miss["evidence"])
        == (scope.account, scope.region, scope.evidence)
        and miss["resource"] in (None, key)
    )
    return Sighting(row.coverage, row.taken_at, misses)


def last_seen(connection: Connection, scope: Scope, at: int) -> datetime | None:
    """Return when the scope was last listed completely, at or before a snapshot."""
    head = latest.scope_heads(connection, at).get(scope)
    return None if head is None else head.as_of


def out_of_sight(connection: Connection, at: int) -> dict[Scope, datetime | None]:
    """Return the scopes that could not be seen as of a snapshot, each with when it last was."""
    return {
        scope: head.as_of
        for scope, head in sorted(latest.scope_heads(connection, at).items())
        if head.outcome is Outcome.MISSED
    }


@dataclass(frozen=True, slots=True)
class VersionSpan:
    """One version of a resource, from the snapshot that first saw it until the next version."""

    evidence: str
    start: datetime
    end: datetime | None
    snapshot: int
    digest: str | None


def versions(connection: Connection, named: NamedResource) -> list[VersionSpan]:
    """Return all versions of a resource, oldest first; without a digest it was gone."""
    spans = []
    for scope in named.scopes:
        found = read.versions(connection, scope, named.key)
        ends = [row.taken_at for row in found[1:]]
        for row, end in zip(found, [*ends, None], strict=True):
            spans.append(VersionSpan(scope.evidence, row.taken_at, end, row.snapshot, row.digest))
    return sorted(spans, key=lambda span: (span.start, span.evidence))


def recorded(connection: Connection, wanted: read.ChangeFilter) -> list[Change]:
    """Return the recorded changes that the filter lets through, oldest first.

    A sight is as of its own time (a credential report may be hours old), so within a snapshot the order
    of time is not that of the plan. Changes of one time keep the order in which they were named.
    """
    return sorted(read.changes(connection, wanted), key=lambda change: change.not_after)


def changes_of(
    connection: Connection, named: NamedResource, wanted: read.ChangeFilter
) -> list[Change]:
    """Return the recorded changes of a resource and of the facts about it, oldest first."""
    account, region = named.scopes[0].account, named.scopes[0].region
    return [
        change
        for change in recorded(connection, wanted)
        if change.scope.account == account and change.scope.region == region
    ]


def with_facts(evidence: Sequence[str]) -> tuple[str, ...]:
    """Return the evidence types and the facts that are about them."""
    return (*evidence, *(fact.name for fact in facts().values() if fact.of in evidence))


def bases(evidence: Sequence[str]) -> tuple[str, ...]:
    """Return the evidence types of these names: of a fact, the one it is about."""
    known = facts()
    return tuple(known[name].of if name in known else name for name in evidence)
