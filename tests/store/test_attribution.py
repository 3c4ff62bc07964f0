"""Attempts to name an actor are kept for good, in order, sealed, and the last definite one counts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import insert, select

from driftkeeper.domain.attribution import Attribution, Called, Caller, Note, Quality, Role
from driftkeeper.domain.errors import StoreError
from driftkeeper.domain.signing import Signer
from driftkeeper.domain.types import Change
from driftkeeper.store import attribution, latest, log
from driftkeeper.store.attribution import KIND, add
from driftkeeper.store.database import Engine, reading, writing
from driftkeeper.store.tables import attribution as table, journal
from tests.store.sights import USERS, at, attribute, body, damage, everything, made_by, saw, take


def changes(engine: Engine) -> list[Change]:
    """Store two snapshots; return the changes between them."""
    take(engine, saw(USERS, 1, body("alice"), body("bob", {"Path": "/"})))
    return take(engine, saw(USERS, 2, body("bob", {"Path": "/x/"}), body("carol"))).changes


def counts(engine: Engine, *found: Change) -> dict[str, Quality]:
    with reading(engine) as connection:
        attempts = attribution.attempts(connection, [change.id for change in found])
    return {name: attempt.found.quality for name, attempt in attempts.items()}


def test_what_is_stored_comes_back_as_it_was(engine: Engine) -> None:
    first, second, *_ = changes(engine)
    full = made_by(first.id, "alice", 2)
    note = Note(Role.CANDIDATE, Called("c", at(1), "X", "iam.amazonaws.com", Caller()))
    bare = Attribution(second.id, Quality.AMBIGUOUS, None, "", (note, note), "code", "message")
    entry = attribute(engine, 2, full, bare)
    with reading(engine) as connection:
        found = attribution.attempts(connection, [first.id, second.id, "nobody"], with_raw=True)
        bare_of = attribution.attempts(connection, [first.id])[first.id].found
    assert {name: attempt.found for name, attempt in found.items()} == {
        first.id: full,
        second.id: bare,
    }
    assert bare_of == replace(full, raw=""), "records are large, and rarely asked for"
    assert {(attempt.entry, attempt.at) for attempt in found.values()} == {(entry.number, at(2))}
    assert damage(engine) == {}


def test_text_that_postgresql_cannot_hold_is_kept_readably_and_sealed(engine: Engine) -> None:
    first, *_ = changes(engine)
    odd = made_by(first.id, "a\0b", 2)
    attribute(engine, 2, replace(odd, raw='{"x":"\0"}', message="é\0\u2028"))
    with reading(engine) as connection:
        found = attribution.attempts(connection, [first.id])[first.id].found
    assert found.called is not None
    assert found.called.caller.label == "a\\u0000b"
    assert damage(engine) == {}


def test_each_run_is_an_entry_of_its_own_in_the_one_chain(engine: Engine, signer: Signer) -> None:
    first, second, *_ = changes(engine)
    one = attribute(engine, 2, made_by(first.id, "alice", 2), signer=signer)
    snapshot = take(engine, saw(USERS, 3, body("dave")), signer=signer)
    two = attribute(engine, 3, made_by(second.id, "alice", 2), signer=signer)
    assert [one.number, snapshot.entry.number, two.number] == [3, 4, 5]
    assert two.previous == snapshot.entry.digest
    assert (one.kind, one.key, bool(one.signature)) == (KIND, signer.key_id, True)
    with reading(engine) as connection:
        kinds = connection.execute(select(journal.c.kind).order_by(journal.c.number)).scalars()
        assert list(kinds) == ["snapshot", "snapshot", KIND, "snapshot", KIND]
        assert latest.last_number(connection) == 3
    assert damage(engine) == {}


def test_the_latest_definite_attempt_counts(engine: Engine) -> None:
    first, second, *_ = changes(engine)
    pending = Attribution(first.id, Quality.PENDING, code="Throttling")
    attribute(engine, 2, pending)
    assert counts(engine, first) == {first.id: Quality.PENDING}
    attribute(engine, 2, Attribution(first.id, Quality.NONE))
    attribute(engine, 2, made_by(first.id, "alice", 2), replace(pending, change=second.id))
    attribute(engine, 2, pending)
    assert counts(engine, first, second) == {
        first.id: Quality.EXACT,
        second.id: Quality.PENDING,
    }
    with reading(engine) as connection:
        assert set(attribution.pending(connection)) == {second.id}


def test_attributing_alters_nothing_else(engine: Engine) -> None:
    first, *_ = changes(engine)
    before = everything(engine)
    attribute(engine, 2, made_by(first.id, "alice", 2))
    after = everything(engine)
    new = {name for name in after if after[name] != before[name]}
    assert new == {"attribution", "journal"}
    assert set(before["journal"]) < set(after["journal"])


def test_a_run_that_fails_leaves_nothing(engine: Engine) -> None:
    first, *_ = changes(engine)
    before = everything(engine)
    twice = made_by(first.id, "alice", 2)
    with pytest.raises(StoreError), writing(engine) as connection:
        add(connection, [twice, replace(twice, change="nobody")], at(2), None)
    assert everything(engine) == before


def test_many_changes_are_asked_for_in_few_queries(engine: Engine) -> None:
    first, *_ = changes(engine)
    names = [f"{number:036}" for number in range(1000)]
    with reading(engine) as connection:
        assert attribution.attempts(connection, names) == {}
        assert set(log.by_id(connection, [*names, first.id])) == {first.id}


def test_the_region_of_what_is_gone_is_still_known(engine: Engine) -> None:
    found = {change.resource: change for change in changes(engine)}
    with reading(engine) as connection:
        bodies = attribution.bodies_of(connection, found.values())
    assert bodies["alice"] == {"Name": "alice"}
    assert bodies["bob"] == {"Path": "/x/"}


def test_a_row_under_the_seal_of_a_snapshot_is_damage(engine: Engine) -> None:
    first, *_ = changes(engine)
    attribute(engine, 2, made_by(first.id, "alice", 2))
    with writing(engine) as connection:
        row = dict(connection.execute(select(table)).one()._mapping)
        connection.execute(insert(table), [{**row, "entry": 1}])
    assert "attributions are of journal entry 1, which seals none" in damage(engine)["attributions"]
