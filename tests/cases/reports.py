"""Cases of `iam.credential`."""

from __future__ import annotations

from tests.cases.answers import credential, key, root
from tests.cases.case import Case

ROW = "iam.credential"
_W, _S, _N, _A = "weakened", "strengthened", "neutral", "activity"
_OLD, _NEW = "2026-01-01T00:00:00Z", "2026-03-01T10:00:00Z"
_NO_MFA = {"mfa_active": "false"}
_NO_PASSWORD = {
    "password_enabled": "false",
    "password_last_used": "N/A",
    "password_last_changed": "N/A",
    "password_next_rotation": "N/A",
}


def _certificate(slot: int, made: str, active: str = "true") -> dict[str, str]:
    return {f"cert_{slot}_active": active, f"cert_{slot}_last_rotated": made}


CASES = {
    "root loses MFA": Case(
        ROW,
        root(),
        root(**_NO_MFA),
        expect=(("iam.root.mfa_disabled", "mfa_active", _W, "critical"),),
        near=("iam.user.mfa_removed", "iam.root.mfa_enabled"),
    ),
    "root loses MFA together with all it would protect": Case(
        ROW,
        root(),
        root(**_NO_MFA, **_NO_PASSWORD),
        expect=(
            ("iam.root.mfa_disabled", "mfa_active", _N, "info"),
            ("iam.root.password_removed", "password_enabled", _S, "high"),
        ),
    ),
    "root gets MFA": Case(
        ROW,
        root(**_NO_MFA),
        root(),
        expect=(("iam.root.mfa_enabled", "mfa_active", _S, "info"),),
        near=("iam.root.mfa_disabled", "iam.user.mfa_enabled"),
    ),
    "root gets a password": Case(
        ROW,
        root(password_enabled="false"),
        root(),
        expect=(("iam.root.password_set", "password_enabled", _W, "high"),),
        near=("iam.root.password_removed", "iam.user.console_access_enabled"),
    ),
    "root's password is removed": Case(
        ROW,
        root(),
        root(password_enabled="false"),
        expect=(("iam.root.password_removed", "password_enabled", _S, "high"),),
        near=("iam.root.password_set", "iam.user.console_access_disabled"),
    ),
    "a report begins to tell of root's password": Case(
        ROW,
        root(password_enabled="not_supported"),
        root(),
        expect=(("resource.attribute_changed", "password_enabled", _N, "info"),),
        near=("iam.root.password_set",),
    ),
    "root gets an access key": Case(
        ROW,
        root(),
        root(**key(1, _NEW)),
        expect=(("iam.root.access_key_created", f"access_keys/{_NEW}", _W, "critical"),),
        near=("iam.access_key.created", "iam.root.access_key_removed"),
    ),
    "root's access key is removed": Case(
        ROW,
        root(**key(1, _OLD)),
        root(),
        expect=(("iam.root.access_key_removed", f"access_keys/{_OLD}", _S, "critical"),),
        near=("iam.access_key.deleted", "iam.root.access_key_created"),
    ),
    "root's access key is made active": Case(
        ROW,
        root(**key(1, _OLD, active="false")),
        root(**key(1, _OLD)),
        expect=(("iam.root.access_key_created", f"access_keys/{_OLD}/active", _W, "critical"),),
        near=("iam.access_key.activated",),
    ),
    "root's access key is made inactive": Case(
        ROW,
        root(**key(1, _OLD)),
        root(**key(1, _OLD, active="false")),
        expect=(("iam.root.access_key_removed", f"access_keys/{_OLD}/active", _S, "critical"),),
        near=("iam.access_key.deactivated",),
    ),
    "root signs in": Case(
        ROW,
        root(),
        root(password_last_used="2026-03-01T10:00:00Z"),
        expect=(("iam.root.used", "password_last_used", _A, "high"),),
        near=("iam.user.dormant_reactivated",),
    ),
    "root signs in just before the report, by a clock that shows quarters of an hour": Case(
        ROW,
        root(),
        root(password_last_used="2026-03-01T02:50:00Z"),
        expect=(("iam.root.used", "password_last_used", _A, "high"),),
    ),
    "root's new key is used": Case(
        ROW,
        root(),
        root(**key(1, _NEW, used="2026-03-01T11:00:00Z")),
        expect=(
            ("iam.root.access_key_created", f"access_keys/{_NEW}", _W, "critical"),
            ("iam.root.used", f"access_keys/{_NEW}/last_used_date", _A, "high"),
        ),
    ),
    "a use of root of long ago becomes known": Case(
        ROW,
        root(password_last_used="no_information"),
        root(password_last_used="2026-01-01T00:00:00Z"),
        near=("iam.root.used",),
    ),
    "root's password is changed and not used": Case(
        ROW,
        root(),
        root(password_last_changed="2026-03-01T10:00:00Z"),
        expect=(("iam.root.password_changed", "password_last_changed", _A, "high"),),
        near=("iam.user.password_changed", "iam.root.used"),
    ),
    "a first use of root becomes known late": Case(
        ROW,
        root(password_last_used="N/A"),
        root(password_last_used="2026-03-01T00:20:00Z"),
        expect=(("iam.root.used", "password_last_used", _A, "high"),),
    ),
    "a use of root becomes known late": Case(
        ROW,
        root(),
        root(password_last_used="2026-02-20T10:00:00Z"),
        expect=(("iam.root.used", "password_last_used", _A, "high"),),
    ),
    "a user is created who signs in without MFA, and has a key": Case(
        ROW,
        None,
        credential(**_NO_MFA, **key(1, _NEW)),
        expect=(
            ("resource.created", "", _N, "info"),
            ("iam.user.console_access_enabled", "password_enabled", _W, "high"),
            ("iam.access_key.created", f"access_keys/{_NEW}", _W, "high"),
        ),
    ),
    "a user is created who signs in with MFA": Case(
        ROW,
        None,
        credential(),
        expect=(("resource.created", "", _N, "info"),),
        near=("iam.user.console_access_enabled",),
    ),
    "a user is created who has only a key": Case(
        ROW,
        None,
        credential(**_NO_PASSWORD, **key(1, _NEW)),
        expect=(("resource.created", "", _N, "info"),),
        near=("iam.access_key.created", "iam.user.console_access_enabled"),
    ),
    "a user loses MFA": Case(
        ROW,
        credential(),
        credential(**_NO_MFA),
        expect=(("iam.user.mfa_removed", "mfa_active", _W, "high"),),
        near=("iam.user.mfa_enabled", "iam.root.mfa_disabled"),
    ),
    "a user gets MFA": Case(
        ROW,
        credential(**_NO_MFA),
        credential(),
        expect=(("iam.user.mfa_enabled", "mfa_active", _S, "info"),),
        near=("iam.user.mfa_removed", "iam.root.mfa_enabled"),
    ),
    "a user with MFA gets a password": Case(
        ROW,
        credential(password_enabled="false"),
        credential(),
        expect=(("iam.user.console_access_enabled", "password_enabled", _W, "medium"),),
        near=("iam.root.password_set",),
    ),
    "a user without MFA gets a password": Case(
        ROW,
        credential(password_enabled="false", **_NO_MFA),
        credential(**_NO_MFA),
        expect=(("iam.user.console_access_enabled", "password_enabled", _W, "high"),),
        near=("iam.user.console_access_disabled",),
    ),
    "a user's password is removed": Case(
        ROW,
        credential(),
        credential(**_NO_PASSWORD),
        expect=(("iam.user.console_access_disabled", "password_enabled", _S, "medium"),),
        near=("iam.user.console_access_enabled", "iam.root.password_removed"),
    ),
    "a user's password is changed": Case(
        ROW,
        credential(),
        credential(password_last_changed="2026-03-01T10:00:00Z"),
        expect=(("iam.user.password_changed", "password_last_changed", _A, "info"),),
        near=("iam.root.password_changed",),
    ),
    "a password change of long ago becomes known": Case(
        ROW,
        credential(password_last_changed="N/A"),
        credential(),
        near=("iam.user.password_changed",),
    ),
    "a user who signs in to the console gets a key": Case(
        ROW,
        credential(),
        credential(**key(1, _NEW)),
        expect=(("iam.access_key.created", f"access_keys/{_NEW}", _W, "high"),),
        near=("iam.access_key.rotated", "iam.root.access_key_created"),
    ),
    "a user without a password gets a key": Case(
        ROW,
        credential(**_NO_PASSWORD),
        credential(**_NO_PASSWORD, **key(1, _NEW)),
        expect=(("iam.access_key.created", f"access_keys/{_NEW}", _W, "low"),),
    ),
    "a key is deleted": Case(
        ROW,
        credential(**key(1, _OLD)),
        credential(),
        expect=(("iam.access_key.deleted", f"access_keys/{_OLD}", _S, "info"),),
        near=("iam.access_key.deactivated", "iam.root.access_key_removed"),
    ),
    "a key is made inactive": Case(
        ROW,
        credential(**key(1, _OLD)),
        credential(**key(1, _OLD, active="false")),
        expect=(("iam.access_key.deactivated", f"access_keys/{_OLD}/active", _S, "info"),),
        near=("iam.access_key.deleted", "iam.access_key.activated"),
    ),
    "a key is made active again": Case(
        ROW,
        credential(**key(1, _OLD, active="false")),
        credential(**key(1, _OLD)),
        expect=(("iam.access_key.activated", f"access_keys/{_OLD}/active", _W, "medium"),),
        near=("iam.access_key.created", "iam.access_key.deactivated"),
    ),
    "a key is rotated: the old one is made inactive": Case(
        ROW,
        credential(**_NO_PASSWORD, **key(1, _OLD)),
        credential(**_NO_PASSWORD, **key(1, _OLD, active="false"), **key(2, _NEW)),
        expect=(
            ("iam.access_key.deactivated", f"access_keys/{_OLD}/active", _S, "info"),
            ("iam.access_key.created", f"access_keys/{_NEW}", _W, "low"),
            ("iam.access_key.rotated", f"access_keys/{_NEW}", _S, "info"),
        ),
    ),
    "a key is rotated: the old one is deleted": Case(
        ROW,
        credential(**_NO_PASSWORD, **key(1, _OLD)),
        credential(**_NO_PASSWORD, **key(1, _NEW)),
        expect=(
            ("iam.access_key.deleted", f"access_keys/{_OLD}", _S, "info"),
            ("iam.access_key.created", f"access_keys/{_NEW}", _W, "low"),
            ("iam.access_key.rotated", f"access_keys/{_NEW}", _S, "info"),
        ),
    ),
    "a second key is made while the first stays": Case(
        ROW,
        credential(**_NO_PASSWORD, **key(1, _OLD)),
        credential(**_NO_PASSWORD, **key(1, _OLD), **key(2, _NEW)),
        expect=(("iam.access_key.created", f"access_keys/{_NEW}", _W, "low"),),
        near=("iam.access_key.rotated", "iam.access_key.deleted"),
    ),
    "a user made anew has a new key, which rotates none": Case(
        ROW,
        credential(**_NO_PASSWORD, **key(1, _OLD)),
        credential(**_NO_PASSWORD, user_creation_time="2026-03-01T09:00:00Z", **key(1, _NEW)),
        expect=(
            ("iam.access_key.deleted", f"access_keys/{_OLD}", _S, "info"),
            ("iam.access_key.created", f"access_keys/{_NEW}", _W, "low"),
            ("resource.recreated", "", _N, "medium"),
        ),
        near=("iam.access_key.rotated",),
    ),
    "a user gets a signing certificate": Case(
        ROW,
        credential(),
        credential(**_certificate(1, _NEW)),
        expect=(("iam.service_credential.created", f"certificates/{_NEW}", _W, "medium"),),
        near=("iam.access_key.created",),
    ),
    "a signing certificate is removed": Case(
        ROW,
        credential(**_certificate(1, _OLD)),
        credential(),
        expect=(("resource.attribute_changed", f"certificates/{_OLD}", _N, "info"),),
        near=("iam.service_credential.created",),
    ),
    "a user signs in after 91 days": Case(
        ROW,
        credential(password_last_used="2025-11-30T03:00:00Z"),
        credential(password_last_used="2026-03-01T10:00:00Z"),
        expect=(("iam.user.dormant_reactivated", "password_last_used", _A, "medium"),),
        near=("iam.root.used",),
    ),
    "a user signs in after 89 days": Case(
        ROW,
        credential(password_last_used="2025-12-02T03:00:00Z"),
        credential(password_last_used="2026-03-01T10:00:00Z"),
        near=("iam.user.dormant_reactivated",),
    ),
    "a key is used after 100 days": Case(
        ROW,
        credential(**key(1, "2025-01-01T00:00:00Z", used="2025-11-01T00:00:00Z")),
        credential(**key(1, "2025-01-01T00:00:00Z", used="2026-03-02T01:00:00Z")),
        expect=(
            (
                "iam.user.dormant_reactivated",
                "access_keys/2025-01-01T00:00:00Z/last_used_date",
                _A,
                "medium",
            ),
        ),
    ),
}
