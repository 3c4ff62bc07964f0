"""Who made a change: attempts to name the actor, sealed in the journal run by run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

NAME = sa.Text().with_variant(sa.TEXT(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; the actors of what was recorded before are looked for when asked."""
    op.create_table(
        "attribution",
        sa.Column("entry", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("change", sa.String(length=36), nullable=False),
        sa.Column("attempted_at", MOMENT, nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("actor", NAME, nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=True),
        sa.Column("mfa", sa.Integer(), nullable=True),
        sa.Column("source_ip", sa.Text(), nullable=True),
        sa.Column("session", sa.Text(), nullable=True),
        sa.Column("via", sa.Text(), nullable=True),
        sa.Column("event_id", sa.Text(), nullable=True),
        sa.Column("event_time", MOMENT, nullable=True),
        sa.Column("event_name", sa.Text(), nullable=True),
        sa.Column("event_source", sa.Text(), nullable=True),
        sa.Column("event", sa.Text(), nullable=True),
        sa.Column("others", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change"], ["change.id"], name=op.f("fk_attribution_change_change")
        ),
        sa.ForeignKeyConstraint(
            ["entry"], ["journal.number"], name=op.f("fk_attribution_entry_journal")
        ),
        sa.PrimaryKeyConstraint("entry", "ordinal", name=op.f("pk_attribution")),
    )
    op.create_index(op.f("ix_attribution_change"), "attribution", ["change"], unique=False)


def downgrade() -> None:
    """Refuse."""
    raise NotImplementedError("an audit store only goes forward")
