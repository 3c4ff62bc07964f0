"""Writes one snapshot inside one transaction: what is new, and nothing that is known already.

An unchanged scope costs one coverage row. A changed one costs a version per changed resource, compared
with the scope's last complete listing and not with yesterday's run, so a lost day changes nothing.
What is new is inserted in bulk, parents first, whenever enough of it waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select

from driftkeeper.domain.bodies import filled
from driftkeeper.domain.canonical import decode, digest, encode
from driftkeeper.domain.chain import JournalEntry, link
from driftkeeper.domain.signing import Signer
from driftkeeper.domain.types import (
    Body,
    Change,
    Json,
    Miss,
    Outcome,
    Pair,
    Scope,
    Sight,
    Snapshot,
    Step,
)
from driftkeeper.store import latest, rows, sealed, tables
from driftkeeper.store.blobs import Blobs
from driftkeeper.store.carry import Heads, known_as
from driftkeeper.store.seal import content_digest

Row = dict[str, Any]

_ENOUGH = 8 * 1024 * 1024
"""Bytes of bodies that wait together: the first of a sort make its dictionary."""


class SnapshotWriter:
    """Takes sights one by one and gives back the steps they are.

    `settle` stores what was seen, so that it can be asked for; `finish` stores what it means, and seals.
    """

    def __init__(self, connection: Connection, snapshot: Snapshot) -> None:
        self._connection = connection
        self._snapshot = snapshot
        self._blobs = Blobs(connection)
        self._known = latest.scope_heads(connection)
        self._missed = latest.all_missed_details(connection, self._known.values())
        self._next_scope = len(self._known) + 1
        top = connection.execute(select(func.max(tables.resource.c.id))).scalar()
        self._next_resource = (top or 0) + 1
        listed = (head.listed for head in self._known.values())
        self._tools = latest.tools(connection, (number for number in listed if number is not None))
        # One query for all scopes, since most have volatile parts and each must be looked at.
        blocks = (head.observed_digest for head in self._known.values())
        self._blocks = self._blobs.get(name for name in blocks if name is not None)
        self._scopes: list[Row] = []
        self._resources: list[Row] = []
        self._versions: list[Row] = []
        self._contents: dict[str, dict[str, bytes]] = {}
        self._waiting = 0
        self._made: list[Row] = []
        self._coverage: list[Row] = []
        self._misses: list[tuple[int, Miss]] = []
        self._insert(tables.snapshot, [rows.snapshot_row(snapshot)])

    @property
    def before(self) -> Mapping[Scope, latest.ScopeHead]:
        """What was known of every scope before this snapshot; of one that is new, nothing."""
        return self._known

    def record(self, sight: Sight) -> Step:
        """Note what one sight adds; return it as a step to be named."""
        head = self._head(sight.scope)
        missed = self._missed.get(head.id, set()) if sight.listed else set()
        step = Step(
            sight.scope,
            sight.coverage.ended,
            since=head.as_of,
            previous_snapshot=head.listed,
            baseline=sight.listed and head.listed is None,
            lost=not sight.listed and head.outcome in (Outcome.COMPLETE, Outcome.PARTIAL),
            restored=sight.listed and head.listed is not None and head.outcome == Outcome.MISSED,
            regained=bool(missed - {(m.resource, m.detail) for m in sight.misses}),
            listed=sight.listed,
            upgraded=head.listed is not None and self._is_other_tool(head.listed),
        )
        content = observed = None
        if sight.listed:
            content, observed, pairs = self._compare(head, sight)
            keys = {pair.key for pair in pairs}
            blind = latest.last_sights(self._connection, head, keys, missed)
            step = replace(step, pairs=tuple(pairs), blind=blind)
        number = self._snapshot.number
        self._coverage.append(rows.coverage_row(head.id, number, sight.coverage, content, observed))
        if self._waiting > _ENOUGH:
            self._flush()
        self._misses.extend((head.id, found) for found in sight.misses)
        return step

    def _head(self, scope: Scope) -> latest.ScopeHead:
        head = self._known.get(scope)
        if head is None:
            head = latest.ScopeHead(self._next_scope)
            self._next_scope += 1
            self._known[scope] = head
            row = {"id": head.id, "account": scope.account, "region": scope.region}
            self._scopes.append({**row, "evidence": scope.evidence})
        return head

    def _is_other_tool(self, number: int) -> bool:
        now = self._snapshot
        ours = (now.botocore_version, now.catalogue_digest)
        return self._tools[number] != ours

    def _compare(self, head: latest.ScopeHead, sight: Sight) -> tuple[str, str | None, list[Pair]]:
        """Return the digests of content and volatile block, and the pairs that differ in any way."""
        before = self._block(head)
        bodies, heads = list(sight.bodies), None
        if head.listed is not None and any(body.unseen for body in bodies):
            heads = latest.resource_heads(self._connection, head.id)
            bodies = self._carried(bodies, heads, before)
        content = content_digest({body.key: (body.digest, body.uid) for body in bodies})
        changed: list[Pair] = []
        if content != head.content_digest:
            if heads is None:
                heads = latest.resource_heads(self._connection, head.id) if head.listed else {}
            changed = self._changed(head, sight.scope, bodies, heads, before)
        done = {pair.key for pair in changed}
        moved = [
            Pair(sight.scope, body.key, replace(body, observed=before.get(body.key, {})), body)
            for body in bodies
            if body.key not in done and before.get(body.key, {}) != body.observed
        ]
        observed = self._keep_block(head, sight.scope, bodies)
        return content, observed, [*changed, *moved]

    def _block(self, head: latest.ScopeHead) -> Mapping[str, Mapping[str, Json]]:
        """Return the volatile parts of a scope's resources as they were last seen."""
        if head.observed_digest is None:
            return {}
        block: dict[str, dict[str, Json]] = decode(self._blocks[head.observed_digest])
        return block

    def _keep_block(
        self, head: latest.ScopeHead, scope: Scope, bodies: Iterable[Body]
    ) -> str | None:
        """Keep the volatile parts of a scope as one block; return its digest."""
        block = {body.key: body.observed for body in bodies if body.observed}
        if not block:
            return None
        encoded = encode(block)
        name = digest(encoded)
        if name != head.observed_digest:
            self._keep(f"{scope.evidence}#observed", name, encoded)
        return name

    def _carried(
        self, bodies: list[Body], heads: Heads, observed: Mapping[str, Mapping[str, Json]]
    ) -> list[Body]:
        """Give each unseen detail the value it was last seen with; what was never seen stays away."""
        known = known_as(heads, bodies)
        blind = {body.key: known[body.key] for body in bodies if body.unseen and body.key in known}
        digests = {key: str(heads[key].digest) for key in blind.values()}
        configs = {key: decode(data) for key, data in self._blobs.get(digests.values()).items()}
        return [
            filled(body, body.unseen, configs[digests[old]], observed.get(old, {}))
            if (old := blind.get(body.key)) is not None
            else body
            for body in bodies
        ]

    def _changed(
        self,
        head: latest.ScopeHead,
        scope: Scope,
        bodies: Sequence[Body],
        heads: Heads,
        observed: Mapping[str, Mapping[str, Json]],
    ) -> list[Pair]:
        """Keep a version of each resource whose content differs; return before and after of each."""
        live = {key: old for key, old in heads.items() if old.digest is not None}
        fresh = [
            body
            for body in bodies
            if body.key not in live or live[body.key][1:] != (body.digest, body.uid)
        ]
        gone = sorted(live.keys() - {body.key for body in bodies})
        for body in fresh:
            self._keep(scope.evidence, body.digest, body.encoded)
            self._keep_version(self._identity(head, heads, body.key), body.digest, body.uid)
        for key in gone:
            self._keep_version(live[key].resource_id, None, live[key].uid)
        known = [*(body.key for body in fresh if body.key in live), *gone]
        before = self._bodies_before(known, live, observed)
        return [
            *(Pair(scope, body.key, before.get(body.key), body) for body in fresh),
            *(Pair(scope, key, before[key], None) for key in gone),
        ]

    def _identity(self, head: latest.ScopeHead, heads: Heads, key: str) -> int:
        if key in heads:
            return heads[key].resource_id
        identity = self._next_resource
        self._next_resource += 1
        self._resources.append({"id": identity, "scope_id": head.id, "key": key})
        return identity

    def _keep_version(self, resource_id: int, name: str | None, uid: str | None) -> None:
        row = {"resource_id": resource_id, "snapshot": self._snapshot.number}
        self._versions.append({**row, "digest": name, "uid": uid})

    def _bodies_before(
        self, keys: Sequence[str], live: Heads, observed: Mapping[str, Mapping[str, Json]]
    ) -> dict[str, Body]:
        names = {key: str(live[key].digest) for key in keys}
        configs = self._blobs.get(names.values())
        return {
            key: Body(
                key,
                live[key].uid,
                decode(configs[name]),
                configs[name],
                name,
                observed.get(key, {}),
            )
            for key, name in names.items()
        }

    def settle(self) -> None:
        """Insert all that was seen and missed, unless that is done; nothing more is recorded after it."""
        number = self._snapshot.number
        self._flush()
        misses = sorted(self._misses, key=lambda found: _order(found[1]))
        self._insert(tables.coverage, self._coverage)
        self._insert(
            tables.miss,
            [rows.miss_row(place, number, n, miss) for n, (place, miss) in enumerate(misses, 1)],
        )
        self._coverage.clear()
        self._misses.clear()

    def finish(self, changes: Sequence[Change], signer: Signer | None) -> JournalEntry:
        """Insert the changes, and seal the snapshot in the journal."""
        self.settle()
        number = self._snapshot.number
        self._insert(tables.change, [rows.change_row(item, n) for n, item in enumerate(changes, 1)])
        self._insert(tables.dictionary, self._made)
        payload = sealed.payload_of(self._connection, number)
        moment = self._snapshot.finished_at
        return append(self._connection, "snapshot", moment, payload, number, signer)

    def _keep(self, sort: str, name: str, data: bytes) -> None:
        """Let a body wait to be inserted, with others of its sort."""
        self._contents.setdefault(sort, {})[name] = data
        self._waiting += len(data)

    def _flush(self) -> None:
        """Insert what waits and may be much, parents first: bodies, resources and their versions."""
        self._made += [
            {"name": name, "digest": key, "snapshot": self._snapshot.number}
            for sort, contents in sorted(self._contents.items())
            for name, key in self._blobs.put(sort, contents)
        ]
        self._insert(tables.scope, self._scopes)
        self._insert(tables.resource, self._resources)
        self._insert(tables.version, self._versions)
        for done in (self._contents, self._scopes, self._resources, self._versions):
            done.clear()
        self._waiting = 0

    def _insert(self, table: Table, new: Sequence[Row]) -> None:
        if new:
            self._connection.execute(insert(table), new)


def append(
    connection: Connection,
    kind: str,
    at: datetime,
    payload: str,
    number: int | None,
    signer: Signer | None,
) -> JournalEntry:
    """Append an entry to the journal, signed when there is a key, and return it."""
    entry = link(latest.last_entry(connection), kind, at, payload)
    if signer is not None:
        entry = replace(entry, signature=signer.sign(entry.digest), key=signer.key_id)
        known = select(tables.public_key.c.id).where(tables.public_key.c.id == signer.key_id)
        if connection.execute(known).first() is None:
            connection.execute(
                insert(tables.public_key), [{"id": signer.key_id, "raw": signer.public}]
            )
    connection.execute(insert(tables.journal), [rows.entry_row(entry, number)])
    return entry


def _order(miss: Miss) -> tuple[Scope, str, str]:
    return miss.scope, miss.resource or "", miss.detail or ""
