"""Which regions a trail covers."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.collect.spec import Item
from driftkeeper.derive.facts.cloudtrail_coverage import COVERAGE, compared
from driftkeeper.domain.types import Moved
from tests.cases.answers import TRAIL, advanced, basic, trail
from tests.unit.derive.drawing import change, drawn, is_odd, missing, row

_ACCOUNT, _REGION, _TRAIL = "iam.account_summary", "account.region", "cloudtrail.trail"
_SUMMARY: Item = {"SummaryMap": {"Users": 1}}
_MAIN = TRAIL["TrailARN"]
_HOME, _AWAY, _OFF = "eu-west-1", "us-east-1", "ap-east-1"
_REGIONS = [
    {"RegionName": _HOME, "OptInStatus": "opt-in-not-required"},
    {"RegionName": _AWAY, "OptInStatus": "opted-in"},
    {"RegionName": _OFF, "OptInStatus": "not-opted-in"},
]
_READS = {"Selectors.EventSelectors": basic(ReadWriteType="ReadOnly")}
_ELSEWHERE = {"TrailARN": f"{_MAIN}2", "IsMultiRegionTrail": False}


def seen(*trails: Item, regions: list[Item] | None = None) -> dict[Any, Any]:
    return {
        _ACCOUNT: _SUMMARY,
        _REGION: _REGIONS if regions is None else regions,
        _TRAIL: [*trails],
    }


def of(*trails: Item, **more: Any) -> dict[str, Any]:
    return row(COVERAGE, _ACCOUNT, seen(*trails), **more)


def test_a_row_has_the_regions_that_are_on_and_the_part_of_each_trail() -> None:
    assert of(TRAIL) == {
        "regions": {_HOME: [_MAIN], _AWAY: [_MAIN]},
        "everywhere": [_MAIN],
        "trails": {
            _MAIN: {
                "multi_region": True,
                "global_events": True,
                "logging": True,
                "management": True,
                "excluded": [],
            }
        },
    }
    assert of() == {"regions": {_HOME: [], _AWAY: []}, "everywhere": [], "trails": {}}


@pytest.mark.parametrize(
    ("edits", "home", "away", "everywhere"),
    [
        ({}, True, True, True),
        ({"IsMultiRegionTrail": False}, True, False, False),
        ({"IsMultiRegionTrail": False, "HomeRegion": _AWAY}, False, True, False),
        ({"IncludeGlobalServiceEvents": False}, True, True, False),
        ({"Status.IsLogging": False}, False, False, False),
        (_READS, False, False, False),
        ({"Selectors.EventSelectors": basic(IncludeManagementEvents=False)}, False, False, False),
        (
            {
                "Selectors.EventSelectors": [
                    *basic(ReadWriteType="ReadOnly"),
                    *basic(ReadWriteType="WriteOnly"),
                ]
            },
            True,
            True,
            True,
        ),
        (
            {
                "Selectors.EventSelectors": [],
                "Selectors.AdvancedEventSelectors": [advanced("all", eventCategory=["Management"])],
            },
            True,
            True,
            True,
        ),
    ],
    ids=[
        "all",
        "its home region only",
        "another region only",
        "without global services",
        "stopped",
        "reads only",
        "no management events",
        "reads and writes apart",
        "advanced selectors",
    ],
)
def test_what_a_trail_covers(
    edits: dict[str, Any], home: bool, away: bool, everywhere: bool
) -> None:
    found = of(trail(edits))

    assert [bool(found["regions"][name]) for name in (_HOME, _AWAY)] == [home, away]
    assert bool(found["everywhere"]) is everywhere


def test_sources_that_are_left_out_are_named_and_leave_the_region_covered() -> None:
    left = ["kms.amazonaws.com"]
    selected = {"Selectors.EventSelectors": basic(ExcludeManagementEventSources=left)}
    found = of(trail(selected))

    assert found["trails"][_MAIN]["excluded"] == left
    assert found["regions"][_HOME] == [_MAIN]


# ---- what was not seen --------------------------------------------------------------------------


def test_of_the_trail_of_an_organisation_it_may_be_unknown_what_it_logs() -> None:
    details = {_TRAIL: ("Selectors",)}

    assert missing(COVERAGE, _ACCOUNT, seen(TRAIL), unseen=details) == (_TRAIL, "Selectors")


def test_what_is_not_known_of_one_trail_does_not_matter_where_it_covers_nothing_anyway() -> None:
    details = {_TRAIL: ("Selectors",)}
    found = of(trail({"Status.IsLogging": False}), unseen=details)

    assert found["regions"] == {_HOME: [], _AWAY: []}
    assert found["everywhere"] == []
    assert found["trails"][_MAIN]["management"] is None


def test_what_is_not_known_of_one_trail_does_not_matter_where_there_are_no_regions() -> None:
    found = row(
        COVERAGE, _ACCOUNT, seen(TRAIL, regions=[_REGIONS[2]]), unseen={_TRAIL: ("Selectors",)}
    )

    assert (found["regions"], found["everywhere"]) == ({}, None)


def test_trails_and_regions_out_of_sight_make_it_unknown() -> None:
    there = {_ACCOUNT: _SUMMARY, _REGION: _REGIONS}

    assert missing(COVERAGE, _ACCOUNT, there, out=[_TRAIL]) == (_TRAIL, "")
    assert missing(COVERAGE, _ACCOUNT, {_ACCOUNT: _SUMMARY, _TRAIL: TRAIL}) == (_REGION, "")


def test_an_odd_answer_costs_only_its_own_row() -> None:
    assert is_odd(COVERAGE, _ACCOUNT, seen({**TRAIL, "Status": 7}))


# ---- movement and blame -------------------------------------------------------------------------


def test_the_regions_without_a_trail_are_told_as_they_change() -> None:
    covered, bare = of(TRAIL), of(trail({"Status.IsLogging": False}))
    both = of(TRAIL, trail(_ELSEWHERE))
    names = frozenset({_MAIN})

    assert compared(covered, bare) == [Moved(("uncovered",), [], [_AWAY, _HOME][::-1], names)]
    assert compared(bare, covered) == [Moved(("uncovered",), [_HOME, _AWAY], [], names)]
    assert compared(covered, both) == []


def test_a_region_that_is_switched_on_bare_had_none_to_lose_and_has_none_now() -> None:
    before = row(COVERAGE, _ACCOUNT, seen(regions=_REGIONS[:1]))
    after = row(COVERAGE, _ACCOUNT, seen(regions=_REGIONS[:2]))

    assert compared(before, after) == [Moved(("uncovered",), [_HOME], [_HOME, _AWAY], frozenset())]
    assert compared(after, before) == []


@pytest.mark.parametrize(
    ("evidence", "resource", "path", "share"),
    [
        (_TRAIL, _MAIN, "Status/IsLogging", 3),
        (_TRAIL, f"{_MAIN}2", "Status/IsLogging", 1),
        (_REGION, "x", "OptInStatus", 2),
        (_REGION, "x", "RegionName", 0),
    ],
)
def test_what_is_to_blame(evidence: str, resource: str, path: str, share: int) -> None:
    moved = Moved(("uncovered",), [], [_HOME], frozenset({_MAIN}))

    assert COVERAGE.blame(moved, change(evidence, resource, path)) == share


def test_it_is_drawn_from_trails_and_regions() -> None:
    found = drawn(COVERAGE, _ACCOUNT, seen(TRAIL))

    assert {scope.evidence for scope in found.asked} == {_ACCOUNT, _REGION, _TRAIL}
