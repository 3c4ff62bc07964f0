"""Migrations lead to exactly the tables that the code has in mind, on both databases, and only forward."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import (
    CheckConstraint,
    Connection,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
    bindparam,
    inspect,
    text,
)

from driftkeeper.domain.errors import Exit, SchemaError, StoreError
from driftkeeper.store import sealed
from driftkeeper.store.database import Engine, open_engine, parse_url, reading, writing
from driftkeeper.store.schema import (
    current,
    expected,
    migrations_folder,
    require,
    revision_of,
    upgrade,
)
from driftkeeper.store.tables import metadata
from tests.store.sights import USERS, body, damage, everything, saw, take

ROOT = Path(__file__).parents[2]


@pytest.fixture
def empty(db_url: str) -> Engine:
    return open_engine(parse_url(db_url), create=True)


@pytest.fixture
def engine(empty: Engine) -> Engine:
    upgrade(empty)
    return empty


def config(connection: Connection | None = None) -> Config:
    made = Config()
    made.set_main_option("script_location", str(migrations_folder()))
    made.attributes["connection"] = connection
    return made


def execute(engine: Engine, *statements: str) -> None:
    with writing(engine) as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_the_migrations_make_the_tables_of_the_code(engine: Engine) -> None:
    """What `alembic check` asks: no table, column, type, key or index is left to generate."""
    with writing(engine) as connection:
        command.check(config(connection))


def test_every_key_index_and_check_has_the_name_that_the_convention_gives_it(
    engine: Engine,
) -> None:
    """What has no name cannot be altered later, and SQLite forgets it when a table is rebuilt."""
    assert _reflected(engine) == _declared()


def _declared() -> set[tuple[str, str, str]]:
    kinds = {
        PrimaryKeyConstraint: "pk",
        ForeignKeyConstraint: "fk",
        UniqueConstraint: "uq",
        CheckConstraint: "ck",
    }
    named = {
        (table.name, kinds[type(constraint)], str(constraint.name))
        for table in metadata.sorted_tables
        for constraint in table.constraints
    }
    indexes = {(t.name, "ix", str(i.name)) for t in metadata.sorted_tables for i in t.indexes}
    assert all(name.startswith(f"{kind}_") for _, kind, name in named | indexes)
    return named | indexes


def _reflected(engine: Engine) -> set[tuple[str, str, str]]:
    inspector = inspect(engine)
    found: set[tuple[str, str, str]] = set()
    for table in metadata.tables:
        unique: list[Any] = inspector.get_unique_constraints(table)
        listed: dict[str, list[Any]] = {
            "pk": [inspector.get_pk_constraint(table)],
            "fk": inspector.get_foreign_keys(table),
            "uq": unique,
            "ck": inspector.get_check_constraints(table),
            "ix": [i for i in inspector.get_indexes(table) if not i.get("duplicates_constraint")],
        }
        found |= {(table, kind, str(e["name"])) for kind, each in listed.items() for e in each}
    return found


def test_there_is_one_line_of_migrations_and_each_says_what_it_does() -> None:
    scripts = ScriptDirectory.from_config(config())
    assert scripts.get_heads() == [expected()]
    assert len(scripts.get_bases()) == 1
    for script in scripts.walk_revisions():
        tree = ast.parse(Path(script.path).read_text(encoding="utf-8"))
        assert ast.get_docstring(tree)
        assert Path(script.path).name.startswith(f"{script.revision}_")


def test_no_migration_leads_back(engine: Engine) -> None:
    take(engine, saw(USERS, 1, body("alice")))
    before = everything(engine)
    with (
        pytest.raises(NotImplementedError, match="only goes forward"),
        writing(engine) as connection,
    ):
        command.downgrade(config(connection), "base")
    assert everything(engine) == before


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    take(engine, saw(USERS, 1, body("alice")))
    before, names = everything(engine), _reflected(engine)
    assert upgrade(engine) == expected()
    assert (everything(engine), _reflected(engine)) == (before, names)
    assert damage(engine) == {}


# ---- databases that are not at the expected schema ----------------------------------------------


def test_a_database_without_tables_needs_an_upgrade(empty: Engine) -> None:
    assert revision_of(empty) is None
    with pytest.raises(SchemaError, match=r"is at schema none.*run `driftkeeper db upgrade`") as e:
        require(empty)
    assert e.value.exit_code == Exit.SCHEMA
    upgrade(empty)
    require(empty)
    assert revision_of(empty) == expected()


def test_a_file_that_does_not_exist_is_not_made_by_looking(tmp_path: Path) -> None:
    path = tmp_path / "typo.db"
    engine = open_engine(parse_url(f"sqlite:///{path}"))
    with pytest.raises(SchemaError, match=r"there is no database at .*run `driftkeeper init`"):
        require(engine)
    assert revision_of(engine) is None
    assert not path.exists()


def test_the_database_of_another_program_is_left_alone(empty: Engine) -> None:
    execute(empty, "CREATE TABLE invoices (id INTEGER)")
    for ask in (require, upgrade):
        with pytest.raises(SchemaError, match=r"not a driftkeeper database.*holds invoices"):
            ask(empty)
    assert inspect(empty).get_table_names() == ["invoices"]


def test_the_database_of_a_newer_version_is_left_alone(engine: Engine) -> None:
    execute(engine, "UPDATE alembic_version SET version_num = '9999'")
    for ask in (require, upgrade):
        with pytest.raises(SchemaError, match="written by a newer driftkeeper"):
            ask(engine)
    with reading(engine) as connection:
        assert current(connection) == "9999"


def test_a_database_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot create the database"):
        upgrade(open_engine(parse_url(f"sqlite:///{tmp_path}")))


# ---- for developers -------------------------------------------------------------------------


@pytest.mark.slow
def test_alembic_itself_finds_the_migrations_and_nothing_to_add(tmp_path: Path) -> None:
    """`alembic -x url=… upgrade head` and `check`, with no other configuration than pyproject.toml."""
    url = f"url=sqlite:///{tmp_path / 'dev.db'}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def alembic(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "alembic", "-x", url, *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    upgraded, checked = alembic("upgrade", "head"), alembic("check")
    assert upgraded.returncode == 0, upgraded.stderr
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "No new upgrade operations detected" in checked.stdout


def test_what_was_sealed_before_ties_were_counted_is_sound_after_the_upgrade(
    db_url: str, tmp_path: Path
) -> None:
    source = open_engine(parse_url(f"sqlite:///{tmp_path / 'source.db'}"), create=True)
    upgrade(source)
    take(source, saw(USERS, 1, body("alice", observed={"Used": 1}), body("bob")))
    take(source, saw(USERS, 2, body("alice", {"Name": "alice", "Path": "/"})))
    old = open_engine(parse_url(db_url), create=True)
    with writing(old) as connection:
        command.upgrade(config(connection), "0001")
        for table in metadata.sorted_tables:
            with reading(source) as found:
                rows = [row._asdict() for row in found.execute(table.select())]
            kept = [c for c in table.columns if (table.name, c.name) != ("coverage", "ties")]
            statement = text(
                f"INSERT INTO {table.name} ({', '.join(c.name for c in kept)})"
                f" VALUES ({', '.join(':' + c.name for c in kept)})"
            ).bindparams(*(bindparam(c.name, type_=c.type) for c in kept))
            if rows:
                connection.execute(statement, [{c.name: row[c.name] for c in kept} for row in rows])
    with pytest.raises(SchemaError, match="run `driftkeeper db upgrade`"):
        require(old)
    assert upgrade(old) == expected()
    with reading(old) as there, reading(source) as here:
        assert sealed.payload_of(there, 2) == sealed.payload_of(here, 2)
    assert damage(old) == {}
    take(old, saw(USERS, 3, body("alice")))
    assert damage(old) == {}
