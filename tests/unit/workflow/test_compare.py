"""What a net difference does not show, on hand-made changes."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

from hypothesis import given, strategies as st

from driftkeeper.domain.types import Change, Direction, Json, Scope, Severity
from driftkeeper.workflow.compare import transient
from tests.unit.workflow.small import KEYS

AT = datetime(2026, 3, 1, tzinfo=UTC)


def step(
    snapshot: int,
    before: Json,
    after: Json,
    path: str = "Rotation",
    kind: str = "k",
    scope: Scope = KEYS,
) -> Change:
    return Change(
        id=f"{snapshot} {path} {before} {after}",
        kind=kind,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=(),
        scope=scope,
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


EXPOSED = Scope("111122223333", "eu-west-1", "ec2.exposure")


def opened(snapshot: int, ports: str, before: str = "none", after: str = "any") -> Change:
    """A second opening is a widening: the kinds tell steps apart that one net change shows."""
    return step(snapshot, before, after, f"ingress/ipv4/tcp/{ports}", f"k{snapshot}", EXPOSED)


def test_ports_opened_one_by_one_are_shown_as_the_range_that_is_open() -> None:
    assert transient([opened(9, "22-23")], [opened(2, "22"), opened(3, "23")]) == []


def test_ports_that_were_closed_again_are_told_whatever_else_is_open() -> None:
    elsewhere = [opened(2, "80"), step(3, "none", "any", "ingress/ipv6/tcp/22", "opened", EXPOSED)]
    closing = opened(4, "22", "any", "none")
    steps = [*elsewhere, closing]
    assert transient([opened(9, "22-23")], steps) == steps


def test_what_a_new_resource_was_given_later_is_shown_by_its_creation() -> None:
    whole = {"Rotation": {"KeyRotationEnabled": True}, "Tags": [{"TagKey": "a/b", "TagValue": "1"}]}
    net = [step(9, None, whole, path="")]
    steps = [
        step(2, None, {}, path=""),
        step(3, False, True, path="Rotation/KeyRotationEnabled"),
        step(4, "2", "1", path="Tags/a/b/TagValue"),
    ]
    assert transient(net, steps) == []


def test_what_a_new_resource_had_for_a_time_is_told() -> None:
    net = [step(9, None, {"Rotation": {"KeyRotationEnabled": True}}, path="")]
    steps = [
        step(3, True, False, path="Rotation/KeyRotationEnabled"),
        step(4, False, True, path="Rotation/KeyRotationEnabled"),
        step(5, None, "x", path="Policy"),
        step(6, "x", None, path="Policy"),
    ]
    assert transient(net, steps) == [steps[0], *steps[2:]]


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
