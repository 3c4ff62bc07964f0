"""The demo's quarter, from its recorded answers to its story, against what its plot says is true.

`truth.json` was written by the plot and not by the program. What the program tells must equal it: nothing
missing, nothing besides.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import shlex
import stat
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from driftkeeper.collect.account import enter_recorded
from driftkeeper.collect.catalog import chosen, evidence_types
from driftkeeper.collect.recording import file_name, open_recording, story_days, story_moments
from driftkeeper.domain.clock import FixedClock
from driftkeeper.domain.errors import UsageError
from driftkeeper.domain.types import Direction
from driftkeeper.store.database import open_engine, parse_url, reading
from driftkeeper.store.schema import upgrade
from driftkeeper.workflow import demo
from driftkeeper.workflow.config import Config, load
from driftkeeper.workflow.sources import Wanted, recorded
from driftkeeper.workflow.take_snapshot import take, tasks
from tests.journeys.program import Program, Ran

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"
STORY = FIXTURES / "stories" / "quarter"
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ELSEWHERE = "sqlite:////nonexistent/of-the-user.db"

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """The demo's folder, and what its first run said. A database of the user's own is set."""
    folder = tmp_path_factory.mktemp("demo") / "folder"
    ran = Program(ELSEWHERE, NOW)("demo", "--dir", str(folder))
    assert ran.code == 0, ran.err
    return folder, ran


@pytest.fixture(scope="module")
def folder(first: tuple[Path, Ran]) -> Path:
    """The demo's folder, after a run."""
    return first[0]


@pytest.fixture(scope="module")
def asking(folder: Path) -> Program:
    """The program over the demo's database."""
    return Program(f"sqlite:///{folder / 'demo.db'}", NOW)


@pytest.fixture(scope="module")
def changes(asking: Program) -> list[dict[str, Any]]:
    """The whole change log."""
    found: list[dict[str, Any]] = asking.json("changes")["changes"]
    return found


@cache
def truth() -> dict[str, list[dict[str, Any]]]:
    """What the plot says is true."""
    found: dict[str, list[dict[str, Any]]] = json.loads((STORY / "truth.json").read_text())
    return found


@cache
def expected() -> Counter[tuple[str, ...]]:
    """Every change of the plot: day, kind, direction, account, region, end of the resource's name."""
    names = ("date", "kind", "direction", "account", "region", "resource")
    return Counter(tuple(told[name] for name in names) for told in truth()["changes"])


def told(change: dict[str, Any], known: Counter[tuple[str, ...]]) -> tuple[str, ...]:
    """Return a recorded change in the words of the plot; with its whole name when it has none."""
    head = (
        change["not_after"][:10],
        *(change[n] for n in ("kind", "direction", "account", "region")),
    )
    ends = [name for name in known if name[:5] == head and change["resource"].endswith(name[5])]
    return ends[0] if ends else (*head, f"{change['resource']} {change['path']}")


def _words(row: dict[str, Any]) -> str:
    return json.dumps(row, sort_keys=True)


def test_the_committed_story_is_what_its_generator_writes(tmp_path: Path) -> None:
    fresh = tmp_path / "quarter"
    generator = [sys.executable, "-B", str(FIXTURES / "write_quarter.py"), str(fresh)]
    subprocess.run(generator, check=True, timeout=60)
    written = {p.relative_to(fresh): p.read_bytes() for p in fresh.rglob("*") if p.is_file()}
    committed = {p.relative_to(STORY): p.read_bytes() for p in STORY.rglob("*") if p.is_file()}
    assert written.keys() == committed.keys()
    assert [name for name, data in written.items() if committed[name] != data] == []


