"""Documents: scans of components and results, content-addressed by SHA-256."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from counter_app.models.base import Base, UtcDateTime


class Document(Base):
    """A file attached to a component or a result of a dossier; the bytes lie beside the database.

    ``upload_url`` and ``upload_offset`` say how far the portal has it; ``uploaded_at`` is set once the
    portal holds it whole and its digest was checked. ``from_portal``: fetched from there, so never sent there.
    ``result_number``: the n of ``<code>-KQ<n>``, None for a component and for a result that the portal numbered.
    ``is_reused``: not scanned for this dossier but taken from an earlier one (``DocumentReuse``). ``signed_from_id``:
    the document of which this one is the same with a signature of the office; it stands for both.
    """

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("dossier_id", "component_code", "result_code", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    component_code: Mapped[str] = mapped_column(default="")
    result_code: Mapped[str] = mapped_column(default="")
    file_name: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    size: Mapped[int]
    pages: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    upload_url: Mapped[str | None]
    upload_offset: Mapped[int] = mapped_column(default=0)
    uploaded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    from_portal: Mapped[bool] = mapped_column(default=False)
    result_number: Mapped[int | None]
    is_reused: Mapped[bool] = mapped_column(default=False)
    signed_from_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))


class DocumentLook(Base):
    """What was found of how a file of the document store was scanned (``rules.digitising.Flaw``), by its digest."""

    __tablename__ = "document_look"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    flaw: Mapped[str]
