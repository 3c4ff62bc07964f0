"""Says in words which statements of a policy document came and went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from driftkeeper.diff.policies import document
from driftkeeper.diff.spec import Difference
from driftkeeper.domain.types import Json
from driftkeeper.semantics.policy import summarise

_LISTED = 2
_NARROWED = ("Action", "Resource", "Principal")


def statements(d: Difference) -> str:
    """Return `: now also …; no longer …`, or nothing when either side cannot be read.

    Of a statement that changed in one member only, just what came and went of that member is said.
    """
    old, new = document(d.before), document(d.after)
    if old is None or new is None:
        return ""
    came = _beyond(new["Statement"], old["Statement"])
    went = _beyond(old["Statement"], new["Statement"])
    if len(came) == len(went) == 1:
        came, went = _essence(came[0], went[0]), _essence(went[0], came[0])
    words = [*_listed("now also ", came), *_listed("no longer ", went)]
    return f": {'; '.join(words)}" if words else ""


def _beyond(rows: Sequence[Any], others: Sequence[Any]) -> list[Mapping[str, Any]]:
    return [row for row in rows if row not in others]


def _essence(row: Mapping[str, Any], other: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the statement with only what the other has not, if they differ in one member only."""
    differing = [name for name in {**row, **other} if row.get(name) != other.get(name)]
    if len(differing) != 1 or differing[0] not in _NARROWED:
        return [row]
    (name,) = differing
    if name not in row or name not in other:
        return [row]
    left = _without(row[name], other[name])
    return [{**row, name: left}] if left else []


def _without(members: Json, others: Json) -> Json:
    """Return the members, of each sort of principal where there are sorts, that the others lack."""
    if isinstance(members, dict):
        sorts = {sort: _without(ids, others.get(sort, [])) for sort, ids in members.items()}
        return {sort: ids for sort, ids in sorts.items() if ids}
    return [each for each in members if each not in others]


def _listed(head: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    if not rows:
        return []
    more = len(rows) - _LISTED
    words = ", ".join(map(summarise, rows[:_LISTED]))
    return [head + words + (f" and {more} more" if more > 0 else "")]
