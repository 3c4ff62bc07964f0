"""GuardDuty filters: which findings are archived without anybody looking."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from driftkeeper.diff.spec import ChangeKind, Difference, Lifecycle
from driftkeeper.domain.types import Body, Direction, Json, Severity

_FILTER = "guardduty.filter"

HIGH = 7.0
"""From here on GuardDuty calls a severity high."""


def _filter(body: Body | None) -> Mapping[str, Json]:
    found = body.config.get("Filter") if body else None
    return found if isinstance(found, dict) else {}


def _archives(body: Body | None) -> bool:
    return _filter(body).get("Action") == "ARCHIVE"


def _may_hide_severe(body: Body | None) -> bool:
    """Say whether a filter may match findings of high severity; what cannot be read may."""
    criteria = _filter(body).get("FindingCriteria")
    rules = criteria.get("Criterion") if isinstance(criteria, dict) else None
    test = rules.get("severity") if isinstance(rules, dict) else None
    return not isinstance(test, dict) or not _is_below(test)


def _is_below(test: Mapping[str, Json]) -> bool:
    """Say whether a test on severity leaves out every severity that is high."""
    for names, leaves_out in _TESTS.items():
        values = [value for name in names for value in _numbers(test.get(name))]
        if values and leaves_out(values):
            return True
    return False


_TESTS: Mapping[tuple[str, ...], Callable[[list[float]], bool]] = {
    ("LessThan", "Lt"): lambda found: min(found) <= HIGH,
    ("LessThanOrEqual", "Lte"): lambda found: min(found) < HIGH,
    ("Equals", "Eq"): lambda found: max(found) < HIGH,
}


def _numbers(value: Json) -> list[float]:
    found = [number(item) for item in (value if isinstance(value, list) else [value])]
    return [value for value in found if value is not None]


def number(value: Json) -> float | None:
    """Return the number of a decimal text, which is how floats are kept; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        return float(value)
    except (OverflowError, ValueError):
        return None


def _weight_of_filter(d: Difference) -> Severity:
    """Return how much an archiving filter matters: more when severe findings may be among them."""
    is_severe = any(_archives(b) and _may_hide_severe(b) for b in (d.old, d.new) if b is not None)
    return Severity.HIGH if is_severe else Severity.MEDIUM


def _archives_otherwise(d: Difference) -> bool:
    parts = ("Action", "FindingCriteria", "Rank")
    old, new = _filter(d.old), _filter(d.new)
    is_archiving = _archives(d.old) or _archives(d.new)
    return is_archiving and any(old.get(name) != new.get(name) for name in parts)


def _whether_it_archives(d: Difference) -> Direction:
    if _archives(d.old) == _archives(d.new):
        return Direction.NEUTRAL
    return Direction.WEAKENED if _archives(d.new) else Direction.STRENGTHENED


def _how_it_archives(d: Difference) -> str:
    how = {Direction.WEAKENED: "it archives now", Direction.STRENGTHENED: "it archives no longer"}
    return ": " + how.get(_whether_it_archives(d), "it archives other findings than before")


FILTERS = (
    ChangeKind(
        name="guardduty.suppression_added",
        evidence=_FILTER,
        on=Lifecycle.CREATED,
        when=lambda d: _archives(d.new),
        direction=Direction.WEAKENED,
        severity=_weight_of_filter,
        criteria=("CC7.3",),
        says="filter {FilterName} was added: what it matches is archived without anybody looking",
        trigger=(
            "A filter with Action ARCHIVE is new; high if it may match findings of severity 7 and"
            " more, else medium"
        ),
        means=(
            "What matches is archived as it comes in and alerts nobody; too wide a filter hides a"
            " real attack."
        ),
        advice=(
            "Go through the criteria with the analyst, limit them to severities below 7 and to"
            " named resources, and write down reason and end date."
        ),
    ),
    ChangeKind(
        name="guardduty.suppression_changed",
        evidence=_FILTER,
        path="Filter",
        whole=True,
        when=_archives_otherwise,
        direction=_whether_it_archives,
        severity=_weight_of_filter,
        criteria=("CC7.3",),
        says="filter {FilterName}, which is about archiving findings, changed",
        adds=_how_it_archives,
        trigger=(
            "Action, FindingCriteria or Rank of a filter differs that archives on one of both"
            " days; it weakens if archiving began, strengthens if it ended"
        ),
        means="What is kept from the analysts is another set than the one that was agreed.",
        advice=(
            "Compare both criteria, have the change approved, and read what the filter has"
            " archived since."
        ),
    ),
    ChangeKind(
        name="guardduty.suppression_removed",
        evidence=_FILTER,
        on=Lifecycle.DELETED,
        when=lambda d: _archives(d.old),
        direction=Direction.STRENGTHENED,
        severity=_weight_of_filter,
        criteria=("CC7.3",),
        says="filter {FilterName}, which archived findings, was removed",
        trigger="A filter that archived findings is gone from a complete listing",
        means=(
            "Findings that it kept back show up again and have to be handled; those archived"
            " before stay so."
        ),
        advice=(
            "Tell the analysts to expect them, and see whether the filter went with its detector"
            " rather than by decision."
        ),
    ),
)
