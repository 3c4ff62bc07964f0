"""GuardDuty findings: what it found, what was put aside, what is gone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from driftkeeper.diff.kinds.guardduty_filters import HIGH, number
from driftkeeper.diff.spec import ChangeKind, Difference, Lifecycle, moment, turned
from driftkeeper.domain.types import Body, Direction, Json, Severity

_FINDING = "guardduty.finding"
_KEPT = timedelta(days=90)
_ASIDE = ", and it was archived before anybody here saw it"


def _finding(body: Body | None) -> Mapping[str, Json]:
    found = body.config.get("Finding") if body else None
    return found if isinstance(found, dict) else {}


def _is_sample(d: Difference) -> bool:
    return _finding(d.body).get("Sample") is True


def _weight_of_finding(d: Difference) -> Severity:
    """Return GuardDuty's severity in our words; medium while the details are out of sight."""
    value = number(_finding(d.body).get("Severity"))
    if value is None:
        return Severity.MEDIUM
    steps = ((9.0, Severity.CRITICAL), (HIGH, Severity.HIGH), (4.0, Severity.MEDIUM))
    return next((severity for least, severity in steps if value >= least), Severity.LOW)


def _is_old(d: Difference) -> bool:
    """Say whether AWS has kept a finding for as long as it does: ninety days after its last update."""
    observed = d.old.observed.get("Finding") if d.old else None
    updated = moment(observed.get("UpdatedAt")) if isinstance(observed, dict) else None
    return updated is not None and d.as_of - updated >= _KEPT


def _recurred(d: Difference) -> bool:
    """Say whether it was seen again after it had been archived."""
    was_archived = d.old is not None and d.old.config.get("Archived") is True
    before, after = number(d.before), number(d.after)
    rose = before is not None and after is not None and after > before
    return was_archived and rose and not _is_sample(d)


def _what(d: Difference) -> str:
    """Return what a finding says, as AWS titles it."""
    finding = _finding(d.body)
    if not finding:
        return "; its details could not be read"
    resource = finding.get("Resource")
    ids = resource.get("Ids") if isinstance(resource, dict) else None
    about = ", ".join(map(str, ids)) if isinstance(ids, list) and ids else "unnamed"
    return f": {finding.get('Type')} of severity {finding.get('Severity')}, resource {about}"


FINDINGS = (
    ChangeKind(
        name="guardduty.finding_opened",
        evidence=_FINDING,
        on=Lifecycle.CREATED,
        when=lambda d: not _is_sample(d),
        direction=Direction.ACTIVITY,
        severity=_weight_of_finding,
        criteria=("CC7.3",),
        says="GuardDuty found something ({Id})",
        adds=lambda d: f"{_what(d)}{_ASIDE if d.field('Archived') is True else ''}",
        trigger=(
            "A finding is new in the list, archived or not, which its sentence says, and is no sample"
        ),
        means=(
            "GuardDuty saw something that fits an attack; how AWS rates it is the severity, and"
            " whether it was one is for people to say."
        ),
        advice=(
            "Triage it within the time that your response plan gives for its severity, and write"
            " down the verdict."
        ),
    ),
    ChangeKind(
        name="guardduty.finding_archived",
        evidence=_FINDING,
        path="Archived",
        when=lambda d: turned(False, True)(d) and not _is_sample(d),
        direction=Direction.NEUTRAL,
        severity=_weight_of_finding,
        criteria=("CC7.3",),
        says="finding {Id} was archived",
        adds=_what,
        trigger="Archived went from false to true, of a finding that is no sample",
        means=(
            "It is off the list of open findings, which does not prove that anybody looked: AWS"
            " does not say who or what archived it."
        ),
        advice=(
            "Find ArchiveFindings in CloudTrail or the filter that matches, and link the verdict"
            " of the analyst."
        ),
    ),
    ChangeKind(
        name="guardduty.finding_unarchived",
        evidence=_FINDING,
        path="Archived",
        when=lambda d: turned(True, False)(d) and not _is_sample(d),
        direction=Direction.NEUTRAL,
        severity=_weight_of_finding,
        criteria=("CC7.3",),
        says="finding {Id} is no longer archived",
        adds=_what,
        trigger="Archived went from true to false, of a finding that is no sample",
        means="Somebody doubts the earlier verdict, or corrects a click; the case is open again.",
        advice=(
            "Ask who called UnarchiveFindings and why, and go on in the old ticket so that the"
            " story stays in one place."
        ),
    ),
    ChangeKind(
        name="guardduty.finding_recurred",
        evidence=_FINDING,
        on=Lifecycle.ACT,
        path="Finding.Service.Count",
        when=_recurred,
        direction=Direction.ACTIVITY,
        severity=_weight_of_finding,
        criteria=("CC7.3",),
        says="finding {Id}, which was archived, happened again, {after} times in all by now",
        adds=_what,
        trigger=(
            "Service.Count rose of a finding that was already archived at the look before and is"
            " no sample"
        ),
        means=(
            "What was seen goes on although the case was closed: the cause is still there, or the"
            " verdict was wrong."
        ),
        advice=(
            "Open the case again and look at the resource; if it is harmless after all, say so in"
            " a narrow filter with a reason."
        ),
    ),
    ChangeKind(
        name="guardduty.finding_expired",
        evidence=_FINDING,
        on=Lifecycle.DELETED,
        when=_is_old,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC7.3",),
        says="finding {Id} is older than the 90 days that AWS keeps it",
        trigger="A finding is gone whose UpdatedAt lay 90 days or more back",
        means="AWS keeps a finding for 90 days and then drops it; nobody did anything.",
        advice=(
            "Nothing to do; this record is what shows the finding to an auditor who looks at a"
            " whole year."
        ),
    ),
    ChangeKind(
        name="guardduty.finding_disappeared",
        evidence=_FINDING,
        on=Lifecycle.DELETED,
        when=lambda d: not _is_old(d),
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC7.3",),
        says="finding {Id} is gone before AWS would drop it, as when its detector is deleted",
        adds=_what,
        trigger="A finding is gone whose UpdatedAt is not known, or less than 90 days old",
        means=(
            "Nobody can delete a single finding: as a rule the whole detector went, and the open"
            " cases with it."
        ),
        advice=(
            "Look for guardduty.disabled or guardduty.detector_recreated in the same region, and"
            " close the case on what is recorded here."
        ),
    ),
    ChangeKind(
        name="guardduty.sample_created",
        evidence=_FINDING,
        on=Lifecycle.CREATED,
        when=_is_sample,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC7.3",),
        says="a sample finding was made ({Id})",
        adds=_what,
        trigger="A finding is new in the list that GuardDuty marks as a sample",
        means=(
            "Somebody made it to try out how findings are handled: nothing happened to the resource"
            " that it names."
        ),
        advice="Ask whether it belongs to a planned test; if so keep it as proof that alerts arrive.",
    ),
    ChangeKind(
        name="guardduty.sample_archived",
        evidence=_FINDING,
        path="Archived",
        when=_is_sample,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC7.3",),
        says="a sample finding was archived or taken back from there ({Id})",
        trigger="Archived of a sample finding is another value than before",
        means="Only a trial was tidied up, and no case was closed by it.",
        advice="Nothing is to be done.",
    ),
)
