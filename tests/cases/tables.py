"""All tables of cases as one."""

from __future__ import annotations

from collections.abc import Mapping

from tests.cases import (
    borders,
    buckets,
    contexts,
    digests,
    effects,
    findings,
    groups,
    keys,
    listed,
    policies,
    rarer,
    reports,
    rest,
    roles,
    trails,
    users,
)
from tests.cases.case import Case

TABLES: Mapping[str, Mapping[str, Case]] = {
    "trails": trails.CASES,
    "digests": digests.CASES,
    "reports": reports.CASES,
    "users": users.CASES,
    "roles": roles.CASES,
    "policies": policies.CASES,
    "listed": listed.CASES,
    "keys": keys.CASES,
    "groups": groups.CASES,
    "findings": findings.CASES,
    "rest": rest.CASES,
    "buckets": buckets.CASES,
    "borders": borders.CASES,
    "contexts": contexts.CASES,
    "effects": effects.CASES,
    "rarer": rarer.CASES,
}
CASES: Mapping[str, Case] = {
    f"{table}: {name}": case for table, cases in TABLES.items() for name, case in cases.items()
}
