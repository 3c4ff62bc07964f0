"""How many recorded changes have a kind of their own, counted in the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, case, func, select

from driftkeeper.store.tables import change


@dataclass(frozen=True, slots=True)
class Counted:
    """So many changes of one kind of one evidence type or fact at one path.

    Only generic kinds are counted path by path; the path of the others is empty. `caused` says whether
    another change explains them, `tool_upgrade` whether nothing but driftkeeper is thought to have changed.
    """

    kind: str
    evidence: str
    path: str
    caused: bool
    tool_upgrade: bool
    changes: int


def counted(connection: Connection, generic: str) -> Iterator[Counted]:
    """Yield the number of changes, those whose kind begins with `generic` path by path."""
    path = case((change.c.kind.startswith(generic, autoescape=True), change.c.path), else_="")
    caused = case((change.c.caused_by.is_(None), 0), else_=1)
    each = select(
        change.c.kind,
        change.c.evidence,
        path.label("path"),
        caused.label("caused"),
        change.c.tool_upgrade,
    ).subquery()
    query = select(each, func.count().label("changes")).group_by(*each.c).order_by(*each.c)
    for row in connection.execute(query):
        yield Counted(
            row.kind,
            row.evidence,
            row.path,
            caused=bool(row.caused),
            tool_upgrade=bool(row.tool_upgrade),
            changes=row.changes,
        )
