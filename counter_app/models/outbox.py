"""What waits to go to the portal, and who is sending."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from counter_app.models.base import Base, UtcDateTime


class OutboxMessage(Base):
    """A message to the portal, written in the transaction of the change that it tells of.

    ``kind``: ``create`` (DongBoHoSoMC, isUpdating False), ``step`` (CapNhatTienDoHoSoMC), ``update``
    (DongBoHoSoMC, isUpdating True), ``upload`` (a document, no payload of its own). ``state``: waiting,
    sending, done, needs_attention, held (given away in a rescue file). ``payload`` is one dossier or one step
    as JSON bytes and never changes once written. ``unseen`` is set while an outcome that was not seen (cut,
    time-out, crash) still has to be looked up before anything is sent again. ``number`` orders the messages of
    one dossier.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("dossier_id", "number"),
        Index("ix_outbox_state_next_attempt_at", "state", "next_attempt_at", "id"),
        # Each lane of the syncer finds its turn among tens of thousands that wait for another.
        Index(
            "ix_outbox_waiting_kind",
            "kind",
            "next_attempt_at",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_outbox_unseen",
            "state",
            "next_attempt_at",
            "id",
            sqlite_where=text("unseen = 1"),
            postgresql_where=text("unseen"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    dossier_code: Mapped[str]
    number: Mapped[int]
    kind: Mapped[str]
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    revision: Mapped[int]
    state: Mapped[str] = mapped_column(default="waiting")
    unseen: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_error: Mapped[str] = mapped_column(default="")
    error_code: Mapped[str] = mapped_column(default="")
    error_field: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SyncLock(Base):
    """The one syncer: who holds it and when it last gave a sign of life (one row, ``name`` = "sync")."""

    __tablename__ = "sync_lock"

    name: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    pulse_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SyncRun(Base):
    """One pass of the syncer, for the history on the sync page."""

    __tablename__ = "sync_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent: Mapped[int] = mapped_column(default=0)
    received: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
