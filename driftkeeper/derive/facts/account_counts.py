"""How many of what an account has: the sizes of the populations that an auditor samples from.

What was not seen is not counted: its number is None, and never zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from driftkeeper.derive.spec import Fact, Known, NotSeenError, View
from driftkeeper.domain.types import Json

_SUMMARY = "iam.account_summary"
Test = Callable[[Known], bool]


def _is_user(row: Known) -> bool:
    return not row.key.endswith(":root")


def _signs_in(row: Known) -> bool:
    return _is_user(row) and row["password_enabled"] is True


_COUNTED: Mapping[str, tuple[str, Test]] = {
    "users": ("iam.user", lambda _: True),
    "console_users": ("iam.credential", _signs_in),
    "console_users_without_mfa": (
        "iam.credential",
        lambda row: _signs_in(row) and row["mfa_active"] is not True,
    ),
    "active_access_keys": ("iam.access_key", lambda row: row["Status"] == "Active"),
    "groups": ("iam.group", lambda _: True),
    "roles": ("iam.role", lambda _: True),
    "customer_policies": ("iam.policy", lambda row: ":iam::aws:" not in row.key),
    "buckets": ("s3.bucket", lambda _: True),
    "customer_keys": (
        "kms.key",
        lambda row: (row["KeyMetadata"] or {}).get("KeyManager") == "CUSTOMER",
    ),
    "security_groups": ("ec2.security_group", lambda _: True),
    "trails": ("cloudtrail.trail", lambda _: True),
    "detectors": ("guardduty.detector", lambda row: row["Status"] == "ENABLED"),
    "analyzers": ("accessanalyzer.analyzer", lambda row: row["status"] == "ACTIVE"),
}


def counts(_config: Mapping[str, Json], view: View) -> dict[str, Json]:
    """Return each number, None where it is not known."""
    return {name: _count(view, evidence, test) for name, (evidence, test) in _COUNTED.items()}


def _count(view: View, evidence: str, test: Test) -> int | None:
    try:
        return _number(view.all(evidence).values(), test)
    except NotSeenError:
        return None


def _number(rows: Iterable[Known], test: Test) -> int:
    return sum(map(test, rows))


COUNTS = Fact(
    name="account.counts",
    title="How many of what an account has",
    says="The numbers of users, keys, roles, buckets and so on, as far as they were seen.",
    of=(_SUMMARY,),
    needs=tuple(sorted({evidence for evidence, _ in _COUNTED.values()})),
    version=1,
    derive=counts,
)
