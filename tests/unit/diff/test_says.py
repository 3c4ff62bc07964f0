"""The sentences of changes: the real values, nothing invented, nothing too long."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.diff.says import sentence, short_name
from driftkeeper.diff.spec import ChangeKind, Difference, Lifecycle
from driftkeeper.domain.types import Body, Direction, Json, Scope, Severity
from tests.cases.answers import ACCOUNT, AS_OF, SINCE
from tests.cases.case import told
from tests.cases.tables import CASES


def said(says: str, *, resource: str = "arn:aws:x:::thing/a", **given: Any) -> str:
    config = given.pop("config", {})
    body = Body(resource, None, config, b"", "")
    values: dict[str, Any] = {"path": (), "before": None, "after": None, **given}
    kind = ChangeKind("x.y", "x", Direction.NEUTRAL, Severity.INFO, ("CC8.1",), says)
    scope = Scope(ACCOUNT, "eu-west-1", "x")
    return sentence(
        kind,
        Difference(
            Lifecycle.ATTRIBUTE,
            scope,
            resource,
            **values,
            old=None,
            new=body,
            since=SINCE,
            as_of=AS_OF,
        ),
    )


def test_a_sentence_has_fields_of_the_configuration() -> None:
    assert said("{Name} is {On}", config={"Name": "main", "On": True}) == "main is on"


def test_our_own_words_come_before_fields_of_the_same_name() -> None:
    assert said("{path} {before}", config={"path": "x", "before": "y"}, path=("A", "B")) == (
        "A/B nothing"
    )


def test_names_of_the_path_are_words() -> None:
    assert said("{leaf} of {steps[0]} in {path}", path=("A", "b/c")) == "b/c of A in A/b/c"


@pytest.mark.parametrize("says", ["{Missing}", "{steps[7]}", "{steps[0]}"])
def test_what_is_not_there_reads_as_a_question(says: str) -> None:
    assert said(says) == "?"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nothing"),
        ([], "none"),
        ({}, "none"),
        (False, "off"),
        (0, "0"),
        ("text", "text"),
        ({"A": True, "B": ["x", 1]}, "A on, B x, 1"),
    ],
)
def test_values_read_as_words(value: Json, text: str) -> None:
    assert said("{after}", after=value) == text


def test_a_long_value_is_cut_and_shows_that_it_is() -> None:
    text = said("{after}", after="x" * 500)

    assert len(text) == 160
    assert text.endswith("x…")


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        ("arn:aws:iam::1:user/alice", "alice"),
        ("arn:aws:iam::1:user/shop/alice", "shop/alice"),
        ("arn:aws:iam::1:root", "root"),
        ("arn:aws:ec2:eu-west-1:1:security-group/sg-1", "sg-1"),
        ("urn:driftkeeper:1:s3:account-public-access-block", "account-public-access-block"),
        ("1/eu-west-1/kms.key", "1/eu-west-1/kms.key"),
    ],
)
def test_a_thing_is_called_by_the_end_of_its_key(resource: str, name: str) -> None:
    assert short_name(resource) == name
    assert said("{resource}", resource=resource) == name


@pytest.mark.parametrize(
    ("config", "called"),
    [
        ({"GroupName": "web"}, "a (web)"),
        ({"Aliases": [{"AliasName": "alias/x"}, {"AliasName": "alias/y"}]}, "a (alias/x)"),
        ({"Aliases": []}, "a"),
        ({"Aliases": "odd"}, "a"),
        ({"Aliases": ["odd"]}, "a"),
    ],
)
def test_a_thing_is_also_called_by_the_name_its_owner_gave(
    config: dict[str, Json], called: str
) -> None:
    assert said("{resource}", config=config) == called


def test_braces_in_a_value_are_only_text() -> None:
    assert said("{after}", after="{Name} {0}") == "{Name} {0}"


def test_no_sentence_of_a_case_has_a_word_missing() -> None:
    for name, case in CASES.items():
        for change in told(case):
            assert "?" not in change.says, (name, change.kind, change.says)
            assert change.says == change.says.strip() != ""
            assert not change.says.endswith(".")
