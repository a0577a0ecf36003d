"""The catalogue: versions of procedures with their components, limits, fees and results."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counter_app.models.base import Base, JsonText, UtcDateTime


class Field(Base):
    """A field of administration (lĩnh vực)."""

    __tablename__ = "field"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Procedure(Base):
    """One version of a procedure; a changed procedure is a new row, so a dossier keeps the one it had.

    ``current`` marks the version offered at the desk; ``digest`` tells whether an import changed anything.
    """

    __tablename__ = "procedure"
    __table_args__ = (Index("ix_procedure_code_version", "code", "version", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    version: Mapped[int]
    current: Mapped[bool] = mapped_column(default=True)
    digest: Mapped[str]
    name: Mapped[str]
    name_folded: Mapped[str]
    field_id: Mapped[int] = mapped_column(ForeignKey("field.id"), index=True)
    levels: Mapped[list[str]] = mapped_column(JsonText)
    channels: Mapped[list[str]] = mapped_column(JsonText)
    service_level: Mapped[str | None]
    limit_amount: Mapped[int]
    limit_unit: Mapped[str]
    limit_cut_off: Mapped[time | None]
    limit_assumed: Mapped[bool] = mapped_column(default=False)
    limit_text: Mapped[str] = mapped_column(default="")
    agency: Mapped[str] = mapped_column(default="")
    decision: Mapped[str] = mapped_column(default="")
    in_force: Mapped[bool] = mapped_column(default=True)
    replaced_by: Mapped[str | None]
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)

    field: Mapped[Field] = relationship()
    components: Mapped[list[ProcedureComponent]] = relationship(
        order_by="ProcedureComponent.position", cascade="all, delete-orphan"
    )
    fees: Mapped[list[ProcedureFee]] = relationship(order_by="ProcedureFee.id", cascade="all, delete-orphan")
    limits: Mapped[list[ProcedureLimit]] = relationship(order_by="ProcedureLimit.id", cascade="all, delete-orphan")
    results: Mapped[list[ProcedureResult]] = relationship(order_by="ProcedureResult.id", cascade="all, delete-orphan")


class ProcedureComponent(Base):
    """A paper that a procedure asks for, in one of its cases (trường hợp; "" for all)."""

    __tablename__ = "procedure_component"

    id: Mapped[int] = mapped_column(primary_key=True)
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    case_name: Mapped[str] = mapped_column(default="")
    code: Mapped[str]
    name: Mapped[str]
    originals: Mapped[int]
    copies: Mapped[int]
    required: Mapped[bool]
    result_code: Mapped[str | None]


class ProcedureFee(Base):
    """A fee in whole đồng; ``channel`` None = the same by every channel, ``case_name`` "" = in every case.

    ``collect_on``: receipt, supplement or return (``CollectOn``).
    """

    __tablename__ = "procedure_fee"

    id: Mapped[int] = mapped_column(primary_key=True)
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"), index=True)
    code: Mapped[str]
    name: Mapped[str]
    amount: Mapped[int]
    channel: Mapped[str | None]
    case_name: Mapped[str] = mapped_column(default="")
    collect_on: Mapped[str] = mapped_column(default="receipt")


class ProcedureLimit(Base):
    """A time limit that differs by channel; where there is none the procedure's own holds."""

    __tablename__ = "procedure_limit"

    id: Mapped[int] = mapped_column(primary_key=True)
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str]
    amount: Mapped[int]
    unit: Mapped[str]
    cut_off: Mapped[time | None]


class ProcedureResult(Base):
    """A paper that the procedure gives."""

    __tablename__ = "procedure_result"

    id: Mapped[int] = mapped_column(primary_key=True)
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"), index=True)
    code: Mapped[str]
    name: Mapped[str]
