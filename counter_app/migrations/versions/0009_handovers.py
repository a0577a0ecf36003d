"""handing over by lists, shelves, deliveries of results, grounds in law

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Hand-over lists, where papers lie, deliveries of results, and the grounds in law that were used."""
    _create_lists()
    _create_shelves_and_grounds()
    _create_deliveries()


def _create_lists() -> None:
    op.create_table(
        "handover_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("from_unit", sa.String(), nullable=False),
        sa.Column("to_unit", sa.String(), nullable=False),
        sa.Column("office_code", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("giver", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("receiver", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_list")),
    )
    op.create_index("ix_handover_list_state", "handover_list", ["state", "id"])
    op.create_table(
        "handover_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due", sa.DateTime(), nullable=True),
        sa.Column("papers", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["handover_list.id"], name=op.f("fk_handover_item_list_id_handover_list")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_handover_item_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_item")),
        sa.UniqueConstraint("list_id", "dossier_id", name=op.f("uq_handover_item_list_id_dossier_id")),
    )
    op.create_index(op.f("ix_handover_item_dossier_id"), "handover_item", ["dossier_id"])


def _create_shelves_and_grounds() -> None:
    op.create_table(
        "shelf_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("shelf_before", sa.String(), nullable=False),
        sa.Column("shelf_after", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_shelf_move_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelf_move")),
    )
    op.create_index(op.f("ix_shelf_move_dossier_id"), "shelf_move", ["dossier_id"])
    op.create_table(
        "law_ground",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_law_ground")),
        sa.UniqueConstraint("words", name=op.f("uq_law_ground_words")),
    )


def _create_deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("to_name", sa.String(), nullable=False),
        sa.Column("to_number", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("tracking", sa.String(), nullable=False),
        sa.Column("results", sa.Text(), nullable=False),
        sa.Column("originals", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.Column("sent_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_delivery_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("dossier_id", "attempt", name=op.f("uq_delivery_dossier_id_attempt")),
    )
    op.create_index("ix_delivery_state", "delivery", ["state", "sent_at"])


def downgrade() -> None:
    """Back to before."""
    op.drop_index("ix_delivery_state", "delivery")
    op.drop_table("delivery")
    op.drop_table("law_ground")
    op.drop_index(op.f("ix_shelf_move_dossier_id"), "shelf_move")
    op.drop_table("shelf_move")
    op.drop_index(op.f("ix_handover_item_dossier_id"), "handover_item")
    op.drop_table("handover_item")
    op.drop_index("ix_handover_list_state", "handover_list")
    op.drop_table("handover_list")
