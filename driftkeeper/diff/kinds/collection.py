"""What happens to our sight: a scope seen for the first time, lost, and seen again."""

from __future__ import annotations

from driftkeeper.diff.spec import EVERYTHING, ChangeKind, Lifecycle
from driftkeeper.domain.types import Direction, Severity

COLLECTION = (
    ChangeKind(
        name="collection.baseline_established",
        evidence=EVERYTHING,
        on=Lifecycle.BASELINE,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC4.1",),
        says="{resource} was listed completely for the first time; changes are told from here on",
        trigger=(
            "A scope, one evidence type in one account and region, was listed completely for the"
            " first time"
        ),
        means=(
            "What stands there is where the record begins: of the time before nothing can be"
            " shown, and what is there already is told as no change."
        ),
        advice=(
            "Check that the date lies before the period to be audited, and review once by hand"
            " what the baseline holds."
        ),
    ),
    ChangeKind(
        name="collection.scope_lost",
        evidence=EVERYTHING,
        on=Lifecycle.SCOPE_LOST,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="{resource} could not be seen; nothing is known of it until it is seen again",
        trigger=(
            "A scope that had been listed completely could not be at this snapshot, whatever the"
            " cause"
        ),
        means=(
            "Changes there go unseen and absence proves nothing: this part of the population"
            " cannot be relied on until it is back."
        ),
        advice=(
            "Run driftkeeper coverage for the cause, mend the permission or the connection it"
            " names, and collect again the same day."
        ),
    ),
    ChangeKind(
        name="collection.scope_restored",
        evidence=EVERYTHING,
        on=Lifecycle.SCOPE_RESTORED,
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC7.2",),
        says="{resource} is seen again; changes meanwhile are told as of now",
        trigger="A scope that had been lost is listed completely again",
        means=(
            "The record goes on; what changed in the gap is told with this snapshot, and its time"
            " is known no better than the gap is long."
        ),
        advice=(
            "Write down the gap with its cause for the auditor, and review the changes whose"
            " not_before lies before it."
        ),
    ),
    ChangeKind(
        name="collection.gap",
        evidence=EVERYTHING,
        on=Lifecycle.GAP,
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC4.1",),
        says="parts of account {resource} were not looked at for longer than 36 hours",
        adds=lambda d: (
            f": {d.before['Scopes']} scopes, from {d.before['LastSeen'][:16].replace('T', ' ')}"
            f" to {d.after['Seen'][:16].replace('T', ' ')} UTC"
        ),
        trigger=(
            "More than 36 hours lie between two complete listings of a scope that nobody tried to"
            " read in between; told once for each account"
        ),
        means=(
            "What was changed and put back in that time left no trace here, and a control cannot be"
            " shown to have held: an auditor calls that a gap in the population."
        ),
        advice=(
            "Find out why no snapshot was taken (driftkeeper snapshots), write the reason down, and"
            " have the timer watched."
        ),
    ),
)
