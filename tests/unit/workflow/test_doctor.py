"""Each check says what is so, fails only for what must be fixed, and then says how."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from driftkeeper.collect.account import Account
from driftkeeper.collect.catalog import evidence_types
from driftkeeper.collect.probe import State, Tried
from driftkeeper.collect.spec import Unseen
from driftkeeper.domain.errors import CredentialsError, Exit, UsageError
from driftkeeper.domain.types import Cause, Scope, Tied
from driftkeeper.store.database import Engine
from driftkeeper.workflow import doctor, doctor_accounts
from driftkeeper.workflow.config import CollectConfig, Config, SigningConfig
from driftkeeper.workflow.config_accounts import AccountConfig
from driftkeeper.workflow.doctor import Diagnosis, examine
from driftkeeper.workflow.doctor_checks import (
    Check,
    Patient,
    Verdict,
    configuration,
    counts,
    database,
    failure,
    journal,
    signing_key,
)
from driftkeeper.workflow.open import make_key
from driftkeeper.workflow.places import Place, Source, Wanted, excluded
from tests.aws import ACCOUNT, NOW, REGION, Ticking
from tests.unit.workflow.small import KEYS, USERS, empty, saw, take

OTHER = "444455556666"
Checking = Callable[[Patient], Iterator[Check]]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return empty(tmp_path)


@pytest.fixture
def patient(engine: Engine, tmp_path: Path) -> Patient:
    """An installation with an empty database and a key."""
    make_key(tmp_path / "driftkeeper.key")
    return _patient(tmp_path)


def _patient(folder: Path, config: Config | None = None, wanted: Wanted | None = None) -> Patient:
    file, url = folder / "driftkeeper.toml", f"sqlite:///{folder / 'small.db'}"
    return Patient(config or Config(), file, url, Ticking(), wanted or Wanted())


def _one(check: Checking, patient: Patient) -> Check:
    (found,) = check(patient)
    return found


def _tied(*ties: Tied) -> Any:
    sight = saw(KEYS, NOW, "key")
    return replace(sight, coverage=replace(sight.coverage, ties=ties))


class TestConfiguration:
    def test_what_names_nothing_unknown_is_fine(self, patient: Patient):
        found = _one(configuration, patient)
        assert found.state is Verdict.OK
        assert "driftkeeper.toml" in found.detail
        assert "the ambient one" in found.detail

    @pytest.mark.parametrize(
        ("config", "word"),
        [
            (Config(collect=CollectConfig(evidence=("iam.usr",))), "iam.usr"),
            (Config(collect=CollectConfig(also=("ec2.nothing",))), "ec2.nothing"),
            (Config(collect=CollectConfig(regions=("eu-wset-1",))), "eu-wset-1"),
            (Config(accounts=(AccountConfig(id=ACCOUNT, regions=("mars",)),)), "mars"),
        ],
    )
    def test_what_names_something_unknown_is_misused(
        self, tmp_path: Path, config: Config, word: str
    ):
        found = _one(configuration, _patient(tmp_path, config))
        assert (found.state, found.misused) == (Verdict.FAILED, True)
        assert word in found.detail
        assert found.fix


class TestDatabase:
    def test_one_at_the_right_schema_with_its_guards_is_fine(self, patient: Patient):
        assert _one(database, patient).state is Verdict.OK

    def test_one_that_is_not_there_says_how_to_make_it(self, tmp_path: Path):
        found = _one(database, _patient(tmp_path))
        assert found.state is Verdict.FAILED
        assert found.fix == "run `driftkeeper init` to create it"

    def test_a_missing_guard_is_named(self, patient: Patient, tmp_path: Path):
        _alter(tmp_path, "DROP TRIGGER guard_change_delete")
        found = _one(database, patient)
        assert found.state is Verdict.FAILED
        assert "guard_change_delete" in found.detail
        assert found.fix == "run `driftkeeper db upgrade`"

    @pytest.mark.parametrize("check", [journal, counts])
    def test_what_rests_on_it_is_skipped_without_it(self, tmp_path: Path, check: Checking):
        assert _one(check, _patient(tmp_path)).state is Verdict.SKIPPED


def _alter(folder: Path, *statements: str) -> None:
    with sqlite3.connect(folder / "small.db") as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


class TestJournal:
    def test_an_empty_one_is_skipped(self, patient: Patient):
        assert _one(journal, patient).state is Verdict.SKIPPED

    def test_its_newest_entry_seals_the_newest_snapshot(self, patient: Patient, engine: Engine):
        take(engine, NOW, [saw(USERS, NOW, "a")])
        found = _one(journal, patient)
        assert found.state is Verdict.OK
        assert found.detail == "entry 1 seals snapshot #1, and is not signed"

    @pytest.mark.parametrize(
        ("trigger", "statement"),
        [
            ("guard_coverage_update", "UPDATE coverage SET resources = 7"),
            ("guard_journal_update", "UPDATE journal SET payload = 'x'"),
            ("guard_journal_update", "UPDATE journal SET digest = 'x'"),
            ("guard_journal_delete", "DELETE FROM journal"),
        ],
    )
    def test_a_seal_that_does_not_fit_sends_to_the_whole_check(
        self, patient: Patient, engine: Engine, tmp_path: Path, trigger: str, statement: str
    ):
        take(engine, NOW, [saw(USERS, NOW, "a")])
        _alter(tmp_path, f"DROP TRIGGER {trigger}", statement)
        found = _one(journal, patient)
        assert found.state is Verdict.FAILED
        assert "driftkeeper check" in found.fix


class TestSigningKey:
    def test_one_that_only_its_owner_can_read_is_fine(self, patient: Patient):
        assert _one(signing_key, patient).state is Verdict.OK

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
    def test_one_that_others_can_get_at_is_not(self, patient: Patient, tmp_path: Path, mode: int):
        path = tmp_path / "driftkeeper.key"
        path.chmod(mode)
        found = _one(signing_key, patient)
        assert found.state is Verdict.FAILED
        assert found.fix == f"run `chmod 600 {path}`"

    def test_without_one_nothing_is_signed(self, tmp_path: Path):
        found = _one(signing_key, _patient(tmp_path))
        assert found.state is Verdict.FAILED
        assert "driftkeeper init" in found.fix

    def test_one_that_is_none_is_told(self, tmp_path: Path):
        (tmp_path / "k").write_text("no key")
        found = _one(signing_key, _patient(tmp_path, Config(signing=SigningConfig(key="k"))))
        assert found.state is Verdict.FAILED
        assert "cannot be read" in found.detail


class TestCounts:
    def test_those_that_tie_out_are_counted(self, patient: Patient, engine: Engine):
        take(engine, NOW, [_tied(Tied("keys", 2, 2), Tied("aliases", 0, 0))])
        assert _one(counts, patient).detail == "all 2 of the latest snapshot tie out"

    def test_each_that_does_not_is_told_with_what_is_odd(self, patient: Patient, engine: Engine):
        take(
            engine,
            NOW,
            [_tied(Tied("keys", 2, 3), Tied("names", 1, 1, ("a", "b")), Tied("x", 1, 1))],
        )
        keys, names = counts(patient)
        assert (keys.state, keys.account) == (Verdict.FAILED, KEYS.account)
        assert keys.detail.startswith("keys: 2 ≠ 3")
        assert "only on one side: a, b" in names.detail
        assert "collect again" in names.fix

    def test_without_any_there_is_nothing_to_judge(self, patient: Patient, engine: Engine):
        before = _one(counts, patient)
        take(engine, NOW, [saw(KEYS, NOW, "a")])
        after = _one(counts, replace(patient))
        assert (before.state, after.state) == (Verdict.SKIPPED, Verdict.SKIPPED)
        assert "driftkeeper collect" in before.detail
        assert "driftkeeper collect" not in after.detail

    def test_only_the_latest_snapshot_counts(self, patient: Patient, engine: Engine):
        take(engine, NOW, [_tied(Tied("keys", 2, 3))])
        take(engine, NOW, [_tied(Tied("keys", 3, 3))])
        assert _one(counts, patient).state is Verdict.OK


@pytest.fixture
def entering(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What comes of entering each account: a place, or an error; and what came of its actions."""
    said: dict[str, Any] = {"places": {}, "tried": {}, "unlisted": None, "asked": []}

    def live(_config: Config, wanted: Wanted, known: Any, clock: Any) -> Source:
        said["asked"].append((wanted, list(known)))
        ids = wanted.accounts or tuple(said["places"])
        found = [said["places"][name] for name in ids]
        for one in found:
            if isinstance(one, Exception):
                raise one
        return Source(tuple(found), clock, "live", unlisted=said["unlisted"])

    class Probe:
        """Finds what it is told to."""

        def __init__(self, account: Account, specs: Any, regions: Any, *_: Any) -> None:
            said["probed"] = (account, [spec.name for spec in specs], regions, _[1])
            self.account = account

        def try_all(self, _mapper: Any) -> list[Tried]:
            found = said["tried"].get(self.account.id, [])
            if isinstance(found, Exception):
                raise found
            return [Tried(self.account.id, *one) for one in found]

    monkeypatch.setattr(doctor_accounts, "live", live)
    monkeypatch.setattr(doctor_accounts, "Probe", Probe)
    return said


