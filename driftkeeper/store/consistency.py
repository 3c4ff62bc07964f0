"""What must hold between tables whatever they say: the schema, references, and nothing that is nobody's.

Both databases enforce most of it for their clients. This looks all the same, since whoever alters a store
behind the program's back can switch that off first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    ColumnElement,
    Connection,
    ForeignKeyConstraint,
    Table,
    and_,
    exists,
    or_,
    select,
    text,
)

from driftkeeper.store.tables import (
    blob,
    coverage,
    dictionary,
    journal,
    metadata,
    public_key,
    resource,
    scope,
    version,
)


def schema_damage(connection: Connection) -> Iterator[str]:
    """Yield what the database lacks of the tables that the migrations made."""
    differences = compare_metadata(MigrationContext.configure(connection), metadata)
    for found in differences:
        # A list holds what differs in one column; a tuple names one thing to add or to remove.
        operation, *what = found[0] if isinstance(found, list) else found
        if operation.startswith("remove_"):
            continue  # more than ours loses nothing
        if operation == "add_table":
            yield f"the table {what[0].name} is missing"
        elif operation == "add_column":
            yield f"the column {what[1]}.{what[2].name} is missing"
        elif operation.startswith("modify_"):
            yield f"the column {what[1]}.{what[2]} is not what it was ({operation})"
        else:
            yield f"{what[0].name} of the table {what[0].table.name} is missing"


def file_damage(connection: Connection) -> Iterator[str]:
    """Yield what SQLite itself finds wrong in its file; PostgreSQL looks after its own."""
    if connection.dialect.name == "sqlite":
        for line in connection.execute(text("PRAGMA integrity_check(5)")).scalars():
            if line != "ok":
                yield f"the database file is damaged: {line}"


def broken_references(connection: Connection) -> Iterator[str]:
    """Yield one line for each row that refers to a row which does not exist."""
    for table in metadata.sorted_tables:
        for key in sorted(table.foreign_key_constraints, key=lambda each: str(each.name)):
            columns = list(key.columns)
            query = select(*columns).where(columns[0].is_not(None), ~_parent_of(key)).distinct()
            for row in connection.execute(query.order_by(*columns)):
                there = ", ".join(
                    f"{c.name} {value}" for c, value in zip(columns, row, strict=True)
                )
                yield f"{table.name} has a row of {there}, which is not in {key.referred_table.name}"


def _parent_of(key: ForeignKeyConstraint) -> ColumnElement[bool]:
    same = and_(*(element.parent == element.column for element in key.elements))
    return exists().where(same).correlate(key.table)


def strays(connection: Connection) -> Iterator[str]:
    """Yield one line for each row that nothing else knows of: no program of ours leaves one behind."""
    packed = blob.alias("packed")
    body_users = (
        version.c.digest == blob.c.digest,
        coverage.c.observed_digest == blob.c.digest,
        dictionary.c.digest == blob.c.digest,
        packed.c.dictionary == blob.c.digest,
    )
    for table, columns, users in (
        (scope, (scope.c.account, scope.c.region, scope.c.evidence), (_uses(coverage, scope),)),
        (resource, (resource.c.key,), (_uses(version, resource),)),
        (blob, (blob.c.digest,), body_users),
        (public_key, (public_key.c.id,), (journal.c.key == public_key.c.id,)),
    ):
        known: Sequence[Any] = [exists().where(use).correlate(table) for use in users]
        for row in connection.execute(select(*columns).where(~or_(*known)).order_by(*columns)):
            yield f"{table.name} {'/'.join(row)} belongs to nothing"


def _uses(child: Table, parent: Table) -> ColumnElement[bool]:
    (key,) = (k for k in child.foreign_key_constraints if k.referred_table is parent)
    return and_(*(element.parent == element.column for element in key.elements))
