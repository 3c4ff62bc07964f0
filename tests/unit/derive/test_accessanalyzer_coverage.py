"""Which regions an analyzer watches."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.collect.spec import Item
from driftkeeper.derive.facts.accessanalyzer_coverage import COVERAGE
from tests.cases.watcher_answers import ANALYZER, UNUSED
from tests.unit.derive.drawing import at, is_odd, missing, row

_REGION, _ANALYZER = "account.region", "accessanalyzer.analyzer"
_ARN = ANALYZER["arn"]


def region(status: str = "opted-in", name: str = "eu-west-1") -> Item:
    return {"RegionName": name, "OptInStatus": status}


def of(item: Item, *analyzers: Item, **more: Any) -> dict[str, Any]:
    return row(COVERAGE, _REGION, {_REGION: item, _ANALYZER: [*analyzers]}, **more)


def test_a_row_has_the_active_analyzers_of_both_sorts() -> None:
    active = {**UNUSED, "status": "ACTIVE"}

    assert of(region(), ANALYZER, active) == {
        "enabled": True,
        "external": [_ARN],
        "unused": [UNUSED["arn"]],
    }
    assert of(region()) == {"enabled": True, "external": [], "unused": []}


@pytest.mark.parametrize(
    ("sort", "status", "external", "unused"),
    [
        ("ACCOUNT", "ACTIVE", True, False),
        ("ORGANIZATION", "ACTIVE", True, False),
        ("ACCOUNT_UNUSED_ACCESS", "ACTIVE", False, True),
        ("ORGANIZATION_UNUSED_ACCESS", "ACTIVE", False, True),
        ("ACCOUNT_INTERNAL_ACCESS", "ACTIVE", False, False),
        ("ACCOUNT", "CREATING", False, False),
        ("ACCOUNT", "DISABLED", False, False),
        ("ACCOUNT", "FAILED", False, False),
    ],
)
def test_only_an_active_analyzer_of_its_sort_counts(
    sort: str, status: str, external: bool, unused: bool
) -> None:
    found = of(region(), {**ANALYZER, "type": sort, "status": status})

    assert (bool(found["external"]), bool(found["unused"])) == (external, unused)


@pytest.mark.parametrize(
    ("status", "enabled"),
    [("opt-in-not-required", True), ("opted-in", True), ("not-opted-in", False)],
)
def test_a_region_that_is_off_needs_no_analyzer_and_no_look(status: str, enabled: bool) -> None:
    assert of(region(status))["enabled"] is enabled


def test_a_region_that_is_off_is_known_though_nobody_looked_there() -> None:
    off = region("not-opted-in", "ap-east-1")

    assert row(COVERAGE, _REGION, {_REGION: off})["external"] == []


def test_analyzers_of_another_region_do_not_count() -> None:
    elsewhere = {_REGION: region(), _ANALYZER: [], at(_ANALYZER, "us-east-1"): ANALYZER}

    assert row(COVERAGE, _REGION, elsewhere)["external"] == []


def test_a_region_that_is_on_and_was_not_looked_at_is_unknown() -> None:
    assert missing(COVERAGE, _REGION, {_REGION: region()}) == (_ANALYZER, "")
    assert missing(COVERAGE, _REGION, {_REGION: region()}, out=[_ANALYZER]) == (_ANALYZER, "")


def test_an_odd_answer_costs_only_its_own_row() -> None:
    odd = {name: value for name, value in ANALYZER.items() if name != "status"}

    assert is_odd(COVERAGE, _REGION, {_REGION: region(), _ANALYZER: odd})
