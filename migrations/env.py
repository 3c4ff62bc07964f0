"""Runs the migrations on the connection that the program hands over, or on `-x url=…` for developers."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from driftkeeper.store.database import open_engine, parse_url, writing
from driftkeeper.store.tables import metadata


def run(connection: Connection) -> None:
    """Run what was asked for inside the connection's transaction."""
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=False)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with writing(open_engine(parse_url(context.get_x_argument(as_dictionary=True)["url"]))) as made:
        run(made)
