"""Finds the differences of a pair of bodies; naming them is another matter.

Digests have already said that something differs. DeepDiff only describes what, inside that one pair and
only in the members that differ: sets are maps by then, so order never matters and paths are readable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deepdiff import DeepDiff

from driftkeeper.diff.spec import Difference, Lifecycle
from driftkeeper.domain.shape import Shape, restored
from driftkeeper.domain.types import Body, Json, Pair, Step

_ADDED = ("dictionary_item_added", "iterable_item_added")
_REMOVED = ("dictionary_item_removed", "iterable_item_removed")


def differences(step: Step, shape: Shape) -> Iterator[Difference]:
    """Yield every difference of a step: of the scope itself, then of each resource in order."""
    yield from _of_scope(step)
    if step.baseline:
        return
    pairs = sorted(step.pairs, key=lambda pair: pair.key)
    renamed = _renamed(pairs)
    for pair in pairs:
        if pair.key in renamed:
            yield from _of_rename(step, shape, pair, renamed[pair.key])
        elif not any(other is pair for other in renamed.values()):
            yield from _of_pair(step, shape, pair)


def _of_scope(step: Step) -> Iterator[Difference]:
    events = {
        Lifecycle.BASELINE: (step.baseline, None, "seen"),
        Lifecycle.SCOPE_LOST: (step.lost, "seen", "missed"),
        Lifecycle.SCOPE_RESTORED: (step.restored, "missed", "seen"),
    }
    for lifecycle, (happened, before, after) in events.items():
        if happened:
            yield Difference(
                lifecycle,
                step.scope,
                str(step.scope),
                (),
                before,
                after,
                None,
                None,
                step.since,
                step.as_of,
            )


def _renamed(pairs: list[Pair]) -> dict[str, Pair]:
    """Return, by new key, the vanished pair whose immutable id appeared under that key."""
    gone = {p.before.uid: p for p in pairs if p.after is None and p.before and p.before.uid}
    return {
        pair.key: gone[pair.after.uid]
        for pair in pairs
        if pair.before is None and pair.after and pair.after.uid in gone
    }


def _of_rename(step: Step, shape: Shape, new: Pair, old: Pair) -> Iterator[Difference]:
    pair = Pair(new.scope, new.key, old.before, new.after)
    yield _difference(Lifecycle.RENAMED, step, pair, (), old.key, new.key)
    if old.before is not None and new.after is not None:
        yield from _attributes(step, shape, pair, old.before, new.after)


def _of_pair(step: Step, shape: Shape, pair: Pair) -> Iterator[Difference]:
    before, after = pair.before, pair.after
    if before is None or after is None:
        lifecycle = Lifecycle.CREATED if before is None else Lifecycle.DELETED
        yield _difference(lifecycle, step, pair, (), _config(before), _config(after))
        return
    if before.uid != after.uid and before.uid and after.uid:
        yield _difference(Lifecycle.RECREATED, step, pair, (), before.uid, after.uid)
    if before.digest != after.digest:
        yield from _attributes(step, shape, pair, before, after)
    for path, old, new, _ in _described(before.observed, after.observed):
        yield _difference(Lifecycle.ACT, step, pair, path, old, new)


def _config(body: Body | None) -> Json:
    return None if body is None else dict(body.config)


def _attributes(
    step: Step, shape: Shape, pair: Pair, before: Body, after: Body
) -> Iterator[Difference]:
    """Yield what differs inside; digests differ, so there is at least one difference."""
    found = False
    described = _described(shape.keyed(before.config), shape.keyed(after.config))
    for path, old, new, added in described:
        found = True
        if len(path) == 1 and (old, new) == (before.uid, after.uid):
            continue  # told as "recreated"
        unseen = added and len(path) == 1 and path[0] in shape.details
        lifecycle = Lifecycle.FIRST_OBSERVED if unseen else Lifecycle.ATTRIBUTE
        yield _difference(lifecycle, step, pair, path, old, new, added=added)
    if not found:
        yield _difference(Lifecycle.ATTRIBUTE, step, pair, (), _config(before), _config(after))


def _difference(
    lifecycle: Lifecycle,
    step: Step,
    pair: Pair,
    path: tuple[str, ...],
    before: Json,
    after: Json,
    *,
    added: bool = False,
) -> Difference:
    return Difference(
        lifecycle,
        step.scope,
        pair.key,
        path,
        before,
        after,
        pair.before,
        pair.after,
        step.since,
        step.as_of,
        added=added,
    )


Described = tuple[tuple[str, ...], Json, Json, bool]


def _described(old: Mapping[str, Json], new: Mapping[str, Json]) -> list[Described]:
    """Return path, before, after and whether it was added, for each difference, by path."""
    left = {name: item for name, item in old.items() if not _same(item, new.get(name))}
    right = {name: item for name, item in new.items() if not _same(item, old.get(name))}
    for name in old.keys() ^ new.keys():
        (left if name in old else right)[name] = (old if name in old else new)[name]
    if not left and not right:
        return []
    tree = DeepDiff(left, right, view="tree", verbose_level=2, threshold_to_diff_deeper=0)
    found = [_entry(level, report) for report, levels in tree.items() for level in levels]
    return sorted(found, key=lambda entry: entry[0])


def _same(left: Json, right: Json) -> bool:
    """Say whether two values are the same JSON; Python alone takes 1 for true."""
    return left == right and repr(left) == repr(right)


def _entry(level: Any, report: str) -> Described:
    path = tuple(str(name) for name in level.path(output_format="list"))
    before = None if report in _ADDED else restored(level.t1)
    after = None if report in _REMOVED else restored(level.t2)
    return path, before, after, report in _ADDED
