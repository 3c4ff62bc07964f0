"""The configuration file: `driftkeeper.toml`, checked as a whole before anything is done."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator, model_validator

from driftkeeper.domain.canonical import digest_of
from driftkeeper.domain.errors import ConfigError
from driftkeeper.domain.period import Calendar
from driftkeeper.workflow.config_accounts import (
    WRITTEN,
    AccountConfig,
    OrganizationConfig,
    Section,
    once,
)
from driftkeeper.workflow.config_errors import complaint

NAME = "driftkeeper.toml"


class RegionExclude(Section):
    """One `[[collect.exclude]]` entry: a region that is not read, and why."""

    region: str
    reason: Annotated[str, Field(pattern=WRITTEN)]


class CollectConfig(Section):
    """`[collect]`: what to read, and how patiently."""

    regions: tuple[str, ...] = ()
    exclude: tuple[RegionExclude, ...] = ()
    evidence: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    attribute: bool = False
    workers: Annotated[int, Field(ge=1, le=64)] = 8
    scope_seconds: Annotated[int, Field(ge=10, le=7200)] = 900

    @model_validator(mode="after")
    def _excluded_once(self) -> CollectConfig:
        once("region", [entry.region for entry in self.exclude], "exclude")
        return self


class PeriodConfig(Section):
    """`[period]`: how days and fiscal years are cut, and how long a sight carries."""

    timezone: str = "UTC"
    fiscal_year_start: Annotated[int, Field(ge=1, le=12)] = 1
    carry_hours: Annotated[int, Field(ge=1, le=24 * 31)] = 36

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"unknown time zone {value!r}; write it like Europe/Berlin") from None
        return value


class StoreConfig(Section):
    """`[store]`: the database, as a URL."""

    url: str = ""


class SigningConfig(Section):
    """`[signing]`: the private key that signs the journal; relative to the configuration file."""

    key: str = "driftkeeper.key"


class Config(Section):
    """The whole file. Everything has a default: without a file, the ambient account is read."""

    accounts: tuple[AccountConfig, ...] = ()
    organization: OrganizationConfig | None = None
    collect: CollectConfig = CollectConfig()
    period: PeriodConfig = PeriodConfig()
    store: StoreConfig = StoreConfig()
    signing: SigningConfig = SigningConfig()

    @model_validator(mode="after")
    def _accountsonce(self) -> Config:
        words = [word for account in self.accounts for word in {account.id, account.name} if word]
        twice = sorted({word for word in words if words.count(word) > 1})
        if twice:
            raise ValueError(f"account {twice[0]} is listed twice; merge the two entries")
        return self

    @model_validator(mode="after")
    def _read_or_excluded(self) -> Config:
        """Refuse what is to be read and excluded both."""
        named = {region for account in self.accounts for region in account.regions}
        for entry in self.collect.exclude:
            if entry.region in named | {*self.collect.regions}:
                raise ValueError(
                    f"region {entry.region} is named by regions and by [[collect.exclude]];"
                    " take it out of one of them"
                )
        for account in self.accounts:
            if account.id in self.excluded_accounts:
                raise ValueError(
                    f"account {account.id} is named by [[accounts]] and by"
                    " [[organization.exclude]]; take it out of one of them"
                )
        return self

    @property
    def excluded_regions(self) -> dict[str, str]:
        """The reason for each region that is not to be read."""
        return {entry.region: entry.reason for entry in self.collect.exclude}

    @property
    def excluded_accounts(self) -> dict[str, str]:
        """The reason for each account of the organisation that is not to be read."""
        entries = self.organization.exclude if self.organization else ()
        return {entry.id: entry.reason for entry in entries}

    @property
    def also(self) -> tuple[str, ...]:
        """The optional evidence types to read: those named, and the grounds accounts are chosen on."""
        chosen = self.organization
        units = ("organizations.unit",) if chosen and chosen.units else ()
        tags = ("organizations.account_tags",) if chosen and chosen.tags else ()
        return (*self.collect.also, *units, *tags)

    @property
    def calendar(self) -> Calendar:
        """How days, quarters and fiscal years are cut."""
        return Calendar(ZoneInfo(self.period.timezone), self.period.fiscal_year_start)

    @property
    def carry(self) -> timedelta:
        """For how long a sight speaks for what follows it."""
        return timedelta(hours=self.period.carry_hours)

    def account_ids(self, words: Iterable[str]) -> tuple[str, ...]:
        """Return the ids of the accounts that people named by id or by name; unknown words as is."""
        by_name = {account.name: account.id for account in self.accounts if account.name}
        return tuple(by_name.get(word, word) for word in words)

    @property
    def digest(self) -> str:
        """The digest of what the configuration says, for the snapshot's header."""
        return digest_of(self.model_dump(mode="json"))


