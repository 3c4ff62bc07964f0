"""What principals may do in effect, and what of it can be known."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from driftkeeper.collect.spec import Item
from driftkeeper.derive.facts.iam_rights import RIGHTS, compared
from driftkeeper.domain.types import Moved
from tests.cases.answers import ACCOUNT, POLICY, ROLE, TEAM, USER, document, statement
from tests.unit.derive.drawing import Seen, change, drawn, is_odd, missing, row

_USER, _GROUP, _ROLE, _POLICY = "iam.user", "iam.group", "iam.role", "iam.policy"
_ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
_ALL = document(statement("*"))
_DENY_ALL = document(statement("*", effect="Deny"))
_READ = document(statement("s3:GetObject"))
_S3 = document(statement("s3:*"))
_CREATES = document(statement("iam:CreatePolicyVersion"))
_ALICE, _TEAM = USER["Arn"], TEAM["Arn"]


def arn(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:policy/{name}"


def attached(*arns: str) -> list[Item]:
    return [{"PolicyName": each.rpartition("/")[2], "PolicyArn": each} for each in arns]


def inline(**policies: Any) -> list[Item]:
    return [{"PolicyName": name, "PolicyDocument": says} for name, says in policies.items()]


def policy(name: str, says: Any) -> Item:
    return {**POLICY, "Arn": arn(name), "PolicyName": name, "PolicyId": name, "Document": says}


def user(*arns: str, groups: tuple[str, ...] = (), own: Any = (), boundary: str = "") -> Item:
    lists = {"GroupList": [*groups], "UserPolicyList": [*own]}
    found = {**USER, **lists, "AttachedManagedPolicies": attached(*arns)}
    del found["PermissionsBoundary"]
    return found if not boundary else {**found, "PermissionsBoundary": _bounded(boundary)}


def _bounded(name: str) -> Item:
    return {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": name}


def team(*arns: str, own: Any = (), name: str = "developers") -> Item:
    called = {"GroupName": name, "GroupId": name, "Arn": f"arn:aws:iam::{ACCOUNT}:group/{name}"}
    lists = {"GroupPolicyList": [*own], "AttachedManagedPolicies": attached(*arns)}
    return {**TEAM, **called, **lists}


def role(path: str = "/") -> Item:
    found = {**ROLE, "Path": path, "RolePolicyList": [], "AttachedManagedPolicies": []}
    del found["PermissionsBoundary"]
    return found


def of(who: Item, *policies: Item, groups: list[Item] | None = None, **more: Any) -> dict[str, Any]:
    """The row of a user, with these managed policies in the account."""
    return row(RIGHTS, _USER, seen(who, *policies, groups=groups), **more)


def seen(who: Item, *policies: Item, groups: list[Item] | None = None) -> Seen:
    return {_USER: who, _POLICY: [*policies], _GROUP: groups or []}


def test_a_row_says_what_and_through_which_policy_of_whom() -> None:
    who = user(arn("deploy"), groups=("developers",), own=inline(own=_READ))

    assert of(who, policy("deploy", _S3), groups=[team(own=inline(broad=_ALL))]) == {
        "admin": "yes",
        "because": [f"broad of {_TEAM}"],
        "near": [],
        "services": ["s3"],
        "escalations": of(who, policy("deploy", _ALL), groups=[team()])["escalations"],
        "wide": {f"{arn('deploy')} of {_ALICE}": ["s3"], f"broad of {_TEAM}": ["*"]},
        "origin": "account",
        "sources": sorted(
            [f"{arn('deploy')} of {_ALICE}", f"own of {_ALICE}", f"broad of {_TEAM}"]
        ),
    }


@pytest.mark.parametrize(
    ("who", "admin", "because"),
    [
        (user(), "no", []),
        (user(arn("read")), "no", []),
        (user(arn("all")), "yes", [f"{arn('all')} of {_ALICE}"]),
        (user(_ADMIN), "yes", [f"{_ADMIN} of {_ALICE}"]),
        (user(own=inline(all=_ALL)), "yes", [f"all of {_ALICE}"]),
        (user(groups=("admins",)), "yes", [f"{_ADMIN} of arn:aws:iam::{ACCOUNT}:group/admins"]),
        (user(groups=("developers",)), "no", []),
        (user(arn("all"), arn("deny")), "denied", [f"{arn('all')} of {_ALICE}"]),
        (user(arn("all"), boundary=arn("read")), "capped", [f"{arn('all')} of {_ALICE}"]),
        (user(arn("all"), boundary=_ADMIN), "yes", [f"{arn('all')} of {_ALICE}"]),
        (user(arn("read"), boundary=_ADMIN), "no", []),
        (user(own=inline(bad="no json")), "no", []),
    ],
    ids=[
        "no policy",
        "a policy that reads",
        "a policy of the account that allows everything",
        "AdministratorAccess",
        "an inline policy",
        "through a group",
        "a group of others is none of his",
        "a policy denies everything",
        "a boundary caps it",
        "a boundary that allows everything caps nothing",
        "a boundary alone gives nothing",
        "a policy that is none allows nothing",
    ],
)
def test_who_is_an_administrator(who: Item, admin: str, because: list[str]) -> None:
    known = (policy("read", _READ), policy("all", _ALL), policy("deny", _DENY_ALL))
    found = of(who, *known, groups=[team(), team(_ADMIN, name="admins")])

    assert (found["admin"], found["because"]) == (admin, because)


def test_ways_to_more_rights_and_whole_services_are_named() -> None:
    found = of(user(arn("one"), arn("two")), policy("one", _CREATES), policy("two", _S3))

    assert found["admin"] == "no"
    assert found["escalations"] == ["iam:createpolicyversion"]
    assert found["near"] == [f"{arn('one')} of {_ALICE}"]
    assert found["services"] == ["s3"]


def test_what_a_policy_alone_allows_in_full_is_told_though_another_denies_it() -> None:
    """That a policy is wide is a matter of the policy, whoever else denies what."""
    found = of(user(arn("two"), arn("deny")), policy("two", _S3), policy("deny", _DENY_ALL))

    assert found["services"] == []
    assert found["wide"] == {f"{arn('two')} of {_ALICE}": ["s3"]}


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ("/", "account"),
        ("/team/", "account"),
        ("/aws-service-role/guardduty.amazonaws.com/", "service_linked"),
        ("/aws-reserved/sso.amazonaws.com/eu-west-1/", "identity_center"),
        ("/mine/aws-service-role/", "account"),
    ],
)
def test_roles_that_aws_made_are_told_from_those_of_the_account(path: str, origin: str) -> None:
    assert row(RIGHTS, _ROLE, {_ROLE: role(path)})["origin"] == origin


def test_a_principal_that_is_not_there_may_do_nothing() -> None:
    found = row(RIGHTS, _USER, {_USER: None}, key=_ALICE)

    assert (found["admin"], found["sources"]) == ("no", [])


# ---- what was not seen --------------------------------------------------------------------------


def test_what_a_policy_says_that_was_not_seen_makes_the_rights_unknown() -> None:
    assert missing(RIGHTS, _USER, {_USER: user(arn("x"))}, out=[_POLICY]) == (_POLICY, "")
    assert missing(RIGHTS, _USER, seen(user(arn("x")))) == (_POLICY, "Document")
    assert missing(RIGHTS, _USER, seen(user(boundary=arn("x")))) == (_POLICY, "Document")


def test_groups_that_were_not_seen_matter_to_whoever_is_in_one() -> None:
    there: Seen = {_USER: user(groups=("developers",)), _POLICY: []}

    assert missing(RIGHTS, _USER, there, out=[_GROUP]) == (_GROUP, "")
    assert missing(RIGHTS, _USER, {**there, _GROUP: [team(name="others")]}) == (_GROUP, "")
    assert row(RIGHTS, _USER, {_USER: user()}, out=[_GROUP, _POLICY])["admin"] == "no"


def test_of_a_detail_that_was_not_seen_nothing_is_concluded() -> None:
    details = {_USER: ("UserPolicyList",)}

    assert missing(RIGHTS, _USER, seen(user()), unseen=details) == (_USER, "UserPolicyList")


def test_the_policy_of_aws_that_allows_everything_need_not_be_seen() -> None:
    assert row(RIGHTS, _USER, {_USER: user(_ADMIN)}, out=[_POLICY])["admin"] == "yes"


def test_an_odd_answer_costs_only_its_own_row() -> None:
    odd = {**user(), "AttachedManagedPolicies": [{"PolicyArn": 7}]}

    assert is_odd(RIGHTS, _USER, seen(odd))


# ---- movement and blame -------------------------------------------------------------------------


def test_becoming_an_administrator_is_one_movement_with_what_makes_him_one() -> None:
    none, one = of(user()), of(user(own=inline(all=_ALL)))

    assert compared(none, one) == [Moved(("admin",), "no", "yes", frozenset({f"all of {_ALICE}"}))]
    assert [(m.before, m.after) for m in compared(one, none)] == [("yes", "no")]
    assert compared(one, one) == []


def test_an_administrator_needs_no_ways_to_become_one() -> None:
    one = of(user(own=inline(all=_ALL)))
    both = of(user(own=inline(all=_ALL, more=_CREATES)))

    assert compared(one, both) == []


def test_a_way_to_more_rights_is_told_as_it_opens_and_closes() -> None:
    none, way = of(user()), of(user(own=inline(w=_CREATES)))
    names = frozenset({f"w of {_ALICE}"})
    opened = Moved(("escalations", "added"), None, ["iam:createpolicyversion"], names)
    closed = Moved(("escalations", "removed"), ["iam:createpolicyversion"], None, names)

    assert compared(none, way) == [opened]
    assert compared(way, none) == [closed]


@pytest.mark.parametrize(
    ("evidence", "resource", "path", "share"),
    [
        (_USER, _ALICE, f"AttachedManagedPolicies/{arn('all')}", 3),
        (_USER, _ALICE, f"AttachedManagedPolicies/{arn('other')}", 0),
        (_USER, _ALICE, "UserPolicyList/all", 0),
        (_GROUP, _TEAM, "GroupPolicyList/broad", 3),
        (_GROUP, _TEAM, "GroupPolicyList/broad/PolicyDocument", 3),
        (_GROUP, _TEAM, "GroupPolicyList/broader", 0),
        (_GROUP, f"{_TEAM}2", "GroupPolicyList/broad", 0),
        (_USER, _ALICE, "GroupList/developers", 3),
        (_USER, _ALICE, "GroupList/reviewers", 0),
        (_USER, _ALICE, "PermissionsBoundary", 2),
        (_USER, _ALICE, "Tags/team", 0),
        (_POLICY, arn("all"), "Document", 2),
        (_POLICY, arn("other"), "Document", 0),
    ],
)
def test_what_is_to_blame(evidence: str, resource: str, path: str, share: int) -> None:
    sources = frozenset({f"{arn('all')} of {_ALICE}", f"broad of {_TEAM}"})
    moved = Moved(("admin",), "no", "yes", sources)

    assert RIGHTS.blame(moved, change(evidence, resource, path)) == share


# ---- properties ---------------------------------------------------------------------------------

_DOCUMENTS = {
    "all": _ALL,
    "read": _READ,
    "s3": _S3,
    "creates": _CREATES,
    "near": document(statement("iam:*")),
    "but": document({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
    "deny": _DENY_ALL,
    "less": document(statement("iam:*", effect="Deny")),
}
_POLICIES = [policy(name, says) for name, says in _DOCUMENTS.items()]
_names = st.lists(st.sampled_from([*_DOCUMENTS]), unique=True, max_size=4)
_allowing = st.sampled_from([name for name in _DOCUMENTS if name not in ("deny", "less")])
_boundary = st.sampled_from(["", *map(arn, _DOCUMENTS)])


@given(_names, _names, _allowing, _boundary)
def test_to_attach_more_that_denies_nothing_takes_no_right_away(
    own: list[str], of_group: list[str], more: str, boundary: str
) -> None:
    groups = [team(*map(arn, of_group))]
    before, after = (
        of(
            user(*map(arn, names), groups=("developers",), boundary=boundary),
            *_POLICIES,
            groups=groups,
        )
        for names in (own, dict.fromkeys([*own, more]))
    )

    assert not (before["admin"] == "yes" and after["admin"] != "yes")
    for name in ("because", "services", "escalations", "sources"):
        assert {*before[name]} <= {*after[name]}, name


@given(_names, _names, st.randoms(use_true_random=False))
def test_the_order_of_policies_and_of_groups_does_not_matter(
    own: list[str], of_group: list[str], random: Any
) -> None:
    groups = [team(*map(arn, of_group)), team(*map(arn, own[:1]), name="others")]
    plain = of(user(*map(arn, own), groups=("developers", "others")), *_POLICIES, groups=groups)
    names, policies, teams = [*own], [*_POLICIES], [*groups]
    for each in (names, policies, teams):
        random.shuffle(each)
    who = user(*map(arn, names), groups=("others", "developers"))

    assert of(who, *policies, groups=teams) == plain


@given(_names)
def test_what_comes_through_a_group_is_as_much_as_what_is_attached(names: list[str]) -> None:
    direct = of(user(*map(arn, names)), *_POLICIES)
    by_group = of(user(groups=("developers",)), *_POLICIES, groups=[team(*map(arn, names))])

    for name in ("admin", "services", "escalations"):
        assert direct[name] == by_group[name]


def test_nothing_is_asked_for_that_cannot_matter() -> None:
    """What moves elsewhere then need not be weighed for this user at all."""
    found = drawn(RIGHTS, _USER, {_USER: user()}, out=[_GROUP, _POLICY])

    assert {scope.evidence for scope in found.asked} == {_USER}
