"""Counts that tie out, with the coverage that they belong to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what was recorded before has none."""
    op.add_column("coverage", sa.Column("ties", sa.Text(), nullable=True))


def downgrade() -> None:
    """Refuse."""
    raise NotImplementedError("an audit store only goes forward")
