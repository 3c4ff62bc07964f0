"""A store at the expected schema, empty or with a row in every table, on both databases."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from driftkeeper.domain.signing import Signer, new_key
from driftkeeper.store.database import Engine, open_engine, parse_url, sqlite_path
from driftkeeper.store.schema import upgrade
from tests.store.sights import KEYS, USERS, attribute, body, made_by, missed, saw, take

ACCOUNT = "111122223333"


@pytest.fixture(scope="session")
def _empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store in a file, to be copied: quicker than to migrate for each test."""
    path = tmp_path_factory.mktemp("store") / "empty.db"
    upgrade(open_engine(parse_url(f"sqlite:///{path}")))
    return path


@pytest.fixture
def engine(db_url: str, _empty_file: Path) -> Engine:
    """An empty store."""
    made = open_engine(parse_url(db_url))
    path = sqlite_path(made.url)
    if path is None:
        upgrade(made)
    else:
        shutil.copy(_empty_file, path)
    return made


@pytest.fixture
def signer() -> Signer:
    return Signer(new_key())


@pytest.fixture
def filled(engine: Engine, signer: Signer) -> Engine:
    """A store with two signed snapshots and at least one row in every table."""
    alice = {"LastUsed": "2026-03-01"}
    first = [
        saw(USERS, 1, body("alice", {"Mfa": True}, uid="A1", observed=alice), body("bob")),
        saw(KEYS, 1, body("key", {"Policy": "p"}, unseen=["Status"])),
    ]
    second = [
        saw(USERS, 2, body("alice", {"Mfa": False}, uid="A1", observed=alice), body("carol")),
        missed(KEYS, 2),
    ]
    take(engine, *first, signer=signer)
    told = take(engine, *second, signer=signer).changes
    attribute(engine, 2, made_by(told[0].id, "alice", 1), signer=signer)
    return engine


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Recorded answers of one account: enough for `collect --evidence s3.account_pab`."""
    folder = tmp_path / "recorded"
    answer = {
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        }
    }
    files = {
        "meta.json": {"account": ACCOUNT, "regions": ["eu-west-1"]},
        "aws-global/s3control.GetPublicAccessBlock.json": answer,
    }
    for name, content in files.items():
        path = folder / ACCOUNT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    return folder
