"""Applicants, as they were written on the day: a later change is a new row, never a rewrite."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from counter_app.models.base import Base, UtcDateTime


class Applicant(Base):
    """A person (personal number), enterprise (tax code) or organisation, with contact data."""

    __tablename__ = "applicant"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    personal_number: Mapped[str] = mapped_column(default="", index=True)
    tax_code: Mapped[str] = mapped_column(default="", index=True)
    birth_date: Mapped[date | None]
    sex: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="", index=True)
    email: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
