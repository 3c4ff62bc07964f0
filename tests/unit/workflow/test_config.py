"""The configuration file: where it is looked for, and what its keys mean."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from driftkeeper.domain.errors import ConfigError
from driftkeeper.workflow.config import Config, default_database, find, load

ACCOUNT = "111122223333"


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def test_the_current_folder_comes_before_the_users(tmp_path: Path) -> None:
    assert find(None) is None or str(find(None)).startswith("/etc/")
    users = tmp_path / "config" / "driftkeeper" / "driftkeeper.toml"
    users.parent.mkdir(parents=True)
    users.touch()
    assert find(None) == users
    Path("driftkeeper.toml").touch()
    assert find(None) == Path("driftkeeper.toml")


def test_the_given_file_wins_and_must_be_there(tmp_path: Path) -> None:
    Path("driftkeeper.toml").touch()
    given = tmp_path / "given.toml"
    with pytest.raises(ConfigError, match="there is no configuration file"):
        find(given)
    given.touch()
    assert find(given) == given
    with pytest.raises(ConfigError, match="there is no configuration file"):
        find(tmp_path)


def test_without_a_file_everything_has_a_default() -> None:
    config = load(None)
    assert config == Config()
    assert config.carry == timedelta(hours=36)
    assert str(config.calendar.zone) == "UTC"
    assert config.calendar.fiscal_start == 1
    assert default_database().endswith("/data/driftkeeper/driftkeeper.db")


def test_every_key_is_read(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        f"""
        [store]
        url = "postgresql://audit@db/evidence"
        [collect]
        regions = ["eu-west-1"]
        evidence = ["iam.user"]
        workers = 4
        scope_seconds = 60
        [period]
        timezone = "Europe/Berlin"
        fiscal_year_start = 10
        carry_hours = 48
        [signing]
        key = "own.key"
        [[accounts]]
        id = "{ACCOUNT}"
        name = "prod"
        role_arn = "arn:aws-us-gov:iam::{ACCOUNT}:role/path/audit"
        external_id = "x"
        regions = ["us-east-1"]
        """,
        encoding="utf-8",
    )
    config = load(path)
    assert config.collect.regions == ("eu-west-1",)
    assert config.collect.workers == 4
    assert config.calendar.fiscal_start == 10
    assert config.carry == timedelta(days=2)
    (account,) = config.accounts
    assert (account.name, account.regions, account.external_id) == ("prod", ("us-east-1",), "x")


def test_names_and_ids_both_mean_the_account(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(f"[[accounts]]\nid = '{ACCOUNT}'\nname = 'prod'", encoding="utf-8")
    config = load(path)
    assert config.account_ids(["prod", ACCOUNT, "other"]) == (ACCOUNT, ACCOUNT, "other")


def test_the_digest_is_of_what_is_said_not_of_how(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text("# nothing\n[period]\ncarry_hours = 36\n", encoding="utf-8")
    assert load(path).digest == Config().digest
    path.write_text("[period]\ncarry_hours = 37\n", encoding="utf-8")
    assert load(path).digest != Config().digest
