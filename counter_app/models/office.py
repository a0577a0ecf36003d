"""Offices, their desks and the people who sit there."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from counter_app.models.base import Base


class Office(Base):
    """An office with its identifier (QCVN 102); after a merger it has a successor and stays as it was."""

    __tablename__ = "office"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    governing_body: Mapped[str] = mapped_column(default="")
    desk_name: Mapped[str] = mapped_column(default="BỘ PHẬN TIẾP NHẬN VÀ TRẢ KẾT QUẢ")
    letter_suffix: Mapped[str] = mapped_column(default="BPTNTKQ")
    place: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    lookup_url: Mapped[str] = mapped_column(default="")
    head_name: Mapped[str] = mapped_column(default="")
    head_title: Mapped[str] = mapped_column(default="CHỦ TỊCH")
    valid_from: Mapped[date | None]
    successor_code: Mapped[str | None]


class Desk(Base):
    """A numbered desk, 0 to 9; working alone it owns a thousand of the day's numbers."""

    __tablename__ = "desk"
    __table_args__ = (UniqueConstraint("office_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    number: Mapped[int]


class User(Base):
    """A clerk or official, as named on papers and in the event history."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    full_name: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
