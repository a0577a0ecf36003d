"""One way through the documents for work that is done once for each file, in the background, across restarts."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import select

from counter_app.models import Document, DocumentLook, DocumentText
from counter_app.services.desk import DeskContext

_BLOCK = 200


class WalkedDocument(NamedTuple):
    """A document whose file is not known yet."""

    dossier_id: int
    sha256: str
    from_portal: bool


def walk_documents(
    desk: DeskContext,
    known: type[DocumentText] | type[DocumentLook],
    work: Callable[[WalkedDocument], None],
    after: int,
    stop: Callable[[], bool],
) -> int:
    """Give ``work`` each document behind the id ``after`` whose file has no row in ``known``.

    Returns the id of the last document passed, to go on from. ``work`` writes the row, or leaves the file for another
    walk.
    """
    while not stop():
        with desk.database.read() as session:
            rows = session.execute(
                select(Document.id, Document.dossier_id, Document.sha256, Document.from_portal, known.sha256)
                .outerjoin(known, known.sha256 == Document.sha256)
                .where(Document.id > after)
                .order_by(Document.id)
                .limit(_BLOCK)
            ).all()
        if not rows:
            break
        for number, dossier_id, sha256, from_portal, known_sha256 in rows:
            if stop():
                return after
            if known_sha256 is None:
                work(WalkedDocument(dossier_id, sha256, from_portal))
            after = number
    return after
