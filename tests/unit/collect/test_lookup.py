"""A lookup brings every page, at a pace that CloudTrail allows, or says why it brings none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError

from driftkeeper.collect.account import Account
from driftkeeper.collect.catalog import ATTRIBUTION_CALLS
from driftkeeper.collect.lookup import (
    PAGES,
    Budget,
    SpentError,
    TooManyError,
    look_up,
)
from driftkeeper.collect.spec import Unseen
from driftkeeper.domain.errors import CredentialsError
from driftkeeper.domain.types import Cause
from tests.aws import ACCOUNT, REGION, Error, Script, Ticking, clients

FROM = datetime(2026, 3, 3, 6, tzinfo=UTC)
UNTIL = FROM + timedelta(days=1)
NAME = ("EventName", "CreateUser")


def events(*numbers: int) -> dict[str, Any]:
    return {"Events": [{"EventId": f"e{n}", "EventName": "CreateUser"} for n in numbers]}


def look(answer: Any, budget: Budget | None = None, region: str = REGION) -> tuple[Any, Script]:
    script = Script({(region, "cloudtrail.LookupEvents"): answer})
    asks = clients(script, ATTRIBUTION_CALLS)
    account = Account(ACCOUNT, "aws", "arn:aws:iam::1:user/x", asks)
    return look_up(account, region, NAME, (FROM, UNTIL), budget or Budget(Ticking())), script


def unseen(answer: Any) -> Unseen:
    with pytest.raises(Unseen) as caught:
        look(answer)
    return caught.value


def test_all_pages_of_one_attribute_and_interval_are_brought() -> None:
    found, script = look([events(1, 2), events(3), events(4)])
    assert [event["EventId"] for event in found] == ["e1", "e2", "e3", "e4"]
    first, *_ = asked = script.asked_for("cloudtrail.LookupEvents")
    attribute = {"AttributeKey": "EventName", "AttributeValue": "CreateUser"}
    assert first == {
        "LookupAttributes": [attribute],
        "StartTime": FROM,
        "EndTime": UNTIL,
        "MaxResults": 50,
    }
    assert [params.get("NextToken") for params in asked] == [None, "1", "2"]


def test_no_events_is_an_answer() -> None:
    assert look(events())[0] == []


def test_two_calls_a_second_go_to_each_region_and_no_more() -> None:
    clock = Ticking()
    budget = Budget(clock)
    look([events(1), events(2), events(3)], budget)
    assert clock.slept == [0.5, 0.5]
    look(events(1), budget, "eu-west-3")
    assert clock.slept == [0.5, 0.5]


def test_who_comes_later_need_not_wait() -> None:
    clock = Ticking(tick=1.0)
    look([events(1), events(2)], Budget(clock))
    assert clock.slept == []


def test_a_run_makes_no_more_calls_than_it_may() -> None:
    budget = Budget(Ticking(), calls=2)
    with pytest.raises(SpentError):
        look([events(1), events(2), events(3)], budget)
    assert budget.made == 2


def test_an_operation_that_is_called_all_the_time_is_given_up() -> None:
    budget = Budget(Ticking())
    with pytest.raises(TooManyError):
        look([events(n) for n in range(PAGES + 1)], budget)
    assert budget.made == PAGES
    assert len(look([events(n) for n in range(PAGES)])[0]) == PAGES


@pytest.mark.parametrize(
    ("answer", "cause", "code"),
    [
        (Error("AccessDeniedException"), Cause.DENIED, "AccessDeniedException"),
        (Error("InvalidTimeRangeException"), Cause.FAILED, "InvalidTimeRangeException"),
        (EndpointConnectionError(endpoint_url="x"), Cause.UNREACHABLE, "EndpointConnectionError"),
        ({}, Cause.FAILED, "MalformedAnswer"),
        (lambda _: {"Events": [], "NextToken": "again"}, Cause.FAILED, "MalformedAnswer"),
        ([events(1), Error("AccessDeniedException")], Cause.DENIED, "AccessDeniedException"),
        (TypeError("x"), Cause.FAILED, "MalformedAnswer"),
    ],
)
def test_what_goes_wrong_is_said_and_is_no_empty_answer(
    answer: Any, cause: Cause, code: str
) -> None:
    found = unseen(answer)
    assert (found.cause, found.code) == (cause, code)


def test_missing_credentials_are_an_error_of_the_user() -> None:
    with pytest.raises(CredentialsError, match="aws sso login"):
        look(NoCredentialsError())
