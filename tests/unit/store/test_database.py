"""Database URLs: what they mean, and what is said of those that mean nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from driftkeeper.domain.errors import StoreError, UsageError
from driftkeeper.store.database import open_engine, parse_url, reading, shown, sqlite_path


@pytest.mark.parametrize(
    ("text", "driver"),
    [
        ("postgres://db.example.com/evidence", "postgresql+psycopg"),
        ("postgresql://db.example.com/evidence", "postgresql+psycopg"),
        ("postgresql+psycopg://db.example.com/evidence", "postgresql+psycopg"),
        ("postgresql+psycopg2://db.example.com/evidence", "postgresql+psycopg"),
        ("sqlite:///evidence.db", "sqlite"),
        ("sqlite:////var/lib/evidence.db", "sqlite"),
        ("sqlite+pysqlite:////var/lib/evidence.db", "sqlite"),
    ],
)
def test_every_usual_spelling_of_a_url_means_our_driver(text: str, driver: str) -> None:
    assert parse_url(text).drivername == driver


def test_user_password_host_port_and_options_are_kept() -> None:
    url = parse_url("postgres://me:p%40ss@db.example.com:5433/evidence?sslmode=require")
    assert (url.username, url.password, url.host, url.port) == (
        *("me", "p@ss"),
        *("db.example.com", 5433),
    )
    assert (url.database, url.query) == ("evidence", {"sslmode": "require"})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "evidence.db",
        "/var/lib/evidence.db",
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://me:secret@db.example.com/evidence",
        "http://me:secret@db.example.com/",
        "postgres//me:secret@db.example.com/evidence",
        "postgresql://me:secret@db.example.com:port/evidence",
    ],
)
def test_anything_else_is_a_usage_error_that_gives_no_password_away(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_url(text)
    message = str(caught.value)
    assert "sqlite:///" in message
    assert "secret" not in message


def test_urls_are_shown_without_passwords_and_files_as_paths() -> None:
    assert shown(parse_url("sqlite:////var/lib/e.db")) == "/var/lib/e.db"
    assert shown(parse_url("sqlite:///e.db")) == "e.db"
    assert "secret" not in shown(parse_url("postgres://me:secret@db.example.com/e"))
    assert sqlite_path(parse_url("postgres://db.example.com/e")) is None


def test_a_database_is_only_made_when_asked_for_and_only_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "new" / "deep" / "evidence.db"
    url = parse_url(f"sqlite:///{path}")
    open_engine(url)
    assert not path.parent.exists()
    open_engine(url, create=True)
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert oct(path.parent.stat().st_mode & 0o777) == "0o700"


def test_making_one_keeps_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "evidence.db"
    path.write_bytes(b"kept")
    open_engine(parse_url(f"sqlite:///{path}"), create=True)
    assert path.read_bytes() == b"kept"


def test_a_place_where_no_file_can_be_is_one_line_of_advice(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot create the database .*; choose another place"):
        open_engine(parse_url(f"sqlite:///{tmp_path / 'file' / 'evidence.db'}"), create=True)


def test_what_the_driver_says_becomes_one_line_with_advice(tmp_path: Path) -> None:
    path, advice = tmp_path / "evidence.db", "it is not a SQLite file"
    path.write_bytes(b"this is no database, whatever its name says" * 30)
    with (
        pytest.raises(StoreError, match=advice) as caught,
        reading(open_engine(parse_url(f"sqlite:///{path}"))) as connection,
    ):
        connection.exec_driver_sql("SELECT * FROM snapshot")
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_server_that_is_not_there_is_one_line_with_advice(tmp_path: Path) -> None:
    engine = open_engine(parse_url(f"postgresql://me:secret@/evidence?host={tmp_path}"))
    with pytest.raises(StoreError) as caught, reading(engine):
        pytest.fail("there is no server")
    message = str(caught.value)
    assert "\n" not in message
    assert "secret" not in message
    assert "is PostgreSQL running" in message
