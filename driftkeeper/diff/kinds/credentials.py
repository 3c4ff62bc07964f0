"""Rows of the credential report: MFA and passwords of users and of root."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference, Test, both, turned
from driftkeeper.domain.types import Body, Direction, Severity

_ROW = "iam.credential"


def root(*tests: Test) -> Test:
    """Return a test that holds for the row of root when all of the tests do."""
    return both(_is_root, *tests)


def user(*tests: Test) -> Test:
    """Return a test that holds for the row of a user when all of the tests do."""
    return both(lambda d: not _is_root(d), *tests)


def _is_root(d: Difference) -> bool:
    return d.resource.endswith(":root")


def is_admin(d: Difference) -> bool:
    """Say whether the user of a row is known to be an administrator in effect."""
    return d.fact("iam.rights", "iam.user", d.resource).get("admin") == "yes"


def has_console(d: Difference) -> bool:
    """Say whether the row has a password, with which one signs in to the console."""
    return d.field("password_enabled") is True


def keys(body: Body | None) -> dict[str, bool]:
    """Return the keys of a row by the time they were made, and whether each is active."""
    rows = body.config.get("access_keys") if body else None
    return {
        str(row.get("last_rotated")): row.get("active") is True
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, dict)
    }


def _still_has_credentials(d: Difference) -> bool:
    """Say whether root has anything to protect; a password that the report does not tell counts."""
    return d.field("password_enabled") is not False or bool(keys(d.new))


def _without_mfa(d: Difference) -> Severity:
    return Severity.MEDIUM if d.field("mfa_active") is True else Severity.HIGH


MFA = (
    ChangeKind(
        name="iam.root.mfa_disabled",
        evidence=_ROW,
        path="mfa_active",
        when=root(turned(True, False)),
        direction=lambda d: Direction.WEAKENED if _still_has_credentials(d) else Direction.NEUTRAL,
        severity=lambda d: Severity.CRITICAL if _still_has_credentials(d) else Severity.INFO,
        criteria=("CC6.2", "CC6.1"),
        says="the root user no longer has MFA",
        trigger=(
            "In root's row of the credential report mfa_active went from true to false; critical"
            " while root has a key or may have a password, else info"
        ),
        means=(
            "Root's password alone opens an account that no IAM policy limits; only where root"
            " has no credentials is there nothing to protect."
        ),
        advice=(
            "Register a new MFA device for root today and find DeactivateMFADevice in CloudTrail;"
            " if nobody did it, change password and keys and call AWS Support."
        ),
    ),
    ChangeKind(
        name="iam.root.mfa_enabled",
        evidence=_ROW,
        path="mfa_active",
        when=root(turned(False, True)),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.2", "CC6.1"),
        says="the root user has MFA now",
        trigger="In root's row of the credential report mfa_active went from false to true",
        means="Root's password alone is no longer enough to sign in to the console.",
        advice=(
            "Record who keeps the device, register a second one kept elsewhere, and link this to"
            " the deviation it ends."
        ),
    ),
    ChangeKind(
        name="iam.user.mfa_removed",
        evidence=_ROW,
        path="mfa_active",
        when=user(turned(True, False)),
        direction=Direction.WEAKENED,
        severity=lambda d: Severity.CRITICAL if is_admin(d) else Severity.HIGH,
        criteria=("CC6.2", "CC6.1"),
        says="user {user} no longer has MFA",
        trigger=(
            "In a user's row of the credential report mfa_active went from true to false; critical for"
            " an administrator"
        ),
        means=(
            "If the user has a password, guessing or phishing it is enough to sign in; nothing"
            " shows that a second factor was asked for."
        ),
        advice=(
            "Ask the user whether a phone was lost or replaced; have a device registered again,"
            " and take away the password until then."
        ),
    ),
    ChangeKind(
        name="iam.user.mfa_enabled",
        evidence=_ROW,
        path="mfa_active",
        when=user(turned(False, True)),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.2", "CC6.1"),
        says="user {user} has MFA now",
        trigger="In a user's row of the credential report mfa_active went from false to true",
        means=(
            "A stolen password is no longer enough to sign in as this user; access keys still"
            " work without the device."
        ),
        advice=(
            "Check that the user confirms the device, and that access keys are gone or bound to"
            " MFA by a condition."
        ),
    ),
)

PASSWORDS = (
    ChangeKind(
        name="iam.root.password_set",
        evidence=_ROW,
        path="password_enabled",
        when=root(turned(False, True)),
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.1",),
        says="the root user has a password now",
        trigger="In root's row of the credential report password_enabled went from false to true",
        means=(
            "Somebody can sign in as root again; in a member account this goes round the central"
            " control of root."
        ),
        advice=(
            "Ask the owner of the account who set it; register MFA at once, or delete the"
            " password through central root access."
        ),
    ),
    ChangeKind(
        name="iam.root.password_removed",
        evidence=_ROW,
        path="password_enabled",
        when=root(turned(True, False)),
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC6.1",),
        says="the root user no longer has a password",
        trigger="In root's row of the credential report password_enabled went from true to false",
        means=(
            "There is no password of root left to steal; recovery by mail and the organisation's"
            " central root access remain the only ways."
        ),
        advice=(
            "Check that root's keys and signing certificates are gone as well, and record the"
            " account as one without root credentials."
        ),
    ),
    ChangeKind(
        name="iam.user.console_access_enabled",
        evidence=_ROW,
        path="password_enabled",
        when=user(turned(False, True)),
        direction=Direction.WEAKENED,
        severity=_without_mfa,
        criteria=("CC6.2",),
        says="user {user} can sign in to the console now (MFA {mfa_active})",
        born=user(lambda d: has_console(d) and d.field("mfa_active") is not True),
        trigger=(
            "In a user's row password_enabled went from false to true, or a new row has a"
            " password and no MFA; high without MFA, medium with it"
        ),
        means=(
            "There is one more password to guess or phish; where no MFA stands beside it, it is"
            " all that an attacker needs."
        ),
        advice=(
            "Find the request that asked for it; without one delete the login profile, with one"
            " have MFA registered before the first sign-in."
        ),
    ),
    ChangeKind(
        name="iam.user.console_access_disabled",
        evidence=_ROW,
        path="password_enabled",
        when=user(turned(True, False)),
        direction=Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.2",),
        says="user {user} can no longer sign in to the console",
        trigger="In a user's row of the credential report password_enabled went from true to false",
        means=(
            "The password cannot be used or stolen any more; access keys of the same user still"
            " work."
        ),
        advice=(
            "For a leaver check the date against the last working day, and that keys and SSH keys"
            " went, too."
        ),
    ),
)
