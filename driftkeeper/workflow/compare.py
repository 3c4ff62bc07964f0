"""The net difference of two moments, and what came and went in between.

Both states are rebuilt from the store and compared like two consecutive sights, so a net change has the
same names as a recorded one. A scope that was not yet seen at the first moment has no net difference: it
is reported as not comparable.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from driftkeeper.domain.canonical import decode
from driftkeeper.domain.types import Body, Change, Json, Outcome, Pair, Scope, Snapshot, Step
from driftkeeper.store import latest, read
from driftkeeper.store.blobs import Blobs
from driftkeeper.store.database import Connection
from driftkeeper.workflow.ask import recorded
from driftkeeper.workflow.take_snapshot import named


@dataclass(frozen=True, slots=True)
class Comparison:
    """Net changes between two snapshots, the transient ones, and the scopes that say nothing.

    `transient` are the recorded changes that the net difference does not show. `not_comparable` were not
    seen by the first moment, or never; `stale_before` and `stale` were out of sight at the first or at the
    second, so their state is that of an earlier time.
    """

    before: Snapshot
    after: Snapshot
    net: tuple[Change, ...]
    transient: tuple[Change, ...]
    not_comparable: tuple[Scope, ...]
    stale_before: tuple[Scope, ...]
    stale: tuple[Scope, ...]


def compare(connection: Connection, before: Snapshot, after: Snapshot) -> Comparison:
    """Return what is different at `after` from `before`, and what was different only in between."""
    old_heads = latest.scope_heads(connection, before.number)
    new_heads = latest.scope_heads(connection, after.number)
    comparer = _Comparer(connection, before, after)
    net: list[Change] = []
    apart, stale_before, stale = [], [], []
    for scope, head in sorted(new_heads.items()):
        old = old_heads[scope]
        if head.listed is None or old.listed is None:
            if head.outcome is not None:
                apart.append(scope)
            continue
        if old.outcome is Outcome.MISSED:
            stale_before.append(scope)
        if head.outcome is Outcome.MISSED:
            stale.append(scope)
        net.extend(comparer.changes(scope, old, head))
    between = read.ChangeFilter(after_snapshot=before.number, upto_snapshot=after.number)
    return Comparison(
        before,
        after,
        tuple(net),
        tuple(transient(net, recorded(connection, between))),
        tuple(apart),
        tuple(stale_before),
        tuple(stale),
    )


def transient(net: Iterable[Change], steps: Iterable[Change]) -> list[Change]:
    """Return the recorded steps that the net changes do not show, in their order.

    Where one step alone led from the first state to the last, the net change is that step. Where several
    did, all of them are told but a last one that says the same as the net change.
    """
    ends: dict[_Place, list[Change]] = {}
    for change in net:
        ends.setdefault(_place(change), []).append(change)
    snapshots: dict[_Place, set[int]] = {}
    steps = [step for step in steps if not step.kind.startswith("collection.")]
    for step in steps:
        snapshots.setdefault(_place(step), set()).add(step.snapshot)
    return [
        step
        for step in steps
        if not _is_told(step, ends.get(_place(step), []), snapshots[_place(step)])
    ]


_Place = tuple[Scope, str, str]


def _place(change: Change) -> _Place:
    return change.scope, change.resource, change.path


def _is_told(step: Change, ends: Sequence[Change], snapshots: Collection[int]) -> bool:
    if len(snapshots) == 1:
        return bool(ends)
    said = [(end.kind, end.before, end.after) for end in ends]
    return step.snapshot == max(snapshots) and (step.kind, step.before, step.after) in said


class _Comparer:
    def __init__(self, connection: Connection, before: Snapshot, after: Snapshot) -> None:
        self._connection = connection
        self._before, self._after = before, after
        self._blobs = Blobs(connection)

    def changes(self, scope: Scope, old: latest.ScopeHead, new: latest.ScopeHead) -> list[Change]:
        """Return the net changes of one scope; equal content costs nothing but the look at it."""
        if old.content_digest == new.content_digest or new.as_of is None:
            return []
        before = latest.resource_heads(self._connection, old.id, self._before.number)
        after = latest.resource_heads(self._connection, new.id, self._after.number)
        keys = [key for key in sorted(after) if _state(before, key) != _state(after, key)]
        digests = {d for heads in (before, after) for k in keys if (d := _state(heads, k)[0])}
        configs = {name: decode(data) for name, data in self._blobs.get(digests).items()}
        pairs = tuple(
            Pair(scope, key, _body(before, key, configs), _body(after, key, configs))
            for key in keys
        )
        blind = latest.last_sights(self._connection, old, keys)
        step = Step(
            scope,
            new.as_of,
            old.as_of,
            self._before.number,
            pairs,
            upgraded=_tool(self._before) != _tool(self._after),
            blind=blind,
        )
        return named(step, self._after.number)


def _tool(snapshot: Snapshot) -> tuple[str, str, str]:
    return (snapshot.tool_version, snapshot.botocore_version, snapshot.catalogue_digest)


def _state(heads: Mapping[str, latest.Head], key: str) -> tuple[str | None, str | None]:
    head = heads.get(key)
    return (None, None) if head is None or head.digest is None else (head.digest, head.uid)


def _body(heads: Mapping[str, latest.Head], key: str, configs: Mapping[str, Json]) -> Body | None:
    digest, uid = _state(heads, key)
    return None if digest is None else Body(key, uid, configs[digest], b"", digest)
