"""A dossier's record at a portal of profile 2

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column of its own statement: rebuilding the table would lose the triggers of the search index."""
    op.add_column("dossier", sa.Column("portal_record_id", sa.String(), nullable=True))


def downgrade() -> None:
    """As on the way up."""
    op.drop_column("dossier", "portal_record_id")
