"""Opens what every command works on: configuration, store and signing key."""

from __future__ import annotations

import os
from pathlib import Path

from driftkeeper.domain.errors import ConfigError
from driftkeeper.domain.signing import Signer, new_key
from driftkeeper.store.database import Engine, open_engine, parse_url, sqlite_path
from driftkeeper.workflow.config import Config, default_database


def open_store(config: Config, config_path: Path | None, url: str | None) -> Engine:
    """Return the engine of the database: of the command line, the configuration, or the default.

    A relative file counts from the current folder on the command line, and from the configuration
    file when it stands there: a timer need not run where the file lies.
    """
    if url or not config.store.url:
        return open_engine(parse_url(url or default_database()))
    found = parse_url(config.store.url)
    path = sqlite_path(found)
    if path is not None and config_path is not None:
        found = found.set(database=str(config_path.parent / path))
    return open_engine(found)


def key_path(config: Config, config_path: Path | None) -> Path:
    """Return where the signing key lies: relative names count from the configuration file."""
    folder = (config_path or Path("driftkeeper.toml")).parent
    return folder / config.signing.key


def load_signer(config: Config, config_path: Path | None) -> Signer | None:
    """Return the signer; None without a key file, which leaves journal entries unsigned."""
    path = key_path(config, config_path)
    try:
        pem = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(
            f"the signing key {path} cannot be read: {error.strerror}; make it readable"
        ) from None
    return Signer(pem)


def write_private(path: Path, data: bytes) -> bool:
    """Write a new file that only its owner can read; return False when it exists already."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return False
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}; choose another place") from None
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    return True


def make_key(path: Path) -> bool:
    """Make the signing key (0600) unless there is one; return whether it was made."""
    return write_private(path, new_key())
