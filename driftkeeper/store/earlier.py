"""How far back to go for what was in sight: the snapshots before a scope, or a detail, was lost."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, and_, func, or_, select

from driftkeeper.store.latest import ScopeHead, last_sights
from driftkeeper.store.tables import coverage, resource, version


def before_blindness(connection: Connection, head: ScopeHead, at: int) -> int | None:
    """Return the last snapshot, before `at`, after which a scope that is missed now was in sight.

    `head` is the scope's at that snapshot. None when it was never seen.
    """
    if head.listed is None:
        return None
    first = select(func.min(coverage.c.snapshot)).where(
        coverage.c.scope_id == head.id,
        coverage.c.snapshot > head.listed,
        coverage.c.snapshot <= at,
        coverage.c.outcome == "missed",
    )
    missed: int = connection.execute(first).scalar_one()
    return missed - 1


def before_detail(connection: Connection, head: ScopeHead, key: str, detail: str) -> int | None:
    """Return the last snapshot after which a detail was known that the last listing did not see.

    None when it was never seen.
    """
    seen = last_sights(connection, head, {key}).get((key, detail))
    if seen is None:
        return None
    first = select(func.min(coverage.c.snapshot)).where(
        coverage.c.scope_id == head.id,
        coverage.c.snapshot > seen[1],
        coverage.c.outcome != "missed",
    )
    blind: int = connection.execute(first).scalar_one()
    return blind - 1


def before_change(connection: Connection, at: int, places: Mapping[int, str | None]) -> int | None:
    """Return the snapshot just before the newest version, as of `at`, of any of these resources.

    They are given by scope, None for all of it. None when there is no version, or nothing before it.
    """
    is_one = or_(
        *(
            and_(resource.c.scope_id == place, *(() if key is None else (resource.c.key == key,)))
            for place, key in sorted(places.items())
        )
    )
    query = (
        select(func.max(version.c.snapshot))
        .select_from(resource)
        .join(version, version.c.resource_id == resource.c.id)
        .where(is_one, version.c.snapshot <= at)
    )
    newest: int = connection.execute(query).scalar() or 0
    return newest - 1 if newest > 1 else None
