"""What left this desk in a rescue file, and what this desk sends for another one (docs/decisions/005)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from counter_app.models.base import Base, UtcDateTime


class RescueExport(Base):
    """A rescue file that this desk wrote.

    Its messages are held back until ``held_until`` (or ``ended_at``, when the clerk or a receipt ended the hold
    earlier); ``settled_at`` is set once none of them is held any more. ``receipt_key`` also lies inside the
    encrypted file, so that a receipt shows that it comes from whoever could open it.
    """

    __tablename__ = "rescue_export"

    id: Mapped[str] = mapped_column(primary_key=True)
    file_name: Mapped[str]
    receipt_key: Mapped[bytes] = mapped_column(LargeBinary)
    dossiers: Mapped[int]
    messages: Mapped[int]
    exported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    held_until: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RescueItem(Base):
    """A message that went into a rescue file."""

    __tablename__ = "rescue_item"

    export_id: Mapped[str] = mapped_column(ForeignKey("rescue_export.id"), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), primary_key=True, index=True)


class RescueImport(Base):
    """Another desk's rescue file that this desk sends; with ``finished_at`` it is never sent again."""

    __tablename__ = "rescue_import"

    id: Mapped[str] = mapped_column(primary_key=True)
    desk_number: Mapped[int]
    receipt_key: Mapped[bytes] = mapped_column(LargeBinary)
    exported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RescueSent(Base):
    """What became of a message of another desk's file.

    ``outcome``: ``uploading`` (a document on its way, ``url`` and ``offset`` say how far), ``done``, ``left`` (not
    sent; ``words`` say why). ``named`` tells of a document that the portal's record names it.
    """

    __tablename__ = "rescue_sent"

    import_id: Mapped[str] = mapped_column(ForeignKey("rescue_import.id"), primary_key=True)
    message_key: Mapped[str] = mapped_column(primary_key=True)
    dossier_code: Mapped[str]
    outcome: Mapped[str]
    url: Mapped[str | None]
    offset: Mapped[int] = mapped_column(default=0)
    named: Mapped[bool] = mapped_column(default=False)
    words: Mapped[str] = mapped_column(default="")
