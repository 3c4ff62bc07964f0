"""Whatever is wrong with what was asked: one line that helps, the right exit code, nothing stored."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.journeys import estate
from tests.journeys.estate import IRELAND, KEY, PROD, STAGE
from tests.journeys.program import Program, Ran

Case = tuple[str, str]
"""The arguments, and what the one line must say."""

ASKING: dict[str, Case] = {
    "no period": ("changes --period sometime", "'sometime' as a time: it is no known form"),
    "no fifth quarter": ("coverage --period 2026Q5", "'2026Q5' as a time: a year has the quarters"),
    "no such day": ("changes --since 2026-02-30", "'2026-02-30' as a time: there is no such day"),
    "an empty time": ("changes --since=", "'' as a time: it is empty"),
    "a period upside down": ("coverage --period 2026-03-09..2026-03-02", "ends before it starts"),
    "a snapshot is no period": ("history bob --period #3", "a snapshot is no part of a period"),
    "since after until": (
        "changes --since 2026-03-09 --until 2026-03-02",
        "--since 2026-03-09 is not before --until 2026-03-02; name an earlier start",
    ),
    "snapshots upside down": ("changes --since #5 --until #2", "--since #5 is not before"),
    "until before the first": (
        "changes --until 2025",
        "--since first is not before --until 2025; name an earlier start",
    ),
    "period and since": ("changes --period 2026 --since 90d", "--period excludes --since"),
    "period and until": ("changes --period 2026 --until 90d", "--period excludes --since"),
    "a time to come": ("changes --since 2027", "2027 has not begun; name an earlier time"),
    "a period to come": ("coverage --period 2027Q1", "2027Q1 has not begun"),
    "before the first snapshot": (
        "resources --at 2026-03-01",
        "no snapshot at or before 2026-03-01; the first is #1 of 2026-03-02 06:00 UTC",
    ),
    "no snapshot of that number": (
        "show bob --at #99",
        "there is no snapshot #99; the latest is #7 (see `driftkeeper snapshots`)",
    ),
    "no number": ("diff # latest", "after # comes one snapshot's number"),
    "a resource nobody knows": (
        "show nobody",
        "no resource is named 'nobody'; see what there is with `driftkeeper resources`",
    ),
    "a resource without a name": ("history=", "no such command"),
    "an empty name": ("show ", "no resource is named ''"),
    "a name of two": (
        "show alice",
        (
            f"'alice' names 2 resources: arn:aws:iam::{PROD}:user/alice ({PROD} aws-global);"
            f" arn:aws:iam::{STAGE}:user/alice ({STAGE} aws-global);"
            " give --account or more of the name"
        ),
    ),
    "a name of two for changes": ("changes --resource alice", "'alice' names 2 resources"),
    "before it was there": (
        "show carol --at #1",
        (
            f"arn:aws:iam::{PROD}:user/carol was not there at #1 (2026-03-02 06:00 UTC);"
            f" see `driftkeeper history arn:aws:iam::{PROD}:user/carol`"
        ),
    ),
    "after it was gone": ("show carol --at #5", "was not there at #5 (2026-03-06 06:00 UTC)"),
    "no such kind": (
        "changes --kind sgg.*",
        "no kind of change fits 'sgg.*' (did you mean 'sg.*'?);",
    ),
    "no such evidence": (
        "changes --evidence ec2.sg",
        "unknown evidence type or fact 'ec2.sg'; did you mean",
    ),
    "no such evidence to list": ("resources --evidence x", "unknown evidence type or fact 'x'; "),
    "no such evidence to show": ("show bob --evidence x", "unknown evidence type or fact 'x'; "),
    "no such direction": (
        "changes --direction down",
        (
            "'down' is not one of 'weakened', 'strengthened', 'neutral', 'activity';"
            " see `driftkeeper changes --help`"
        ),
    ),
    "no such severity": ("changes --severity bad", "'bad' is not one of 'info', 'low', 'medium'"),
    "no name of a role": (
        "catalog iam-policy --organization --role arn:aws:iam::1:role/x",
        "'arn:aws:iam::1:role/x' is no name of a role; write it without its ARN, like",
    ),
    "no such criterion": ("changes --criterion CC99", "bears on criterion 'CC99'; known are: CC"),
    "an account never seen": (
        "changes --account 999988887777",
        f"no snapshot looked at account '999988887777'; there are: {PROD}, {STAGE}",
    ),
    "a region never seen": ("resources --region eu-west-9", "looked at region 'eu-west-9'; there"),
    "an account never seen to show": ("show bob --account prod", "looked at account 'prod'"),
    "two formats": ("changes --json --csv", "--json and --csv exclude each other; give one"),
    "two other formats": ("resources --jsonl --csv", "--jsonl and --csv exclude each other"),
    "later than": ("diff #5 #2", "#5 is later than #2; name the earlier moment first"),
    "no moment": ("diff", "missing argument 'A'; see `driftkeeper diff --help`"),
    "too many moments": ("diff #1 #2 #3", "unexpected extra argument"),
    "no such command": (
        "colect",
        "no such command 'colect'. Did you mean 'collect'? See `driftkeeper --help`",
    ),
    "no such option": ("changes --form csv", "no such option: --form"),
    "an option without its value": ("snapshots --db", "--db needs a value; see `driftkeeper"),
    "no command": ("--json", "missing command; see `driftkeeper --help`"),
    "no such catalogue": ("catalog things", "no such command 'things'; see `driftkeeper catalog"),
    "no such policy format": ("catalog iam-policy --format yaml", "'yaml' is not one of 'json'"),
    "no such configuration": (
        "snapshots --config nowhere.toml",
        (
            "there is no configuration file nowhere.toml;"
            " write one with `driftkeeper --config nowhere.toml init`"
        ),
    ),
}


def complaint(ran: Ran, code: int) -> str:
    """The one line of a run that failed as it should: nothing on stdout, no traceback."""
    assert (ran.code, ran.out) == (code, ""), ran.err
    assert "Traceback" not in ran.err
    return ran.complaint


@pytest.mark.parametrize("case", ASKING.values(), ids=ASKING.keys())
def test_a_question_that_makes_no_sense_is_refused_with_2(asking: Program, case: Case) -> None:
    arguments, says = case
    assert says in complaint(asking(*arguments.split(" ")), 2)


def test_before_any_snapshot_the_next_step_is_to_collect(fresh: Program) -> None:
    for command in ("changes", "coverage", "resources", "show x", "history x", "diff 1d"):
        if command.startswith(("show", "history")):
            assert "no resource is named 'x'" in complaint(fresh(*command.split()), 2)
        else:
            says = "there is no snapshot yet; take one with `driftkeeper collect`"
            assert complaint(fresh(*command.split()), 2) == says
    assert "no snapshot yet to retry" in complaint(fresh("collect", "--retry-missed"), 2)


# ---- collecting -----------------------------------------------------------------------------


@pytest.fixture
def answers(recordings: Path, tmp_path: Path) -> Path:
    """A copy of one day's recorded answers, to be spoiled."""
    return Path(shutil.copytree(recordings / "10", tmp_path / "answers"))


