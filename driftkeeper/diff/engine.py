"""Names differences: each is claimed by one kind, and may have further consequences.

What no kind claims is recorded all the same (decision D5). Ids are computed from the content, so naming
the same differences again gives the same changes.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from driftkeeper.diff.catalog import fallbacks, kinds_of
from driftkeeper.diff.differences import differences
from driftkeeper.diff.says import sentence
from driftkeeper.diff.spec import (
    EVERYTHING,
    ODD,
    ChangeKind,
    Difference,
    Lifecycle,
    Rows,
    Told,
    moment,
    nothing_known,
)
from driftkeeper.diff.ties import tied
from driftkeeper.domain.canonical import encode, timestamp
from driftkeeper.domain.shape import Shape, matches, restored
from driftkeeper.domain.types import Change, Direction, Json, Moved, Pair, Severity, Step

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://driftkeeper.dev/change")


def changes_of(step: Step, shape: Shape, snapshot: int) -> list[Change]:
    """Return the changes of one step by itself, where nothing else is known."""
    return tied(told_of(step, shape, snapshot))


def told_of(step: Step, shape: Shape, snapshot: int, rows: Rows = nothing_known) -> list[Told]:
    """Return what is told of one step, each claimed change before its consequences."""
    result: list[Told] = []
    by_resource: dict[str, list[Difference]] = {}
    for difference in differences(step, shape):
        by_resource.setdefault(difference.resource, []).append(replace(difference, rows=rows))
    for found in by_resource.values():
        result.extend(_understood(step, found, shape, snapshot))
    return result


def _understood(step: Step, found: Sequence[Difference], shape: Shape, snapshot: int) -> list[Told]:
    """Name the differences of one resource, by no kind of its own where these do not understand it.

    AWS may answer in a form that nobody knew: that must not cost the snapshot, and is told all the same.
    """
    try:
        return list(named(step, found, shape, snapshot))
    except ODD:
        return [
            Told(_change(kind, d, step, snapshot), kind, d)
            for d in found
            for kind in fallbacks()
            if kind.fires(d)
        ]


def fact_changes(
    fact: str, step: Step, pair: Pair, moved: Moved, causes: Sequence[Change], snapshot: int
) -> list[Told]:
    """Return the changes that a moved fact is, caused by the first of the causes that has none."""
    difference = Difference(
        Lifecycle.ATTRIBUTE,
        replace(step.scope, evidence=fact),
        pair.key,
        moved.path,
        moved.before,
        moved.after,
        pair.before,
        pair.after,
        step.since,
        step.as_of,
        moved.traits,
    )
    cause = next((change.id for change in causes if change.caused_by is None), None)
    return [
        told
        if told.change.caused_by
        else told._replace(change=replace(told.change, caused_by=cause))
        for told in named(step, [difference], Shape(), snapshot)
    ]


Fired = tuple[ChangeKind, Difference]


def named(step: Step, found: Sequence[Difference], shape: Shape, snapshot: int) -> Iterator[Told]:
    """Name the differences of one resource: claims first, then what they cause."""

    def told(kind: ChangeKind, d: Difference, caused_by: str | None = None) -> Told:
        return Told(_change(kind, d, step, snapshot, caused_by), kind, d)

    fired, unclaimed = _fired(found)
    claimed = [told(kind, d) for kind, d in fired if kind.answers_for(d)]
    unnamed = [
        told(kind, d, _explanation(claimed, d))
        for d in unclaimed
        for kind in fallbacks()
        if kind.fires(d)
    ]
    yield from (*claimed, *unnamed)
    for kind, difference in fired:
        if not kind.answers_for(difference):
            yield told(kind, difference, _cause(claimed, difference))
    for change, _, whole in (*claimed, *unnamed):
        for kind, inner in _born(whole, shape):
            yield told(kind, inner, change.id)


def _fired(found: Sequence[Difference]) -> tuple[list[Fired], list[Difference]]:
    """Return each kind that fires with what it fires on, and the differences that none claims."""
    kinds = kinds_of(found[0].scope.evidence)
    fired: list[Fired] = [
        (kind, whole)
        for kind in kinds
        if kind.whole and (whole := _whole(kind, found)) is not None and kind.fires(whole)
    ]
    taken = [kind for kind, whole in fired if kind.answers_for(whole)]
    unclaimed = []
    for difference in found:
        if any(_is_member(kind, difference) for kind in taken):
            continue
        own = [kind for kind in kinds if not kind.whole and kind.fires(difference)]
        fired.extend((kind, difference) for kind in own)
        if not any(kind.answers_for(difference) for kind in own):
            unclaimed.append(difference)
    return fired, unclaimed


def _born(whole: Difference, shape: Shape) -> Iterator[Fired]:
    """Yield what kinds have to say of what is inside a resource that came, or a detail first seen."""
    if whole.lifecycle not in (Lifecycle.CREATED, Lifecycle.FIRST_OBSERVED):
        return
    kinds = [kind for kind in kinds_of(whole.scope.evidence) if kind.born is not None]
    if not kinds or whole.new is None:
        return
    for path, value in _fields((), shape.keyed(whole.new.config)):
        if path[: len(whole.path)] == whole.path:
            inner = replace(
                whole, lifecycle=Lifecycle.ATTRIBUTE, path=path, before=None, after=restored(value)
            )
            yield from ((kind, inner) for kind in kinds if kind.is_born(inner))


def _fields(path: tuple[str, ...], value: Json) -> Iterator[tuple[tuple[str, ...], Json]]:
    """Yield every value inside a configuration, those around others first."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield (*path, name), item
            yield from _fields((*path, name), item)


