"""The month's list of apologies: each letter, and each dossier that ran past its day without one.

By the office that settles, every month, for whoever oversees the desks (law.md, "Late"). A dossier that ended late
without a letter stays on the list of the month in which it fell due: a late end does not mend it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from counter_app.errors import UserError
from counter_app.models import ApologyLetter, Dossier, DossierEvent, Office
from counter_app.rules.calendar import VIETNAM, WorkCalendar
from counter_app.rules.lifecycle import Step
from counter_app.services.apologies import DELIVERY_WAYS
from counter_app.services.calendars import current_calendar
from counter_app.services.desk import DeskContext
from counter_app.services.offices import office_row
from counter_app.services.paper_facts import FROZEN
from counter_app.services.pauses import ended_at, without_letter
from counter_app.services.settling import settling_offices
from counter_app.services.spreadsheets import Cell, Table, moment_cell, write_csv, write_xlsx

COLUMNS = (
    ("STT", 6),
    ("Mã hồ sơ", 22),
    ("Thủ tục hành chính", 36),
    ("Chủ hồ sơ", 24),
    ("Hẹn trả", 16),
    ("Quá hạn", 10),
    ("Hẹn lại", 16),
    ("Số văn bản", 10),
    ("Người ký", 20),
    ("Ngày ký", 16),
    ("Ngày giao", 16),
    ("Cách giao", 14),
    ("Đúng hạn gửi", 10),
    ("Lý do", 36),
    ("Đơn vị chịu trách nhiệm", 22),
    ("Người chịu trách nhiệm", 20),
    ("Cơ quan", 20),
)
"""Heads in their order, and widths in letters."""

_ENDINGS = (Step.REFUSE, Step.WITHDRAW, Step.STOP)
_READ_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ApologyLine:
    """A line of the list. Without a letter all that is known of one is empty; one of another office has no number.

    ``overdue``: the result was still owed when ``due``, the date promised before the letter, had passed.
    ``in_time`` None: not delivered yet, so not known. ``office``: the one that settles.
    """

    code: str
    procedure: str
    applicant: str
    due: datetime
    overdue: bool
    new_due: datetime | None
    number: int | None
    signed_by: str
    signed_at: datetime | None
    delivered_at: datetime | None
    delivered_by: str
    in_time: bool | None
    reason: str
    unit: str
    person: str
    office: str

    @property
    def sent(self) -> bool:
        """Whether the applicant has a letter: signed alone does not count."""
        return self.delivered_at is not None


def apology_lines(desk: DeskContext, month: date) -> list[ApologyLine]:
    """The lines of the month that ``month`` lies in, by office and due date.

    Letters count by the day of signing; dossiers without one by the day on which they fell due, once that is past.
    """
    start, end = _bounds(month)
    with desk.database.read() as session:
        now = desk.clock()
        _, calendar = current_calendar(session, desk)
        own = office_row(session, desk)
        lines = [*_with_letter(session, calendar, start, end, now), *_without(session, own, start, min(end, now))]
    return sorted(lines, key=lambda line: (line.office, line.due, line.code))


def export_apologies(desk: DeskContext, month: date, path: Path) -> int:
    """Write the month's list for a spreadsheet, as a sheet (.xlsx) or as CSV; returns the number of lines.

    Raises UserError ``format_unknown``, KnownError when the file cannot be written.
    """
    lines = apology_lines(desk, month)
    rows = ((number, *_cells(line)) for number, line in enumerate(lines, 1))
    match path.suffix.lower():
        case ".xlsx":
            with desk.database.read() as session:
                office = office_row(session, desk).name
            above = (office, "DANH SÁCH VĂN BẢN XIN LỖI TRONG THÁNG", f"Tháng {month:%m/%Y}")
            return write_xlsx(path, Table("Văn bản xin lỗi", above, COLUMNS, desk.clock()), rows)
        case ".csv":
            return write_csv(path, [head for head, _ in COLUMNS], (tuple(map(_plain, row)) for row in rows))
        case _:
            raise UserError(
                "format_unknown", f"Danh sách xuất ra .xlsx hoặc .csv, không phải «{path.name}». Hãy đổi đuôi tệp."
            )


def apology_list_pdf(desk: DeskContext, month: date) -> bytes:
    """The month's list as the form that is signed, in the set in force today."""
    from printing.content import ApologyListContent, ApologyRow, Letterhead
    from printing.forms import form_set_for, render

    today = desk.clock().astimezone(VIETNAM).date()
    lines = apology_lines(desk, month)
    with desk.database.read() as session:
        office = office_row(session, desk)
        content = ApologyListContent(
            letterhead=Letterhead(
                governing_body=office.governing_body.upper() or office.name.upper(),
                desk_name=office.desk_name,
                number=None,
                place=office.place or None,
                issued_on=today,
                number_suffix=office.letter_suffix,
            ),
            month=month,
            rows=tuple(
                ApologyRow(
                    dossier_code=line.code,
                    applicant_name=line.applicant,
                    procedure_name=line.procedure,
                    office_name=line.office,
                    due=line.due,
                    overdue=line.overdue,
                    letter_number=None if line.number is None else str(line.number),
                    letter_day=None if line.signed_at is None else line.signed_at.astimezone(VIETNAM).date(),
                    delivered_at=line.delivered_at,
                    new_due=line.new_due,
                    reason=line.reason or None,
                )
                for line in lines
            ),
            preparer_name=desk.settings.clerk,
            head_name=office.head_name or None,
        )
    return render(content, form_set_for(today, own_folder=desk.directory / "forms"))