def refused(program: Program, *arguments: str, code: int = 2) -> str:
    """The complaint of a collection that stored nothing."""
    before = digest(program)
    line = complaint(program("collect", *arguments), code)
    assert digest(program) == before, "nothing may be stored"
    return line


def digest(program: Program) -> str:
    return hashlib.sha256(Path(program.db.removeprefix("sqlite:///")).read_bytes()).hexdigest()


COLLECTING: dict[str, Case] = {
    "no such folder": ("--replay nowhere", "nowhere is not a folder; see docs/recordings.md"),
    "a time without answers": ("--at 2026-03-11", "--at goes with --replay; what is collected"),
    "answers and recording": ("--replay {answers} --record x", "--replay and --record exclude"),
    "a snapshot for a time": ("--replay {answers} --at #3", "--at #3 names a snapshot; recorded"),
    "no time": ("--replay {answers} --at noon", "cannot read 'noon' as a time"),
    "answers from before": (
        "--replay {answers} --at 2026-03-09",
        (
            "the recorded answers are of 2026-03-09 00:00 UTC, and snapshot #7 of 2026-03-10 06:00"
            " is newer; replay in the order of time, or into another database with --db"
        ),
    ),
    "no such region": ("--replay {answers} --region eu-wst-1", "unknown region 'eu-wst-1'; write"),
    "a region not recorded": (
        "--replay {answers} --region eu-north-1",
        "it has: eu-west-1, us-east-1",
    ),
    "an account not recorded": ("--replay {answers} --account 999988887777", f"it has: {PROD}, "),
    "no such evidence": ("--replay {answers} --evidence ec2.sg", "unknown evidence type 'ec2.sg'"),
    "nothing left": (
        "--replay {answers} --retry-missed --evidence kms.key",
        "nothing is left to collect: no account, region and evidence type fits all the options",
    ),
    "a live region": ("--region moon-1", "unknown region 'moon-1'; write it as AWS does"),
    "live evidence": ("--evidence ec2.sg", "unknown evidence type 'ec2.sg'; did you mean"),
    "no credentials": ("", "no AWS credentials found; set AWS_PROFILE or run `aws sso login`"),
    "a place to record": ("--record {answers}/meta.json/x", "Not a directory; choose another"),
}


