"""What the kinds say that all sorts of policy documents have in common."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.diff.catalog import declared
from driftkeeper.diff.policy_kinds import DIRECTIONS
from driftkeeper.domain.types import Direction
from driftkeeper.semantics.policy_effect import Effect
from tests.cases.answers import document, statement
from tests.cases.border_answers import BUCKET_ARN, bucket
from tests.cases.case import Answers, changes_between
from tests.cases.roles import role, trusting

ENDINGS = ("widened", "narrowed", "changed", "rewritten", "principal_orphaned")
FAMILIES = {
    "iam.role.trust": ENDINGS,
    "kms.policy": ENDINGS,
    "s3.bucket_policy": ENDINGS,
    "iam.policy.permissions": ENDINGS[:-1],
}
EC2 = {"Service": "ec2.amazonaws.com"}
READ = statement("s3:GetObject", f"{BUCKET_ARN}/*", Principal="*")
ORGANISATION = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}


def inline(policy: Any) -> dict[str, object]:
    return role({"RolePolicyList": [{"PolicyName": "inline", "PolicyDocument": policy}]})


def said(kind: str, evidence: str, before: Answers, after: Answers) -> str:
    """The sentence of the one change of this kind."""
    [found] = [each.says for each in changes_between(evidence, before, after) if each.kind == kind]
    return found


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_has_a_kind_for_each_effect_and_says_what_it_is_and_what_to_do(name: str) -> None:
    kinds = {kind.name: kind for kind in declared()}

    for ending in FAMILIES[name]:
        kind = kinds[f"{name}_{ending}"]
        assert kind.trigger[:1].isupper()
        assert not kind.trigger.endswith(".")
        for text in (kind.means, kind.advice):
            assert text[:1].isupper()
            assert text.endswith(".")
            assert "{" not in text


def test_what_is_allowed_more_weakens_and_what_is_allowed_less_strengthens() -> None:
    assert DIRECTIONS == {
        Effect.WIDENED: Direction.WEAKENED,
        Effect.NARROWED: Direction.STRENGTHENED,
        Effect.CHANGED: Direction.NEUTRAL,
        Effect.COSMETIC: Direction.NEUTRAL,
    }


def test_of_a_policy_that_lets_in_everyone_is_said_by_which_statement() -> None:
    before, after = trusting(EC2), trusting(EC2, "*")

    assert said("iam.role.trust_public", "iam.role", before, after) == (
        "the trust policy of role deploy lets in everyone: allow sts:AssumeRole to everyone"
    )


@pytest.mark.parametrize(
    ("after", "why"),
    [
        (trusting(EC2), "only those it names are let in"),
        (
            trusting(EC2, "*", Condition=ORGANISATION),
            "strangers are kept out by a condition (aws:PrincipalOrgID is o-1)",
        ),
        (role({"AssumeRolePolicyDocument": "no policy"}), "the document now cannot be read"),
    ],
    ids=["named", "condition", "unreadable"],
)
def test_of_a_policy_that_does_so_no_longer_is_said_why(after: Answers, why: str) -> None:
    assert said("iam.role.trust_private", "iam.role", trusting(EC2, "*"), after) == (
        f"the trust policy of role deploy no longer lets in everyone: {why}"
    )


def test_of_a_policy_that_comes_or_goes_its_statements_are_said() -> None:
    none, some = bucket(Policy=None), bucket(Policy=document(READ))
    statement_said = f"allow s3:GetObject on {BUCKET_ARN}/* to everyone"

    assert said("s3.bucket_policy_added", "s3.bucket", none, some) == (
        f"the policy of bucket orders was added: now also {statement_said}"
    )
    assert said("s3.bucket_policy_removed", "s3.bucket", some, none) == (
        f"the policy of bucket orders was removed: no longer {statement_said}"
    )


def test_of_an_inline_policy_that_comes_or_goes_too() -> None:
    none, some = role({"RolePolicyList": []}), inline(document(statement("s3:GetObject")))

    assert said("iam.inline_policy_added", "iam.role", none, some) == (
        "the inline policy inline of role deploy was added: now also allow s3:GetObject on *"
    )
    assert said("iam.inline_policy_removed", "iam.role", some, none) == (
        "the inline policy inline of role deploy was removed: no longer allow s3:GetObject on *"
    )


@pytest.mark.parametrize("other", ["no policy", document()], ids=["unreadable", "empty"])
def test_a_policy_that_cannot_be_read_is_changed_and_not_widened_nor_narrowed(other: Any) -> None:
    readable = inline(document())
    kinds = [each.kind for each in changes_between("iam.role", readable, inline(other))]

    assert kinds == (["iam.inline_policy_changed"] if other == "no policy" else [])
