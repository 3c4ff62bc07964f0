"""Trails are read where they are at home, with what AWS says of them there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from driftkeeper.collect.engine import look
from driftkeeper.collect.evidence.cloudtrail_trail import TRAIL
from driftkeeper.domain.types import Cause, Outcome, Sight
from tests.aws import ACCOUNT, NOW, REGION, Error, Script, reader

ARN = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/main"
STATUS = {
    "IsLogging": True,
    "StartLoggingTime": NOW - timedelta(days=9),
    "LatestDeliveryTime": NOW,
    "TimeLoggingStarted": "2026-06-22T03:00:00Z",
}
SELECTORS = {
    "TrailARN": ARN,
    "EventSelectors": [
        {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []},
    ],
}


def _trail(**more: Any) -> dict[str, Any]:
    return {
        "Name": "main",
        "TrailARN": ARN,
        "S3BucketName": "logs",
        "HomeRegion": REGION,
        "IsMultiRegionTrail": True,
        **more,
    }


def _look(trails: list[dict[str, Any]], **answers: Any) -> tuple[Sight, Script]:
    usual: dict[str, Any] = {
        "DescribeTrails": {"trailList": trails},
        "GetTrailStatus": STATUS,
        "GetEventSelectors": SELECTORS,
        "GetInsightSelectors": Error("InsightNotEnabledException"),
        **answers,
    }
    script = Script({(REGION, f"cloudtrail.{name}"): answer for name, answer in usual.items()})
    return look(TRAIL, reader(script, TRAIL)), script


def test_a_trail_is_read_whole_and_its_deliveries_are_observed():
    sight, _ = _look([_trail()])
    body = sight.bodies[0]
    assert (body.key, sight.coverage.outcome) == (ARN, Outcome.COMPLETE)
    assert body.config["Status"] == {"IsLogging": True}
    assert body.config["Insights"] == {"InsightSelectors": []}
    assert body.observed["Status"] == {
        "StartLoggingTime": "2026-06-22T03:00:00Z",
        "LatestDeliveryTime": "2026-07-01T03:00:00Z",
        "TimeLoggingStarted": "2026-06-22T03:00:00Z",
    }


@pytest.mark.parametrize("lost", ["TrailARN", "S3BucketName"])
def test_a_trail_without_what_every_trail_has_makes_the_scope_missed(lost: str):
    trail = _trail()
    del trail[lost]
    sight, _ = _look([_trail(), trail])
    assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")
    assert f"{lost} is not in the answer" in sight.coverage.message


def test_the_shadow_of_a_trail_from_elsewhere_is_left_to_its_home_region():
    sight, script = _look([_trail(HomeRegion="us-east-1")])
    assert (sight.bodies, sight.coverage.outcome) == ((), Outcome.COMPLETE)
    assert script.asked_for("cloudtrail.DescribeTrails") == [{"includeShadowTrails": True}]
    assert script.asked_for("cloudtrail.GetTrailStatus") == []


def test_a_trail_that_does_not_say_where_it_is_at_home_is_read_here():
    trail = _trail()
    del trail["HomeRegion"]
    assert len(_look([trail])[0].bodies) == 1


@pytest.mark.parametrize(
    ("answers", "cause"),
    [
        ({"GetEventSelectors": Error("CloudTrailARNInvalidException")}, Cause.NOT_OWNER),
        ({"GetEventSelectors": {}}, Cause.FAILED),
        ({"GetEventSelectors": Error("AccessDeniedException")}, Cause.DENIED),
    ],
)
def test_selectors_that_one_may_not_see_are_unseen(answers: dict[str, Any], cause: Cause):
    sight, _ = _look([_trail()], **answers)
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.PARTIAL, cause)
    assert sight.bodies[0].unseen == ("Selectors",)
    assert "Selectors" not in sight.bodies[0].config


def test_an_empty_status_is_not_a_trail_that_stopped():
    sight, _ = _look([_trail()], GetTrailStatus={})
    assert sight.bodies[0].unseen == ("Status",)


@pytest.mark.parametrize("name", ["GetTrailStatus", "GetEventSelectors", "GetInsightSelectors"])
def test_an_organisations_trail_that_it_hides_from_its_members_is_there_all_the_same(name: str):
    """AWS says it does not know the trail that it has just listed: it is another account's."""
    foreign = _trail(TrailARN=ARN.replace(ACCOUNT, "999988887777"))
    sight, _ = _look([foreign], **{name: Error("TrailNotFoundException")})
    assert [body.key for body in sight.bodies] == [foreign["TrailARN"]]
    assert sight.coverage.gone == 0
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.PARTIAL, Cause.NOT_OWNER)


@pytest.mark.parametrize("name", ["GetTrailStatus", "GetEventSelectors", "GetInsightSelectors"])
def test_a_trail_deleted_meanwhile_is_gone(name: str):
    sight, _ = _look([_trail()], **{name: Error("TrailNotFoundException")})
    assert (sight.bodies, sight.coverage.gone) == ((), 1)
    assert sight.coverage.outcome is Outcome.COMPLETE


def test_the_order_of_selectors_means_nothing():
    def selectors(*order: int) -> dict[str, Any]:
        fields = [
            {"Field": "eventCategory", "Equals": ["Data"]},
            {"Field": "resources.type", "Equals": ["AWS::S3::Object", "AWS::Lambda::Function"]},
        ]
        both = [
            {"Name": "one", "FieldSelectors": fields},
            {"Name": "two", "FieldSelectors": fields[::-1]},
        ]
        return {"TrailARN": ARN, "AdvancedEventSelectors": [both[n] for n in order]}

    ours, theirs = (
        _look([_trail()], GetEventSelectors=selectors(*order))[0].bodies[0]
        for order in ((0, 1), (1, 0))
    )
    assert ours.digest == theirs.digest
    only = _look([_trail()], GetEventSelectors=selectors(0))[0].bodies[0]
    assert only.digest != ours.digest