def _is_member(kind: ChangeKind, difference: Difference) -> bool:
    return difference.lifecycle is kind.on and kind.covers(difference.path)


def _cause(claimed: Sequence[Told], consequence: Difference) -> str | None:
    """Return the change whose difference the consequence was drawn from."""
    depth = len(consequence.path)
    return next((c.id for c, _, d in claimed if d.path[:depth] == consequence.path), None)


def _explanation(claimed: Sequence[Told], difference: Difference) -> str | None:
    """Return the change that explains a difference which no kind names."""
    return next(
        (
            change.id
            for change, kind, _ in claimed
            if any(matches(pattern, difference.path) for pattern in kind.explains)
        ),
        None,
    )


def _whole(kind: ChangeKind, found: Sequence[Difference]) -> Difference | None:
    """Return all differences below a prefix as one, with the whole values before and after."""
    first = next((d for d in found if _is_member(kind, d)), None)
    if first is None:
        return None
    path = tuple(kind.path.split(".")) if kind.path else ()
    old = None if first.old is None else first.old.config
    new = None if first.new is None else first.new.config
    return replace(first, path=path, before=_value(old, path), after=_value(new, path))


def _value(config: Mapping[str, Json] | None, path: tuple[str, ...]) -> Json:
    value: Json = None if config is None else dict(config)
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _change(
    kind: ChangeKind, d: Difference, step: Step, snapshot: int, caused_by: str | None = None
) -> Change:
    direction = kind.direction if isinstance(kind.direction, Direction) else kind.direction(d)
    severity = kind.severity if isinstance(kind.severity, Severity) else kind.severity(d)
    return Change(
        id=_id(kind, d, step),
        kind=kind.name,
        direction=direction,
        severity=severity,
        criteria=kind.criteria,
        scope=d.scope,
        resource=d.resource,
        path="/".join(d.path),
        before=d.before,
        after=d.after,
        not_before=_not_before(d),
        not_after=d.as_of,
        snapshot=snapshot,
        previous_snapshot=step.last_sight(d.known_as, d.path)[1] or 0,
        says=sentence(kind, d),
        caused_by=caused_by,
        tool_upgrade=step.upgraded and caused_by is None and _is_of_the_tool(kind, d, step),
    )


def _not_before(d: Difference) -> datetime:
    """Return the last time at which it had not happened yet; of a deed that came to light late, its own.

    An answer may be older than the one before, such as a report from AWS's cache: then nothing is known
    but that it had happened by then.
    """
    since = min(d.since or d.as_of, d.as_of)
    deed = moment(d.after) if d.lifecycle is Lifecycle.ACT else None
    return since if deed is None else min(since, deed)


def _is_of_the_tool(kind: ChangeKind, d: Difference, step: Step) -> bool:
    """Say whether a difference is one of what is read, or read as configuration, and of nothing more."""
    if kind.evidence != EVERYTHING:
        return False
    if d.lifecycle is Lifecycle.FIRST_OBSERVED:
        return not step.was_missed(d.known_as, d.path)
    return d.new_field or (d.lifecycle is Lifecycle.ATTRIBUTE and _is_now_observed(d))


def _is_now_observed(d: Difference) -> bool:
    """Say whether a field that left the configuration is among what is only observed now."""
    return d.after is None and d.new is not None and _value(d.new.observed, d.path) is not None


def _id(kind: ChangeKind, d: Difference, step: Step) -> str:
    """Return the UUIDv5 of what makes this change this change (RFC 9562).

    The path counts name by name, for names may hold slashes. The previous snapshot counts because two
    sights can be as of one time: AWS answers with the same credential report for hours.
    """
    scope = d.scope
    content = [
        scope.account,
        scope.region,
        scope.evidence,
        d.resource,
        kind.name,
        [*d.path],
        d.before,
        d.after,
        timestamp(d.as_of),
        step.previous_snapshot,
    ]
    return str(uuid.uuid5(_NAMESPACE, encode(content).decode()))
