"""payments: what was taken and given back, the closing of each day, when a fee falls due, exemptions

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

FROZEN = (
    """CREATE TRIGGER payment_no_delete BEFORE DELETE ON payment BEGIN
        SELECT RAISE(ABORT, 'money taken is never deleted');
    END""",
    """CREATE TRIGGER payment_no_update BEFORE UPDATE ON payment
    WHEN old.closing_id IS NOT NULL OR new.amount <> old.amount OR new.method <> old.method
        OR new.dossier_id <> old.dossier_id OR new.at <> old.at OR new.clerk <> old.clerk
        OR new.number <> old.number OR new.kind <> old.kind BEGIN
        SELECT RAISE(ABORT, 'money taken is never changed');
    END""",
    """CREATE TRIGGER closing_no_delete BEFORE DELETE ON day_closing BEGIN
        SELECT RAISE(ABORT, 'a closed day stays closed');
    END""",
    """CREATE TRIGGER closing_no_update BEFORE UPDATE ON day_closing BEGIN
        SELECT RAISE(ABORT, 'a closed day stays closed');
    END""",
)


def upgrade() -> None:
    op.create_table(
        "day_closing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=False),
        sa.Column("clerk", sa.String(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("counted", sa.Text(), nullable=False),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_closing")),
        sa.UniqueConstraint("day", name=op.f("uq_day_closing_day")),
    )
    op.create_table(
        "payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("event_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("clerk", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("official_receipt", sa.String(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("closing_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["closing_id"], ["day_closing.id"], name=op.f("fk_payment_closing_id_day_closing")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_payment_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint(
            "dossier_id", "event_number", "method", name=op.f("uq_payment_dossier_id_event_number_method")
        ),
    )
    op.create_index("ix_payment_closing_id_at", "payment", ["closing_id", "at"])
    for trigger in FROZEN:
        op.execute(trigger)
    op.add_column("procedure_fee", sa.Column("case_name", sa.String(), nullable=False, server_default=""))
    op.add_column("procedure_fee", sa.Column("collect_on", sa.String(), nullable=False, server_default="receipt"))
    op.add_column("dossier_fee", sa.Column("collect_on", sa.String(), nullable=False, server_default="receipt"))
    op.add_column("dossier_fee", sa.Column("full_amount", sa.Integer(), nullable=True))
    op.add_column("dossier_fee", sa.Column("exemption", sa.String(), nullable=False, server_default=""))
    op.add_column("dossier_fee", sa.Column("refunded_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    for column in ("refunded_at", "exemption", "full_amount", "collect_on"):
        op.execute(f"ALTER TABLE dossier_fee DROP COLUMN {column}")
    for column in ("collect_on", "case_name"):
        op.execute(f"ALTER TABLE procedure_fee DROP COLUMN {column}")
    for trigger in ("payment_no_delete", "payment_no_update", "closing_no_delete", "closing_no_update"):
        op.execute(f"DROP TRIGGER {trigger}")
    op.drop_index("ix_payment_closing_id_at", "payment")
    op.drop_table("payment")
    op.drop_table("day_closing")
