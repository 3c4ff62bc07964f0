"""Rows of the IAM credential report: passwords, MFA, keys and certificates per user (evidence item 1).

Keys and certificates are sets, told apart by the time of their last rotation: the report's numbered
slots move.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from driftkeeper.collect.credential_report import REPORT, credential_report, credentials
from driftkeeper.collect.made import LIST, Made, plain
from driftkeeper.collect.no_setting import COPY
from driftkeeper.collect.spec import Asker, EvidenceType, Function, Item, Reach, Tie
from driftkeeper.domain.types import Body


def report_rows(asker: Asker) -> Iterable[Item]:
    """Return one item per row of the newest credential report."""
    made = credential_report(asker).made
    return [{**row, "GeneratedTime": made} for row in credentials(asker)]


def _users(bodies: Sequence[Body]) -> frozenset[str]:
    return frozenset(body.key for body in bodies if not body.key.endswith(":root"))


_KEY_USE = ("last_used_date", "last_used_region", "last_used_service")

CREDENTIAL = EvidenceType(
    name="iam.credential",
    title="IAM credential report",
    says="For root and each user: password, MFA, access keys and certificates, and their last use.",
    item=1,
    reach=Reach.ACCOUNT,
    listing=Function(REPORT, report_rows),
    key="{arn}",
    uid="user_creation_time",
    observed=(
        "spelled",
        "password_next_rotation",
    ),
    acts=(
        "password_last_used",
        "password_last_changed",
        "access_keys.last_used_*",
    ),
    sets={"access_keys": "last_rotated", "certificates": "last_rotated"},
    as_of="GeneratedTime",
    aspect_of="iam.user",
    criteria=("CC6.1", "CC6.2"),
    limits=(
        "AWS makes a new report at most every four hours: what was done since is not in it. It leaves"
        " out service-specific credentials, SSH keys, keys beyond the second, and everyone who signs in"
        " through a federation or IAM Identity Center."
    ),
    ties=(
        Tie(
            "users",
            "the users of the report are those of the sweep of authorization details",
            _users,
            "iam.user",
            _users,
        ),
    ),
    made=Made(
        fields={
            **plain("user", "arn", "user_creation_time", "spelled"),
            **plain("password_enabled", "password_last_used", "password_last_changed"),
            **plain("password_next_rotation", "mfa_active"),
            "access_keys": {LIST: plain("active", "last_rotated", *_KEY_USE)},
            "certificates": {LIST: plain("active", "last_rotated")},
        }
    ),
    no_setting={"user": COPY},
    no_event="a view of the user, whose coming and going is named",
)
