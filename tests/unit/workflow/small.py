"""Small stores: snapshots with chosen outcomes, and resources by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from driftkeeper.domain.canonical import digest, encode
from driftkeeper.domain.types import Body, Cause, Coverage, Miss, Outcome, Scope, Sight, Snapshot
from driftkeeper.store import latest
from driftkeeper.store.database import Engine, open_engine, parse_url, writing
from driftkeeper.store.schema import upgrade
from driftkeeper.store.write import SnapshotWriter

USERS = Scope("111122223333", "aws-global", "iam.user")
REPORT = Scope("111122223333", "aws-global", "iam.credential")
KEYS = Scope("111122223333", "eu-west-1", "kms.key")
OTHERS = Scope("444455556666", "aws-global", "iam.user")


def empty(folder: Path) -> Engine:
    """A SQLite store without any snapshot."""
    engine = open_engine(parse_url(f"sqlite:///{folder / 'small.db'}"))
    upgrade(engine)
    return engine


def saw(scope: Scope, at: datetime, *keys: str) -> Sight:
    """A complete sight of resources with these keys."""
    return Sight(
        Coverage(scope, Outcome.COMPLETE, at, resources=len(keys)), tuple(map(_body, keys))
    )


def blurred(scope: Scope, at: datetime, *keys: str) -> Sight:
    """A partial sight of resources with these keys."""
    miss = Miss(scope, Cause.DENIED, "AccessDenied", "no", keys[0] if keys else None, "Policy")
    coverage = Coverage(scope, Outcome.PARTIAL, at, Cause.DENIED, "AccessDenied", "no")
    return Sight(coverage, tuple(map(_body, keys)), (miss,))


def missed(scope: Scope, at: datetime, cause: Cause = Cause.DENIED) -> Sight:
    """A sight that saw nothing."""
    coverage = Coverage(scope, Outcome.MISSED, at, cause, "AccessDenied", "no")
    return Sight(coverage, (), (Miss(scope, cause, "AccessDenied", "no"),))


def _body(key: str) -> Body:
    config: Mapping[str, object] = {"Name": key}
    encoded = encode(config)
    return Body(key, None, config, encoded, digest(encoded))


def take(engine: Engine, at: datetime, sights: Sequence[Sight]) -> int:
    """Store a snapshot of these sights without naming any change; return its number."""
    with writing(engine) as connection:
        complete = all(sight.coverage.outcome is Outcome.COMPLETE for sight in sights)
        snapshot = Snapshot(
            number=latest.last_number(connection) + 1,
            taken_at=at,
            finished_at=at,
            status=Outcome.COMPLETE if complete else Outcome.PARTIAL,
            callers=("arn:aws:iam::111122223333:user/audit",),
            host="",
            tool_version="1",
            botocore_version="1",
            catalogue_digest="",
            config_digest="",
            source="replay",
        )
        writer = SnapshotWriter(connection, snapshot)
        for sight in sights:
            writer.record(sight)
        writer.finish([], None)
    return snapshot.number