@pytest.mark.parametrize("case", COLLECTING.values(), ids=COLLECTING.keys())
def test_a_collection_that_makes_no_sense_stores_nothing(
    changing: Program, answers: Path, case: Case
) -> None:
    (answers / "meta.json").write_text("{}", encoding="utf-8")
    arguments, says = case
    assert says in refused(changing, *arguments.format(answers=answers).split())


def test_an_unknown_profile_is_named(changing: Program) -> None:
    program = replace(changing, env={"AWS_PROFILE": "nobody"})
    assert "(nobody) could not be found" in refused(program)


def _spoilt(answers: Path, spoil: str) -> None:
    path = answers / PROD / IRELAND / "kms.DescribeKey.json"
    match spoil:
        case "empty":
            shutil.rmtree(answers)
            answers.mkdir()
        case "timeless":
            for meta in answers.glob("*/meta.json"):
                meta.write_text("{}", encoding="utf-8")
        case text:
            path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        ("empty", "no recorded answers in .*: expected <12-digit account>/<region>/ folders"),
        ("timeless", "does not say when it was taken; give the time with --at"),
        ('{"KeyMetadata": ', "kms.DescribeKey.json is broken: .*; record it again"),
        ("[]", "kms.DescribeKey.json is not a JSON object; see docs/recordings.md"),
        ("", "kms.DescribeKey.json is broken: "),
        ("{} {}", "kms.DescribeKey.json is broken: "),
    ],
)
def test_spoilt_answers_store_nothing(
    changing: Program, answers: Path, spoil: str, says: str
) -> None:
    _spoilt(answers, spoil)
    assert re.search(says, refused(changing, "--replay", str(answers)))


def test_an_answer_that_was_not_recorded_is_missed_and_named(
    changing: Program, answers: Path
) -> None:
    (answers / PROD / IRELAND / "kms.DescribeKey.json").unlink()
    ran = changing("collect", "--replay", str(answers), "--json")
    found = {m["detail"]: m for m in ran.document["misses"] if m["code"] == "NotRecorded"}
    assert ran.code == 3
    assert {"KeyMetadata", "Policy", "Tags"} <= found.keys(), "and what cannot be asked without it"
    says = rf"no recorded answer for kms:DescribeKey in .*~KeyId={KEY}\.json; see docs/"
    assert re.search(says, found["KeyMetadata"]["message"])


# ---- configuration --------------------------------------------------------------------------