def test_the_fixtures_are_small_enough_to_clone_quickly() -> None:
    files = [p for p in FIXTURES.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    assert len(files) < 1600
    assert sum(path.stat().st_size for path in files) < 4_000_000


def test_the_story_is_a_quarter_with_one_day_lost() -> None:
    moments = story_moments(STORY)
    assert (moments[0].date().isoformat(), moments[-1].date().isoformat()) == (
        "2026-07-01",
        "2026-09-30",
    )
    assert len(moments) == 91
    assert {moment.hour for moment in moments} == {3}
    assert set(story_days(STORY)) < {moment.date() for moment in moments}


@cache
def _model(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def _parsed(value: Any, shape: Any) -> Any:
    """Return a recorded value in the types that botocore would have made of it."""
    match getattr(shape, "type_name", None):
        case "structure" if isinstance(value, dict):
            return {name: _parsed(item, shape.members.get(name)) for name, item in value.items()}
        case "map" if isinstance(value, dict):
            return {name: _parsed(item, shape.value) for name, item in value.items()}
        case "list" if isinstance(value, list):
            return [_parsed(item, shape.member) for item in value]
        case "timestamp":
            return datetime.fromisoformat(value)
        case "blob":
            return base64.b64decode(value["$bytes"])
        case "double":
            return Decimal(value)
        case "string" if isinstance(value, dict):
            return json.dumps(value)
    return value


def _unknown_values(value: Any, shape: Any) -> Iterator[str]:
    """Yield what stands where AWS's model has a list of the values that there are, and is not on it."""
    match getattr(shape, "type_name", None):
        case "structure":
            for name, item in value.items():
                yield from _unknown_values(item, shape.members[name])
        case "map":
            for item in value.values():
                yield from _unknown_values(item, shape.value)
        case "list":
            for item in value:
                yield from _unknown_values(item, shape.member)
        case "timestamp" if value.tzinfo is None:
            yield f"{value} has no offset"
        case "string" if shape.enum and value not in shape.enum:
            yield f"{value!r} is no {shape.name}"


_AWS_ANSWERS_SO = (
    "'Policy' is no PermissionsBoundaryAttachmentType",
    "User.UserId, value: 12, valid min length: 16",  # root's, which is the account's id
)
"""Where AWS does not keep to its own model."""


def test_every_recorded_answer_has_the_shape_that_aws_gives_it() -> None:
    wrong = []
    for path in sorted(STORY.rglob("*.*.json")):
        service, operation = path.name.removesuffix(".json").partition("~")[0].split(".")
        answer = json.loads(path.read_text(encoding="utf-8"))
        if "Error" in answer:
            assert answer.keys() == {"Error", "HTTPStatusCode"}
            assert answer["Error"].keys() == {"Code", "Message"}
            continue
        shape = _model(service).operation_model(operation).output_shape
        found = _parsed(answer, shape)
        report = ParamValidator().validate(found, shape)
        wrong += [f"{path.name}: {report.generate_report()}"] if report.has_errors() else []
        wrong += [f"{path.name}: {why}" for why in _unknown_values(found, shape)]
    assert [why for why in wrong if not why.endswith(_AWS_ANSWERS_SO)] == []


@pytest.mark.slow
def test_all_ten_items_are_seen_and_their_counts_agree(asking: Program) -> None:
    scopes = asking.json("coverage")["scopes"]
    seen = {scope["evidence"] for scope in scopes if scope["complete"]}
    types = {name: spec for name, spec in evidence_types().items() if name in seen}
    assert {spec.item for spec in types.values()} >= set(range(1, 11))
    assert seen == {spec.name for spec in chosen([])}
    ties = [tie for scope in scopes for tie in scope["ties"]]
    assert len({tie["name"] for tie in ties}) >= 8
    assert all(tie["agreed"] > 80 for tie in ties)
    assert [tie for tie in ties if tie["disagreed"]] == []


def test_what_is_only_read_by_name_is_recorded_too(tmp_path: Path) -> None:
    program = Program(f"sqlite:///{tmp_path / 'named.db'}", NOW)
    assert program("db", "upgrade").code == 0
    # Of the digests the story has no files: they are signed, and belong to AWS.
    optional = [spec for spec in evidence_types().values() if spec.optional]
    named = [spec for spec in optional if spec.name != "cloudtrail.digest"]
    words = [word for spec in named for word in ("--evidence", spec.name)]
    replay = ("collect", "--replay", str(STORY), "--at", "2026-08-19T03:00Z")
    ran = program(*replay, *words)
    assert ran.code == 0, ran.err
    assert named
    assert f"{len(program.json('coverage')['scopes'])} scopes complete" in ran.out


@pytest.mark.slow
@pytest.mark.parametrize("at", ["first", "2026-07-23", "2026-09-01", "latest"])
def test_what_the_credential_report_says_is_what_else_is_listed(asking: Program, at: str) -> None:
    def listed(evidence: str) -> list[dict[str, Any]]:
        found = asking.json("resources", "--at", at, "--evidence", evidence)
        return cast("list[dict[str, Any]]", found["resources"])

    keys, devices = listed("iam.access_key"), listed("iam.mfa_device")
    reports = [row["observed"]["Text"] for row in listed("iam.credential_report")]
    rows = [row for text in reports for row in csv.DictReader(io.StringIO(text))]
    assert {key["observed"]["LastUsed"]["Slot"] for key in keys} == {"joined"}
    slots = (row[f"access_key_{n}_last_rotated"] for row in rows for n in (1, 2))
    assert sum(slot != "N/A" for slot in slots) == len(keys)
    guarded = {row["arn"] for row in rows if row["mfa_active"] == "true"}
    owners = {device["body"]["UserArn"] for device in devices} - {None}
    assert guarded - owners == {"arn:aws:iam::111122223333:root"}  # its token is listed nowhere
    assert owners <= guarded


@pytest.mark.slow
def test_the_change_log_is_exactly_what_the_plot_says(changes: list[dict[str, Any]]) -> None:
    recorded = Counter(told(change, expected()) for change in changes)
    assert sorted((expected() - recorded).elements()) == [], "not told"
    assert sorted((recorded - expected()).elements()) == [], "told, and not true"


@pytest.mark.slow
def test_the_plot_has_something_of_everything() -> None:
    seen = {name[2] for name in expected()}
    assert seen == {str(direction) for direction in Direction}
    assert {gap["causes"][0] for gap in truth()["gaps"]} == {
        "denied",
        "scp_denied",
        "throttled",
        "not_run",
    }


@pytest.mark.slow
def test_the_gaps_are_exactly_those_of_the_plot(asking: Program) -> None:
    for document in (asking.json("coverage"), asking.json("coverage", "--period", "2026Q3")):
        found = [
            {
                **{name: scope[name] for name in ("account", "region", "evidence")},
                "since": gap["from"],
                "until": gap["until"],
                "causes": gap["causes"],
            }
            for scope in document["scopes"]
            for gap in scope["gaps"]
        ]
        assert sorted(map(_words, found)) == sorted(map(_words, truth()["gaps"]))


@pytest.mark.slow
def test_what_was_not_seen_is_exactly_what_the_plot_hides(asking: Program, folder: Path) -> None:
    document = asking.json("coverage", "--period", "2026Q3")
    hidden = Counter[tuple[str, ...]]()
    for unseen in truth()["unseen"]:
        scope = (unseen["account"], unseen["region"], unseen["evidence"])
        hidden[(*scope, unseen["outcome"], "")] += 1
    for scope in document["scopes"]:
        name = (scope["account"], scope["region"], scope["evidence"])
        assert scope["expected"] == 92
        assert scope["partial"] == hidden[(*name, "partial", "")]
        assert scope["missed"] == hidden[(*name, "missed", "")] + 1  # and the day that nobody ran
        assert scope["complete"] == 92 - scope["partial"] - scope["missed"]


@pytest.mark.slow
def test_a_denied_region_yields_no_deletion_and_its_changes_are_told_afterwards(
    changes: list[dict[str, Any]],
) -> None:
    dark = [
        change
        for change in changes
        if (change["account"], change["region"]) == ("111122223333", "ap-southeast-2")
        and change["not_after"] > "2026-07-02"
    ]
    during = [change for change in dark if "2026-08-18" <= change["not_after"] < "2026-08-21"]
    assert {change["kind"] for change in during} == {"collection.scope_lost"}
    again = [change for change in dark if "2026-08-21" <= change["not_after"] < "2026-08-22"]
    assert not [change for change in again if change["path"] == "" and change["after"] is None]
    born = [change for change in again if change["kind"] == "sg.rule_listed"]
    assert [change["resource"].rpartition("/rule/")[2] for change in born] == [
        "ingress/tcp/6379/0.0.0.0/0"
    ]
    (opened,) = (change for change in dark if change["kind"] == "sg.public_ingress_added")
    assert opened["not_before"].startswith("2026-08-17T03:00")
    assert opened["not_after"].startswith("2026-08-21T03:00")


@pytest.mark.slow
def test_what_came_and_went_shows_only_in_the_gross_difference(asking: Program) -> None:
    gross = asking.json("diff", "first", "latest", "--gross")["changes"]
    weakened = [change for change in gross if change["direction"] == "weakened"]
    net = Counter(
        (change["kind"], change["resource"]) for change in weakened if not change["transient"]
    )
    lasting = Counter((item["kind"], item["resource"]) for item in truth()["lasting"])
    assert len(net) == len(lasting)
    for (kind, resource), number in net.items():
        assert [n for (k, end), n in lasting.items() if k == kind and resource.endswith(end)] == [
            number
        ]
    gone = {change["path"] for change in weakened if change["transient"]}
    assert {"ingress/ipv4/tcp/22", "ingress/ipv4/tcp/5432", "ingress/ipv4/tcp/9200"} <= gone


@pytest.mark.slow
def test_a_second_run_collects_nothing_and_says_the_same(
    first: tuple[Path, Ran], asking: Program
) -> None:
    folder, ran = first
    assert [line.rsplit(":", 1)[0] for line in ran.err.splitlines()] == [
        "collecting July 2026",
        "collecting August 2026",
        "collecting September 2026",
    ]
    before = asking.json("snapshots")
    again = Program(ELSEWHERE, NOW)("demo", "--dir", str(folder))
    assert (again.code, again.out) == (0, ran.out)
    assert "collecting" not in again.err
    assert asking.json("snapshots") == before


@pytest.mark.slow
def test_the_story_fits_a_screen_or_two_and_its_commands_work(
    first: tuple[Path, Ran], asking: Program
) -> None:
    folder, ran = first
    lines = ran.out.splitlines()
    config, url = str(folder / "driftkeeper.toml"), f"sqlite:///{folder / 'demo.db'}"
    commands = [line.strip(" $") for line in lines if line.strip(" $").startswith("driftkeeper ")]
    assert len(lines) <= 85
    assert [line for line in lines if len(line) > 100 and config not in line] == []
    assert "\x1b" not in ran.out
    assert len(commands) >= 8
    for command in commands:
        name, *words = shlex.split(command)
        # A database in the environment would win over that of the configuration.
        assert (name, words[-4:]) == ("driftkeeper", ["--config", config, "--db", url])
        done = Program(ELSEWHERE, NOW)(*words)
        assert (done.code, done.err) == (0, ""), command
        assert done.out


@pytest.mark.slow
def test_the_json_says_what_the_commands_say(folder: Path, asking: Program) -> None:
    document = Program(ELSEWHERE, NOW).json("demo", "--dir", str(folder))
    log = asking.json("changes")["changes"]
    assert document["schema"] == "demo/1"
    assert document["db"] == f"sqlite:///{folder / 'demo.db'}"
    assert document["snapshots"] == len(asking.json("snapshots")["snapshots"]) == 91
    assert document["changes"]["total"] == len(log)
    assert document["changes"]["by_kind"] == Counter(change["kind"] for change in log)
    assert document["check"]["ok"] is asking.json("check")["ok"] is True
    assert document["coverage_percent"] == asking.json("coverage")["percent"]
    assert [gap["told_as_deleted"] for gap in document["gaps"]] == [0, 0, 0, 0]
    assert all(gap["resources_known"] for gap in document["gaps"])
    difference = asking.json("diff", "first", "latest", "--gross")["changes"]
    assert document["net"]["total"] + document["transient"]["total"] == len(difference)


@pytest.mark.slow
def test_each_weakening_is_told_once_with_what_put_it_right(folder: Path) -> None:
    document = Program(ELSEWHERE, NOW).json("demo", "--dir", str(folder))
    pairs = {
        e["opened"]["kind"]: (e["opened"]["not_after"][:10], e["closed"] and e["closed"]["kind"])
        for e in document["episodes"]
        if "role/migration" not in e["opened"]["resource"]
    }
    assert pairs["iam.user.mfa_removed"] == ("2026-08-31", "iam.user.mfa_enabled")
    assert pairs["kms.rotation_disabled"] == ("2026-09-01", "kms.rotation_enabled")
    assert pairs["cloudtrail.logging_stopped"] == ("2026-08-25", "cloudtrail.logging_started")
    assert pairs["iam.admin_granted"] == ("2026-07-28", "iam.admin_revoked")
    (gone,) = [e for e in document["episodes"] if "role/migration" in e["opened"]["resource"]]
    assert gone["closed"]["kind"] == "iam.role.deleted", "what is gone has no policy any more"
    assert pairs["aa.finding_opened"] == ("2026-09-12", "aa.finding_resolved")
    assert pairs["guardduty.disabled"] == ("2026-08-29", "guardduty.enabled")
    lasting = [e["opened"]["kind"] for e in document["episodes"] if e["closed"] is None]
    assert lasting == [
        "account.region_enabled",
        "guardduty.detector_recreated",
        "iam.policy.permissions_widened",
        "iam.privilege_escalation_added",
        "iam.privilege_escalation_added",
        "aa.archive_rule_added",
        "aa.analyzer_recreated",
        "guardduty.suppression_added",
        "sg.public_ingress_added",
    ]


@pytest.mark.slow
def test_only_its_owner_can_read_what_the_demo_keeps(folder: Path) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {modes[name] for name in ("demo.db", "driftkeeper.key", "driftkeeper.toml")} == {0o600}
    settings = tomllib.loads((folder / "driftkeeper.toml").read_text())
    assert [account["name"] for account in settings["accounts"]] == ["production", "staging"]


@pytest.mark.slow
@pytest.mark.postgres
def test_both_databases_hold_the_same_change_log(
    folder: Path, asking: Program, pg_url: str
) -> None:
    engine = open_engine(parse_url(pg_url))
    upgrade(engine)
    assert demo.collect(engine, load(folder / "driftkeeper.toml"), None) == 91
    other = Program(pg_url, NOW)
    for question in (("changes",), ("coverage",), ("diff", "first", "latest", "--gross")):
        ours, theirs = (program(*question, "--json") for program in (asking, other))
        assert (ours.code, theirs.code) == (0, 0)
        assert ours.out == theirs.out


def test_the_demo_never_touches_a_database_that_it_is_given(tmp_path: Path) -> None:
    program = Program(ELSEWHERE, NOW)
    for option, value in (("--db", ELSEWHERE), ("--config", "driftkeeper.toml")):
        ran = program("demo", option, value, "--dir", str(tmp_path / "none"))
        assert ran.code == 2
        assert "--dir" in ran.complaint
    assert not (tmp_path / "none").exists()


def test_a_folder_with_another_configuration_is_refused(tmp_path: Path) -> None:
    (tmp_path / "driftkeeper.toml").write_text("# somebody's own\n")
    ran = Program(ELSEWHERE, NOW)("demo", "--dir", str(tmp_path))
    assert ran.code == 2
    assert "is not the demo's" in ran.complaint
    assert [path.name for path in tmp_path.iterdir()] == ["driftkeeper.toml"]


def test_a_database_with_other_snapshots_is_refused(tmp_path: Path) -> None:
    engine = open_engine(parse_url(f"sqlite:///{tmp_path / 'other.db'}"), create=True)
    upgrade(engine)
    moment = datetime(2026, 7, 1, 15, 0, tzinfo=UTC)
    source = recorded(STORY, moment, Wanted(accounts=("444455556666",), regions=("us-east-1",)))
    assert source.clock == FixedClock(moment)
    take(engine, Config(), source, tasks(source, Config(), ["s3.account_pab"]), None)
    with pytest.raises(UsageError, match="other snapshots"):
        demo.collect(engine, Config(), None)


def test_an_interrupted_demo_goes_on_where_it_stopped(tmp_path: Path) -> None:
    engine = open_engine(parse_url(f"sqlite:///{tmp_path / 'demo.db'}"), create=True)
    upgrade(engine)
    seen: list[int] = []

    def tired(_moment: datetime, done: int, _total: int) -> None:
        seen.append(done)
        if len(seen) % 2 == 0:
            raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            demo.collect(engine, Config(), None, tired)
    assert seen == [1, 2, 3, 4]
    with reading(engine) as connection:
        told = demo.tell(connection, Config())
    assert [header.number for header in told.snapshots] == [1, 2, 3, 4]


def test_a_story_turned_to_a_day_answers_like_one_opened_on_it() -> None:
    moments = story_moments(STORY)
    turned = open_recording(STORY, moments[0])
    for moment in (moments[40], moments[50], moments[8]):
        turned.turn_to(moment)
        assert turned.layers == open_recording(STORY, moment).layers
        assert turned.meta("111122223333")["name"] == "production"


def test_a_recorded_policy_is_replayed_to_the_letter(tmp_path: Path) -> None:
    document = {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "a%2Fb+c%"}}
    user = {"UserName": "u", "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": document}]}
    place = tmp_path / "111122223333" / "aws-global"
    place.mkdir(parents=True)
    name = file_name("iam", "GetAccountAuthorizationDetails", {"Filter": ["User"]})
    (place / name).write_text(json.dumps({"UserDetailList": [user]}))
    account = enter_recorded(open_recording(tmp_path, None), "111122223333", "test")
    iam = account.clients.client("iam", "us-east-1")
    answer = iam.get_account_authorization_details(Filter=["User"])
    assert answer["UserDetailList"][0] == user


def test_the_names_in_the_documentation_are_those_of_the_program() -> None:
    text = (ROOT / "docs" / "recordings.md").read_text(encoding="utf-8")
    arn = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main"
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("kms", "ListKeys", {}),
        ("cloudtrail", "DescribeTrails", {"includeShadowTrails": True}),
        ("iam", "GetAccountAuthorizationDetails", {"Filter": ["User"]}),
        ("cloudtrail", "GetTrailStatus", {"Name": arn}),
        ("s3control", "GetPublicAccessBlock", {"AccountId": "111122223333"}),
    ]
    for call in calls:
        assert file_name(*call) in text
    long = file_name("kms", "DescribeKey", {"KeyId": "k" * 150})
    assert re.fullmatch(r"kms\.DescribeKey~[0-9a-f]{32}\.json", long)
