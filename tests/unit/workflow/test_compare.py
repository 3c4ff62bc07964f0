"""What a net difference does not show, on hand-made changes."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

from hypothesis import given, strategies as st

from driftkeeper.domain.types import Change, Direction, Json, Severity
from driftkeeper.workflow.compare import transient
from tests.unit.workflow.small import KEYS

AT = datetime(2026, 3, 1, tzinfo=UTC)


def step(
    snapshot: int, before: Json, after: Json, path: str = "Rotation", kind: str = "k"
) -> Change:
    return Change(
        id=f"{snapshot} {path} {before} {after}",
        kind=kind,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=(),
        scope=KEYS,
        resource="key",
        path=path,
        before=before,
        after=after,
        not_before=AT,
        not_after=AT,
        snapshot=snapshot,
        previous_snapshot=snapshot - 1,
        says="",
    )


def test_one_step_from_the_first_state_to_the_last_is_the_net_change() -> None:
    assert transient([step(9, 1, 2)], [step(4, 1, 2)]) == []


def test_what_came_and_went_is_told() -> None:
    steps = [step(2, None, "rule"), step(3, "rule", None)]
    assert transient([], steps) == steps


def test_what_came_and_went_and_came_again_is_told_but_for_the_last_step() -> None:
    steps = [step(2, None, "rule"), step(3, "rule", None), step(5, None, "rule")]
    assert transient([step(9, None, "rule")], steps) == steps[:2]


def test_every_step_of_a_longer_way_is_told() -> None:
    steps = [step(2, 1, 2), step(3, 2, 3)]
    assert transient([step(9, 1, 3)], steps) == steps


def test_a_change_elsewhere_explains_nothing_here() -> None:
    steps = [step(2, 1, 2, path="Policy"), step(3, 2, 1, path="Policy")]
    assert transient([step(9, 1, 2)], [*steps, step(4, 1, 2)]) == steps


def test_what_is_said_of_scopes_is_no_difference() -> None:
    assert transient([], [step(2, None, "seen", kind="collection.scope_restored")]) == []


@given(st.lists(st.integers(0, 3), min_size=2, max_size=7))
def test_net_and_transient_changes_together_hide_no_value(values: list[int]) -> None:
    """Whatever values a setting had on its way, net and transient changes tell each of them."""
    steps = [
        step(number, before, after)
        for number, (before, after) in enumerate(itertools.pairwise(values), start=1)
        if before != after
    ]
    net = [step(99, values[0], values[-1])] if values[0] != values[-1] else []
    told = [*net, *transient(net, steps)]
    assert {value for change in told for value in (change.before, change.after)} == (
        set(values) if told else set()
    )
    assert bool(told) == (len(set(values)) > 1)
