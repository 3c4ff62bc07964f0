"""`driftkeeper init`: configuration, database and signing key, each only if it is not there."""

from __future__ import annotations

from pathlib import Path

import typer

from driftkeeper.cli.session import Session


def run(context: typer.Context) -> None:
    """Write a commented driftkeeper.toml, create or upgrade the database, make the signing key.

    Overwrites nothing; running it again changes nothing.
    """
    from driftkeeper.store.database import shown
    from driftkeeper.store.schema import upgrade
    from driftkeeper.workflow.config import NAME, TEMPLATE, load
    from driftkeeper.workflow.open import key_path, make_key, open_store, write_private

    session: Session = context.obj
    path = session.config_option or Path(NAME)
    wrote_config = write_private(path, TEMPLATE.encode())
    config = load(path)
    engine = open_store(config, session.db)
    revision = upgrade(engine)
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
    say = session.out.line
    say(f"configuration  {path}  {'written' if wrote_config else 'kept as it is'}")
    say(f"database       {shown(engine.url)}  at schema {revision}")
    say(f"signing key    {key}  {'made; keep it safe' if made_key else 'kept as it is'}")
    say("\nNext: `driftkeeper collect` takes the first snapshot.")
