"""The evidence process itself: that it runs, holds, and is acted on."""

from __future__ import annotations

from driftkeeper.assess.spec import SLA_DAYS, Control
from driftkeeper.domain.types import Change, Direction, Severity


def _weakens(change: Change) -> bool:
    """Say whether a change of an account weakens; what we could not see needs no ticket."""
    return change.direction is Direction.WEAKENED and not change.kind.startswith("collection.")


EVIDENCE = (
    Control(
        name="evidence-collected-daily",
        title="Evidence is collected every day",
        criteria=("CC7.2", "CC4.1"),
        severity=Severity.HIGH,
        item=0,
        fails_when=(
            "Between two complete sights of a scope lie more than 26 hours of the observation "
            "period."
        ),
        remediate=(
            "Repair what kept the collector from seeing: credentials, permissions or its schedule."
        ),
        limits="This does not evidence what happened and was undone between two snapshots.",
        parameters={"hours": 26},
        changes=("collection.*",),
    ),
    Control(
        name="evidence-chain-intact",
        title="What was collected is unaltered",
        criteria=("CC4.1",),
        severity=Severity.CRITICAL,
        item=0,
        fails_when="A digest, a link of the chain or a signature does not hold.",
        remediate=(
            "Run `driftkeeper check`, compare with a digest published elsewhere, and restore the "
            "last sound copy."
        ),
        limits=(
            "This does not evidence that the collector told the truth, nor what a holder of "
            "database and key rewrote after the last digest published elsewhere."
        ),
    ),
    Control(
        name="change-authorised",
        title="Every weakening change is approved or accepted",
        criteria=("CC8.1", "CC7.1"),
        severity=Severity.MEDIUM,
        item=0,
        fails_when=(
            "A change that weakens security has neither an approved ticket nor an acceptance "
            "within five business days."
        ),
        remediate="Undo the change, or record its ticket or why it is accepted.",
        limits=(
            "This does not evidence changes of what is not collected, nor that an approval came "
            "before the change."
        ),
        parameters={"business_days": 5},
        changes=("*",),
        touches=_weakens,
    ),
    Control(
        name="remediated-within-sla",
        title="Deviations are gone in time",
        criteria=("CC7.3", "CC7.4"),
        severity=Severity.HIGH,
        item=0,
        fails_when=(
            "A deviation is open for longer than its severity allows, and nobody justified it."
        ),
        remediate="Remove what the control found, or record why it must stay and until when.",
        limits="This does not evidence that the cause was removed with the deviation.",
        parameters={"sla_days": {str(severity): days for severity, days in SLA_DAYS.items()}},
        changes=("*",),
    ),
)
