"""rescue

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rescue_export",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("receipt_key", sa.LargeBinary(), nullable=False),
        sa.Column("dossiers", sa.Integer(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("exported_at", sa.DateTime(), nullable=False),
        sa.Column("held_until", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rescue_export")),
    )
    op.create_table(
        "rescue_item",
        sa.Column("export_id", sa.String(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"], ["rescue_export.id"], name=op.f("fk_rescue_item_export_id_rescue_export")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["outbox.id"], name=op.f("fk_rescue_item_message_id_outbox")),
        sa.PrimaryKeyConstraint("export_id", "message_id", name=op.f("pk_rescue_item")),
    )
    with op.batch_alter_table("rescue_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rescue_item_message_id"), ["message_id"], unique=False)
    op.create_table(
        "rescue_import",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("desk_number", sa.Integer(), nullable=False),
        sa.Column("receipt_key", sa.LargeBinary(), nullable=False),
        sa.Column("exported_at", sa.DateTime(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rescue_import")),
    )
    op.create_table(
        "rescue_sent",
        sa.Column("import_id", sa.String(), nullable=False),
        sa.Column("message_key", sa.String(), nullable=False),
        sa.Column("dossier_code", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("offset", sa.Integer(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["rescue_import.id"], name=op.f("fk_rescue_sent_import_id_rescue_import")
        ),
        sa.PrimaryKeyConstraint("import_id", "message_key", name=op.f("pk_rescue_sent")),
    )


def downgrade() -> None:
    op.drop_table("rescue_sent")
    op.drop_table("rescue_import")
    with op.batch_alter_table("rescue_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rescue_item_message_id"))
    op.drop_table("rescue_item")
    op.drop_table("rescue_export")
