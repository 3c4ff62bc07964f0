"""What answers for every difference that no other kind claims: nothing changes silently."""

from __future__ import annotations

from driftkeeper.diff.spec import EVERYTHING, ChangeKind, Lifecycle
from driftkeeper.domain.types import Direction, Severity

FALLBACKS = (
    ChangeKind(
        name="resource.attribute_changed",
        evidence=EVERYTHING,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC8.1",),
        says="{resource}: {path} changed from {before} to {after}",
    ),
    ChangeKind(
        name="resource.created",
        evidence=EVERYTHING,
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC8.1",),
        says="{resource} appeared",
    ),
    ChangeKind(
        name="resource.deleted",
        evidence=EVERYTHING,
        on=Lifecycle.DELETED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC8.1",),
        says="{resource} is gone",
    ),
    ChangeKind(
        name="resource.recreated",
        evidence=EVERYTHING,
        on=Lifecycle.RECREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC8.1",),
        says="{resource} was deleted and created anew under the same name",
    ),
    ChangeKind(
        name="resource.renamed",
        evidence=EVERYTHING,
        on=Lifecycle.RENAMED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC8.1",),
        says="{before} is now {after}",
    ),
    ChangeKind(
        name="resource.first_observed",
        evidence=EVERYTHING,
        on=Lifecycle.FIRST_OBSERVED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC4.1",),
        says="{resource}: {path} is seen for the first time; what it was before is not known",
    ),
)
