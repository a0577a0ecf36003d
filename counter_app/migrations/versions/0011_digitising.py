"""which components are digitised, and the rate

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import json
from itertools import count

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

QUALITY = ("wanted", "complete", "accurate", "whole", "sound")


def upgrade() -> None:
    """Rules, choices, the state of each dossier with its to-do, formulas; the number of each result."""
    _create_rules()
    _create_states()
    op.add_column("document", sa.Column("result_number", sa.Integer(), nullable=True))
    _number_results(op.get_bind())


def _create_rules() -> None:
    op.create_table(
        "digitising_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procedure_code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("treatment", sa.String(), nullable=False),
        sa.Column("valid_months", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digitising_rule")),
        sa.UniqueConstraint("procedure_code", "kind", "code", name=op.f("uq_digitising_rule_procedure_code_kind_code")),
    )
    op.create_table(
        "digitising_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("treatment", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("noted", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_digitising_choice_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digitising_choice")),
        sa.UniqueConstraint("dossier_id", "kind", "code", name=op.f("uq_digitising_choice_dossier_id_kind_code")),
    )
    op.create_table(
        "digitising_formula",
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("components", sa.Boolean(), nullable=False),
        sa.Column("results", sa.Boolean(), nullable=False),
        sa.Column("excluded", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("valid_from", name=op.f("pk_digitising_formula")),
    )


def _create_states() -> None:
    op.create_table(
        "digitising_state",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("clerk", sa.String(), nullable=False),
        *(
            sa.Column(f"{kind}_{name}", sa.Integer(), nullable=False)
            for kind in ("component", "result")
            for name in QUALITY
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_digitising_state_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_digitising_state")),
    )
    op.create_table(
        "digitising_todo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("clerk", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_digitising_todo_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digitising_todo")),
        sa.UniqueConstraint("dossier_id", "kind", "code", name=op.f("uq_digitising_todo_dossier_id_kind_code")),
    )
    op.create_index("ix_digitising_todo_since", "digitising_todo", ["since", "id"])


def _number_results(connection: sa.Connection) -> None:
    """The desk's own results get the numbers under which they were told: in their order, past the portal's."""
    rows = connection.execute(
        sa.text(
            "SELECT document.id, dossier.id, dossier.code, dossier.portal_told FROM document "
            "JOIN dossier ON dossier.id = document.dossier_id "
            "WHERE document.result_code <> '' AND NOT document.from_portal ORDER BY dossier.id, document.id"
        )
    ).all()
    given: dict[int, set[int]] = {}
    for document_id, dossier_id, code, told in rows:
        taken = given.setdefault(dossier_id, set())
        codes = {item.get("MaGiayToKetQua") for item in json.loads(told or "{}").get("DanhSachGiayToKetQua") or ()}
        number = next(n for n in count(1) if n not in taken and f"{code}-KQ{n}" not in codes)
        taken.add(number)
        connection.execute(
            sa.text("UPDATE document SET result_number = :number WHERE id = :id"),
            {"number": number, "id": document_id},
        )


def downgrade() -> None:
    """Back to before."""
    op.drop_column("document", "result_number")
    op.drop_index("ix_digitising_todo_since", "digitising_todo")
    for table in ("digitising_todo", "digitising_state", "digitising_formula", "digitising_choice", "digitising_rule"):
        op.drop_table(table)
