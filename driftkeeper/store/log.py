"""Questions to the change log. The database filters, sorts and counts, so that an answer begins at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, or_, select

from driftkeeper.domain.canonical import encode
from driftkeeper.domain.types import Change, Direction, Severity
from driftkeeper.store import rows
from driftkeeper.store.tables import change

_BATCH = 500
_IN_TIME = (change.c.not_after, change.c.snapshot, change.c.ordinal)


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """What to narrow the change log by; empty tuples and None mean everything.

    The changes of a resource are those under its key, and the renaming that took the key away. Of
    `resources_like`, globs over whole keys or over an end of one behind a `/` or `:`, one must fit; of
    `criteria`, one must be among those of the change.
    """

    start: datetime | None = None
    end: datetime | None = None
    after_snapshot: int | None = None
    upto_snapshot: int | None = None
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    resource: str | None = None
    resources_like: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    directions: tuple[Direction, ...] = ()
    severities: tuple[Severity, ...] = ()
    criteria: tuple[str, ...] = ()


def changes(connection: Connection, wanted: ChangeFilter) -> Iterator[Change]:
    """Yield the recorded changes that the filter lets through, by snapshot and as they were named.

    A change lies in the interval when the sight that showed it does: `start <= not_after < end`.
    """
    query = select(change).order_by(change.c.snapshot, change.c.ordinal)
    return _yielded(connection, query.where(*_conditions(wanted)))


def in_time(
    connection: Connection, wanted: ChangeFilter, *, newest: bool = False, limit: int | None = None
) -> Iterator[Change]:
    """Yield the changes by the time of their sights, the oldest or the newest first, no more than asked.

    Changes of one time keep the order in which they were named.
    """
    order = [column.desc() for column in _IN_TIME] if newest else _IN_TIME
    query = select(change).where(*_conditions(wanted)).order_by(*order).limit(limit)
    return _yielded(connection, query)


def by_id(connection: Connection, ids: Iterable[str]) -> dict[str, Change]:
    """Return the changes of these ids, as far as they exist."""
    return {
        row.id: rows.change_of(row)
        for names in _portions(ids)
        for row in connection.execute(select(change).where(change.c.id.in_(names)))
    }


def consequences(connection: Connection, ids: Iterable[str]) -> list[Change]:
    """Return the changes that these have caused, by snapshot and as they were named."""
    found = [
        row
        for names in _portions(ids)
        for row in connection.execute(select(change).where(change.c.caused_by.in_(names)))
    ]
    return [rows.change_of(row) for row in sorted(found, key=lambda r: (r.snapshot, r.ordinal))]


def below(connection: Connection, account: str, region: str, prefix: str) -> list[Change]:
    """Return the changes of the resources whose keys begin so, in one account and region."""
    place = (change.c.account == account, change.c.region == region)
    query = select(change).where(*place, change.c.resource.startswith(prefix, autoescape=True))
    return [rows.change_of(row) for row in connection.execute(query.order_by(*_IN_TIME))]


def _portions(ids: Iterable[str]) -> Iterator[list[str]]:
    names = sorted(set(ids))
    return (names[start : start + _BATCH] for start in range(0, len(names), _BATCH))


def counts(connection: Connection, wanted: ChangeFilter) -> dict[tuple[Direction, Severity], int]:
    """Return how many changes the filter lets through, by what they do and how much they matter."""
    columns = (change.c.direction, change.c.severity)
    query = select(*columns, func.count()).where(*_conditions(wanted)).group_by(*columns)
    return {
        (Direction(direction), Severity(severity)): number
        for direction, severity, number in connection.execute(query)
    }


def kinds(connection: Connection) -> list[str]:
    """Return the kinds that the log has changes of, in order."""
    return sorted(connection.scalars(select(change.c.kind).distinct()))


def _yielded(connection: Connection, query: Select[Any]) -> Iterator[Change]:
    # In batches: the first ones can be told while the database still looks for the last.
    for row in connection.execute(query, execution_options={"yield_per": _BATCH}):
        yield rows.change_of(row)


def _conditions(wanted: ChangeFilter) -> list[ColumnElement[bool]]:
    bounds: tuple[tuple[Any, Callable[[Any], ColumnElement[bool]]], ...] = (
        (wanted.start, change.c.not_after.__ge__),
        (wanted.end, change.c.not_after.__lt__),
        (wanted.after_snapshot, change.c.snapshot.__gt__),
        (wanted.upto_snapshot, change.c.snapshot.__le__),
        (wanted.resource, _is_of),
    )
    choices: tuple[tuple[tuple[str, ...], Callable[[Any], ColumnElement[bool]]], ...] = (
        (wanted.accounts, change.c.account.in_),
        (wanted.regions, change.c.region.in_),
        (wanted.evidence, change.c.evidence.in_),
        (wanted.kinds, change.c.kind.in_),
        (wanted.directions, change.c.direction.in_),
        (wanted.severities, change.c.severity.in_),
        (wanted.resources_like, lambda globs: or_(*map(_is_like, globs))),
        (wanted.criteria, lambda names: or_(*map(_bears_on, names))),
    )
    return [
        *(condition(value) for value, condition in bounds if value is not None),
        *(condition(values) for values, condition in choices if values),
    ]


def fits(wanted: ChangeFilter, found: Change) -> bool:
    """Say whether the filter lets a change through that need not be recorded, whenever it was."""
    scope = found.scope
    choices: tuple[tuple[tuple[str, ...], str], ...] = (
        (wanted.accounts, scope.account),
        (wanted.regions, scope.region),
        (wanted.evidence, scope.evidence),
        (wanted.kinds, found.kind),
        (wanted.directions, found.direction),
        (wanted.severities, found.severity),
    )
    names = [found.resource, *([found.before] if not found.path else ())]
    globs = [re.compile(rf"(?s)(\A|.*[/:]){_pattern(glob)}\Z") for glob in wanted.resources_like]
    return (
        all(not values or value in values for values, value in choices)
        and (wanted.resource is None or wanted.resource in names)
        and (not globs or any(g.match(n) for g in globs for n in names if isinstance(n, str)))
        and (not wanted.criteria or not {*wanted.criteria}.isdisjoint(found.criteria))
    )


def _is_of(key: str) -> ColumnElement[bool]:
    renamed = and_(change.c.path == "", change.c.before == encode(key).decode())
    return or_(change.c.resource == key, renamed)


def _is_like(glob: str) -> ColumnElement[bool]:
    ends = _pattern(glob)
    renamed = change.c.before.regexp_match(rf'(?s)\A"(.*[/:])?{ends}"\Z')
    return or_(
        change.c.resource.regexp_match(rf"(?s)(\A|[/:]){ends}\Z"),
        and_(change.c.path == "", change.c.before.startswith('"'), renamed),
    )


def _pattern(glob: str) -> str:
    """Return a glob as a regular expression that means the same to Python and to PostgreSQL."""
    words = {"*": ".*", "?": "."}
    return "".join(words.get(letter, re.escape(letter)) for letter in glob)


def _bears_on(criterion: str) -> ColumnElement[bool]:
    listed = literal(",") + change.c.criteria + literal(",")
    return listed.contains(f",{criterion},", autoescape=True)
