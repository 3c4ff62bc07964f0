"""Whatever is altered behind the program's back, `check` finds it and names it.

Each case spoils a sound, signed store with the guards and foreign keys out of the way, looks, and is
rolled back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    Column,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    insert,
    select,
    text,
    update,
)

from driftkeeper.domain.chain import link
from driftkeeper.domain.signing import Signer, new_key
from driftkeeper.store import latest, rows, sealed
from driftkeeper.store.check import check, judged
from driftkeeper.store.database import Connection, Engine, open_engine, parse_url
from driftkeeper.store.schema import upgrade
from driftkeeper.store.tables import Utc, metadata
from tests.store.sights import KEYS, USERS, attribute, body, made_by, missed, saw, take

ALICE = {"LastUsed": "2026-03-01"}
TABLES = {table.name: table for table in metadata.sorted_tables}


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def sound(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Engine]:
    """A store of four signed snapshots in which something of everything happened, by whom is known."""
    if request.param == "sqlite":
        yield _filled(f"sqlite:///{tmp_path_factory.mktemp('sound') / 'test.db'}")
        return
    with request.getfixturevalue("pg_server").database() as url:
        yield _filled(url)


def _filled(url: str) -> Engine:
    engine = open_engine(parse_url(url))
    upgrade(engine)
    signer = Signer(new_key())
    alice = body("alice", {"Mfa": True}, uid="A1", observed=ALICE)
    blind = body("key", {"Policy": "p"}, unseen=["Status"])
    days = [
        [saw(USERS, 1, alice, body("bob", uid="B1")), saw(KEYS, 1, blind, body("other"))],
        [saw(USERS, 2, replace(alice, observed={"LastUsed": "2026-03-02"})), missed(KEYS, 2)],
        [missed(USERS, 3), saw(KEYS, 3, blind, body("other", {"Rotates": True}))],
        [saw(USERS, 4, body("alice", {"Mfa": False}, uid="A1", observed=ALICE), body("carol"))],
    ]
    told = [change.id for sights in days for change in take(engine, *sights, signer=signer).changes]
    attempts = [made_by(name, "alice", 1, number) for number, name in enumerate(told[:2], 1)]
    attribute(engine, 4, *attempts, signer=signer)
    return engine


@contextmanager
def unguarded(engine: Engine) -> Iterator[Connection]:
    """A transaction in which anything goes, and of which nothing remains."""
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if is_sqlite:
            raw: Any = connection.connection.dbapi_connection
            raw.execute("PRAGMA foreign_keys = OFF")
            raw.execute("PRAGMA ignore_check_constraints = ON")
        with connection.begin() as transaction:
            if is_sqlite:
                triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
                for name in connection.exec_driver_sql(triggers).scalars().all():
                    connection.exec_driver_sql(f"DROP TRIGGER {name}")
            else:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            yield connection
            transaction.rollback()


def found(connection: Connection) -> dict[str, tuple[str, ...]]:
    """What `check` finds, but for the guards that are out of the way."""
    return {
        step.name: step.damage
        for step in judged(connection)
        if step.damage and step.name != "guards"
    }


def stored(connection: Connection, table: Table) -> list[dict[str, Any]]:
    query = select(table).order_by(*table.primary_key)
    return [dict(row._mapping) for row in connection.execute(query)]


def is_row(table: Table, row: dict[str, Any]) -> Any:
    return [column == row[column.name] for column in table.primary_key]


def other(column: Column[Any], value: Any) -> Any:
    """Another value that the column takes."""
    if isinstance(column.type, Utc):
        return value + timedelta(seconds=1)
    if isinstance(column.type, LargeBinary):
        return bytes([value[0] ^ 0xFF]) + value[1:]
    if column.name in ("outcome", "status"):
        return "partial" if value == "complete" else "complete"
    if isinstance(value, int) or "INT" in str(column.type):
        return (value or 0) + 1000
    return (value or "")[:-1] + ("0" if not value or value[-1] != "0" else "1")


def test_the_sound_store_is_sound_and_has_every_sort_of_row(sound: Engine) -> None:
    with unguarded(sound) as connection:
        assert found(connection) == {}
        assert all(stored(connection, table) for table in TABLES.values())


# ---- any one row -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
def test_any_value_altered_in_any_table_is_found(sound: Engine, name: str) -> None:
    """Every column of the first and the last row (on PostgreSQL of the last)."""
    table, overlooked = TABLES[name], []
    with unguarded(sound) as connection:
        rows_there = stored(connection, table)
        chosen = rows_there[:1] if sound.dialect.name == "sqlite" else []
        for row in [*chosen, rows_there[-1]]:
            for column in table.c:
                with connection.begin_nested() as savepoint:
                    changed = {column.name: other(column, row[column.name])}
                    connection.execute(update(table).where(*is_row(table, row)).values(changed))
                    if not found(connection):
                        overlooked.append((column.name, row))
                    savepoint.rollback()
    assert overlooked == []


@pytest.mark.parametrize("name", TABLES)
def test_any_row_that_is_deleted_is_missed(sound: Engine, name: str) -> None:
    table, overlooked = TABLES[name], []
    few = slice(None) if sound.dialect.name == "sqlite" else slice(-1, None)
    with unguarded(sound) as connection:
        for row in stored(connection, table)[few]:
            with connection.begin_nested() as savepoint:
                connection.execute(table.delete().where(*is_row(table, row)))
                if not found(connection):
                    overlooked.append(row)
                savepoint.rollback()
    assert overlooked == []


@pytest.mark.parametrize("name", TABLES)
def test_any_row_that_is_added_is_found(sound: Engine, name: str) -> None:
    """A copy of a row, under identities of its own."""
    table = TABLES[name]
    keys = [c for c in table.constraints if isinstance(c, (PrimaryKeyConstraint, UniqueConstraint))]
    own = {column.name for key in keys for column in key.columns if column.name != "snapshot"}
    with unguarded(sound) as connection:
        row = stored(connection, table)[-1]
        fresh = {n: other(table.c[n], row[n]) if n in own else row[n] for n in row}
        if name in ("journal", "snapshot"):
            fresh = {**fresh, table.c[0].name: 5 if name == "snapshot" else 6, "snapshot": 5}
        connection.execute(insert(table), [{n: v for n, v in fresh.items() if n in table.c}])
        assert found(connection) != {}


# ---- one defect each, and its name ---------------------------------------------------------------

BOB = "(SELECT id FROM resource WHERE key = 'bob')"
ALICES = "(SELECT id FROM resource WHERE key = 'alice')"
PACKED = "(SELECT min(digest) FROM blob WHERE dictionary IS NOT NULL)"
DICTIONARY = "(SELECT min(dictionary) FROM blob)"
SWAPPED_CONTENT = """
    UPDATE coverage SET content_digest = CASE snapshot
    WHEN 1 THEN (SELECT content_digest FROM coverage WHERE scope_id = 1 AND snapshot = 2)
    ELSE (SELECT content_digest FROM coverage WHERE scope_id = 1 AND snapshot = 1) END
    WHERE scope_id = 1 AND snapshot IN (1, 2)
