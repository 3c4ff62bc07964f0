"""`driftkeeper db`: the database's schema."""

from __future__ import annotations

import typer

from driftkeeper.cli.session import Session
from driftkeeper.domain.errors import Exit

app = typer.Typer(help="Look after the database.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def upgrade(context: typer.Context) -> None:
    """Create the schema or bring it to the one this version expects; put the guards back."""
    from driftkeeper.store.database import shown
    from driftkeeper.store.schema import upgrade as bring_up

    session: Session = context.obj
    revision = bring_up(session.engine)
    if session.json:
        session.out.document(
            "db-upgrade", {"database": shown(session.engine.url), "revision": revision}
        )
    else:
        session.out.line(f"{shown(session.engine.url)} is at schema {revision}")


@app.command()
def current(context: typer.Context) -> None:
    """Say which schema the database has, and which is expected. Exit code 6 when they differ."""
    from driftkeeper.store.database import shown
    from driftkeeper.store.schema import expected, revision_of

    session: Session = context.obj
    found, wanted = revision_of(session.engine), expected()
    if session.json:
        session.out.document(
            "db-current",
            {"database": shown(session.engine.url), "revision": found, "expected": wanted},
        )
    else:
        session.out.line(
            f"{shown(session.engine.url)} is at schema {found or 'none'}, expected {wanted}"
        )
    if found != wanted:
        raise typer.Exit(Exit.SCHEMA)
