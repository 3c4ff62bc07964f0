"""GuardDuty: one detector per region, its foundational features, its filters and findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tests.aws.repairs.asked import Answer, Asked, Mend, Row, State
from tests.aws.script import Error

FOUNDATIONAL = ("CLOUD_TRAIL", "DNS_LOGS", "FLOW_LOGS")
_SOURCES = ("CloudTrail", "DNSLogs", "FlowLogs")


def _detectors(state: State, asked: Asked) -> Mapping[str, Any]:
    found: Mapping[str, Any] = state.backend("guardduty", asked.region).detectors
    return found


def _create(state: State, asked: Asked) -> Error | None:
    if not _detectors(state, asked):
        return None
    return Error("BadRequestException", "a detector already exists for the current account")


def _detector(state: State, asked: Asked, answer: Row) -> Row:
    """Tell the foundational features, which are on while there is a detector."""
    moment = _detectors(state, asked)[asked.params["DetectorId"]].updated_at.replace(tzinfo=UTC)
    on = [{"Name": n, "Status": "ENABLED", "UpdatedAt": moment} for n in FOUNDATIONAL]
    more = [row for row in answer.get("Features", []) if row["Name"] not in FOUNDATIONAL]
    sources = {**answer["DataSources"], **{name: {"Status": "ENABLED"} for name in _SOURCES}}
    return {**answer, "Features": [*on, *more], "DataSources": sources}


def _filters(state: State, asked: Asked) -> Row:
    return {"FilterNames": sorted(_detectors(state, asked)[asked.params["DetectorId"]].filters)}


def _filter(state: State, asked: Asked, answer: Row) -> Row:
    """Tell the action of a filter that was made without one."""
    known = _detectors(state, asked)[asked.params["DetectorId"]].filters
    own = known[asked.params["FilterName"]]
    return {**answer, "Action": own.action or "NOOP"}


def _findings(state: State, asked: Asked) -> Row:
    return {"FindingIds": [row["Id"] for row in _matching(state, asked)]}


def _matching(state: State, asked: Asked) -> list[Row]:
    criteria = asked.params.get("FindingCriteria", {}).get("Criterion", {})
    rows = state.detected.get(asked.region, [])
    return [row for row in rows if all(_meets(row, *pair) for pair in criteria.items())]


def _meets(row: Row, name: str, wanted: Mapping[str, Any]) -> bool:
    """Say whether a finding meets one criterion, of those that are mimicked."""
    match name, wanted:
        case "service.archived", {"Equals": [value]} | {"Eq": [value]}:
            return str(row["Service"]["Archived"]).lower() == value
        case "updatedAt", {"GreaterThanOrEqual": value} | {"Gte": value}:
            return _moment(row["UpdatedAt"]) >= datetime.fromtimestamp(value / 1000, UTC)
        case _:
            raise AssertionError(f"criterion {name} {wanted} is not mimicked")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _details(state: State, asked: Asked) -> Row | Error:
    wanted = asked.params["FindingIds"]
    if len(wanted) > 50:
        return Error("BadRequestException", "at most 50 findings")
    rows = {row["Id"]: row for row in state.detected.get(asked.region, [])}
    return {"Findings": [rows[name] for name in wanted if name in rows]}


def _statistics(state: State, asked: Asked) -> Row | Error:
    if asked.params.get("GroupBy") != "SEVERITY":
        return Error("BadRequestException", "only groups by severity are mimicked")
    counted = Counter(row["Severity"] for row in _matching(state, asked))
    groups = [{"Severity": s, "TotalFindings": n} for s, n in sorted(counted.items())]
    return {"FindingStatistics": {"GroupedBySeverity": groups}}


ANSWERS: Mapping[str, Answer] = {
    "CreateDetector": _create,
    "ListFilters": _filters,
    "ListFindings": _findings,
    "GetFindings": _details,
    "GetFindingsStatistics": _statistics,
}
MENDS: Mapping[str, Mend] = {"GetDetector": _detector, "GetFilter": _filter}
