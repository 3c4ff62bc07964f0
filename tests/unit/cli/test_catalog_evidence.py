"""The catalogues of evidence types, facts and criteria fit a terminal, and tell more of one by name."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from driftkeeper.cli import catalog_controls, catalog_evidence, catalog_kinds
from driftkeeper.cli.session import Session
from driftkeeper.collect.catalog import evidence_types
from driftkeeper.derive.catalog import facts
from driftkeeper.domain.errors import UsageError

COMMANDS: Mapping[str, Callable[..., None]] = {
    "evidence": catalog_evidence.evidence,
    "facts": catalog_evidence.facts,
    "controls": catalog_controls.controls,
    "criteria": catalog_controls.criteria,
    "kinds": catalog_kinds.kinds,
}


class Terminal(io.StringIO):
    """A stream at which a person looks."""

    def isatty(self) -> bool:
        return True


class _Context:
    """As much of a typer context as the commands ask for."""

    def __init__(self, session: Session) -> None:
        self.obj = session


def run(*arguments: str, as_json: bool = False) -> str:
    app = typer.Typer()
    for command in COMMANDS.values():
        app.command()(command)
    session = Session(None, None, as_json, quiet=False, verbose=False, no_color=True)
    result = CliRunner().invoke(app, arguments, obj=session)
    if result.exception is not None:
        raise result.exception
    return result.stdout


def document(*arguments: str) -> Any:
    return json.loads(run(*arguments, as_json=True))


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("command", ["evidence", "facts", "controls"])
def test_a_listing_fits_the_terminal(
    command: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    session = Session(None, None, False, quiet=False, verbose=False, no_color=True)
    with redirect_stdout(Terminal()) as stream:
        COMMANDS[command](_Context(session))
    lines = stream.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert len(lines) > 10


def test_in_a_pipe_each_is_on_one_line_with_all_that_it_reads() -> None:
    lines = run("facts").splitlines()
    assert len(lines) == 1 + len(facts())
    assert "iam.user iam.group iam.role iam.policy" in run("facts")
    assert len(run("evidence").splitlines()) == 1 + len(evidence_types())


def test_a_name_tells_all_that_is_known() -> None:
    key = run("evidence", "kms.key")
    assert key.startswith("kms.key\n")
    for text in ("{KeyArn}", "Aliases.AliasName", "kms:GetKeyRotationStatus", "10 KMS keys"):
        assert text in key
    assert facts()["iam.rights"].says in run("facts", "iam.rights")


def test_globs_and_json_keep_only_what_fits() -> None:
    assert [row["name"] for row in document("facts", "iam.*")["facts"]] == [
        "iam.rights",
        "iam.trust",
    ]
    assert [row["name"] for row in document("evidence", "kms.key")["evidence"]] == ["kms.key"]
    assert run("facts", "iam.*").splitlines()[0].split() == ["NAME", "OF", "TITLE", "READS"]


def test_criteria_take_names_in_any_case_and_globs() -> None:
    assert [row["name"] for row in document("criteria", "cc6.6")["criteria"]] == ["CC6.6"]
    assert {row["name"][:3] for row in document("criteria", "CC7.*")["criteria"]} == {"CC7"}
    text = run("criteria", "CC6.6")
    assert "CC6.6" in text
    assert "CC6.1" not in text


@pytest.mark.parametrize(
    ("command", "name", "hint"),
    [
        ("facts", "iam.right", "no fact is called 'iam.right'; did you mean iam.rights"),
        ("evidence", "kms.keys", "no evidence type is called 'kms.keys'; did you mean kms.key"),
        ("criteria", "CC6.66", "no criterion is called 'CC6.66'; did you mean CC6.6"),
    ],
)
def test_an_unknown_name_says_which_is_near(command: str, name: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        run(command, name)
    assert hint in str(caught.value)
