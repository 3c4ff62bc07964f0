"""The first tables: snapshots, coverage, misses, resources, versions, bodies, changes, journal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

NAME = sa.Text().with_variant(sa.TEXT(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "blob",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("dictionary", sa.String(length=64), nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_blob")),
    )
    op.create_table(
        "public_key",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_key")),
    )
    op.create_table(
        "scope",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account", NAME, nullable=False),
        sa.Column("region", NAME, nullable=False),
        sa.Column("evidence", NAME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scope")),
        sa.UniqueConstraint(
            "account", "region", "evidence", name=op.f("uq_scope_account_region_evidence")
        ),
    )
    op.create_table(
        "snapshot",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("callers", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("tool_version", sa.Text(), nullable=False),
        sa.Column("botocore_version", sa.Text(), nullable=False),
        sa.Column("catalogue_digest", sa.String(length=64), nullable=False),
        sa.Column("config_digest", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('complete', 'partial')", name=op.f("ck_snapshot_status")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_snapshot")),
    )
    op.create_index(op.f("ix_snapshot_taken_at"), "snapshot", ["taken_at"], unique=False)
    op.create_table(
        "change",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("snapshot", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("previous_snapshot", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=96), nullable=False),
        sa.Column("direction", sa.String(length=16), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("account", NAME, nullable=False),
        sa.Column("region", NAME, nullable=False),
        sa.Column("evidence", NAME, nullable=False),
        sa.Column("resource", NAME, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("not_after", MOMENT, nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("caused_by", sa.String(length=36), nullable=True),
        sa.Column("tool_upgrade", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot"], ["snapshot.number"], name=op.f("fk_change_snapshot_snapshot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
        sa.UniqueConstraint("snapshot", "ordinal", name=op.f("uq_change_snapshot_ordinal")),
    )
    op.create_index(op.f("ix_change_not_after"), "change", ["not_after"], unique=False)
    op.create_index(op.f("ix_change_resource"), "change", ["resource"], unique=False)
    op.create_table(
        "coverage",
        sa.Column("scope_id", sa.Integer(), nullable=False),
        sa.Column("snapshot", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("as_of", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("resources", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("first_request_id", sa.Text(), nullable=False),
        sa.Column("last_request_id", sa.Text(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("content_digest", sa.String(length=64), nullable=True),
        sa.Column("observed_digest", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('complete', 'partial', 'missed')", name=op.f("ck_coverage_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["scope_id"], ["scope.id"], name=op.f("fk_coverage_scope_id_scope")
        ),
        sa.ForeignKeyConstraint(
            ["snapshot"], ["snapshot.number"], name=op.f("fk_coverage_snapshot_snapshot")
        ),
        sa.PrimaryKeyConstraint("scope_id", "snapshot", name=op.f("pk_coverage")),
    )
    op.create_index(op.f("ix_coverage_snapshot"), "coverage", ["snapshot"], unique=False)
    op.create_table(
        "dictionary",
        sa.Column("name", NAME, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("snapshot", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot"], ["snapshot.number"], name=op.f("fk_dictionary_snapshot_snapshot")
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_dictionary")),
    )
    op.create_table(
        "journal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("snapshot", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("payload", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot"], ["snapshot.number"], name=op.f("fk_journal_snapshot_snapshot")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_journal")),
        sa.UniqueConstraint("snapshot", name=op.f("uq_journal_snapshot")),
    )
    op.create_table(
        "resource",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scope_id", sa.Integer(), nullable=False),
        sa.Column("key", NAME, nullable=False),
        sa.ForeignKeyConstraint(
            ["scope_id"], ["scope.id"], name=op.f("fk_resource_scope_id_scope")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
        sa.UniqueConstraint("scope_id", "key", name=op.f("uq_resource_scope_id_key")),
    )
    op.create_table(
        "miss",
        sa.Column("snapshot", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scope_id", sa.Integer(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scope_id", "snapshot"],
            ["coverage.scope_id", "coverage.snapshot"],
            name=op.f("fk_miss_scope_id_snapshot_coverage"),
        ),
        sa.PrimaryKeyConstraint("snapshot", "ordinal", name=op.f("pk_miss")),
    )
    op.create_index(
        op.f("ix_miss_scope_id_snapshot"), "miss", ["scope_id", "snapshot"], unique=False
    )
    op.create_table(
        "version",
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("snapshot", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("uid", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_version_resource_id_resource")
        ),
        sa.ForeignKeyConstraint(
            ["snapshot"], ["snapshot.number"], name=op.f("fk_version_snapshot_snapshot")
        ),
        sa.PrimaryKeyConstraint("resource_id", "snapshot", name=op.f("pk_version")),
    )
    op.create_index(op.f("ix_version_snapshot"), "version", ["snapshot"], unique=False)


def downgrade() -> None:
    """Refuse."""
    raise NotImplementedError("an audit store only goes forward")
