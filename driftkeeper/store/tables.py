"""The tables. Rows are only ever inserted; `guards.py` makes both databases refuse anything else.

snapshot ─< coverage >─ scope ─< resource ─< version ─ blob
    ├────< miss                                 (a version without a digest is a tombstone)
    ├────< change ─< attribution >─ journal (one entry seals a run of attribution)
    └────  journal (one entry seals a snapshot)
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.dialects import postgresql

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(TypeDecorator[datetime]):
    """An aware moment in UTC; a naive one is refused before it reaches the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; SQLite stores what is left without its offset."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"time without offset: {value.isoformat()}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Return the moment as aware UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


Name = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
"""Text that is ordered by its bytes on both databases, so that both give the same answers."""


def _digest(name: str, **options: Any) -> Column[str]:
    return Column(name, String(64), **options)


snapshot = Table(
    "snapshot",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("taken_at", Utc, nullable=False, index=True),
    Column("finished_at", Utc, nullable=False),
    Column("status", String(16), nullable=False),
    Column("callers", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("tool_version", Text, nullable=False),
    Column("botocore_version", Text, nullable=False),
    _digest("catalogue_digest", nullable=False),
    _digest("config_digest", nullable=False),
    Column("source", Text, nullable=False),
    CheckConstraint("status IN ('complete', 'partial')", name="status"),
)

scope = Table(
    "scope",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("account", Name, nullable=False),
    Column("region", Name, nullable=False),
    Column("evidence", Name, nullable=False),
    UniqueConstraint("account", "region", "evidence"),
)

coverage = Table(
    "coverage",
    metadata,
    Column("scope_id", ForeignKey("scope.id"), primary_key=True),
    Column("snapshot", ForeignKey("snapshot.number"), primary_key=True),
    Column("outcome", String(16), nullable=False),
    Column("cause", String(16)),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("as_of", Utc, nullable=False),
    Column("until", Utc, nullable=False),
    Column("resources", Integer, nullable=False),
    Column("gone", Integer, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("first_request_id", Text, nullable=False),
    Column("last_request_id", Text, nullable=False),
    Column("duration_ms", Integer, nullable=False),
    _digest("content_digest"),
    _digest("observed_digest"),
    Column("ties", Text),
    CheckConstraint("outcome IN ('complete', 'partial', 'missed')", name="outcome"),
    Index(None, "snapshot"),
)

miss = Table(
    "miss",
    metadata,
    Column("snapshot", Integer, primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("scope_id", Integer, nullable=False),
    Column("resource", Text),
    Column("detail", Text),
    Column("cause", String(16), nullable=False),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    ForeignKeyConstraint(["scope_id", "snapshot"], ["coverage.scope_id", "coverage.snapshot"]),
    Index(None, "scope_id", "snapshot"),
)

resource = Table(
    "resource",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("scope_id", ForeignKey("scope.id"), nullable=False),
    Column("key", Name, nullable=False),
    UniqueConstraint("scope_id", "key"),
)

version = Table(
    "version",
    metadata,
    Column("resource_id", ForeignKey("resource.id"), primary_key=True),
    Column("snapshot", ForeignKey("snapshot.number"), primary_key=True),
    _digest("digest"),
    Column("uid", Text),
    Index(None, "snapshot"),
)

blob = Table(
    "blob",
    metadata,
    _digest("digest", primary_key=True),
    _digest("dictionary"),
    Column("data", LargeBinary, nullable=False),
)

dictionary = Table(
    "dictionary",
    metadata,
    Column("name", Name, primary_key=True),
    _digest("digest", nullable=False),
    Column("snapshot", ForeignKey("snapshot.number"), nullable=False),
)

change = Table(
    "change",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("snapshot", ForeignKey("snapshot.number"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("previous_snapshot", Integer, nullable=False),
    Column("kind", String(96), nullable=False),
    Column("direction", String(16), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("criteria", Text, nullable=False),
    Column("account", Name, nullable=False),
    Column("region", Name, nullable=False),
    Column("evidence", Name, nullable=False),
    Column("resource", Name, nullable=False),
    Column("path", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("not_before", Utc, nullable=False),
    Column("not_after", Utc, nullable=False),
    Column("says", Text, nullable=False),
    Column("caused_by", String(36)),
    Column("tool_upgrade", Integer, nullable=False),
    Index(None, "not_after"),
    Index(None, "resource"),
    UniqueConstraint("snapshot", "ordinal"),
)

journal = Table(
    "journal",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(32), nullable=False),
    Column("snapshot", ForeignKey("snapshot.number")),
    Column("at", Utc, nullable=False),
    _digest("payload", nullable=False),
    _digest("previous", nullable=False),
    _digest("digest", nullable=False),
    Column("signature", Text, nullable=False),
    _digest("key", nullable=False),
    UniqueConstraint("snapshot"),
)

attribution = Table(
    "attribution",
    metadata,
    Column("entry", ForeignKey("journal.number"), primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("change", ForeignKey("change.id"), nullable=False),
    Column("attempted_at", Utc, nullable=False),
    Column("quality", String(16), nullable=False),
    Column("actor", Name),
    Column("channel", String(16)),
    Column("mfa", Integer),
    Column("source_ip", Text),
    Column("session", Text),
    Column("via", Text),
    Column("event_id", Text),
    Column("event_time", Utc),
    Column("event_name", Text),
    Column("event_source", Text),
    Column("event", Text),
    Column("others", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Index(None, "change"),
)
"""One row for each attempt to name the actor of a change; `event` is the record that CloudTrail keeps."""

public_key = Table(
    "public_key",
    metadata,
    _digest("id", primary_key=True),
    Column("raw", LargeBinary, nullable=False),
)
