"""inbound: clashes decided by a person, what the portal told of a dossier, the files that it holds

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "portal_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("component_code", sa.String(), nullable=False),
        sa.Column("result_code", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_portal_file_document_id_document")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_portal_file_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_file")),
        sa.UniqueConstraint("dossier_id", "url", name=op.f("uq_portal_file_dossier_id_url")),
    )
    with op.batch_alter_table("portal_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_portal_file_dossier_id"), ["dossier_id"], unique=False)
        batch_op.create_index("ix_portal_file_state", ["state", "next_attempt_at"], unique=False)

    with op.batch_alter_table("inbox_entry", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_inbox_entry_digest"), type_="unique")
        batch_op.add_column(sa.Column("subject", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("ours", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("decision", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("decided_by", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("decided_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("decided_reason", sa.String(), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_inbox_entry_digest"), ["digest"], unique=False)
        batch_op.create_index("ix_inbox_entry_subject", ["subject", "id"], unique=False)
        batch_op.create_index("ix_inbox_entry_state", ["state", "id"], unique=False)

    # Added without rebuilding the tables: the search index and its triggers hang on dossier.
    op.add_column("dossier", sa.Column("portal_told", sa.Text(), nullable=True))
    op.add_column("document", sa.Column("from_portal", sa.Boolean(), nullable=False, server_default=sa.false()))
    _fill(op.get_bind())


def downgrade() -> None:
    # What a person has decided or seen was settled; the older schema knows no word for it but "applied".
    op.execute("UPDATE inbox_entry SET state = 'applied' WHERE state IN ('decided', 'seen')")
    op.execute("DELETE FROM inbox_entry WHERE id NOT IN (SELECT max(id) FROM inbox_entry GROUP BY digest)")
    op.execute("ALTER TABLE document DROP COLUMN from_portal")
    op.execute("ALTER TABLE dossier DROP COLUMN portal_told")
    with op.batch_alter_table("inbox_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_inbox_entry_state")
        batch_op.drop_index("ix_inbox_entry_subject")
        batch_op.drop_index(batch_op.f("ix_inbox_entry_digest"))
        batch_op.drop_column("decided_reason")
        batch_op.drop_column("decided_at")
        batch_op.drop_column("decided_by")
        batch_op.drop_column("decision")
        batch_op.drop_column("ours")
        batch_op.drop_column("subject")
        batch_op.create_unique_constraint(batch_op.f("uq_inbox_entry_digest"), ["digest"])

    with op.batch_alter_table("portal_file", schema=None) as batch_op:
        batch_op.drop_index("ix_portal_file_state")
        batch_op.drop_index(batch_op.f("ix_portal_file_dossier_id"))

    op.drop_table("portal_file")


def _fill(connection: sa.Connection) -> None:
    """What entries already applied told: their subjects, and the record and files of online dossiers."""
    entries = connection.execute(
        sa.text("SELECT id, kind, dossier_code, state, payload, arrived_at FROM inbox_entry ORDER BY id")
    )
    for number, kind, code, state, payload, arrived_at in entries.all():
        value = json.loads(payload)
        data = value.get("DuLieu") if isinstance(value, dict) else None
        data = data if isinstance(data, dict) else {}
        about = {"TTHC": data.get("MATTHC"), "Lich": data.get("Nam")}.get(kind, code)
        connection.execute(
            sa.text("UPDATE inbox_entry SET subject = :subject WHERE id = :id"),
            {"subject": f"{kind} {about or ''}", "id": number},
        )
        if kind == "HoSoMoi" and state == "applied":
            _keep_told(connection, code or str(data.get("MaHoSo") or ""), data, arrived_at)


def _keep_told(connection: sa.Connection, code: str, data: dict[str, Any], arrived_at: str) -> None:
    dossier_id = connection.scalar(sa.text("SELECT id FROM dossier WHERE code = :code"), {"code": code})
    if dossier_id is None:
        return
    told = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    connection.execute(
        sa.text("UPDATE dossier SET portal_told = :told WHERE id = :id"), {"told": told, "id": dossier_id}
    )
    for item in data.get("TaiLieuNop") or []:
        if not item.get("DuongDanTaiTepTin") or item.get("IsDeleted") == "1":
            continue
        connection.execute(
            sa.text(
                "INSERT OR IGNORE INTO portal_file (dossier_id, component_code, result_code, file_name, url, sha256, "
                "state, error, attempts, next_attempt_at) "
                "VALUES (:dossier, :component, '', :name, :url, :sha256, 'waiting', '', 0, :at)"
            ),
            {
                "dossier": dossier_id,
                "component": str(item.get("MaThanhPhanHoSo") or ""),
                "name": str(item.get("TenTepDinhKem") or "tep.pdf"),
                "url": str(item["DuongDanTaiTepTin"]),
                "sha256": str(item.get("TepDinhKemId") or "").lower(),
                "at": arrived_at,
            },
        )
