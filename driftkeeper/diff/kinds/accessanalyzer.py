"""Access Analyzer: its analyzers, and the rules by which findings are archived."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference, Lifecycle
from driftkeeper.domain.types import Direction, Severity

_ANALYZER = "accessanalyzer.analyzer"
_RULE = "accessanalyzer.archive_rule"
_EXTERNAL = ("ACCOUNT", "ORGANIZATION")
_OFF = ("DISABLED", "FAILED")


def _watches_outside(d: Difference) -> bool:
    return d.field("type") in _EXTERNAL


def _weight_of_analyzer(d: Difference) -> Severity:
    return Severity.HIGH if _watches_outside(d) else Severity.LOW


ANALYZERS = (
    ChangeKind(
        name="aa.analyzer_created",
        evidence=_ANALYZER,
        on=Lifecycle.CREATED,
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.6",),
        says="analyzer {name} ({type}) was created",
        trigger="An analyzer of any type is listed that was not there at the look before",
        means=(
            "From here on AWS reports access of the sort that this type looks for, from outside,"
            " from inside or unused, so there is a list that can be reviewed."
        ),
        advice=(
            "Name somebody who works through its first findings, and check that the other regions"
            " in use have one, too."
        ),
    ),
    ChangeKind(
        name="aa.analyzer_deleted",
        evidence=_ANALYZER,
        on=Lifecycle.DELETED,
        direction=Direction.WEAKENED,
        severity=_weight_of_analyzer,
        criteria=("CC6.6",),
        says="analyzer {name} ({type}) was deleted, and its findings with it",
        trigger=(
            "An analyzer is gone from a complete listing; high if its type is ACCOUNT or"
            " ORGANIZATION, which watch access from outside, else low"
        ),
        means=(
            "Its findings went with it and new access of that sort is not reported any more:"
            " whether open findings were ever handled cannot be shown from AWS."
        ),
        advice=(
            "Look for DeleteAnalyzer in CloudTrail, make it again with the same type and archive"
            " rules, and go through all that it finds."
        ),
    ),
    ChangeKind(
        name="aa.analyzer_disabled",
        evidence=_ANALYZER,
        path="status",
        when=lambda d: d.before == "ACTIVE" and d.after in _OFF,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.6",),
        says="analyzer {name} ({type}) is {after}: it finds nothing new",
        explains=("statusReason",),
        trigger="The status went from ACTIVE to DISABLED or FAILED",
        means=(
            "What is shared from now on is not found, while the old findings still look like a"
            " control that works."
        ),
        advice=(
            "Read statusReason (aws accessanalyzer get-analyzer), mend what it names, such as a"
            " missing role or trust, and note since when nothing was analysed."
        ),
    ),
    ChangeKind(
        name="aa.analyzer_enabled",
        evidence=_ANALYZER,
        path="status",
        when=lambda d: d.before in _OFF and d.after == "ACTIVE",
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC6.6",),
        says="analyzer {name} ({type}) is active again",
        explains=("statusReason",),
        trigger="The status went from DISABLED or FAILED back to ACTIVE",
        means=(
            "New access is found again; what was granted meanwhile comes up only now, as if it"
            " were new."
        ),
        advice=(
            "Go through the findings of the next day with that in mind, and record from when to"
            " when the analyzer was out."
        ),
    ),
    ChangeKind(
        name="aa.analyzer_recreated",
        evidence=_ANALYZER,
        on=Lifecycle.RECREATED,
        direction=Direction.WEAKENED,
        severity=lambda d: Severity.MEDIUM if _watches_outside(d) else Severity.LOW,
        criteria=("CC6.6",),
        says="analyzer {name} ({type}) was deleted and made anew: its findings and archive rules start over",
        trigger=(
            "An analyzer has the ARN of an earlier one and another createdAt; medium if it watches"
            " access from outside, else low"
        ),
        means=(
            "What was archived as accepted is open again under other ids, and what was resolved is"
            " gone from AWS."
        ),
        advice=(
            "Find out who deleted it, set its archive rules up again, and carry the verdicts over to"
            " the findings told as renumbered."
        ),
    ),
)

ARCHIVE_RULES = (
    ChangeKind(
        name="aa.archive_rule_added",
        evidence=_RULE,
        on=Lifecycle.CREATED,
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.3",),
        says="archive rule {ruleName} was added: new findings with {filter} are put aside unseen",
        trigger="An archive rule appears in the listing of an analyzer",
        means=(
            "New findings that match its filter are archived before anybody reads them; a filter"
            " that is too wide hides a share that nobody intended."
        ),
        advice=(
            "Have the owner explain the filter, narrow it to named resources and principals, and"
            " write down who accepts this and until when."
        ),
    ),
    ChangeKind(
        name="aa.archive_rule_changed",
        evidence=_RULE,
        path="filter",
        whole=True,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.3",),
        says="archive rule {ruleName} puts aside other findings: {after} instead of {before}",
        trigger="Anything differs in the filter of an archive rule that is there on both days",
        means=(
            "What passes as expected access is another set now than the one that was agreed;"
            " whether more or less is hidden depends on both filters."
        ),
        advice=(
            "Compare before and after, get the change approved by the owner of the control, and"
            " read the findings archived since."
        ),
    ),
    ChangeKind(
        name="aa.archive_rule_removed",
        evidence=_RULE,
        on=Lifecycle.DELETED,
        direction=Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.3",),
        says="archive rule {ruleName} was removed",
        trigger="An archive rule is gone from a complete listing",
        means=(
            "New findings that it would have hidden are shown again; those it archived before"
            " need not come back."
        ),
        advice=(
            "Filter the analyzer's findings by status ARCHIVED, and decide again about those that"
            " only this rule excused."
        ),
    ),
)
