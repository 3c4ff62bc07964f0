"""Rows of the credential report: MFA, passwords and keys of users, and all of root."""

from __future__ import annotations

from datetime import timedelta

from driftkeeper.diff.spec import (
    ChangeKind,
    Difference,
    Lifecycle,
    Test,
    appeared,
    both,
    either,
    moment,
    moved_on,
    turned,
    vanished,
)
from driftkeeper.domain.shape import matches
from driftkeeper.domain.types import Body, Direction, Severity

_ROW = "iam.credential"
_DORMANT = timedelta(days=90)
_GRAIN = timedelta(minutes=15)
"""A last use is known to the quarter of an hour only, so it may read as before the previous report."""


def _is_root(d: Difference) -> bool:
    return d.resource.endswith(":root")


def _root(*tests: Test) -> Test:
    return both(_is_root, *tests)


def _user(*tests: Test) -> Test:
    return both(lambda d: not _is_root(d), *tests)


def _key_at(d: Difference) -> bool:
    return len(d.path) == 2 and d.path[0] == "access_keys"


def _certificate_at(d: Difference) -> bool:
    return len(d.path) == 2 and d.path[0] == "certificates"


def _key_turned(before: bool, after: bool) -> Test:
    return both(lambda d: matches("access_keys.*.active", d.path), turned(before, after))


def _used(d: Difference) -> bool:
    last_use = d.path == ("password_last_used",) or matches("access_keys.*.last_used_date", d.path)
    after, before = moment(d.after), moment(d.before)
    if not last_use or after is None or d.since is None:
        return False
    return after > d.since - _GRAIN and (before is None or after > before)


def _was_dormant(d: Difference) -> bool:
    before = moment(d.before)
    return _used(d) and before is not None and d.since is not None and d.since - before >= _DORMANT


def _console(d: Difference) -> bool:
    return d.field("password_enabled") is True


def _keys(body: Body | None) -> dict[str, bool]:
    """Return the keys of a row by the time they were made, and whether each is active."""
    rows = body.config.get("access_keys") if body else None
    return {
        str(row.get("last_rotated")): row.get("active") is True
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, dict)
    }


def _rotated(d: Difference) -> bool:
    """Say whether an older key of the same user was retired when this one appeared."""
    if d.old is None or d.new is None or d.old.uid != d.new.uid:
        return False
    after = _keys(d.new)
    return any(
        made < d.path[-1] and (made not in after or (active and not after[made]))
        for made, active in _keys(d.old).items()
    )


def _still_has_credentials(d: Difference) -> bool:
    """Say whether root has anything to protect; a password that the report does not tell counts."""
    return d.field("password_enabled") is not False or bool(_keys(d.new))


def _without_mfa(d: Difference) -> Severity:
    return Severity.MEDIUM if d.field("mfa_active") is True else Severity.HIGH


MFA = (
    ChangeKind(
        name="iam.root.mfa_disabled",
        evidence=_ROW,
        path="mfa_active",
        when=_root(turned(True, False)),
        direction=lambda d: Direction.WEAKENED if _still_has_credentials(d) else Direction.NEUTRAL,
        severity=lambda d: Severity.CRITICAL if _still_has_credentials(d) else Severity.INFO,
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
        when=_root(turned(False, True)),
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
        when=_root(either(both(_key_at, appeared), _key_turned(False, True))),
        direction=Direction.WEAKENED,
        severity=Severity.CRITICAL,
        criteria=("CC6.2", "CC6.1"),
        says="the root user has an access key, made {steps[1]}",
    ),
    ChangeKind(
        name="iam.root.access_key_removed",
        evidence=_ROW,
        when=_root(either(both(_key_at, vanished), _key_turned(True, False))),
        direction=Direction.STRENGTHENED,
        severity=Severity.CRITICAL,
        criteria=("CC6.2", "CC6.1"),
        says="the root user's access key made {steps[1]} is gone or inactive",
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
        when=_user(_key_turned(False, True)),
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.1",),
        says="the access key of {user} made {steps[1]} is active again",
    ),
    ChangeKind(
        name="iam.access_key.deactivated",
        evidence=_ROW,
        when=_user(_key_turned(True, False)),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="the access key of {user} made {steps[1]} is inactive now",
    ),
    ChangeKind(
        name="iam.access_key.rotated",
        evidence=_ROW,
        when=_user(_key_at, appeared, _rotated),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="the access key of {user} was rotated: one made {leaf} took the place of an older one",
        claims=False,
    ),
    ChangeKind(
        name="iam.service_credential.created",
        evidence=_ROW,
        when=both(_certificate_at, appeared),
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.1",),
        says="{user} has a new signing certificate, made {leaf}",
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
        says="{user} was used at {after} ({path}), for the first time since {before}",
    ),
)
