"""Which regions GuardDuty watches."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.collect.spec import Item
from driftkeeper.derive.facts.guardduty_coverage import COVERAGE
from tests.cases.watcher_answers import DETECTOR, NO_DETECTOR
from tests.unit.derive.drawing import at, missing, row

_REGION, _DETECTOR = "account.region", "guardduty.detector"


def region(status: str = "opted-in") -> Item:
    return {"RegionName": "eu-west-1", "OptInStatus": status}


def of(item: Item, *detectors: Item) -> dict[str, Any]:
    return row(COVERAGE, _REGION, {_REGION: item, _DETECTOR: [*detectors]})


@pytest.mark.parametrize(
    ("detectors", "state"),
    [
        ([DETECTOR], "ENABLED"),
        ([{**DETECTOR, "Status": "DISABLED"}], "DISABLED"),
        ([NO_DETECTOR], "ABSENT"),
        ([], "ABSENT"),
    ],
    ids=["on", "suspended", "never enabled", "nothing listed"],
)
def test_a_region_that_is_on_has_the_state_of_its_detector(
    detectors: list[Item], state: str
) -> None:
    assert of(region(), *detectors) == {"enabled": True, "detector": state}


def test_a_region_that_is_off_has_none_and_needs_no_look() -> None:
    off = {_REGION: region("not-opted-in")}

    assert row(COVERAGE, _REGION, off) == {"enabled": False, "detector": None}


def test_a_detector_of_another_region_does_not_count() -> None:
    seen = {_REGION: region(), _DETECTOR: NO_DETECTOR, at(_DETECTOR, "us-east-1"): DETECTOR}

    assert row(COVERAGE, _REGION, seen)["detector"] == "ABSENT"


def test_a_region_that_is_on_and_was_not_looked_at_is_unknown() -> None:
    assert missing(COVERAGE, _REGION, {_REGION: region()}) == (_DETECTOR, "")
    assert missing(COVERAGE, _REGION, {_REGION: region()}, out=[_DETECTOR]) == (_DETECTOR, "")


def test_a_detector_in_sight_is_known_though_a_detail_of_it_was_not_seen() -> None:
    seen = {_REGION: region(), _DETECTOR: DETECTOR}
    unseen = {_DETECTOR: ("Administrator", "Statistics")}

    assert row(COVERAGE, _REGION, seen, unseen=unseen)["detector"] == "ENABLED"
