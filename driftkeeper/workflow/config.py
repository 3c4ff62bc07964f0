"""The configuration file: `driftkeeper.toml`, checked as a whole before anything is done."""

from __future__ import annotations

import difflib
import json
import os
import tomllib
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from driftkeeper.domain.canonical import digest_of
from driftkeeper.domain.errors import ConfigError
from driftkeeper.domain.period import Calendar

NAME = "driftkeeper.toml"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AccountConfig(_Section):
    """One `[[accounts]]` entry: an account and how to reach it."""

    id: Annotated[str, Field(pattern=r"^\d{12}$")]
    name: str = ""
    profile: str | None = None
    role_arn: Annotated[str, Field(pattern=r"^arn:[\w-]+:iam::\d{12}:role/.+$")] | None = None
    external_id: str | None = None
    regions: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _external_id_needs_role(self) -> AccountConfig:
        if self.external_id and not self.role_arn:
            raise ValueError("external_id only makes sense together with role_arn")
        return self


class CollectConfig(_Section):
    """`[collect]`: what to read, and how patiently."""

    regions: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    workers: Annotated[int, Field(ge=1, le=64)] = 8
    scope_seconds: Annotated[int, Field(ge=10, le=7200)] = 900


class PeriodConfig(_Section):
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


class StoreConfig(_Section):
    """`[store]`: the database, as a URL."""

    url: str = ""


class SigningConfig(_Section):
    """`[signing]`: the private key that signs the journal; relative to the configuration file."""

    key: str = "driftkeeper.key"


class Config(_Section):
    """The whole file. Everything has a default: without a file, the ambient account is read."""

    accounts: tuple[AccountConfig, ...] = ()
    collect: CollectConfig = CollectConfig()
    period: PeriodConfig = PeriodConfig()
    store: StoreConfig = StoreConfig()
    signing: SigningConfig = SigningConfig()

    @model_validator(mode="after")
    def _accounts_once(self) -> Config:
        words = [word for account in self.accounts for word in {account.id, account.name} if word]
        twice = sorted({word for word in words if words.count(word) > 1})
        if twice:
            raise ValueError(f"account {twice[0]} is listed twice; merge the two entries")
        return self

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
        raise ConfigError(f"{path}: {_first(error)}") from None


_PLAINLY = {
    "string_type": "write it in quotes",
    "int_type": "write a whole number, without quotes",
    "tuple_type": 'write a list, like ["eu-west-1"]',
    "model_type": "this is a section: write it as a table",
    "missing": "it is required",
}
_LIKE = {
    "id": "write the 12 digits of the account, in quotes",
    "role_arn": "write the ARN of a role, like arn:aws:iam::111122223333:role/driftkeeper",
}
"""What to write instead, by the sort of mistake, and by the key whose pattern does not fit."""


def _first(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_context=False)[0]
    message = problem["msg"].removeprefix("Value error, ").removeprefix("Input ")
    if not problem["loc"]:
        return message
    place, name, sort = _place(problem["loc"]), str(problem["loc"][-1]), problem["type"]
    if sort == "extra_forbidden":
        return f"{place}: unknown key; {_suggestion(name, problem['loc'])}"
    if problem["loc"] == ("accounts",) and sort == "tuple_type":
        return "accounts: write each account below a line of its own that says [[accounts]]"
    if sort == "string_pattern_mismatch" and name in _LIKE:
        return f"{place}: {problem['input']!r} does not fit; {_LIKE[name]}"
    if sort in _PLAINLY:
        return f"{place}: {_PLAINLY[sort]}"
    return f"{place}: {message}"


def _place(where: tuple[int | str, ...]) -> str:
    """Return where in the file: keys with dots, the entries of a list counted from 1."""
    words = [f"entry {part + 1}" if isinstance(part, int) else part for part in where]
    return ".".join(words).replace(".entry ", " entry ")


def _suggestion(name: str, where: tuple[int | str, ...]) -> str:
    known = _known_keys(where)
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known here: {', '.join(known)}"


def _known_keys(place: tuple[int | str, ...]) -> list[str]:
    """Return the keys of the section that a place lies in."""
    sections: dict[str, type[_Section]] = {
        "accounts": AccountConfig,
        "collect": CollectConfig,
        "period": PeriodConfig,
        "store": StoreConfig,
        "signing": SigningConfig,
    }
    section = sections.get(str(place[0]), Config) if len(place) > 1 else Config
    return list(section.model_fields)


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
# Scopes read at the same time, and seconds after which one is given up.
# workers = 8
# scope_seconds = 900

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

# One entry per account. Without any, the account of the ambient credentials is read.
# [[accounts]]
# id = "111122223333"
# name = "production"
# profile = "prod-audit"                                      # or:
# role_arn = "arn:aws:iam::111122223333:role/driftkeeper"
# external_id = "choose-a-long-random-one"
# regions = ["eu-west-1"]
"""
