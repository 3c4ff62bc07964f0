"""IAM users as the account lists them: membership, policies, boundary, MFA devices."""

from __future__ import annotations

from driftkeeper.diff.spec import (
    ChangeKind,
    Difference,
    Lifecycle,
    appeared,
    replaced,
    vanished,
)
from driftkeeper.domain.types import Direction, Severity
from driftkeeper.semantics.policy_effect import Effect, compare

_USER = "iam.user"
_DEVICES = ("VirtualMFADevices", "MFADevices")
_DIRECTIONS = {
    Effect.WIDENED: Direction.WEAKENED,
    Effect.NARROWED: Direction.STRENGTHENED,
    Effect.CHANGED: Direction.NEUTRAL,
    Effect.COSMETIC: Direction.NEUTRAL,
}


def _is_admin_policy(d: Difference) -> bool:
    return d.path[-1].endswith(":iam::aws:policy/AdministratorAccess")


def _document(value: object) -> dict[str, object] | None:
    found = value.get("PolicyDocument") if isinstance(value, dict) else None
    return found if isinstance(found, dict) else None


def _added(d: Difference) -> Direction:
    return _DIRECTIONS[compare(None, _document(d.after))]


def _removed(d: Difference) -> Direction:
    return _DIRECTIONS[compare(_document(d.before), None)]


def _changed(d: Difference) -> Direction:
    return _DIRECTIONS[compare(d.before, d.after)]


def _weighed(d: Difference) -> Severity:
    return Severity.MEDIUM if _changed(d) is Direction.WEAKENED else Severity.LOW


def _device(d: Difference) -> bool:
    return len(d.path) == 2 and d.path[0] in _DEVICES


LIFECYCLE = (
    ChangeKind(
        name="iam.user.created",
        evidence=_USER,
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.2",),
        says="user {UserName} was created",
    ),
    ChangeKind(
        name="iam.user.deleted",
        evidence=_USER,
        on=Lifecycle.DELETED,
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.2",),
        says="user {UserName} was deleted",
    ),
    ChangeKind(
        name="iam.user.recreated",
        evidence=_USER,
        on=Lifecycle.RECREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.2",),
        says="user {UserName} was deleted and created anew: another principal under the same name",
    ),
    ChangeKind(
        name="iam.user.renamed",
        evidence=_USER,
        on=Lifecycle.RENAMED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.2",),
        says="user {before} is now {after}",
    ),
)

ACCESS = (
    ChangeKind(
        name="iam.group.membership_added",
        evidence=_USER,
        path="GroupList.*",
        when=appeared,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.3",),
        says="user {UserName} joined the group {leaf}",
    ),
    ChangeKind(
        name="iam.group.membership_removed",
        evidence=_USER,
        path="GroupList.*",
        when=vanished,
        direction=Direction.STRENGTHENED,
        severity=Severity.LOW,
        criteria=("CC6.3",),
        says="user {UserName} left the group {leaf}",
    ),
    ChangeKind(
        name="iam.policy_attached",
        evidence=_USER,
        path="AttachedManagedPolicies.*",
        when=appeared,
        direction=lambda d: Direction.WEAKENED if _is_admin_policy(d) else Direction.NEUTRAL,
        severity=lambda d: Severity.HIGH if _is_admin_policy(d) else Severity.LOW,
        criteria=("CC6.3",),
        says="the policy {leaf} was attached to user {UserName}",
    ),
    ChangeKind(
        name="iam.policy_detached",
        evidence=_USER,
        path="AttachedManagedPolicies.*",
        when=vanished,
        direction=lambda d: Direction.STRENGTHENED if _is_admin_policy(d) else Direction.NEUTRAL,
        severity=lambda d: Severity.HIGH if _is_admin_policy(d) else Severity.LOW,
        criteria=("CC6.3",),
        says="the policy {leaf} was detached from user {UserName}",
    ),
    ChangeKind(
        name="iam.inline_policy_added",
        evidence=_USER,
        path="UserPolicyList.*",
        when=appeared,
        direction=_added,
        severity=Severity.MEDIUM,
        criteria=("CC6.3",),
        says="the inline policy {leaf} was added to user {UserName}",
    ),
    ChangeKind(
        name="iam.inline_policy_removed",
        evidence=_USER,
        path="UserPolicyList.*",
        when=vanished,
        direction=_removed,
        severity=Severity.MEDIUM,
        criteria=("CC6.3",),
        says="the inline policy {leaf} was removed from user {UserName}",
    ),
    ChangeKind(
        name="iam.inline_policy_changed",
        evidence=_USER,
        path="UserPolicyList.*.PolicyDocument",
        when=replaced,
        direction=_changed,
        severity=_weighed,
        criteria=("CC6.3",),
        says="the inline policy {steps[1]} of user {UserName} was changed",
    ),
    ChangeKind(
        name="iam.boundary_removed",
        evidence=_USER,
        path="PermissionsBoundary",
        when=vanished,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.3",),
        says="the permissions boundary of user {UserName} was removed",
    ),
    ChangeKind(
        name="iam.boundary_set",
        evidence=_USER,
        path="PermissionsBoundary",
        when=appeared,
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.3",),
        says="user {UserName} was given a permissions boundary",
    ),
    ChangeKind(
        name="iam.boundary_changed",
        evidence=_USER,
        path="PermissionsBoundary.PermissionsBoundaryArn",
        when=replaced,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.3",),
        says="the permissions boundary of user {UserName} changed from {before} to {after}",
    ),
)

DEVICES = (
    ChangeKind(
        name="iam.user.mfa_device_added",
        evidence=_USER,
        when=lambda d: _device(d) and appeared(d),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.1", "CC6.2"),
        says="user {UserName} has the MFA device {leaf}",
    ),
    ChangeKind(
        name="iam.user.mfa_device_removed",
        evidence=_USER,
        when=lambda d: _device(d) and vanished(d),
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.1", "CC6.2"),
        says="user {UserName} no longer has the MFA device {leaf}",
    ),
)
