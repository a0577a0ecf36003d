"""How documents were scanned: in colour and finely enough, or not; looked at once for each file.

Of what the desk scans itself the pictures tell; of a file that came whole, its pages. What citizens sent by the portal
is not looked at: nobody here scanned it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from counter_app.models import DocumentLook
from counter_app.rules.digitising import Flaw
from counter_app.services.desk import DeskContext
from counter_app.services.digitising_book import forget_dossier
from counter_app.services.document_walk import WalkedDocument, walk_documents


def look_of(session: Session, sha256: str) -> Flaw | None:
    """What is known to be wrong with the scan; None also where nobody has looked yet."""
    flaw = session.scalar(select(DocumentLook.flaw).where(DocumentLook.sha256 == sha256))
    return Flaw(flaw) if flaw else None


def keep_look(session: Session, sha256: str, flaw: Flaw | None) -> None:
    """What was found of a file, inside the caller's unit of work; what was found first stays."""
    values = {"sha256": sha256, "flaw": flaw.value if flaw else ""}
    session.execute(insert(DocumentLook).values(values).on_conflict_do_nothing())


def look_at_documents(desk: DeskContext, after: int = 0, stop: Callable[[], bool] = lambda: False) -> int:
    """Look at the documents behind ``after`` that nobody has looked at; the id up to which all are known.

    The rate of a dossier whose scan falls short is worked out anew.
    """

    def look(document: WalkedDocument) -> None:
        if not document.from_portal:
            _look_at(desk, document.dossier_id, document.sha256)

    return walk_documents(desk, DocumentLook, look, after, stop)


def _look_at(desk: DeskContext, dossier_id: int, sha256: str) -> None:
    from counter_app.scanning.scan_quality import flaw_of_pdf

    flaw = flaw_of_pdf(desk.documents.path_of(sha256))
    with desk.database.write() as session:
        keep_look(session, sha256, flaw)
        if flaw is not None:
            forget_dossier(session, dossier_id)


def flaw_of_scan(pages: Iterable[tuple[Path, int]]) -> Flaw | None:
    """Of what the desk scanned: each page's picture and resolution."""
    from counter_app.scanning.scan_quality import flaw_of_pictures

    return flaw_of_pictures(pages)
