"""which document a signed one was made of; how documents were scanned

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Documents of before were made of none, and nobody looks at how they were scanned: they count as they did."""
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.add_column(sa.Column("signed_from_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_document_signed_from_id_document"), "document", ["signed_from_id"], ["id"])
    op.create_table(
        "document_look",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("flaw", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_document_look")),
    )
    op.execute("INSERT INTO document_look (sha256, flaw) SELECT DISTINCT sha256, '' FROM document")


def downgrade() -> None:
    """Back to before."""
    op.execute("UPDATE digitising_state SET revision = -1")
    op.execute("DELETE FROM digitising_todo WHERE trouble IN ('coarse', 'gray')")
    op.drop_table("document_look")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_document_signed_from_id_document"), type_="foreignkey")
        batch_op.drop_column("signed_from_id")
