"""What answers for every difference that no other kind claims: nothing changes silently."""

from __future__ import annotations

from driftkeeper.diff.spec import EVERYTHING, ChangeKind, Echo, Lifecycle
from driftkeeper.domain.types import Direction, Severity


def _told(pattern: str) -> Echo:
    """Return where the same is told: of the same thing, as another evidence type sees it."""
    return Echo(
        (pattern,),
        of=lambda d: d.resource,
        same=lambda d, other: other.scope.evidence != d.scope.evidence,
    )


FALLBACKS = (
    ChangeKind(
        name="resource.attribute_changed",
        evidence=EVERYTHING,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC8.1",),
        says="{resource}: {path} changed from {before} to {after}",
        trigger="A value differs that no other kind claims",
        means=(
            "No judgement is made of this field; both values are kept, so that it can be looked"
            " up when it turns out to matter."
        ),
        advice=(
            "If caused_by is set, read that change; else read before and after, and note your own"
            " verdict if it bears on a control."
        ),
    ),
    ChangeKind(
        name="resource.created",
        evidence=EVERYTHING,
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC8.1",),
        says="{resource} appeared",
        echo=_told("*.created"),
        trigger=(
            "A resource is new in a complete listing, and its evidence type has no kind of its"
            " own for that"
        ),
        means=(
            "The population that a control is tested on grew by one, which by itself is neither"
            " good nor bad."
        ),
        advice="Match it to a change ticket; if there is none, find who made it in CloudTrail.",
    ),
    ChangeKind(
        name="resource.deleted",
        evidence=EVERYTHING,
        on=Lifecycle.DELETED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC8.1",),
        says="{resource} is gone",
        echo=_told("*.deleted"),
        trigger=(
            "A resource is gone from a complete listing, and its evidence type has no kind of its"
            " own for that"
        ),
        means="The population shrank by one; what this resource guarded or held is gone with it.",
        advice=(
            "Ask its owner whether that was planned, and whether something else took over its task."
        ),
    ),
    ChangeKind(
        name="resource.recreated",
        evidence=EVERYTHING,
        on=Lifecycle.RECREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC8.1",),
        says="{resource} was deleted and created anew under the same name",
        echo=_told("*.recreated"),
        trigger=(
            "A resource has the same key and another immutable id, and its evidence type has no"
            " kind of its own for that"
        ),
        means=(
            "Another thing stands under a known name: earlier reviews, grants by id and history"
            " are not about it."
        ),
        advice="Find out who deleted and made it, and review it as a new resource.",
    ),
    ChangeKind(
        name="resource.renamed",
        evidence=EVERYTHING,
        on=Lifecycle.RENAMED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC8.1",),
        says="{before} is now {after}",
        echo=_told("*.renamed"),
        trigger=(
            "A resource has the same immutable id and another key, and its evidence type has no"
            " kind of its own for that"
        ),
        means=(
            "It is the same thing as before, but policies, filters and reports that go by its"
            " name or ARN may pass it over."
        ),
        advice="Correct what refers to the old name; its history goes on under the new one.",
    ),
    ChangeKind(
        name="resource.first_observed",
        evidence=EVERYTHING,
        on=Lifecycle.FIRST_OBSERVED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC4.1",),
        says="{resource}: {path} is seen for the first time; what it was before is not known",
        trigger=(
            "A detail was read that had never been read of this resource, and no kind names what"
            " it holds"
        ),
        means=(
            "It may have been so for long: nothing shows that it changed today, nor what it was"
            " before."
        ),
        advice=(
            "Review the value once as a starting point, as a baseline would be; later differences"
            " are told as changes."
        ),
    ),
)
