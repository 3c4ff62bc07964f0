"""Managed IAM policies: what the version in force allows, of the customer's own and of AWS's."""

from __future__ import annotations

from driftkeeper.diff.policies import document, effect
from driftkeeper.diff.policy_kinds import Policy, edited
from driftkeeper.diff.spec import ChangeKind, Difference, Lifecycle, both
from driftkeeper.diff.statements import statements
from driftkeeper.domain.types import Direction, Json, Severity
from driftkeeper.semantics.policy_admin import full_admin, service_wildcards
from driftkeeper.semantics.policy_effect import Effect

_POLICY = "iam.policy"
_EVERYTHING = "*"
_WITH_VERSION = ("DefaultVersionId", "VersionCount")
_OWN = Policy(
    evidence=_POLICY,
    path="Document",
    name="iam.policy.permissions",
    noun="the policy {PolicyName}",
    who="A managed policy of the account",
    criteria=("CC6.3",),
    severities={
        Effect.WIDENED: Severity.MEDIUM,
        Effect.NARROWED: Severity.INFO,
        Effect.CHANGED: Severity.LOW,
        Effect.COSMETIC: Severity.LOW,
    },
    means={
        Effect.WIDENED: "All who hold the policy may do more than was reviewed, from now on.",
        Effect.NARROWED: "All who hold the policy may do less than before.",
        Effect.CHANGED: (
            "All who hold the policy may do other things than were reviewed; the documents alone do not"
            " say whether that is more or less."
        ),
        Effect.COSMETIC: "Nobody may do more or less, but somebody has edited the policy.",
    },
    explains=_WITH_VERSION,
)


def _is_own(d: Difference) -> bool:
    return bool(d.field("Owner") != "aws")


def _is_aws(d: Difference) -> bool:
    return not _is_own(d)


def _aws_direction(d: Difference) -> Direction:
    widened = effect(d.before, d.after) is Effect.WIDENED
    return Direction.WEAKENED if widened and _is_attached(d) else Direction.NEUTRAL


def _is_attached(d: Difference) -> bool:
    """Say whether somebody has the policy; one that only serves as a boundary gives nothing."""
    count: Json = None if d.new is None else d.new.observed.get("AttachmentCount")
    return bool(count is None or count)


def _takes_force(d: Difference) -> bool:
    """Say whether a version came into force that no other change tells of."""
    if d.old is None or d.new is None:
        return False
    return _is_own(d) or d.old.config.get("Document") == d.new.config.get("Document")


def _wildcards(policy: Json) -> frozenset[str]:
    """Return the services of which everything on everything is allowed, or `*` for all of them."""
    found = document(policy)
    if found is None:
        return frozenset()
    if any(map(full_admin, found["Statement"])):
        return frozenset({_EVERYTHING})
    return service_wildcards(found)


def _opened(d: Difference) -> frozenset[str]:
    before = _wildcards(d.before)
    return frozenset() if _EVERYTHING in before else _wildcards(d.after) - before


def _closed(d: Difference) -> frozenset[str]:
    after = _wildcards(d.after)
    return frozenset() if _EVERYTHING in after else _wildcards(d.before) - after


def _named(services: frozenset[str]) -> str:
    return ", ".join("*" if each == _EVERYTHING else f"{each}:*" for each in sorted(services))


LIFECYCLE = (
    ChangeKind(
        name="iam.policy.created",
        evidence=_POLICY,
        on=Lifecycle.CREATED,
        when=_is_own,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.3",),
        says="the policy {PolicyName} was created",
        trigger="A managed policy of the account is there that was not",
        means="It gives nobody anything until it is attached.",
        advice="Match it with a change ticket, and read what it allows.",
    ),
    ChangeKind(
        name="iam.policy.deleted",
        evidence=_POLICY,
        on=Lifecycle.DELETED,
        when=_is_own,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.3",),
        says="the policy {PolicyName} was deleted",
        trigger="A managed policy of the account is gone that was there",
        means="It was attached to nobody any more, for AWS deletes no policy that is.",
        advice="Match it with a change ticket.",
    ),
    # AWS's own policies are there always, and listed only while somebody has them.
    ChangeKind(
        name="iam.policy.aws_managed_listed",
        evidence=_POLICY,
        on=Lifecycle.CREATED,
        when=_is_aws,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.3",),
        says="AWS's policy {PolicyName} is in use now",
        trigger="A policy of AWS is attached to somebody, or is a boundary, and was not before",
        means="AWS decides what the policy allows, and may add to it.",
        advice="Nothing is to be done: that it was attached is told by who holds it.",
    ),
    ChangeKind(
        name="iam.policy.aws_managed_unlisted",
        evidence=_POLICY,
        on=Lifecycle.DELETED,
        when=_is_aws,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.3",),
        says="AWS's policy {PolicyName} is no longer in use; AWS still has it",
        trigger="A policy of AWS is attached to nobody any more",
        means="Nobody in the account has rights by this policy.",
        advice="Nothing is to be done.",
    ),
)

PERMISSIONS = edited(_OWN, _is_own)

VERSIONS = (
    ChangeKind(
        name="iam.policy.aws_managed_updated",
        evidence=_POLICY,
        path="Document",
        when=_is_aws,
        direction=_aws_direction,
        severity=Severity.LOW,
        criteria=("CC6.3",),
        says="AWS has a new version of its policy {PolicyName}",
        adds=statements,
        explains=_WITH_VERSION,
        trigger=(
            "AWS changed what a policy of its own allows; it is a weakening if it allows more and somebody"
            " holds it"
        ),
        means="Whoever holds the policy may do other things than were reviewed, and nobody here decided so.",
        advice="Read what came; where it is too much, put a policy of your own in its place.",
    ),
    ChangeKind(
        name="iam.policy.default_version_changed",
        evidence=_POLICY,
        path="DefaultVersionId",
        when=_takes_force,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC8.1",),
        says="version {after} of the policy {PolicyName} is in force in place of {before}",
        explains=("VersionCount",),
        trigger="Another version of a managed policy is in force",
        means=(
            "Somebody made a version and put it in force, or went back to an older one; what that does to"
            " access is told by another change, if it does anything."
        ),
        advice="Match it with a change ticket.",
    ),
)

WILDCARDS = (
    ChangeKind(
        name="iam.policy.wildcard_added",
        evidence=_POLICY,
        path="Document",
        when=both(_is_own, lambda d: bool(_opened(d))),
        born=both(_is_own, lambda d: bool(_opened(d))),
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.3",),
        says="the policy {PolicyName} allows all that a service can do, on everything",
        adds=lambda d: f": {_named(_opened(d))}",
        claims=False,
        trigger=(
            "A policy of the account allows `*`, or all of a service such as `s3:*`, on `*` without a"
            " condition, and did not before"
        ),
        means="Its holders may do everything there, also what the service will offer one day.",
        advice="Name the actions and resources that are needed in place of the wildcard.",
    ),
    ChangeKind(
        name="iam.policy.wildcard_removed",
        evidence=_POLICY,
        path="Document",
        when=both(_is_own, lambda d: bool(_closed(d))),
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC6.3",),
        says="the policy {PolicyName} no longer allows all that a service can do, on everything",
        adds=lambda d: f": {_named(_closed(d))}",
        claims=False,
        trigger="A policy of the account allowed everything, or all of a service, on `*` and does not now",
        means="Its holders may do no more there than is named.",
        advice="Keep it as evidence that a finding of too wide a policy was remedied.",
    ),
)
