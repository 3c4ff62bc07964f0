"""Whether buckets are public in effect, and what of it can be known."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, strategies as st

from driftkeeper.collect.spec import Item
from driftkeeper.derive.facts.s3_public_access import FLAGS, PUBLIC_ACCESS, compared
from driftkeeper.domain.types import Moved
from tests.cases.answers import NO_PAB, OTHER_ACCOUNT, document, pab, statement
from tests.cases.border_answers import OWNER_ID, bucket, full_control, to_group
from tests.unit.derive.drawing import change, is_odd, missing, row

_BUCKET, _ACCOUNT = "s3.bucket", "s3.account_pab"
_OPEN: Item = dict.fromkeys(FLAGS, False)
_WRITER = [{"ObjectOwnership": "ObjectWriter"}]
_OWNER = [{"ObjectOwnership": "BucketOwnerEnforced"}]


def made(
    *,
    policy: bool = False,
    acl: bool = False,
    own: Item | None = None,
    owner: bool = False,
    **more: Any,
) -> Item:
    """A bucket whose policy or ACL lets in everyone, with a block of its own."""
    grants = [full_control(), *([to_group("AllUsers")] if acl else [])]
    return bucket(
        PolicyStatus={"IsPublic": policy},
        Acl={"Owner": {"ID": OWNER_ID}, "Grants": grants},
        ObjectOwnership=_OWNER if owner else _WRITER,
        PublicAccessBlock=_OPEN if own is None else own,
        **more,
    )


def of(item: Item, account: Item = NO_PAB, **more: Any) -> dict[str, Any]:
    return row(PUBLIC_ACCESS, _BUCKET, {_BUCKET: item, _ACCOUNT: account}, **more)


def test_a_row_says_whether_and_by_what_and_what_is_blocked() -> None:
    assert of(made(policy=True, acl=True, own={**_OPEN, "IgnorePublicAcls": True})) == {
        "exists": True,
        "public": True,
        "by": ["policy"],
        "latent": ["acl"],
        "accounts": [],
        "block": {**_OPEN, "IgnorePublicAcls": True},
    }


def test_a_bucket_that_is_not_there_is_not_public() -> None:
    found = row(PUBLIC_ACCESS, _BUCKET, {_BUCKET: None}, key="arn:aws:s3:::gone", out=[_ACCOUNT])

    assert (found["exists"], found["public"], found["by"]) == (False, False, [])


@pytest.mark.parametrize(
    ("item", "by", "latent"),
    [
        (made(), [], []),
        (made(policy=True), ["policy"], []),
        (made(acl=True), ["acl"], []),
        (made(acl=True, owner=True), [], []),
        (made(policy=True, owner=True), ["policy"], []),
        (made(policy=True, own={**_OPEN, "BlockPublicPolicy": True}), ["policy"], []),
        (made(acl=True, own={**_OPEN, "BlockPublicAcls": True}), ["acl"], []),
        (made(policy=True, own={**_OPEN, "RestrictPublicBuckets": True}), [], ["policy"]),
        (made(acl=True, own={**_OPEN, "IgnorePublicAcls": True}), [], ["acl"]),
        (made(acl=True, policy=True, own=pab()), [], ["acl", "policy"]),
    ],
    ids=[
        "closed",
        "by its policy",
        "by its ACL",
        "an ACL does not count where the owner owns all",
        "a policy counts all the same",
        "to block new policies does not shut an old one",
        "to block new ACLs does not shut an old one",
        "its policy is held back",
        "its ACL is held back",
        "both are",
    ],
)
def test_what_lets_in_everyone(item: Item, by: list[str], latent: list[str]) -> None:
    found = of(item)

    assert (found["public"], found["by"], found["latent"]) == (bool(by), by, latent)


def test_the_group_of_all_who_are_signed_in_to_aws_is_everyone_and_that_of_logs_is_not() -> None:
    for group, is_public in (("AuthenticatedUsers", True), ("LogDelivery", False)):
        item = made() | {"Acl": {"Owner": {"ID": OWNER_ID}, "Grants": [to_group(group)]}}
        assert of(item)["public"] is is_public


@pytest.mark.parametrize("flag", FLAGS)
def test_a_flag_holds_by_the_account_or_by_the_bucket(flag: str) -> None:
    for own, account in product((False, True), repeat=2):
        item = made(own={**_OPEN, flag: own})
        found = of(item, pab(**{**_OPEN, flag: account}))
        assert found["block"] == {**_OPEN, flag: own or account}


def test_other_accounts_that_the_policy_names_are_told() -> None:
    names = document(
        statement("s3:GetObject", Principal={"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"})
    )

    assert of(made(Policy=names))["accounts"] == [OTHER_ACCOUNT]
    assert of(made(Policy=None))["accounts"] == []
    assert of(made(Policy="no json"))["accounts"] == []


# ---- what was not seen --------------------------------------------------------------------------


def unknown(item: Item, *details: str, account: Item | None = NO_PAB) -> tuple[str, str]:
    seen = {_BUCKET: item, **({} if account is None else {_ACCOUNT: account})}
    out = [_ACCOUNT] if account is None else []
    return missing(PUBLIC_ACCESS, _BUCKET, seen, out=out, unseen={_BUCKET: details})


def known(item: Item, *details: str, account: Item | None = NO_PAB) -> dict[str, Any]:
    seen = {_BUCKET: item, **({} if account is None else {_ACCOUNT: account})}
    out = [_ACCOUNT] if account is None else []
    return row(PUBLIC_ACCESS, _BUCKET, seen, out=out, unseen={_BUCKET: details})


def test_a_block_that_was_not_seen_matters_where_something_is_open() -> None:
    assert unknown(made(policy=True), account=None) == (_ACCOUNT, "")
    assert unknown(made(policy=True), "PublicAccessBlock") == (_BUCKET, "PublicAccessBlock")

    for closed in (known(made(), account=None), known(made(), "PublicAccessBlock")):
        assert (closed["public"], closed["latent"]) == (False, [])
        assert closed["block"] == dict.fromkeys(FLAGS)


def test_either_block_is_enough_whatever_the_other_says() -> None:
    by_bucket = known(made(policy=True, own=pab()), account=None)
    by_account = known(made(policy=True), "PublicAccessBlock", account=pab())

    for found in (by_bucket, by_account):
        assert (found["public"], found["latent"]) == (False, ["policy"])
        assert found["block"] == dict.fromkeys(FLAGS, True)


def test_what_might_be_open_matters_unless_it_is_held_back() -> None:
    assert unknown(made(), "PolicyStatus") == (_BUCKET, "PolicyStatus")
    assert unknown(made(acl=True), "ObjectOwnership") == (_BUCKET, "ObjectOwnership")
    assert unknown(made(), "Acl") == (_BUCKET, "Acl")

    assert known(made(), "ObjectOwnership")["public"] is False
    assert known(made(owner=True), "Acl")["public"] is False
    held = known(made(acl=True), "PolicyStatus", account=pab())
    assert (held["public"], held["latent"]) == (False, None)


def test_a_policy_that_was_not_seen_hides_only_whom_it_names() -> None:
    found = known(made(policy=True), "Policy")

    assert (found["public"], found["accounts"]) == (True, None)


def test_an_odd_answer_costs_only_its_own_row() -> None:
    odd = {_BUCKET: made(policy=True) | {"PolicyStatus": 7}, _ACCOUNT: NO_PAB}

    assert is_odd(PUBLIC_ACCESS, _BUCKET, odd)


# ---- movement and blame -------------------------------------------------------------------------


def test_only_that_it_becomes_public_or_ceases_to_be_is_a_movement() -> None:
    shut, by_policy = of(made(policy=True), pab()), of(made(policy=True))
    both = of(made(policy=True, acl=True))

    assert compared(shut, by_policy) == [Moved(("public",), False, True, frozenset({"policy"}))]
    assert compared(by_policy, shut) == [Moved(("public",), True, False, frozenset({"policy"}))]
    assert compared(by_policy, both) == []


@pytest.mark.parametrize(
    ("evidence", "path", "policy", "acl"),
    [
        (_BUCKET, "Policy/Statement", 3, 0),
        (_BUCKET, "PolicyStatus/IsPublic", 3, 0),
        (_BUCKET, "Acl/Grants/x", 0, 3),
        (_BUCKET, "PublicAccessBlock", 2, 2),
        (_BUCKET, "ObjectOwnership", 0, 1),
        (_BUCKET, "Tags/team", 0, 0),
        (_ACCOUNT, "", 2, 2),
    ],
)
def test_what_is_to_blame(evidence: str, path: str, policy: int, acl: int) -> None:
    found = change(evidence, "x", path)

    assert PUBLIC_ACCESS.blame(Moved(("public",), False, True, frozenset({"policy"})), found) == (
        policy
    )
    assert PUBLIC_ACCESS.blame(Moved(("public",), False, True, frozenset({"acl"})), found) == acl


# ---- properties ---------------------------------------------------------------------------------

_flags = st.fixed_dictionaries({flag: st.booleans() for flag in FLAGS})
_shown = st.sets(
    st.sampled_from(["PublicAccessBlock", "PolicyStatus", "Acl", "ObjectOwnership", "Policy"])
)


@given(st.booleans(), st.booleans(), st.booleans(), _flags, _flags, _flags)
def test_to_block_more_never_makes_public(
    policy: bool, acl: bool, owner: bool, own: Item, account: Item, more: Item
) -> None:
    before = of(made(policy=policy, acl=acl, owner=owner, own=own), pab(**account))
    for stricter_own, stricter_account in ((more, {}), ({}, more), (more, more)):
        after = of(
            made(policy=policy, acl=acl, owner=owner, own=_either(own, stricter_own)),
            pab(**_either(account, stricter_account)),
        )
        assert {*after["by"]} <= {*before["by"]}
        assert {*after["by"], *after["latent"]} == {*before["by"], *before["latent"]}


def _either(flags: Item, more: Item) -> Item:
    return {flag: flags[flag] or more.get(flag, False) for flag in FLAGS}


@given(st.booleans(), st.booleans(), st.booleans(), _flags, _flags, _shown, st.booleans())
def test_what_is_said_half_blind_is_what_is_said_with_all_in_sight(
    policy: bool, acl: bool, owner: bool, own: Item, account: Item, blind: set[str], hidden: bool
) -> None:
    """Nothing is made up of what was not seen: it is left open, or it does not matter."""
    item = made(policy=policy, acl=acl, owner=owner, own=own)
    whole = of(item, pab(**account))
    try:
        found = known(item, *blind, account=None if hidden else pab(**account))
    except AssertionError:
        return
    for name in ("public", "by", "latent", "accounts"):
        assert found[name] in (None, whole[name]), name
    assert found["public"] is not None
    for flag in FLAGS:
        assert found["block"][flag] in (None, whole["block"][flag])
