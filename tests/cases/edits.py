"""Random edits of what AWS answers, as Hypothesis strategies, and bodies of those that make sense."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import assume, strategies as st

from driftkeeper.collect.catalog import shapes
from driftkeeper.collect.spec import Item, Unseen
from driftkeeper.derive.catalog import facts
from driftkeeper.derive.engine import Subject, draw
from driftkeeper.domain.types import Body
from tests.cases.answers import ACCOUNT, OTHER_ACCOUNT, SAMPLES
from tests.cases.case import Shown, body_of, scope_of

NONSENSE = (Unseen, AttributeError, LookupError, TypeError, ValueError, DeprecationWarning)
"""What a declaration raises for an answer that AWS would not give; such answers are not stored."""

names = st.sampled_from(["Extra", "__hidden", "a/b", "a.b", "", "Name", "ünï", "it's", "#2"])
texts = names | st.sampled_from(
    [
        *("0.0.0.0/0", "8.0.0.0/8", "10.1.2.3/8", "::/0", "tcp", "-1", ACCOUNT, OTHER_ACCOUNT),
        *("Enabled", "Disabled", "PendingDeletion", "All", "WriteOnly", "Equals", "*"),
        *("2026-03-01T10:00:00Z", "2026-03-01T10:00:00", "2025-01-01T00:00:00Z", "true"),
    ]
)
scalars = st.none() | st.booleans() | st.integers(-1, 9) | texts
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
"""Any JSON, small; its texts mean something to one declaration or another."""


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of everything in a value but the value itself."""
    steps: list[Any] = []
    if isinstance(value, dict):
        steps = list(value)
    elif isinstance(value, list):
        steps = list(range(len(value)))
    return [
        place for step in steps for place in ((*path, step), *_places(value[step], (*path, step)))
    ]


def _like(value: Any) -> st.SearchStrategy[Any]:
    """Another value of the same type."""
    match value:
        case bool():
            return st.just(not value)
        case int():
            return st.integers(0, 70000)
        case str():
            return texts
        case list():
            return st.permutations(value) | st.just([*value, *value[:1]]) | st.just([])
        case _:
            return values


@st.composite
def edited(draw: st.DrawFn, answer: Item) -> Item:
    """The answer after up to three edits: a value replaced, taken away, or put beside another."""
    result = copy.deepcopy(answer)
    for _ in range(draw(st.integers(1, 3))):
        places = _places(result)
        if not places:
            break
        *parents, last = draw(st.sampled_from(places))
        place: Any = result
        for step in parents:
            place = place[step]
        match draw(st.sampled_from(["like", "any", "gone", "more"])):
            case "like":
                place[last] = draw(_like(place[last]))
            case "any":
                place[last] = draw(values)
            case "gone":
                del place[last]
            case _ if isinstance(place, dict):
                place[draw(names)] = draw(values)
            case _:
                place.append(draw(values))
    return result


@st.composite
def answers(draw: st.DrawFn) -> tuple[str, Item, Item]:
    """An evidence type with two answers of it."""
    evidence = draw(st.sampled_from(sorted(SAMPLES)))
    before = draw(st.just(SAMPLES[evidence]) | edited(SAMPLES[evidence]))
    return evidence, before, draw(edited(before))


def understood(evidence: str, answer: Item) -> Body:
    """The body of an answer; one that its declaration cannot read is left out of the property."""
    try:
        body = body_of(evidence, answer)
        shapes()[evidence].keyed(body.config)
        scope = scope_of(evidence)
        world = Shown({scope: {body.key: body}})
        for fact in facts().values():
            if evidence in fact.of:
                draw(fact, world, Subject(scope, body.key))
    except NONSENSE:
        assume(condition=False)
        raise
    assume(body.uid is None or isinstance(body.uid, str))
    return body
