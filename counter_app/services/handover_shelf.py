"""Where the paper of each dossier lies, and what lies on a shelf."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from counter_app.models import Applicant, Dossier, Procedure, ShelfMove
from counter_app.services.desk import DeskContext
from counter_app.services.handover_values import ShelfRow
from counter_app.services.shelf_moves import put, shelf_name
from counter_app.services.steps import find_dossier


def put_on_shelf(desk: DeskContext, codes: Sequence[str], shelf: str) -> tuple[str, ...]:
    """Note where the papers of these dossiers lie now ("" takes them off); answers the codes that moved.

    Not told to the portal and no change of the dossier itself. Raises UserError ``dossier_unknown``,
    ``shelf_invalid``.
    """
    with desk.database.write() as session:
        now, clerk = desk.clock().replace(microsecond=0), desk.settings.clerk
        dossiers = [find_dossier(session, code) for code in dict.fromkeys(codes)]
        return tuple(dossier.code for dossier in dossiers if put(session, dossier, shelf, now, clerk))


def on_shelf(desk: DeskContext, shelf: str, limit: int = 200) -> list[ShelfRow]:
    """What lies on shelves whose label begins with ``shelf``, by shelf and code; the open and unreturned alike."""
    place = shelf_name(shelf)
    if not place:
        return []
    wanted: ColumnElement[bool] = func.substr(Dossier.shelf, 1, len(place)) == place
    query = (
        select(Dossier.code, Applicant.name, Procedure.name, Dossier.status, Dossier.shelf, Dossier.unit)
        .join(Applicant, Dossier.applicant_id == Applicant.id)
        .join(Procedure, Dossier.procedure_id == Procedure.id)
        .where(Dossier.shelf != "", wanted)
        .order_by(Dossier.shelf, Dossier.code)
        .limit(limit)
    )
    with desk.database.read() as session:
        return [ShelfRow(*row) for row in session.execute(query)]


def shelf_history(desk: DeskContext, code: str) -> list[tuple[datetime, str, str, str]]:
    """When, by whom, from which shelf to which; oldest first. Raises UserError ``dossier_unknown``."""
    with desk.database.read() as session:
        dossier = find_dossier(session, code)
        rows = session.scalars(select(ShelfMove).where(ShelfMove.dossier_id == dossier.id).order_by(ShelfMove.id))
        return [(row.at, row.actor, row.shelf_before, row.shelf_after) for row in rows]
