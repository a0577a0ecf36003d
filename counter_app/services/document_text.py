"""The words in documents: read from their PDF once, found again with or without accents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select, text
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from counter_app.models import Document, DocumentText
from counter_app.pdfium import PDFIUM
from counter_app.services.desk import DeskContext
from counter_app.services.document_walk import walk_documents
from counter_app.services.reading import full_text_query, queue_rows, search_words
from counter_app.services.values import QueueRow

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

MOST_LETTERS = 200_000
"""Of one document; what comes after a hundred pages of print is not searched."""
SHORTEST_WORD = 3
"""A text whose words are all shorter finds half of all documents and is not looked for."""
PAGE_END = "\f"
_AROUND = 5
"""Words shown before and after the one that was found."""


@dataclass(frozen=True, slots=True)
class TextHit:
    """A dossier found by the words of one of its documents: in which file, on which page, among which words."""

    row: QueueRow
    file_name: str
    page: int
    words: str


def find_in_documents(desk: DeskContext, typed: str, limit: int = 20) -> list[TextHit]:
    """Dossiers one of whose documents holds all words of ``typed``, the document read last first."""
    words = search_words(typed)
    if not any(len(word) >= SHORTEST_WORD for word in words):
        return []
    with desk.database.read() as session:
        numbers = list(session.scalars(_SEARCH, {"match": full_text_query(typed), "limit": limit}))
        found = session.execute(
            select(Document.dossier_id, Document.file_name, DocumentText.content)
            .join(DocumentText, DocumentText.sha256 == Document.sha256)
            .where(DocumentText.id.in_(numbers))
            .order_by(DocumentText.id.desc(), Document.id.desc())
        ).all()
    first = {dossier_id: (name, content) for dossier_id, name, content in reversed(found)}
    ids = list(dict.fromkeys(dossier_id for dossier_id, _, _ in found))[:limit]
    return [TextHit(row, first[row.id][0], *_place(first[row.id][1], words)) for row in queue_rows(desk, ids)]


_SEARCH = text("SELECT rowid FROM document_search WHERE document_search MATCH :match ORDER BY rowid DESC LIMIT :limit")


def read_documents(desk: DeskContext, after: int = 0, stop: Callable[[], bool] = lambda: False) -> int:
    """Read every document whose words are not known yet, from the one with the id ``after`` on.

    Returns the id of the last document looked at, to go on from. A file that is gone or cannot be read is left for
    another time: ``verify`` tells of it.
    """
    return walk_documents(desk, DocumentText, lambda document: read_document(desk, document.sha256), after, stop)


def read_document(desk: DeskContext, sha256: str) -> None:
    """Read the words of one document, where they are not known yet and the file can be read now."""
    content = pdf_text(desk.documents.path_of(sha256))
    if content is None:
        if not _is_sound(desk, sha256):
            return  # the disk may be back, or the file put back, the next time
        content = ""  # no PDF that can be opened, now or ever
    with desk.database.write() as session:
        _keep(session, desk, sha256, content)


def _is_sound(desk: DeskContext, sha256: str) -> bool:
    try:
        return not desk.documents.problem(sha256, desk.documents.path_of(sha256).stat().st_size)
    except OSError:
        return False


def _keep(session: Session, desk: DeskContext, sha256: str, content: str) -> None:
    """Text and index entry, once: the same file may come twice at the same time."""
    number = session.scalar(
        insert(DocumentText)
        .values(sha256=sha256, content=content, read_at=desk.clock())
        .on_conflict_do_nothing(index_elements=[DocumentText.sha256])
        .returning(DocumentText.id)
    )
    if number is not None:
        words = {"id": number, "words": " ".join(search_words(content))}
        session.execute(text("INSERT INTO document_search(rowid, content) VALUES (:id, :words)"), words)


def pdf_text(path: Path) -> str | None:
    """The text layer of a PDF, pages parted by form feeds; None for a file that cannot be opened."""
    import pypdfium2

    pages: list[str] = []
    try:
        with PDFIUM, pypdfium2.PdfDocument(path) as document:
            count = len(document)
        while len(pages) < count and sum(map(len, pages)) < MOST_LETTERS:
            # Opened anew for each page: whoever looks at a paper does not wait for a hundred pages of another.
            with PDFIUM, pypdfium2.PdfDocument(path) as document:
                pages.append(_page_text(document[len(pages)]))
    except (pypdfium2.PdfiumError, OSError):
        return None
    return PAGE_END.join(pages)[:MOST_LETTERS] if any(pages) else ""


def _page_text(page: PdfPage) -> str:
    layer = page.get_textpage()
    words = layer.get_text_bounded().replace(PAGE_END, " ").split()
    layer.close()
    page.close()
    return " ".join(words)


def _place(content: str, words: Sequence[str]) -> tuple[int, str]:
    """On which page most of the words stand (counted from 1), and the first of them there with its neighbours."""
    pages = content.split(PAGE_END)
    folded = [set(search_words(page)) for page in pages]
    number = max(range(len(pages)), key=lambda index: (sum(_has(folded[index], word) for word in words), -index))
    spoken = pages[number].split()
    at = next(
        (index for index, token in enumerate(spoken) if any(_has(set(search_words(token)), word) for word in words)), 0
    )
    start, end = max(0, at - _AROUND), at + _AROUND + len(words)
    shown = " ".join(spoken[start:end])
    return number + 1, ("… " if start else "") + shown + (" …" if end < len(spoken) else "")


def _has(present: set[str], word: str) -> bool:
    return word in present or any(other.startswith(word) for other in present)
