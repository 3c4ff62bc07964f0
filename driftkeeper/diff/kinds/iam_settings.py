"""Settings of IAM beside users, groups and policies: profiles of roles, credentials for services, root."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Test, appeared, turned, vanished
from driftkeeper.domain.types import Direction, Severity

_ROLE = "iam.role"
_ROOT = "iam.root"
_FEATURE = "OrganizationsFeatures.EnabledFeatures.*"
_ABOUT = "a signing certificate, or a password or key for a single service,"


def _credential(
    evidence: str, path: str, on: Test, off: Test, which: str
) -> tuple[ChangeKind, ...]:
    return (
        ChangeKind(
            name="iam.service_credential.activated",
            evidence=evidence,
            path=path,
            when=on,
            direction=Direction.WEAKENED,
            severity=Severity.MEDIUM,
            criteria=("CC6.1",),
            says=f"{which} is active again",
            trigger=f"A user's inactive credential, {_ABOUT} became active",
            means="Whoever still holds the credential can use it again, past MFA and access keys.",
            advice="Make sure that the owner asked for it, else make it inactive and delete it.",
        ),
        ChangeKind(
            name="iam.service_credential.deactivated",
            evidence=evidence,
            path=path,
            when=off,
            direction=Direction.STRENGTHENED,
            severity=Severity.INFO,
            criteria=("CC6.1",),
            says=f"{which} is inactive now",
            trigger=f"A user's active credential, {_ABOUT} became inactive",
            means="One way to act as this user is closed, though it can be opened again.",
            advice="Delete the credential when nothing misses it.",
        ),
    )


SETTINGS = (
    *_credential(
        "iam.credential",
        "certificates.*.active",
        turned(False, True),
        turned(True, False),
        "the signing certificate {steps} of {user}",
    ),
    *_credential(
        "iam.service_specific_credential",
        "Status",
        turned("Inactive", "Active"),
        turned("Active", "Inactive"),
        "the credential of {UserName} for {ServiceName}",
    ),
    ChangeKind(
        name="iam.role.instance_profile_added",
        evidence=_ROLE,
        path="InstanceProfileList.*",
        when=appeared,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.3",),
        says="role {RoleName} can be given to machines by {leaf}",
        trigger="A role was put into an instance profile",
        means="EC2 instances with that profile act with all that the role may do.",
        advice="Check who may launch instances with the profile, and what the role allows.",
    ),
    ChangeKind(
        name="iam.role.instance_profile_removed",
        evidence=_ROLE,
        path="InstanceProfileList.*",
        when=vanished,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.3",),
        says="role {RoleName} can no longer be given to machines by {leaf}",
        trigger="A role was taken out of an instance profile",
        means="EC2 instances with that profile lose what the role allowed them.",
        advice="Nothing is to be done if no instance needs the role.",
    ),
    ChangeKind(
        name="iam.root.central_management_disabled",
        evidence=_ROOT,
        path=_FEATURE,
        when=vanished,
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.1",),
        says="the organisation no longer manages root of its accounts centrally: {leaf} is off",
        trigger="A feature for managing root of all member accounts centrally was switched off",
        means="Member accounts can have root passwords and keys that nobody watches in one place.",
        advice="Switch the feature on again, or show how root of each account is guarded.",
    ),
    ChangeKind(
        name="iam.root.central_management_enabled",
        evidence=_ROOT,
        path=_FEATURE,
        when=appeared,
        direction=Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.1",),
        says="the organisation manages root of its accounts centrally: {leaf} is on",
        trigger="A feature for managing root of all member accounts centrally was switched on",
        means="Root credentials of member accounts can be removed, and kept away, from one place.",
        advice="Remove the root credentials of member accounts that do not need them.",
    ),
)
