"""${message}

Additive only: rebuilding a table on SQLite drops its guard triggers. Stored evidence may move, its
digests may not change. There is no way back: an audit store only goes forward.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    """Apply it."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Refuse."""
    raise NotImplementedError("an audit store only goes forward")
