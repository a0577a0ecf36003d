"""Attaching scans to a component or a result of a dossier already received."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Document, Dossier
from counter_app.rules import lifecycle
from counter_app.rules.lifecycle import Status, Step
from counter_app.services import outgoing
from counter_app.services.desk import DeskContext
from counter_app.services.history import append_event, moment_of_step
from counter_app.services.new_documents import FiledScan, named, new_documents
from counter_app.services.reading import document_view
from counter_app.services.rules_bridge import rules_apply
from counter_app.services.steps import find_dossier
from counter_app.services.values import DocumentView


@dataclass(frozen=True, slots=True)
class Attached:
    """The documents that were added; files that were there already are named in the warnings."""

    code: str
    documents: tuple[DocumentView, ...]
    warnings: tuple[str, ...] = ()


def attach(
    desk: DeskContext,
    code: str,
    files: Sequence[Path],
    *,
    component: str = "",
    result: str = "",
    at: datetime | None = None,
    signed_from: int | None = None,
    then: Callable[[Session], None] | None = None,
) -> Attached:
    """Store ``files`` as scans of a component or of a result; the portal gets them after the record.

    ``signed_from``: the number of the document that the file is, with a signature of the office. ``then`` goes on in
    the same unit of work, also when every file was there already. Raises UserError ``dossier_unknown``,
    ``component_unknown``, ``result_unknown``, ``file_…``; all files or none.
    """
    with desk.database.read() as session:
        check_target(find_dossier(session, code), component, result)
    stored = [desk.documents.add(path, max_mb=desk.settings.max_document_mb) for path in files]
    with desk.database.write() as session:
        dossier = find_dossier(session, code)
        check_target(dossier, component, result)
        moment, entered_at = moment_of_step(desk, dossier, at)
        with rules_apply():
            status = lifecycle.next_status(Status(dossier.status), Step.ATTACH)
        original = session.get_one(Document, signed_from) if signed_from is not None else None
        scans = [FiledScan(component, result, file, original) for file in stored]
        rows, warnings = new_documents(dossier, scans, entered_at)
        if rows:
            dossier.documents.extend(rows)
            append_event(
                desk,
                dossier,
                Step.ATTACH,
                at=moment,
                entered_at=entered_at,
                status_after=status,
                due_after=dossier.due,
                details={
                    "component": component,
                    "result": result,
                    "files": named(rows),
                },
            )
            session.flush()
            outgoing.queue_uploads(session, dossier, rows, entered_at)
        if then is not None:
            then(session)
        return Attached(dossier.code, tuple(document_view(row) for row in rows), tuple(warnings))


def check_target(dossier: Dossier, component: str, result: str) -> None:
    """Refuse what a scan cannot be of: UserError ``component_unknown``, ``result_unknown``."""
    if bool(component) == bool(result):
        raise UserError("component_unknown", "Hãy chọn đúng một: thành phần hồ sơ, hoặc kết quả.")
    if component and component not in {item.code for item in dossier.components}:
        known = ", ".join(item.code for item in dossier.components) or "không có"
        raise UserError("component_unknown", f"Hồ sơ không có thành phần «{component}» (có: {known}).")
    if result and result not in {item.code for item in dossier.procedure.results}:
        known = ", ".join(item.code for item in dossier.procedure.results) or "không có"
        raise UserError("result_unknown", f"Thủ tục không có kết quả «{result}» (có: {known}).")
