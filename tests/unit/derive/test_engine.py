"""Which movements of facts the steps hold, and what moved them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from driftkeeper.derive.engine import Drawn, Earlier, FactMoved, Subject, draw, moved, subjects
from driftkeeper.derive.spec import Fact, Known, NotSeenError, Row, View
from driftkeeper.domain.types import (
    Body,
    Change,
    Direction,
    Json,
    Moved,
    Pair,
    Scope,
    Severity,
    Step,
)
from tests.cases.answers import ACCOUNT, AS_OF, SINCE
from tests.cases.case import Shown

SCOPE = Scope(ACCOUNT, "eu-west-1", "test.thing")
PLACE = replace(SCOPE, evidence="test.place")


def _counted(config: Mapping[str, Json], view: View) -> dict[str, Json]:
    others = {} if view.never_read(PLACE.evidence) else view.all(PLACE.evidence)
    return {"n": len(config.get("Rows", ())), "places": sorted(others)}


def _compared(old: Row, new: Row) -> list[Moved]:
    return [
        Moved((name,), old[name], new[name]) for name in ("n", "places") if old[name] != new[name]
    ]


def _blame(found: Moved, change: Change) -> int:
    if change.scope == PLACE:
        return int(found.path == ("places",))
    return len(change.path) if change.path.startswith("Rows") else 0


COUNT = Fact(
    name="test.count",
    title="Rows",
    of=("test.thing",),
    says="How many.",
    version=1,
    derive=_counted,
    compare=_compared,
    blame=_blame,
    needs=("test.place",),
)


def body(digest: str, key: str = "thing", **config: Json) -> Body:
    return Body(key, None, config, b"", digest)


Bodies = Mapping[Scope, Mapping[str, Body]]


def world(*bodies: Body, places: Sequence[Body] | None = None) -> dict[Scope, dict[str, Body]]:
    found = {SCOPE: {each.key: each for each in bodies}}
    return found if places is None else {**found, PLACE: {each.key: each for each in places}}


def steps_between(before: Bodies, after: Bodies) -> list[Step]:
    steps = []
    for scope in sorted({*before, *after}):
        old, new = before.get(scope, {}), after.get(scope, {})
        keys = sorted({*old, *new})
        pairs = tuple(Pair(scope, key, old.get(key), new.get(key)) for key in keys)
        steps.append(Step(scope, AS_OF, SINCE, 1, pairs, baseline=scope not in before))
    return steps


def never(_fact: Fact, _subject: Subject, was: Drawn) -> Drawn:
    return was


def found(
    before: Bodies, after: Bodies, earlier: Earlier = never, steps: Sequence[Step] = ()
) -> list[FactMoved]:
    steps = steps or steps_between(before, after)
    new = frozenset(step.scope for step in steps if step.baseline)
    there = subjects(COUNT, steps, Shown(after))
    return list(moved(COUNT, there, Shown(before), Shown(after), new, {}, earlier))


def moves(before: Bodies, after: Bodies, earlier: Earlier = never) -> list[Moved]:
    return [each.moved for each in found(before, after, earlier)]


def change(path: str, resource: str = "thing") -> Change:
    return Change(
        id=path,
        kind="x.y",
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC8.1",),
        scope=SCOPE,
        resource=resource,
        path=path,
        before=None,
        after=None,
        not_before=SINCE,
        not_after=AS_OF,
        snapshot=2,
        previous_snapshot=1,
        says="x",
    )


def test_a_fact_moves_with_its_resource() -> None:
    assert moves(world(body("1", Rows=[1])), world(body("2", Rows=[1, 2]))) == [Moved(("n",), 1, 2)]


def test_a_resource_that_is_not_there_has_an_empty_configuration() -> None:
    there = world(body("1", Rows=[1]))
    assert moves(world(), there) == [Moved(("n",), 0, 1)]
    assert moves(there, world()) == [Moved(("n",), 1, 0)]


def test_a_configuration_that_differs_otherwise_moves_nothing() -> None:
    assert moves(world(body("1", Rows=[1], A=1)), world(body("2", Rows=[1], A=2))) == []


def test_where_only_volatile_parts_moved_nothing_is_derived_again() -> None:
    """Equal digests say that the configuration is the same; what stands beside them is not looked at."""
    assert moves(world(body("1", Rows=[1])), world(body("1", Rows=[1, 2]))) == []


def test_a_fact_of_every_resource_moves_with_what_it_depends_on() -> None:
    two = body("1"), body("2", "other")
    before, after = world(*two, places=[]), world(*two, places=[body("3", "here")])

    assert [(each.subject.key, each.moved) for each in found(before, after)] == [
        (key, Moved(("places",), [], ["here"])) for key in ("other", "thing")
    ]


class Planned(Shown):
    """A world that knows of a scope which nobody has seen yet."""

    def scopes(self, evidence: str) -> list[Scope]:
        return sorted({*super().scopes(evidence), *[PLACE][: evidence == PLACE.evidence]})


def test_what_is_seen_in_a_scope_for_the_first_time_moves_nothing_and_hides_no_movement() -> None:
    before, after = (
        world(body("1", Rows=[1])),
        world(body("2", Rows=[]), places=[body("3", "here")]),
    )
    steps = steps_between(before, after)
    there = subjects(COUNT, steps, Shown(after))
    new = frozenset({PLACE})

    told = [*moved(COUNT, there, Planned(before), Shown(after), new, {}, never)]
    assert [each.moved for each in told] == [Moved(("n",), 1, 0)]


def test_a_renamed_resource_is_the_one_it_was_and_what_takes_its_old_name_is_new() -> None:
    before = world(body("1", "old", Rows=[1]), places=[])
    after = world(body("1", "new", Rows=[1]), body("2", "old", Rows=[1, 2]), places=[])
    there = subjects(COUNT, steps_between(before, after), Shown(after))
    renamed = {Subject(SCOPE, "new"): "old"}

    told = [*moved(COUNT, there, Shown(before), Shown(after), frozenset(), renamed, never)]
    assert [(each.subject.key, each.moved) for each in told] == [("old", Moved(("n",), 0, 2))]


def test_what_is_unknown_now_says_nothing_and_later_is_compared_with_what_was_known_last() -> None:
    known, blind = world(body("1", Rows=[1]), places=[]), world(body("2"), places=[])
    steps = steps_between(known, blind)

    class Blind(Shown):
        def resources(self, scope: Scope) -> dict[str, Known]:
            if scope == PLACE:
                raise NotSeenError(scope)
            return super().resources(scope)

    there = subjects(COUNT, steps, Blind(blind))
    nothing: frozenset[Scope] = frozenset()
    assert [*moved(COUNT, there, Shown(known), Blind(blind), nothing, {}, never)] == []

    def earlier(fact: Fact, subject: Subject, was: Drawn) -> Drawn:
        assert was.unseen is not None
        assert was.unseen.scope == PLACE
        return draw(fact, Shown(known), subject)

    back = [replace(step, pairs=(), restored=step.scope == PLACE) for step in steps]
    there = subjects(COUNT, back, Shown(blind))
    told = [*moved(COUNT, there, Blind(blind), Shown(blind), nothing, {}, earlier)]
    assert [each.moved for each in told] == [Moved(("n",), 1, 0)]
    assert [*moved(COUNT, there, Blind(blind), Shown(blind), nothing, {}, never)] == []


def test_an_unseen_detail_is_unknown_and_other_fields_are_not() -> None:
    known = Known(SCOPE, "thing", {"A": 1, "B": 2}, frozenset({"B", "C"}))

    assert known["A"] == 1
    for name in ("B", "C"):
        with pytest.raises(NotSeenError) as unseen:
            known.get(name)
        assert (unseen.value.scope, unseen.value.resource) == (SCOPE, "thing")
        assert unseen.value.detail == name
    with pytest.raises(KeyError):
        known["D"]


def test_a_fact_that_asks_for_what_it_does_not_declare_is_a_mistake() -> None:
    with pytest.raises(RuntimeError, match="declare"):
        View(Shown({}), SCOPE, COUNT).all("test.secret")


def test_another_account_counts_only_where_a_fact_reads_across_accounts() -> None:
    elsewhere = replace(PLACE, account="999988887777")
    seen = {SCOPE: {"thing": body("1")}, elsewhere: {"there": body("2", "there")}}
    steps = [
        Step(elsewhere, AS_OF, SINCE, 1, (Pair(elsewhere, "there", None, body("2", "there")),))
    ]
    across = replace(COUNT, needs=(), across=("test.place",))

    assert subjects(COUNT, steps, Shown(seen)) == []
    assert subjects(across, steps, Shown(seen)) == [Subject(SCOPE, "thing")]
    assert [*View(Shown(seen), SCOPE, across).all("test.place")] == ["there"]
    with pytest.raises(NotSeenError):
        View(Shown(seen), SCOPE, COUNT).all("test.place")


def test_nobody_having_looked_is_told_from_nothing_being_there() -> None:
    view = View(Shown({PLACE: {}}), SCOPE, COUNT)

    assert view.all("test.place") == {}
    assert not view.never_read("test.place")
    assert view.never_read("test.thing")
    with pytest.raises(NotSeenError):
        view.all("test.thing")


def test_causes_are_the_changes_of_the_resource_and_the_most_to_blame_comes_first() -> None:
    (only,) = found(world(body("1", Rows=[1])), world(body("2", Rows=[1, 2])))
    changes = [
        change("A"),
        change("Rows/x", "other"),
        change("B"),
        change("Rows/1"),
        change("Rows/10"),
    ]

    assert [c.path for c in only.causes(changes)] == ["Rows/10", "Rows/1", "A", "B"]


def test_a_change_elsewhere_is_a_cause_only_when_it_is_to_blame() -> None:
    before = world(body("1"), places=[])
    after = world(body("1"), places=[body("2", "here")])
    (only,) = found(before, after)
    elsewhere = replace(change("A", "here"), scope=PLACE)

    assert only.causes([elsewhere, change("B")]) == [elsewhere, change("B")]
    assert only.causes([replace(elsewhere, scope=replace(PLACE, evidence="test.far"))]) == []
