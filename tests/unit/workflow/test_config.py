"""The configuration file: where it is looked for, and what its keys mean."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from driftkeeper.domain.errors import ConfigError
from driftkeeper.workflow.config import TEMPLATE, Config, default_database, find, load

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


ORGANIZATION = f"""
[organization]
profile = "management"
role = "audit/driftkeeper"
external_id = "long"
units = ["ou-ab12-34cd56ef", "r-ab12"]
tags = {{ env = "prod" }}
[[organization.exclude]]
id = "{ACCOUNT}"
reason = "sandbox"
[collect]
also = ["ec2.vpc"]
[[collect.exclude]]
region = "ap-south-1"
reason = "holds nothing"
"""


def _refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path)
    return str(caught.value).removeprefix(f"{path}: ")


def test_an_organisation_is_read_with_its_exclusions_and_their_reasons(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(ORGANIZATION, encoding="utf-8")
    config = load(path)
    assert config.organization is not None
    assert config.organization.units == ("ou-ab12-34cd56ef", "r-ab12")
    assert config.organization.tags == {"env": "prod"}
    assert config.excluded_accounts == {ACCOUNT: "sandbox"}
    assert config.excluded_regions == {"ap-south-1": "holds nothing"}


def test_what_accounts_are_chosen_by_is_read_as_evidence(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(ORGANIZATION, encoding="utf-8")
    assert load(path).also == ("ec2.vpc", "organizations.unit", "organizations.account_tags")
    path.write_text('[organization]\nrole = "driftkeeper"', encoding="utf-8")
    assert load(path).also == Config().also == ()


def test_the_template_is_a_configuration_also_without_its_comment_signs(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(TEMPLATE, encoding="utf-8")
    assert load(path) == Config()
    keys = re.compile(r"^# (?=\[|[a-z_]+ = )(?!url = \"sqlite)", re.MULTILINE)
    path.write_text(keys.sub("", TEMPLATE), encoding="utf-8")
    config = load(path)
    assert config.organization is not None
    assert config.excluded_accounts
    assert config.excluded_regions
    assert config.accounts


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[organization]", "organization.role: it is required"),
        (
            '[organization]\nrole = "arn:aws:iam::1:role/x"',
            (
                "organization.role: 'arn:aws:iam::1:role/x' does not fit; write the name of a role"
                " without its account, like driftkeeper or audit/driftkeeper"
            ),
        ),
        (
            '[organization]\nrole = "x"\nunits = ["prod"]',
            (
                "organization.units entry 1: 'prod' does not fit;"
                " write the id of a root or of a unit, like ou-ab12-34cd56ef"
            ),
        ),
        (
            '[organization]\nrole = "x"\ntags = ["prod"]',
            'organization.tags: write a table, like { env = "prod" }',
        ),
        (
            f'[organization]\nrole = "x"\n[[organization.exclude]]\nid = "{ACCOUNT}"',
            "organization.exclude entry 1.reason: it is required",
        ),
        (
            f'[organization]\nrole = "x"\n[[organization.exclude]]\nid = "{ACCOUNT}"\nreason = " "',
            "organization.exclude entry 1.reason: ' ' does not fit; write why it is not read",
        ),
        (
            f'[organization]\nrole = "x"\nexclude = "{ACCOUNT}"',
            (
                "organization.exclude: write each one below a line of its own that says"
                " [[organization.exclude]]"
            ),
        ),
        (
            '[[collect.exclude]]\nregion = "eu-west-1"\nreasons = "x"',
            "collect.exclude entry 1.reason: it is required",
        ),
        (
            '[[collect.exclude]]\nregion = "eu-west-1"\nreason = "x"\nwhy = "y"',
            "collect.exclude entry 1.why: unknown key; known here: region, reason",
        ),
        (
            (
                '[[collect.exclude]]\nregion = "a"\nreason = "x"\n'
                '[[collect.exclude]]\nregion = "a"\nreason = "y"'
            ),
            "collect: region a is in exclude twice; keep one of the two reasons",
        ),
        (
            '[collect]\nregions = ["a"]\n[[collect.exclude]]\nregion = "a"\nreason = "x"',
            "region a is named by regions and by [[collect.exclude]]; take it out of one of them",
        ),
        (
            (
                f'[[accounts]]\nid = "{ACCOUNT}"\n[organization]\nrole = "x"\n'
                f'[[organization.exclude]]\nid = "{ACCOUNT}"\nreason = "x"'
            ),
            (
                f"account {ACCOUNT} is named by [[accounts]] and by [[organization.exclude]];"
                " take it out of one of them"
            ),
        ),
    ],
)
def test_what_makes_no_sense_is_told_with_what_to_write(
    tmp_path: Path, text: str, says: str
) -> None:
    assert _refused(tmp_path, text) == says