def _with_letter(
    session: Session, calendar: WorkCalendar, start: datetime, end: datetime, now: datetime
) -> Iterator[ApologyLine]:
    query = (
        select(ApologyLetter, DossierEvent, Office.name)
        .join(DossierEvent, DossierEvent.id == ApologyLetter.event_id)
        .join(Dossier, Dossier.id == ApologyLetter.dossier_id)
        .join(Office, Office.id == Dossier.office_id)
        .where(ApologyLetter.signed_at >= start, ApologyLetter.signed_at < end)
        .options(selectinload(ApologyLetter.dossier).selectinload(Dossier.events))
    )
    for letter, event, office in session.execute(query):
        dossier = letter.dossier
        assert event.due_before is not None  # nothing to put off otherwise
        yield ApologyLine(
            code=dossier.code,
            procedure=dossier.procedure.name,
            applicant=dossier.applicant.name,
            due=event.due_before,
            overdue=(ended_at(dossier) or now) > without_letter(calendar, dossier, event, now),
            new_due=event.due_after,
            number=event.form_number,
            signed_by=letter.signed_by,
            signed_at=letter.signed_at,
            delivered_at=letter.delivered_at,
            delivered_by=letter.delivered_by,
            in_time=letter.in_time,
            reason=letter.reason,
            unit=letter.unit,
            person=letter.person,
            office=event.details.get(FROZEN, {}).get("letter_office") or office,
        )


def _without(session: Session, own: Office, start: datetime, end: datetime) -> Iterator[ApologyLine]:
    """Past due in the month, without a letter: open and late, finished late, or ended late without a result."""
    stood = and_(Dossier.paused_at.is_not(None), Dossier.paused_at <= Dossier.due)
    ended = (
        select(func.max(DossierEvent.at))
        .where(DossierEvent.dossier_id == Dossier.id, DossierEvent.step.in_(_ENDINGS))
        .scalar_subquery()
    )
    unfinished = and_(Dossier.finished_at.is_(None), or_(Dossier.is_open, ended > Dossier.due))
    late = or_(Dossier.finished_at > Dossier.due, and_(unfinished, ~func.coalesce(stood, False)))
    query = (
        select(Dossier, Office.name)
        .join(Office, Office.id == Dossier.office_id)
        .where(Dossier.due >= start, Dossier.due < end, Dossier.apology_count == 0, late)
    )
    rows = session.execute(query).all()
    elsewhere: dict[int, str] = {}
    for first in range(0, len(rows), _READ_AT_ONCE):
        ids = [dossier.id for dossier, _ in rows[first : first + _READ_AT_ONCE]]
        elsewhere |= settling_offices(session, ids, own)
    for dossier, office in rows:
        assert dossier.due is not None  # asked for above
        yield ApologyLine(
            code=dossier.code,
            procedure=dossier.procedure.name,
            applicant=dossier.applicant.name,
            due=dossier.due,
            overdue=True,
            new_due=None,
            number=None,
            signed_by="",
            signed_at=None,
            delivered_at=None,
            delivered_by="",
            in_time=None,
            reason="",
            unit=dossier.unit,
            person="",
            office=elsewhere.get(dossier.id, office),
        )


def _bounds(month: date) -> tuple[datetime, datetime]:
    """From the first moment of the month to the first one after it, at the office."""
    first = month.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    return datetime.combine(first, time.min, VIETNAM), datetime.combine(after, time.min, VIETNAM)


def _cells(line: ApologyLine) -> tuple[Cell, ...]:
    in_time = "" if line.in_time is None else "đúng hạn" if line.in_time else "muộn"
    return (
        line.code,
        line.procedure,
        line.applicant,
        line.due,
        "quá hạn" if line.overdue else "",
        line.new_due,
        line.number if line.number is not None else "chưa có" if line.signed_at is None else "",
        line.signed_by,
        line.signed_at,
        line.delivered_at,
        DELIVERY_WAYS.get(line.delivered_by, ""),
        in_time,
        line.reason,
        line.unit,
        line.person,
        line.office,
    )


def _plain(value: Cell) -> str:
    return moment_cell(value) if value is None or isinstance(value, datetime) else str(value)
