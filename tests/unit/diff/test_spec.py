"""The words in which kinds are declared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from driftkeeper.diff.policies import document, effect
from driftkeeper.diff.spec import (
    ChangeKind,
    Difference,
    Lifecycle,
    appeared,
    both,
    either,
    moment,
    moved_on,
    replaced,
    turned,
    vanished,
)
from driftkeeper.domain.types import Direction, Json, Scope, Severity
from driftkeeper.semantics.policy_effect import Effect
from tests.cases.answers import ACCOUNT, AS_OF, READ, READ_WRITE, SINCE


def difference(before: Json = None, after: Json = None, **more: Any) -> Difference:
    given: dict[str, Any] = {"path": ("A",), "since": SINCE, "lifecycle": Lifecycle.ATTRIBUTE}
    given |= more
    scope = Scope(ACCOUNT, "eu-west-1", "x")
    return Difference(
        scope=scope,
        resource="x",
        before=before,
        after=after,
        old=None,
        new=None,
        as_of=AS_OF,
        **given,
    )


def kind(**more: Any) -> ChangeKind:
    return ChangeKind("x.y", "x", Direction.NEUTRAL, Severity.INFO, ("CC8.1",), "x", **more)


@pytest.mark.parametrize(
    ("before", "after", "true_of"),
    [(None, 1, appeared), (1, None, vanished), (1, 2, replaced), (False, 0, replaced)],
)
def test_a_value_comes_goes_or_is_replaced(before: Json, after: Json, true_of: Any) -> None:
    for test in (appeared, vanished, replaced):
        assert test(difference(before, after)) is (test is true_of)


def test_tests_are_put_together() -> None:
    on, off = turned(False, True), turned(True, False)
    change = difference(False, True)

    assert either(on, off)(change)
    assert not either(off)(change)
    assert both(on, replaced)(change)
    assert not both(on, appeared)(change)


def test_a_value_that_was_not_known_has_not_turned() -> None:
    assert not turned(False, True)(difference(None, True))
    assert not turned(True, False)(difference(True, None))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-03-01T10:00:00Z", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01T12:00:00+02:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01T10:00:00", None),
        ("2026-03-01", None),
        ("soon", None),
        ("", None),
        (7, None),
        (None, None),
    ],
)
def test_only_a_time_with_an_offset_is_a_moment(text: Json, found: datetime | None) -> None:
    assert moment(text) == found


def test_a_time_after_the_previous_sight_proves_a_deed_and_one_before_does_not() -> None:
    later, earlier = SINCE + timedelta(seconds=1), SINCE

    assert moved_on(difference(None, later.isoformat()))
    assert not moved_on(difference(None, earlier.isoformat()))
    assert not moved_on(difference(later.isoformat(), None))
    assert not moved_on(difference(None, later.isoformat(), since=None))


@pytest.mark.parametrize(
    ("given", "path", "fires"),
    [
        ({}, ("A", "B"), True),
        ({"path": "A.B"}, ("A", "B"), True),
        ({"path": "A.B"}, ("A", "B", "C"), False),
        ({"path": "A.*"}, ("A", "x.y/z"), True),
        ({"path": "A", "whole": True}, ("A", "B", "C"), True),
        ({"on": Lifecycle.CREATED}, ("A",), False),
        ({"when": appeared}, ("A",), False),
    ],
)
def test_a_kind_fires_on_its_sort_of_difference_at_its_path(
    given: dict[str, Any], path: tuple[str, ...], fires: bool
) -> None:
    assert kind(**given).fires(difference(1, 2, path=path)) is fires


def test_a_whole_covers_what_lies_at_or_below_its_path_by_whole_names() -> None:
    assert kind(path="A.B").covers(("A", "B"))
    assert kind(path="A.B").covers(("A", "B", "C"))
    assert not kind(path="A.B").covers(("A",))
    assert not kind(path="A.B").covers(("A", "BC"))
    assert kind().covers(("A",))


def test_whether_a_kind_claims_may_depend_on_the_difference() -> None:
    assert kind().answers_for(difference())
    assert not kind(claims=False).answers_for(difference())
    assert kind(claims=appeared).answers_for(difference(None, 1))
    assert not kind(claims=appeared).answers_for(difference(1, None))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (READ, READ_WRITE, Effect.WIDENED),
        (READ_WRITE, READ, Effect.NARROWED),
        (None, READ, Effect.WIDENED),
        (READ, None, Effect.NARROWED),
        (None, None, Effect.COSMETIC),
        (READ, READ, Effect.COSMETIC),
        (READ, "{", Effect.CHANGED),
        ("{", READ, Effect.CHANGED),
        ({"Statement": None}, READ, Effect.CHANGED),
        ({"Statement": [{"Action": [[]]}]}, None, Effect.CHANGED),
    ],
)
def test_what_cannot_be_read_as_a_policy_is_changed_and_neither_wider_nor_narrower(
    before: Json, after: Json, expected: Effect
) -> None:
    assert effect(before, after) is expected


def test_a_document_is_canonical_or_none() -> None:
    assert document(READ) is not None
    assert document(None) is document("{") is document({"Statement": 1}) is None
