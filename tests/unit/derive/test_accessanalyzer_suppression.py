"""What archive rules hide."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.derive.facts.accessanalyzer_suppression import SUPPRESSION
from tests.cases.watcher_answers import ARCHIVE_RULE
from tests.unit.derive.drawing import is_odd, missing, row

_RULE = "accessanalyzer.archive_rule"


def of(**filters: Any) -> dict[str, Any]:
    named = {name.replace("__", "."): how for name, how in filters.items()}
    return row(SUPPRESSION, _RULE, {_RULE: {**ARCHIVE_RULE, "filter": named}})


def test_a_row_says_by_what_a_rule_filters() -> None:
    partner = {"eq": ["999988887777"]}

    assert of(resourceType={"eq": ["AWS::S3::Bucket"]}, principal__AWS=partner) == {
        "by": ["principal.AWS", "resourceType"],
        "everything": False,
        "public": True,
    }


def test_a_rule_without_a_filter_hides_everything() -> None:
    assert of() == {"by": [], "everything": True, "public": True}


@pytest.mark.parametrize(
    ("how", "hides"),
    [
        ({"eq": ["false"]}, False),
        ({"eq": ["true"]}, True),
        ({"eq": ["true", "false"]}, True),
        ({"neq": ["true"]}, False),
        ({"neq": ["false"]}, True),
        ({"exists": True}, True),
        ({"contains": ["false"]}, True),
    ],
)
def test_a_rule_hides_public_access_unless_it_says_that_it_does_not(
    how: dict[str, Any], hides: bool
) -> None:
    assert of(isPublic=how)["public"] is hides


def test_a_rule_that_is_not_there_hides_nothing() -> None:
    assert row(SUPPRESSION, _RULE, {_RULE: None}, key="x") == {
        "by": [],
        "everything": False,
        "public": False,
    }


def test_a_filter_that_was_not_seen_makes_it_unknown() -> None:
    seen = {_RULE: ARCHIVE_RULE}

    assert missing(SUPPRESSION, _RULE, seen, unseen={_RULE: ("filter",)}) == (_RULE, "filter")


def test_an_odd_answer_costs_only_its_own_row() -> None:
    odd = {**ARCHIVE_RULE, "filter": {"isPublic": 7}}

    assert is_odd(SUPPRESSION, _RULE, {_RULE: odd})
