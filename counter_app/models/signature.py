"""Signatures that the desk has given, or is to give."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from counter_app.models.base import Base, JsonText, UtcDateTime


class Signature(Base):
    """A document that is signed once, whatever ends the program on the way.

    ``key`` says what is signed for what: ``scan/<job>`` or ``copy|result/<dossier>/<paper>/<digest>``. ``sha256`` of
    the signed file, which lies in the data directory's folder ``signing`` until it is attached; "" while it waits for
    a key to be unlocked. ``signers``: name, kind and certificate of each who has signed.
    """

    __tablename__ = "signature"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    sha256: Mapped[str] = mapped_column(default="")
    signers: Mapped[list[dict[str, str]]] = mapped_column(JsonText)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attached_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
