"""What is known of a scope is what its last listing saw, and nothing that was carried over since."""

from __future__ import annotations

from driftkeeper.store import latest, read
from driftkeeper.store.database import Engine, reading
from driftkeeper.store.known import last_bodies
from tests.store.sights import KEYS, USERS, at, body, missed, saw, take


def _tool(engine: Engine) -> tuple[str, str]:
    with reading(engine) as connection:
        header = read.snapshots(connection)[-1]
        return latest.tools(connection, [header.number])[header.number]


def _known(engine: Engine, tool: tuple[str, str] | None = None):
    with reading(engine) as connection:
        return last_bodies(connection, KEYS, tool or _tool(engine))


def test_bodies_come_back_with_what_is_volatile(engine: Engine):
    bodies = (body("a", {"Policy": 1}, uid="A", observed={"Used": "x"}), body("b"))
    take(engine, saw(KEYS, 1, *bodies), saw(USERS, 1, body("alice")))
    assert _known(engine) == (at(1), {found.key: found for found in bodies})


def test_what_was_deleted_is_not_known(engine: Engine):
    take(engine, saw(KEYS, 1, body("a"), body("b")))
    take(engine, saw(KEYS, 2, body("b")))
    assert _known(engine) == (at(2), {"b": body("b")})


def test_a_missed_day_leaves_what_was_seen_before(engine: Engine):
    take(engine, saw(KEYS, 1, body("a")))
    take(engine, missed(KEYS, 2))
    assert _known(engine) == (at(1), {"a": body("a")})


def test_a_detail_that_was_carried_over_was_not_seen_again(engine: Engine):
    take(engine, saw(KEYS, 1, body("a", {"Name": "a", "Policy": 1, "Status": 2})))
    take(engine, saw(KEYS, 2, body("a", {"Name": "a", "Status": 2}, unseen=["Policy"])))
    since, bodies = _known(engine)
    assert since == at(2)
    assert bodies["a"].config == {"Name": "a", "Status": 2}


def test_nothing_is_known_of_a_scope_that_was_never_listed(engine: Engine):
    take(engine, saw(USERS, 1, body("alice")))
    assert _known(engine) is None
    take(engine, missed(KEYS, 2))
    assert _known(engine) is None


def test_what_another_tool_read_is_not_known(engine: Engine):
    take(engine, saw(KEYS, 1, body("a")))
    assert _known(engine, ("1.0", "f" * 64)) is None
