"""The register (sổ theo dõi hồ sơ) as rows, by period, procedure, field and volume.

A line bears the volume and the number that the receipt names ("Quyển số", "Số thứ tự"): a volume is a year of the
office, and whoever looks at one field alone sees its lines under their own numbers. Reading goes by blocks, each a
query of its own, so that a year of a province never lies in memory at once.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from counter_app.errors import UserError
from counter_app.models import ApologyLetter, Applicant, Dossier, DossierEvent, Field, Procedure
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Status, label
from counter_app.services.catalogue import national_part
from counter_app.services.desk import DeskContext
from counter_app.services.offices import office_row
from counter_app.services.settling import settling_offices
from counter_app.services.values import RETURN_WAYS

BLOCK = 500
"""Dossiers read at once."""

_NOTED = (Status.REGISTERED, Status.REFUSED, Status.WITHDRAWN, Status.STOPPED)
"""Statuses that the columns do not show by themselves."""

_NO_AGENCY = ("", "Không có thông tin")
"""How the published catalogue leaves out who settles a procedure."""

_FIRST = aliased(DossierEvent)
_COLUMNS = (
    Dossier.id,
    Dossier.code,
    Dossier.register_number,
    Dossier.sets,
    Dossier.received_at,
    Dossier.due,
    Dossier.returned_at,
    Dossier.return_by,
    Dossier.status,
    Dossier.note,
    Dossier.apology_count,
    Procedure.code.label("procedure_code"),
    Procedure.name.label("procedure_name"),
    Procedure.agency,
    Field.name.label("field_name"),
    Applicant.name.label("applicant_name"),
    Applicant.address,
    Applicant.phone,
    _FIRST.at.label("entered"),
)
_ORDER = (Dossier.received_at, Dossier.id)

Q = TypeVar("Q", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True, slots=True)
class RegisterFilter:
    """What goes into the register. ``first`` and ``last``: days of reception, both included.

    ``procedure`` and ``field``: one of them by its code, "" for all. ``volume``: the year on the receipt.
    """

    first: date | None = None
    last: date | None = None
    procedure: str = ""
    field: str = ""
    volume: int | None = None


@dataclass(frozen=True, slots=True)
class Contained:
    """A procedure or a field with how many dossiers of it there are."""

    code: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class RegisterContents:
    """What the register of a period has dossiers of, the most frequent first."""

    procedures: tuple[Contained, ...]
    fields: tuple[Contained, ...]


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One dossier in the register; ``volume`` and ``number`` as on its receipt."""

    volume: int
    number: int
    dossier_code: str
    procedure_code: str
    procedure_name: str
    field_name: str
    sets_count: int
    applicant_name: str
    address: str
    phone: str
    lead_office: str
    received_at: datetime
    due: datetime | None
    returned_at: datetime | None
    return_method: str
    note: str


