"""Letters of apology with the history of each, the office's kept reasons, and batches of letters."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counter_app.models.base import Base, UtcDateTime
from counter_app.models.dossier import Dossier, DossierEvent
from counter_app.models.print_job import PrintJob

_OPEN = text("state IN ('draft', 'submitted')")


class ApologyLetter(Base):
    """One letter. ``state``: draft, submitted, signed, delivered, dropped; a dossier has one open letter at most.

    ``event_id`` is the dossier's event that the signing is: it holds the number, the dates and what was frozen of
    the paper. Until then ``reason``, ``unit`` and ``new_due`` are a draft that may change. ``person`` is who
    answers for the delay. ``in_time`` is known once it was delivered. ``print_job_id`` is the job that it went out
    with when many were printed as one.
    """

    __tablename__ = "apology_letter"
    __table_args__ = (
        Index("ix_apology_letter_open", "dossier_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_apology_letter_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("dossier_event.id"), unique=True)
    state: Mapped[str]
    reason: Mapped[str]
    unit: Mapped[str]
    person: Mapped[str] = mapped_column(default="")
    new_due: Mapped[datetime] = mapped_column(UtcDateTime)
    signed_by: Mapped[str] = mapped_column(default="")
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    delivered_by: Mapped[str] = mapped_column(default="")
    delivered_to: Mapped[str] = mapped_column(default="")
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    in_time: Mapped[bool | None]
    print_job_id: Mapped[int | None] = mapped_column(ForeignKey("print_job.id"))

    dossier: Mapped[Dossier] = relationship()
    event: Mapped[DossierEvent | None] = relationship()
    print_job: Mapped[PrintJob | None] = relationship()
    steps: Mapped[list[ApologyStep]] = relationship(order_by="ApologyStep.number")


class ApologyStep(Base):
    """One line of a letter's history; append-only (triggers refuse updates and deletes)."""

    __tablename__ = "apology_step"
    __table_args__ = (UniqueConstraint("letter_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("apology_letter.id"))
    number: Mapped[int]
    step: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str]
    note: Mapped[str] = mapped_column(default="")


class ApologyReason(Base):
    """A reason that the office keeps for its letters; ``uses`` orders the list."""

    __tablename__ = "apology_reason"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(unique=True)
    uses: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ApologyBatch(Base):
    """Letters for several dossiers at once, kept so that a batch that was cut goes on where it stopped.

    ``signed``: each letter is entered as signed, else only written and submitted. ``finished_at`` is set once every
    item has its outcome, or the rest was given up.
    """

    __tablename__ = "apology_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    signed: Mapped[bool]
    signer: Mapped[str] = mapped_column(default="")
    signer_title: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_by: Mapped[str]
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    items: Mapped[list[ApologyBatchItem]] = relationship(order_by="ApologyBatchItem.position")


class ApologyBatchItem(Base):
    """One dossier of a batch. ``outcome``: waiting, done, refused (``words`` say why)."""

    __tablename__ = "apology_batch_item"

    batch_id: Mapped[int] = mapped_column(ForeignKey("apology_batch.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    dossier_code: Mapped[str]
    reason: Mapped[str]
    unit: Mapped[str]
    person: Mapped[str] = mapped_column(default="")
    new_due: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(default="waiting")
    words: Mapped[str] = mapped_column(default="")
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("apology_letter.id"))
