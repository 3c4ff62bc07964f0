"""`doctor` from the command line: what people and scripts get, and that it changes nothing."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from driftkeeper.collect.account import Account, enter_recorded
from driftkeeper.collect.recording import open_recording
from driftkeeper.domain.clock import FixedClock
from tests.aws import HOME
from tests.faults import healthy
from tests.journeys.program import Program

NOW = datetime(2026, 7, 1, tzinfo=UTC)
REGIONS = {"Regions": [{"RegionName": healthy.REGION, "OptInStatus": "opted-in"}]}


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """The answers of a healthy account, also to what only a doctor asks."""
    folder = tmp_path / "recording"
    healthy.write(folder)
    _answer(folder, HOME, "ec2.DescribeRegions", REGIONS)
    _answer(folder, HOME, "cloudtrail.LookupEvents", {"Events": []})
    meta = {"regions": [healthy.REGION], "taken_at": NOW.isoformat()}
    (folder / healthy.ACCOUNT / "meta.json").write_text(json.dumps(meta))
    return folder


def _answer(folder: Path, region: str, name: str, answer: dict[str, Any]) -> None:
    place = folder / healthy.ACCOUNT / region
    place.mkdir(exist_ok=True)
    for path in place.glob(f"{name}~*"):
        path.unlink()
    (place / f"{name}.json").write_text(json.dumps(answer))


def _deny(folder: Path, region: str, name: str, message: str = "not authorized") -> None:
    error = {"Code": "AccessDenied", "Message": message}
    answer = {"Error": error, "ResponseMetadata": {"HTTPStatusCode": 403}}
    _answer(folder, region, name, answer)


@pytest.fixture
def program(tmp_path: Path, recording: Path) -> Iterator[Program]:
    """The program where everything is in place, and in the account of the recording."""

    def enter(*_: object) -> Account:
        return enter_recorded(open_recording(recording, None), healthy.ACCOUNT, "test")

    config = tmp_path / "driftkeeper.toml"
    made = Program(f"sqlite:///{tmp_path / 'x.db'}", NOW, {"XDG_CONFIG_HOME": str(tmp_path)})
    assert made("--config", str(config), "init").code == 0
    (tmp_path / "driftkeeper").mkdir()
    (tmp_path / "driftkeeper" / "driftkeeper.toml").symlink_to(config)
    key = tmp_path / "driftkeeper.key"
    config.write_text(f'[signing]\nkey = "{key}"\n')
    with (
        mock.patch("driftkeeper.workflow.sources.enter", enter),
        mock.patch("driftkeeper.cli.doctor.SystemClock", return_value=FixedClock(NOW)),
    ):
        yield made


def _collect(program: Program, recording: Path) -> None:
    ran = program("collect", "--replay", str(recording))
    assert ran.code == 0, ran.err


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines()]


def test_where_everything_is_in_place_there_is_nothing_to_fix(
    program: Program, recording: Path
) -> None:
    _collect(program, recording)
    ran = program("doctor")
    assert ran.code == 0, ran.out + ran.err
    lines = _lines(ran.out)
    assert [line.split("  ")[0] for line in lines[:5]] == [
        "configuration",
        "database",
        "journal",
        "signing key",
        "counts",
    ]
    assert lines[5:7] == ["", f"account {healthy.ACCOUNT}"]
    (permissions,) = (line for line in lines if line.startswith("permissions"))
    assert permissions.endswith("of 70 actions: 70 allowed")
    assert lines[-1] == "Nothing to fix."
    assert "entry 1 seals snapshot #1, and is signed" in ran.out


def test_a_script_gets_every_check_and_every_action(program: Program, recording: Path) -> None:
    _collect(program, recording)
    document = program.json("doctor")
    assert document["schema"] == "doctor/1"
    assert document["ok"] is True
    assert {*document["checks"][0]} == {"name", "account", "state", "detail", "fix"}
    assert {check["state"] for check in document["checks"]} == {"ok"}
    assert {check["fix"] for check in document["checks"]} == {None}
    assert len(document["actions"]) == 70
    assert {*document["actions"][0]} == {
        "account",
        "action",
        "state",
        "code",
        "message",
        "needed",
    }
    assert {action["state"] for action in document["actions"]} == {"ok"}


def test_a_missing_permission_is_named_with_what_to_do(program: Program, recording: Path) -> None:
    _deny(recording, healthy.REGION, "kms.GetKeyPolicy")
    ran = program("doctor")
    assert ran.code == 1
    assert "allow kms:GetKeyPolicy to the role: `driftkeeper catalog iam-policy`" in ran.out
    assert "    denied: kms:GetKeyPolicy: AccessDenied: not authorized" in _lines(ran.out)
    assert _lines(ran.out)[-1] == "1 thing to fix"
    document = program.json("doctor", code=1)
    assert document["ok"] is False
    (denied,) = (each for each in document["actions"] if each["state"] != "ok")
    assert denied == {
        "account": healthy.ACCOUNT,
        "action": "kms:GetKeyPolicy",
        "state": "denied",
        "code": "AccessDenied",
        "message": "not authorized",
        "needed": True,
    }


def test_a_service_control_policy_is_told_apart(program: Program, recording: Path) -> None:
    message = "not authorized with an explicit deny in a service control policy"
    _deny(recording, healthy.REGION, "kms.ListKeys", message)
    ran = program("doctor")
    assert ran.code == 1
    assert "a service control policy forbids kms:ListKeys" in ran.out
    assert "    denied by SCP: kms:ListKeys: AccessDenied" in ran.out
    assert re.search(
        r"    not tried \(\d\), it takes kms:ListKeys to find something .*: kms:DescribeKey,",
        ran.out,
    )


def test_what_nothing_needs_is_told_and_need_not_be_fixed(
    program: Program, recording: Path
) -> None:
    _deny(recording, HOME, "cloudtrail.LookupEvents")
    ran = program("doctor")
    assert ran.code == 0
    assert "denied: cloudtrail:LookupEvents (nothing configured needs it)" in ran.out


def test_before_the_first_snapshot_there_is_nothing_to_judge_it_by(program: Program) -> None:
    document = program.json("doctor")
    states = {check["name"]: check["state"] for check in document["checks"]}
    assert (states["journal"], states["counts"]) == ("skipped", "skipped")
    assert document["ok"] is True


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[collect]\nregions = 7\n", "collect.regions"),
        ("[nonsense]\n", "nonsense"),
        ('[collect]\nevidence = ["iam.usr"]\n', "iam.usr"),
    ],
)
def test_a_wrong_configuration_is_told_and_no_account_is_entered(
    program: Program, tmp_path: Path, text: str, word: str
) -> None:
    (tmp_path / "driftkeeper.toml").write_text(text)
    document = program.json("doctor", code=2)
    assert document["ok"] is False
    check = document["checks"][0]
    assert (check["name"], check["state"]) == ("configuration", "failed")
    assert word in check["detail"] + str(check["fix"])
    assert document["actions"] == []
    assert not any(each["account"] for each in document["checks"])


def test_one_action_region_and_account_can_be_asked_for(program: Program) -> None:
    ran = program("doctor", "--account", healthy.ACCOUNT, "--region", healthy.REGION)
    assert ran.code == 0, ran.out
    assert program("doctor", "--account", "nobody").code == 2
    assert program("doctor", "--region", "eu-wset-1").code == 2


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "driftkeeper.key").chmod(0o644),
        lambda folder: (folder / "driftkeeper.key").unlink(),
        lambda folder: (folder / "x.db").unlink(),
    ],
    ids=["a key that others can read", "no key", "no database"],
)
def test_what_is_wrong_on_the_machine_hides_nothing_in_the_account(
    program: Program, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(tmp_path)
    document = program.json("doctor", code=1)
    failed = [check for check in document["checks"] if check["state"] == "failed"]
    assert len(failed) == 1
    assert failed[0]["fix"]
    assert len(document["actions"]) == 70


def test_it_changes_nothing(program: Program, recording: Path, tmp_path: Path) -> None:
    _collect(program, recording)
    before = _digests(tmp_path)
    program("doctor")
    assert _digests(tmp_path) == before


def _digests(folder: Path) -> dict[str, str]:
    return {
        os.path.relpath(path, folder): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }
