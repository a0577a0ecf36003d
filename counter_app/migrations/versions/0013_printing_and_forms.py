"""print jobs: from which tray, on which sides

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_COLUMNS = ("tray", "sides")


def upgrade() -> None:
    """Jobs of before leave both to the printer."""
    with op.batch_alter_table("print_job", schema=None) as batch_op:
        for name in _COLUMNS:
            batch_op.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """Back to before."""
    with op.batch_alter_table("print_job", schema=None) as batch_op:
        for name in _COLUMNS:
            batch_op.drop_column(name)
