"""Access Analyzer: analyzers, archive rules, findings.

AWS gives findings no severity. Ours: critical when everybody has access that nobody had, high where the
access is to data, keys, secrets or a role, medium elsewhere and where it is from inside, low for access
that is not used. A finding that is gone was not resolved: it expired if it was resolved long before.
"""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference, Lifecycle, both, turned
from driftkeeper.domain.types import Body, Direction, Json, Severity

_ANALYZER = "accessanalyzer.analyzer"
_RULE = "accessanalyzer.archive_rule"
_FINDING = "accessanalyzer.finding"
_EXTERNAL = ("ACCOUNT", "ORGANIZATION")
_OFF = ("DISABLED", "FAILED")
_SENSITIVE = (
    "AWS::S3::Bucket",
    "AWS::S3Express::DirectoryBucket",
    "AWS::KMS::Key",
    "AWS::SecretsManager::Secret",
    "AWS::IAM::Role",
    "AWS::EC2::Snapshot",
    "AWS::RDS::DBSnapshot",
    "AWS::RDS::DBClusterSnapshot",
)
_WHO_AND_WHAT = ("resource", "resourceType", "principal", "condition", "isPublic")


def _weight(d: Difference) -> Severity:
    """Return how much the access matters that a finding is about."""
    kind = str(d.field("findingType") or "")
    if kind.startswith("Unused"):
        return Severity.LOW
    if d.field("isPublic") is True:
        return Severity.HIGH
    is_from_outside = kind != "InternalAccess" and d.field("error") is None
    return (
        Severity.HIGH
        if is_from_outside and d.field("resourceType") in _SENSITIVE
        else Severity.MEDIUM
    )


def _weight_when_new(d: Difference) -> Severity:
    return Severity.CRITICAL if d.field("isPublic") is True else _weight(d)


def _watches_outside(d: Difference) -> bool:
    return d.field("type") in _EXTERNAL


def _weight_of_analyzer(d: Difference) -> Severity:
    return Severity.HIGH if _watches_outside(d) else Severity.LOW


def _about(body: Body | None) -> dict[str, Json] | None:
    """Return the access that an active finding is about, None for any other."""
    if body is None or body.config.get("status") != "ACTIVE":
        return None
    details = body.config.get("findingDetails")
    return {**{name: body.config.get(name) for name in _WHO_AND_WHAT}, "details": details}


def _has_twin(d: Difference) -> bool:
    """Say whether an active finding goes on under another id: so it is after an analyzer's recreation."""
    ours = _about(d.body)
    if ours is None:
        return False
    others = (
        (pair.before, pair.after) if d.new is None else (pair.after, pair.before)
        for pair in d.beside
        if pair.key != d.resource
    )
    return any(
        absent is None
        and there is not None
        and there.config.get("resource") == ours["resource"]  # cheap, and mostly decides
        and _about(there) == ours
        for absent, there in others
    )


def _is_active(d: Difference) -> bool:
    return bool(d.field("status") == "ACTIVE")


def _is_over(d: Difference) -> bool:
    """Say whether a finding is of those that AWS takes away by itself: resolved ones, and errors."""
    return d.field("status") == "RESOLVED" or d.field("error") is not None


def _access(d: Difference) -> str:
    """Return what a finding is about, in words: which resource, and who may use it or why that is open."""
    thing, error = d.field("resource") or d.field("resourceType"), d.field("error")
    if error is not None:
        return f" on {thing}, which could not be analysed: {error}"
    principal = d.field("principal")
    who = ", ".join(map(str, principal.values())) if isinstance(principal, dict) else ""
    if d.field("isPublic") is True:
        who = "everyone"
    return f" on {thing}" + (f" for {who}" if who else "")


def _thing(d: Difference) -> str:
    return f": {d.field('resource') or d.field('resourceType')}"


ANALYZERS = (
    ChangeKind(
        name="aa.analyzer_created",
        evidence=_ANALYZER,
        on=Lifecycle.CREATED,
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.6",),
        says="analyzer {name} ({type}) was created",
    ),
    ChangeKind(
        name="aa.analyzer_deleted",
        evidence=_ANALYZER,
        on=Lifecycle.DELETED,
        direction=Direction.WEAKENED,
        severity=_weight_of_analyzer,
        criteria=("CC6.6",),
        says="analyzer {name} ({type}) was deleted, and its findings with it",
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
    ),
    ChangeKind(
        name="aa.archive_rule_removed",
        evidence=_RULE,
        on=Lifecycle.DELETED,
        direction=Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.3",),
        says="archive rule {ruleName} was removed",
    ),
)

FINDINGS = (
    ChangeKind(
        name="aa.finding_opened",
        evidence=_FINDING,
        on=Lifecycle.CREATED,
        when=lambda d: _is_active(d) and not _has_twin(d),
        direction=Direction.WEAKENED,
        severity=_weight_when_new,
        criteria=("CC6.3", "CC6.6"),
        says="{findingType} was found ({id})",
        adds=_access,
    ),
    ChangeKind(
        name="aa.finding_renumbered",
        evidence=_FINDING,
        on=Lifecycle.CREATED,
        when=_has_twin,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.3",),
        says="finding {id} was known under another id",
        adds=_thing,
    ),
    ChangeKind(
        name="aa.finding_resolved",
        evidence=_FINDING,
        path="status",
        when=lambda d: d.after == "RESOLVED",
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.3",),
        says="finding {id} is resolved: the access that was found is gone",
        adds=_thing,
    ),
    ChangeKind(
        name="aa.finding_archived",
        evidence=_FINDING,
        path="status",
        when=turned("ACTIVE", "ARCHIVED"),
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.3",),
        says="finding {id} was archived, by a person or by a rule",
        adds=_thing,
    ),
    ChangeKind(
        name="aa.finding_reopened",
        evidence=_FINDING,
        path="status",
        when=lambda d: d.before in ("ARCHIVED", "RESOLVED") and d.after == "ACTIVE",
        direction=Direction.WEAKENED,
        severity=_weight,
        criteria=("CC6.3",),
        says="finding {id} is active again",
        adds=_thing,
    ),
    ChangeKind(
        name="aa.finding_expired",
        evidence=_FINDING,
        on=Lifecycle.DELETED,
        when=_is_over,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.3",),
        says="finding {id} is no longer kept by AWS, as it was over",
        adds=_thing,
    ),
    ChangeKind(
        name="aa.finding_disappeared",
        evidence=_FINDING,
        on=Lifecycle.DELETED,
        when=both(lambda d: not _is_over(d), lambda d: not _has_twin(d)),
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.3",),
        says="finding {id} is gone without having been resolved, as when its analyzer is deleted",
        adds=_thing,
    ),
)
