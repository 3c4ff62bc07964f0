"""A day costs what changed on it: not what there is, and not what there was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from driftkeeper.domain.types import Body, Scope, Sight
from driftkeeper.store.database import Engine, reading
from tests.store.sights import body, missed, saw, take

Statement = tuple[str, Any]


@contextmanager
def listening(engine: Engine) -> Iterator[list[Statement]]:
    """Keep every statement that is executed meanwhile, with its parameters."""
    heard: list[Statement] = []

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        heard.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", hear)
    yield heard
    event.remove(engine, "before_cursor_execute", hear)


def cost(engine: Engine, *sights: Sight) -> int:
    """How many statements a snapshot of these sights takes."""
    with listening(engine) as heard:
        take(engine, *sights)
    return len(heard)


def scopes(count: int) -> list[Scope]:
    return [Scope(f"{n:012}", "eu-west-1", "test.user") for n in range(count)]


def users(count: int) -> list[Body]:
    return [body(f"user-{n}", {"N": n}, observed={"Used": n}) for n in range(count)]


def estate(day: int, places: int, each: int, changed: int = 0) -> list[Sight]:
    """Sights of some scopes; in the first few of them one resource is new every day."""
    return [
        saw(scope, day, *users(each - 1), body("last", {"Day": day if n < changed else 0}))
        for n, scope in enumerate(scopes(places))
    ]


def test_an_unchanged_day_costs_the_same_whatever_there_is_and_was(engine: Engine) -> None:
    """More scopes, more resources, more history: the same statements."""
    take(engine, *estate(1, places=3, each=2))
    small = cost(engine, *estate(2, places=3, each=2))
    take(engine, *estate(3, places=40, each=20))
    wide = cost(engine, *estate(4, places=40, each=20))
    for day in range(5, 20):
        take(engine, *estate(day, places=40, each=20, changed=1))
    take(engine, *estate(20, places=40, each=20))
    late = cost(engine, *estate(21, places=40, each=20))
    assert late == wide < 25
    assert wide <= small + 1  # the dictionary, which a single block is itself


def test_a_first_day_is_stored_in_bulk(engine: Engine) -> None:
    small = cost(engine, *estate(1, places=1, each=1))
    # Other scopes than before, so that nothing of them is known.
    fresh = [saw(Scope(s.account, "us-east-1", s.evidence), 2, *users(20)) for s in scopes(40)]
    assert cost(engine, *fresh) <= small + 4


def test_a_changed_scope_costs_two_questions_about_what_was(engine: Engine) -> None:
    take(engine, *estate(1, places=40, each=5))
    one = cost(engine, *estate(2, places=40, each=5, changed=1))
    ten = cost(engine, *estate(3, places=40, each=5, changed=10))
    assert one < 30
    assert ten - one <= 2 * 9


def test_a_missed_scope_costs_no_question_at_all(engine: Engine) -> None:
    take(engine, *estate(1, places=30, each=5))
    seen = cost(engine, *estate(2, places=30, each=5))
    assert cost(engine, *(missed(scope, 3) for scope in scopes(30))) <= seen + 2


def test_a_partly_seen_scope_costs_a_question_about_what_was_when_it_is_so_again(
    engine: Engine,
) -> None:
    def sights(day: int) -> list[Sight]:
        return [
            saw(scope, day, *users(3), body("blind", {"N": 1}, unseen=["Policy"]))
            for scope in scopes(20)
        ]

    take(engine, *sights(1))
    second = cost(engine, *sights(2))
    for day in range(3, 8):
        take(engine, *sights(day))
    assert cost(engine, *sights(8)) == second < 25 + 2 * 20


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
def test_nothing_that_grows_is_scanned(engine: Engine) -> None:
    """Each question of a snapshot goes through an index; only the scopes are all looked at."""
    take(engine, *estate(1, places=10, each=5))
    blind = body("last", {"Day": 2}, unseen=["Policy"])
    second = [saw(scopes(1)[0], 2, *users(3), blind), *estate(2, places=10, each=5, changed=3)[1:]]
    with listening(engine) as heard:
        take(engine, *second)
    questions = [(text, values) for text, values in heard if text.startswith("SELECT")]
    plans = []
    with reading(engine) as connection:
        for statement, values in questions:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            plans += [row.detail for row in plan]
    scanned = {line.split()[1] for line in plans if line.startswith("SCAN")}
    # The journal is only asked for its end, and dictionaries are one per evidence type.
    assert scanned <= {"scope", "dictionary", "journal"}
    searched = {line.split()[1] for line in plans if line.startswith("SEARCH")}
    assert {"version", "newer", "resource", "seen", "blob", "coverage"} <= searched
