"""`driftkeeper db`: the database's schema."""

from __future__ import annotations

import typer

from driftkeeper.cli.session import Session
from driftkeeper.domain.errors import Exit

app = typer.Typer(
    help="Look after the database and its schema.", no_args_is_help=True, rich_markup_mode=None
)


@app.command()
def upgrade(context: typer.Context) -> None:
    """Create the database, or bring it to the schema of this version.

    Also puts back the triggers that keep stored evidence from being changed. Running it again is safe.
    """
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
    """Say which schema the database has, and which is expected.

    The exit code is 6 when they differ.
    """
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
        has = "has no schema" if found is None else f"is at schema {found}"
        session.out.line(f"{shown(session.engine.url)} {has}, expected {wanted}")
    if found != wanted:
        raise typer.Exit(Exit.SCHEMA)
