"""How many of what an account has."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.derive.facts.account_counts import COUNTS
from tests.cases.answers import (
    ACCESS_KEY,
    GROUP,
    KEY,
    POLICY,
    ROLE,
    TEAM,
    TRAIL,
    USER,
    credential,
    root,
)
from tests.cases.border_answers import BUCKET
from tests.cases.watcher_answers import ANALYZER, DETECTOR, NO_DETECTOR
from tests.unit.derive.drawing import at, row

_ACCOUNT = "iam.account_summary"
_SUMMARY = {_ACCOUNT: {"SummaryMap": {"Users": 1}}}
_OF_AWS = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def of(**more: Any) -> dict[str, Any]:
    seen = {name.replace("__", "."): answers for name, answers in more.items()}
    return row(COUNTS, _ACCOUNT, {**_SUMMARY, **seen})


def test_what_nobody_looked_at_is_not_counted_as_nothing() -> None:
    found = of()

    assert {*found.values()} == {None}
    assert of(iam__user=[])["users"] == 0


def test_what_was_seen_is_counted_whatever_else_was_not() -> None:
    found = row(COUNTS, _ACCOUNT, {**_SUMMARY, "iam.user": USER}, out=["iam.group"])

    assert (found["users"], found["groups"]) == (1, None)


@pytest.mark.parametrize(
    ("evidence", "answers", "numbers"),
    [
        ("iam.user", [USER], {"users": 1}),
        ("iam.group", [TEAM], {"groups": 1}),
        ("iam.role", [ROLE], {"roles": 1}),
        ("iam.policy", [POLICY, {**POLICY, "Arn": _OF_AWS}], {"customer_policies": 1}),
        (
            "iam.access_key",
            [ACCESS_KEY, {**ACCESS_KEY, "AccessKeyId": "AKIAOTHER", "Status": "Inactive"}],
            {"active_access_keys": 1},
        ),
        ("s3.bucket", [BUCKET], {"buckets": 1}),
        (
            "kms.key",
            [KEY, {**KEY, "KeyArn": f"{KEY['KeyArn']}2", "KeyMetadata": {"KeyManager": "AWS"}}],
            {"customer_keys": 1},
        ),
        ("ec2.security_group", [GROUP], {"security_groups": 1}),
        ("cloudtrail.trail", [TRAIL], {"trails": 1}),
        ("guardduty.detector", [DETECTOR], {"detectors": 1}),
        ("guardduty.detector", [NO_DETECTOR], {"detectors": 0}),
        ("accessanalyzer.analyzer", [ANALYZER], {"analyzers": 1}),
        ("accessanalyzer.analyzer", [{**ANALYZER, "status": "FAILED"}], {"analyzers": 0}),
    ],
)
def test_each_number_counts_what_it_names(
    evidence: str, answers: list[Any], numbers: dict[str, int]
) -> None:
    found = row(COUNTS, _ACCOUNT, {**_SUMMARY, evidence: answers})

    assert {name: number for name, number in found.items() if number is not None} == numbers


def test_the_root_user_is_no_user_who_signs_in() -> None:
    report = [
        root(password_enabled="true", mfa_active="false"),
        credential(password_enabled="true", mfa_active="false"),
    ]
    found = of(iam__credential=report)

    assert (found["console_users"], found["console_users_without_mfa"]) == (1, 1)


def test_regions_are_counted_together_and_all_must_be_seen() -> None:
    west, east = at("ec2.security_group"), at("ec2.security_group", "us-east-1")
    other = {**GROUP, "GroupId": "sg-2"}

    both = row(COUNTS, _ACCOUNT, {**_SUMMARY, west: GROUP, east: other})
    half = row(COUNTS, _ACCOUNT, {**_SUMMARY, west: GROUP}, out=[east])

    assert (both["security_groups"], half["security_groups"]) == (2, None)
