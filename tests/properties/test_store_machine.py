"""Whatever happens in the accounts and to our sight of them, the store knows what was seen, and when.

A machine makes things appear, change, vanish and come back in a few scopes, and takes snapshots of them
that see everything, part, or nothing of a scope. Beside the store runs a model: for each snapshot a
plain dictionary of what is known as of it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from driftkeeper.diff.engine import changes_of
from driftkeeper.domain.canonical import decode
from driftkeeper.domain.types import Body, Json, Scope, Sight
from driftkeeper.store import latest, read, sealed
from driftkeeper.store.blobs import Blobs
from driftkeeper.store.check import judged
from driftkeeper.store.database import Connection, Engine, open_engine, parse_url
from driftkeeper.store.schema import upgrade
from tests.store.sights import SHAPE, State, Taken, at, body, missed, record, saw, state

SCOPES = (
    Scope("111122223333", "aws-global", "test.user"),
    Scope("111122223333", "eu-west-1", "test.key"),
)
KEYS = ("a", "b", "a#2")
VALUES: tuple[Json, ...] = (0, 1, True, None, "1", [1, 2], {"x": 1}, {})

values = st.sampled_from(VALUES)
events = st.tuples(
    st.sampled_from(["appears", "vanishes", "changes", "is made anew", "is renamed", "is used"]),
    st.sampled_from(SCOPES),
    st.sampled_from(KEYS),
    values,
)
Event = tuple[str, Scope, str, Json]
outcomes = st.fixed_dictionaries(
    {scope: st.sampled_from(["seen", "seen", "missed", "not planned"]) for scope in SCOPES}
)
blindness = st.frozensets(st.tuples(st.sampled_from(SCOPES), st.sampled_from(KEYS)), max_size=4)

# Truth and knowledge alike: uid and configuration by key.
Things = dict[str, tuple[str | None, dict[str, Json]]]


class StoreMachine(RuleBasedStateMachine):
    """The world, our sights of it, and a model of what those tell."""

    connection: Connection  # of the subclass that a test makes, inside a transaction of its own

    @initialize()
    def begin(self) -> None:
        self.transaction = self.connection.begin()
        self.world: dict[Scope, Things] = {scope: {} for scope in SCOPES}
        self.used: dict[tuple[Scope, str], int] = {}
        self.known: dict[Scope, Things] = {}
        self.listed_at: dict[Scope, int] = {}
        self.in_sight: dict[Scope, bool] = {}
        self.moved: dict[Scope, dict[str, Mapping[str, Json]]] = {}
        self.past: list[dict[Scope, Things]] = []
        self.versions: dict[tuple[Scope, str], int] = {}
        self.born = 0

    @rule(happens=st.lists(events, max_size=6), outcomes=outcomes, blind=blindness)
    def a_day_goes_by(
        self,
        happens: list[Event],
        outcomes: dict[Scope, str],
        blind: frozenset[tuple[Scope, str]],
    ) -> None:
        """Things happen, then a snapshot is taken; the details in `blind` cannot be read."""
        for event in happens:
            self._happens(*event)
        day = len(self.past) + 1
        sights = [
            missed(scope, day) if outcome == "missed" else self._sight(scope, day, blind)
            for scope, outcome in outcomes.items()
            if outcome != "not planned"
        ]
        if not sights:
            return
        before = copy.deepcopy(self.known)
        with self.connection.begin_nested() as savepoint:
            other = record(self.connection, _shuffled(sights), None)
            savepoint.rollback()
        taken = record(self.connection, sights, None)
        assert taken.entry.payload == other.entry.payload
        for sight in sights:
            if sight.listed:
                self._learn(sight)
        self.past.append(copy.deepcopy(self.known))
        self._judge(taken, sights, before)

    def _happens(self, what: str, scope: Scope, key: str, value: Json) -> None:
        there = self.world[scope]
        self.born += 1
        uid = f"uid-{self.born}"
        if key not in there:
            if what in ("appears", "is made anew"):
                has_uid = what == "is made anew"
                there[key] = (uid if has_uid else None, {"Value": value, "Policy": self.born % 2})
        elif what == "vanishes":
            del there[key]
        elif what == "changes":
            field = ("Value", "Policy", "More")[self.born % 3]
            there[key] = (there[key][0], {**there[key][1], field: value})
        elif what == "is made anew":
            there[key] = (uid, {**there[key][1], "Policy": self.born % 2})
        elif what == "is renamed" and "b" not in there:
            there["b"] = there.pop(key)
        elif what == "is used":
            self.used[scope, key] = self.born

    def _sight(self, scope: Scope, day: int, blind: frozenset[tuple[Scope, str]]) -> Sight:
        bodies: list[Body] = []
        for key, (uid, config) in self.world[scope].items():
            unseen = ["Policy"] if (scope, key) in blind else []
            shown = {name: value for name, value in config.items() if name not in unseen}
            used = self.used.get((scope, key))
            observed = {} if used is None else {"Used": used}
            bodies.append(body(key, shown, uid=uid, observed=observed, unseen=unseen))
        return saw(scope, day, *bodies)

    def _learn(self, sight: Sight) -> None:
        """What a complete listing tells, given what was known."""
        was, now = self.known.get(sight.scope, {}), Things()
        by_uid: dict[str | None, Any] = {uid: kept for uid, kept in was.values() if uid is not None}
        for seen in sight.bodies:
            uid, config = was.get(seen.key, (None, by_uid.get(seen.uid, {})))
            if None not in (uid, seen.uid) and uid != seen.uid:
                config = by_uid.get(seen.uid, {})
            kept = {name: config[name] for name in seen.unseen if name in config}
            now[seen.key] = (seen.uid, {**kept, **seen.config})
        for key in was.keys() | now.keys():
            if not _same(was.get(key), now.get(key)):
                place = (sight.scope, key)
                self.versions[place] = self.versions.get(place, 0) + 1
        self.known[sight.scope] = now
        self.moved[sight.scope] = {
            seen.key: seen.observed for seen in sight.bodies if seen.observed
        }

    # ---- what must hold ---------------------------------------------------------------------

    def _judge(self, taken: Taken, sights: list[Sight], before: dict[Scope, Things]) -> None:
        told: dict[Scope, list[str]] = {}
        for change in taken.changes:
            if not change.kind.startswith("collection."):
                told.setdefault(change.scope, []).append(change.resource)
        for sight in sights:
            scope, step = sight.scope, taken.steps[sight.scope]
            assert changes_of(step, SHAPE, taken.number) == changes_of(step, SHAPE, taken.number)
            differs = scope in before and _differs(before[scope], self.known[scope])
            # Something is told if and only if something differs, and of a baseline nothing is.
            assert bool(told.get(scope)) is differs
            listed = self.listed_at.get(scope)
            assert step.previous_snapshot == listed
            assert step.since == (None if listed is None else at(listed))
            was_seen = self.in_sight.get(scope)
            assert step.baseline is (sight.listed and listed is None)
            assert step.lost is (was_seen is True and not sight.listed)
            assert step.restored is (was_seen is False and sight.listed and listed is not None)
            self.in_sight[scope] = sight.listed
            if sight.listed:
                self.listed_at[scope] = taken.number
        wanted = read.ChangeFilter(after_snapshot=taken.number - 1)
        assert list(read.changes(self.connection, wanted)) == taken.changes
        assert sealed.payload_of(self.connection, taken.number) == taken.entry.payload

    @precondition(lambda self: self.past)
    @invariant()
    def the_newest_state_is_known(self) -> None:
        self._knows(len(self.past))

    def _knows(self, number: int) -> None:
        modelled: State = {
            scope: {key: (uid, config) for key, (uid, config) in things.items()}
            for scope, things in self.past[number - 1].items()
            if things
        }
        found = state(self.connection, number)
        assert found == modelled
        assert _types(found) == _types(modelled)

    def teardown(self) -> None:
        if not hasattr(self, "transaction"):
            return
        try:
            for number in range(1, len(self.past) + 1):
                self._knows(number)
            counted = {
                (scope, key): len(read.versions(self.connection, scope, key))
                for scope, key in read.resource_names(self.connection)
            }
            assert counted == self.versions
            self._knows_what_moved()
            assert [step for step in judged(self.connection) if not step.ok] == []
        finally:
            self.transaction.rollback()

    def _knows_what_moved(self) -> None:
        """The volatile block of each scope is that of its last listing."""
        for scope, head in latest.scope_heads(self.connection).items():
            name = head.observed_digest
            block = {} if name is None else decode(Blobs(self.connection).get([name])[name])
            assert block == self.moved.get(scope, {})


def _shuffled(sights: list[Sight]) -> list[Sight]:
    return [Sight(sight.coverage, sight.bodies[::-1], sight.misses[::-1]) for sight in sights[::-1]]


def _types(value: Any) -> str:
    """Python alone takes 1 for true."""
    if isinstance(value, dict):
        return str(sorted((str(key), _types(item)) for key, item in value.items()))
    if isinstance(value, (list, tuple)):
        return str([_types(item) for item in value])
    return type(value).__name__


def _same(left: Any, right: Any) -> bool:
    return bool(left == right) and _types(left) == _types(right)


def _differs(left: Things, right: Things) -> bool:
    """Whether two states differ; an identity that was not known before is no difference."""

    def is_same(key: str) -> bool:
        (uid, config), (other_uid, other_config) = left[key], right[key]
        return _same(config, other_config) and (None in (uid, other_uid) or uid == other_uid)

    return left.keys() != right.keys() or not all(map(is_same, left))


@pytest.fixture
def connection(db_url: str) -> Iterator[Connection]:
    engine: Engine = open_engine(parse_url(db_url))
    upgrade(engine)
    with engine.connect() as made:
        yield made.execution_options(writes=True)


@pytest.mark.slow
def test_the_store_knows_what_was_seen(connection: Connection) -> None:
    machine = type("Machine", (StoreMachine,), {"connection": connection})
    examples = 30 if connection.dialect.name == "sqlite" else 8
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=10,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
