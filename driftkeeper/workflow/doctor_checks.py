"""What `driftkeeper doctor` looks at before it enters any account: the machine's own side of things.

A check is one small function of the `Patient`, in `CHECKS`. It says what is so, and what to do when it
should not be; it raises nothing that a user can run into, and changes nothing.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from driftkeeper.collect.catalog import chosen
from driftkeeper.collect.session import check_region
from driftkeeper.domain.chain import JournalEntry, entry_digest
from driftkeeper.domain.clock import Clock
from driftkeeper.domain.errors import CredentialsError, DriftkeeperError, UsageError
from driftkeeper.domain.signing import is_signed_by
from driftkeeper.domain.types import Coverage
from driftkeeper.store import guards, latest, read, schema, sealed
from driftkeeper.store.database import Engine, reading, shown
from driftkeeper.workflow.config import Config
from driftkeeper.workflow.open import key_path, load_signer, open_store
from driftkeeper.workflow.places import Wanted


class Verdict(StrEnum):
    """What came of a check. What was `skipped` could not be judged, for a reason that is told."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: of one account, or of the installation.

    `fix` is the next step when it failed. `misused` says that what is wrong is the configuration, or
    what was asked for on the command line.
    """

    name: str
    state: Verdict
    detail: str
    fix: str = ""
    account: str = ""
    misused: bool = False


@dataclass(frozen=True)
class Patient:
    """What is examined: an installation, as the options of one run lead to it."""

    config: Config
    config_path: Path | None
    url: str | None
    clock: Clock
    wanted: Wanted = field(default_factory=Wanted)

    @cached_property
    def engine(self) -> Engine:
        """The database at the schema that this version expects. Raises like `require`."""
        engine = open_store(self.config, self.config_path, self.url)
        schema.require(engine)
        return engine

    @cached_property
    def covered(self) -> list[Coverage]:
        """What the latest snapshot covered; nothing when there is none. Raises like `engine`."""
        with reading(self.engine) as connection:
            return read.coverage_in(connection, latest.last_number(connection))


def failure(
    name: str, error: DriftkeeperError, account: str = "", *, misused: bool = False
) -> Check:
    """Return the check that an error is the result of: its message ends in the next step."""
    detail, _, fix = str(error).rpartition("; ")
    return Check(name, Verdict.FAILED, detail or fix, fix if detail else "", account, misused)


def configuration(patient: Patient) -> Iterator[Check]:
    """Check that the configuration names regions and evidence types that exist."""
    collect, accounts = patient.config.collect, patient.config.accounts
    try:
        chosen([*collect.evidence], patient.config.also)
        for region in _regions(patient.config):
            check_region(region)
    except CredentialsError as error:
        yield failure("configuration", error)
    except UsageError as error:
        yield failure("configuration", error, misused=True)
    else:
        number = f"{len(accounts)} configured" if accounts else "the ambient one"
        if patient.config.organization is not None:
            number = "those of the organisation"
        where = patient.config_path or "no file, so the defaults"
        yield Check("configuration", Verdict.OK, f"{where}; accounts: {number}")


def _regions(config: Config) -> Iterator[str]:
    yield from config.collect.regions
    yield from config.excluded_regions
    for entry in config.accounts:
        yield from entry.regions


def database(patient: Patient) -> Iterator[Check]:
    """Check that the database is there, at the right schema, and refuses to change what it holds."""
    try:
        with reading(patient.engine) as connection:
            absent = guards.missing(connection)
    except DriftkeeperError as error:
        yield failure("database", error)
        return
    name = shown(patient.engine.url)
    if absent:
        detail = f"{name}: its guard {absent[0]} is missing or altered ({len(absent)} in all)"
        yield Check("database", Verdict.FAILED, detail, "run `driftkeeper db upgrade`")
    else:
        detail = f"{name}: schema {schema.expected()}, all guards in place"
        yield Check("database", Verdict.OK, detail)


def journal(patient: Patient) -> Iterator[Check]:
    """Check that the newest journal entry seals the newest snapshot; `driftkeeper check` checks all."""
    try:
        with reading(patient.engine) as connection:
            entry, number = latest.last_entry(connection), latest.last_number(connection)
            payload = sealed.payload_of(connection, number) if number else None
    except DriftkeeperError:
        yield _no_store("journal")
    except (TypeError, ValueError) as error:
        yield _damaged(f"the newest snapshot holds what no program of ours writes: {error}")
    else:
        if entry is None:
            unsealed = _damaged(f"no entry seals snapshot #{number}")
            yield unsealed if number else _nothing_yet("journal")
        elif entry.payload != payload or entry.digest != _digest(entry):
            yield _damaged(f"entry {entry.number} does not fit snapshot #{number}")
        else:
            yield _signature(patient, entry, number)


def _digest(entry: JournalEntry) -> str:
    return entry_digest(entry.number, entry.kind, entry.at, entry.payload, entry.previous)


def _signature(patient: Patient, entry: JournalEntry, number: int) -> Check:
    try:
        signer = load_signer(patient.config, patient.config_path)
    except DriftkeeperError:
        signer = None
    is_ours = signer is not None and entry.key == signer.key_id
    if signer and is_ours and not is_signed_by(signer.public, entry.digest, entry.signature):
        return _damaged(f"the signature of entry {entry.number} does not match")
    signed = "signed" if is_ours else "signed with another key" if entry.key else "not signed"
    return Check(
        "journal", Verdict.OK, f"entry {entry.number} seals snapshot #{number}, and is {signed}"
    )


def signing_key(patient: Patient) -> Iterator[Check]:
    """Check that there is a key to sign the journal with, which nobody else can read."""
    path = key_path(patient.config, patient.config_path)
    try:
        signer = load_signer(patient.config, patient.config_path)
    except DriftkeeperError as error:
        yield failure("signing key", error)
        return
    if signer is None:
        detail = f"there is no {path}, so new journal entries are not signed"
        yield Check("signing key", Verdict.FAILED, detail, "run `driftkeeper init` to make one")
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        detail = f"{path} has mode {mode:04o}: others than its owner can get at it"
        yield Check("signing key", Verdict.FAILED, detail, f"run `chmod 600 {path}`")
    else:
        detail = f"{path}, key {signer.key_id[:16]}, mode {mode:04o}"
        yield Check("signing key", Verdict.OK, detail)


def counts(patient: Patient) -> Iterator[Check]:
    """Check that the counts of the latest snapshot tie out, one check for each that does not."""
    try:
        ties = [(row.scope, tie) for row in patient.covered for tie in row.ties]
    except DriftkeeperError:
        yield _no_store("counts")
        return
    odd = [(scope, tie) for scope, tie in ties if not tie.agrees]
    for scope, tie in odd:
        names = f"; only on one side: {', '.join(tie.odd)}" if tie.odd else ""
        detail = f"{tie.name}: {tie.mine} ≠ {tie.theirs} ({scope}){names}"
        fix = (
            "collect again: something may have changed between two answers; what stays is not"
            " seen completely"
        )
        yield Check("counts", Verdict.FAILED, detail, fix, scope.account)
    if not patient.covered:
        yield _nothing_yet("counts")
    elif not ties:
        detail = "the latest snapshot has none that must agree"
        yield Check("counts", Verdict.SKIPPED, detail)
    elif not odd:
        yield Check("counts", Verdict.OK, f"all {len(ties)} of the latest snapshot tie out")


CHECKS: tuple[Callable[[Patient], Iterable[Check]], ...] = (
    configuration,
    database,
    journal,
    signing_key,
    counts,
)
"""What is looked at before any account is entered, in order."""


def _no_store(name: str) -> Check:
    return Check(name, Verdict.SKIPPED, "not without the database")


def _nothing_yet(name: str) -> Check:
    return Check(name, Verdict.SKIPPED, "nothing to look at yet: `driftkeeper collect` fills it")


def _damaged(detail: str) -> Check:
    return Check(
        "journal", Verdict.FAILED, detail, "run `driftkeeper check`, and see what is wrong"
    )
