"""What CloudTrail trails reach beyond their own account, and the insights that they draw."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference, replaced, turned
from driftkeeper.domain.types import Direction, Json, Severity

_TRAIL = "cloudtrail.trail"


def _rows(value: Json, name: str) -> list[Json]:
    """Return the list in a field, empty when there is none."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def _insights(value: Json) -> frozenset[str]:
    """Return the insights that are drawn: each type with each category of events."""
    return frozenset(
        f"{row.get('InsightType')}/{category}"
        for row in _rows(value, "InsightSelectors")
        if isinstance(row, dict)
        for category in _rows(row, "EventCategories") or ("",)
    )


def _fewer(d: Difference) -> bool:
    return bool(_insights(d.before) - _insights(d.after))


def _more(d: Difference) -> bool:
    before, after = _insights(d.before), _insights(d.after)
    return before < after


EXTENT = (
    ChangeKind(
        name="cloudtrail.organization_trail_disabled",
        evidence=_TRAIL,
        path="IsOrganizationTrail",
        when=turned(True, False),
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="trail {Name} no longer records the accounts of the organisation",
        trigger="A trail of the whole organisation became one of a single account",
        means="The other accounts lose a record that their own administrators could not switch off.",
        advice="Make it an organisation trail again, or show which trails record the other accounts.",
    ),
    ChangeKind(
        name="cloudtrail.organization_trail_enabled",
        evidence=_TRAIL,
        path="IsOrganizationTrail",
        when=turned(False, True),
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="trail {Name} records all accounts of the organisation now",
        trigger="A trail of a single account became one of the whole organisation",
        means="Every account is recorded by a trail that its own administrators cannot switch off.",
        advice="Nothing is to be done; keep the change as evidence.",
    ),
    ChangeKind(
        name="cloudtrail.insights_reduced",
        evidence=_TRAIL,
        path="Insights",
        whole=True,
        when=_fewer,
        direction=Direction.WEAKENED,
        severity=Severity.LOW,
        criteria=("CC7.2",),
        says="trail {Name} draws fewer insights",
        trigger="A trail stopped to look for a sort of unusual activity that it looked for before",
        means="Bursts of calls or of errors that used to raise an insight event pass unnoticed.",
        advice="Switch the insights on again, or show what else detects unusual activity.",
    ),
    ChangeKind(
        name="cloudtrail.insights_expanded",
        evidence=_TRAIL,
        path="Insights",
        whole=True,
        when=_more,
        direction=Direction.STRENGTHENED,
        severity=Severity.LOW,
        criteria=("CC7.2",),
        says="trail {Name} draws more insights",
        trigger="A trail looks for more sorts of unusual activity, and for none less",
        means="Bursts of calls or of errors raise an insight event that somebody can act upon.",
        advice="Make sure that somebody receives the insight events.",
    ),
    ChangeKind(
        name="cloudtrail.recursive_logging_changed",
        evidence=_TRAIL,
        path="RecursiveLogging",
        when=replaced,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC7.2",),
        says="whether trail {Name} logs its own deliveries is {after} now, and was {before}",
        trigger="RecursiveLogging went from true to false or back",
        means=(
            "Without it the events by which CloudTrail itself writes log files are not recorded; what"
            " people and programs do is."
        ),
        advice=(
            "Check that no alarm or reconciliation counts on these events, and note who asked for it."
        ),
    ),
)
