"""The catalogue of procedures: import, versions, type-ahead."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from counter_app.errors import UserError
from counter_app.models import Dossier, Procedure
from counter_app.services.catalogue_import import CatalogueImporter, ImportOutcome
from counter_app.services.desk import DeskContext
from counter_app.services.json_files import read_json_file
from counter_app.services.procedure_index import ProcedureIndex
from counter_app.services.values import ComponentView, FeeView, LimitView, ProcedureHit, ProcedureView
from resources import read_bytes

STARTER_CATALOGUE = ("catalogue", "procedures.json.xz")


def import_catalogue(desk: DeskContext, data: Any) -> ImportOutcome:
    """Take in procedures in the form of ``data/procedures.json``.

    A changed procedure becomes a new version; dossiers keep the version they were received under.
    Raises UserError ``catalogue_invalid`` naming the procedure; then nothing is changed.
    """
    if not isinstance(data, dict) or not isinstance(data.get("procedures"), list):
        raise UserError("catalogue_invalid", "Tệp danh mục phải có mục «procedures» là một danh sách.")
    with desk.database.write() as session, session.no_autoflush:
        importer = CatalogueImporter(session, desk.clock())
        for entry in data["procedures"]:
            importer.take(entry)
        return importer.outcome()


def import_catalogue_file(desk: DeskContext, path: Path) -> ImportOutcome:
    """``import_catalogue`` of a JSON file (or one compressed with xz)."""
    unpack = lzma.decompress if path.suffix == ".xz" else None
    return import_catalogue(desk, read_json_file(path, "catalogue_invalid", unpack=unpack))


def import_starter_catalogue(desk: DeskContext) -> ImportOutcome:
    """Lay in the catalogue that the program ships, so that a new desk can work at once."""
    return import_catalogue(desk, starter_catalogue())


def starter_catalogue() -> dict[str, Any]:
    """The shipped catalogue in the form of ``data/procedures.json``."""
    data: dict[str, Any] = json.loads(lzma.decompress(read_bytes(*STARTER_CATALOGUE)))
    return data


def load_index(desk: DeskContext) -> ProcedureIndex:
    """All procedures on offer, ready for type-ahead without the database; the most used ones first."""
    with desk.database.read() as session:
        uses = dict(session.execute(select(Dossier.procedure_id, func.count()).group_by(Dossier.procedure_id)).all())
        rows = session.scalars(
            select(Procedure).where(Procedure.current, Procedure.in_force).options(joinedload(Procedure.field))
        ).all()
        rows = sorted(rows, key=lambda row: (-uses.get(row.id, 0), "commune" not in row.levels, row.code))
        return ProcedureIndex([(_hit(row), row.name_folded) for row in rows])


def get_procedure(desk: DeskContext, code: str) -> ProcedureView:
    """The current version of a procedure; a provincial suffix on the code is ignored.

    Raises UserError ``procedure_unknown``.
    """
    with desk.database.read() as session:
        return procedure_view(find_procedure(session, code))


def find_procedure(session: Session, code: str) -> Procedure:
    """The current version inside a unit of work; UserError ``procedure_unknown`` when there is none."""
    row = session.scalar(
        select(Procedure)
        .where(Procedure.code == national_part(code), Procedure.current)
        .options(
            joinedload(Procedure.field),
            selectinload(Procedure.components),
            selectinload(Procedure.fees),
            selectinload(Procedure.limits),
            selectinload(Procedure.results),
        )
    )
    if row is None:
        raise UserError(
            "procedure_unknown",
            f"Không có thủ tục mã «{code}» trong danh mục. Hãy tìm lại theo tên, hoặc nhập danh mục mới.",
            procedure=code,
        )
    if not row.in_force:
        instead = f" Thủ tục thay thế: {row.replaced_by}." if row.replaced_by else ""
        raise UserError("procedure_not_in_force", f"Thủ tục «{row.code}» đã hết hiệu lực.{instead}", procedure=code)
    return row


def national_part(code: str) -> str:
    """``1.001193.000.00.00.H56`` or ``1.001193.H38`` → ``1.001193``: codes match on their national part."""
    return ".".join(code.strip().split(".")[:2])


def list_procedures(desk: DeskContext, text: str = "", limit: int | None = None) -> list[ProcedureHit]:
    """Procedures on offer that match ``text``, or all of them by code."""
    index = load_index(desk)
    if text.strip():
        return index.search(text, limit or 50)
    hits = sorted(index.all(), key=lambda hit: hit.code)
    return hits[:limit] if limit else hits


def procedure_view(row: Procedure) -> ProcedureView:
    """A version of a procedure as a frozen value."""
    return ProcedureView(
        id=row.id,
        code=row.code,
        version=row.version,
        name=row.name,
        field_code=row.field.code,
        field_name=row.field.name,
        levels=tuple(row.levels),
        channels=tuple(row.channels),
        limit=LimitView(row.limit_amount, row.limit_unit, row.limit_cut_off),
        limits=tuple(LimitView(item.amount, item.unit, item.cut_off, item.channel) for item in row.limits),
        limit_text=row.limit_text,
        limit_assumed=row.limit_assumed,
        agency=row.agency,
        decision=row.decision,
        in_force=row.in_force,
        components=tuple(
            ComponentView(item.code, item.name, item.originals, item.copies, item.required, item.case_name)
            for item in row.components
        ),
        fees=tuple(
            FeeView(
                item.code,
                item.name,
                item.amount,
                item.channel,
                case_name=item.case_name,
                collect_on=item.collect_on,
            )
            for item in row.fees
        ),
        results=tuple((item.code, item.name) for item in row.results),
    )


def _hit(row: Procedure) -> ProcedureHit:
    limit = LimitView(row.limit_amount, row.limit_unit, row.limit_cut_off)
    return ProcedureHit(row.id, row.code, row.name, row.field.name, limit, tuple(row.levels))
