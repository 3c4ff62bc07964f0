"""What holds for any policy document, and for any two of them."""

from __future__ import annotations

import json
from itertools import product
from random import Random
from typing import Any
from urllib.parse import quote

from hypothesis import given, settings, strategies as st

from driftkeeper.semantics.policy import canonical, dump, glob_covers, matches, semantic_hash
from driftkeeper.semantics.policy_admin import grants_admin
from driftkeeper.semantics.policy_difference import policy_lines
from driftkeeper.semantics.policy_effect import Effect, atoms, compare, covers
from driftkeeper.semantics.policy_public import Openness, is_public, verdict

Statement = dict[str, Any]
Policy = dict[str, Any]

# Few values that overlap, so that one statement often covers another.
actions = st.sampled_from(["*", "*:*", "s3:*", "s3:Get*", "s3:GetObject", "S3:getobject", "iam:*"])
resources = st.sampled_from(["*", "b/*", "b/x", "B/x", "b/${aws:username}", "?/x"])
accounts = st.sampled_from(["*", "111122223333", "arn:aws:iam::111122223333:root", "AROAX"])
principals = st.just("*") | st.fixed_dictionaries(
    {},
    optional={
        "AWS": accounts | st.lists(accounts, max_size=2),
        "Service": st.sampled_from(["sns.amazonaws.com", "s3.amazonaws.com"]),
    },
)
conditions = st.sampled_from(
    [
        {},
        {"Bool": {"aws:SecureTransport": True}},
        {"Bool": {"AWS:securetransport": "true"}},
        {"StringEquals": {"aws:SourceAccount": ["111122223333", "444455556666"]}},
        {"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}},
    ]
)


def one_or_many(values: st.SearchStrategy[str]) -> st.SearchStrategy[str | list[str]]:
    return values | st.lists(values, min_size=1, max_size=3)


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    statement: Statement = {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"])),
        draw(st.sampled_from(["Action", "Action", "NotAction"])): draw(one_or_many(actions)),
        draw(st.sampled_from(["Resource", "Resource", "NotResource"])): draw(
            one_or_many(resources)
        ),
    }
    if draw(st.booleans()):
        statement["Principal"] = draw(principals)
    if draw(st.booleans()):
        statement["Condition"] = draw(conditions)
    if draw(st.booleans()):
        statement["Sid"] = draw(st.sampled_from("ABC"))
    return statement


documents = st.builds(
    lambda version, listed: {"Statement": listed} | ({"Version": version} if version else {}),
    st.sampled_from(["2012-10-17", "2008-10-17", None]),
    st.lists(statements(), max_size=4),
)
policies = st.none() | documents.map(canonical)


def reshaped(value: Any, random: Random) -> Any:
    """The same value, written by another hand."""
    if isinstance(value, dict):
        members = [(key, reshaped(member, random)) for key, member in value.items()]
        random.shuffle(members)
        return dict(members)
    listed = list(value) if isinstance(value, list) else [value]
    random.shuffle(listed)
    if listed and random.random() < 0.5:
        listed.append(random.choice(listed))
    return listed[0] if len(listed) == 1 and random.random() < 0.5 else listed


def rewritten(document: Policy, random: Random) -> Policy:
    """The same policy with other order, shapes, names, and letter case of its actions."""
    listed = []
    for statement in document["Statement"]:
        other = {
            name: member if name == "Effect" else reshaped(member, random)
            for name, member in statement.items()
            if name != "Sid"
        }
        for name in ("Action", "NotAction"):
            if name in other:
                words = other[name] if isinstance(other[name], list) else [other[name]]
                other[name] = [random.choice([str.upper, str.lower])(word) for word in words]
        listed.append({"Sid": str(random.random())} | other)
    random.shuffle(listed)
    shape = listed[0] if len(listed) == 1 and random.random() < 0.5 else listed
    return {**document, "Statement": shape, "Id": "rewritten"}


@given(documents, st.randoms(use_true_random=False))
def test_order_shape_case_and_names_never_matter(document: Policy, random: Random) -> None:
    here, there = canonical(document), canonical(rewritten(document, random))

    assert here == there
    assert semantic_hash(here) == semantic_hash(there)
    assert compare(here, there) is Effect.COSMETIC


@given(documents)
def test_the_canonical_form_is_its_own(document: Policy) -> None:
    form = canonical(document)

    assert canonical(form) == form
    assert canonical(json.dumps(document)) == form
    assert canonical(quote(json.dumps(document))) == form
    assert json.loads(dump(form)) == form


@given(policies, policies)
def test_a_comparison_the_other_way_round_swaps_widened_and_narrowed(
    old: Policy | None, new: Policy | None
) -> None:
    mirror = {Effect.WIDENED: Effect.NARROWED, Effect.NARROWED: Effect.WIDENED}
    found = compare(old, new)

    assert compare(new, old) is mirror.get(found, found)


@given(policies)
def test_a_policy_compared_with_itself_is_cosmetic(form: Policy | None) -> None:
    assert compare(form, form) is Effect.COSMETIC


@settings(max_examples=300)
@given(policies, policies)
def test_comparing_statements_agrees_with_comparing_every_atom(
    old: Policy | None, new: Policy | None
) -> None:
    before, after = atoms(old), atoms(new)

    def exceeds(some: frozenset[Any], others: frozenset[Any], effect: str) -> bool:
        return any(
            atom.effect == effect and not any(covers(other, atom) for other in others)
            for atom in some
        )

    wider = exceeds(after, before, "Allow") or exceeds(before, after, "Deny")
    narrower = exceeds(before, after, "Allow") or exceeds(after, before, "Deny")
    expected = {
        (True, True): Effect.CHANGED,
        (True, False): Effect.WIDENED,
        (False, True): Effect.NARROWED,
        (False, False): Effect.COSMETIC,
    }
    assert compare(old, new) is expected[wider, narrower]


@given(documents, statements())
def test_an_allow_more_never_narrows_and_a_deny_less_never_does(
    document: Policy, statement: Statement
) -> None:
    form = canonical(document)
    more = canonical({**document, "Statement": [*document["Statement"], statement]})
    harmless = (Effect.WIDENED, Effect.COSMETIC)

    if statement["Effect"] == "Allow":
        assert compare(form, more) in harmless
    else:
        assert compare(more, form) in harmless


@given(documents, statements())
def test_an_allow_more_never_closes_and_a_deny_more_never_opens(
    document: Policy, statement: Statement
) -> None:
    form = canonical(document)
    more = canonical({**document, "Statement": [*document["Statement"], statement]})
    wide, narrow = (more, form) if statement["Effect"] == "Allow" else (form, more)

    assert is_public(wide) >= is_public(narrow)
    assert grants_admin(wide) >= grants_admin(narrow)


OPEN = [Openness.PRIVATE, Openness.CONDITIONAL, Openness.PUBLIC]


@given(documents, statements(), st.randoms(use_true_random=False))
def test_a_verdict_moves_one_way_only_and_its_reason_fits(
    document: Policy, statement: Statement, random: Random
) -> None:
    form = canonical(document)
    more = canonical({**document, "Statement": [*document["Statement"], statement]})
    was, now = verdict(form), verdict(more)

    assert verdict(canonical(rewritten(document, random))) == was
    if statement["Effect"] == "Allow":
        assert OPEN.index(now.openness) >= OPEN.index(was.openness)
    else:
        assert (now.openness is Openness.PUBLIC) <= (was.openness is Openness.PUBLIC)
    assert bool(was.pinned_by) == (was.openness is Openness.CONDITIONAL)
    assert (was.openness is Openness.PUBLIC) == was.reason.startswith("everyone is let in: allow ")


@given(policies, policies)
def test_the_lines_of_a_difference_are_none_just_when_there_is_none(
    old: Policy | None, new: Policy | None
) -> None:
    assert (policy_lines(old, new) == []) == (old == new)


@given(policies, policies)
def test_the_other_way_round_what_came_went_and_what_differs_differs(
    old: Policy | None, new: Policy | None
) -> None:
    mirror = {"+": "-", "-": "+", "~": "~"}
    found, back = policy_lines(old, new), policy_lines(new, old)

    assert sorted(mirror[sign] for sign, _ in found) == sorted(sign for sign, _ in back)
    assert {(mirror[sign], said) for sign, said in found if sign != "~"} == {
        (sign, said) for sign, said in back if sign != "~"
    }


@given(documents, documents, st.randoms(use_true_random=False))
def test_order_shape_and_names_never_matter_to_the_lines(
    old: Policy, new: Policy, random: Random
) -> None:
    before, after = canonical(old), canonical(new)

    assert policy_lines(before, after) == policy_lines(
        canonical(rewritten(old, random)), canonical(rewritten(new, random))
    )


@given(policies, policies)
def test_every_line_is_one_line_of_words(old: Policy | None, new: Policy | None) -> None:
    rows = sum(len(form["Statement"]) for form in (old, new) if form is not None)
    found = policy_lines(old, new)

    assert len(found) <= max(rows, 1) + 1  # and one for the version
    for _, said in found:
        assert said == " ".join(said.split())
        assert not {'"', "{'", "['"} & {said[i : i + 2] for i in range(len(said))}


@given(policies, policies)
def test_covering_is_transitive_and_of_oneself(old: Policy | None, new: Policy | None) -> None:
    some = sorted(atoms(old) | atoms(new), key=repr)[:12]

    assert all(covers(atom, atom) for atom in some)
    for a, b, c in product(some, repeat=3):
        if covers(a, b) and covers(b, c):
            assert covers(a, c)


patterns = st.text("ab*?", max_size=5)
# "z" stands for the characters that no pattern spells out.
WORDS = ["".join(word) for length in range(7) for word in product("abz", repeat=length)]


@given(patterns, st.text("ab*?", max_size=4))
def test_covering_agrees_with_trying_every_word(pattern: str, other: str) -> None:
    expected = all(matches(pattern, word) for word in WORDS if matches(other, word))

    assert glob_covers(pattern, other) is expected


@given(patterns, patterns, patterns)
def test_covering_patterns_is_transitive(a: str, b: str, c: str) -> None:
    if glob_covers(a, b) and glob_covers(b, c):
        assert glob_covers(a, c)


@given(patterns, patterns, patterns)
def test_covering_survives_a_common_beginning_and_end(a: str, b: str, c: str) -> None:
    if glob_covers(a, b):
        assert glob_covers(a + c, b + c)
        assert glob_covers(c + a, c + b)
