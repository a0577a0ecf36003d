"""print jobs: from which tray, on which sides, what a reprint needs; an office's street address

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
    """Jobs of before leave both to the printer; an office of before has no address."""
    with op.batch_alter_table("print_job", schema=None) as batch_op:
        for name in _COLUMNS:
            batch_op.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("kept", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("office", schema=None) as batch_op:
        batch_op.add_column(sa.Column("address", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """Back to before."""
    with op.batch_alter_table("office", schema=None) as batch_op:
        batch_op.drop_column("address")
    with op.batch_alter_table("print_job", schema=None) as batch_op:
        batch_op.drop_column("kept")
        for name in _COLUMNS:
            batch_op.drop_column(name)
