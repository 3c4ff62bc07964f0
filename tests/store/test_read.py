"""Questions to the store: each answer is the same on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from driftkeeper.domain.signing import Signer
from driftkeeper.domain.types import Cause, Outcome, Scope, Sight
from driftkeeper.store import latest, read
from driftkeeper.store.database import Connection, Engine, reading
from tests.store.sights import KEYS, USERS, at, body, missed, record, saw, take

OTHER = replace(USERS, account="999900001111")


@pytest.fixture
def story(engine: Engine, signer: Signer) -> Engine:
    """Four snapshots: baseline, a change, a lost and partial day, a return."""
    take(engine, saw(USERS, 1, body("alice"), body("bob")), saw(KEYS, 1, body("key")))
    take(
        engine,
        saw(USERS, 2, body("alice", {"Mfa": True}), body("bob")),
        saw(KEYS, 2, body("key")),
        signer=signer,
    )
    blind = body("alice", {"Mfa": True}, unseen=["Policy"])
    take(engine, saw(USERS, 3, blind), missed(KEYS, 3), missed(OTHER, 3, Cause.THROTTLED))
    take(engine, saw(USERS, 4, body("alice", {"Mfa": False})), saw(KEYS, 4))
    return engine


def asked(connection: Connection, **filters: object) -> list[tuple[int, str, str]]:
    wanted = read.ChangeFilter(**filters)  # type: ignore[arg-type]
    return [
        (change.snapshot, change.kind.partition(".")[2], change.resource)
        for change in read.changes(connection, wanted)
    ]


def test_numbers_headers_and_summaries(story: Engine) -> None:
    with reading(story) as connection:
        headers = read.snapshots(connection)
        summaries = read.summaries(connection)
        entry = latest.last_entry(connection)
        assert latest.last_number(connection) == 4
    assert [header.number for header in headers] == [1, 2, 3, 4]
    assert [header.taken_at for header in headers] == [at(day) for day in (1, 2, 3, 4)]
    assert headers[0].callers == ("arn:aws:iam::111122223333:role/driftkeeper",)
    assert [summary.header for summary in summaries] == headers
    assert [summary.coverage for summary in summaries] == [
        {"complete": 2, "partial": 0, "missed": 0},
        {"complete": 2, "partial": 0, "missed": 0},
        {"complete": 0, "partial": 1, "missed": 2},
        {"complete": 2, "partial": 0, "missed": 0},
    ]
    assert [summary.changes for summary in summaries] == [2, 2, 2, 3]
    assert entry is not None
    assert (entry.number, entry.digest) == (4, summaries[3].digest)


def test_an_empty_store_has_an_answer_to_everything(engine: Engine) -> None:
    with reading(engine) as connection:
        assert latest.last_number(connection) == 0
        assert latest.last_entry(connection) is None
        assert read.snapshots(connection) == []
        assert read.summaries(connection) == []
        assert latest.scope_heads(connection) == {}
        assert list(read.resources_at(connection, 1)) == []
        assert asked(connection) == []
        assert read.coverage_at(connection, USERS, 1) is None
        assert read.versions(connection, USERS, "alice") == []


def test_changes_come_in_the_order_they_were_told_and_are_narrowed_by_each_filter(
    story: Engine,
) -> None:
    alice, bob, key = "alice", "bob", "key"
    everything = [
        (1, "baseline_established", str(USERS)),
        (1, "baseline_established", str(KEYS)),
        (2, "attribute_changed", alice),
        (2, "attribute_changed", alice),
        (3, "scope_lost", str(KEYS)),
        (3, "deleted", bob),
        (4, "scope_restored", str(KEYS)),
        (4, "attribute_changed", alice),
        (4, "deleted", key),
    ]
    with reading(story) as connection:
        assert sorted(asked(connection)) == sorted(everything)
        assert [number for number, _, _ in asked(connection)] == [n for n, _, _ in everything]
        day = {"start": at(2), "end": at(3)}
        assert {c[0] for c in asked(connection, **day)} == {2}
        assert {c[0] for c in asked(connection, start=at(3))} == {3, 4}
        assert {c[0] for c in asked(connection, end=at(2))} == {1}
        assert {c[0] for c in asked(connection, after_snapshot=1, upto_snapshot=3)} == {2, 3}
        assert asked(connection, resource=bob) == [(3, "deleted", bob)]
        assert len(asked(connection, evidence=("test.key",))) == 4
        assert len(asked(connection, regions=("aws-global",))) == 5
        assert len(asked(connection, accounts=("111122223333",))) == 9
        assert asked(connection, accounts=("999900001111",)) == []
        both = {"evidence": ("test.key", "test.user"), "regions": ("eu-west-1",)}
        assert len(asked(connection, **both)) == 4


def test_resources_are_narrowed_by_scope_and_come_by_scope_and_key(story: Engine) -> None:
    def keys(at_snapshot: int, **wanted: tuple[str, ...]) -> list[str]:
        return [row.key for row in read.resources_at(connection, at_snapshot, **wanted)]

    with reading(story) as connection:
        assert keys(1) == ["alice", "bob", "key"]
        assert keys(3) == ["alice", "key"]
        assert keys(4) == ["alice"]
        assert keys(1, evidence=("test.key",)) == ["key"]
        assert keys(1, regions=("aws-global",)) == ["alice", "bob"]
        assert keys(1, accounts=("999900001111",)) == []
        (alice,) = read.resources_at(connection, 3, evidence=("test.user",))
        assert (alice.scope, alice.since, alice.first_seen) == (USERS, 2, 1)
        assert read.resource_names(connection) == [(USERS, "alice"), (USERS, "bob"), (KEYS, "key")]


def test_keys_come_in_the_order_of_their_bytes(engine: Engine) -> None:
    """Whatever language the server sorts in."""
    names = ["B", "a", "Z", "é", "_", "a-b", "ab", "10", "9", "\U0001f600"]
    take(engine, saw(USERS, 1, *(body(name) for name in names)))
    ordered = sorted(names, key=lambda name: name.encode())
    with reading(engine) as connection:
        assert [row.key for row in read.resources_at(connection, 1)] == ordered
        assert [key for _, key in read.resource_names(connection)] == ordered


def test_coverage_and_misses(story: Engine) -> None:
    with reading(story) as connection:
        found = list(read.coverage_between(connection, at(2), at(4)))
        assert [(row.snapshot, row.coverage.scope) for row in found] == [
            *((2, USERS), (3, USERS)),
            *((2, KEYS), (3, KEYS)),
            (3, OTHER),
        ]
        assert [row.taken_at for row in found] == [at(2), at(3), at(2), at(3), at(3)]
        assert found[3].coverage.outcome is Outcome.MISSED
        assert found[4].coverage.cause is Cause.THROTTLED
        newest = read.coverage_at(connection, KEYS, 3)
        assert newest is not None
        assert (newest.snapshot, newest.coverage.outcome) == (3, Outcome.MISSED)
        misses = latest.misses_of(connection, 3)
    assert [(miss["evidence"], miss["resource"], miss["detail"]) for miss in misses] == [
        ("test.user", "alice", "Policy"),
        ("test.key", None, None),
        ("test.user", None, None),
    ]


def test_the_last_listing_before_a_moment(story: Engine) -> None:
    with reading(story) as connection:
        before = read.listed_before(connection, at(4))
        assert before == {USERS: at(3), KEYS: at(2)}
        assert read.listed_before(connection, at(1)) == {}


def test_heads_tell_the_last_listing_and_the_last_outcome_apart(story: Engine) -> None:
    with reading(story) as connection:
        heads = latest.scope_heads(connection, 3)
    assert (heads[KEYS].listed, heads[KEYS].as_of, heads[KEYS].outcome) == (
        *(2, at(2)),
        Outcome.MISSED,
    )
    assert (heads[USERS].listed, heads[USERS].outcome) == (3, Outcome.PARTIAL)
    assert (heads[OTHER].listed, heads[OTHER].outcome) == (None, Outcome.MISSED)


def test_the_head_of_one_scope_is_found_without_the_others(story: Engine) -> None:
    unknown = Scope(USERS.account, USERS.region, "test.unknown")
    with reading(story) as connection:
        for number in (None, 3):
            heads = latest.scope_heads(connection, number)
            for scope in (USERS, KEYS, OTHER):
                assert latest.scope_heads(connection, number, scope) == {scope: heads[scope]}
            assert latest.scope_heads(connection, number, unknown) == {}


def test_the_order_of_sights_and_bodies_does_not_matter_to_what_is_sealed(engine: Engine) -> None:
    """Only our own numbers depend on it, and those are not sealed."""
    scopes = [Scope("1" * 12, region, name) for region in ("b", "a") for name in ("y", "x")]

    def sights(day: int, step: int) -> list[Sight]:
        users = [
            body(f"u{n}", {"Day": day, "N": n}, observed={"L": day}, unseen=["Policy"][: n % 2])
            for n in range(5)
        ]
        return [saw(scope, day, *users[::step]) for scope in scopes[::step]]

    payloads = []
    with reading(engine) as connection:
        for step in (1, -1):
            with connection.begin_nested() as savepoint:
                taken = [record(connection, sights(day, step), None) for day in (1, 2)]
                payloads.append([each.entry.payload for each in taken])
                savepoint.rollback()
    assert payloads[0] == payloads[1]
    assert payloads[0][0] != payloads[0][1]
