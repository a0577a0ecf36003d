"""The print spool: one row a job, one identity through all its tries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from counter_app.models.base import Base, UtcDateTime


class PrintJob(Base):
    """Bytes for one printer.

    ``state``: waiting, sending, printed, unknown (found "sending" at start: ask the clerk, never reprint
    by itself), asks (from an earlier day), cancelled. ``payload`` is what goes down the wire, byte for byte.
    ``kept`` is what no history has of a paper, for a reprint.
    ``tray`` and ``sides`` are those of :class:`printing.printers.Handling`. ``last_error`` of a printed job is
    what the printer had to say all the same.
    """

    __tablename__ = "print_job"
    __table_args__ = (Index("ix_print_job_state_printer", "state", "printer", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    form: Mapped[str]
    title: Mapped[str]
    printer: Mapped[str]
    mime: Mapped[str]
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    tray: Mapped[str] = mapped_column(default="")
    sides: Mapped[str] = mapped_column(default="")
    reprint: Mapped[bool] = mapped_column(default=False)
    kept: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    printed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