"""
SWAPPED_BODIES = f"""
    UPDATE version SET digest = CASE resource_id
    WHEN {BOB} THEN (SELECT digest FROM version WHERE snapshot = 1 AND resource_id = {ALICES})
    ELSE (SELECT digest FROM version WHERE snapshot = 1 AND resource_id = {BOB}) END
    WHERE snapshot = 1 AND resource_id IN ({ALICES}, {BOB})
"""
BORROWED_SIGNATURE = """
    UPDATE journal SET signature = (SELECT signature FROM journal WHERE number = 2)
    WHERE number = 3
"""


def again(number: int, of: int) -> str:
    """A version of alice as of one snapshot, entered again at another."""
    return f"""
        INSERT INTO version SELECT resource_id, {number}, digest, uid FROM version
        WHERE snapshot = {of} AND resource_id = {ALICES}
    """


CHAIN, SIGNATURES, SNAPSHOTS = "journal chain", "signatures", "snapshots"
VERSIONS, BODIES, ORPHANS = "versions", "bodies", "orphans"
ATTRIBUTIONS = "attributions"

# Name of the defect: which step finds it, what that says, and how it is made.
DEFECTS: dict[str, tuple[str, str, list[str]]] = {
    "journal entries change places": (
        CHAIN,
        "journal entry 2: does not follow the entry before it",
        [
            "UPDATE journal SET number = 99 WHERE number = 2",
            "UPDATE journal SET number = 2 WHERE number = 3",
            "UPDATE journal SET number = 3 WHERE number = 99",
        ],
    ),
    "a journal entry is cut out and the next one moved up": (
        CHAIN,
        "journal entry 2: does not follow the entry before it",
        ["DELETE FROM journal WHERE number = 2", "UPDATE journal SET number = 2 WHERE number = 3"],
    ),
    "the newest journal entry is cut off": (
        SNAPSHOTS,
        "snapshot 4 is not sealed in the journal",
        ["DELETE FROM journal WHERE number >= 4"],
    ),
    "the newest snapshot is cut off, its journal entry is not": (
        SNAPSHOTS,
        "snapshot 4 is sealed in the journal, but it is gone",
        ["DELETE FROM snapshot WHERE number = 4"],
    ),
    "a snapshot is cut out with its journal entry": (
        SNAPSHOTS,
        "snapshot 2 is missing",
        ["DELETE FROM snapshot WHERE number = 2", "DELETE FROM journal WHERE number = 2"],
    ),
    "entries seal nothing": (
        SNAPSHOTS,
        "journal entry 3: it seals nothing",
        ["UPDATE journal SET snapshot = NULL WHERE number IN (3, 4)"],
    ),
    "a signature is that of another entry": (
        SIGNATURES,
        "journal entry 3: its signature does not match",
        [BORROWED_SIGNATURE],
    ),
    "a signature is no signature": (
        SIGNATURES,
        "journal entry 3: its signature does not match",
        ["UPDATE journal SET signature = '***' WHERE number = 3"],
    ),
    "a signature is taken off": (
        SIGNATURES,
        "journal entry 3: its signature is gone",
        ["UPDATE journal SET signature = '' WHERE number = 3"],
    ),
    "a missed scope is said to have been seen": (
        SNAPSHOTS,
        "snapshot 2: its rows do not match its seal",
        ["UPDATE coverage SET outcome = 'complete', cause = NULL WHERE snapshot = 2"],
    ),
    "a miss is hushed up": (
        SNAPSHOTS,
        "snapshot 2: its rows do not match its seal",
        ["DELETE FROM miss WHERE snapshot = 2"],
    ),
    "a change is played down": (
        SNAPSHOTS,
        "snapshot 2: its rows do not match its seal",
        ["UPDATE change SET direction = 'neutral' WHERE kind = 'collection.scope_lost'"],
    ),
    "two coverage rows swap what they saw": (
        VERSIONS,
        f"{USERS}: its versions do not match what snapshot 1 saw",
        [SWAPPED_CONTENT],
    ),
    "two versions swap their bodies": (
        VERSIONS,
        f"{USERS}: its versions do not match what snapshot 1 saw",
        [SWAPPED_BODIES],
    ),
    "a deletion is put off to a day on which nothing was seen": (
        VERSIONS,
        f"{USERS}: its versions do not match what snapshot 2 saw",
        [f"UPDATE version SET snapshot = 3 WHERE snapshot = 2 AND resource_id = {BOB}"],
    ),
    "a version is of a day on which nothing was seen": (
        VERSIONS,
        f"{USERS}: a version of alice at snapshot 3 is not covered",
        [again(3, of=4)],
    ),
    "a version says nothing new": (
        VERSIONS,
        f"{USERS}: a version of alice at snapshot 2 does not follow",
        [again(2, of=1)],
    ),
    "what is gone goes again": (
        VERSIONS,
        f"{USERS}: a version of bob at snapshot 4 does not follow",
        [f"INSERT INTO version VALUES ({BOB}, 4, NULL, 'B1')"],
    ),
    "another thing goes than was there": (
        VERSIONS,
        f"{USERS}: a version of bob at snapshot 2 does not follow",
        [f"UPDATE version SET uid = 'B2' WHERE digest IS NULL AND resource_id = {BOB}"],
    ),
    "somebody else is named": (
        ATTRIBUTIONS,
        "the attributions of journal entry 5 do not match their seal",
        ["UPDATE attribution SET actor = 'mallory' WHERE ordinal = 1"],
    ),
    "a name is taken out": (
        ATTRIBUTIONS,
        "the attributions of journal entry 5 do not match their seal",
        ["DELETE FROM attribution WHERE ordinal = 2"],
    ),
    "two names change places": (
        ATTRIBUTIONS,
        "the attributions of journal entry 5 do not match their seal",
        [
            "UPDATE attribution SET ordinal = 9 WHERE ordinal = 1",
            "UPDATE attribution SET ordinal = 1 WHERE ordinal = 2",
            "UPDATE attribution SET ordinal = 2 WHERE ordinal = 9",
        ],
    ),
    "a name is put under the seal of a snapshot": (
        ATTRIBUTIONS,
        "attributions are of journal entry 4, which seals none",
        ["UPDATE attribution SET entry = 4 WHERE ordinal = 2"],
    ),
    "the entry of a run says that it seals something else": (
        SNAPSHOTS,
        "journal entry 5: it seals nothing",
        ["UPDATE journal SET kind = 'review' WHERE number = 5"],
    ),
    "a name is of a change that nobody told": (
        ORPHANS,
        "attribution has a row of change nobody, which is not in change",
        ["UPDATE attribution SET change = 'nobody' WHERE ordinal = 1"],
    ),
    "a body is cut off": (
        BODIES,
        "is damaged",
        [f"UPDATE blob SET data = substr(data, 1, length(data) - 1) WHERE digest = {PACKED}"],
    ),
    "a body has something behind it": (
        BODIES,
        "is damaged",
        [f"UPDATE blob SET data = CAST(data || data AS {{bytes}}) WHERE digest = {PACKED}"],
    ),
    "a body is emptied": (
        BODIES,
        "is damaged",
        [f"UPDATE blob SET data = substr(data, 1, 0) WHERE digest = {PACKED}"],
    ),
    "a dictionary is damaged": (
        BODIES,
        "is gone or damaged",
        [f"UPDATE blob SET data = substr(data, 1, 5) WHERE digest = {DICTIONARY}"],
    ),
    "a dictionary needs itself to be read": (
        BODIES,
        "is gone or damaged",
        [f"UPDATE blob SET dictionary = digest WHERE digest = {DICTIONARY}"],
    ),
    "a body is gone": (
        BODIES,
        "is gone, but version refers to it",
        ["DELETE FROM blob WHERE digest = (SELECT max(digest) FROM version)"],
    ),
    "a volatile block is gone": (
        BODIES,
        "is gone, but coverage refers to it",
        ["DELETE FROM blob WHERE digest = (SELECT max(observed_digest) FROM coverage)"],
    ),
    "a body is nobody's": (
        ORPHANS,
        f"blob {'0' * 64} belongs to nothing",
        [f"INSERT INTO blob SELECT '{'0' * 64}', NULL, data FROM blob WHERE digest = {PACKED}"],
    ),
    "a scope was never planned": (
        ORPHANS,
        "scope 999900001111/eu-west-1/test.key belongs to nothing",
        ["INSERT INTO scope VALUES (9, '999900001111', 'eu-west-1', 'test.key')"],
    ),
    "a resource was never seen": (
        ORPHANS,
        "resource mallory belongs to nothing",
        ["INSERT INTO resource VALUES (99, 1, 'mallory')"],
    ),
    "a version is of no resource": (
        ORPHANS,
        "version has a row of resource_id 2, which is not in resource",
        ["DELETE FROM resource WHERE key = 'bob'"],
    ),
    "coverage is of no scope": (
        ORPHANS,
        "coverage has a row of scope_id 2, which is not in scope",
        ["DELETE FROM scope WHERE evidence = 'test.key'"],
    ),
    "a miss is of a scope that was not looked at": (
        ORPHANS,
        "miss has a row of scope_id 77, snapshot 4, which is not in coverage",
        ["INSERT INTO miss VALUES (4, 9, 77, NULL, NULL, 'denied', '', '')"],
    ),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_each_defect_is_named(sound: Engine, defect: str) -> None:
    step, expected, statements = DEFECTS[defect]
    raw = "BLOB" if sound.dialect.name == "sqlite" else "BYTEA"
    with unguarded(sound) as connection:
        for statement in statements:
            connection.execute(text(statement.format(bytes=raw)))
        assert any(expected in line for line in found(connection).get(step, ())), found(connection)


def test_an_unlisted_key_and_a_key_that_signed_nothing_are_named(sound: Engine) -> None:
    stranger = Signer(new_key())
    keys = TABLES["public_key"]
    with unguarded(sound) as connection:
        connection.execute(insert(keys), [{"id": stranger.key_id, "raw": stranger.public}])
        assert found(connection) == {
            "orphans": (f"public_key {stranger.key_id} belongs to nothing",)
        }
        connection.execute(update(keys).values(raw=stranger.public))
        (name,) = {row["id"] for row in stored(connection, keys)} - {stranger.key_id}
        assert f"public key {name} does not match its id" in found(connection)["signatures"]


def test_what_is_rewritten_is_betrayed_by_the_layer_above_however_many_are_rewritten(
    sound: Engine,
) -> None:
    """Body, version, coverage, seal, chain: each has to be forged in turn, and then it takes the key."""
    with unguarded(sound) as connection:
        connection.execute(text("DELETE FROM attribution"))
        connection.execute(text("DELETE FROM journal WHERE number = 5"))
        old = connection.execute(
            text("SELECT max(digest) FROM version WHERE snapshot = 4")
        ).scalar()
        rename = {"old": old, "new": "f" * 64}
        connection.execute(text("UPDATE blob SET digest = :new WHERE digest = :old"), rename)
        assert any("does not match its digest" in line for line in found(connection)["bodies"])
        connection.execute(text("UPDATE version SET digest = :new WHERE digest = :old"), rename)
        assert f"{USERS}: its versions do not match what snapshot 4 saw" in str(found(connection))
        connection.execute(text("UPDATE coverage SET resources = 9 WHERE snapshot = 4"))
        assert "snapshot 4: its rows do not match its seal" in found(connection)["snapshots"]
        entries = TABLES["journal"]
        forged = sealed.payload_of(connection, 4)
        connection.execute(update(entries).where(entries.c.number == 4).values(payload=forged))
        assert "snapshots" not in found(connection)
        assert found(connection)["journal chain"] == (
            "journal entry 4: its digest does not match its contents",
        )
        third, fourth = (
            rows.entry_of(row)
            for row in connection.execute(
                select(entries).where(entries.c.number.in_([3, 4])).order_by(entries.c.number)
            )
        )
        again = link(third, "snapshot", fourth.at, forged)
        connection.execute(update(entries).where(entries.c.number == 4).values(digest=again.digest))
        assert "journal chain" not in found(connection)
        assert found(connection)["signatures"] == ("journal entry 4: its signature does not match",)


def test_an_unsigned_entry_among_signed_ones_is_a_hint(sound: Engine) -> None:
    with unguarded(sound) as connection:
        connection.execute(
            text("UPDATE journal SET signature = '', key = '' WHERE number IN (1, 3)")
        )
        assert found(connection) == {}
        _, hints = check(connection)
    assert hints[0] == "2 journal entries are not signed; `driftkeeper init` makes a key"
    assert hints[1].startswith("journal entry 3 is not signed, though entry 2 is:")


IN_USE = """
    SELECT digest FROM version WHERE digest IS NOT NULL
    UNION SELECT observed_digest FROM coverage WHERE observed_digest IS NOT NULL
    UNION SELECT digest FROM dictionary
