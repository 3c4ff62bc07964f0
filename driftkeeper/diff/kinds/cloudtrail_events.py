"""CloudTrail trails: which events of which regions they record."""

from __future__ import annotations

from collections.abc import Callable

from driftkeeper.diff.spec import ChangeKind, Difference, turned
from driftkeeper.domain.types import Body, Direction, Severity
from driftkeeper.semantics.trail_selectors import Selector, lost_data_events, lost_management

_TRAIL = "cloudtrail.trail"


def _lost(
    lost: Callable[[Selector, Selector], bool], before: Body | None, after: Body | None
) -> bool:
    """Say whether something selected before is not after; what was not seen is not known to be lost."""
    old, new = (body.config.get("Selectors") if body else None for body in (before, after))
    return isinstance(old, dict) and isinstance(new, dict) and lost(old, new)


def _reduced(d: Difference) -> bool:
    return _lost(lost_management, d.old, d.new)


def _restored(d: Difference) -> bool:
    return not _reduced(d) and _lost(lost_management, d.new, d.old)


def _data_reduced(d: Difference) -> bool:
    return _lost(lost_data_events, d.old, d.new)


def _data_expanded(d: Difference) -> bool:
    return not _data_reduced(d) and _lost(lost_data_events, d.new, d.old)


def _same_management(d: Difference) -> bool:
    return not _reduced(d) and not _restored(d)


MULTI_REGION = (
    ChangeKind(
        name="cloudtrail.multi_region_disabled",
        evidence=_TRAIL,
        path="IsMultiRegionTrail",
        when=turned(True, False),
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="trail {Name} now covers one region only",
        trigger="IsMultiRegionTrail went from true to false",
        means=(
            "The trail records its home region alone, so work in any other region, above all an"
            " unused one, is not in it any more."
        ),
        advice=(
            "Run aws cloudtrail update-trail --is-multi-region-trail, unless another trail covers"
            " all regions, and read Event history of the other regions."
        ),
    ),
    ChangeKind(
        name="cloudtrail.multi_region_enabled",
        evidence=_TRAIL,
        path="IsMultiRegionTrail",
        when=turned(False, True),
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="trail {Name} now covers all regions",
        trigger="IsMultiRegionTrail went from false to true",
        means=(
            "One trail records what is done in every region that is on, so an unused region is no"
            " blind spot any more."
        ),
        advice=(
            "Link it to the deviation it ends, and see whether trails of single regions now log"
            " the same twice."
        ),
    ),
)

GLOBAL_EVENTS = (
    ChangeKind(
        name="cloudtrail.global_events_disabled",
        evidence=_TRAIL,
        path="IncludeGlobalServiceEvents",
        when=turned(True, False),
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="trail {Name} no longer logs global services such as IAM",
        trigger="IncludeGlobalServiceEvents went from true to false",
        means=(
            "Events of global services such as IAM do not reach this trail any more: new users,"
            " keys and policies leave no trace in it."
        ),
        advice=(
            "Run aws cloudtrail update-trail --include-global-service-events, or show which other"
            " trail records IAM."
        ),
    ),
    ChangeKind(
        name="cloudtrail.global_events_enabled",
        evidence=_TRAIL,
        path="IncludeGlobalServiceEvents",
        when=turned(False, True),
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="trail {Name} now logs global services such as IAM",
        trigger="IncludeGlobalServiceEvents went from false to true",
        means=(
            "Changes of users, roles and policies, which AWS logs as global events, are in the"
            " log files of this trail from now on."
        ),
        advice=(
            "Note the date: for IAM events before it the auditor needs another trail or an export"
            " of Event history."
        ),
    ),
)

EVENTS = (
    ChangeKind(
        name="cloudtrail.management_events_reduced",
        evidence=_TRAIL,
        path="Selectors",
        whole=True,
        when=_reduced,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="trail {Name} no longer logs some management events that it logged before",
        trigger=(
            "The selectors, seen on both days, no longer let through some management events that"
            " they did: reads, writes, or those of a source"
        ),
        means=(
            "Such calls leave no trace in this trail: without writes changes are hidden, without"
            " kms.amazonaws.com the use of keys is."
        ),
        advice=(
            "Set ReadWriteType to All without excluded sources (aws cloudtrail"
            " put-event-selectors), or show which trail still logs these events."
        ),
    ),
    ChangeKind(
        name="cloudtrail.management_events_restored",
        evidence=_TRAIL,
        path="Selectors",
        whole=True,
        when=_restored,
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="trail {Name} logs more management events than before",
        trigger=(
            "The selectors, seen on both days, let through some management events that they did"
            " not, and all that they did"
        ),
        means=(
            "Calls that were left out, such as reads or the use of keys, are recorded from now"
            " on; earlier ones stay missing."
        ),
        advice=(
            "Link it to the deviation it ends, and record since when these events had been left"
            " out."
        ),
    ),
    ChangeKind(
        name="cloudtrail.data_events_reduced",
        evidence=_TRAIL,
        path="Selectors",
        whole=True,
        when=_data_reduced,
        direction=Direction.WEAKENED,
        severity=Severity.LOW,
        criteria=("CC7.2",),
        says="trail {Name} no longer logs some data events that it logged before",
        claims=_same_management,
        trigger=(
            "The selectors, seen on both days, no longer let through some data events that they"
            " did; a consequence where management events moved, too"
        ),
        means=(
            "Access to these objects, functions or tables is not logged any more: after a leak"
            " nobody can tell what was taken."
        ),
        advice=(
            "Ask whether it was done for the cost, and keep data events at least for buckets with"
            " customer data and with logs."
        ),
    ),
    ChangeKind(
        name="cloudtrail.data_events_expanded",
        evidence=_TRAIL,
        path="Selectors",
        whole=True,
        when=_data_expanded,
        direction=Direction.STRENGTHENED,
        severity=Severity.LOW,
        criteria=("CC7.2",),
        says="trail {Name} logs more data events than before",
        claims=_same_management,
        trigger=(
            "The selectors, seen on both days, let through more data events and lost none; a"
            " consequence where management events moved, too"
        ),
        means=(
            "An investigation can tell who read or wrote more of the objects, functions or tables"
            " than before."
        ),
        advice="Check that log bucket, retention and budget bear the volume; nothing else to do.",
    ),
)
