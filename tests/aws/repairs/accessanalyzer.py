"""Access Analyzer, of which moto has nothing: analyzers, archive rules, and findings of both versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from tests.aws.repairs.asked import Answer, Asked, Mend, Row, State
from tests.aws.script import Error

EXTERNAL = ("ACCOUNT", "ORGANIZATION")
_LISTED = (
    *("analyzedAt", "createdAt", "error", "findingType", "id", "resource", "resourceOwnerAccount"),
    *("resourceType", "status", "updatedAt"),
)
_GONE = Error("ResourceNotFoundException", "no such analyzer or finding", 404)


def _without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}


def _analyzer(state: State, asked: Asked) -> Row | None:
    """Return the analyzer that the call names or whose ARN it has."""
    wanted = {asked.params.get("analyzerArn"), asked.params.get("analyzerName")}
    for row in state.analyzers.get(asked.region, []):
        if row["arn"] in wanted or row["name"] in wanted:
            return row
    return None


def _needs_analyzer(read: Callable[[State, Asked, Row], Row | Error]) -> Answer:
    def answer(state: State, asked: Asked) -> Row | Error:
        assert not asked.params.get("filter"), "filters are not mimicked"
        row = _analyzer(state, asked)
        return _GONE if row is None else read(state, asked, row)

    return answer


def _analyzers(state: State, asked: Asked) -> Row:
    """List analyzers; what they are configured to do only `GetAnalyzer` tells."""
    wanted = asked.params.get("type")
    rows = state.analyzers.get(asked.region, [])
    return {
        "analyzers": [_without(r, "configuration") for r in rows if wanted in (None, r["type"])]
    }


def _one_analyzer(_state: State, _asked: Asked, analyzer: Row) -> Row:
    return {"analyzer": analyzer}


def _rules(state: State, _asked: Asked, analyzer: Row) -> Row:
    return {"archiveRules": state.rules.get(analyzer["name"], [])}


def _found(state: State, analyzer: Row) -> list[Row]:
    return state.findings.get(analyzer["arn"], [])


def _findings(state: State, _asked: Asked, analyzer: Row) -> Row | Error:
    if analyzer["type"] not in EXTERNAL:
        return Error("ValidationException", "ListFindings is for external access analyzers")
    rows = _found(state, analyzer)
    return {"findings": [_without(row, "findingType", "findingDetails") for row in rows]}


def _findings_v2(state: State, _asked: Asked, analyzer: Row) -> Row:
    return {"findings": [_only_listed(row) for row in _found(state, analyzer)]}


def _only_listed(row: Row) -> Row:
    return {name: row[name] for name in _LISTED if name in row}


def _finding_v2(state: State, asked: Asked, analyzer: Row) -> Row | Error:
    for row in _found(state, analyzer):
        if row["id"] == asked.params["id"]:
            return {**_only_listed(row), "findingDetails": row.get("findingDetails", [])}
    return _GONE


def _statistics(state: State, _asked: Asked, analyzer: Row) -> Row:
    rows = _found(state, analyzer)
    kind = "externalAccess" if analyzer["type"] in EXTERNAL else "unusedAccess"
    if analyzer["type"].endswith("INTERNAL_ACCESS"):
        kind = "internalAccess"
    totals = {
        "totalActiveFindings": _count(rows, "ACTIVE"),
        "totalArchivedFindings": _count(rows, "ARCHIVED"),
        "totalResolvedFindings": _count(rows, "RESOLVED"),
    }
    return {
        "findingsStatistics": [{f"{kind}FindingsStatistics": totals}],
        "lastUpdatedAt": state.now(),
    }


def _count(rows: Iterable[Row], status: str) -> int:
    return sum(row["status"] == status for row in rows)


ANSWERS: Mapping[str, Answer] = {
    "ListAnalyzers": _analyzers,
    "GetAnalyzer": _needs_analyzer(_one_analyzer),
    "ListArchiveRules": _needs_analyzer(_rules),
    "ListFindings": _needs_analyzer(_findings),
    "ListFindingsV2": _needs_analyzer(_findings_v2),
    "GetFindingV2": _needs_analyzer(_finding_v2),
    "GetFindingsStatistics": _needs_analyzer(_statistics),
}
MENDS: Mapping[str, Mend] = {}