"""


def test_only_a_digest_kept_elsewhere_shows_that_the_newest_snapshot_was_cut_off_whole(
    sound: Engine,
) -> None:
    """What a chain cannot show; this is why its last digest belongs into other hands as well."""
    with unguarded(sound) as connection:
        kept = latest.last_entry(connection)
        for table in ("journal", "change", "miss", "coverage", "version", "dictionary"):
            connection.execute(text(f"DELETE FROM {table} WHERE snapshot = 4"))
        for statement in (
            "DELETE FROM attribution",
            "DELETE FROM journal WHERE number = 5",
            "DELETE FROM snapshot WHERE number = 4",
            "DELETE FROM resource WHERE id NOT IN (SELECT resource_id FROM version)",
            f"DELETE FROM blob WHERE digest NOT IN ({IN_USE})",
        ):
            connection.execute(text(statement))
        assert found(connection) == {}
        assert latest.last_entry(connection) != kept


# ---- below the rows --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("DROP TABLE miss", "the table miss is missing"),
        ("DROP INDEX ix_version_snapshot", "ix_version_snapshot of the table version is missing"),
        ("ALTER TABLE miss DROP COLUMN message", "the column miss.message is missing"),
    ],
)
def test_what_the_schema_lacks_is_named_and_nothing_else_is_judged(
    sound: Engine, statement: str, expected: str
) -> None:
    with unguarded(sound) as connection:
        connection.execute(text(statement))
        steps, hints = check(connection)
        assert [step.name for step in steps] == ["schema"]
        assert expected in steps[0].damage
        assert hints == ["nothing else was checked, since the database itself is damaged"]


@pytest.mark.parametrize("sound", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("statement", "step"),
    [
        ("UPDATE snapshot SET taken_at = 'yesterday' WHERE number = 2", "snapshots"),
        ("UPDATE coverage SET resources = 1.5 WHERE snapshot = 2", "snapshots"),
        ("UPDATE journal SET at = 'yesterday' WHERE number = 2", "journal chain"),
        ("UPDATE public_key SET raw = 'text'", "signatures"),
        ("UPDATE blob SET data = 'text' WHERE dictionary IS NOT NULL", "bodies"),
        ("UPDATE version SET snapshot = 'x' WHERE snapshot = 4", "versions"),
        ("UPDATE attribution SET event_time = 'yesterday'", "attributions"),
    ],
)
def test_values_of_another_type_are_damage_and_no_crash(
    sound: Engine, statement: str, step: str
) -> None:
    """SQLite keeps whatever it is given."""
    with unguarded(sound) as connection:
        connection.execute(text(statement))
        assert step in found(connection)


@pytest.mark.parametrize("sound", ["sqlite"], indirect=True)
def test_an_edit_of_the_file_itself_is_found(sound: Engine, tmp_path: Path) -> None:
    """Wherever it hits a value: in a table, or in an index that then disagrees with its table."""
    path, data = tmp_path / "copy.db", Path(str(sound.url.database)).read_bytes()
    places = [n for n in range(len(data)) if data.startswith(b"aws-globaltest.user", n)]
    finders = set()
    for place in places:
        path.write_bytes(data[:place] + b"e" + data[place + 1 :])
        engine = open_engine(parse_url(f"sqlite:///{path}"))
        with engine.connect() as connection:
            steps, _ = check(connection)
        finders.add(next((step.name for step in steps if not step.ok), "nobody"))
        for log in tmp_path.glob("copy.db-*"):
            log.unlink()
    assert finders == {"schema", "snapshots"}
