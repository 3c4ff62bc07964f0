"""What holds of the rights of any principal."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import given, settings, strategies as st

from driftkeeper.semantics.policy import canonical
from driftkeeper.semantics.principal import Admin, Rights, Source, rights

Statement = dict[str, Any]

MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
TAGGED = {"StringEquals": {"aws:ResourceTag/team": "us"}}

actions = st.sampled_from(
    [
        *("*", "*:*", "s3:*", "sqs:*", "iam:*", "iam:Put*", "iam:PutUserPolicy", "iam:PassRole"),
        *("ec2:Run*", "lambda:CreateFunction", "lambda:*", "s3:Get*"),
    ]
)
resources = st.sampled_from(["*", "*", "*", "arn:aws:*", "arn:aws:s3:::b/*"])


@st.composite
def statements(draw: st.DrawFn, effect: str | None = None) -> Statement:
    statement: Statement = {
        "Effect": effect or draw(st.sampled_from(["Allow", "Allow", "Allow", "Deny"])),
        draw(st.sampled_from(["Action", "Action", "Action", "NotAction"])): draw(
            st.lists(actions, min_size=1, max_size=3)
        ),
        draw(st.sampled_from(["Resource", "Resource", "NotResource"])): draw(resources),
    }
    if draw(st.integers(0, 4)) == 0:
        statement["Condition"] = draw(st.sampled_from([MFA, TAGGED]))
    return statement


def form(listed: list[Statement]) -> dict[str, Any]:
    return canonical({"Version": "2012-10-17", "Statement": listed})


held = st.lists(
    st.tuples(st.sampled_from("abc"), st.lists(statements(), max_size=3).map(form)), max_size=3
)
boundaries = st.none() | st.lists(statements(), max_size=3).map(form)


def contained(small: Rights, big: Rights) -> bool:
    """Whether the one has every right of the other; a source that became plain is nearer than near."""
    return (
        ((small.admin is Admin.YES) <= (big.admin is Admin.YES))
        and {*small.because} <= {*big.because}
        and {*small.near} <= {*big.near, *big.because}
        and {*small.services} <= {*big.services}
        and {*small.escalations} <= {*big.escalations}
    )


@settings(max_examples=300)
@given(held, boundaries, statements("Allow"), st.sampled_from("abcd"))
def test_an_allow_more_never_takes_a_right_away(
    sources: list[Source], boundary: Any, more: Statement, name: str
) -> None:
    before = rights(sources, boundary)

    assert contained(before, rights([*sources, (name, form([more]))], boundary))
    if boundary is not None:
        wider = form([*boundary["Statement"], more])
        assert contained(before, rights(sources, wider))
    if sources:
        (first, document), *others = sources
        edited = (first, form([*document["Statement"], more]))
        assert contained(before, rights([edited, *others], boundary))


@settings(max_examples=300)
@given(held, boundaries, statements("Deny"), st.sampled_from("abcd"))
def test_a_deny_more_never_gives_one(
    sources: list[Source], boundary: Any, more: Statement, name: str
) -> None:
    before = rights(sources, boundary)

    assert contained(rights([*sources, (name, form([more]))], boundary), before)
    if boundary is not None:
        assert contained(rights(sources, form([*boundary["Statement"], more])), before)
    if sources:
        (first, document), *others = sources
        edited = (first, form([*document["Statement"], more]))
        assert contained(rights([edited, *others], boundary), before)


@given(held, boundaries)
def test_a_boundary_never_gives_a_right(sources: list[Source], boundary: Any) -> None:
    assert contained(rights(sources, boundary), rights(sources))


@given(held, boundaries, st.randoms(use_true_random=False))
def test_order_and_repetition_of_sources_never_matter(
    sources: list[Source], boundary: Any, random: Random
) -> None:
    shuffled = [*sources, *sources[:1]]
    random.shuffle(shuffled)

    assert rights(shuffled, boundary) == rights(sources, boundary)


@given(st.lists(statements(), max_size=6), boundaries, st.lists(st.booleans(), min_size=6))
def test_how_statements_are_spread_over_sources_never_matters(
    listed: list[Statement], boundary: Any, sides: list[bool]
) -> None:
    """But for which sources are named: a part can be near by itself, or only the whole."""
    one = rights([("x", form(listed))], boundary)
    parts = [
        [each for each, here in zip(listed, sides, strict=False) if here is side]
        for side in (True, False)
    ]
    two = rights([("x", form(parts[0])), ("y", form(parts[1]))], boundary)

    assert (one.admin, one.services, one.escalations) == (two.admin, two.services, two.escalations)
    assert bool(one.because) == bool(two.because)
    assert bool(one.near) >= bool(two.near and not two.because)


@given(st.lists(st.lists(statements("Allow"), max_size=3), max_size=3), boundaries)
def test_what_one_source_gives_by_itself_all_together_give(
    parts: list[list[Statement]], boundary: Any
) -> None:
    sources = [(str(number), form(listed)) for number, listed in enumerate(parts)]
    together = rights(sources, boundary)

    for source in sources:
        assert contained(rights([source], boundary), together)