def find(given: Path | None) -> Path | None:
    """Return the configuration file: the one given, else the first that exists where we look.

    Raises `ConfigError` when the given one does not exist.
    """
    if given is not None:
        if not os.path.isfile(given):  # noqa: PTH113 -- Path.is_file raises where one may not look
            raise ConfigError(
                f"there is no configuration file {given};"
                f" write one with `driftkeeper --config {given} init`"
            )
        return given
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    places = (Path(NAME), home / "driftkeeper" / NAME, Path("/etc/driftkeeper") / NAME)
    return next((place for place in places if os.path.isfile(place)), None)  # noqa: PTH113


def load(path: Path | None) -> Config:
    """Return the configuration; raise `ConfigError` naming the first thing wrong in it."""
    if path is None:
        return Config()
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}; make it readable") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}; mend that line") from None
    try:
        # By way of JSON, where strict takes lists for tuples and still no text for a number.
        return Config.model_validate_json(json.dumps(data, default=str), strict=True)
    except ValidationError as error:
        raise ConfigError(f"{path}: {complaint(error, Config)}") from None


def default_database() -> str:
    """Return the URL of the database in the user's data folder."""
    home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return f"sqlite:///{home / 'driftkeeper' / 'driftkeeper.db'}"


TEMPLATE = """\
# driftkeeper: what to collect, from where, and how to cut the periods.
# Every line is optional; what is commented out shows the default or an example.

[store]
# SQLite file or PostgreSQL. Default: a SQLite file in your data folder.
# url = "sqlite:////var/lib/driftkeeper/driftkeeper.db"
# url = "postgresql://collector@db.example.com/driftkeeper"

[collect]
# Regions to read. Default: every region that is switched on in the account.
# regions = ["eu-west-1", "us-east-1"]
# Evidence types to read. Default: all (see `driftkeeper catalog evidence`).
# evidence = ["iam.user", "ec2.security_group"]
# Optional types to read besides: they cost more calls than they usually tell.
# also = ["ec2.network_interface"]
# After each snapshot, ask CloudTrail who made the changes of earlier ones (`driftkeeper attribute`).
# attribute = true
# Scopes read at the same time, and seconds after which one is given up.
# workers = 8
# scope_seconds = 900
# Regions that are switched on and shall not be read; the reason is kept with the evidence.
# [[collect.exclude]]
# region = "ap-south-1"
# reason = "switched on for a trial in 2026, holds nothing; ticket OPS-123"

[period]
# Days, quarters and fiscal years are cut in this time zone.
# timezone = "UTC"
# First month of the fiscal year; FY2026 ends in 2026.
# fiscal_year_start = 1
# A sight speaks for what follows it for so many hours; longer without one is a gap.
# carry_hours = 36

[signing]
# The Ed25519 key that signs the journal, relative to this file. `init` makes it.
# key = "driftkeeper.key"

# Every account of the organisation, asked for from its management account or a delegated
# administrator: that of the ambient credentials, of a profile, or of a role.
# [organization]
# profile = "management-audit"                                # or:
# role_arn = "arn:aws:iam::999988887777:role/driftkeeper"
# The role to assume in each account, by name, and the external id it asks for.
# role = "driftkeeper"
# external_id = "choose-a-long-random-one"
# Only the accounts in these units, and with all of these tags.
# units = ["ou-ab12-34cd56ef"]
# tags = { env = "prod" }
# [[organization.exclude]]
# id = "444455556666"
# reason = "sandbox without customer data; risk accepted by the CISO on 2026-01-15"

# One entry per account. Without any, the account of the ambient credentials is read.
# With [organization], an entry says how to reach one of its accounts, or adds another.
# [[accounts]]
# id = "111122223333"
# name = "production"
# profile = "prod-audit"                                      # or:
# role_arn = "arn:aws:iam::111122223333:role/driftkeeper"
# external_id = "choose-a-long-random-one"
# regions = ["eu-west-1"]
"""
