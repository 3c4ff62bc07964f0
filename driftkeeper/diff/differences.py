"""Finds the differences of a pair of bodies; naming them is another matter.

Digests have already said that something differs. DeepDiff only describes what, inside that one pair and
only in the members that differ: sets are maps by then, so order never matters and paths are readable. A
list that no declaration calls a set is compared position by position.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from deepdiff import DeepDiff

from driftkeeper.diff.spec import Difference, Lifecycle
from driftkeeper.domain.shape import Shape, matches, restored
from driftkeeper.domain.types import Body, Json, Pair, Step

_ADDED = ("dictionary_item_added", "iterable_item_added")
_REMOVED = ("dictionary_item_removed", "iterable_item_removed")


def differences(step: Step, shape: Shape) -> Iterator[Difference]:
    """Yield every difference of a step: of the scope itself, then of each resource in order."""
    yield from _of_scope(step)
    if step.baseline:
        return
    pairs = sorted(step.pairs, key=lambda pair: pair.key)
    renamed = renamings(pairs)
    left = {pair.key for pair in renamed.values()}
    for pair in pairs:
        rest = replace(
            pair,
            before=None if pair.key in left else pair.before,
            after=None if pair.key in renamed else pair.after,
        )
        if rest.before or rest.after:
            yield from _of_pair(step, shape, rest)
        if pair.key in renamed:
            yield from _of_rename(step, shape, pair, renamed[pair.key])


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


def renamings(pairs: Iterable[Pair]) -> dict[str, Pair]:
    """Return, by new key, the pair whose immutable id left its key and appeared under that key.

    The key it left may be another's by now. Only where the id tells which is which: it may be a time, and
    several resources share that.
    """
    gone: dict[str, list[Pair]] = {}
    come: dict[str, list[Pair]] = {}
    for pair in pairs:
        old, new = (body.uid if body else None for body in (pair.before, pair.after))
        if old and old != new and (new or pair.after is None):
            gone.setdefault(old, []).append(pair)
        if new and old != new and (old or pair.before is None):
            come.setdefault(new, []).append(pair)
    return {
        new[0].key: left[0]
        for uid, new in come.items()
        if len(new) == 1 and len(left := gone.get(uid, [])) == 1
    }


def _of_rename(step: Step, shape: Shape, new: Pair, old: Pair) -> Iterator[Difference]:
    """Yield the renaming as one difference; fields that only spell the new name are told by it."""
    pair = Pair(new.scope, new.key, old.before, new.after)
    yield _difference(Lifecycle.RENAMED, step, pair, (), old.key, new.key)
    yield from _inside(
        step, shape, pair, lambda was, now: _spells(old.key, was) and _spells(new.key, now)
    )


def _spells(key: str, value: Json) -> bool:
    """Say whether the value is part of a key, as whole names between colons and slashes."""
    return isinstance(value, str) and f"/{_slashed(value)}/" in f"/{_slashed(key)}/"


def _slashed(text: str) -> str:
    return text.replace(":", "/").strip("/")


def _of_pair(step: Step, shape: Shape, pair: Pair) -> Iterator[Difference]:
    before, after = pair.before, pair.after
    if before is None or after is None:
        lifecycle = Lifecycle.CREATED if before is None else Lifecycle.DELETED
        yield _difference(lifecycle, step, pair, (), _config(before), _config(after))
        return
    uids = (before.uid, after.uid)
    if all(uids) and before.uid != after.uid:
        yield _difference(Lifecycle.RECREATED, step, pair, (), *uids)
        yield from _inside(step, shape, pair, lambda was, now: (was, now) == uids)
    else:
        yield from _inside(step, shape, pair, lambda _was, _now: False)


def _config(body: Body | None) -> Json:
    return None if body is None else dict(body.config)


Told = Callable[[Json, Json], bool]
"""Whether a field that went from one value to the other has been told by another difference."""


def _inside(step: Step, shape: Shape, pair: Pair, told: Told) -> Iterator[Difference]:
    before, after = pair.before, pair.after
    if before is None or after is None:
        return
    if before.digest != after.digest:
        yield from _attributes(step, shape, pair, before, after, told)
    for path, old, new in _acts(shape, before, after):
        yield _difference(Lifecycle.ACT, step, pair, path, old, new)


def _attributes(
    step: Step, shape: Shape, pair: Pair, before: Body, after: Body, told: Told
) -> Iterator[Difference]:
    """Yield what differs in the configurations; digests differ, so there is something.

    Unless it is only that details came out of sight: what is not seen is not known to differ.
    """
    described = _described(shape.keyed(before.config), shape.keyed(after.config))
    for path, old, new, is_added in described:
        if len(path) == 1 and (told(old, new) or _is_unseen(shape, path, after)):
            continue
        unseen = is_added and len(path) == 1 and path[0] in shape.details
        lifecycle = Lifecycle.FIRST_OBSERVED if unseen else Lifecycle.ATTRIBUTE
        new_field = is_added and not _is_element(path, shape)
        yield _difference(lifecycle, step, pair, path, old, new, new_field=new_field)
    if not described:
        yield _difference(Lifecycle.ATTRIBUTE, step, pair, (), _config(before), _config(after))


def _is_element(path: tuple[str, ...], shape: Shape) -> bool:
    """Say whether the last name of the path is that of an element of a set, and not of a field."""
    fields: tuple[str, ...] = ()
    is_element = inside_set = False
    for name in path:
        is_element = inside_set
        if not is_element:
            fields = (*fields, name)
        inside_set = not is_element and any(matches(pattern, fields) for pattern in shape.sets)
    return is_element


def _acts(shape: Shape, before: Body, after: Body) -> Iterator[tuple[tuple[str, ...], Json, Json]]:
    """Yield what differs in the observations, value by value; of a detail seen at both sights.

    Without DeepDiff: most pairs of a day differ only here, in a few plain values.
    """
    old, new = (dict(_leaves((), dict(body.observed))) for body in (before, after))
    for path in sorted(old.keys() | new.keys()):
        was, now = old.get(path), new.get(path)
        is_seen = not any(_is_unseen(shape, path, body) for body in (before, after))
        if is_seen and not _same(was, now):
            yield path, was, now


def _is_unseen(shape: Shape, path: tuple[str, ...], body: Body) -> bool:
    """Say whether a path leads into a detail that this sight of the resource does not have."""
    return path[0] in shape.details and path[0] not in body.config


def _leaves(path: tuple[str, ...], value: Json) -> Iterator[tuple[tuple[str, ...], Json]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves((*path, name), item)
    else:
        yield path, value


def _difference(
    lifecycle: Lifecycle,
    step: Step,
    pair: Pair,
    path: tuple[str, ...],
    before: Json,
    after: Json,
    *,
    new_field: bool = False,
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
        step.last_sight((pair.before or pair).key, path)[0],
        step.as_of,
        beside=step.pairs,
        new_field=new_field,
    )


Described = tuple[tuple[str, ...], Json, Json, bool]


def _described(old: Mapping[str, Json], new: Mapping[str, Json]) -> list[Described]:
    """Return path, before, after and whether its name is new, for each difference, by path."""
    left = {name: item for name, item in old.items() if not _same(item, new.get(name))}
    right = {name: item for name, item in new.items() if not _same(item, old.get(name))}
    for name in old.keys() ^ new.keys():
        (left if name in old else right)[name] = (old if name in old else new)[name]
    if not left and not right:
        return []
    tree = DeepDiff(
        left,
        right,
        view="tree",
        verbose_level=2,
        threshold_to_diff_deeper=0,
        zip_ordered_iterables=True,
        ignore_private_variables=False,
    )
    found = [_entry(level, report) for report, levels in tree.items() for level in levels]
    return sorted(found, key=lambda entry: entry[0])


def _same(left: Json, right: Json) -> bool:
    """Say whether two values are the same JSON; Python alone takes 1 for true."""
    return left == right and repr(left) == repr(right)


def _entry(level: Any, report: str) -> Described:
    path = tuple(str(name) for name in level.path(output_format="list"))
    before = None if report in _ADDED else restored(level.t1)
    after = None if report in _REMOVED else restored(level.t2)
    return path, before, after, report == "dictionary_item_added"
