"""Access Analyzer findings: access that was found, put aside, removed.

AWS gives findings no severity. Ours: critical when everybody has access that nobody had, high where the
access is to data, keys, secrets or a role, medium elsewhere and where it is from inside, low for access
that is not used. A finding that is gone was not resolved: it expired if it was resolved long before.
"""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference, Echo, Lifecycle, both, turned
from driftkeeper.domain.types import Body, Direction, Json, Severity

_FINDING = "accessanalyzer.finding"
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


def _about(body: Body | None) -> dict[str, Json] | None:
    """Return the access that an active or archived finding is about, None for any other."""
    if body is None or body.config.get("status") not in ("ACTIVE", "ARCHIVED"):
        return None
    details = body.config.get("findingDetails")
    return {**{name: body.config.get(name) for name in _WHO_AND_WHAT}, "details": details}


def _twin(d: Difference) -> Body | None:
    """Return the finding as which this one goes on, or went before: an analyzer made anew numbers anew."""
    ours = _about(d.body)
    if ours is None:
        return None
    others = (
        (pair.before, pair.after) if d.new is None else (pair.after, pair.before)
        for pair in d.beside
        if pair.key != d.resource
    )
    twins = (
        there
        for absent, there in others
        if absent is None
        and there is not None
        and there.config.get("resource") == ours["resource"]  # cheap, and mostly decides
        and _about(there) == ours
    )
    # Of several, one that is looked after in the same way.
    return min(twins, key=lambda there: there.config["status"] != d.field("status"), default=None)


def has_twin(d: Difference) -> bool:
    """Say whether the same access came or went at the same time under another id."""
    return _twin(d) is not None


def _came_back(d: Difference) -> bool:
    """Say whether a finding was put aside under its old id and asks to be looked at under the new one."""
    twin = _twin(d)
    return _is_active(d) and twin is not None and twin.config["status"] == "ARCHIVED"


def _twin_key(d: Difference) -> Json:
    twin = _twin(d)
    return None if twin is None else twin.key


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


FINDINGS = (
    ChangeKind(
        name="aa.finding_opened",
        evidence=_FINDING,
        on=Lifecycle.CREATED,
        when=lambda d: _is_active(d) and not has_twin(d),
        direction=Direction.WEAKENED,
        severity=_weight_when_new,
        criteria=("CC6.3", "CC6.6"),
        says="{findingType} was found ({id})",
        adds=_access,
        trigger=(
            "A finding with status ACTIVE is new, and no active finding of the same access went"
            " at the same time; critical if isPublic"
        ),
        means=(
            "AWS derives it from the policies themselves, so somebody can use this access now,"
            " from outside or inside, or holds it without using it."
        ),
        advice=(
            "Ask the owner of the resource whether it is intended: if so archive it with the"
            " reason, if not take it out of the policy and see the finding resolve."
        ),
    ),
    ChangeKind(
        name="aa.finding_renumbered",
        evidence=_FINDING,
        on=Lifecycle.CREATED,
        when=has_twin,
        direction=lambda d: Direction.WEAKENED if _came_back(d) else Direction.NEUTRAL,
        severity=lambda d: _weight(d) if _came_back(d) else Severity.INFO,
        criteria=("CC6.3",),
        says="finding {id} was known under another id",
        adds=lambda d: (", and archived under that" if _came_back(d) else "") + _thing(d),
        trigger=(
            "An active or archived finding is new whose resource, principal, condition and details are"
            " those of one that went at the same time; weakening if that was archived and this is not"
        ),
        means=(
            "Nothing was granted and nothing fixed: AWS numbers known access anew, as when its"
            " analyzer is deleted and made again."
        ),
        advice=(
            "Note the new id in the old ticket so that its age is counted from the first sight,"
            " and see why the analyzer was made anew."
        ),
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
        trigger="The status became RESOLVED",
        means=(
            "AWS can no longer derive this access from the policies: proof that it was taken"
            " away, or that the resource is gone."
        ),
        advice=(
            "Link it to the ticket it ends, and check that no other finding opened for the same"
            " resource: one edit can do both."
        ),
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
        trigger="The status went from ACTIVE to ARCHIVED",
        means=(
            "The access is still there; somebody or an archive rule called it intended, and AWS"
            " does not say which of them."
        ),
        advice=(
            "Look for UpdateFindings in CloudTrail, else for the archive rule that matches, and"
            " write down who accepts this access and why."
        ),
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
        trigger="The status went from ARCHIVED or RESOLVED back to ACTIVE",
        means=(
            "Access that was removed or accepted is open again: the fix was undone, or somebody"
            " withdrew the acceptance."
        ),
        advice=(
            "Check whether an old template brought the policy back, and handle the finding as a"
            " new one with its own deadline."
        ),
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
        trigger=(
            "A finding is gone from a complete listing whose last status was RESOLVED, or which"
            " only told of an error of the analysis"
        ),
        means=(
            "AWS drops resolved findings 90 days after their last update, and errors when they"
            " end; nobody's access changed today."
        ),
        advice=(
            "Nothing to do; what was recorded of it here is the only copy left, so keep it for as"
            " long as the audit needs it."
        ),
    ),
    ChangeKind(
        name="aa.finding_disappeared",
        evidence=_FINDING,
        on=Lifecycle.DELETED,
        when=both(lambda d: not _is_over(d), lambda d: not has_twin(d)),
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.3",),
        says="finding {id} is gone without having been resolved, as when its analyzer is deleted",
        adds=_thing,
        trigger=(
            "A finding is gone that was neither RESOLVED nor an error, and no finding of the same"
            " access took its place"
        ),
        means=(
            "Nothing proves that the access is closed; only the finding is gone, and an open case"
            " with it."
        ),
        advice=(
            "See whether its analyzer was deleted at that time, and read the policy of the"
            " resource itself to decide whether the access is still there."
        ),
    ),
    ChangeKind(
        name="aa.finding_superseded",
        evidence=_FINDING,
        on=Lifecycle.DELETED,
        when=has_twin,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.3",),
        says="finding {id} goes on under another id",
        adds=_thing,
        echo=Echo(("aa.finding_renumbered",), of=_twin_key),
        trigger=(
            "A finding that was active or archived is gone, and at the same time there is one about the"
            " same access under another id"
        ),
        means="The access is as it was; only the number under which AWS keeps it is another.",
        advice="Carry notes and tickets over to the new id.",
    ),
)
