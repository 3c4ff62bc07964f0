"""What must hold of every declared fact, whoever declares it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings, strategies as st

from driftkeeper.collect.catalog import evidence_types
from driftkeeper.derive.catalog import facts
from driftkeeper.derive.spec import Fact
from driftkeeper.diff.catalog import kinds_of
from driftkeeper.diff.engine import fact_changes
from driftkeeper.domain.canonical import encode
from driftkeeper.domain.types import Pair
from tests.cases.answers import SAMPLES
from tests.cases.case import body_of, changes_between, scope_of, step_between
from tests.cases.edits import edited, understood

FACTS = list(facts().values())
each_fact = pytest.mark.parametrize("fact", FACTS, ids=[fact.name for fact in FACTS])


@each_fact
def test_its_name_is_no_evidence_type_and_what_it_is_of_is_one(fact: Fact) -> None:
    assert re.fullmatch(r"[a-z0-9]+\.[a-z0-9_]+", fact.name)
    assert fact.name not in evidence_types()
    assert fact.of in evidence_types()


@each_fact
def test_it_says_what_it_is_and_which_rule_it_is_by(fact: Fact) -> None:
    assert fact.version >= 1
    assert fact.title.strip() == fact.title != ""
    assert fact.says.endswith(".")


@each_fact
def test_some_kind_names_its_movements(fact: Fact) -> None:
    assert kinds_of(fact.name)


@each_fact
def test_a_resource_that_is_not_there_has_a_row_that_nothing_moved(fact: Fact) -> None:
    empty = fact.derive({})

    assert encode(empty) == encode(fact.derive({}))
    assert fact.compare(empty, empty) == []


@each_fact
def test_the_sample_has_a_row_that_differs_from_nothing_and_not_from_itself(fact: Fact) -> None:
    body = body_of(fact.of, SAMPLES[fact.of])
    found, empty = fact.derive(body.config), fact.derive({})

    assert encode(found) == encode(fact.derive(body.config))
    assert fact.compare(found, fact.derive(body.config)) == []
    assert fact.compare(empty, found)
    assert fact.compare(found, empty)


@each_fact
def test_each_movement_has_a_path_of_its_own_and_is_told_under_an_id_of_its_own(
    fact: Fact,
) -> None:
    body = body_of(fact.of, SAMPLES[fact.of])
    pair = Pair(scope_of(fact.of), body.key, None, body)
    step = step_between(fact.of, {}, {body.key: body})
    causes = changes_between(fact.of, None, SAMPLES[fact.of])[:1]
    movements = fact.compare(fact.derive({}), fact.derive(body.config))

    told = [
        change
        for moved in movements
        for change in fact_changes(fact.name, step, pair, moved, causes, 2)
    ]

    assert len({moved.path for moved in movements}) == len(movements) == len(told)
    assert len({change.id for change in told}) == len(told)
    assert {change.caused_by for change in told} == {causes[0].id}
    assert {change.scope.evidence for change in told} == {fact.name}


@each_fact
@given(data=st.data())
@settings(max_examples=40)
def test_whatever_moved_a_change_is_blamed_by_a_number_and_never_below_zero(
    fact: Fact, data: st.DataObject
) -> None:
    after = data.draw(edited(SAMPLES[fact.of]))
    row = fact.derive(understood(fact.of, after).config)
    own = changes_between(fact.of, SAMPLES[fact.of], after)
    for moved in fact.compare(fact.derive(body_of(fact.of, SAMPLES[fact.of]).config), row):
        assert all(fact.blame(moved, change) >= 0 for change in own)
