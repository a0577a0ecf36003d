"""What came from the portal: how far its feed was read, each entry of it, and the files that it names."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from counter_app.models.base import Base, JsonText, UtcDateTime


class InboxCursor(Base):
    """How far the portal's feed was read; moved in the transaction that applies the entries."""

    __tablename__ = "inbox_cursor"

    portal: Mapped[str] = mapped_column(primary_key=True)
    cursor: Mapped[str]
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)


class InboxEntry(Base):
    """An entry of the feed; ``digest`` and ``subject`` (what it is about) recognise a repeated one.

    ``state``: applied, clash (a person decides), unreadable (kept and shown), decided, seen. ``ours`` is what
    the desk had of the dossier when a clash came in; ``error`` says why the entry was not applied.
    ``decision`` (keep_ours, take_theirs, seen) with who, when and why.
    """

    __tablename__ = "inbox_entry"
    __table_args__ = (
        Index("ix_inbox_entry_subject", "subject", "id"),
        Index("ix_inbox_entry_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    kind: Mapped[str]
    dossier_code: Mapped[str] = mapped_column(index=True)
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str]
    error: Mapped[str] = mapped_column(default="")
    arrived_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ours: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    decision: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_reason: Mapped[str] = mapped_column(default="")


class PortalFile(Base):
    """A file that the portal holds for a dossier: handed in on line, or a result; fetched when the line allows.

    ``state``: waiting, fetched (``document_id`` is where it lies), failed (``error`` says why; a person may ask
    again). ``sha256`` is "" where the portal names no digest.
    """

    __tablename__ = "portal_file"
    __table_args__ = (
        UniqueConstraint("dossier_id", "url"),
        Index("ix_portal_file_state", "state", "next_attempt_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    component_code: Mapped[str] = mapped_column(default="")
    result_code: Mapped[str] = mapped_column(default="")
    file_name: Mapped[str]
    url: Mapped[str]
    sha256: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    error: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