def month_of(day: date) -> RegisterFilter:
    """The register of the month in which ``day`` lies."""
    first = day.replace(day=1)
    return RegisterFilter(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def register_blocks(desk: DeskContext, wanted: RegisterFilter, *, block: int = BLOCK) -> Iterator[list[RegisterLine]]:
    """The lines of the register in the order of reception, at most ``block`` at once.

    Raises UserError ``period_invalid``.
    """
    _check(wanted)
    return _blocks(desk, wanted, block)


def _blocks(desk: DeskContext, wanted: RegisterFilter, block: int) -> Iterator[list[RegisterLine]]:
    query = _query(wanted).limit(block)
    after: ColumnElement[bool] | None = None
    while True:
        with desk.database.read() as session:
            rows = session.execute(query if after is None else query.where(after)).all()
            lines = _lines(desk, session, rows)
        if not rows:
            return
        yield lines
        last = rows[-1]
        # Dossiers that come in while this goes on are later than the last one; nothing is read twice or left out.
        same = and_(Dossier.received_at == last.received_at, Dossier.id > last.id)
        after = or_(Dossier.received_at > last.received_at, same)


def register_ids(desk: DeskContext, wanted: RegisterFilter) -> array[int]:
    """The dossiers of the register in its order. Raises UserError ``period_invalid``."""
    _check(wanted)
    with desk.database.read() as session:
        return array("q", session.scalars(_narrowed(_joined(select(Dossier.id)), wanted).order_by(*_ORDER)))


def register_lines(desk: DeskContext, ids: Sequence[int]) -> list[RegisterLine]:
    """The lines of these dossiers, in the order of ``ids``."""
    with desk.database.read() as session:
        rows = session.execute(_joined(select(*_COLUMNS)).where(Dossier.id.in_(ids))).all()
        found = dict(zip((row.id for row in rows), _lines(desk, session, rows), strict=True))
    return [found[row_id] for row_id in ids]


def register_contents(desk: DeskContext, wanted: RegisterFilter) -> RegisterContents:
    """What there is in the register of a period, to narrow it by. Raises UserError ``period_invalid``."""
    _check(wanted)
    count, name = func.count(Dossier.id), func.max(Procedure.name)
    procedures = _narrowed(_joined(select(Procedure.code, name, count)), wanted).group_by(Procedure.code)
    fields = _narrowed(_joined(select(Field.code, Field.name, count)), wanted).group_by(Field.code, Field.name)
    with desk.database.read() as session:
        return RegisterContents(
            procedures=tuple(Contained(*row) for row in session.execute(procedures.order_by(count.desc()))),
            fields=tuple(Contained(*row) for row in session.execute(fields.order_by(count.desc()))),
        )


def period_words(wanted: RegisterFilter) -> str:
    """What the register holds, in words: ``Từ ngày 01/03/2026 · đến ngày 31/03/2026 · thủ tục 1.004222``."""
    parts = []
    if wanted.volume is not None:
        parts.append(f"Quyển số {wanted.volume}")
    if wanted.first is not None:
        parts.append(f"Từ ngày {wanted.first:%d/%m/%Y}")
    if wanted.last is not None:
        parts.append(
            f"đến ngày {wanted.last:%d/%m/%Y}" if wanted.first is not None else f"Đến ngày {wanted.last:%d/%m/%Y}"
        )
    if wanted.procedure:
        parts.append(f"thủ tục {wanted.procedure}")
    if wanted.field:
        parts.append(f"lĩnh vực {wanted.field}")
    return " · ".join(parts) or "Toàn bộ hồ sơ"


def _check(wanted: RegisterFilter) -> None:
    if wanted.first is not None and wanted.last is not None and wanted.first > wanted.last:
        raise UserError("period_invalid", "Ngày đầu phải trước ngày cuối. Hãy chọn lại khoảng thời gian của sổ.")


def _query(wanted: RegisterFilter) -> Select[*tuple[Any, ...]]:
    return _narrowed(_joined(select(*_COLUMNS)), wanted).order_by(*_ORDER)


def _joined(query: Q) -> Q:
    return (
        query.select_from(Dossier)
        .join(Procedure, Dossier.procedure_id == Procedure.id)
        .join(Field, Procedure.field_id == Field.id)
        .join(Applicant, Dossier.applicant_id == Applicant.id)
        .join(_FIRST, and_(_FIRST.dossier_id == Dossier.id, _FIRST.number == 1))
    )


def _narrowed(query: Q, wanted: RegisterFilter) -> Q:
    if wanted.first is not None:
        query = query.where(Dossier.received_at >= _midnight(wanted.first))
    if wanted.last is not None:
        query = query.where(Dossier.received_at < _midnight(wanted.last + timedelta(days=1)))
    if wanted.procedure:
        query = query.where(Procedure.code == national_part(wanted.procedure))
    if wanted.field:
        query = query.where(Field.code == wanted.field)
    if wanted.volume is not None:
        start, end = date(wanted.volume, 1, 1), date(wanted.volume + 1, 1, 1)
        query = query.where(_FIRST.at >= _midnight(start), _FIRST.at < _midnight(end))
    return query


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, VIETNAM)


def _put_off(session: Session, rows: Sequence[Any]) -> dict[int, str]:
    """By dossier, for those that were put off: what was promised first, and the letters that apologised for it.

    The column for the promise has the date that holds now, which is that of the last letter.
    """
    late = [row.id for row in rows if row.apology_count]
    if not late:
        return {}
    query = (
        select(DossierEvent.dossier_id, DossierEvent.due_before, DossierEvent.at, DossierEvent.form_number)
        .join(ApologyLetter, ApologyLetter.event_id == DossierEvent.id)
        .where(DossierEvent.dossier_id.in_(late))
        .order_by(DossierEvent.dossier_id, DossierEvent.number)
    )
    notes: dict[int, list[str]] = {}
    for event in session.execute(query):
        first = event.due_before.astimezone(VIETNAM) if event.due_before else None
        words = notes.setdefault(event.dossier_id, [f"Hẹn lần đầu {first:%H:%M %d/%m/%Y}"] if first else [])
        number = f" số {event.form_number}" if event.form_number else ""
        words.append(f"văn bản xin lỗi{number} ngày {event.at.astimezone(VIETNAM):%d/%m/%Y}")
    return {dossier: "; ".join(words) for dossier, words in notes.items()}


def _lines(desk: DeskContext, session: Session, rows: Sequence[Any]) -> list[RegisterLine]:
    """The lines of a block. Who leads: another office that settles, else as the catalogue says, else this one."""
    office = office_row(session, desk)
    put_off = _put_off(session, rows)
    elsewhere = settling_offices(session, [row.id for row in rows], office)
    return [
        _line(
            row,
            elsewhere.get(row.id) or (office.name if row.agency in _NO_AGENCY else row.agency),
            put_off.get(row.id, ""),
        )
        for row in rows
    ]


def _line(row: Any, lead_office: str, put_off: str) -> RegisterLine:
    status = Status(row.status)
    notes = (label(status) if status in _NOTED else "", put_off, row.note)
    return RegisterLine(
        volume=row.entered.astimezone(VIETNAM).year,
        number=row.register_number,
        dossier_code=row.code,
        procedure_code=row.procedure_code,
        procedure_name=row.procedure_name,
        field_name=row.field_name,
        sets_count=row.sets,
        applicant_name=row.applicant_name,
        address=row.address,
        phone=row.phone,
        lead_office=lead_office,
        received_at=row.received_at,
        due=row.due,
        returned_at=row.returned_at,
        return_method=RETURN_WAYS.get(row.return_by, row.return_by),
        note="; ".join(filter(None, notes)),
    )
