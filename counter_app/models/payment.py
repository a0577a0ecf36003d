"""Money that changed hands at the desk, and the closing of each day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counter_app.models.base import Base, JsonText, UtcDateTime
from counter_app.models.dossier import Dossier


class Payment(Base):
    """Fees of one dossier taken, or given back, at once; never changed, but for the closing that counts it.

    ``kind``: payment or refund, each with a series of numbers of its own in an office and year. ``amount`` in đồng,
    negative for a refund. ``items``: code, name and amount of each fee. ``official_receipt``: number of the
    finance system's receipt (biên lai). What was paid at the portal is not here: it never passed the desk.
    """

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("dossier_id", "event_number", "method"),
        Index("ix_payment_closing_id_at", "closing_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    event_number: Mapped[int]
    kind: Mapped[str]
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    clerk: Mapped[str]
    method: Mapped[str]
    amount: Mapped[int]
    reference: Mapped[str] = mapped_column(default="")
    official_receipt: Mapped[str] = mapped_column(default="")
    items: Mapped[list[dict[str, Any]]] = mapped_column(JsonText)
    closing_id: Mapped[int | None] = mapped_column(ForeignKey("day_closing.id"))

    dossier: Mapped[Dossier] = relationship()


class DayClosing(Base):
    """A day's money as it was counted, once and for good.

    ``lines``: clerk, method, count and amount of what was taken; ``counted``: cash in hand by clerk, in đồng.
    """

    __tablename__ = "day_closing"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(unique=True)
    closed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    clerk: Mapped[str]
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JsonText)
    counted: Mapped[dict[str, int]] = mapped_column(JsonText)
    explanation: Mapped[str] = mapped_column(default="")
