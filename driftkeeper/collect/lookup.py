"""Asks CloudTrail which calls were made: one operation, or one resource, in one region and interval.

Source: `cloudtrail:LookupEvents`. It finds management events of the last 90 days, takes one attribute
per call, answers 50 events a page, newest first, and allows two calls a second in each region of an
account. A run makes no more than so many calls, and of one question no more than so many pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from botocore.parsers import ResponseParserError

from driftkeeper.collect.account import Account
from driftkeeper.collect.catalog import ATTRIBUTION_CALLS
from driftkeeper.collect.causes import unseen_for_code, unseen_for_transport
from driftkeeper.collect.recording import NotRecordedError
from driftkeeper.collect.spec import Unseen
from driftkeeper.domain.canonical import CanonicalError, plain
from driftkeeper.domain.clock import Clock
from driftkeeper.domain.errors import CredentialsError
from driftkeeper.domain.types import Cause, Json

CALLS = 120
"""Calls of one run, at most."""
PAGES = 20
"""Pages of one question, at most: an operation that is called so often is asked for by resource."""
_SECONDS = 0.5
(_LOOKUP,) = ATTRIBUTION_CALLS
_GARBAGE = (ResponseParserError, CanonicalError, AttributeError, LookupError, TypeError, ValueError)


class SpentError(Exception):
    """The run has made all the calls that it may."""


class TooManyError(Exception):
    """There are more pages than a question may have."""


@dataclass
class Budget:
    """The calls that are left to a run, and when each region of an account may be asked again."""

    clock: Clock
    calls: int = CALLS
    made: int = 0
    _next: dict[tuple[str, str], float] = field(default_factory=dict)

    def take(self, account: str, region: str) -> None:
        """Wait for a call's turn and count it; raise `SpentError` when none is left."""
        if self.made >= self.calls:
            raise SpentError
        self.made += 1
        now = self.clock.monotonic()
        turn = max(now, self._next.get((account, region), now))
        if turn > now:
            self.clock.sleep(turn - now)
        self._next[account, region] = turn + _SECONDS


def look_up(
    account: Account,
    region: str,
    attribute: tuple[str, str],
    interval: tuple[datetime, datetime],
    budget: Budget,
) -> list[Json]:
    """Return all events of an attribute, such as `("EventName", "CreateUser")`, in an interval.

    Raises `Unseen` when a page could not be read, `TooManyError` and `SpentError`.
    """
    start, end = interval
    key, value = attribute
    params = {
        "LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}],
        "StartTime": start,
        "EndTime": end,
    }
    return list(_events(account, region, params, budget))


def _events(
    account: Account, region: str, params: dict[str, Any], budget: Budget
) -> Iterator[Json]:
    token: dict[str, Any] = {}
    for _ in range(PAGES):
        page = _page(account, region, {**params, **token}, budget)
        events = page.get(str(_LOOKUP.items))
        if not isinstance(events, list):
            raise _malformed(f"{_LOOKUP.items} is not a list")
        yield from events
        following = page.get("NextToken")
        if following is None:
            return
        if token.get("NextToken") == following:
            raise _malformed("the same page again and again")
        token = {"NextToken": following}
    raise TooManyError


def _page(account: Account, region: str, params: dict[str, Any], budget: Budget) -> Json:
    budget.take(account.id, region)
    try:
        client = account.clients.client(_LOOKUP.service, region)
        with account.clients.budget(_LOOKUP.service):
            answer = client.lookup_events(**params, MaxResults=_LOOKUP.page_size)
        answer.pop("ResponseMetadata", None)
        return plain(answer)
    except ClientError as error:
        details = error.response.get("Error", {})
        code, message = str(details.get("Code", "")), str(details.get("Message", ""))
        raise unseen_for_code(code, message) from None
    except NotRecordedError as error:
        raise Unseen(Cause.NOT_RUN, "NotRecorded", str(error)) from None
    except NoCredentialsError:
        raise CredentialsError(
            "no AWS credentials found; set AWS_PROFILE or run `aws sso login`, then try again"
        ) from None
    except BotoCoreError as error:
        raise unseen_for_transport(error) from None
    except _GARBAGE as error:
        raise _malformed(f"no answer at all ({type(error).__name__})") from None


def _malformed(why: str) -> Unseen:
    return Unseen(Cause.FAILED, "MalformedAnswer", f"cloudtrail:lookup_events: {why}")
