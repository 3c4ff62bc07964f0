"""What must hold of every declared fact, whoever declares it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings, strategies as st

from driftkeeper.collect.catalog import evidence_types
from driftkeeper.derive.catalog import facts
from driftkeeper.derive.engine import Subject, draw
from driftkeeper.derive.spec import Fact, Row
from driftkeeper.diff.engine import fact_changes
from driftkeeper.domain.canonical import encode
from driftkeeper.domain.types import Body, Moved, Pair
from tests.cases.answers import ACCOUNT, POLICY, SAMPLES, TEAM
from tests.cases.case import Shown, body_of, changes_between, scope_of, step_between
from tests.cases.edits import edited, understood

FACTS = list(facts().values())
MOVING = [fact for fact in FACTS if fact.compare is not None]
each_fact = pytest.mark.parametrize("fact", FACTS, ids=[fact.name for fact in FACTS])
each_moving = pytest.mark.parametrize("fact", MOVING, ids=[fact.name for fact in MOVING])


POLICIES = scope_of("iam.policy")
GROUPS = scope_of("iam.group")
REVIEWERS = f"arn:aws:iam::{ACCOUNT}:group/reviewers"
ATTACHED = ("arn:aws:iam::aws:policy/ReadOnlyAccess", f"arn:aws:iam::{ACCOUNT}:policy/boundary")
"""What the samples of users, groups and roles have beside the policy that is a sample itself."""


def compared(fact: Fact, old: Row | None, new: Row | None) -> list[Moved]:
    """How a fact moved, which is known of both."""
    assert fact.compare is not None
    assert old is not None
    assert new is not None
    return fact.compare(old, new)


def row_of(fact: Fact, evidence: str, body: Body | None) -> Row | None:
    """What a fact says of a resource beside the samples of all other types; None when unknown."""
    bodies = {
        scope_of(name): {sample(name).key: sample(name)}
        for name in fact.reads
        if name in SAMPLES and name != evidence
    }
    if POLICIES in bodies:
        bodies[POLICIES] |= {arn: body_of("iam.policy", {**POLICY, "Arn": arn}) for arn in ATTACHED}
    if GROUPS in bodies:
        others = body_of("iam.group", {**TEAM, "GroupName": "reviewers", "Arn": REVIEWERS})
        bodies[GROUPS] |= {REVIEWERS: others}
    scope = scope_of(evidence)
    bodies[scope] = {} if body is None else {body.key: body}
    return draw(fact, Shown(bodies), Subject(scope, "" if body is None else body.key)).row


def sampled(fact: Fact) -> list[str]:
    """The types that it is about of which there is a sample."""
    return [evidence for evidence in fact.of if evidence in SAMPLES]


def sample(evidence: str) -> Body:
    return body_of(evidence, SAMPLES[evidence])


@each_fact
def test_its_name_is_no_evidence_type_and_what_it_is_of_is_one(fact: Fact) -> None:
    assert re.fullmatch(r"[a-z0-9]+\.[a-z0-9_]+", fact.name)
    assert fact.name not in evidence_types()
    assert fact.reads
    assert {*fact.reads} <= evidence_types().keys()
    assert len({*fact.reads}) == len(fact.reads)


@each_fact
def test_it_says_what_it_is_and_which_rule_it_is_by(fact: Fact) -> None:
    assert fact.version >= 1
    assert fact.title.strip() == fact.title != ""
    assert fact.says.endswith(".")


@each_fact
def test_a_resource_that_is_not_there_has_a_row_that_nothing_moved(fact: Fact) -> None:
    for evidence in sampled(fact):
        empty = row_of(fact, evidence, None)

        assert empty is not None
        assert encode(dict(empty)) == encode(dict(row_of(fact, evidence, None) or {}))
        assert fact.compare is None or fact.compare(empty, empty) == []


@each_fact
def test_the_sample_has_a_row_that_does_not_differ_from_itself(fact: Fact) -> None:
    for evidence in sampled(fact):
        found, again = (row_of(fact, evidence, sample(evidence)) for _ in range(2))

        assert found is not None
        assert again is not None
        assert encode(dict(found)) == encode(dict(again))
        assert fact.compare is None or fact.compare(found, again) == []


@each_fact
def test_a_fact_whose_input_was_not_seen_is_unknown_or_does_not_need_it(fact: Fact) -> None:
    """With everything else out of sight a row is what it is with all of it in sight, or unknown."""
    for evidence in sampled(fact):
        body, scope = sample(evidence), scope_of(evidence)
        alone = draw(fact, Shown({scope: {body.key: body}}), Subject(scope, body.key))
        assert alone.row in (None, row_of(fact, evidence, body)) or fact.compare is None


@each_moving
def test_each_movement_has_a_path_of_its_own_and_is_told_under_an_id_of_its_own(
    fact: Fact,
) -> None:
    for evidence in sampled(fact):
        body = sample(evidence)
        empty, found = row_of(fact, evidence, None), row_of(fact, evidence, body)
        pair = Pair(scope_of(evidence), body.key, None, body)
        step = step_between(evidence, {}, {body.key: body})
        causes = changes_between(evidence, None, SAMPLES[evidence])[:1]
        movements = compared(fact, empty, found)

        told = [
            entry.change
            for moved in movements
            for entry in fact_changes(fact.name, step, pair, moved, causes, 2)
        ]

        assert len({moved.path for moved in movements}) == len(movements) <= len(told)
        assert len({change.id for change in told}) == len(told)
        assert {change.caused_by for change in told} <= {causes[0].id}
        assert {change.scope.evidence for change in told} <= {fact.name}


@each_moving
@given(data=st.data())
@settings(max_examples=40)
def test_whatever_moved_a_change_is_blamed_by_a_number_and_never_below_zero(
    fact: Fact, data: st.DataObject
) -> None:
    evidence = data.draw(st.sampled_from(fact.of))
    after = data.draw(edited(SAMPLES[evidence]))
    row = row_of(fact, evidence, understood(evidence, after))
    before = row_of(fact, evidence, sample(evidence))
    own = changes_between(evidence, SAMPLES[evidence], after)
    assert before is not None
    for moved in () if row is None else compared(fact, before, row):
        assert all(fact.blame(moved, change) >= 0 for change in own)