CONFIGURATIONS: dict[str, Case] = {
    "an unknown section": ("[perod]", "perod: unknown key; did you mean 'period'?"),
    "an unknown key": ("[period]\ntime_zone = 'UTC'", "unknown key; did you mean 'timezone'?"),
    "a key nobody knows": (
        "[store]\npassword = 'x'",
        "store.password: unknown key; known here: url",
    ),
    "a key of an account": (
        f"[[accounts]]\nid = '{PROD}'\nrolearn = 'x'",
        "accounts entry 1.rolearn: unknown key; did you mean 'role_arn'?",
    ),
    "text for a number": (
        "[period]\ncarry_hours = '36'",
        "period.carry_hours: write a whole number, without quotes",
    ),
    "yes for a number": ("[collect]\nworkers = true", "collect.workers: write a whole number"),
    "a number out of range": ("[period]\nfiscal_year_start = 13", "less than or equal to 12"),
    "text for a list": (
        "[collect]\nregions = 'eu-west-1'",
        'collect.regions: write a list, like ["eu-west-1"]',
    ),
    "a value for a section": ("period = 3", "period: this is a section: write it as a table"),
    "one account as a table": (
        f"[accounts]\nid = '{PROD}'",
        "write each account below a line of its own that says [[accounts]]",
    ),
    "an id as a number": (f"[[accounts]]\nid = {PROD}", "accounts entry 1.id: write it in quotes"),
    "an id too short": ("[[accounts]]\nid = '1234'", "write the 12 digits of the account"),
    "no id": ("[[accounts]]\nname = 'prod'", "accounts entry 1.id: it is required"),
    "no role": (
        f"[[accounts]]\nid = '{PROD}'\nrole_arn = 'driftkeeper'",
        "role_arn: 'driftkeeper' does not fit; write the ARN of a role, like arn:aws:iam::",
    ),
    "an external id alone": (
        f"[[accounts]]\nid = '{PROD}'\nexternal_id = 'x'",
        "external_id only makes sense together with role_arn",
    ),
    "an account twice": (
        f"[[accounts]]\nid = '{PROD}'\n[[accounts]]\nid = '{PROD}'",
        f"account {PROD} is listed twice",
    ),
    "a name twice": (
        f"[[accounts]]\nid = '{PROD}'\nname = 'a'\n[[accounts]]\nid = '{STAGE}'\nname = 'a'",
        "account a is listed twice",
    ),
    "an unknown time zone": (
        "[period]\ntimezone = 'Mars/Olympus'",
        "unknown time zone 'Mars/Olympus'; write it like Europe/Berlin",
    ),
    "half a time zone": ("[period]\ntimezone = 'Europe'", "unknown time zone 'Europe'"),
    "a path for a time zone": ("[period]\ntimezone = '../passwd'", "unknown time zone"),
    "no TOML": ("[period", "is not TOML: "),
    "no text": ("\udcff", "is not TOML: "),
}


@pytest.mark.parametrize("case", CONFIGURATIONS.values(), ids=CONFIGURATIONS.keys())
def test_a_wrong_configuration_is_refused_as_a_whole(
    changing: Program, tmp_path: Path, case: Case
) -> None:
    text, says = case
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    for command in ("snapshots", "collect", "init"):
        line = complaint(changing("--config", str(path), command), 2)
        assert line.startswith(str(path))
        assert says in line


def test_names_of_the_configuration_that_aws_does_not_know_are_refused(
    changing: Program, tmp_path: Path
) -> None:
    path = tmp_path / "own.toml"
    for text, says in (
        ("[collect]\nregions = ['eu-wst-1']", "unknown region 'eu-wst-1'"),
        (f"[[accounts]]\nid = '{PROD}'", f"no account can be reached: {PROD}: denied: NoCred"),
    ):
        path.write_text(text, encoding="utf-8")
        assert says in refused(changing, "--config", str(path))
    assert "'web' is not configured; known are: " in refused(
        changing, "--config", str(path), "--account", "web"
    )


