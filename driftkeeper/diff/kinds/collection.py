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
    ),
    ChangeKind(
        name="collection.scope_lost",
        evidence=EVERYTHING,
        on=Lifecycle.SCOPE_LOST,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="{resource} could not be seen; nothing is known of it until it is seen again",
    ),
    ChangeKind(
        name="collection.scope_restored",
        evidence=EVERYTHING,
        on=Lifecycle.SCOPE_RESTORED,
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC7.2",),
        says="{resource} is seen again; changes meanwhile are told as of now",
    ),
)
