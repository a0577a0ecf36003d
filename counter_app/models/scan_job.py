"""Scanned papers on their way into dossiers, and the words that lie in documents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from counter_app.models.base import Base, JsonText, UtcDateTime


class ScanJob(Base):
    """Pages of a tray that become one document of a dossier, in the background.

    ``state``: waiting, working, done, trouble (``message`` says why: the clerk decides), given_up (the pages lie
    loose in their tray again). ``pages`` is what is made into the document, as it was when the clerk said so:
    later edits of the tray change nothing. ``sha256`` of the document once it is attached. ``backlog_id`` is set in
    place of ``dossier_id`` where the pages are an older result.
    """

    __tablename__ = "scan_job"
    __table_args__ = (Index("ix_scan_job_state", "state", "id"), Index("ix_scan_job_tray", "tray"))

    id: Mapped[int] = mapped_column(primary_key=True)
    tray: Mapped[str]
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    backlog_id: Mapped[int | None] = mapped_column(ForeignKey("backlog_result.id"))
    component_code: Mapped[str] = mapped_column(default="")
    result_code: Mapped[str] = mapped_column(default="")
    pages: Mapped[list[dict[str, Any]]] = mapped_column(JsonText)
    state: Mapped[str] = mapped_column(default="waiting")
    message: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    scanned_by: Mapped[str]
    scanned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sha256: Mapped[str] = mapped_column(default="")


class DocumentText(Base):
    """What can be read in a file of the document store, for search; empty for a picture without a text layer.

    Kept by digest: a file that lies in two dossiers is read once. Pages are parted by form feeds. The index over
    the folded words is the FTS5 table ``document_search``; its rowid is this ``id``.
    """

    __tablename__ = "document_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(unique=True)
    content: Mapped[str] = mapped_column(Text)
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)
