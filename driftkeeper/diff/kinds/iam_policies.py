"""What users, groups and roles may do: policies attached and inline, and the permissions boundary.

The three have the same kinds, declared once for each.
"""

from __future__ import annotations

from driftkeeper.diff.policies import effect
from driftkeeper.diff.policy_kinds import DIRECTIONS, Policy, came_and_went
from driftkeeper.diff.spec import ChangeKind, Difference, appeared, replaced, vanished
from driftkeeper.diff.statements import statements
from driftkeeper.domain.types import Direction, Json, Severity
from driftkeeper.semantics.principal import well_known


def _is_admin(d: Difference) -> bool:
    """Say whether it is the policy of AWS that allows everything."""
    return well_known(d.path[-1]) is not None


def _of_removal(policy: Json) -> Direction:
    return DIRECTIONS[effect(policy, None)]


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
            trigger=(
                "A managed policy is attached to a user, group or role that was not; it is a weakening if it"
                " is the policy of AWS that allows everything"
            ),
            means="Whoever it is attached to may do all that it allows, now and in later versions.",
            advice="Match it with an approved request, and check that it allows no more than was asked.",
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
            trigger="A managed policy is not attached to a user, group or role any more",
            means="What it allowed is not allowed by it any more; nor is denied what it denied.",
            advice="If it denied something, check that another policy does; else keep this as evidence.",
        ),
    )


def _inlined(evidence: str, who: str, policies: str) -> tuple[ChangeKind, ...]:
    policy = Policy(
        evidence=evidence,
        path=f"{policies}.*",
        name="iam.inline_policy",
        noun=f"the inline policy {{steps[1]}} of {who}",
        who="An inline policy of a user, group or role",
        criteria=("CC6.3",),
    )
    return (
        *came_and_went(policy, Severity.MEDIUM, _of_removal),
        ChangeKind(
            name=f"{policy.name}_changed",
            evidence=evidence,
            path=f"{policy.path}.PolicyDocument",
            when=replaced,
            direction=lambda d: DIRECTIONS[effect(d.before, d.after)],
            severity=Severity.MEDIUM,
            criteria=policy.criteria,
            says=f"{policy.noun} was changed",
            adds=statements,
            trigger=(
                "An inline policy of a user, group or role was edited; it is a weakening if it allows more"
                " or denies less, and a strengthening the other way round"
            ),
            means="What its holder may do is not what was reviewed, and no list of policies shows it.",
            advice="Match what came and went with an approved request.",
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
            trigger="A user or role has no permissions boundary any more",
            means="Nothing caps its rights: all that its policies allow holds, and what is added to them.",
            advice="Set it again unless its removal was approved, and look for what was done meanwhile.",
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
            trigger="A user or role has a permissions boundary and had none",
            means="Its rights are capped, whatever is attached to it.",
            advice="Nothing is to be done; keep it as evidence of least privilege.",
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
            trigger="A user or role has another policy as its permissions boundary",
            means="Its rights have another cap, which may be wider or narrower.",
            advice="Compare the two policies, and match the change with an approved request.",
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
