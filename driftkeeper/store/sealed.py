"""What a stored snapshot says, as one digest: the one that its journal entry holds."""

from __future__ import annotations

from sqlalchemy import Connection, select

from driftkeeper.store.seal import snapshot_payload
from driftkeeper.store.tables import change, coverage, dictionary, miss, scope, snapshot


def payload_of(connection: Connection, number: int) -> str:
    """Return the digest of everything the snapshot says, computed from the stored rows."""
    header = connection.execute(select(snapshot).where(snapshot.c.number == number)).one()
    covered, noted = (
        select(
            *(scope.c.account, scope.c.region, scope.c.evidence),
            *(column for column in table.c if column.name != "scope_id"),
        )
        .select_from(table)
        .join(scope, scope.c.id == table.c.scope_id)
        .where(table.c.snapshot == number)
        for table in (coverage, miss)
    )
    named = select(change).where(change.c.snapshot == number).order_by(change.c.ordinal)
    made = select(dictionary).where(dictionary.c.snapshot == number).order_by(dictionary.c.name)
    return snapshot_payload(
        header._asdict(),
        [row._asdict() for row in connection.execute(covered)],
        [row._asdict() for row in connection.execute(noted.order_by(miss.c.ordinal))],
        [row._asdict() for row in connection.execute(named)],
        [row._asdict() for row in connection.execute(made)],
    )
