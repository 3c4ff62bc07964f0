"""The catalogue of controls tells people and programs the same, and never that anything passes."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from driftkeeper.assess.catalog import controls
from driftkeeper.assess.criteria import CRITERIA
from driftkeeper.cli import catalog_controls
from driftkeeper.cli.session import Session
from driftkeeper.domain.errors import UsageError

NOT_JUDGED = "not judged yet"


def run(*arguments: str, json: bool = False) -> str:
    app = typer.Typer()
    app.command()(catalog_controls.controls)
    app.command()(catalog_controls.criteria)
    session = Session(None, None, json, quiet=False, verbose=False, no_color=True)
    result = CliRunner().invoke(app, arguments, obj=session)
    if result.exception is not None:
        raise result.exception
    return result.stdout


def document(*arguments: str) -> Any:
    return json.loads(run(*arguments, json=True))


class TestControls:
    def test_each_is_on_a_line_of_its_own_under_its_item(self) -> None:
        text = run("controls")

        assert text.startswith("94 controls: 56 core, 38 extended.\n")
        assert NOT_JUDGED in text
        for name in controls():
            assert len(re.findall(rf"^  {name} ", text, re.MULTILINE)) == 1
        items = re.findall(r"^\n(?:(\d+) .*|The evidence process itself)$", text, re.MULTILINE)
        assert items == [*map(str, range(1, 11)), ""]

    def test_extended_ones_are_marked_and_no_others(self) -> None:
        marked = re.findall(r"^  (\S+) .* extended ", run("controls"), re.MULTILINE)

        assert {*marked} == {name for name, each in controls().items() if each.extended}

    def test_a_name_brings_all_that_is_known_of_it(self) -> None:
        text = run("controls", "iam-access-key-unused-90")

        control = controls()["iam-access-key-unused-90"]
        for said in (control.fails_when, control.remediate, control.limits, "days 90", "CIS 2.11"):
            assert said in text
        assert "medium; to be gone within 60 days" in text
        assert "iam.access_key.* iam.user.dormant_reactivated" in text
        assert NOT_JUDGED in text
        assert "root-mfa-enabled" not in text

    def test_what_no_change_moves_says_so(self) -> None:
        assert "none: only time or a person moves it" in run("controls", "evidence-chain-intact")

    def test_lists_and_tables_of_parameters_are_readable(self) -> None:
        text = run("controls", "sg-public-ports-authorized", "remediated-within-sla")

        assert "authorised_ports 80, 443" in text
        assert "sla_days critical 7, high 30, medium 60, low 90" in text
        assert "trusted_accounts none" in run("controls", "kms-policy-external")
        assert "delegated_administrator none" in run("controls", "aa-external-analyzer-all-regions")

    def test_a_shell_completes_the_names_that_begin_so(self) -> None:
        assert catalog_controls.completed("kms-rotation-") == [
            "kms-rotation-enabled",
            "kms-rotation-happened",
            "kms-rotation-period",
        ]

    def test_a_criterion_leaves_those_that_bear_on_it(self) -> None:
        found = document("controls", "--criterion", "cc7.4")["controls"]

        assert [each["name"] for each in found] == ["remediated-within-sla"]
        assert run("controls", "--criterion", "CC6.4").startswith("0 controls")

    def test_a_criterion_that_there_is_not_is_refused(self) -> None:
        with pytest.raises(UsageError, match=r"no criterion 'CC6\.9'.*catalog criteria"):
            run("controls", "--criterion", "CC6.9")

    def test_an_unknown_name_is_refused(self) -> None:
        with pytest.raises(UsageError, match="did you mean root-mfa-enabled"):
            run("controls", "root-mfa-enable")

    def test_the_document_has_every_control_in_full(self) -> None:
        found = document("controls")

        assert found["schema"] == "catalog-controls/1"
        assert [each["name"] for each in found["controls"]] == list(controls())
        (one,) = document("controls", "gd-suppression-justified")["controls"]
        assert one == {
            "name": "gd-suppression-justified",
            "title": "Every filter that archives findings is justified",
            "criteria": ["CC7.3"],
            "severity": "medium",
            "severity_note": "critical where the filter can archive findings of severity 7 or more",
            "extended": False,
            "item": 7,
            "fails_when": "A filter archives findings unseen, and nobody justified it.",
            "remediate": "Remove the filter, or record why these findings need no eyes.",
            "limits": "This does not evidence that the findings which it archived were harmless.",
            "sla_days": 60,
            "parameters": {"severe_from": 7},
            "refs": [],
            "changes": ["guardduty.suppression_*"],
        }


class TestCriteria:
    def test_each_is_listed_with_its_controls_or_with_what_shows_it_instead(self) -> None:
        evidenced, not_evidenced = run("criteria").split("Not evidenced here")

        for name, criterion in CRITERIA.items():
            part = not_evidenced if criterion.elsewhere else evidenced
            assert f"{name}  {criterion.title}\n       " in part
        assert "11 of 33 criteria" in evidenced
        assert NOT_JUDGED in evidenced
        assert "AWS's own SOC 2 report" in not_evidenced

    def test_the_document_says_which_are_evidenced(self) -> None:
        found = document("criteria")

        assert found["schema"] == "catalog-criteria/1"
        by_name = {each["name"]: each for each in found["criteria"]}
        assert list(by_name) == list(CRITERIA)
        assert by_name["CC8.1"]["controls"] == ["change-authorised"]
        assert by_name["CC8.1"]["evidenced"] is True
        assert by_name["CC8.1"]["elsewhere"] is None
        assert by_name["CC6.4"] == {
            "name": "CC6.4",
            "title": CRITERIA["CC6.4"].title,
            "controls": [],
            "evidenced": False,
            "elsewhere": CRITERIA["CC6.4"].elsewhere,
        }
