"""What holds for the changes between any two bodies."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings, strategies as st

from driftkeeper.collect.catalog import evidence_types, shapes
from driftkeeper.collect.spec import EvidenceType, Item
from driftkeeper.diff.catalog import fallbacks, kinds
from driftkeeper.diff.differences import differences
from driftkeeper.diff.engine import changes_of
from driftkeeper.domain.canonical import digest, encode
from driftkeeper.domain.shape import Shape
from driftkeeper.domain.types import Body, Change, Pair, Scope, Step
from tests.cases.answers import ACCOUNT, AS_OF, SAMPLES, SINCE
from tests.cases.case import Case, named, scope_of, step_between, step_of, told
from tests.cases.edits import answers, edited, names, understood, values
from tests.cases.tables import CASES

SCOPE = Scope(ACCOUNT, "eu-west-1", "test.thing")
SHAPE = Shape(
    sets={"Rules": "Name", "Words": None, "Nested.*.Sets": ("A", "B")}, policies=("Policy",)
)
configs = st.dictionaries(
    names | st.sampled_from(["Rules", "Words", "Nested", "Policy", "List"]), values, max_size=4
)


def thing(config: dict[str, Any], key: str = "thing", uid: str | None = None) -> Body:
    """A body of no particular type, with sets in order as they are stored."""
    split, observed = SHAPE.split(config)
    encoded = encode(split)
    return Body(key, uid, split, encoded, digest(encoded), observed)


def changes(before: Body | None, after: Body | None, shape: Shape = SHAPE) -> list[Change]:
    return changes_of(
        Step(SCOPE, AS_OF, SINCE, 1, (Pair(SCOPE, "thing", before, after),)), shape, 2
    )


def differing(old: Any, new: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of each leaf that is not the same on both sides, told without DeepDiff."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in old.keys() | new.keys():
            if name in old and name in new:
                yield from differing(old[name], new[name], (*path, name))
            else:
                yield (*path, name)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            if index < min(len(old), len(new)):
                yield from differing(old[index], new[index], (*path, str(index)))
            else:
                yield (*path, str(index))
    elif type(old) is not type(new) or old != new:
        yield path


# ---- any JSON -----------------------------------------------------------------------------------


@given(configs, configs)
def test_digests_differ_exactly_when_there_is_a_change(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    before, after = thing(old), thing(new)

    assert (before.digest != after.digest) == bool(changes(before, after))


@given(configs)
def test_nothing_changes_between_a_body_and_itself(config: dict[str, Any]) -> None:
    assert changes(thing(config), thing(copy.deepcopy(config))) == []


@given(configs, configs)
def test_every_leaf_that_differs_is_in_the_log(old: dict[str, Any], new: dict[str, Any]) -> None:
    before, after = thing(old), thing(new)
    leaves = [*differing(SHAPE.keyed(before.config), SHAPE.keyed(after.config))]
    step = Step(SCOPE, AS_OF, SINCE, 1, (Pair(SCOPE, "thing", before, after),))
    paths = [found.path for found in differences(step, SHAPE)]

    assert all(any(leaf[: len(path)] == path for path in paths) for leaf in leaves)
    if leaves:
        assert all(any(leaf[: len(path)] == path for leaf in leaves) for path in paths)


@given(configs, configs)
def test_the_other_way_round_the_same_paths_change_back(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    there, back = changes(thing(old), thing(new)), changes(thing(new), thing(old))

    assert [(c.path, c.before, c.after) for c in there] == [
        (c.path, c.after, c.before) for c in back
    ]


@given(configs, configs)
def test_no_two_changes_share_an_id(old: dict[str, Any], new: dict[str, Any]) -> None:
    ids = [change.id for change in changes(thing(old), thing(new))]

    assert len(ids) == len({*ids})


@given(st.lists(st.tuples(configs, configs), max_size=4))
def test_no_two_resources_share_an_id_and_naming_again_gives_the_same(
    pairs: list[tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    step = Step(
        SCOPE,
        AS_OF,
        SINCE,
        1,
        tuple(
            Pair(SCOPE, f"thing/{n}", thing(old, f"thing/{n}"), thing(new, f"thing/{n}"))
            for n, (old, new) in enumerate(pairs)
        ),
    )
    found = changes_of(step, SHAPE, 2)

    assert len({change.id for change in found}) == len(found)
    assert changes_of(step, SHAPE, 2) == found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"a/b": 1, "a": {"b": 1}}, {"a/b": 2, "a": {"b": 2}}),
        ({"a": [None, "x"]}, {"a": ["x", None, "x"]}),
        ({"Rules": [{"Name": "x", "V": 1}]}, {"Rules": [{"Name": "x", "V": 1}, {"Name": "x"}]}),
        ({"Words": ["a", "a#2"]}, {"Words": []}),
        ({"a": [1], "b": 1}, {"a": [True], "b": 2}),
        ({"__a": 1, "b": 1}, {"__a": 2, "b": 2}),
    ],
    ids=["slashes", "list of nothing", "one name twice", "a name like a second", "1", "private"],
)
def test_differences_that_are_easily_lost_or_taken_for_one_another(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    before, after = thing(old), thing(new)
    found = changes(before, after)
    leaves = [*differing(SHAPE.keyed(before.config), SHAPE.keyed(after.config))]

    assert sorted(change.path for change in found) == sorted("/".join(leaf) for leaf in leaves)
    assert len({change.id for change in found}) == len(found)


# ---- what AWS answers ---------------------------------------------------------------------------


def seen(before: Body, after: Body) -> dict[str, Any]:
    """The configuration before without the details that are not seen any more: nobody knows of those."""
    details = {name for spec in evidence_types().values() for name in spec.details}
    return {k: v for k, v in before.config.items() if k in after.config or k not in details}


@given(answers())
@settings(max_examples=150)
def test_any_two_answers_can_be_compared_and_told(drawn: tuple[str, Item, Item]) -> None:
    """Whatever differs: each change is told once, under an id of its own, and none without a cause."""
    evidence, old, new = drawn
    before, after = understood(evidence, old), understood(evidence, new)
    step = step_between(evidence, {before.key: before}, {after.key: after})

    found = named(step, 2)

    own = [change for change in found if change.scope.evidence == evidence]
    assert len({change.id for change in found}) == len(found)
    assert {c.caused_by for c in found} - {None} <= {c.id for c in own if c.caused_by is None}
    if (before.key, seen(before, after), before.uid) != (after.key, dict(after.config), after.uid):
        assert own
    if before == after:
        assert found == []


@given(answers())
def test_every_leaf_of_an_answer_that_differs_is_in_the_log(drawn: tuple[str, Item, Item]) -> None:
    evidence, old, new = drawn
    before, after = understood(evidence, old), understood(evidence, new)
    assume(before.key == after.key)
    shape = shapes()[evidence]
    leaves = {*differing(shape.keyed(seen(before, after)), shape.keyed(after.config))}
    uid = evidence_types()[evidence].uid
    if before.uid and after.uid and before.uid != after.uid and uid is not None:
        leaves -= {(uid,)}
    step = step_between(evidence, {before.key: before}, {after.key: after})

    told_paths = [change.path for change in changes_of(step, shape, 2)]

    for leaf in map("/".join, leaves):
        assert any(path in ("", leaf) or leaf.startswith(f"{path}/") for path in told_paths)


@given(answers())
@settings(max_examples=150)
def test_no_two_kinds_claim_one_difference(drawn: tuple[str, Item, Item]) -> None:
    evidence, old, new = drawn
    before, after = understood(evidence, old), understood(evidence, new)
    step = step_between(evidence, {before.key: before}, {after.key: after})

    assert_claimed_once(step)


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_no_two_kinds_claim_one_difference_of_a_case(case: Case) -> None:
    assert_claimed_once(step_of(case))


def assert_claimed_once(step: Step) -> None:
    """Fail when several kinds answer for one difference, be it by itself or as part of a whole."""
    shape = shapes()[step.scope.evidence]
    claims = [
        (kinds()[change.kind], change)
        for change in changes_of(step, shape, 2)
        if change.caused_by is None and kinds()[change.kind] not in fallbacks()
    ]
    for difference in differences(step, shape):
        path = "/".join(difference.path)
        claimants = {
            kind.name
            for kind, change in claims
            if (change.resource, kind.on) == (difference.resource, difference.lifecycle)
            and (kind.covers(difference.path) if kind.whole else change.path == path)
        }
        assert len(claimants) <= 1, (path, claimants)


def turned(value: Any, spec: EvidenceType, random: Any, path: tuple[str, ...] = ()) -> Any:
    """The answer with every list that is declared a set in another order."""
    if isinstance(value, dict):
        return {name: turned(item, spec, random, (*path, name)) for name, item in value.items()}
    if isinstance(value, list):
        items = [turned(i, spec, random, path) if isinstance(i, dict) else i for i in value]
        if ".".join(path) in spec.sets:
            random.shuffle(items)
        return items
    return value


@given(st.data(), st.randoms(use_true_random=False))
def test_the_order_of_a_set_never_matters(data: st.DataObject, random: Any) -> None:
    evidence = data.draw(st.sampled_from(sorted(SAMPLES)))
    answer = data.draw(st.just(SAMPLES[evidence]) | edited(SAMPLES[evidence]))
    body = understood(evidence, answer)
    other = understood(evidence, turned(answer, evidence_types()[evidence], random))

    assert other == body
    scope = scope_of(evidence)
    step = Step(scope, AS_OF, SINCE, 1, (Pair(scope, body.key, body, other),))
    assert changes_of(step, shapes()[evidence], 2) == []


# ---- the process --------------------------------------------------------------------------------

_TELL_ALL = """
from tests.cases.case import told
from tests.cases.tables import CASES
for name, case in CASES.items():
    for change in told(case):
        print(name, change.id, change.kind, change.path, change.caused_by)
"""


def test_ids_and_order_do_not_depend_on_the_seed_of_hashes() -> None:
    root = Path(__file__).parents[2]
    elsewhere = subprocess.run(
        [sys.executable, "-c", _TELL_ALL],
        env={**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(root)},
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    here = [
        f"{name} {change.id} {change.kind} {change.path} {change.caused_by}"
        for name, case in CASES.items()
        for change in told(case)
    ]

    assert elsewhere.splitlines() == here
