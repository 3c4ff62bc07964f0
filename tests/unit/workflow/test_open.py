"""Where the store and the signing key lie."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from driftkeeper.domain.errors import ConfigError
from driftkeeper.workflow import open as opening
from driftkeeper.workflow.config import Config, SigningConfig, StoreConfig


def database(config: Config, path: Path | None, url: str | None) -> str | None:
    return opening.open_store(config, path, url).url.database


def test_the_command_line_wins_over_the_configuration_and_that_over_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    own = Config(store=StoreConfig(url="sqlite:////own.db"))
    assert database(own, Path("/etc/x.toml"), "sqlite:////given.db") == "/given.db"
    assert database(own, Path("/etc/x.toml"), None) == "/own.db"
    assert database(Config(), None, None) == "/data/driftkeeper/driftkeeper.db"


def test_a_relative_file_counts_from_where_it_is_written() -> None:
    own = Config(store=StoreConfig(url="sqlite:///own.db"))
    assert (
        database(own, Path("/etc/driftkeeper/driftkeeper.toml"), None) == "/etc/driftkeeper/own.db"
    )
    assert database(own, Path("driftkeeper.toml"), None) == "own.db"
    assert database(own, Path("/etc/driftkeeper/driftkeeper.toml"), "sqlite:///x.db") == "x.db"


def test_a_server_is_no_file() -> None:
    own = Config(store=StoreConfig(url="postgresql://audit@db/evidence"))
    assert database(own, Path("/etc/x.toml"), None) == "evidence"


def test_the_key_lies_beside_the_configuration() -> None:
    own = Config(signing=SigningConfig(key="keys/own.pem"))
    assert opening.key_path(own, Path("/etc/x/d.toml")) == Path("/etc/x/keys/own.pem")
    assert opening.key_path(Config(), None) == Path("driftkeeper.key")
    absolute = Config(signing=SigningConfig(key="/secret/own.pem"))
    assert opening.key_path(absolute, Path("/etc/x/d.toml")) == Path("/secret/own.pem")


def test_a_key_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "own.key"
    assert opening.make_key(path)
    first = path.read_bytes()
    assert not opening.make_key(path)
    assert path.read_bytes() == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    signer = opening.load_signer(Config(signing=SigningConfig(key=str(path))), None)
    assert signer is not None


def test_without_a_key_nothing_is_signed_and_a_bad_one_is_refused(tmp_path: Path) -> None:
    missing = Config(signing=SigningConfig(key=str(tmp_path / "none.key")))
    assert opening.load_signer(missing, None) is None
    folder = Config(signing=SigningConfig(key=str(tmp_path)))
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        opening.load_signer(folder, None)
