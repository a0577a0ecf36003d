"""A dossier with the papers received, its fees, its documents and its append-only history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counter_app.models.applicant import Applicant
from counter_app.models.base import Base, JsonText, UtcDateTime
from counter_app.models.document import Document
from counter_app.models.procedure import Procedure


class Dossier(Base):
    """One request by one applicant for one procedure.

    Four axes that never move one another: ``status`` (business, derived from the events), ``money_state``
    (nothing_due, due, paid, refunded), ``delivery_state`` (pending, at_desk, posted, online, confirmed) and
    what the outbox says of the portal. ``portal_code`` and ``portal_record_id`` are its names at a portal that
    gives codes of its own. ``procedure_id`` names the version under which it was received and
    ``calendar_id`` the calendar by which its date was promised. ``search_text`` is folded and feeds the
    full-text index by triggers. ``revision`` counts changes, so that a late answer marks only the version
    that it answers. ``portal_told`` is what the portal told of it, in the portal's vocabulary: what the desk
    does not keep itself is given back in each update.
    """

    __tablename__ = "dossier"
    __table_args__ = (
        Index("ix_dossier_status_received_at", "status", "received_at", "id"),
        Index("ix_dossier_received_at", "received_at", "id"),
        Index("ix_dossier_open_due", "is_open", "due", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    portal_code: Mapped[str | None] = mapped_column(index=True)
    portal_record_id: Mapped[str | None]
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    desk_number: Mapped[int]
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id"), index=True)
    case_name: Mapped[str] = mapped_column(default="")
    applicant_id: Mapped[int] = mapped_column(ForeignKey("applicant.id"), index=True)
    submitter_id: Mapped[int | None] = mapped_column(ForeignKey("applicant.id"))
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"))
    channel: Mapped[str]
    return_by: Mapped[str]
    status: Mapped[str]
    is_open: Mapped[bool]
    money_state: Mapped[str]
    delivery_state: Mapped[str]
    limit_amount: Mapped[int]
    limit_unit: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_due: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_soon_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    returned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unit: Mapped[str] = mapped_column(default="")
    shelf: Mapped[str] = mapped_column(default="")
    sets: Mapped[int] = mapped_column(default=1)
    note: Mapped[str] = mapped_column(default="")
    apology_count: Mapped[int] = mapped_column(default=0)
    register_number: Mapped[int]
    search_text: Mapped[str]
    revision: Mapped[int] = mapped_column(default=1)
    portal_told: Mapped[dict[str, Any] | None] = mapped_column(JsonText)

    procedure: Mapped[Procedure] = relationship()
    applicant: Mapped[Applicant] = relationship(foreign_keys=[applicant_id])
    submitter: Mapped[Applicant | None] = relationship(foreign_keys=[submitter_id])
    components: Mapped[list[DossierComponent]] = relationship(order_by="DossierComponent.position")
    fees: Mapped[list[DossierFee]] = relationship(order_by="DossierFee.id")
    events: Mapped[list[DossierEvent]] = relationship(order_by="DossierEvent.number")
    documents: Mapped[list[Document]] = relationship(order_by=Document.id)


class DossierComponent(Base):
    """A component as received: how many originals and copies lay on the desk (0 and 0: not handed in)."""

    __tablename__ = "dossier_component"
    __table_args__ = (UniqueConstraint("dossier_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    position: Mapped[int]
    code: Mapped[str]
    name: Mapped[str]
    originals: Mapped[int]
    copies: Mapped[int]
    required: Mapped[bool]


class DossierFee(Base):
    """A fee of this dossier in whole đồng, with when it falls due and when and how it was paid or given back.

    ``amount`` is what is to be paid; ``full_amount`` what it was before an exemption or reduction for the reason
    in ``exemption``, None without one. ``collect_on``: receipt, supplement or return (``CollectOn``).
    """

    __tablename__ = "dossier_fee"
    __table_args__ = (UniqueConstraint("dossier_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    code: Mapped[str]
    name: Mapped[str]
    amount: Mapped[int]
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    method: Mapped[str] = mapped_column(default="")
    collect_on: Mapped[str] = mapped_column(default="receipt")
    full_amount: Mapped[int | None]
    exemption: Mapped[str] = mapped_column(default="")
    refunded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DossierEvent(Base):
    """One line of the history: what, when it happened, when it was entered, who, why.

    Append-only (triggers refuse updates and deletes). ``at`` and ``entered_at`` differ where paper kept
    during a power cut is entered later.
    """

    __tablename__ = "dossier_event"
    __table_args__ = (UniqueConstraint("dossier_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    number: Mapped[int]
    step: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str]
    status_before: Mapped[str | None]
    status_after: Mapped[str]
    due_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_after: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(default="")
    unit: Mapped[str] = mapped_column(default="")
    form: Mapped[str | None]
    form_number: Mapped[int | None]
    details: Mapped[dict[str, Any]] = mapped_column(JsonText, default=dict)
