"""All tables of cases as one."""

from __future__ import annotations

from collections.abc import Mapping

from tests.cases import findings, groups, keys, reports, rest, trails, users
from tests.cases.case import Case

TABLES: Mapping[str, Mapping[str, Case]] = {
    "trails": trails.CASES,
    "reports": reports.CASES,
    "users": users.CASES,
    "keys": keys.CASES,
    "groups": groups.CASES,
    "findings": findings.CASES,
    "rest": rest.CASES,
}
CASES: Mapping[str, Case] = {
    f"{table}: {name}": case for table, cases in TABLES.items() for name, case in cases.items()
}
