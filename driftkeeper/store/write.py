"""Writes one snapshot inside one transaction: what is new, and nothing that is known already.

An unchanged scope costs one coverage row. A changed one costs a version per changed resource, compared
with the scope's last complete listing and not with yesterday's run, so a lost day changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from driftkeeper.domain.canonical import decode, digest, encode
from driftkeeper.domain.chain import JournalEntry, link
from driftkeeper.domain.signing import Signer
from driftkeeper.domain.types import (
    Body,
    Change,
    Json,
    Outcome,
    Pair,
    Scope,
    Sight,
    Snapshot,
    Step,
)
from driftkeeper.store import read, rows, tables
from driftkeeper.store.blobs import Blobs
from driftkeeper.store.seal import content_digest


class SnapshotWriter:
    """Takes sights one by one and gives back the steps they are; `finish` seals the snapshot."""

    def __init__(self, connection: Connection, snapshot: Snapshot) -> None:
        self._connection = connection
        self._snapshot = snapshot
        self._blobs = Blobs(connection)
        self._known = read.scope_heads(connection)
        self._next_scope = len(self._known) + 1
        top = connection.execute(select(func.max(tables.resource.c.id))).scalar()
        self._next_resource = (top or 0) + 1
        self._tools = read.tools(connection)
        self._coverage: list[dict[str, Any]] = []
        self._misses: list[dict[str, Any]] = []
        self._dictionaries: list[dict[str, Any]] = []
        connection.execute(insert(tables.snapshot), [rows.snapshot_row(snapshot)])

    def record(self, sight: Sight) -> Step:
        """Store what one sight adds; return it as a step to be named."""
        head = self._head(sight.scope)
        step = Step(
            sight.scope,
            sight.coverage.as_of,
            since=head.as_of,
            previous_snapshot=head.listed,
            baseline=sight.listed and head.listed is None,
            lost=not sight.listed and head.outcome in (Outcome.COMPLETE, Outcome.PARTIAL),
            restored=sight.listed and head.listed is not None and head.outcome == Outcome.MISSED,
            upgraded=head.listed is not None and self._is_other_tool(head.listed),
        )
        content = observed = None
        if sight.listed:
            bodies, pairs = self._compare(head, sight)
            step = replace(step, pairs=tuple(pairs))
            content = _content(bodies)
            observed = self._keep_observed(head, bodies)
        self._note(head, sight, content, observed)
        return step

    def _head(self, scope: Scope) -> read.ScopeHead:
        head = self._known.get(scope)
        if head is None:
            head = read.ScopeHead(self._next_scope)
            self._next_scope += 1
            self._known[scope] = head
            row = {"id": head.id, "account": scope.account, "region": scope.region}
            self._connection.execute(insert(tables.scope), [{**row, "evidence": scope.evidence}])
        return head

    def _is_other_tool(self, number: int) -> bool:
        now = self._snapshot
        ours = (now.tool_version, now.botocore_version, now.catalogue_digest)
        return self._tools[number] != ours

    def _compare(self, head: read.ScopeHead, sight: Sight) -> tuple[list[Body], list[Pair]]:
        """Return the bodies as they are now known, and the pairs that differ in any way."""
        bodies = list(sight.bodies)
        partial = any(body.unseen for body in bodies)
        before_observed = self._observed(head)
        heads: dict[str, read.Head] | None = None
        if partial and head.listed is not None:
            heads = read.heads(self._connection, head.id)
            bodies = self._carried(bodies, heads, before_observed)
        now = _content(bodies)
        changed: list[Pair] = []
        if now != head.content_digest:
            if heads is None:
                heads = read.heads(self._connection, head.id) if head.listed else {}
            changed = self._store_versions(head, sight.scope, bodies, heads, before_observed)
        done = {pair.key for pair in changed}
        moved = [
            Pair(sight.scope, body.key, replace(body, observed=before_observed[body.key]), body)
            for body in bodies
            if body.key not in done
            and body.key in before_observed
            and before_observed[body.key] != body.observed
        ]
        return bodies, [*changed, *moved]

    def _observed(self, head: read.ScopeHead) -> dict[str, Json]:
        if head.observed_digest is None:
            return {}
        found: dict[str, Json] = decode(
            self._blobs.get([head.observed_digest])[head.observed_digest]
        )
        return found

    def _carried(
        self, bodies: list[Body], heads: Mapping[str, read.Head], observed: Mapping[str, Json]
    ) -> list[Body]:
        """Give each unseen detail the value it was last seen with; what was never seen stays away."""
        blind = [heads[b.key].digest for b in bodies if b.unseen and b.key in heads]
        configs = self._blobs.get(name for name in blind if name is not None)
        result = []
        for body in bodies:
            old = heads[body.key].digest if body.unseen and body.key in heads else None
            if old is None:
                result.append(body)
                continue
            config = _with_details(decode(configs[old]), body.config, body.unseen)
            volatile = _with_details(observed.get(body.key, {}), body.observed, body.unseen)
            encoded = encode(config)
            result.append(
                replace(
                    body,
                    config=config,
                    encoded=encoded,
                    digest=digest(encoded),
                    observed=volatile,
                )
            )
        return result

    def _store_versions(
        self,
        head: read.ScopeHead,
        scope: Scope,
        bodies: Sequence[Body],
        heads: Mapping[str, read.Head],
        observed: Mapping[str, Json],
    ) -> list[Pair]:
        live = {key: old for key, old in heads.items() if old.digest is not None}
        fresh = [
            body
            for body in bodies
            if body.key not in live or live[body.key][1:] != (body.digest, body.uid)
        ]
        gone = sorted(live.keys() - {body.key for body in bodies})
        self._insert_versions(head, fresh, gone, heads)
        before = self._bodies_before(
            [*(b.key for b in fresh if b.key in live), *gone], live, observed
        )
        return [
            *(Pair(scope, body.key, before.get(body.key), body) for body in fresh),
            *(Pair(scope, key, before[key], None) for key in gone),
        ]

    def _insert_versions(
        self,
        head: read.ScopeHead,
        fresh: Sequence[Body],
        gone: Sequence[str],
        heads: Mapping[str, read.Head],
    ) -> None:
        evidence = next(scope.evidence for scope, known in self._known.items() if known is head)
        self._put(evidence, {body.digest: body.encoded for body in fresh})
        resources, versions = [], []
        for body in fresh:
            if body.key in heads:
                identity = heads[body.key].resource_id
            else:
                identity = self._next_resource
                self._next_resource += 1
                resources.append({"id": identity, "scope_id": head.id, "key": body.key})
            versions.append(self._version(identity, body.digest, body.uid))
        versions.extend(self._version(heads[key].resource_id, None, heads[key].uid) for key in gone)
        for table, new in ((tables.resource, resources), (tables.version, versions)):
            if new:
                self._connection.execute(insert(table), new)

    def _version(self, resource_id: int, name: str | None, uid: str | None) -> dict[str, Any]:
        return {
            "resource_id": resource_id,
            "snapshot": self._snapshot.number,
            "digest": name,
            "uid": uid,
        }

    def _bodies_before(
        self, keys: Sequence[str], live: Mapping[str, read.Head], observed: Mapping[str, Json]
    ) -> dict[str, Body]:
        configs = self._blobs.get(str(live[key].digest) for key in keys)
        return {
            key: Body(
                key,
                live[key].uid,
                decode(configs[str(live[key].digest)]),
                configs[str(live[key].digest)],
                str(live[key].digest),
                observed.get(key, {}),
            )
            for key in keys
        }

    def _keep_observed(self, head: read.ScopeHead, bodies: Iterable[Body]) -> str | None:
        """Store the volatile parts of a scope as one block; return its digest."""
        block = {body.key: body.observed for body in bodies if body.observed}
        if not block:
            return None
        encoded = encode(block)
        name = digest(encoded)
        if name != head.observed_digest:
            evidence = next(scope.evidence for scope, known in self._known.items() if known is head)
            self._put(f"{evidence}#observed", {name: encoded})
        return name

    def _put(self, name: str, contents: Mapping[str, bytes]) -> None:
        made = self._blobs.put(name, contents)
        self._dictionaries.extend(
            {"name": made_name, "digest": made_digest, "snapshot": self._snapshot.number}
            for made_name, made_digest in made
        )

    def _note(
        self, head: read.ScopeHead, sight: Sight, content: str | None, observed: str | None
    ) -> None:
        number = self._snapshot.number
        self._coverage.append(rows.coverage_row(head.id, number, sight.coverage, content, observed))
        self._misses.extend(rows.miss_row(head.id, number, found) for found in sight.misses)

    def finish(self, changes: Sequence[Change], signer: Signer | None) -> JournalEntry:
        """Insert coverage, misses and changes, and seal the snapshot in the journal."""
        misses = [{**row, "ordinal": n} for n, row in enumerate(self._misses, start=1)]
        named = [rows.change_row(item, n) for n, item in enumerate(changes, start=1)]
        self._dictionaries.sort(key=lambda row: str(row["name"]))
        inserts: tuple[tuple[Any, list[dict[str, Any]]], ...] = (
            (tables.coverage, self._coverage),
            (tables.miss, misses),
            (tables.change, named),
            (tables.dictionary, self._dictionaries),
        )
        for table, new in inserts:
            if new:
                self._connection.execute(insert(table), new)
        payload = read.payload_of(self._connection, self._snapshot.number)
        return append(
            self._connection,
            "snapshot",
            self._snapshot.finished_at,
            payload,
            self._snapshot.number,
            signer,
        )


def append(
    connection: Connection,
    kind: str,
    at: datetime,
    payload: str,
    number: int | None,
    signer: Signer | None,
) -> JournalEntry:
    """Append an entry to the journal, signed when there is a key, and return it."""
    entry = link(read.last_entry(connection), kind, at, payload)
    if signer is not None:
        entry = replace(entry, signature=signer.sign(entry.digest), key=signer.key_id)
        known = select(tables.public_key.c.id).where(tables.public_key.c.id == signer.key_id)
        if connection.execute(known).first() is None:
            connection.execute(
                insert(tables.public_key), [{"id": signer.key_id, "raw": signer.public}]
            )
    connection.execute(insert(tables.journal), [rows.entry_row(entry, number)])
    return entry


def _content(bodies: Iterable[Body]) -> str:
    return content_digest({body.key: (body.digest, body.uid) for body in bodies})


def _with_details(
    old: Mapping[str, Json], new: Mapping[str, Json], names: Iterable[str]
) -> dict[str, Json]:
    return {**{name: old[name] for name in names if name in old}, **new}
