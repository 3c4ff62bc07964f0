"""What every command is handed: the global options, and what they lead to, opened when needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from driftkeeper.cli.output import Output
from driftkeeper.domain.clock import SystemClock

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from driftkeeper.domain.signing import Signer
    from driftkeeper.store.database import Connection, Engine
    from driftkeeper.workflow.config import Config
    from driftkeeper.workflow.names import NamedResource


@dataclass
class Session:
    """The global options of one run."""

    config_option: Path | None
    db: str | None
    json: bool
    quiet: bool
    verbose: bool
    no_color: bool

    @cached_property
    def out(self) -> Output:
        """Where results and messages go."""
        return Output(self.json, self.quiet, self.no_color)

    @cached_property
    def config_path(self) -> Path | None:
        """The configuration file in force, None when there is none."""
        from driftkeeper.workflow.config import find

        return find(self.config_option)

    @cached_property
    def config(self) -> Config:
        """The configuration, checked."""
        from driftkeeper.workflow.config import load

        if self.verbose:
            self.out.say(f"configuration: {self.config_path or 'none, so the defaults'}")
        return load(self.config_path)

    @property
    def account_names(self) -> dict[str, str]:
        """The names of the accounts that the configuration gives one, by id."""
        return {entry.id: entry.name for entry in self.config.accounts if entry.name}

    @cached_property
    def engine(self) -> Engine:
        """The database, not yet checked."""
        from driftkeeper.store.database import shown
        from driftkeeper.workflow.open import open_store

        engine = open_store(self.config, self.config_path, self.db)
        if self.verbose:
            self.out.say(f"database: {shown(engine.url)}")
        return engine

    @cached_property
    def signer(self) -> Signer | None:
        """The journal's signing key, if there is one."""
        from driftkeeper.workflow.open import load_signer

        return load_signer(self.config, self.config_path)

    @cached_property
    def now(self) -> datetime:
        """The time at which this run began."""
        return SystemClock().now()

    def reading(self) -> AbstractContextManager[Connection]:
        """Check the schema and give one consistent view of the database."""
        from driftkeeper.store.database import reading
        from driftkeeper.store.schema import require

        require(self.engine)
        return reading(self.engine)

    def resource(
        self,
        connection: Connection,
        name: str,
        evidence: str | None,
        account: str | None,
        region: str | None,
    ) -> NamedResource:
        """Return the resource that the name means, in the places that the options name."""
        from driftkeeper.workflow.evidence_names import named
        from driftkeeper.workflow.names import require_seen, resolve

        accounts = self.config.account_ids([account] if account else ())
        regions = (region,) if region else ()
        types = named((evidence,) if evidence else ()).bases
        require_seen(connection, accounts, regions)
        return resolve(
            connection,
            name,
            evidence=types,
            accounts=accounts,
            regions=regions,
        )
