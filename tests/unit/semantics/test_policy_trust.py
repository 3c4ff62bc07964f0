"""External ids and deleted principals in trust policies, case by case."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from driftkeeper.semantics.policy import canonical
from driftkeeper.semantics.policy_trust import (
    only_orphaned,
    trusted_accounts,
    unguarded_accounts,
)

OWN, PARTNER, OTHER = "111122223333", "444455556666", "777788889999"
CI, BOB = f"arn:aws:iam::{OWN}:role/ci", f"arn:aws:iam::{PARTNER}:user/shop/bob"

Policy = dict[str, Any]


def trust(*statements: dict[str, Any]) -> Policy:
    return canonical({"Version": "2012-10-17", "Statement": list(statements)})


def to(*principals: str, **more: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"AWS": list(principals)},
        "Action": "sts:AssumeRole",
        **more,
    }


def asking(operator: str, value: Any = "4711", key: str = "sts:ExternalId") -> dict[str, Any]:
    return {"Condition": {operator: {key: value}}}


@pytest.mark.parametrize(
    "condition",
    [
        asking("StringEquals"),
        asking("stringequals", ["4711", "4712"]),
        asking("StringEqualsIgnoreCase", key="STS:externalID"),
        asking("StringLike"),
        asking("ForAnyValue:StringEquals"),
    ],
    ids=str,
)
def test_an_exact_external_id_guards(condition: dict[str, Any]) -> None:
    form = trust(to(PARTNER, **condition))

    assert unguarded_accounts(form, OWN) == set()
    assert trusted_accounts(form, OWN) == {PARTNER}


@pytest.mark.parametrize(
    "condition",
    [
        {},
        asking("StringEqualsIfExists"),
        asking("ForAllValues:StringEquals"),
        asking("StringLike", "47*"),
        asking("StringLike", ["4711", "?"]),
        asking("StringNotEquals"),
        asking("Null", "false"),
        asking("StringEquals", key="aws:PrincipalOrgID"),
    ],
    ids=str,
)
def test_anything_else_does_not(condition: dict[str, Any]) -> None:
    assert unguarded_accounts(trust(to(PARTNER, **condition)), OWN) == {PARTNER}


def test_one_way_in_without_an_external_id_is_enough() -> None:
    form = trust(to(PARTNER, **asking("StringEquals")), to(f"arn:aws:iam::{PARTNER}:role/r"))

    assert unguarded_accounts(form, OWN) == {PARTNER}


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (to(PARTNER, OTHER, OWN), {PARTNER, OTHER}),
        (to(PARTNER, Action="sts:*"), {PARTNER}),
        (to(PARTNER, Action=["*"]), {PARTNER}),
        (to(PARTNER, Action="sts:AssumeRoleWithSAML"), {PARTNER}),
        (to(PARTNER, Action="sts:TagSession"), set()),
        (to(PARTNER, Effect="Deny"), set()),
        ({**to(PARTNER), "Action": [], "NotAction": "sts:TagSession"}, {PARTNER}),
        ({**to(PARTNER), "Action": [], "NotAction": "sts:Assume*"}, set()),
    ],
    ids=str,
)
def test_who_may_assume_the_role_is_trusted(statement: dict[str, Any], found: set[str]) -> None:
    assert trusted_accounts(trust(statement), OWN) == found


ORPHANED: dict[str, tuple[Policy, Policy]] = {
    "a role": (trust(to(CI, OWN)), trust(to(OWN, "AROAEXAMPLE"))),
    "a user of another account": (trust(to(BOB)), trust(to("AIDAEXAMPLE"))),
    "both": (trust(to(CI, BOB)), trust(to("AIDAEXAMPLE", "AROAEXAMPLE"))),
    "two roles": (trust(to(CI, f"{CI}2")), trust(to("AROAONE", "AROATWO"))),
    "a role in two statements": (
        trust(to(CI), to(CI, OWN, Action="sts:TagSession")),
        trust(to("AROAEXAMPLE"), to("AROAEXAMPLE", OWN, Action="sts:TagSession")),
    ),
    "one more than before": (
        trust(to("AIDAOLD", CI)),
        trust(to("AIDAOLD", "AROAEXAMPLE")),
    ),
    "one that is excluded": (
        trust({"Effect": "Deny", "NotPrincipal": {"AWS": CI}, "Action": "*"}),
        trust({"Effect": "Deny", "NotPrincipal": {"AWS": "AROAEXAMPLE"}, "Action": "*"}),
    ),
}
EDITED: dict[str, tuple[Policy, Policy]] = {
    "nothing": (trust(to(CI)), trust(to(CI))),
    "a principal taken out": (trust(to(CI, OWN)), trust(to(OWN))),
    "a principal put in": (trust(to(OWN)), trust(to(OWN, "AROAEXAMPLE"))),
    "a role for a user": (trust(to(BOB)), trust(to("AROAEXAMPLE"))),
    "two roles for one": (trust(to(CI, f"{CI}2")), trust(to("AROAEXAMPLE"))),
    "one role for two": (trust(to(CI)), trust(to("AROAONE", "AROATWO"))),
    "an account": (trust(to(PARTNER)), trust(to("AROAEXAMPLE"))),
    "another condition": (
        trust(to(CI, **asking("StringEquals"))),
        trust(to("AROAEXAMPLE")),
    ),
    "in one of two statements": (
        trust(to(CI), to(CI, Action="sts:TagSession")),
        trust(to("AROAEXAMPLE"), to(CI, Action="sts:TagSession")),
    ),
    "an id made an ARN again": (trust(to("AROAEXAMPLE")), trust(to(CI))),
}


@pytest.mark.parametrize(("old", "new"), ORPHANED.values(), ids=list(ORPHANED))
def test_an_id_in_place_of_an_arn_is_a_deleted_principal(old: Policy, new: Policy) -> None:
    assert only_orphaned(old, new)


@pytest.mark.parametrize(("old", "new"), EDITED.values(), ids=list(EDITED))
def test_anything_else_was_edited(old: Policy, new: Policy) -> None:
    assert not only_orphaned(old, new)


_names = st.sampled_from([CI, f"{CI}2", BOB, OWN, PARTNER, "AROAOLD"])


@given(st.lists(st.sets(_names, min_size=1), min_size=1, max_size=4), st.permutations([CI, BOB]))
def test_whoever_is_deleted_and_wherever_it_stood_nobody_edited(
    statements: list[set[str]], gone: list[str]
) -> None:
    """AWS puts the same id in every place of the policy."""
    deleted, action = gone[0], "sts:AssumeRole"
    id = "AROANEW" if ":role/" in deleted else "AIDANEW"
    rows = [to(*names, Action=[action, f"sts:x{n}"]) for n, names in enumerate(statements)]
    old, new = (
        trust(*rows),
        trust(
            *(
                {**row, "Principal": {"AWS": [id if n == deleted else n for n in names]}}
                for row, names in zip(rows, statements, strict=True)
            )
        ),
    )

    assert only_orphaned(old, new) == any(deleted in names for names in statements)
