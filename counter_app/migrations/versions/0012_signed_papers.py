"""signatures, the backlog of results, re-use

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Older results in batches, and documents that were taken from earlier dossiers."""
    _create_backlog()
    op.create_table(
        "document_reuse",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("backlog_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_reuse_document_id_document")),
        sa.ForeignKeyConstraint(["source_id"], ["document.id"], name=op.f("fk_document_reuse_source_id_document")),
        sa.ForeignKeyConstraint(
            ["backlog_id"], ["backlog_result.id"], name=op.f("fk_document_reuse_backlog_id_backlog_result")
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_document_reuse")),
    )
    op.create_index(op.f("ix_document_reuse_source_id"), "document_reuse", ["source_id"])
    op.create_index(op.f("ix_document_reuse_backlog_id"), "document_reuse", ["backlog_id"])
    op.add_column("document", sa.Column("is_reused", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("scan_job") as batch_op:
        batch_op.alter_column("dossier_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("backlog_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_scan_job_backlog_id_backlog_result"), "backlog_result", ["backlog_id"], ["id"]
        )
    _create_signatures()


def _create_signatures() -> None:
    op.create_table(
        "signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("signers", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(), nullable=True),
        sa.Column("attached_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sa.UniqueConstraint("key", name=op.f("uq_signature_key")),
    )


def _create_backlog() -> None:
    op.create_table(
        "backlog_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backlog_batch")),
        sa.UniqueConstraint("name", name=op.f("uq_backlog_batch_name")),
    )
    op.create_table(
        "backlog_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("number_folded", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("owner_folded", sa.String(), nullable=False),
        sa.Column("owner_number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("scanned_at", sa.DateTime(), nullable=True),
        sa.Column("scanned_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["backlog_batch.id"], name=op.f("fk_backlog_result_batch_id_backlog_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backlog_result")),
        sa.UniqueConstraint("batch_id", "position", name=op.f("uq_backlog_result_batch_id_position")),
    )
    for column in ("number_folded", "owner_folded", "owner_number", "sha256"):
        op.create_index(op.f(f"ix_backlog_result_{column}"), "backlog_result", [column])


def downgrade() -> None:
    """Back to before."""
    op.drop_table("signature")
    op.execute("DELETE FROM scan_job WHERE dossier_id IS NULL")
    with op.batch_alter_table("scan_job") as batch_op:
        batch_op.drop_constraint(op.f("fk_scan_job_backlog_id_backlog_result"), type_="foreignkey")
        batch_op.drop_column("backlog_id")
        batch_op.alter_column("dossier_id", existing_type=sa.Integer(), nullable=False)
    op.drop_column("document", "is_reused")
    op.drop_index(op.f("ix_document_reuse_backlog_id"), "document_reuse")
    op.drop_index(op.f("ix_document_reuse_source_id"), "document_reuse")
    op.drop_table("document_reuse")
    for column in ("number_folded", "owner_folded", "owner_number", "sha256"):
        op.drop_index(op.f(f"ix_backlog_result_{column}"), "backlog_result")
    op.drop_table("backlog_result")
    op.drop_table("backlog_batch")
