"""Rows of the credential report: MFA, passwords and keys of users and of root."""

from __future__ import annotations

from driftkeeper.diff.spec import (
    ChangeKind,
    Difference,
    Test,
    appeared,
    both,
    either,
    turned,
    vanished,
)
from driftkeeper.domain.shape import matches
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


def _key_at(d: Difference) -> bool:
    return len(d.path) == 2 and d.path[0] == "access_keys"


def _certificate_at(d: Difference) -> bool:
    return len(d.path) == 2 and d.path[0] == "certificates"


def _key_turned(before: bool, after: bool) -> Test:
    return both(lambda d: matches("access_keys.*.active", d.path), turned(before, after))


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
        when=root(turned(True, False)),
        direction=lambda d: Direction.WEAKENED if _still_has_credentials(d) else Direction.NEUTRAL,
        severity=lambda d: Severity.CRITICAL if _still_has_credentials(d) else Severity.INFO,
        criteria=("CC6.2", "CC6.1"),
        says="the root user no longer has MFA",
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
    ),
    ChangeKind(
        name="iam.user.mfa_removed",
        evidence=_ROW,
        path="mfa_active",
        when=user(turned(True, False)),
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.2", "CC6.1"),
        says="user {user} no longer has MFA",
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
        born=user(lambda d: _console(d) and d.field("mfa_active") is not True),
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
    ),
)

KEYS = (
    ChangeKind(
        name="iam.root.access_key_created",
        evidence=_ROW,
        when=root(either(both(_key_at, appeared), _key_turned(False, True))),
        direction=Direction.WEAKENED,
        severity=Severity.CRITICAL,
        criteria=("CC6.2", "CC6.1"),
        says="the root user has an access key, made {steps[1]}",
    ),
    ChangeKind(
        name="iam.root.access_key_removed",
        evidence=_ROW,
        when=root(either(both(_key_at, vanished), _key_turned(True, False))),
        direction=Direction.STRENGTHENED,
        severity=Severity.CRITICAL,
        criteria=("CC6.2", "CC6.1"),
        says="the root user's access key made {steps[1]} is gone or inactive",
    ),
    ChangeKind(
        name="iam.access_key.created",
        evidence=_ROW,
        when=user(_key_at, appeared),
        born=user(_key_at, _console),
        direction=Direction.WEAKENED,
        severity=lambda d: Severity.HIGH if _console(d) else Severity.LOW,
        criteria=("CC6.1",),
        says="user {user} has a new access key, made {leaf}",
    ),
    ChangeKind(
        name="iam.access_key.deleted",
        evidence=_ROW,
        when=user(_key_at, vanished),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="the access key of {user} made {leaf} is gone",
    ),
    ChangeKind(
        name="iam.access_key.activated",
        evidence=_ROW,
        when=user(_key_turned(False, True)),
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.1",),
        says="the access key of {user} made {steps[1]} is active again",
    ),
    ChangeKind(
        name="iam.access_key.deactivated",
        evidence=_ROW,
        when=user(_key_turned(True, False)),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.1",),
        says="the access key of {user} made {steps[1]} is inactive now",
    ),
    ChangeKind(
        name="iam.access_key.rotated",
        evidence=_ROW,
        when=user(_key_at, appeared, _rotated),
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
