"""Whether a changed document allows more or less, case by case."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from driftkeeper.semantics.policy import canonical
from driftkeeper.semantics.policy_effect import Atom, Effect, atoms, compare, covers

Policy = dict[str, Any] | None


def policy(*statements: dict[str, Any], version: str = "2012-10-17") -> dict[str, Any]:
    return canonical({"Version": version, "Statement": list(statements)})


def allow(action: Any = "s3:GetObject", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "s3:GetObject", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
ORG = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
SOME = {"AWS": "arn:aws:iam::111122223333:role/some"}
OTHER = {"AWS": "arn:aws:iam::111122223333:role/other"}

# name: (narrower, wider). Compared one way it widens, the other way it narrows.
WIDENINGS: dict[str, tuple[Policy, Policy]] = {
    "a first policy": (None, policy(allow())),
    "a Deny-only policy goes": (policy(deny()), None),
    "an Allow more": (policy(allow()), policy(allow(), allow("s3:PutObject"))),
    "a Deny less": (policy(allow(), deny()), policy(allow())),
    "an action more": (policy(allow("a:b")), policy(allow(["a:b", "a:c"]))),
    "a wider action": (policy(allow("s3:Get*")), policy(allow("s3:*"))),
    "a wider resource": (
        policy(allow(resource="arn:aws:s3:::b/x/*")),
        policy(allow(resource="arn:aws:s3:::b/*")),
    ),
    "a condition less": (policy(allow(Condition=MFA)), policy(allow())),
    "a condition more on a Deny": (policy(deny()), policy(deny(Condition=MFA))),
    "a narrower Deny": (policy(deny("s3:*")), policy(deny("s3:Get*"))),
    "everyone instead of someone": (
        policy(allow(Principal=SOME)),
        policy(allow(Principal="*")),
    ),
    "a principal more": (
        policy(allow(Principal=SOME)),
        policy(allow(Principal={"AWS": [SOME["AWS"], OTHER["AWS"]]})),
    ),
    "everyone instead of a service": (
        policy(allow(Principal={"Service": "sns.amazonaws.com"})),
        policy(allow(Principal="*")),
    ),
    "everything instead of all but something": (
        policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
        policy(allow("*")),
    ),
    "everywhere instead of all but somewhere": (
        policy({"Effect": "Allow", "Action": "a:b", "NotResource": "arn:a"}),
        policy(allow("a:b")),
    ),
    "all but something, without the condition": (
        policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*", "Condition": MFA}),
        policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
    ),
    "all but something, on one resource more": (
        policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:a"}),
        policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": ["arn:a", "arn:b"]}),
    ),
}

CHANGES: dict[str, tuple[Policy, Policy]] = {
    "another action": (policy(allow("a:b")), policy(allow("a:c"))),
    "another principal": (policy(allow(Principal=SOME)), policy(allow(Principal=OTHER))),
    "another condition": (policy(allow(Condition=MFA)), policy(allow(Condition=ORG))),
    "resources differ in case": (
        policy(allow(resource="arn:aws:s3:::b/A")),
        policy(allow(resource="arn:aws:s3:::b/a")),
    ),
    "an Allow and a Deny more": (policy(allow()), policy(allow("a:*"), allow(), deny("b:*"))),
    "excluded actions": (
        policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
        policy({"Effect": "Allow", "NotAction": ["iam:*", "kms:*"], "Resource": "*"}),
    ),
    "excluded resources and a pattern that looks like them": (
        policy({"Effect": "Allow", "Action": "a:b", "NotResource": "arn:a"}),
        policy(allow("a:b", "*arn:a*")),
    ),
    "excluded principals": (
        policy(deny("s3:*") | {"NotPrincipal": SOME}),
        policy(deny("s3:*") | {"NotPrincipal": OTHER}),
    ),
    "an Allow becomes a Deny of another": (
        policy(allow("a:b"), deny("a:c")),
        policy(allow("a:c"), deny("a:b")),
    ),
    "a principal of another kind": (
        policy(allow(Principal={"AWS": "x"})),
        policy(allow(Principal={"Service": "x"})),
    ),
    "variables begin to count": (
        policy(allow(resource="arn:aws:s3:::b/${aws:username}/*"), version="2008-10-17"),
        policy(allow(resource="arn:aws:s3:::b/${aws:username}/*")),
    ),
    "variables begin to count in a condition": (
        policy(allow(Condition={"StringLike": {"k": "${aws:username}"}}), version="2008-10-17"),
        policy(allow(Condition={"StringLike": {"k": "${aws:username}"}})),
    ),
}

SAMENESSES: dict[str, tuple[Policy, Policy]] = {
    "no policy, twice": (None, None),
    "no policy and an empty one": (None, policy()),
    "a Sid": (policy(allow(Sid="a")), policy(allow(Sid="b"))),
    "one statement cut in two": (
        policy(allow(["a:b", "c:d"], ["r", "q"])),
        policy(allow("a:b", "r"), allow("c:d", ["r", "q"]), allow("a:b", "q")),
    ),
    "an action that is covered already": (
        policy(allow("s3:*")),
        policy(allow(["s3:*", "s3:GetObject"])),
    ),
    "a conditional Allow beside the same without": (
        policy(allow()),
        policy(allow(), allow(Condition=MFA)),
    ),
    "a Deny inside a Deny": (policy(deny("s3:*")), policy(deny("s3:*"), deny("s3:Get*"))),
    "two ways to say all actions": (policy(allow("*")), policy(allow("*:*"))),
    "a version without variables to expand": (
        policy(allow(), version="2008-10-17"),
        policy(allow()),
    ),
    "a statement that grants nothing": (policy(), policy(allow([]))),
}


@pytest.mark.parametrize(("narrow", "wide"), WIDENINGS.values(), ids=WIDENINGS)
def test_more_access_is_widened_and_the_way_back_narrowed(narrow: Policy, wide: Policy) -> None:
    assert compare(narrow, wide) is Effect.WIDENED
    assert compare(wide, narrow) is Effect.NARROWED


@pytest.mark.parametrize(("old", "new"), CHANGES.values(), ids=CHANGES)
def test_more_here_and_less_there_is_changed_both_ways(old: Policy, new: Policy) -> None:
    assert compare(old, new) is Effect.CHANGED
    assert compare(new, old) is Effect.CHANGED


@pytest.mark.parametrize(("old", "new"), SAMENESSES.values(), ids=SAMENESSES)
def test_the_same_access_is_cosmetic_both_ways(old: Policy, new: Policy) -> None:
    assert compare(old, new) is Effect.COSMETIC
    assert compare(new, old) is Effect.COSMETIC


def test_atoms_are_every_combination_of_a_statement() -> None:
    found = atoms(policy(allow(["a:b", "a:c"], ["r", "q"], Principal={"AWS": ["*", "x"]})))

    assert found == {
        Atom("Allow", action, resource, principal, "")
        for action in ("a:b", "a:c")
        for resource in ("r", "q")
        for principal in ("*", "AWS:x")
    }


def test_no_policy_has_no_atoms() -> None:
    assert atoms(None) == atoms(policy()) == frozenset()


def test_a_trust_policy_has_atoms_without_resource() -> None:
    [atom] = atoms(policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": SOME}))

    assert (atom.resource, atom.principal) == ("", f"AWS:{SOME['AWS']}")


WIDE = Atom("Allow", "s3:*", "b/*", "*", "")
NARROW = Atom("Allow", "s3:get*", "b/x", "AWS:x", "digest")


def test_an_atom_covers_another_when_each_of_its_parts_does() -> None:
    assert covers(WIDE, NARROW)
    assert not covers(NARROW, WIDE)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("effect", "Deny"),
        ("action", "s3:put*"),
        ("resource", "c/*"),
        ("principal", "AWS:y"),
        ("condition", "another"),
    ],
)
def test_one_part_that_does_not_cover_is_enough(part: str, value: str) -> None:
    assert not covers(replace(WIDE, **{part: value}), NARROW)


def test_what_excludes_is_covered_by_itself_and_by_everything_only() -> None:
    [excludes] = atoms(policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}))
    [everything] = atoms(policy(allow("*")))
    [looks_alike] = atoms(policy(allow("*iam:*")))

    assert covers(excludes, excludes)
    assert covers(everything, excludes)
    assert not covers(looks_alike, excludes)
    assert not covers(excludes, everything)


def test_an_allow_does_not_cover_a_deny() -> None:
    [allowed], [denied] = atoms(policy(allow("*"))), atoms(policy(deny("*")))

    assert not covers(allowed, denied)


def test_a_document_of_millions_of_atoms_is_compared_at_once() -> None:
    def large(condition: dict[str, Any]) -> dict[str, Any]:
        statement = allow(
            [f"s3:Do{n}*" for n in range(400)],
            [f"arn:aws:s3:::bucket/{n}/*" for n in range(200)],
            Principal={"AWS": [f"arn:aws:iam::111122223333:role/{n}" for n in range(200)]},
            Condition=condition,
        )
        return policy(statement)

    started = time.process_time()

    assert compare(large(MFA), large(ORG)) is Effect.CHANGED
    assert compare(large(MFA), large({})) is Effect.WIDENED
    assert time.process_time() - started < 5


def test_the_effects_have_names_that_may_be_stored() -> None:
    assert [str(each) for each in Effect] == ["widened", "narrowed", "changed", "cosmetic"]
