"""Hand-made changes, and calls as CloudTrail logs them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from driftkeeper.attribute.events import Event, read
from driftkeeper.domain.types import Change, Direction, Json, Scope, Severity

PROD = "111122223333"
IRELAND = "eu-west-1"
BEFORE = datetime(2026, 3, 3, 6, tzinfo=UTC)
SEEN = datetime(2026, 3, 4, 6, tzinfo=UTC)
"""The two sights between which everything here happens."""
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)

ALICE = {
    "type": "IAMUser",
    "principalId": "AIDAALICE",
    "arn": f"arn:aws:iam::{PROD}:user/alice",
    "accountId": PROD,
    "userName": "alice",
}
ROOT = {"type": "Root", "principalId": PROD, "arn": f"arn:aws:iam::{PROD}:root", "accountId": PROD}


def role(session: str = "run-17", name: str = "deployer", **more: Any) -> dict[str, Any]:
    """Who calls in a session of a role."""
    return {
        "type": "AssumedRole",
        "principalId": f"AROAEXAMPLE:{session}",
        "arn": f"arn:aws:sts::{PROD}:assumed-role/{name}/{session}",
        "accountId": PROD,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "arn": f"arn:aws:iam::{PROD}:role/{name}",
                "userName": name,
            },
            "attributes": {"mfaAuthenticated": "false", "creationDate": "2026-03-03T11:00:00Z"},
        },
        **more,
    }


def record(
    name: str,
    service: str = "iam",
    parameters: Any = None,
    answer: Any = None,
    *,
    at: datetime = NOON,
    by: Any = ALICE,
    number: int = 1,
    **more: Any,
) -> dict[str, Any]:
    """The record of a call."""
    return {
        "eventVersion": "1.11",
        "userIdentity": by,
        "eventTime": at.isoformat().replace("+00:00", "Z"),
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.27.0",
        "requestParameters": parameters,
        "responseElements": answer,
        "eventID": f"00000000-0000-4000-8000-{number:012}",
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": PROD,
        **more,
    }


def row(found: dict[str, Any]) -> dict[str, Any]:
    """The row of `LookupEvents` in which a record comes."""
    return {
        "EventId": found["eventID"],
        "EventName": found["eventName"],
        "EventTime": found["eventTime"],
        "EventSource": found["eventSource"],
        "ReadOnly": "false",
        "Username": "alice",
        "Resources": [],
        "CloudTrailEvent": json.dumps(found),
    }


def call(name: str, *arguments: Any, **more: Any) -> Event:
    """A call, as it is read."""
    found = read(row(record(name, *arguments, **more)))
    assert found is not None
    return found


def later(minutes: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def change(
    kind: str,
    evidence: str,
    resource: str,
    path: str = "",
    before: Json = None,
    after: Json = None,
    region: str = "aws-global",
) -> Change:
    """A change that was seen between the two sights."""
    return Change(
        id=f"{kind}|{resource}|{path}"[:36],
        kind=kind,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=(),
        scope=Scope(PROD, region, evidence),
        resource=resource,
        path=path,
        before=before,
        after=after,
        not_before=BEFORE,
        not_after=SEEN,
        snapshot=2,
        previous_snapshot=1,
        says="something changed",
    )


def iam(what: str) -> str:
    """The ARN of something in IAM."""
    return f"arn:aws:iam::{PROD}:{what}"


def regional(service: str, what: str) -> str:
    """The ARN of something in Ireland."""
    return f"arn:aws:{service}:{IRELAND}:{PROD}:{what}"


def in_ireland(found: Change) -> Change:
    """The change of something that is in a region."""
    return replace(found, scope=replace(found.scope, region=IRELAND))
