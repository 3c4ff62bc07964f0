"""What types of one account have in common is asked for once, whatever comes of it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from driftkeeper.collect.shared import Shared
from driftkeeper.collect.spec import Gone, OutOfTime, Unseen
from driftkeeper.domain.types import Cause


def test_the_first_makes_it_and_all_get_the_same():
    shared, made = Shared(), []

    def make(number: int) -> int:
        made.append(number)
        return number

    assert shared.once("a", lambda: make(1)) == 1
    assert shared.once("a", lambda: make(2)) == 1
    assert shared.once("b", lambda: make(3)) == 3
    assert made == [1, 3]


def test_many_threads_at_once_make_it_once():
    shared, made, start = Shared(), [], threading.Barrier(8)

    def ask(number: int) -> object:
        start.wait()
        return shared.once("a", lambda: make(number))

    def make(number: int) -> object:
        made.append(number)
        return object()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(8)))
    assert len(made) == 1
    assert len({*map(id, found)}) == 1


@pytest.mark.parametrize(
    "error", [Unseen(Cause.DENIED, "AccessDenied", "no"), Gone("NoSuchEntity"), KeyError("x")]
)
def test_what_it_raises_all_get_and_nobody_asks_again(error: Exception):
    shared, made = Shared(), []

    def make() -> None:
        made.append(1)
        raise error

    for _ in range(3):
        with pytest.raises(type(error)) as raised:
            shared.once("a", make)
        assert str(raised.value) == str(error)
    assert made == [1]


def test_who_runs_out_of_time_leaves_it_to_the_next():
    shared = Shared()

    def late() -> str:
        raise OutOfTime

    for _ in range(2):
        with pytest.raises(OutOfTime):
            shared.once("a", late)
    assert shared.once("a", lambda: "in time") == "in time"
    assert shared.once("a", late) == "in time"


def test_who_waited_for_somebody_that_ran_out_of_time_makes_it():
    shared, waiting, made = Shared(), threading.Event(), []

    def late() -> str:
        waiting.wait(10)
        raise OutOfTime

    def in_time() -> str:
        made.append(1)
        return "in time"

    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(shared.once, "a", late)
        while not shared._made:
            pass
        others = [pool.submit(shared.once, "a", in_time) for _ in range(4)]
        waiting.set()
        assert isinstance(first.exception(10), OutOfTime)
        assert [other.result(10) for other in others] == ["in time"] * 4
    assert made == [1]


def test_a_question_is_new_once():
    shared = Shared()
    assert [shared.is_first(q) for q in ("a", "b", "a", "b", "c")] == [
        True,
        True,
        False,
        False,
        True,
    ]