def _place(name: str = ACCOUNT, **more: Any) -> Place:
    account = Account(name, "aws", f"arn:aws:iam::{name}:user/audit", None)  # type: ignore[arg-type]
    return Place(name, "", account, (REGION,), **more)


def _by_name(found: Diagnosis, account: str = ACCOUNT) -> Mapping[str, Check]:
    return {check.name: check for check in found.checks if check.account == account}


class TestAccounts:
    def test_one_that_allows_everything_is_fine(self, patient: Patient, entering: dict[str, Any]):
        entering["places"] = {ACCOUNT: _place()}
        entering["tried"] = {ACCOUNT: [("kms:ListKeys", State.OK), ("s3:GetX", State.NOT_TRIED)]}
        found = examine(patient)
        checks = _by_name(found)
        assert [*checks] == ["credentials", "regions", "permissions"]
        assert {check.state for check in checks.values()} == {Verdict.OK}
        detail = "of 2 actions: 1 allowed, 1 not tried"
        assert checks["permissions"].detail == detail
        assert (found.exit, found.failed) == (Exit.DONE, ())
        assert len(found.actions) == 2

    @pytest.mark.parametrize(
        ("state", "fix"),
        [
            (State.DENIED, "allow kms:ListKeys to the role"),
            (State.SCP_DENIED, "a service control policy forbids kms:ListKeys"),
            (State.UNREACHABLE, "see why kms:ListKeys could not be tried"),
        ],
    )
    def test_what_is_not_allowed_is_named(
        self, patient: Patient, entering: dict[str, Any], state: State, fix: str
    ):
        entering["places"] = {ACCOUNT: _place()}
        entering["tried"] = {ACCOUNT: [("kms:ListKeys", state), ("kms:DescribeKey", State.OK)]}
        found = examine(patient)
        (failed,) = found.failed
        assert failed.name == "permissions"
        assert failed.fix.startswith(fix)
        assert found.exit is Exit.FAILED

    def test_many_of_one_kind_are_named_in_part(self, patient: Patient, entering: dict[str, Any]):
        entering["places"] = {ACCOUNT: _place()}
        names = ["ListKeys", "DescribeKey", "GetKeyPolicy", "ListAliases", "ListGrants"]
        names += ["ListResourceTags", "GetKeyRotationStatus"]
        entering["tried"] = {ACCOUNT: [(f"kms:{name}", State.DENIED) for name in names]}
        assert "kms:ListGrants and 2 more" in examine(patient).failed[0].fix

    def test_an_action_that_nothing_configured_needs_may_be_denied(
        self, patient: Patient, entering: dict[str, Any]
    ):
        entering["places"] = {ACCOUNT: _place()}
        unneeded = ("cloudtrail:LookupEvents", "iam:ListServiceSpecificCredentials")
        entering["tried"] = {ACCOUNT: [(name, State.DENIED) for name in unneeded]}
        found = examine(patient)
        assert found.exit is Exit.DONE
        assert {one.needed for one in found.actions} == {False}
        also = CollectConfig(also=("iam.service_specific_credential",))
        wider = replace(patient, config=Config(collect=also))
        assert "iam:ListServiceSpecificCredentials" in examine(wider).failed[0].fix

    def test_a_closed_one_hides_no_other(
        self, tmp_path: Path, entering: dict[str, Any], engine: Engine
    ):
        entering["places"] = {
            ACCOUNT: CredentialsError(f"no account can be reached: {ACCOUNT}: no; check them"),
            OTHER: _place(OTHER),
        }
        config = Config(accounts=(AccountConfig(id=ACCOUNT), AccountConfig(id=OTHER)))
        found = examine(_patient(tmp_path, config))
        closed = _by_name(found)["credentials"]
        assert (closed.state, closed.fix) == (Verdict.FAILED, "check them")
        assert _by_name(found, OTHER)["credentials"].state is Verdict.OK
        assert found.exit is Exit.FAILED

    def test_one_of_an_organisation_that_cannot_be_entered_is_told(
        self, patient: Patient, entering: dict[str, Any]
    ):
        why = Unseen(Cause.DENIED, "AccessDenied", "not trusted")
        entering["places"] = {ACCOUNT: Place(ACCOUNT, "", None, (), why=why)}
        found = _by_name(examine(patient))["credentials"]
        assert found.state is Verdict.FAILED
        assert "not trusted" in found.detail
        assert "external id" in found.fix

    def test_one_that_is_excluded_is_skipped(self, patient: Patient, entering: dict[str, Any]):
        entering["places"] = {ACCOUNT: Place(ACCOUNT, "", None, (), why=excluded("a sandbox"))}
        found = examine(patient)
        assert _by_name(found)["credentials"].state is Verdict.SKIPPED
        assert _by_name(found)["credentials"].detail == "a sandbox"
        assert found.exit is Exit.DONE

    def test_an_organisation_that_cannot_be_listed_is_told(
        self, patient: Patient, entering: dict[str, Any]
    ):
        entering["places"] = {ACCOUNT: _place()}
        entering["unlisted"] = Unseen(Cause.DENIED, "AccessDenied", "no")
        (failed,) = examine(patient).failed
        assert failed.name == "organization"

    def test_regions_that_cannot_be_listed_are_told(
        self, patient: Patient, entering: dict[str, Any]
    ):
        why = Unseen(Cause.DENIED, "UnauthorizedOperation", "no")
        entering["places"] = {ACCOUNT: _place(unlisted=why)}
        regions = _by_name(examine(patient))["regions"]
        assert regions.state is Verdict.FAILED
        assert "ec2:DescribeRegions" in regions.fix

    def test_credentials_that_end_meanwhile_stop_nothing_else(
        self, patient: Patient, entering: dict[str, Any]
    ):
        entering["places"] = {ACCOUNT: _place()}
        entering["tried"] = {ACCOUNT: CredentialsError("no AWS credentials found; log in")}
        permissions = _by_name(examine(patient))["permissions"]
        assert (permissions.state, permissions.fix) == (Verdict.FAILED, "log in")

    def test_an_account_that_is_not_configured_is_misused(
        self, tmp_path: Path, entering: dict[str, Any], engine: Engine
    ):
        entering["places"] = {"nope": UsageError("account 'nope' is not configured; known are: x")}
        found = examine(_patient(tmp_path, wanted=Wanted(("nope",))))
        assert found.exit is Exit.USAGE
        assert found.failed[-1].name == "accounts"

    def test_what_lists_an_organisation_is_tried_only_from_where_it_is_listed(
        self, patient: Patient, entering: dict[str, Any]
    ):
        entering["places"] = {ACCOUNT: _place()}
        examine(patient)
        assert "organizations.account" not in entering["probed"][1]
        entering["places"] = {ACCOUNT: _place(organization=True)}
        examine(patient)
        assert entering["probed"][1] == [*evidence_types()]

    def test_actions_are_tried_first_where_the_latest_snapshot_saw_resources(
        self, patient: Patient, engine: Engine, entering: dict[str, Any]
    ):
        there = Scope(ACCOUNT, "eu-north-1", "kms.key")
        take(engine, NOW, [saw(KEYS, NOW, "a"), saw(there, NOW, "a", "b"), saw(USERS, NOW)])
        entering["places"] = {ACCOUNT: _place()}
        examine(patient)
        assert entering["probed"][3] == {"kms.key": ["eu-north-1", KEYS.region]}
        assert {*entering["asked"][0][1]} == {KEYS, there, USERS}


class TestDiagnosis:
    def test_a_wrong_configuration_leaves_the_accounts_alone(
        self, tmp_path: Path, entering: dict[str, Any]
    ):
        found = examine(_patient(tmp_path, Config(collect=CollectConfig(evidence=("x.y",)))))
        assert found.exit is Exit.USAGE
        assert entering["asked"] == []

    def test_the_message_of_an_error_is_cut_before_its_next_step(self):
        found = failure("x", UsageError("a thing: a cause; this; do that"))
        assert (found.detail, found.fix) == ("a thing: a cause; this", "do that")
        assert failure("x", UsageError("just so")).detail == "just so"

    def test_whoever_waits_hears_which_account_is_looked_at(
        self, patient: Patient, entering: dict[str, Any]
    ):
        entering["places"] = {ACCOUNT: _place(), OTHER: _place(OTHER)}
        heard: list[str] = []
        doctor.examine(patient, heard.append)
        assert heard == [ACCOUNT, OTHER]
