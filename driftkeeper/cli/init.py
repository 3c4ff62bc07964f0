"""`driftkeeper init`: configuration, database and signing key, each only if it is not there."""

from __future__ import annotations

from pathlib import Path

import typer

from driftkeeper.cli.session import Session


def run(context: typer.Context) -> None:
    """Set up configuration, database and signing key.

    Writes a commented driftkeeper.toml, creates or upgrades the database, and makes the key that signs
    the journal, readable by you alone. Overwrites nothing: running it again is safe.
    """
    from driftkeeper.store.database import shown
    from driftkeeper.store.schema import upgrade
    from driftkeeper.workflow.config import NAME, TEMPLATE, Config, load
    from driftkeeper.workflow.open import key_path, make_key, open_store, write_private

    session: Session = context.obj
    path = session.config_option or Path(NAME)
    # The database first: where it is refused, no file shall stay behind.
    config = load(path) if path.exists() else Config()
    engine = open_store(config, path, session.db)
    revision = upgrade(engine)
    wrote_config = write_private(path, TEMPLATE.encode())
    key = key_path(config, path)
    made_key = make_key(key)
    if session.json:
        session.out.document(
            "init",
            {
                "config": {"path": str(path), "created": wrote_config},
                "database": {"url": shown(engine.url), "revision": revision},
                "key": {"path": str(key), "created": made_key},
            },
        )
        return
    out = session.out
    out.line(f"configuration  {path}  {'written' if wrote_config else 'kept as it is'}")
    out.line(f"database       {shown(engine.url)}  at schema {revision}")
    out.line(f"signing key    {key}  {'made: keep it safe' if made_key else 'kept as it is'}")
    out.line("\nNext: `driftkeeper collect` takes the first snapshot.")
    if session.db and not config.store.url:
        out.line(f"Write the database as `url` into {path}, or give --db each time.")
