"""Rows of the credential report: MFA, passwords and keys of users, and all of root."""

from __future__ import annotations

from datetime import datetime, timedelta

from driftkeeper.diff.spec import (
    ChangeKind,
    Difference,
    Lifecycle,
    Test,
    appeared,
    moved_on,
    turned,
    vanished,
)
from driftkeeper.domain.types import Direction, Severity

_ROW = "iam.credential"
_DORMANT = timedelta(days=90)
_LAST_USED = ("password_last_used", "last_used_date")


def _is_root(d: Difference) -> bool:
    return d.resource.endswith(":root")


def _root(*tests: Test) -> Test:
    return lambda d: _is_root(d) and all(test(d) for test in tests)


def _user(*tests: Test) -> Test:
    return lambda d: not _is_root(d) and all(test(d) for test in tests)


def _key_at(d: Difference) -> bool:
    return d.path[0] == "access_keys" and len(d.path) == 2


def _used(d: Difference) -> bool:
    return d.path[-1] in _LAST_USED and moved_on(d)


def _was_dormant(d: Difference) -> bool:
    if not _used(d) or not isinstance(d.before, str) or d.since is None:
        return False
    return d.since - datetime.fromisoformat(d.before) >= _DORMANT


def _console(d: Difference) -> bool:
    return d.field("password_enabled") is True


def _without_mfa(d: Difference) -> Severity:
    return Severity.MEDIUM if d.field("mfa_active") is True else Severity.HIGH


MFA = (
    ChangeKind(
        name="iam.root.mfa_disabled",
        evidence=_ROW,
        path="mfa_active",
        when=_root(turned(True, False)),
        direction=Direction.WEAKENED,
        severity=Severity.CRITICAL,
        criteria=("CC6.2", "CC6.1"),
        says="the root user no longer has MFA",
    ),
    ChangeKind(
        name="iam.root.mfa_enabled",
        evidence=_ROW,
        path="mfa_active",
        when=_root(turned(False, True)),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.2", "CC6.1"),
        says="the root user has MFA now",
    ),
    ChangeKind(
        name="iam.user.mfa_removed",
        evidence=_ROW,
        path="mfa_active",
        when=_user(turned(True, False)),
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.2", "CC6.1"),
        says="user {user} no longer has MFA",
    ),
    ChangeKind(
        name="iam.user.mfa_enabled",
        evidence=_ROW,
        path="mfa_active",
        when=_user(turned(False, True)),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.2", "CC6.1"),
        says="user {user} has MFA now",
    ),
)

PASSWORDS = (
    ChangeKind(
        name="iam.root.password_set",
        evidence=_ROW,
        path="password_enabled",
        when=_root(lambda d: d.after is True),
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.1",),
        says="the root user has a password now",
    ),
    ChangeKind(
        name="iam.root.password_removed",
        evidence=_ROW,
        path="password_enabled",
        when=_root(turned(True, False)),
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC6.1",),
        says="the root user no longer has a password",
    ),
    ChangeKind(
        name="iam.user.console_access_enabled",
        evidence=_ROW,
        path="password_enabled",
        when=_user(turned(False, True)),
        direction=Direction.WEAKENED,
        severity=_without_mfa,
        criteria=("CC6.2",),
        says="user {user} can sign in to the console now (MFA {mfa_active})",
    ),
    ChangeKind(
        name="iam.user.console_access_disabled",
        evidence=_ROW,
        path="password_enabled",
        when=_user(turned(True, False)),
        direction=Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.2",),
        says="user {user} can no longer sign in to the console",
    ),
    ChangeKind(
        name="iam.user.password_changed",
        evidence=_ROW,
        on=Lifecycle.ACT,
        path="password_last_changed",
        when=_user(moved_on),
        direction=Direction.ACTIVITY,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="the password of {user} was changed at {after}",
    ),
)

KEYS = (
    ChangeKind(
        name="iam.root.access_key_created",
        evidence=_ROW,
        when=_root(_key_at, appeared),
        direction=Direction.WEAKENED,
        severity=Severity.CRITICAL,
        criteria=("CC6.2", "CC6.1"),
        says="the root user has an access key, made {leaf}",
    ),
    ChangeKind(
        name="iam.root.access_key_removed",
        evidence=_ROW,
        when=_root(_key_at, vanished),
        direction=Direction.STRENGTHENED,
        severity=Severity.CRITICAL,
        criteria=("CC6.2", "CC6.1"),
        says="the root user's access key made {leaf} is gone",
    ),
    ChangeKind(
        name="iam.access_key.created",
        evidence=_ROW,
        when=_user(_key_at, appeared),
        direction=Direction.WEAKENED,
        severity=lambda d: Severity.HIGH if _console(d) else Severity.LOW,
        criteria=("CC6.1",),
        says="user {user} has a new access key, made {leaf}",
    ),
    ChangeKind(
        name="iam.access_key.deleted",
        evidence=_ROW,
        when=_user(_key_at, vanished),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="the access key of {user} made {leaf} is gone",
    ),
    ChangeKind(
        name="iam.access_key.activated",
        evidence=_ROW,
        path="access_keys.*.active",
        when=turned(False, True),
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.1",),
        says="the access key of {user} made {steps[1]} is active again",
    ),
    ChangeKind(
        name="iam.access_key.deactivated",
        evidence=_ROW,
        path="access_keys.*.active",
        when=turned(True, False),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="the access key of {user} made {steps[1]} is inactive now",
    ),
)

USE = (
    ChangeKind(
        name="iam.root.used",
        evidence=_ROW,
        on=Lifecycle.ACT,
        when=_root(_used),
        direction=Direction.ACTIVITY,
        severity=Severity.HIGH,
        criteria=("CC6.1", "CC7.2"),
        says="the root user was used at {after} ({path})",
    ),
    ChangeKind(
        name="iam.user.dormant_reactivated",
        evidence=_ROW,
        on=Lifecycle.ACT,
        when=_user(_was_dormant),
        direction=Direction.ACTIVITY,
        severity=Severity.MEDIUM,
        criteria=("CC7.2",),
        says="{user} was used at {after} ({path}), after last use at {before}",
    ),
)
