"""outbox: an index for each lane of the syncer

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_outbox_waiting_kind",
        "outbox",
        ["kind", "next_attempt_at", "id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index(
        "ix_outbox_unseen",
        "outbox",
        ["state", "next_attempt_at", "id"],
        sqlite_where=sa.text("unseen = 1"),
        postgresql_where=sa.text("unseen"),
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_unseen", "outbox")
    op.drop_index("ix_outbox_waiting_kind", "outbox")
