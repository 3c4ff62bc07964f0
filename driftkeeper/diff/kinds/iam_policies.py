"""What users, groups and roles may do: policies attached and inline, and the permissions boundary.

The three have the same kinds, declared once for each.
"""

from __future__ import annotations

from driftkeeper.diff.policies import effect
from driftkeeper.diff.spec import ChangeKind, Difference, appeared, replaced, vanished
from driftkeeper.diff.statements import statements
from driftkeeper.domain.types import Direction, Json, Severity
from driftkeeper.semantics.policy_effect import Effect

DIRECTIONS = {
    Effect.WIDENED: Direction.WEAKENED,
    Effect.NARROWED: Direction.STRENGTHENED,
    Effect.CHANGED: Direction.NEUTRAL,
    Effect.COSMETIC: Direction.NEUTRAL,
}
"""What a change of what is allowed does to security."""


def is_admin_policy(arn: str) -> bool:
    """Say whether it is the policy of AWS that allows everything."""
    return arn.endswith(":iam::aws:policy/AdministratorAccess")


def _is_admin(d: Difference) -> bool:
    return is_admin_policy(d.path[-1])


def _inline(value: Json) -> Json:
    return value.get("PolicyDocument") if isinstance(value, dict) else None


def _came_or_went(d: Difference) -> Direction:
    return DIRECTIONS[effect(_inline(d.before), _inline(d.after))]


def _changed(d: Difference) -> Direction:
    return DIRECTIONS[effect(d.before, d.after)]


def _attached(evidence: str, who: str) -> tuple[ChangeKind, ...]:
    return (
        ChangeKind(
            name="iam.policy_attached",
            evidence=evidence,
            path="AttachedManagedPolicies.*",
            when=appeared,
            born=_is_admin,
            direction=lambda d: Direction.WEAKENED if _is_admin(d) else Direction.NEUTRAL,
            severity=lambda d: Severity.HIGH if _is_admin(d) else Severity.LOW,
            criteria=("CC6.3",),
            says=f"the policy {{leaf}} was attached to {who}",
        ),
        ChangeKind(
            name="iam.policy_detached",
            evidence=evidence,
            path="AttachedManagedPolicies.*",
            when=vanished,
            direction=lambda d: Direction.STRENGTHENED if _is_admin(d) else Direction.NEUTRAL,
            severity=lambda d: Severity.HIGH if _is_admin(d) else Severity.LOW,
            criteria=("CC6.3",),
            says=f"the policy {{leaf}} was detached from {who}",
        ),
    )


def _inlined(evidence: str, who: str, policies: str) -> tuple[ChangeKind, ...]:
    return (
        ChangeKind(
            name="iam.inline_policy_added",
            evidence=evidence,
            path=f"{policies}.*",
            when=appeared,
            direction=_came_or_went,
            severity=Severity.MEDIUM,
            criteria=("CC6.3",),
            says=f"the inline policy {{leaf}} was added to {who}",
        ),
        ChangeKind(
            name="iam.inline_policy_removed",
            evidence=evidence,
            path=f"{policies}.*",
            when=vanished,
            direction=_came_or_went,
            severity=Severity.MEDIUM,
            criteria=("CC6.3",),
            says=f"the inline policy {{leaf}} was removed from {who}",
        ),
        ChangeKind(
            name="iam.inline_policy_changed",
            evidence=evidence,
            path=f"{policies}.*.PolicyDocument",
            when=replaced,
            direction=_changed,
            severity=Severity.MEDIUM,
            criteria=("CC6.3",),
            says=f"the inline policy {{steps[1]}} of {who} was changed",
            adds=statements,
        ),
    )


def _bounded(evidence: str, who: str) -> tuple[ChangeKind, ...]:
    return (
        ChangeKind(
            name="iam.boundary_removed",
            evidence=evidence,
            path="PermissionsBoundary",
            when=vanished,
            direction=Direction.WEAKENED,
            severity=Severity.HIGH,
            criteria=("CC6.3",),
            says=f"the permissions boundary of {who} was removed",
        ),
        ChangeKind(
            name="iam.boundary_set",
            evidence=evidence,
            path="PermissionsBoundary",
            when=appeared,
            direction=Direction.STRENGTHENED,
            severity=Severity.INFO,
            criteria=("CC6.3",),
            says=f"{who} was given a permissions boundary",
        ),
        ChangeKind(
            name="iam.boundary_changed",
            evidence=evidence,
            path="PermissionsBoundary.PermissionsBoundaryArn",
            when=replaced,
            direction=Direction.NEUTRAL,
            severity=Severity.MEDIUM,
            criteria=("CC6.3",),
            says=f"the permissions boundary of {who} changed from {{before}} to {{after}}",
        ),
    )


OF_USERS = (
    *_attached("iam.user", "user {UserName}"),
    *_inlined("iam.user", "user {UserName}", "UserPolicyList"),
    *_bounded("iam.user", "user {UserName}"),
)
OF_GROUPS = (
    *_attached("iam.group", "group {GroupName}"),
    *_inlined("iam.group", "group {GroupName}", "GroupPolicyList"),
)
OF_ROLES = (
    *_attached("iam.role", "role {RoleName}"),
    *_inlined("iam.role", "role {RoleName}", "RolePolicyList"),
    *_bounded("iam.role", "role {RoleName}"),
)
