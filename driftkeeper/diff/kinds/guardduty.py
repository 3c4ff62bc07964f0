"""GuardDuty: whether it watches, what it watches, what it is told to pass over."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from driftkeeper.diff.spec import (
    ChangeKind,
    Difference,
    Lifecycle,
    replaced,
)
from driftkeeper.domain.types import Body, Direction, Json, Severity

_DETECTOR = "guardduty.detector"
_FILTER = "guardduty.filter"
_FOUNDATIONAL = ("CLOUD_TRAIL", "DNS_LOGS", "FLOW_LOGS")
_FASTEST_FIRST = ("FIFTEEN_MINUTES", "ONE_HOUR", "SIX_HOURS")
HIGH = 7.0
"""From here on GuardDuty calls a severity high."""

_COMES_WITH_A_DETECTOR = (
    "DetectorId",
    "Features",
    "FindingPublishingFrequency",
    "ServiceRole",
    "Tags",
    "Administrator.*",
)


# ---- detectors ----------------------------------------------------------------------------------


def _feature(d: Difference) -> tuple[str, Json, Json] | None:
    """Return name, status before and after of a feature, or of a part of one, None for anything else."""
    path = d.path
    is_part = len(path) >= 4 and path[2] == "AdditionalConfiguration"
    if not path or path[0] != "Features" or len(path) < 2:
        return None
    name, rest = ("/".join((path[1], path[3])), path[4:]) if is_part else (path[1], path[2:])
    if rest == ("Status",):
        return name, d.before, d.after
    return (name, _status(d.before), _status(d.after)) if rest == () else None


def _status(feature: Json) -> Json:
    return feature.get("Status") if isinstance(feature, dict) else None


def _feature_on(d: Difference) -> bool:
    found = _feature(d)
    return found is not None and found[1] != "ENABLED" and found[2] == "ENABLED"


def _feature_off(d: Difference) -> bool:
    found = _feature(d)
    return found is not None and found[1] == "ENABLED" and found[2] != "ENABLED"


def _feature_name(d: Difference) -> str:
    found = _feature(d)
    return "" if found is None else f": {found[0]}"


def _weight_of_feature(d: Difference) -> Severity:
    return Severity.HIGH if {*d.path} & {*_FOUNDATIONAL} else Severity.MEDIUM


def _slower(d: Difference) -> Direction:
    if d.before not in _FASTEST_FIRST or d.after not in _FASTEST_FIRST:
        return Direction.NEUTRAL
    is_slower = _FASTEST_FIRST.index(d.after) > _FASTEST_FIRST.index(d.before)
    return Direction.WEAKENED if is_slower else Direction.STRENGTHENED


DETECTORS = (
    ChangeKind(
        name="guardduty.enabled",
        evidence=_DETECTOR,
        path="Status",
        when=lambda d: d.after == "ENABLED",
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC7.2",),
        says="GuardDuty is on in this region; it was {before}",
        explains=_COMES_WITH_A_DETECTOR,
    ),
    ChangeKind(
        name="guardduty.disabled",
        evidence=_DETECTOR,
        path="Status",
        when=lambda d: d.before == "ENABLED",
        direction=Direction.WEAKENED,
        severity=Severity.CRITICAL,
        criteria=("CC7.2",),
        says="GuardDuty no longer watches this region: it is {after}",
        explains=_COMES_WITH_A_DETECTOR,
    ),
    ChangeKind(
        name="guardduty.detector_recreated",
        evidence=_DETECTOR,
        on=Lifecycle.RECREATED,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="the detector was deleted and another one made, so its findings and their history are lost",
    ),
    ChangeKind(
        name="guardduty.feature_disabled",
        evidence=_DETECTOR,
        when=_feature_off,
        direction=Direction.WEAKENED,
        severity=_weight_of_feature,
        criteria=("CC7.2",),
        says="a feature of GuardDuty was turned off",
        adds=_feature_name,
    ),
    ChangeKind(
        name="guardduty.feature_enabled",
        evidence=_DETECTOR,
        when=_feature_on,
        direction=Direction.STRENGTHENED,
        severity=_weight_of_feature,
        criteria=("CC7.2",),
        says="a feature of GuardDuty was turned on",
        adds=_feature_name,
    ),
    ChangeKind(
        name="guardduty.publishing_frequency_changed",
        evidence=_DETECTOR,
        path="FindingPublishingFrequency",
        when=replaced,
        direction=_slower,
        severity=Severity.LOW,
        criteria=("CC7.2",),
        says="updated findings are published every {after} instead of every {before}",
    ),
    ChangeKind(
        name="guardduty.administrator_changed",
        evidence=_DETECTOR,
        path="Administrator.AccountId",
        when=lambda d: d.before != d.after,
        direction=Direction.NEUTRAL,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="GuardDuty is administered from account {after}; before it was {before}",
        explains=("Administrator.*",),
    ),
)


# ---- filters ------------------------------------------------------------------------------------


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
    ),
)
