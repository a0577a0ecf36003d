"""Comparisons with the portal, and what they found to differ."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from counter_app.models.base import Base, JsonText, UtcDateTime


class ReconciliationRun(Base):
    """One comparison of a period (``first_day`` to ``last_day``, office days, both included).

    ``position`` is the id of the last dossier compared: an automatic run that was interrupted goes on behind it.
    ``compared`` = ``equal`` + ``accepted`` + ``on_the_way`` + ``different`` dossiers; ``found`` and ``closed``
    count differences. ``our_statuses`` and ``their_statuses``: dossiers by TrangThaiHoSo on each side ("" where
    the portal has none). ``complete`` is set when every dossier of the period was compared.
    """

    __tablename__ = "reconciliation_run"
    __table_args__ = (Index("ix_reconciliation_run_automatic", "automatic", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_day: Mapped[date]
    last_day: Mapped[date]
    automatic: Mapped[bool]
    actor: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)
    compared: Mapped[int] = mapped_column(default=0)
    equal: Mapped[int] = mapped_column(default=0)
    accepted: Mapped[int] = mapped_column(default=0)
    on_the_way: Mapped[int] = mapped_column(default=0)
    different: Mapped[int] = mapped_column(default=0)
    found: Mapped[int] = mapped_column(default=0)
    closed: Mapped[int] = mapped_column(default=0)
    our_statuses: Mapped[dict[str, int]] = mapped_column(JsonText, default=dict)
    their_statuses: Mapped[dict[str, int]] = mapped_column(JsonText, default=dict)
    complete: Mapped[bool] = mapped_column(default=False)
    error: Mapped[str] = mapped_column(default="")


class ReconciliationDifference(Base):
    """Something in which desk and portal differ; listed once, however many runs find it.

    ``kind`` and ``subject`` as in ``counter_app.sync.comparing``. ``state``: open, mending (sent again, not
    compared since), mended (a later run found it gone), accepted (left as it is, with ``reason``). ``decided_at``
    and ``decided_by`` say when and by whom it was last sent again, accepted or found gone ("" = by a run).
    ``run_id`` is the run that saw it last. ``portal_step`` is what the portal has by its own processing, where
    it may be right: a step as in CapNhatTienDoHoSoMC, or TrangThai alone.
    """

    __tablename__ = "reconciliation_difference"
    __table_args__ = (Index("ix_reconciliation_difference_state", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("reconciliation_run.id"))
    kind: Mapped[str]
    subject: Mapped[str]
    ours: Mapped[str]
    theirs: Mapped[str]
    mendable: Mapped[bool]
    portal_step: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    state: Mapped[str] = mapped_column(default="open")
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
