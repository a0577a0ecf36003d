"""apologies: letters with a history of their own, kept reasons, batches

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    """CREATE TRIGGER apology_step_no_update BEFORE UPDATE ON apology_step BEGIN
        SELECT RAISE(ABORT, 'the history of a letter is append-only');
    END""",
    """CREATE TRIGGER apology_step_no_delete BEFORE DELETE ON apology_step BEGIN
        SELECT RAISE(ABORT, 'the history of a letter is append-only');
    END""",
)
EARLIER_LETTERS = (
    """INSERT INTO apology_letter
        (dossier_id, event_id, state, reason, unit, person, new_due, signed_by, signed_at, delivered_by, delivered_to)
    SELECT dossier_id, id, 'signed', reason, unit, '', due_after,
        coalesce(json_extract(details, '$.paper.head_name'), ''), at, '', ''
    FROM dossier_event WHERE step = 'apologise' AND form = 'apology' ORDER BY id""",
    """INSERT INTO apology_step (letter_id, number, step, at, entered_at, actor, note)
    SELECT letter.id, 1, 'sign', event.at, event.entered_at, event.actor, ''
    FROM apology_letter AS letter JOIN dossier_event AS event ON event.id = letter.event_id ORDER BY letter.id""",
)
"""Letters of an older program: signed as they were issued, whether they were delivered is not known."""


def upgrade() -> None:
    op.create_table(
        "apology_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("new_due", sa.DateTime(), nullable=False),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(), nullable=True),
        sa.Column("delivered_by", sa.String(), nullable=False),
        sa.Column("delivered_to", sa.String(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(), nullable=True),
        sa.Column("in_time", sa.Boolean(), nullable=True),
        sa.Column("print_job_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_apology_letter_dossier_id_dossier")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["dossier_event.id"], name=op.f("fk_apology_letter_event_id_dossier_event")
        ),
        sa.ForeignKeyConstraint(
            ["print_job_id"], ["print_job.id"], name=op.f("fk_apology_letter_print_job_id_print_job")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_apology_letter")),
        sa.UniqueConstraint("event_id", name=op.f("uq_apology_letter_event_id")),
    )
    unsigned = sa.text("state IN ('draft', 'submitted')")
    op.create_index(
        "ix_apology_letter_open",
        "apology_letter",
        ["dossier_id"],
        unique=True,
        sqlite_where=unsigned,
        postgresql_where=unsigned,
    )
    op.create_index("ix_apology_letter_state", "apology_letter", ["state", "id"])
    op.create_index(op.f("ix_apology_letter_dossier_id"), "apology_letter", ["dossier_id"])
    op.create_index(op.f("ix_apology_letter_signed_at"), "apology_letter", ["signed_at"])
    op.create_table(
        "apology_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["apology_letter.id"], name=op.f("fk_apology_step_letter_id_apology_letter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_apology_step")),
        sa.UniqueConstraint("letter_id", "number", name=op.f("uq_apology_step_letter_id_number")),
    )
    op.create_table(
        "apology_reason",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_apology_reason")),
        sa.UniqueConstraint("words", name=op.f("uq_apology_reason_words")),
    )
    _create_batches()
    for statement in APPEND_ONLY + EARLIER_LETTERS:
        op.execute(statement)


def _create_batches() -> None:
    op.create_table(
        "apology_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.Column("signer", sa.String(), nullable=False),
        sa.Column("signer_title", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_apology_batch")),
    )
    op.create_table(
        "apology_batch_item",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("dossier_code", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("new_due", sa.DateTime(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["apology_batch.id"], name=op.f("fk_apology_batch_item_batch_id_apology_batch")
        ),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["apology_letter.id"], name=op.f("fk_apology_batch_item_letter_id_apology_letter")
        ),
        sa.PrimaryKeyConstraint("batch_id", "position", name=op.f("pk_apology_batch_item")),
    )


def downgrade() -> None:
    op.drop_table("apology_batch_item")
    op.drop_table("apology_batch")
    op.drop_table("apology_reason")
    op.drop_table("apology_step")
    op.drop_table("apology_letter")
