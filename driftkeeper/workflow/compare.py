"""The net difference of two moments, and what came and went in between.

Both states are rebuilt from the store and compared like two consecutive sights, so a net change has the
same names as a recorded one. A scope that was not yet seen at the first moment has no net difference: it
is reported as not comparable, and its recorded changes are neither net nor transient.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from driftkeeper.collect.catalog import shapes
from driftkeeper.derive.catalog import facts
from driftkeeper.derive.engine import Subject, draw
from driftkeeper.domain.canonical import decode
from driftkeeper.domain.shape import restored
from driftkeeper.domain.types import Body, Change, Json, Pair, Scope, Snapshot, Step
from driftkeeper.store import latest, read
from driftkeeper.store.blobs import Blobs
from driftkeeper.store.database import Connection
from driftkeeper.workflow.ask import UnseenDetail, is_in_sight, recorded, unseen_details
from driftkeeper.workflow.naming import Naming
from driftkeeper.workflow.world import Heads, StoredWorld, bodies_after, bodies_before


@dataclass(frozen=True, slots=True)
class Comparison:
    """Net changes between two snapshots, the transient ones, and the scopes that say nothing.

    `transient` are the recorded changes that the net difference does not show. `not_comparable` were not
    seen by the first moment, or never; `stale_before` and `stale` were not seen in the first snapshot or in
    the second, missed or not looked at, so their state is that of an earlier time. `unseen_before` and
    `unseen` are the details of which the same is true.
    """

    before: Snapshot
    after: Snapshot
    net: tuple[Change, ...]
    transient: tuple[Change, ...]
    not_comparable: tuple[Scope, ...]
    stale_before: tuple[Scope, ...]
    stale: tuple[Scope, ...]
    unseen_before: tuple[UnseenDetail, ...] = ()
    unseen: tuple[UnseenDetail, ...] = ()


def compare(connection: Connection, before: Snapshot, after: Snapshot) -> Comparison:
    """Return what is different at `after` from `before`, and what was different only in between."""
    old_heads = latest.scope_heads(connection, before.number)
    new_heads = latest.scope_heads(connection, after.number)
    comparer = _Comparer(connection, before, after)
    steps: list[Step] = []
    apart, stale_before, stale = [], [], []
    for scope, head in sorted(new_heads.items()):
        old = old_heads[scope]
        if head.listed is None or old.listed is None:
            apart.append(scope)
            continue
        if not is_in_sight(old, before.number):
            stale_before.append(scope)
        if not is_in_sight(head, after.number):
            stale.append(scope)
        steps.extend(comparer.steps(scope, old, head))
    first, last = comparer.worlds(steps, old_heads, new_heads)
    net = Naming(first, last).named(steps, after.number)
    between = read.ChangeFilter(after_snapshot=before.number, upto_snapshot=after.number)
    recorded_steps = [
        step for step in recorded(connection, between) if _was_known(step, first, frozenset(apart))
    ]
    return Comparison(
        before,
        after,
        tuple(net),
        tuple(transient(net, recorded_steps)),
        tuple(apart),
        tuple(stale_before),
        tuple(stale),
        tuple(unseen_details(connection, before.number)),
        tuple(unseen_details(connection, after.number)),
    )


def _was_known(step: Change, first: StoredWorld, apart: frozenset[Scope]) -> bool:
    """Say whether it was known at first how that was which a recorded change is about."""
    fact = facts().get(step.scope.evidence)
    if fact is None:
        return step.scope not in apart
    scopes = {replace(step.scope, evidence=name) for name in fact.of}
    for scope in sorted((scopes & first.heads.keys()) - apart):
        if step.resource in first.ids(scope):
            return draw(fact, first, Subject(scope, step.resource)).row is not None
    return scopes.isdisjoint(apart)


def transient(net: Iterable[Change], steps: Iterable[Change]) -> list[Change]:
    """Return the recorded steps that the net changes do not show, in their order.

    Where one step alone led from the first state to the last, the net change is that step. Where several
    did, all of them are told but a last one that says the same as the net change. A step is shown, too, by
    the net creation of its resource with the value it led to, and by a net movement of the same fact over
    more ports.
    """
    net = [*net]
    wholes: dict[_Thing, list[Change]] = {}
    for change in net:
        wholes.setdefault(_thing(change), []).append(change)
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
        and not any(_holds(change, step) for change in wholes.get(_thing(step), []))
    ]


_Thing = tuple[Scope, str]


def _thing(change: Change) -> _Thing:
    return change.scope, change.resource


_Place = tuple[Scope, str, str]


def _place(change: Change) -> _Place:
    return change.scope, change.resource, change.path


def _is_told(step: Change, ends: Sequence[Change], snapshots: Collection[int]) -> bool:
    if len(snapshots) == 1:
        return bool(ends)
    said = [(end.kind, end.before, end.after) for end in ends]
    return step.snapshot == max(snapshots) and (step.kind, step.before, step.after) in said


def _holds(whole: Change, step: Change) -> bool:
    """Say whether a net change elsewhere on the resource holds what the step led to."""
    if not whole.path and whole.before is None:
        return step.after is not None and step.after in _values(whole, step.path)
    if step.scope.evidence not in facts():
        return False
    # The kinds may differ: what is the first opening alone is a widening after another.
    said = (step.before, step.after)
    return said == (whole.before, whole.after) and _meet(step.path, whole.path)


def _values(created: Change, path: str) -> Iterator[Json]:
    """Yield what the new resource has at a path; the names in a path may have slashes themselves."""
    shape = shapes().get(created.scope.evidence)
    if shape is not None and isinstance(created.after, dict):
        yield from _below(shape.keyed(created.after), path)


def _below(value: Json, path: str) -> Iterator[Json]:
    if not path:
        yield restored(value)
    elif isinstance(value, dict):
        for name, item in value.items():
            if f"{path}/".startswith(f"{name}/"):
                yield from _below(item, path[len(name) + 1 :])


def _meet(path: str, other: str) -> bool:
    """Say whether two fact paths name ports that overlap, of the same protocol."""
    (place, _, label), (elsewhere, _, others) = path.rpartition("/"), other.rpartition("/")
    if place != elsewhere:
        return False
    ports, theirs = _span(label), _span(others)
    if ports is None or theirs is None:
        return label == others
    return ports.first <= theirs.last and theirs.first <= ports.last


class _Ports(NamedTuple):
    first: int
    last: int


def _span(label: str) -> _Ports | None:
    first, _, last = label.partition("-")
    if not first.isdecimal() or not (last or first).isdecimal():
        return None
    return _Ports(int(first), int(last or first))


class _Comparer:
    def __init__(self, connection: Connection, before: Snapshot, after: Snapshot) -> None:
        self._connection = connection
        self._before, self._after = before, after
        self._blobs = Blobs(connection)

    def steps(self, scope: Scope, old: latest.ScopeHead, new: latest.ScopeHead) -> Iterator[Step]:
        """Yield the step from one state of a scope to the other, if there is one.

        Equal content costs nothing but the look at it.
        """
        if old.content_digest == new.content_digest or new.until is None:
            return
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
        yield Step(
            scope,
            new.until,
            old.as_of,
            self._before.number,
            pairs,
            upgraded=_tool(self._before) != _tool(self._after),
            blind=blind,
        )

    def worlds(
        self, steps: Sequence[Step], old: Heads, new: Heads
    ) -> tuple[StoredWorld, StoredWorld]:
        """Return everything that was known at either moment, each thing as it was last seen by then."""
        first, last = (
            StoredWorld(self._connection, at.number, heads, self._blobs, bodies, as_last_seen=True)
            for at, heads, bodies in (
                (self._before, old, bodies_before(steps)),
                (self._after, new, bodies_after(steps)),
            )
        )
        return first, last


def _tool(snapshot: Snapshot) -> tuple[str, str]:
    return (snapshot.botocore_version, snapshot.catalogue_digest)


def _state(heads: Mapping[str, latest.Head], key: str) -> tuple[str | None, str | None]:
    head = heads.get(key)
    return (None, None) if head is None or head.digest is None else (head.digest, head.uid)


def _body(heads: Mapping[str, latest.Head], key: str, configs: Mapping[str, Json]) -> Body | None:
    digest, uid = _state(heads, key)
    return None if digest is None else Body(key, uid, configs[digest], b"", digest)
