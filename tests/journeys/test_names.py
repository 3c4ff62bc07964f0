"""Things are found by the names that sentences call them by, and what is listed fits a terminal."""

from __future__ import annotations

from dataclasses import replace
from unittest import mock

import pytest

from driftkeeper.cli.output import Output
from tests.journeys.estate import BASTION, IRELAND, PROD
from tests.journeys.program import Program


def on_terminal(program: Program, width: int, *arguments: str) -> list[str]:
    """Run as if a person looked at it, without a pager; return the lines."""
    looked_at = replace(program, env={"COLUMNS": str(width), "PAGER": "", "NO_COLOR": "1"})
    with mock.patch.object(Output, "is_terminal", True):
        ran = looked_at(*arguments)
    assert ran.code == 0, ran.err
    return ran.out.splitlines()


@pytest.mark.parametrize("command", ["show", "history"])
def test_a_security_group_is_found_by_its_name(asking: Program, command: str) -> None:
    place = ("--account", PROD, "--region", IRELAND)
    assert asking(command, "bastion", *place).out == asking(command, BASTION, *place).out


def test_changes_are_narrowed_by_a_given_name(asking: Program) -> None:
    options = ("--account", PROD, "--region", IRELAND)
    found = asking.json("changes", "--resource", "bastion", *options)["changes"]
    assert found
    assert found == asking.json("changes", "--resource", BASTION, *options)["changes"]


def test_a_fact_by_name_tells_what_it_says_and_nothing_else_is_concluded(asking: Program) -> None:
    document = asking.json("show", BASTION, "--evidence", "ec2.exposure")
    assert [fact["fact"] for fact in document["facts"]] == ["ec2.exposure"]
    assert document["evidence"] == "ec2.security_group"


def test_a_glob_lists_types_and_facts(asking: Program) -> None:
    rows = asking.json("resources", "--evidence", "ec2.*")["resources"]
    assert {"ec2.exposure", "ec2.security_group"} <= {row["evidence"] for row in rows}
    assert {row["evidence"].split(".")[0] for row in rows} == {"ec2"}


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize(
    "command",
    [
        "resources",
        "resources --evidence ec2.exposure",
        "coverage",
        "coverage --scopes",
        "snapshots",
    ],
)
def test_what_is_listed_fits_the_terminal(asking: Program, command: str, width: int) -> None:
    lines = on_terminal(asking, width, *command.split())
    assert max(map(len, lines)) <= width


def test_on_a_terminal_resources_have_short_names_and_with_verbose_whole_ones(
    asking: Program,
) -> None:
    short = on_terminal(asking, 80, "resources", "--evidence", "ec2.security_group")
    assert f"{PROD} · {IRELAND}" in short
    assert any(f"  {BASTION} (bastion)  " in line for line in short)
    whole = on_terminal(asking, 80, "resources", "--evidence", "ec2.security_group", "--verbose")
    assert any(f"arn:aws:ec2:{IRELAND}:{PROD}:security-group/{BASTION}  " in line for line in whole)
    assert whole == asking("resources", "--evidence", "ec2.security_group").out.splitlines()
