"""The contract with scripts: the keys of every JSON document, the streams, the exit codes.

Keys may be added, so a document must hold at least these, and each with a value of its type.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sqlite3
import tomllib
from pathlib import Path
from typing import Any

import pytest

from driftkeeper.workflow import config
from driftkeeper.workflow.config_accounts import AccountConfig, OrganizationConfig
from tests.journeys import estate
from tests.journeys.conftest import collect_all
from tests.journeys.estate import BASTION, DESKTOP, IRELAND, PROD, STAGE, VIRGINIA
from tests.journeys.program import Program, Ran

TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")
DIGEST = re.compile(r"[0-9a-f]{64}")

CHANGE = {
    "id": str,
    "kind": str,
    "direction": str,
    "severity": str,
    "criteria": list,
    "account": str,
    "region": str,
    "evidence": str,
    "resource": str,
    "path": str,
    "before": object,
    "after": object,
    "not_before": TIME,
    "not_after": TIME,
    "snapshot": int,
    "previous_snapshot": (int, None),
    "says": str,
    "caused_by": (str, None),
    "tool_upgrade": bool,
    "actor": (str, None),
    "reviewed": (object, None),
}
SCOPE = {"account": str, "region": str, "evidence": str}
RESOURCE = {**SCOPE, "resource": str, "first_seen": TIME, "body": dict, "observed": dict}
COUNTS = {"complete": int, "partial": int, "missed": int}
MISS = {**SCOPE, "cause": str, "code": str, "message": str}
UNSEEN = {**SCOPE, "resource": (str, None), "detail": str, "cause": str}
CHECK = {"name": str, "ok": bool, "detail": str}
FACT = {
    "fact": str,
    "version": int,
    "row": (dict, None),
    "unknown": ({**SCOPE, "resource": (str, None), "detail": (str, None)}, None),
}

DOCUMENTS: dict[str, dict[str, Any]] = {
    "snapshots": {
        "snapshots": [
            {
                "number": int,
                "taken_at": TIME,
                "status": str,
                "coverage": COUNTS,
                "changes": int,
                "digest": DIGEST,
            }
        ]
    },
    "coverage": {
        "percent": float,
        "items": [{"item": int, "title": str, "scopes": int, "expected": int, **COUNTS}],
        "scopes": [
            {
                **SCOPE,
                "expected": int,
                **COUNTS,
                "percent": float,
                "gaps": [{"from": TIME, "until": TIME, "causes": [str]}],
                "unseen": [],
            }
        ],
    },
    "resources": {"resources": [RESOURCE], "out_of_sight": [SCOPE], "unseen_details": []},
    "resources --at #3": {"resources": [RESOURCE], "unseen_details": [UNSEEN]},
    "resources --evidence ec2.exposure": {
        "resources": [{**RESOURCE, "body": (dict, None)}],
        "out_of_sight": [SCOPE],
    },
    f"show {BASTION}": {
        **RESOURCE,
        "facts": [FACT],
        "last_seen": TIME,
        "coverage_at": {"taken_at": TIME, "outcome": str},
        "misses": [],
    },
    f"history {BASTION}": {
        "versions": [
            {
                "from": TIME,
                "until": (TIME, None),
                "last_seen": (TIME, None),
                "digest": DIGEST,
                "tombstone": bool,
            }
        ],
        "changes": [CHANGE],
    },
    "changes": {
        "interval": {"from": TIME, "until": TIME},
        "coverage_percent": float,
        "gaps": [{**SCOPE, "from": TIME, "until": TIME, "causes": [str]}],
        "out_of_sight": [{**SCOPE, "last_seen": (TIME, None)}],
        "changes": [CHANGE],
    },
    "diff first latest": {"changes": [CHANGE], "stale": [SCOPE], "unseen_details": []},
    "diff #2 #3": {"unseen_details_from": [], "unseen_details": [UNSEEN]},
    "diff first latest --gross": {"changes": [CHANGE]},
    "catalog evidence": {"evidence": [{"name": str, "title": str, "actions": [str]}]},
    "catalog facts": {
        "facts": [{"name": str, "title": str, "of": [str], "reads": [str], "across": list}]
    },
    "catalog kinds": {
        "kinds": [{"name": str, "direction": str, "severity": str, "criteria": [str]}]
    },
    "catalog iam-policy": {"Version": str, "Statement": [{"Effect": str, "Action": [str]}]},
    "check": {"ok": bool, "checks": [CHECK], "damage": [], "hints": [str]},
    "db current": {"revision": str, "expected": str},
}


def fits(value: Any, shape: Any, at: str = "$") -> None:
    """Assert that a JSON value has at least the keys of a shape, with values of its types."""
    match shape:
        case tuple() as choices:
            if not (value is None and None in choices):
                fits(value, choices[0], at)
        case dict():
            assert isinstance(value, dict), at
            missing = shape.keys() - value.keys()
            assert not missing, f"{at} lacks {missing}"
            for name, inner in shape.items():
                fits(value[name], inner, f"{at}.{name}")
        case list():
            assert isinstance(value, list), at
            assert value or not shape, f"{at} is empty"
            for number, item in enumerate(value):
                if shape:
                    fits(item, shape[0], f"{at}[{number}]")
        case re.Pattern():
            assert isinstance(value, str), at
            assert shape.fullmatch(value), f"{at}: {value}"
        case _:
            assert isinstance(value, shape), f"{at}: {value!r}"


@pytest.mark.parametrize("command", DOCUMENTS)
def test_each_document_names_its_schema_and_holds_the_promised_keys(
    asking: Program, command: str
) -> None:
    ran = asking(*command.split(), "--json")
    assert ran.code == 0, ran.err
    words = [word for word in command.split() if not word.startswith("--")]
    name = "-".join(words if words[0] in ("catalog", "db") else words[:1])
    assert ran.document["schema"] == f"{name}/1"
    shape = DOCUMENTS[command]
    if command == "coverage":
        # Most scopes have gaps here, but a scope need not have any.
        assert all(scope["gaps"] for scope in ran.document["scopes"])
    if command.startswith("history"):
        # The present version has no digest only where the resource is gone.
        assert all(
            (version["digest"] is None) == version["tombstone"]
            for version in ran.document["versions"]
        )
    fits(ran.document, shape)


@pytest.mark.parametrize("command", [*DOCUMENTS, "db upgrade"])
def test_json_is_the_only_thing_on_stdout(changing: Program, command: str) -> None:
    before, after = changing("--json", *command.split()), changing(*command.split(), "--json")
    assert before.out.startswith("{\n")
    assert before.document == after.document, "--json means the same before and after the command"


def test_a_collection_says_what_it_did(fresh: Program, recordings: Path) -> None:
    first = fresh.json("collect", "--replay", str(recordings / "02"))
    fits(
        first,
        {
            "snapshot": {
                "number": int,
                "taken_at": TIME,
                "finished_at": TIME,
                "status": str,
                "tool_version": str,
                "caller": str,
            },
            "coverage": COUNTS,
            "misses": [],
            "changes": dict.fromkeys(
                ("total", "weakened", "strengthened", "neutral", "activity"), int
            )
            | {"by_kind": dict},
            "api_calls": int,
            "resources": int,
        },
    )
    assert first["schema"] == "collect/1"
    assert first["snapshot"]["number"] == 1
    assert first["snapshot"]["taken_at"] == "2026-03-02T06:00:00Z"
    assert first["snapshot"]["status"] == "complete"
    assert first["coverage"] == {"complete": 15, "partial": 0, "missed": 0}
    assert first["changes"]["by_kind"] == {"collection.baseline_established": 15}
    assert first["resources"] == 15
    assert first["api_calls"] > 15


def test_a_collection_with_misses_is_partial_names_each_and_exits_with_3(
    fresh: Program, recordings: Path
) -> None:
    fresh("collect", "--replay", str(recordings / "03"))
    document = fresh.json("collect", "--replay", str(recordings / "04"), code=3)
    assert document["snapshot"]["status"] == "partial"
    assert document["coverage"] == {"complete": 13, "partial": 1, "missed": 1}
    key, group = document["misses"]
    fits(key, {**MISS, "resource": str, "detail": str})
    assert key["detail"] == "Rotation"
    assert key["code"] == "AccessDeniedException"
    fits(group, MISS)
    assert "resource" not in group, "a scope that was missed as a whole names no resource"
    assert (group["account"], group["region"]) == (PROD, VIRGINIA)
    assert group["evidence"] == "ec2.security_group"
    assert (group["cause"], group["code"]) == ("denied", "UnauthorizedOperation")


def test_a_plan_is_printed_and_nothing_is_stored(fresh: Program, recordings: Path) -> None:
    answers = ("collect", "--replay", str(recordings / "02"), "--dry-run")
    plan = fresh.json(*answers)
    fits(plan, {"schema": str, "scopes": [{**SCOPE, "calls": int}], "calls_at_least": int})
    assert len(plan["scopes"]) == 15
    assert plan["calls_at_least"] == sum(scope["calls"] for scope in plan["scopes"])
    text = fresh(*answers)
    assert "15 scopes, at least" in text.out
    assert fresh.json("snapshots")["snapshots"] == []


def test_what_init_did_is_told(tmp_path: Path) -> None:
    program = Program(f"sqlite:///{tmp_path / 'made' / 'x.db'}")
    path = tmp_path / "driftkeeper.toml"
    first = program.json("--config", str(path), "init")
    fits(
        first,
        {
            "config": {"path": str, "created": bool},
            "database": {"url": str, "revision": str},
            "key": {"path": str, "created": bool},
        },
    )
    assert first["config"]["created"]
    assert first["key"]["created"]
    again = program.json("--config", str(path), "init")
    assert not again["config"]["created"]
    assert not again["key"]["created"]


def test_init_makes_private_files_and_overwrites_nothing(tmp_path: Path) -> None:
    program = Program(f"sqlite:///{tmp_path / 'data' / 'x.db'}")
    path = tmp_path / "conf" / "driftkeeper.toml"
    assert program("init", "--config", str(path)).code == 0
    made = [path, path.with_name("driftkeeper.key"), tmp_path / "data" / "x.db"]
    assert [oct(file.stat().st_mode & 0o777) for file in made] == ["0o600"] * 3
    path.write_text("# mine\n", encoding="utf-8")
    before = [file.read_bytes() for file in made]
    ran = program("init", "--config", str(path))
    assert ran.code == 0
    assert ran.out.count("kept as it is") == 2
    assert [file.read_bytes() for file in made] == before


def test_what_init_writes_is_a_valid_configuration_with_every_key(tmp_path: Path) -> None:
    program = Program(f"sqlite:///{tmp_path / 'x.db'}")
    path = tmp_path / "driftkeeper.toml"
    program("init", "--config", str(path))
    assert config.load(path) == config.Config(), "as written, everything is the default"
    text = path.read_text(encoding="utf-8")
    uncommented = re.sub(r"(?m)^# (?=\[|\w+ = )", "", text).replace(
        'url = "postgresql://collector@db.example.com/driftkeeper"\n', ""
    )
    path.write_text(uncommented, encoding="utf-8")
    config.load(path)
    written = tomllib.loads(uncommented)
    assert written["collect"].keys() == config.CollectConfig.model_fields.keys()
    assert written["period"].keys() == config.PeriodConfig.model_fields.keys()
    assert written["accounts"][0].keys() == AccountConfig.model_fields.keys()
    assert written["organization"].keys() == OrganizationConfig.model_fields.keys()


def test_messages_go_to_stderr_and_quiet_silences_them(asking: Program) -> None:
    loud, quiet = asking("resources"), asking("resources", "--quiet")
    assert loud.out == quiet.out
    assert "17 resources as of snapshot #7" in loud.err
    assert f"{PROD}/{VIRGINIA}/ec2.security_group was out of sight" in loud.err
    assert quiet.err == ""


def test_verbose_says_which_database_and_configuration_are_in_force(asking: Program) -> None:
    ran = asking("-v", "snapshots")
    assert ran.code == 0
    assert f"database: {asking.db.removeprefix('sqlite:///')}" in ran.err
    assert "configuration: none" in ran.err


def test_json_lines_are_the_same_objects_as_in_the_document(asking: Program) -> None:
    for command in ("changes", "resources"):
        document, lines = asking.json(command), asking(command, "--jsonl")
        assert [json.loads(line) for line in lines.out.splitlines()] == document[command]


def test_csv_is_rfc_4180_with_the_keys_as_header(asking: Program) -> None:
    for command in ("changes", "resources"):
        objects = asking.json(command)[command]
        text = asking(command, "--csv").out
        assert text.count("\r\n") == text.count("\n") == len(objects) + 1
        header, *rows = csv.reader(io.StringIO(text, newline=""))
        assert header == list(objects[0])
        assert [row[header.index("resource")] for row in rows] == [o["resource"] for o in objects]


def test_the_interval_is_printed_in_every_format(asking: Program) -> None:
    interval = "2026-03-03 to 2026-03-04 (2 days, UTC)"
    period = ("changes", "--period", "2026-03-03..2026-03-04")
    assert f"7 changes from {interval}" in asking(*period).out
    assert f"7 changes from {interval}" in asking(*period, "--jsonl").err
    assert f"7 changes from {interval}" in asking(*period, "--csv").err
    assert asking.json(*period)["interval"] == {
        "from": "2026-03-03T00:00:00Z",
        "until": "2026-03-05T00:00:00Z",
    }


def _named(recordings: Path, folder: Path, name: str) -> Path:
    shutil.copytree(recordings / "02", folder)
    path = folder / STAGE / IRELAND / "ec2.DescribeSecurityGroups.json"
    answer = json.loads(path.read_text(encoding="utf-8"))
    answer["SecurityGroups"][0]["GroupName"] = name
    path.write_text(json.dumps(answer), encoding="utf-8")
    return folder


def test_no_csv_cell_is_a_formula(fresh: Program, recordings: Path, tmp_path: Path) -> None:
    name = '=HYPERLINK("http://example.com")'
    fresh("collect", "--replay", str(recordings / "02"))
    fresh("collect", "--replay", str(_named(recordings, tmp_path / "in", name)))
    text = fresh("changes", "--csv", "--resource", "sg-0e5f4d3c2b1a09876").out
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    renamed = next(row for row in rows if row["path"] == "GroupName")
    assert renamed["after"] == f"'{name}"
    assert renamed["before"] == "default"


def test_what_aws_answers_cannot_steer_the_terminal(
    fresh: Program, recordings: Path, tmp_path: Path
) -> None:
    evil = "\x1b[2Jgone\x9b31m\u202eexe\ninjected line"
    fresh("collect", "--replay", str(recordings / "02"))
    fresh("collect", "--replay", str(_named(recordings, tmp_path / "in", evil)))
    history = "history sg-0e5f4d3c2b1a09876"
    commands = ("changes", "changes -v", "diff first", "show sg-0e5f4d3c2b1a09876", history)
    for command in (*commands, "changes --jsonl"):
        ran = fresh(*command.split())
        assert ran.code == 0
        assert not set(ran.out) & {"\x1b", "\x9b", "\u202e"}, command
        assert "\ninjected" not in ran.out, command
    lines = fresh("changes", "--jsonl", "--resource", "sg-0e5f4d3c2b1a09876").out.splitlines()
    assert evil in [json.loads(line)["after"] for line in lines], "data stay what they are"


def test_a_store_without_snapshots_lists_none(fresh: Program) -> None:
    assert fresh.json("snapshots") == {"schema": "snapshots/1", "snapshots": []}
    assert "There is no snapshot yet" in fresh("snapshots").out


def test_the_schema_is_told_and_exits_with_6_where_it_differs(tmp_path: Path) -> None:
    program = Program(f"sqlite:///{tmp_path / 'x.db'}")
    absent = program.json("db", "current", code=6)
    assert absent["revision"] is None
    made = program.json("db", "upgrade")
    assert made["revision"] == absent["expected"]
    assert program.json("db", "current")["revision"] == absent["expected"]


def test_damage_exits_with_5_and_is_named(changing: Program) -> None:
    with sqlite3.connect(changing.db.removeprefix("sqlite:///")) as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'change'"
        ).fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE change SET says = 'nothing happened' WHERE snapshot = 2")
    connection.close()
    ran = changing("check", "--json")
    assert ran.code == 5
    assert not ran.document["ok"]
    assert any("2" in line for line in ran.document["damage"])
    text = changing("check")
    assert text.code == 5
    assert "DAMAGED" in text.out


def test_the_policy_is_the_same_in_every_form(asking: Program) -> None:
    bare = json.loads(asking("catalog", "iam-policy").out)
    actions = {name for statement in bare["Statement"] for name in statement["Action"]}
    declared = asking.json("catalog", "evidence")["evidence"]
    # What reads the data in a bucket is granted by hand, for that bucket alone.
    by_hand = {"cloudtrail.digest"}
    read = [
        spec for spec in declared if spec["reach"] != "organization" and spec["name"] not in by_hand
    ]
    assert actions >= {action for spec in read for action in spec["actions"]}
    assert not any(word in name for name in actions for word in ("Delete", "Put", "Create"))
    template = json.loads(asking("catalog", "iam-policy", "--format", "cloudformation").out)
    made = {resource["Type"]: resource for resource in template["Resources"].values()}
    resource = made["AWS::IAM::ManagedPolicy"]
    assert resource["Properties"]["PolicyDocument"] == bare
    terraform = asking("catalog", "iam-policy", "--format", "terraform").out
    assert terraform.startswith('resource "aws_iam_policy" "driftkeeper" {')
    inside = terraform.split("jsonencode(", 1)[1].split(")\n", 1)[0]
    assert json.loads(inside) == bare
    assert asking.json("catalog", "iam-policy", "--format", "terraform")["text"] + "\n" == terraform


def test_people_get_each_thing_too(asking: Program) -> None:
    expected = {
        "snapshots": "#7      2026-03-10 06:00  partial",
        "coverage": "Coverage from 2026-03-02 06:00 to 2026-03-10 06:01 (UTC): 75.5%",
        "resources": "FIRST SEEN",
        "resources --evidence ec2.exposure": "CONCLUDED",
        f"show {DESKTOP}": "out of sight at 2026-03-10 06:00 UTC (denied): as last seen",
        "history trail/main": "2026-03-09 06:00 UTC  #6\n  cloudtrail.trail: another version (",
        "changes --kind kms.rotation_disabled": "1 change from",
        "diff first": "5 net changes from #1 (2026-03-02 06:00) to #7",
        "check": "7 entries",
        "catalog evidence": "ec2.security_group",
        "catalog facts": "ec2.exposure",
        "catalog kinds": "s3.account_public_access_block_strengthened",
        "db current": "is at schema",
    }
    for command, text in expected.items():
        ran = asking(*command.split())
        assert ran.code == 0, ran.err
        assert text in ran.out, command
        assert "\x1b" not in ran.out, "no colours in a pipe"


def _ids(ran: Ran) -> list[str]:
    return [change["id"] for change in ran.document["changes"]]


@pytest.mark.slow
def test_collecting_the_same_days_again_gives_the_same_changes(
    asking: Program, tmp_path: Path, recordings: Path
) -> None:
    again = Program(f"sqlite:///{tmp_path / 'again.db'}")
    collect_all(again, recordings)
    assert _ids(asking("changes", "--json")) == _ids(again("changes", "--json"))
    assert len(set(_ids(again("changes", "--json")))) == 35


def test_a_day_collected_twice_adds_a_snapshot_and_no_change(
    changing: Program, recordings: Path
) -> None:
    before = _ids(changing("changes", "--json"))
    day = ("collect", "--replay", str(recordings / "10"), "--at", estate.text(estate.at(10, 9)))
    document = changing.json(*day, code=3)
    assert document["snapshot"]["number"] == 8
    assert document["changes"]["total"] == 0
    assert _ids(changing("changes", "--json")) == before


def test_coverage_lists_the_items_and_every_scope_when_asked_to(asking: Program) -> None:
    out = asking("coverage").out
    rows = [line.split() for line in out.splitlines()]
    assert [row[0] for row in rows if row[7:] and row[0].isdigit() and len(row[0]) < 3] == [
        *("1", "2", "6", "8", "9", "10")
    ]
    assert f"{PROD}  {VIRGINIA}  ec2.security_group" in re.sub(" +", "  ", out)
    assert f"{STAGE}  aws-global  s3.account_pab" not in re.sub(" +", "  ", out)
    whole = asking("coverage", "--scopes").out
    assert f"{STAGE}  aws-global  s3.account_pab" in re.sub(" +", "  ", whole)
