"""Running numbers and drafts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from counter_app.models.base import Base, JsonText, UtcDateTime


class NumberSeries(Base):
    """The last number given in a series, such as ``code:H15.36:260511:1`` or ``form:receipt:H15.36:2026``."""

    __tablename__ = "number_series"

    name: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


class Draft(Base):
    """What the clerk had typed; written while typing, so that a power cut takes nothing."""

    __tablename__ = "draft"

    name: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JsonText)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