def test_a_key_that_signs_nothing_is_refused_before_anything_is_stored(
    changing: Program, answers: Path, tmp_path: Path
) -> None:
    path = tmp_path / "own.toml"
    path.write_text("[signing]\nkey = 'own.key'", encoding="utf-8")
    (tmp_path / "own.key").write_text("not a key", encoding="utf-8")
    line = refused(changing, "--config", str(path), "--replay", str(answers))
    assert line.startswith("the signing key")


# ---- databases ------------------------------------------------------------------------------

COMMANDS = ("changes", "snapshots", "db upgrade", "collect --replay {answers}")


def test_the_database_of_another_program_is_left_alone(tmp_path: Path, answers: Path) -> None:
    path = tmp_path / "customers.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE customers (id INTEGER)")
        connection.execute("INSERT INTO customers VALUES (7)")
    connection.close()
    for command in (*COMMANDS, "init"):
        line = complaint(
            Program(f"sqlite:///{path}")(
                "--config" if command == "init" else "-q",
                *([str(tmp_path / "new.toml")] if command == "init" else []),
                *command.format(answers=answers).split(),
            ),
            6,
        )
        assert line == (
            f"{path} is not a driftkeeper database (it holds customers); choose another with --db"
        )
    with sqlite3.connect(path) as connection:
        names = connection.execute("SELECT name FROM sqlite_master").fetchall()
        assert (names, connection.execute("SELECT id FROM customers").fetchall()) == (
            [("customers",)],
            [(7,)],
        )
    connection.close()
    assert not (tmp_path / "new.toml").exists(), "init leaves nothing behind either"


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, answers: Path) -> None:
    path = tmp_path / "notes.txt"
    text = (
        "Dear diary, this is long enough to be taken for the header of a database, but is none.\n"
    )
    path.write_text(text * 20, encoding="utf-8")
    for command in COMMANDS:
        program = Program(f"sqlite:///{path}")
        line = complaint(program(*command.format(answers=answers).split()), 1)
        assert "it is not a SQLite file: choose another with --db" in line
    assert path.read_text(encoding="utf-8") == text * 20


@pytest.mark.parametrize("command", ["changes", "collect --replay x", "check"])
def test_a_database_that_is_not_there_is_not_made_by_asking(tmp_path: Path, command: str) -> None:
    path = tmp_path / "nothing.db"
    line = complaint(Program(f"sqlite:///{path}")(*command.split()), 6)
    assert line == f"there is no database at {path}; run `driftkeeper init` to create it"
    assert not path.exists()


def test_an_empty_file_and_an_old_schema_ask_for_an_upgrade(tmp_path: Path, fresh: Program) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    line = complaint(Program(f"sqlite:///{path}")("changes"), 6)
    assert line.startswith(f"{path} is at schema none, expected ")
    assert line.endswith("; run `driftkeeper db upgrade`")


@pytest.mark.parametrize("command", ["changes", "collect --replay x", "db upgrade", "check"])
def test_a_newer_schema_asks_for_a_newer_program(changing: Program, command: str) -> None:
    with sqlite3.connect(changing.db.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    line = complaint(changing(*command.split()), 6)
    assert "is at schema 9999, which this version does not know" in line
    assert "upgrade the program, not the database" in line


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://audit:geheim@127.0.0.1:1/evidence",
        "postgres://audit:geheim@127.0.0.1:1/evidence",
    ],
)
def test_a_server_that_does_not_answer_is_named_without_the_password(url: str) -> None:
    for command in ("changes", "db upgrade"):
        line = complaint(Program(url)(*command.split()), 1)
        assert "127.0.0.1" in line
        assert "is PostgreSQL running at this address?" in line
        assert "geheim" not in line


@pytest.mark.parametrize(
    "url",
    [
        "/var/lib/evidence.db",
        "evidence",
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://audit:geheim@db/evidence",
        "postgresql://audit:geheim@db:port/evidence",
    ],
)
def test_what_is_no_url_of_a_database_is_refused_without_the_password(url: str) -> None:
    line = complaint(Program("unused")("changes", "--db", url), 2)
    assert "sqlite:///" in line
    assert "geheim" not in line


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    line = complaint(Program(f"sqlite:///{tmp_path}")("changes"), 1)
    assert f"database {tmp_path}: unable to open database file" in line


