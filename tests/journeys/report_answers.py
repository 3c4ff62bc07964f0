"""The credential report of the account with long answers: every user has a password and two keys."""

from __future__ import annotations

import base64
from typing import Any

from tests.faults.healthy import ACCOUNT, REGION
from tests.journeys.days import Edits

TIME = "2026-01-02T03:04:05Z"
IAM = f"arn:aws:iam::{ACCOUNT}"
ROOT = f"{IAM}:root"

Item = dict[str, Any]

REPORT_COLUMNS = (
    "user", "arn", "user_creation_time", "password_enabled", "password_last_used",
    "password_last_changed", "password_next_rotation", "mfa_active",
    *(f"access_key_{n}_{field}" for n in (1, 2) for field in (
        "active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")),
    *(f"cert_{n}_{field}" for n in (1, 2) for field in ("active", "last_rotated")),
)  # fmt: skip
_OLD, _NEW = "2025-05-05T05:05:05Z", TIME


def row(name: str, **columns: str) -> Item:
    """Return one row of the credential report: a user with password, MFA and two active keys."""
    arn = ROOT if name == "<root_account>" else f"{IAM}:user/{name}"
    return {
        **dict.fromkeys(REPORT_COLUMNS, "N/A"),
        "user": name,
        "arn": arn,
        "user_creation_time": TIME,
        "password_enabled": "true",
        "password_last_used": "2026-06-20T10:00:00Z",
        "password_last_changed": "2026-02-01T10:00:00Z",
        "mfa_active": "true",
        **_slot(1, _OLD),
        **_slot(2, _NEW),
        "cert_1_active": "true",
        "cert_1_last_rotated": _OLD,
        "cert_2_active": "false",
        "cert_2_last_rotated": _NEW,
        **columns,
    }


def _slot(number: int, made: str) -> Item:
    values = ("true", made, "2026-06-20T10:00:00Z", REGION, "s3")
    names = ("active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")
    return {f"access_key_{number}_{name}": value for name, value in zip(names, values, strict=True)}


NO_KEYS = {name: "N/A" for name in REPORT_COLUMNS if name.startswith("access_key")} | {
    "access_key_1_active": "false",
    "access_key_2_active": "false",
}
ROWS = (row("<root_account>", **NO_KEYS), *(row(f"user{n}") for n in range(3)))


def report(*rows: Item, made: str = "2026-07-01T01:00:00Z") -> Edits:
    """Return the answer that holds a report of these rows."""
    lines = [",".join(REPORT_COLUMNS), *(",".join(one.values()) for one in rows)]
    text = base64.b64encode("\n".join(lines).encode()).decode()
    return {
        "iam.GetCredentialReport": {"Content": {"$bytes": text}, "GeneratedTime": made},
    }
