"""What is digitised: the office's rules, what is said of single dossiers, the rate, older results, re-use."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counter_app.models.base import Base, JsonText, UtcDateTime
from counter_app.models.document import Document


class DigitisingRule(Base):
    """How the office treats a paper; ``procedure_code`` and ``code`` "" are the default for the whole office.

    ``kind``: component or result; ``code`` "" with a procedure is every result of it. ``valid_months``: how long
    after it was handed in a paper of this kind may be used again, None without a limit. A later word replaces it.
    """

    __tablename__ = "digitising_rule"
    __table_args__ = (UniqueConstraint("procedure_code", "kind", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    procedure_code: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    code: Mapped[str] = mapped_column(default="")
    treatment: Mapped[str]
    valid_months: Mapped[int | None]
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[str]


class DigitisingChoice(Base):
    """What was said of one paper of one dossier: another treatment (with ``reason``), how many pages it has.

    ``noted``: pages with a note, which are scanned twice. Each change is an event of the dossier as well.
    """

    __tablename__ = "digitising_choice"
    __table_args__ = (UniqueConstraint("dossier_id", "kind", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    kind: Mapped[str]
    code: Mapped[str]
    treatment: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="")
    pages: Mapped[int | None]
    noted: Mapped[int] = mapped_column(default=0)


class DigitisingState(Base):
    """How far a dossier is digitised, as of ``revision``; worked out anew once the dossier has moved on.

    Numbers of papers as in ``counter_app.rules.digitising.Quality``. ``clerk``: who received it.
    """

    __tablename__ = "digitising_state"

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    revision: Mapped[int]
    clerk: Mapped[str]
    component_wanted: Mapped[int]
    component_complete: Mapped[int]
    component_accurate: Mapped[int]
    component_whole: Mapped[int]
    component_sound: Mapped[int]
    result_wanted: Mapped[int]
    result_complete: Mapped[int]
    result_accurate: Mapped[int]
    result_whole: Mapped[int]
    result_sound: Mapped[int]


class DigitisingTodo(Base):
    """A paper that must be scanned and is not, or not rightly; kept with the dossier's ``DigitisingState``.

    ``trouble``: missing, images (another number than the paper has), unreadable, or a flaw of the scan (coarse, gray).
    ``since``: when it was handed in, or when the result was there.
    """

    __tablename__ = "digitising_todo"
    __table_args__ = (
        UniqueConstraint("dossier_id", "kind", "code"),
        Index("ix_digitising_todo_since", "since", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    kind: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    trouble: Mapped[str]
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    clerk: Mapped[str]


class DigitisingFormula(Base):
    """How the rate is counted from a day on (``counter_app.rules.digitising.Formula``)."""

    __tablename__ = "digitising_formula"

    valid_from: Mapped[date] = mapped_column(primary_key=True)
    unit: Mapped[str]
    level: Mapped[str]
    components: Mapped[bool]
    results: Mapped[bool]
    excluded: Mapped[list[str]] = mapped_column(JsonText)
    basis: Mapped[str]
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[str]


class BacklogBatch(Base):
    """A lot of older results still in force that are digitised together: a box, a year of a register."""

    __tablename__ = "backlog_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(default="")
    issuer: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str]


class BacklogResult(Base):
    """An older result that no dossier here has: what it is, whose, and its file once it was scanned.

    ``position`` numbers the results of a batch and is never given again. ``sha256`` None: not scanned yet.
    ``owner_folded`` and ``number_folded`` are searched.
    """

    __tablename__ = "backlog_result"
    __table_args__ = (UniqueConstraint("batch_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("backlog_batch.id"))
    position: Mapped[int]
    number: Mapped[str]
    number_folded: Mapped[str] = mapped_column(index=True)
    issued_on: Mapped[date]
    owner: Mapped[str]
    owner_folded: Mapped[str] = mapped_column(index=True)
    owner_number: Mapped[str] = mapped_column(default="", index=True)
    kind: Mapped[str]
    issuer: Mapped[str]
    valid_until: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by: Mapped[str]
    file_name: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str | None] = mapped_column(index=True)
    size: Mapped[int] = mapped_column(default=0)
    pages: Mapped[int] = mapped_column(default=0)
    scanned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    scanned_by: Mapped[str] = mapped_column(default="")

    batch: Mapped[BacklogBatch] = relationship()


class DocumentReuse(Base):
    """A document that was given before and stands for a scan: where it came from, who chose it and when.

    One of ``source_id`` (a document of an earlier dossier) and ``backlog_id`` (an older result) is set.
    """

    __tablename__ = "document_reuse"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    backlog_id: Mapped[int | None] = mapped_column(ForeignKey("backlog_result.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str]

    document: Mapped[Document] = relationship(foreign_keys=[document_id])
    source: Mapped[Document | None] = relationship(foreign_keys=[source_id])
    backlog: Mapped[BacklogResult | None] = relationship()
