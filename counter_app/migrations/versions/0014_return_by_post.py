"""the address that a parcel goes to

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_COLUMNS = ("address", "phone")


def upgrade() -> None:
    """Parcels of before went to the applicant's address: it stood on their labels."""
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        for name in _COLUMNS:
            batch_op.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
    for name in _COLUMNS:
        op.execute(
            f"UPDATE delivery SET {name} = (SELECT applicant.{name} FROM applicant JOIN dossier "
            "ON dossier.applicant_id = applicant.id WHERE dossier.id = delivery.dossier_id) WHERE way = 'post'"
        )


def downgrade() -> None:
    """Back to before."""
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        for name in _COLUMNS:
            batch_op.drop_column(name)
