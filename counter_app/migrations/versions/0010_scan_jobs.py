"""scan jobs and the text of documents

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SEARCH_INDEX = """CREATE VIRTUAL TABLE document_search USING fts5(
    content, content='', detail=none, columnsize=0,
    tokenize='unicode61 remove_diacritics 0', prefix='3 4 5 6')"""
"""Folded words of documents. Without a copy of the text: no document is ever deleted or changed."""


def upgrade() -> None:
    """Scanned papers on their way into dossiers; the text of documents and the index over it."""
    op.create_table(
        "scan_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tray", sa.String(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("component_code", sa.String(), nullable=False),
        sa.Column("result_code", sa.String(), nullable=False),
        sa.Column("pages", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("scanned_by", sa.String(), nullable=False),
        sa.Column("scanned_at", sa.DateTime(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_scan_job_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_job")),
    )
    op.create_index(op.f("ix_scan_job_dossier_id"), "scan_job", ["dossier_id"])
    op.create_index("ix_scan_job_state", "scan_job", ["state", "id"])
    op.create_index("ix_scan_job_tray", "scan_job", ["tray"])
    op.create_table(
        "document_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_text")),
        sa.UniqueConstraint("sha256", name=op.f("uq_document_text_sha256")),
    )
    op.execute(SEARCH_INDEX)


def downgrade() -> None:
    """Back to before."""
    op.execute("DROP TABLE document_search")
    op.drop_table("document_text")
    op.drop_index("ix_scan_job_tray", "scan_job")
    op.drop_index("ix_scan_job_state", "scan_job")
    op.drop_index(op.f("ix_scan_job_dossier_id"), "scan_job")
    op.drop_table("scan_job")
