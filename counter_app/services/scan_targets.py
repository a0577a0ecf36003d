"""What a document made of scanned pages is called, and what it says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from counter_app.models import BacklogResult, Document, Dossier, Office, ScanJob
from counter_app.services.backlog import code_of, old_facts
from counter_app.services.desk import DeskContext


def target_of(desk: DeskContext, session: Session, job: ScanJob) -> tuple[str, str, Mapping[str, Any]]:
    """Code, name of the file, and what the document says of itself."""
    scanned = {"scanned_by": job.scanned_by, "scanned_at": job.scanned_at}
    if job.backlog_id is not None:
        old = session.get_one(BacklogResult, job.backlog_id)
        code = code_of(desk, old)
        return code, f"{code}.pdf", old_facts(desk, session, old) | scanned
    dossier = session.get_one(Dossier, job.dossier_id)
    return dossier.code, _file_name(session, dossier, job), _facts(session, dossier, job) | scanned


def _file_name(session: Session, dossier: Dossier, job: ScanJob) -> str:
    """Dossier and paper, counted from the second document of the same paper on."""
    same = select(func.count()).where(
        Document.dossier_id == dossier.id,
        Document.component_code == job.component_code,
        Document.result_code == job.result_code,
    )
    before = session.scalar(same) or 0
    name = f"{dossier.code}-{job.component_code or job.result_code}"
    return f"{name}-{before + 1}.pdf" if before else f"{name}.pdf"


def _facts(session: Session, dossier: Dossier, job: ScanJob) -> dict[str, Any]:
    names = {item.code: item.name for item in dossier.components}
    results = {item.code: item.name for item in dossier.procedure.results}
    name = names.get(job.component_code) or results.get(job.result_code) or ""
    return {
        "title": name,
        "dossier_code": dossier.code,
        "component_code": job.component_code or job.result_code,
        "component_name": name,
        "office": session.get_one(Office, dossier.office_id).name,
    }
