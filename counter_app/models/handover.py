"""Handing dossiers over by signed lists, where their papers lie, and handing results out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counter_app.models.base import Base, JsonText, UtcDateTime
from counter_app.models.dossier import Dossier


class HandoverList(Base):
    """Dossiers that go together from one unit to another, signed by both sides.

    ``number`` runs within the year of ``made_at``. ``direction``: out (from this desk or a unit) or in (back to
    the desk). ``office_code`` names another office where it is interlinked, else "". ``state``: draft (nothing
    has gone yet), sent (signed by the giver), closed (the receiver has decided on every dossier), discarded.
    """

    __tablename__ = "handover_list"
    __table_args__ = (Index("ix_handover_list_state", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    direction: Mapped[str]
    from_unit: Mapped[str]
    to_unit: Mapped[str]
    office_code: Mapped[str] = mapped_column(default="")
    state: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str]
    giver: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    receiver: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(default="")

    items: Mapped[list[HandoverItem]] = relationship(order_by="HandoverItem.position", back_populates="list")


class HandoverItem(Base):
    """One dossier on a list.

    ``state``: listed, sent, confirmed, turned_back (the receiver would not have it), redirected (a wrong
    hand-over, put right) or dropped (the dossier ended, or the list was discarded, before it went). ``due`` is the
    inner limit of the receiver, None where none is set. ``papers``: name, originals, copies of what went along.
    """

    __tablename__ = "handover_item"
    __table_args__ = (UniqueConstraint("list_id", "dossier_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("handover_list.id"))
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    position: Mapped[int]
    state: Mapped[str]
    due: Mapped[datetime | None] = mapped_column(UtcDateTime)
    papers: Mapped[list[list[Any]]] = mapped_column(JsonText, default=list)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")

    list: Mapped[HandoverList] = relationship(back_populates="items")
    dossier: Mapped[Dossier] = relationship()


class ShelfMove(Base):
    """Where the papers of a dossier were put, when and by whom; the latest is ``Dossier.shelf``."""

    __tablename__ = "shelf_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str]
    shelf_before: Mapped[str]
    shelf_after: Mapped[str]


class Delivery(Base):
    """One handing out of the results of a dossier, with its evidence; a parcel that came back has a next one.

    ``way``: counter, post, online. ``state``: signed (at the desk), given (there, no signature told), posted,
    online, confirmed (delivered, known from the carrier or the applicant), came_back, void (recorded by mistake and
    taken back). ``authority`` is the paper by which somebody else takes the results, "" for the applicant.
    ``address`` and ``phone``: where a parcel goes, as on its label.
    ``results``: ``code`` (KQ1 …) and ``name``; ``originals``: ``code``, ``name``, ``count`` of the papers given
    back. ``decided_…`` and ``evidence`` belong to confirmed and came_back.
    """

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("dossier_id", "attempt"), Index("ix_delivery_state", "state", "sent_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    attempt: Mapped[int]
    way: Mapped[str]
    state: Mapped[str]
    to_name: Mapped[str]
    to_number: Mapped[str] = mapped_column(default="")
    authority: Mapped[str] = mapped_column(default="")
    carrier: Mapped[str] = mapped_column(default="")
    tracking: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    results: Mapped[list[dict[str, Any]]] = mapped_column(JsonText, default=list)
    originals: Mapped[list[dict[str, Any]]] = mapped_column(JsonText, default=list)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_by: Mapped[str]
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(default="")
    evidence: Mapped[str] = mapped_column(default="")

    dossier: Mapped[Dossier] = relationship()


class LawGround(Base):
    """An article of law that the office gave as the ground of a refusal or a stop; offered again by its use."""

    __tablename__ = "law_ground"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(unique=True)
    used: Mapped[int]
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)
