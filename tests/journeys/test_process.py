"""The program as a process: what it imports, terminals and pipes, signals, two at once."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from driftkeeper import __version__
from tests.journeys import estate
from tests.journeys.program import COMMAND, Program, environment

HEAVY = ("boto3", "botocore", "sqlalchemy", "alembic", "deepdiff", "cryptography", "rich")

HELP = """
import contextlib, io, sys
from driftkeeper.cli.main import app
from typer.main import get_command
from driftkeeper.cli import main

def commands(group, path):
    yield path
    for name, command in getattr(group, "commands", {}).items():
        yield from commands(command, [*path, name])

for path in commands(get_command(app), []):
    sys.argv = ["driftkeeper", *path, "--help"]
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            main.main()
        except SystemExit as leaving:
            assert leaving.code == 0, path
    text = out.getvalue()
    assert text.startswith("Usage: driftkeeper"), path
    assert "--help" in text, path
    heavy = {name.split(".")[0] for name in sys.modules} & set(%s)
    assert not heavy, (path, heavy)
    print(" ".join(path) or "driftkeeper")
"""


def test_no_help_imports_what_takes_long() -> None:
    """Every command's help in one process, looking at what was imported after each."""
    ran = subprocess.run(
        [*COMMAND[:2], HELP % (HEAVY,)],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    listed = ran.stdout.splitlines()
    assert {"driftkeeper", "collect", "changes", "catalog iam-policy", "db upgrade"} <= set(listed)


def test_every_command_has_a_line_of_its_own_in_the_help(asking: Program) -> None:
    text = asking.process("--help").out
    listed = text.split("Commands:\n")[1].split("\n\n")[0].splitlines()
    assert len(listed) > 10
    for line in listed:
        if not line.startswith("  demo"):
            assert re.fullmatch(r"  [a-z]+ +[A-Z].*[^.]\.", line), f"{line}: not one short sentence"
    for command in ("collect", "changes", "catalog"):
        assert asking.process(command, "-h").out.startswith(f"Usage: driftkeeper {command}")


def test_the_version_is_printed_wherever_it_is_asked_for(asking: Program) -> None:
    for arguments in (["--version"], ["collect", "--version"]):
        ran = asking.process(*arguments)
        assert (ran.code, ran.out) == (0, f"driftkeeper {__version__}\n")


def test_without_a_command_the_help_is_shown_and_the_code_is_2(asking: Program) -> None:
    for arguments in ([], ["catalog"], ["db"]):
        ran = asking.process(*arguments)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("Usage: driftkeeper")
        assert "Commands:" in ran.err


def test_global_options_stand_before_or_after_the_command(asking: Program) -> None:
    other = Program("sqlite:////nowhere.db")
    for arguments in (
        ["--db", asking.db, "--json", "snapshots"],
        ["snapshots", "--json", "--db", asking.db],
        [f"--db={asking.db}", "snapshots", "--json", "--no-color", "-qv"],
        ["snapshots", f"--db={asking.db}", "-q", "--json", "-v"],
    ):
        ran = other(*arguments)
        assert (ran.code, len(ran.document["snapshots"])) == (0, 7), arguments
        assert ran.err == "", "quiet wins over verbose"


def test_a_word_after_two_dashes_is_no_option(asking: Program) -> None:
    ran = asking("show", "--", "--json")
    assert ran.complaint.startswith("no resource is named '--json'")


# ---- errors ---------------------------------------------------------------------------------


def test_verbose_shows_where_an_error_came_from_and_keeps_its_code(asking: Program) -> None:
    plain, verbose = asking.process("show", "nobody"), asking.process("show", "nobody", "-v")
    assert plain.code == verbose.code == 2
    assert "Traceback" not in plain.err
    assert "Traceback" in verbose.err
    assert verbose.err.splitlines()[-1] == plain.err.splitlines()[-1]


@pytest.mark.parametrize("verbose", [False, True])
def test_what_nobody_foresaw_is_one_line_too(asking: Program, *, verbose: bool) -> None:
    start = (
        "import sys; sys.argv[0] = 'driftkeeper'; from driftkeeper.cli import main, session;"
        " session.Session.reading = lambda self: 1 / 0; main.main()"
    )
    ran = subprocess.run(
        [*COMMAND[:2], start, "snapshots", *(["--verbose"] if verbose else [])],
        env=environment(DRIFTKEEPER_DB=asking.db),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    if verbose:
        assert "Traceback" in ran.stderr
    else:
        assert ran.stderr == (
            "driftkeeper: unexpected ZeroDivisionError: division by zero;"
            " this is a bug: run it again with --verbose\n"
        )


def test_another_collector_is_waited_for_by_nobody(changing: Program, recordings: Path) -> None:
    lock = Path(changing.db.removeprefix("sqlite:///") + ".lock")
    with lock.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate(0)
        file.write("4711")
        file.flush()
        ran = changing("collect", "--replay", str(recordings / "10"))
        assert ran.code == 7
        assert "another collector (process 4711) is at work" in ran.complaint
        assert changing("snapshots").code == 0, "asking needs no lock"
    assert changing("collect", "--replay", str(recordings / "10")).code == 3


@pytest.mark.postgres
def test_another_collector_is_noticed_in_postgresql(pg_url: str, recordings: Path) -> None:
    from driftkeeper.store.database import open_engine, parse_url
    from driftkeeper.store.lock import collector_lock

    program = Program(pg_url)
    assert program("db", "upgrade").code == 0
    with collector_lock(open_engine(parse_url(pg_url))):
        assert program("collect", "--replay", str(recordings / "10")).code == 7
    assert program("collect", "--replay", str(recordings / "10")).code == 3


def test_without_credentials_the_answer_is_quick(changing: Program) -> None:
    started = time.monotonic()
    ran = changing.process("collect")
    assert ran.code == 2
    assert "no AWS credentials found" in ran.complaint
    assert time.monotonic() - started < 30, "nobody waits for an instance's metadata"


# ---- interruption ---------------------------------------------------------------------------


@pytest.fixture
def silence() -> Iterator[tuple[str, socket.socket]]:
    """The URL of an AWS that takes connections and never answers, and its socket."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        yield f"http://127.0.0.1:{server.getsockname()[1]}", server


def test_an_interruption_ends_at_once_and_stores_nothing(
    changing: Program, silence: tuple[str, socket.socket]
) -> None:
    url, server = silence
    program = replace(changing, env={**CREDENTIALS, "AWS_ENDPOINT_URL": url})
    with program.started("collect", stderr=subprocess.PIPE) as process:
        connection, _ = server.accept()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        connection.close()
    assert process.returncode == 130
    assert err == "driftkeeper: interrupted; what was not finished was not stored\n"
    assert len(changing.json("snapshots")["snapshots"]) == 7


CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example"}

IDENTITY = f"""\
<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::{estate.PROD}:user/audit</Arn><Account>{estate.PROD}</Account><UserId>AIDA</UserId>
</GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>
</GetCallerIdentityResponse>"""
REGIONS = """\
<DescribeRegionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>2</requestId>
<regionInfo><item><regionName>eu-west-1</regionName><regionEndpoint>x</regionEndpoint>
<optInStatus>opt-in-not-required</optInStatus></item></regionInfo></DescribeRegionsResponse>"""


def _answer(server: socket.socket, body: str) -> socket.socket:
    """Answer one request; return its connection, which stays open."""
    connection, _ = server.accept()
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    connection.sendall((head + body).encode())
    connection.shutdown(socket.SHUT_WR)
    return connection


def test_an_interruption_does_not_wait_for_threads_that_wait_for_answers(
    changing: Program, silence: tuple[str, socket.socket]
) -> None:
    url, server = silence
    program = replace(changing, env={**CREDENTIALS, "AWS_ENDPOINT_URL": url})
    with program.started("collect", stderr=subprocess.PIPE) as process:
        connections = [_answer(server, IDENTITY), _answer(server, REGIONS)]
        connections.append(server.accept()[0])
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        for connection in connections:
            connection.close()
    assert process.returncode == 130
    assert err == "driftkeeper: interrupted; what was not finished was not stored\n"
    assert len(changing.json("snapshots")["snapshots"]) == 7


# ---- pipes and terminals --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("changes", 0),
        ("changes --jsonl", 0),
        ("changes --csv", 0),
        ("resources --json", 0),
        ("catalog kinds", 0),
        ("collect --replay {answers}", 3),
    ],
)
def test_a_reader_who_has_seen_enough_changes_nothing(
    changing: Program, recordings: Path, command: str, code: int
) -> None:
    arguments = command.format(answers=recordings / "10").split()
    reader, writer = os.pipe()
    os.close(reader)
    with changing.started(*arguments, stdout=writer, stderr=subprocess.PIPE) as process:
        os.close(writer)
        _, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert not re.search("Traceback|Broken|Exception", err), err


@pytest.mark.parametrize("command", ["snapshots", "changes --jsonl", "catalog kinds --json"])
def test_output_that_cannot_be_written_fails_with_a_line(asking: Program, command: str) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full")
    with (
        full.open("w", encoding="utf-8") as file,
        asking.started(*command.split(), stdout=file, stderr=subprocess.PIPE) as process,
    ):
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err.splitlines()[-1].startswith("driftkeeper: the output cannot be written: No space")
    assert "Traceback" not in err


def test_a_terminal_without_unicode_gets_numbers_and_no_traceback(asking: Program) -> None:
    program = replace(asking, env={"PYTHONIOENCODING": "ascii"})
    ran = program.process("changes")
    assert ran.code == 0
    assert "\\u25bc high" in ran.out
    document = program.process("changes", "--json")
    assert json.loads(document.out) == asking.json("changes")


COLUMNS = 100


def on_a_terminal(program: Program, *arguments: str, **env: str) -> str:
    """What a person sees of stdout and stderr on a terminal."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
    quiet = {"TERM": "xterm-256color", "PAGER": ""}
    seen = replace(program, env={**quiet, **(program.env or {}), **env})
    with seen.started(*arguments, stdin=follower, stdout=follower, stderr=follower) as process:
        os.close(follower)
        received = b""
        while select.select([leader], [], [], 60)[0]:
            try:
                data = os.read(leader, 65536)
            except OSError:  # Linux says so when the other end is closed
                break
            if not data:
                break
            received += data
        process.wait(timeout=60)
    os.close(leader)
    return received.decode().replace("\r\n", "\n")


STYLE = re.compile(r"\x1b\[[0-9]*m")


def test_on_a_terminal_changes_are_coloured_and_fit(asking: Program) -> None:
    text = on_a_terminal(asking, "changes")
    assert "\x1b[31m  ▼ critical \x1b[0mtrail main stopped logging" in text
    lines = STYLE.sub("", text).splitlines()
    assert max(map(len, lines)) <= COLUMNS
    piped = asking("changes").out
    assert " ".join(STYLE.sub("", text).replace("·", " ").split()) == " ".join(
        piped.replace("·", " ").split()
    ), "the same words as in a pipe, only broken and coloured"


@pytest.mark.parametrize(
    ("arguments", "env"),
    [
        (["--no-color"], {}),
        ([], {"NO_COLOR": "1"}),
        ([], {"NO_COLOR": "anything"}),
        ([], {"TERM": "dumb"}),
    ],
)
def test_colours_can_be_switched_off(
    asking: Program, arguments: list[str], env: dict[str, str]
) -> None:
    assert "\x1b" not in on_a_terminal(asking, "snapshots", *arguments, **env)


def test_an_empty_no_color_means_nothing(asking: Program) -> None:
    assert "\x1b[1mNUMBER" in on_a_terminal(asking, "snapshots", NO_COLOR="")


@pytest.mark.slow
def test_progress_is_drawn_on_a_terminal_only(changing: Program, recordings: Path) -> None:
    answers = ("collect", "--replay", str(recordings / "10"))
    assert "15/15" in on_a_terminal(changing, *answers)
    assert "15/15" not in on_a_terminal(changing, *answers, "--quiet")
    ran = changing.process(*answers)
    assert "\x1b" not in ran.err
    assert "15/15" not in ran.err


# ---- completion -----------------------------------------------------------------------------


def test_a_shell_is_told_how_to_complete(asking: Program) -> None:
    if shutil.which("bash") is None:
        pytest.skip("there is no bash to ask for")
    ran = asking.process("--show-completion", before=("bash", "-c", '"$@"; exit $?', "bash"))
    assert ran.code == 0, ran.err
    assert "_DRIFTKEEPER_COMPLETE" in ran.out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("driftkeeper cha", {"changes"}),
        (
            "driftkeeper catalog ",
            {"evidence", "facts", "kinds", "iam-policy", "controls", "criteria"},
        ),
        (
            "driftkeeper changes --direction ",
            {"weakened", "strengthened", "neutral", "activity"},
        ),
        (
            "driftkeeper changes --kind sg.public",
            {"sg.public_ingress_added", "sg.public_ingress_removed"},
        ),
        ("driftkeeper resources --evidence kms.k", {"kms.key"}),
        ("driftkeeper changes --evidence ec2.e", {"ec2.exposure"}),
        ("driftkeeper collect --retry", {"--retry-missed"}),
    ],
)
def test_commands_options_and_names_are_completed(
    asking: Program, words: str, expected: set[str]
) -> None:
    program = replace(
        asking,
        env={
            "_DRIFTKEEPER_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split(" ")) - 1),
        },
    )
    ran = program.process()
    assert ran.code == 0, ran.err
    assert set(ran.out.split()) == expected
