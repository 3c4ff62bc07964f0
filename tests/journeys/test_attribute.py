"""Who made the changes of the estate: asked of recorded answers, stored, told, and checked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from driftkeeper.cli.output import counted
from driftkeeper.cli.shapes import actor_json
from driftkeeper.store.database import open_engine, parse_url, reading, writing
from driftkeeper.store.read import ChangeFilter, changes as recorded_changes
from driftkeeper.workflow.attribution import actors
from tests.journeys import estate
from tests.journeys.estate import BASTION, DESKTOP, IRELAND, KEY, PROD, STAGE, TRAIL, VIRGINIA
from tests.journeys.program import Program
from tests.unit.attribute.calls import ALICE, record, role, row

AT = "2026-03-10T12:00:00Z"


def at(day: int, hour: int = 12) -> Any:
    return estate.at(day, hour)


def opened(group: str, port: int, day: int, number: int, **more: Any) -> dict[str, Any]:
    rule = {
        "ipProtocol": "tcp",
        "fromPort": port,
        "toPort": port,
        "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]},
    }
    parameters = {"groupId": group, "ipPermissions": {"items": [rule]}}
    name = more.pop("name", "AuthorizeSecurityGroupIngress")
    return record(name, "ec2", parameters, at=at(day), number=number, **more)


SSO = role("dana@example.com", "aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_1")
IN_IRELAND = [
    opened(BASTION, 22, 2, 1, by=SSO),
    opened(BASTION, 22, 3, 2, name="RevokeSecurityGroupIngress"),
    record(
        "DisableKeyRotation",
        "kms",
        {"keyId": KEY},
        at=at(3),
        number=3,
        by=role(),
        userAgent="APN/1.0 HashiCorp/1.0 Terraform/1.9.0",
    ),
]
IN_VIRGINIA = [
    record("CreateUser", "iam", {"userName": "carol"}, at=at(2), number=4),
    record(
        "DeleteUser", "iam", {"userName": "carol"}, at=at(5), number=5, errorCode="AccessDenied"
    ),
    record("DeleteUser", "iam", {"userName": "carol"}, at=at(5, 13), number=6, by=SSO),
    record("CreateUser", "iam", {"userName": "carol"}, at=at(8), number=7),
    opened(DESKTOP, 3389, 4, 8),
    record("StopLogging", "cloudtrail", {"name": TRAIL}, at=at(4), number=9),
    record("StartLogging", "cloudtrail", {"name": "main"}, at=at(8), number=10, by=ALICE),
]


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """What CloudTrail says of the production account; of the other it has no answers."""
    folder = tmp_path / "events"
    for account in (PROD, STAGE):
        meta = {"account": account, "regions": [IRELAND, VIRGINIA], "taken_at": AT}
        put(folder / account / "meta.json", meta)
    for region, records in ((IRELAND, IN_IRELAND), (VIRGINIA, IN_VIRGINIA)):
        rows = [row(found) for found in records]
        put(folder / PROD / region / "cloudtrail.LookupEvents.json", {"Events": rows})
        put(folder / STAGE / region / "cloudtrail.LookupEvents.json", {"Events": []})
    return folder


def put(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def who(program: Program) -> dict[str, tuple[Any, Any]]:
    """Kind and resource of each change that somebody is named for, with the name and the channel."""
    with reading(open_engine(parse_url(program.db))) as connection:
        found = list(recorded_changes(connection, ChangeFilter()))
        named = actors(connection, found)
    told = {change.id: f"{change.kind} {change.resource.rsplit('/', 1)[-1]}" for change in found}
    bodies = {name: actor_json(actor) for name, actor in named.items()}
    return {
        told[name]: (body["name"], body["channel"])
        for name, body in bodies.items()
        if body is not None and body["name"] is not None
    }


def test_the_log_says_who_and_can_be_narrowed_by_it(changing: Program, answers: Path) -> None:
    changing.json("attribute", "--replay", str(answers), "--at", AT)
    whole = changing.json("changes")["changes"]
    hers = [change for change in whole if change["actor"] == "alice"]

    assert hers
    assert changing.json("changes", "--actor", "al*")["changes"] == hers
    named = [change for change in whole if change["actor"] is not None]
    assert changing.json("changes", "--actor", "*")["changes"] == named, "nobody has no name"
    nameless = f"Nobody is named for {counted(len(whole) - len(named), 'other change')}"
    assert nameless in changing("changes", "--actor", "*").err
    assert all(change["attribution"]["name"] == "alice" for change in hers)
    assert " by alice" in changing("changes", "--actor", "alice").out
    assert changing.json("changes", "--actor", "alice", "--limit", "1")["changes"] == hers[-1:]
    story = changing.json("history", hers[0]["resource"])["changes"]
    assert "alice" in {change["actor"] for change in story}


def test_every_deed_of_the_plot_has_its_doer(changing: Program, answers: Path) -> None:
    ran = changing.json("attribute", "--replay", str(answers), "--at", AT)
    assert ran["schema"] == "attribute/1"
    assert (ran["failures"], ran["attributed"]["ambiguous"]) == ([], 0)
    assert ran["attributed"]["exact"] >= 7
    found = who(changing)
    assert found[f"sg.rule_added {BASTION}"] == ("dana@example.com", "cli")
    assert found[f"sg.public_ingress_added {BASTION}"] == ("dana@example.com", "cli"), (
        "by its cause"
    )
    assert found[f"sg.rule_removed {BASTION}"] == ("alice", "cli")
    assert found[f"sg.rule_added {DESKTOP}"] == ("alice", "cli")
    assert found["iam.user.deleted carol"] == ("dana@example.com", "cli")
    assert found["cloudtrail.logging_stopped main"] == ("alice", "cli")
    assert found["cloudtrail.logging_started main"] == ("alice", "cli")
    assert found[f"kms.rotation_disabled {KEY}"] == (
        f"arn:aws:iam::{PROD}:role/deployer/run-17",
        "iac",
    )
    assert changing("check").code == 0


def test_a_second_run_asks_only_for_what_is_not_known(changing: Program, answers: Path) -> None:
    first = changing.json("attribute", "--replay", str(answers), "--at", AT)
    second = changing.json("attribute", "--replay", str(answers), "--at", AT)
    assert first["digest"] is not None
    assert second["asked"] < first["asked"]
    assert second["attributed"]["exact"] == 0
    assert second["digest"] is None


def test_people_are_told_what_is_known_and_what_is_pending(
    changing: Program, answers: Path
) -> None:
    (answers / PROD / IRELAND / "cloudtrail.LookupEvents.json").unlink()
    ran = changing("attribute", "--replay", str(answers), "--at", AT)
    assert ran.code == 3
    assert "exactly" in ran.out.splitlines()[0]
    assert "pending: they are asked for by the next run" in ran.out
    assert f"not asked: {PROD}/{IRELAND} DisableKeyRotation (NotRecorded)" in ran.out
    assert ran.err == ""


def test_many_failures_are_counted_and_no_more_than_a_few_are_listed(
    changing: Program, answers: Path
) -> None:
    for account in (PROD, STAGE):
        for region in (IRELAND, VIRGINIA):
            (answers / account / region / "cloudtrail.LookupEvents.json").unlink()
    told = changing.json("attribute", "--replay", str(answers), "--at", AT, code=3)
    assert (told["asked"], told["attributed"]["none"]) == (0, 0)
    ran = changing("attribute", "--replay", str(answers), "--at", AT)
    listed = [line for line in ran.out.splitlines() if "not asked:" in line]
    assert len(listed) == min(20, len(told["failures"]))


def test_answers_may_be_recorded_by_operation(changing: Program, answers: Path) -> None:
    folder = answers / PROD / IRELAND
    (folder / "cloudtrail.LookupEvents.json").unlink()
    name = (
        "cloudtrail.LookupEvents~LookupAttributes=%5B%7B%22AttributeKey%22%3A%22EventName%22%2C"
        "%22AttributeValue%22%3A%22DisableKeyRotation%22%7D%5D.json"
    )
    put(folder / name, {"Events": [row(IN_IRELAND[2])]})
    assert changing("attribute", "--replay", str(answers), "--at", AT).code == 3
    found = who(changing)
    assert f"kms.rotation_disabled {KEY}" in found
    assert f"sg.rule_added {BASTION}" not in found


def test_only_what_was_seen_since_then_and_of_one_account(changing: Program, answers: Path) -> None:
    base = ("attribute", "--replay", str(answers), "--at", AT)
    late = changing.json(*base, "--since", "2026-03-09", "--account", PROD)
    assert late["attributed"]["exact"] > 0
    found = who(changing)
    assert "cloudtrail.logging_started main" in found
    assert "cloudtrail.logging_stopped main" not in found
    assert changing.json(*base, "--account", STAGE)["attributed"]["exact"] == 0
    assert changing.json(*base, "--since", "#7")["digest"] is None


def test_a_name_that_was_altered_is_found_by_check(changing: Program, answers: Path) -> None:
    changing("attribute", "--replay", str(answers), "--at", AT)
    with writing(open_engine(parse_url(changing.db))) as connection:
        connection.exec_driver_sql("DROP TRIGGER guard_attribution_update")
        connection.exec_driver_sql("UPDATE attribution SET actor = 'mallory' WHERE actor = 'alice'")
    ran = changing("check")
    assert ran.code == 5
    assert "the attributions of journal entry 8 do not match their seal" in ran.out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--at", AT], "--at goes with --replay"),
        (["--replay", "nowhere"], "is not a folder"),
        (["--replay", "nowhere", "--at", "#1"], "--at #1 names a snapshot"),
        (["--since", "whenever"], "whenever"),
    ],
)
def test_what_makes_no_sense_is_said(
    changing: Program, arguments: list[str], complaint: str
) -> None:
    ran = changing("attribute", *arguments)
    assert ran.code == 2
    assert complaint in ran.complaint


def test_a_database_of_an_older_schema_is_not_touched(tmp_path: Path) -> None:
    ran = Program(f"sqlite:///{tmp_path / 'none.db'}")("attribute", "--replay", "x")
    assert ran.code == 6