# ---- what the system refuses ----------------------------------------------------------------


@pytest.fixture
def guarded(collected: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the estate in a folder where nothing may be written."""
    folder = tmp_path / "guarded"
    folder.mkdir()
    path = folder / "estate.db"
    shutil.copy(collected, path)
    path.chmod(0o444)
    folder.chmod(0o555)
    yield path
    folder.chmod(0o755)


@pytest.fixture
def bound(guarded: Path) -> tuple[str, ...]:
    """What to put before a command so that the permissions of files hold for it, even as root."""
    drop = "-dac_override,-dac_read_search"
    words = ("setpriv", f"--bounding-set={drop}", f"--inh-caps={drop}") if os.geteuid() == 0 else ()
    if words and shutil.which(words[0]) is None:
        pytest.skip("root may write everywhere, and setpriv is not here")
    if subprocess.run([*words, "test", "-w", str(guarded)], check=False).returncode == 0:
        pytest.skip("permissions do not hold here")
    return words


@pytest.mark.parametrize("writable", ["nothing", "the folder"])
@pytest.mark.parametrize("command", ["db upgrade", "collect --replay {answers}"])
def test_a_read_only_database_stores_nothing_and_says_what_to_do(
    guarded: Path, bound: tuple[str, ...], answers: Path, command: str, writable: str
) -> None:
    if writable == "the folder":
        guarded.parent.chmod(0o755)
    program = Program(f"sqlite:///{guarded}")
    before = digest(program)
    ran = program.process(*command.format(answers=answers).split(), before=bound)
    line = complaint(ran, 1)
    assert str(guarded) in line
    assert re.search("writable|choose another place", line)
    assert digest(program) == before


def test_a_folder_that_may_not_be_written_is_refused_for_init_and_record(
    guarded: Path, bound: tuple[str, ...], tmp_path: Path
) -> None:
    folder = guarded.parent
    program = Program(f"sqlite:///{tmp_path / 'new.db'}")
    line = complaint(program.process("init", "--config", f"{folder}/x.toml", before=bound), 2)
    assert line == f"cannot write {folder}/x.toml: Permission denied; choose another place"
    ran = program.process("collect", "--record", str(folder), before=bound)
    assert complaint(ran, 2) == f"--record {folder}: it cannot be written; choose another folder"


@pytest.mark.parametrize("blocks", [1, 100])
def test_a_full_disk_stores_nothing_and_says_so(
    changing: Program, recordings: Path, blocks: int
) -> None:
    before = changing.json("snapshots")
    ran = changing.process(
        *("collect", "--replay", str(recordings / "05")),
        *("--at", estate.text(estate.at(11))),
        before=("sh", "-c", f'ulimit -f {blocks}; exec "$@"', "sh"),
    )
    assert re.search("disk|full|I/O|too large", complaint(ran, 1))
    assert changing.json("snapshots") == before
    assert changing.json("check")["ok"]


def test_a_broken_store_is_a_line_too(changing: Program) -> None:
    path = Path(changing.db.removeprefix("sqlite:///"))
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    ran = changing("changes")
    assert ran.code == 1
    assert "Traceback" not in ran.err
    assert str(path) in ran.complaint


def test_json_does_not_change_how_errors_are_told(asking: Program) -> None:
    assert complaint(asking("show", "nobody", "--json"), 2).startswith("no resource is named")


def test_what_people_named_is_no_way_into_their_terminal(asking: Program) -> None:
    line = complaint(asking("show", "\x1b[2Jx\ny"), 2)
    assert "[2Jx" in line
    assert "\x1b" not in line


def test_meta_of_another_shape_is_a_line(changing: Program, answers: Path) -> None:
    for content in ("[]", '{"taken_at": 5}', '{"taken_at": "yesterday"}'):
        (answers / PROD / "meta.json").write_text(content, encoding="utf-8")
        refused(changing, "--replay", str(answers))
