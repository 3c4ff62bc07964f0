"""Reads one scope as its declaration says, and states honestly how completely (decision D3).

- A listing that fails on any page: the scope is `missed`, and nothing of it is known today.
- A detail that fails for one resource: the scope is `partial`, the detail is unseen.
- An error code that means "none configured": an answer like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from driftkeeper.collect.body import key_of, make_body, understood
from driftkeeper.collect.reader import Reader
from driftkeeper.collect.rowwise import require_seen
from driftkeeper.collect.spec import (
    Batch,
    Call,
    Detail,
    EvidenceType,
    Function,
    Gather,
    Gone,
    Item,
    Nested,
    Unseen,
)
from driftkeeper.domain.bodies import filled
from driftkeeper.domain.types import Body, Cause, Coverage, Json, Miss, Outcome, Scope, Sight


@dataclass(frozen=True, slots=True)
class _Seen:
    """One item with the details that were seen, why others were not, and what cannot have changed."""

    item: Item
    unseen: Mapping[str, Unseen]
    kept: tuple[str, ...] = ()


def look(spec: EvidenceType, reader: Reader) -> Sight:
    """Return what one scope looks like now; never raises for what AWS did or did not answer."""
    started, as_of = reader.clock.monotonic(), reader.clock.now()
    try:
        items = _listed(spec, reader)
        made = _made(spec, items)
        gathered = _gathered(spec, reader, items) if items else {}
        found = reader.each(lambda item: _detailed(spec, reader, gathered, item), items)
        as_of = made or min(as_of, reader.began or as_of)
        seen = [entry for entry in found if entry is not None]
        bodies = _bodies(spec, reader, seen)
        misses = tuple(dict.fromkeys(_misses(spec, reader, gathered, seen)))
    except Unseen as miss:
        return _missed(reader, miss, as_of, started)
    coverage = Coverage(
        reader.scope,
        Outcome.PARTIAL if misses else Outcome.COMPLETE,
        as_of,
        cause=misses[0].cause if misses else None,
        code=misses[0].code if misses else "",
        message=misses[0].message if misses else "",
        resources=len(bodies),
        gone=len(found) - len(seen),
        until=made or reader.clock.now(),
    )
    return Sight(_counted(coverage, reader, started), bodies, misses)


def not_looked(scope: Scope, miss: Unseen, as_of: datetime) -> Sight:
    """Return the sight of a planned scope that was not even asked for."""
    coverage = Coverage(scope, Outcome.MISSED, as_of, miss.cause, miss.code, miss.message)
    return Sight(coverage, (), (Miss(scope, miss.cause, miss.code, miss.message),))


def _missed(reader: Reader, miss: Unseen, as_of: datetime, started: float) -> Sight:
    sight = not_looked(reader.scope, miss, as_of)
    coverage = replace(sight.coverage, until=max(as_of, reader.clock.now()))
    return replace(sight, coverage=_counted(coverage, reader, started))


def _counted(coverage: Coverage, reader: Reader, started: float) -> Coverage:
    tally = reader.tally
    return replace(
        coverage,
        calls=tally.calls,
        pages=tally.pages,
        least=tally.least,
        first_request_id=tally.first_request_id,
        last_request_id=tally.last_request_id,
        duration_ms=round((reader.clock.monotonic() - started) * 1000),
    )


def _listed(spec: EvidenceType, reader: Reader) -> list[Item]:
    try:
        items = list(_items(spec, reader))
    except Gone as gone:
        raise Unseen(Cause.FAILED, str(gone), "the listing itself was not found") from None
    keep = spec.keep
    if keep is None:
        return items
    return [item for item in items if understood(keep, item, reader.scope.region)]


def _items(spec: EvidenceType, reader: Reader) -> Iterable[Item]:
    match spec.listing:
        case Call() as call:
            return reader.rows(call)
        case Nested() as nested:
            return _nested(nested, reader)
        case Function() as function:
            return understood(lambda: list(function.read(reader)))


def _nested(listing: Nested, reader: Reader) -> Iterator[Item]:
    parents = reader.rows(listing.parents)
    for parent, children in zip(
        parents, reader.each(partial(_children, listing, reader), parents), strict=True
    ):
        for child in children:
            yield {**child, listing.parent_as: parent}


def _children(listing: Nested, reader: Reader, parent: Item) -> list[Item]:
    try:
        return reader.rows(listing.children, parent)
    except Gone:
        return []


def _made(spec: EvidenceType, items: list[Item]) -> datetime | None:
    """Return the time the answer itself gives, when the declaration names the field that has it."""
    if spec.as_of is None:
        return None
    stamps = {item.pop(spec.as_of, None) for item in items} - {None}
    return min((datetime.fromisoformat(stamp) for stamp in stamps), default=None)


Gathered = Mapping[str, Mapping[str, list[Item]] | Unseen]
"""For each detail of many resources, the rows by what they belong to, or why they were not seen."""


def _gathered(spec: EvidenceType, reader: Reader, items: list[Item]) -> Gathered:
    gathered: dict[str, Mapping[str, list[Item]] | Unseen] = {}
    for name, detail in spec.details.items():
        if isinstance(detail, Call):
            continue
        try:
            gathered[name] = _dealt(detail, _rows(spec, reader, name, detail, items))
        except Gone as gone:
            gathered[name] = Unseen(Cause.FAILED, str(gone), "the listing was not found")
        except Unseen as miss:
            gathered[name] = miss
    return gathered


def _rows(
    spec: EvidenceType, reader: Reader, name: str, detail: Gather | Batch, items: list[Item]
) -> list[Item]:
    if isinstance(detail, Batch):
        due = [item for item in items if not _is_kept(spec, reader, name, detail.call, item)]
        parts = [due[n : n + detail.size] for n in range(0, len(due), detail.size)]
        answers = reader.each(partial(_asked_together, reader, detail), parts)
        return [row for rows in answers for row in rows]
    if isinstance(detail.call, Function):
        read = detail.call.read
        return understood(lambda: list(read(reader)))
    return reader.rows(detail.call)


def _asked_together(reader: Reader, detail: Batch, items: list[Item]) -> list[Item]:
    """Return what one call answers for some resources, all of one parent."""
    names = [str(item[detail.to]) for item in items]
    params = {**detail.call.params, detail.each: names}
    rows = reader.rows(replace(detail.call, params=params), items[0])
    # An answer about something else says nothing of what was asked for, least of all that it is gone.
    if not _dealt(detail, rows).keys() <= {*names}:
        why = f"{detail.call.operation} answers for what was not asked for"
        raise Unseen(Cause.FAILED, "MalformedAnswer", why)
    return rows


def _dealt(detail: Gather | Batch, rows: list[Item]) -> dict[str, list[Item]]:
    dealt: dict[str, list[Item]] = {}
    for row in rows:
        owner: Json = row
        for name in detail.on.split("."):
            owner = owner.get(name) if isinstance(owner, dict) else None
        if owner is not None:
            dealt.setdefault(str(owner), []).append(row)
    return dealt


def _detailed(spec: EvidenceType, reader: Reader, gathered: Gathered, listed: Item) -> _Seen | None:
    """Return the item with its details; None when the resource was deleted meanwhile."""
    item = dict(listed)
    unseen: dict[str, Unseen] = {}
    kept: list[str] = []
    for name, detail in spec.details.items():
        call = detail.call if isinstance(detail, Batch) else detail
        try:
            if isinstance(call, Call) and _is_kept(spec, reader, name, call, item):
                kept.append(name)
            else:
                item[name] = _detail(reader, gathered, item, unseen, name, detail)
        except Gone:
            return None
        except Unseen as miss:
            unseen[name] = miss
    return _Seen(item, unseen, tuple(kept))


def _is_kept(spec: EvidenceType, reader: Reader, name: str, call: Call, item: Item) -> bool:
    """Say whether a detail was seen before and cannot have changed since."""
    if call.kept is None or reader.known is None:
        return False
    before = reader.known.bodies.get(key_of(spec, reader.scope, reader.partition, item))
    if before is None or not (name in before.config or name in before.observed):
        return False
    uid = None if spec.uid is None else item.get(spec.uid)
    return uid == before.uid and understood(call.kept, item, before)


def _detail(
    reader: Reader,
    gathered: Gathered,
    item: Item,
    unseen: Mapping[str, Unseen],
    name: str,
    detail: Detail,
) -> Json:
    if not isinstance(detail, Call):
        rows = gathered[name]
        if isinstance(rows, Unseen):
            raise rows
        own = rows.get(str(item.get(detail.to)), [])
        require_seen(own)
        if isinstance(detail, Gather):
            return own
        if not own:
            raise Gone("NotAnswered")
        return own[0]
    for need in detail.needs:
        if need in unseen:
            raise unseen[need]
    if detail.when is not None and not understood(detail.when, item):
        return detail.otherwise
    return reader.value(detail, item)


def _bodies(spec: EvidenceType, reader: Reader, seen: Iterable[_Seen]) -> tuple[Body, ...]:
    """Return the bodies in the order of their keys; an item answered twice must be the same twice."""
    bodies: dict[str, Body] = {}
    for entry in seen:
        unseen = tuple(entry.unseen)
        body = understood(make_body, spec, reader.scope, reader.partition, entry.item, unseen)
        if entry.kept and reader.known is not None:
            before = reader.known.bodies[body.key]
            body = filled(body, entry.kept, before.config, before.observed)
        if bodies.setdefault(body.key, body).digest != body.digest:
            why = f"{body.key} is listed twice with different content"
            raise Unseen(Cause.FAILED, "MalformedAnswer", why)
    return tuple(bodies[key] for key in sorted(bodies))


def _misses(
    spec: EvidenceType, reader: Reader, gathered: Gathered, seen: Iterable[_Seen]
) -> Iterator[Miss]:
    """Yield one miss for each gathered detail not seen, and one for each resource's own."""
    for name, rows in gathered.items():
        if isinstance(rows, Unseen):
            yield Miss(reader.scope, rows.cause, rows.code, rows.message, detail=name)
    for entry in seen:
        key = key_of(spec, reader.scope, reader.partition, entry.item)
        for name, miss in entry.unseen.items():
            if not isinstance(gathered.get(name), Unseen):
                yield Miss(reader.scope, miss.cause, miss.code, miss.message, key, name)
