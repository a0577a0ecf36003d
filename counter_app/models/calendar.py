"""Working calendars, kept by digest so that a promise can name the one it was made under."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from counter_app.models.base import Base, UtcDateTime


class Calendar(Base):
    """An immutable calendar (``content`` = ``WorkCalendar.to_json()``); ``current`` is used for new promises."""

    __tablename__ = "calendar"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    content: Mapped[str] = mapped_column(Text)
    current: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
