"""CloudTrail: the selectors of a new trail, insights that are off, events and public keys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from botocore.utils import parse_timestamp

from tests.aws.repairs.asked import Answer, Asked, Mend, Row, State
from tests.aws.script import Error

DEFAULT = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}


def _trails(state: State, asked: Asked, answer: Row) -> Row:
    """Say of each trail whether its selectors are its own."""
    known = state.backend("cloudtrail", asked.region).trails
    rows = []
    for row in answer["trailList"]:
        trail = known.get(row["Name"])
        own = trail is not None and bool(trail.event_selectors or trail.advanced_event_selectors)
        insights = trail is not None and bool(trail.insight_selectors)
        rows.append({**row, "HasCustomEventSelectors": own, "HasInsightSelectors": insights})
    return {"trailList": rows}


def _selectors(_state: State, _asked: Asked, answer: Row) -> Row:
    if answer.get("AdvancedEventSelectors"):
        return {name: answer[name] for name in ("TrailARN", "AdvancedEventSelectors")}
    found: list[Row] = answer.get("EventSelectors") or [{}]
    return {
        "TrailARN": answer["TrailARN"],
        "EventSelectors": [DEFAULT | selector for selector in found],
    }


def _insights(_state: State, asked: Asked, answer: Row) -> Row | Error:
    if not answer.get("InsightSelectors"):
        return Error("InsightNotEnabledException", f"{asked.params['TrailName']} has none")
    return answer


def _status(_state: State, _asked: Asked, answer: Row) -> Row:
    """Leave out what never happened, where moto tells an empty text."""
    return {name: value for name, value in answer.items() if value != ""}


def _events(state: State, asked: Asked) -> Row | Error:
    """Return events, newest first; only one attribute can be looked up at a time."""
    attributes = asked.params.get("LookupAttributes", [])
    if len(attributes) > 1:
        return Error("InvalidLookupAttributesException", "one attribute at a time")
    rows = [
        event
        for event in state.events.get(asked.region, [])
        if all(_has(event, a["AttributeKey"], a["AttributeValue"]) for a in attributes)
        and _within(event["EventTime"], asked.params)
    ]
    return {"Events": sorted(rows, key=lambda event: event["EventTime"], reverse=True)}


def _has(event: Mapping[str, Any], name: str, value: str) -> bool:
    if name in ("ResourceName", "ResourceType"):
        return any(row.get(name) == value for row in event.get("Resources", []))
    return bool(event.get(name) == value)


def _within(moment: Any, params: Mapping[str, Any]) -> bool:
    start, end = (_moment(params.get(name, moment)) for name in ("StartTime", "EndTime"))
    return bool(start <= moment <= end)


def _moment(value: datetime | str) -> datetime:
    """Return a parameter's time, which may be given as text."""
    if isinstance(value, datetime):
        return value
    moment: datetime = parse_timestamp(value)
    return moment


def _public_keys(state: State, asked: Asked) -> Row:
    """Return the keys whose validity touches the time that is asked for."""
    start = _moment(asked.params.get("StartTime", state.now()))
    end = _moment(asked.params.get("EndTime", state.now()))
    rows = [
        key
        for key in state.public_keys.get(asked.region, [])
        if key["ValidityStartTime"] <= end and start <= key["ValidityEndTime"]
    ]
    return {"PublicKeyList": rows}


ANSWERS: Mapping[str, Answer] = {"LookupEvents": _events, "ListPublicKeys": _public_keys}
MENDS: Mapping[str, Mend] = {
    "DescribeTrails": _trails,
    "GetEventSelectors": _selectors,
    "GetInsightSelectors": _insights,
    "GetTrailStatus": _status,
}
