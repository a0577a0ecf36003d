"""Papers that must be scanned and are not, as a list to work off: the oldest first."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from sqlalchemy import ColumnElement, func, select, text

from counter_app.models import Applicant, DigitisingTodo, Dossier, Procedure
from counter_app.services.desk import DeskContext
from counter_app.services.reading import full_text_query
from counter_app.services.scan_jobs import in_work

GROUPS = ("all", "component", "result", "wrong")
"""Everything; papers of applicants; results; files that are there but not right."""
_CUT = 400


@dataclass(frozen=True, slots=True)
class TodoRow:
    """One paper. ``trouble``: missing, images (another number than the paper has), unreadable, coarse or gray (not
    scanned as law asks for), in_work (its scan is being made into a document)."""

    id: int
    dossier_code: str
    applicant_name: str
    procedure_name: str
    kind: str
    code: str
    name: str
    trouble: str
    since: datetime
    clerk: str

    @property
    def component(self) -> str:
        """The component's code, "" for a result."""
        return self.code if self.kind == "component" else ""

    @property
    def result(self) -> str:
        """The result's code, "" for a component."""
        return self.code if self.kind == "result" else ""


def todo_ids(desk: DeskContext, group: str = "all", typed: str = "") -> array[int]:
    """Ids of all that is to be done in a group, narrowed to dossiers that ``typed`` finds."""
    query = select(DigitisingTodo.id).where(*_of(group)).order_by(DigitisingTodo.since, DigitisingTodo.id)
    match = full_text_query(typed)
    if match:
        found = text("SELECT rowid FROM dossier_search WHERE dossier_search MATCH :match").bindparams(match=match)
        query = query.where(DigitisingTodo.dossier_id.in_(found.columns(Dossier.id).scalar_subquery()))
    with desk.database.read() as session:
        return array("q", chain.from_iterable(session.connection().execute(query)))


def todo_rows(desk: DeskContext, ids: Sequence[int]) -> list[TodoRow]:
    """The rows with these ids, in this order; what was done meanwhile is left out."""
    query = (
        select(
            DigitisingTodo.id,
            Dossier.code,
            Applicant.name,
            Procedure.name,
            DigitisingTodo.kind,
            DigitisingTodo.code,
            DigitisingTodo.name,
            DigitisingTodo.trouble,
            DigitisingTodo.since,
            DigitisingTodo.clerk,
            DigitisingTodo.dossier_id,
        )
        .join(Dossier, Dossier.id == DigitisingTodo.dossier_id)
        .join(Applicant, Applicant.id == Dossier.applicant_id)
        .join(Procedure, Procedure.id == Dossier.procedure_id)
    )
    found: dict[int, TodoRow] = {}
    with desk.database.read() as session:
        for start in range(0, len(ids), _CUT):
            part = session.execute(query.where(DigitisingTodo.id.in_(ids[start : start + _CUT]))).all()
            being_made = in_work(session, {row.dossier_id for row in part})
            for *values, dossier_id in part:
                row = TodoRow(*values)
                if (dossier_id, row.component, row.result) in being_made:
                    row = replace(row, trouble="in_work")
                found[row.id] = row
    return [found[one] for one in ids if one in found]


def todo_counts(desk: DeskContext) -> dict[str, int]:
    """How much is to be done, by group."""
    with desk.database.read() as session:
        return {
            group: session.scalar(select(func.count()).select_from(DigitisingTodo).where(*_of(group))) or 0
            for group in GROUPS
        }


def _of(group: str) -> tuple[ColumnElement[bool], ...]:
    if group == "wrong":
        return (DigitisingTodo.trouble != "missing",)
    return () if group == "all" else (DigitisingTodo.kind == group, DigitisingTodo.trouble == "missing")
