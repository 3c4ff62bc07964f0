"""Managed IAM policies: what the version in force allows, of the customer's own and of AWS's."""

from __future__ import annotations

from driftkeeper.diff.kinds.iam_policies import DIRECTIONS
from driftkeeper.diff.policies import document, effect
from driftkeeper.diff.spec import ChangeKind, Difference, Lifecycle, Test, both
from driftkeeper.diff.statements import statements
from driftkeeper.domain.types import Direction, Json, Severity
from driftkeeper.semantics.policy_admin import full_admin, service_wildcards
from driftkeeper.semantics.policy_effect import Effect

_POLICY = "iam.policy"
_EVERYTHING = "*"
_WITH_VERSION = ("DefaultVersionId", "VersionCount")


def _is_own(d: Difference) -> bool:
    return bool(d.field("Owner") != "aws")


def _is_aws(d: Difference) -> bool:
    return not _is_own(d)


def _is(wanted: Effect) -> Test:
    return both(_is_own, lambda d: effect(d.before, d.after) is wanted)


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
    ),
)

PERMISSIONS = (
    ChangeKind(
        name="iam.policy.permissions_widened",
        evidence=_POLICY,
        path="Document",
        when=_is(Effect.WIDENED),
        direction=DIRECTIONS[Effect.WIDENED],
        severity=Severity.MEDIUM,
        criteria=("CC6.3",),
        says="the policy {PolicyName} allows more than before",
        adds=statements,
        explains=_WITH_VERSION,
    ),
    ChangeKind(
        name="iam.policy.permissions_narrowed",
        evidence=_POLICY,
        path="Document",
        when=_is(Effect.NARROWED),
        direction=DIRECTIONS[Effect.NARROWED],
        severity=Severity.INFO,
        criteria=("CC6.3",),
        says="the policy {PolicyName} allows less than before",
        adds=statements,
        explains=_WITH_VERSION,
    ),
    ChangeKind(
        name="iam.policy.permissions_changed",
        evidence=_POLICY,
        path="Document",
        when=_is(Effect.CHANGED),
        direction=DIRECTIONS[Effect.CHANGED],
        severity=Severity.LOW,
        criteria=("CC6.3",),
        says="the policy {PolicyName} allows other things than before",
        adds=statements,
        explains=_WITH_VERSION,
    ),
    ChangeKind(
        name="iam.policy.permissions_rewritten",
        evidence=_POLICY,
        path="Document",
        when=_is(Effect.COSMETIC),
        direction=DIRECTIONS[Effect.COSMETIC],
        severity=Severity.LOW,
        criteria=("CC6.3",),
        says="the policy {PolicyName} is worded differently and allows the same as before",
        explains=_WITH_VERSION,
    ),
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
    ),
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
    ),
)
