"""Findings that stay open and say something else, and analyzers that look at something else."""

from __future__ import annotations

from driftkeeper.diff.kinds.accessanalyzer_findings import has_twin
from driftkeeper.diff.spec import ChangeKind, Difference, Lifecycle, replaced, turned
from driftkeeper.domain.types import Direction, Json, Severity

_FINDING = "accessanalyzer.finding"
_ACCESS = (
    *("action.*", "condition.*", "principal.*", "sources.*", "findingDetails.*"),
    *("resourceControlPolicyRestriction", "isPublic"),
)
_RULES = (
    "configuration.unusedAccess.analysisRule.exclusions.*",
    "configuration.internalAccess.analysisRule.inclusions.*",
)


def _score(value: Json) -> float:
    """Return the severity of a finding as a number, which is kept as a text; 0 for what is none."""
    try:
        return float(str(value))
    except ValueError:
        return 0.0


def _class(d: Difference) -> Severity:
    """Return the class that AWS gives a score."""
    for least, severity in ((9, Severity.CRITICAL), (7, Severity.HIGH), (4, Severity.MEDIUM)):
        if _score(d.after) >= least:
            return severity
    return Severity.LOW


REVISED = (
    ChangeKind(
        name="aa.finding_became_public",
        evidence=_FINDING,
        path="isPublic",
        when=turned(False, True),
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.3", "CC6.6"),
        says="access to {resource} that an analyzer found is public now",
        trigger="A finding about access from certain outsiders is now about access for everyone",
        means="A resource that some outsiders could reach can be reached by anybody.",
        advice="Close the access to the public, or archive the finding with a reason if it is meant.",
    ),
    ChangeKind(
        name="aa.finding_access_changed",
        evidence=_FINDING,
        paths=_ACCESS,
        when=lambda d: d.path != ("isPublic",) or d.after is not True,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.3",),
        says="what an analyzer found about {resource} has changed: {path}",
        trigger="Who has access, to do what, or on which condition, changed in a finding that stays",
        means="The access that somebody may have judged acceptable is not the same any more.",
        advice="Judge the finding anew, above all if it was archived.",
    ),
    ChangeKind(
        name="aa.analyzer_scope_changed",
        evidence="accessanalyzer.analyzer",
        paths=tuple(f"Analyzer.{rule}" for rule in _RULES),
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.6",),
        explains=_RULES,
        says="analyzer {name} looks at other things than before: {leaf}",
        trigger="A rule that leaves something out of an analyzer, or takes it in, came or went",
        means="What an analyzer leaves out gives no findings, whatever access there is.",
        advice="Check that nothing is left out that should be looked at, and that there is a reason.",
    ),
    ChangeKind(
        name="guardduty.finding_reassessed",
        evidence="guardduty.finding",
        path="Finding.Severity",
        when=replaced,
        direction=lambda d: (
            Direction.WEAKENED if _score(d.after) > _score(d.before) else Direction.STRENGTHENED
        ),
        severity=_class,
        criteria=("CC7.3",),
        says="GuardDuty weighs its finding with {after} now, after {before}",
        trigger="AWS gave a finding that stays another severity",
        means="A higher one says that the same threat turned out to be worse than it looked.",
        advice="If it rose, take the finding up again as if it were new.",
    ),
    ChangeKind(
        name="aa.finding_came_closed",
        evidence=_FINDING,
        on=Lifecycle.CREATED,
        when=lambda d: d.field("status") in ("ARCHIVED", "RESOLVED") and not has_twin(d),
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.3",),
        says="{findingType} was found ({id}) and was {status} before anybody here saw it",
        trigger=(
            "A finding is new whose status is ARCHIVED or RESOLVED, and it is not one that was known"
            " under another id"
        ),
        means=(
            "Somebody got access and an archive rule put that aside unread, or it was taken away again"
            " within a day."
        ),
        advice=(
            "Of an archived one read the rule that matches and say whether it should; of a resolved"
            " one ask who opened the access, and why."
        ),
    ),
)
