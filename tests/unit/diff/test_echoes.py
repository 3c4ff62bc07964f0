"""One deed that several evidence types show is told once with its weight, and the rest as caused by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from driftkeeper.collect.catalog import shapes
from driftkeeper.collect.evidence.ec2_security_group_rule import rule_name
from driftkeeper.collect.spec import Item
from driftkeeper.diff.engine import told_of
from driftkeeper.diff.ties import tied
from driftkeeper.domain.shape import Shape
from tests.cases.answers import (
    ACCESS_KEY,
    ACCOUNT,
    ALIAS,
    USER,
    allow,
    credential,
    group,
    key,
    kms_key,
    rule,
    user,
)
from tests.cases.border_answers import bucket
from tests.cases.case import Case, bodies_of, step_between, told

MADE = "2026-03-01T10:00:00+00:00"
OLD = "2026-01-01T00:00:00+00:00"
_ALICE = USER["Arn"]
_KEY_ROW = {**ACCESS_KEY, "UserArn": _ALICE, "CreateDate": MADE.replace("+00:00", "Z")}
_DEVICE: Item = {
    "_key": f"arn:aws:iam::{ACCOUNT}:mfa/alice",
    "SerialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/alice",
    "Kind": "virtual",
    "UserArn": _ALICE,
    "EnableDate": "2024-05-01T10:10:00Z",
}
_WITH_KEY = credential(**key(1, MADE))
_INACTIVE = credential(**key(1, MADE, active="false"))
_RULE = rule()
_GROUP = group(allow("tcp", 443, "10.0.0.0/8"))
_EDITED = rule({"CidrIpv4": "0.0.0.0/0"})

CASES: Mapping[str, tuple[Case, dict[str, str]]] = {
    "a new access key": (
        Case(
            "iam.credential", credential(), _WITH_KEY, beside={"iam.access_key": (None, _KEY_ROW)}
        ),
        {"iam.access_key.listed": "iam.access_key.created"},
    ),
    "an access key that is deleted": (
        Case(
            "iam.credential", _WITH_KEY, credential(), beside={"iam.access_key": (_KEY_ROW, None)}
        ),
        {"iam.access_key.unlisted": "iam.access_key.deleted"},
    ),
    "an access key that is switched off": (
        Case(
            "iam.credential",
            _WITH_KEY,
            _INACTIVE,
            beside={"iam.access_key": (_KEY_ROW, {**_KEY_ROW, "Status": "Inactive"})},
        ),
        {"iam.access_key.status_changed": "iam.access_key.deactivated"},
    ),
    "an access key that is no key of this user's row": (
        Case(
            "iam.credential",
            credential(),
            _WITH_KEY,
            beside={"iam.access_key": (None, {**_KEY_ROW, "CreateDate": "2026-02-01T00:00:00Z"})},
        ),
        {},
    ),
    "MFA that is removed": (
        Case(
            "iam.credential",
            credential(mfa_active="true"),
            credential(mfa_active="false"),
            beside={
                "iam.user": (user(), user({"MFADevices": []})),
                "iam.mfa_device": (_DEVICE, None),
            },
        ),
        {
            "iam.user.mfa_device_removed": "iam.user.mfa_removed",
            "iam.mfa_device.unlisted": "iam.user.mfa_removed",
        },
    ),
    "a rule that is granted": (
        Case(
            "ec2.security_group", group(), _GROUP, beside={"ec2.security_group_rule": (None, _RULE)}
        ),
        {"sg.rule_listed": "sg.rule_added"},
    ),
    "a rule of another port than the group's": (
        Case(
            "ec2.security_group",
            group(),
            group(allow("tcp", 22, "10.0.0.0/8")),
            beside={"ec2.security_group_rule": (None, _RULE)},
        ),
        {},
    ),
    "a group that goes with its rule": (
        Case("ec2.security_group", _GROUP, None, beside={"ec2.security_group_rule": (_RULE, None)}),
        {"sg.rule_unlisted": "sg.deleted"},
    ),
    "a rule that is edited in place": (
        Case(
            "ec2.security_group",
            _GROUP,
            group(allow("tcp", 443, "0.0.0.0/0")),
            beside={"ec2.security_group_rule": (_RULE, _EDITED)},
        ),
        {
            "sg.rule_added": "sg.rule_modified",
            "sg.rule_removed": "sg.rule_modified",
            "sg.public_ingress_added": "sg.rule_modified",
        },
    ),
    "an alias": (
        Case("kms.key", kms_key({"Aliases": []}), kms_key(), beside={"kms.alias": (None, ALIAS)}),
        {"kms.alias_created": "kms.alias_created"},
    ),
    "a user with his row of the report": (
        Case("iam.user", None, user(), beside={"iam.credential": (None, credential())}),
        {"resource.created": "iam.user.created"},
    ),
}


@pytest.mark.parametrize(("case", "expected"), CASES.values(), ids=list(CASES))
def test_it_is_tied_to_what_tells_it(case: Case, expected: dict[str, str]) -> None:
    changes = told(case)
    kinds = {change.id: change.kind for change in changes}
    assert {c.kind: kinds[c.caused_by] for c in changes if c.caused_by} == expected


def test_a_bucket_that_is_gone_in_one_account_and_there_in_another_is_tied_across() -> None:
    """The ARN of a bucket has no account: it is the same name, in other hands."""
    there = bodies_of("s3.bucket", bucket())
    left, came = step_between("s3.bucket", there, {}), step_between("s3.bucket", {}, there)
    other = replace(came.scope, account="999988887777")
    came = replace(
        came, scope=other, pairs=tuple(replace(pair, scope=other) for pair in came.pairs)
    )
    shape = shapes()["s3.bucket"]
    gone, *_, made = tied([*told_of(left, shape, 2), *told_of(came, shape, 2)])

    assert (gone.kind, made.kind) == ("s3.bucket_deleted", "s3.bucket_created")
    assert made.caused_by == gone.id
    assert gone.caused_by is None


def test_keys_that_overlap_for_a_week_are_a_rotation_and_for_longer_are_none() -> None:
    def rotated(made: str) -> bool:
        before = credential(**key(1, OLD), **key(2, made))
        after = credential(**key(1, OLD, active="false"), **key(2, made))
        found = told(Case("iam.credential", before, after))
        return "iam.access_key.rotated" in [change.kind for change in found]

    assert rotated("2026-02-24T10:00:00+00:00")
    assert not rotated("2026-02-20T10:00:00+00:00")


def test_of_two_changes_that_tell_of_each_other_one_stands_for_itself() -> None:
    there = bodies_of("s3.bucket", bucket())
    whole = step_between("s3.bucket", {}, there)
    entries = []
    for evidence in ("test.one", "test.two"):
        scope = replace(whole.scope, evidence=evidence)
        pairs = tuple(replace(pair, scope=scope) for pair in whole.pairs)
        entries += told_of(replace(whole, scope=scope, pairs=pairs), Shape(), 2)
    first, second = tied(entries)

    assert (first.kind, second.kind) == ("resource.created", "resource.created")
    assert (first.caused_by, second.caused_by) == (second.id, None)


def test_thousands_of_rules_of_one_group_are_tied_each_to_its_own() -> None:
    """Each looks only where it can be told, so that it takes no longer the more there are."""
    rows = [rule({"FromPort": port, "ToPort": port}) for port in range(1000, 1300)]
    named = [
        {**row, "Rule": rule_name(row), "SecurityGroupRuleId": f"sgr-{n}"}
        for n, row in enumerate(rows)
    ]
    rules = [allow("tcp", row["FromPort"], row["CidrIpv4"]) for row in rows]
    changes = told(
        Case(
            "ec2.security_group",
            group(),
            group(*rules),
            beside={"ec2.security_group_rule": (None, named)},
        )
    )
    by_id = {change.id: change for change in changes}
    ties = [
        (c.resource, by_id[c.caused_by].path)
        for c in changes
        if c.kind == "sg.rule_listed" and c.caused_by
    ]

    assert len(ties) == len(rows)
    assert all(key.endswith(path.removeprefix("IpPermissions/")) for key, path in ties)
