"""Papers of many dossiers: the record of a hand-over, the closing of a day's money, the register as PDF."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING

from counter_app.errors import UserError
from counter_app.rules.calendar import VIETNAM
from counter_app.services import print_jobs
from counter_app.services.day_closing import CASH, DayTakings, day_takings
from counter_app.services.desk import DeskContext
from counter_app.services.handover_lists import handover_list
from counter_app.services.handover_values import HandoverLine
from counter_app.services.offices import get_office
from counter_app.services.papers_kept import office_of, office_on, with_results
from counter_app.services.printers import choose_printer
from counter_app.services.register import RegisterFilter, RegisterLine, register_blocks
from counter_app.services.values import PAYMENT_METHODS, OfficeData
from printing.content import (
    ComponentLine,
    CountedSum,
    FeeClosingContent,
    FeeReceiptRow,
    HandoverListContent,
    HandoverRow,
    Letterhead,
    RegisterContent,
    RegisterRow,
)

if TYPE_CHECKING:
    from printing.forms import Content

HANDOVER, CLOSING = "handover_list", "fee_closing"
TITLES = {HANDOVER: "Biên bản bàn giao hồ sơ", CLOSING: "Bảng kê thu phí, lệ phí"}

MOST_LINES = 5000
"""Dossiers in a register on paper: some four hundred sheets."""

ALL_FIELDS = "Tất cả các lĩnh vực"


def handover_paper(desk: DeskContext, list_id: int, *, reprint: bool = False) -> bytes:
    """Biên bản bàn giao hồ sơ of a list, one copy for each side. Raises UserError ``handover_unknown``."""
    view = handover_list(desk, list_id)
    office = office_of(desk, view)
    issued_at = view.sent_at or view.made_at
    day = issued_at.astimezone(VIETNAM).date()
    content = HandoverListContent(
        letterhead=_head(office, day, str(view.number)),
        giver_office=view.from_unit,
        receiver_office=view.to_unit,
        rows=tuple(_handed(line) for line in view.lines if line.state != "dropped"),
        issued_at=issued_at,
        handed_at=view.sent_at,
        list_code=f"BG-{day:%y%m%d}-{view.number:02d}",
        giver_name=view.giver or None,
        receiver_name=view.receiver or None,
        reprint=reprint,
    )
    return _pdf(desk, content, day)


def closing_paper(desk: DeskContext, day: date, *, reprint: bool = False) -> bytes:
    """Bảng kê thu phí, lệ phí of a day: what was counted once it is closed, else room to write it."""
    takings, office = day_takings(desk, day), office_on(desk, day)
    closed = takings.closed
    content = FeeClosingContent(
        letterhead=_head(office, day, None),
        day=day,
        receipts=tuple(
            FeeReceiptRow(
                at=row.at,
                dossier_code=row.dossier_code,
                payer_name=row.payer_name,
                clerk=row.clerk,
                method=PAYMENT_METHODS.get(row.method, row.method),
                amount=row.amount,
                official_receipt=row.official_receipt or None,
            )
            for row in takings.rows
        ),
        counted=_counted(takings),
        explanation=(closed.explanation or "Không có chênh lệch.") if closed else None,
        preparer_name=closed.clerk if closed else desk.settings.clerk,
        head_name=office.head_name or None,
        reprint=reprint,
    )
    return _pdf(desk, content, day)


def print_handover(desk: DeskContext, list_id: int, printer: str | None = None, *, reprint: bool = False) -> int:
    """The record of a hand-over into the spool; the job's id.

    One of a list that has not gone is to be looked at, no paper to be signed: it is printed as often as wanted.
    Raises UserError ``handover_unknown``, ``already_printed``, ``printer_not_set``.
    """
    view = handover_list(desk, list_id)
    title = f"{TITLES[HANDOVER]} số {view.number}"
    issue = f"list-{list_id}" if view.sent_at else ""
    return _spool(desk, HANDOVER, title, issue, partial(handover_paper, desk, list_id), printer, reprint)


def print_closing(desk: DeskContext, day: date, printer: str | None = None, *, reprint: bool = False) -> int:
    """The closing of a day into the spool; the job's id. Raises UserError ``already_printed``, ``printer_not_set``.

    Before it was counted it is to be looked at: it is printed as often as wanted.
    """
    title = f"{TITLES[CLOSING]} {day:%d/%m/%Y}"
    issue = f"list-{day.toordinal()}" if day_takings(desk, day).closed else ""
    return _spool(desk, CLOSING, title, issue, partial(closing_paper, desk, day), printer, reprint)


def list_again(desk: DeskContext, form: str, number: int, *, reprint: bool) -> bytes:
    """A list drawn again, with its mark if a ``reprint``; ``number`` as the print job has it."""
    if form == HANDOVER:
        return handover_paper(desk, number, reprint=reprint)
    return closing_paper(desk, date.fromordinal(number), reprint=reprint)


def register_paper(
    desk: DeskContext, wanted: RegisterFilter, on_page: Callable[[int], None] | None = None
) -> tuple[bytes, int]:
    """Sổ theo dõi hồ sơ as PDF, each volume on pages of its own, and how many dossiers it has.

    ``on_page`` hears of each page laid out, volume by volume, and ends the work by raising.
    Raises UserError ``period_invalid``, ``register_too_long``, ``register_empty``.
    """
    from printing.sheets import joined

    lines = list(islice(chain.from_iterable(register_blocks(desk, wanted)), MOST_LINES + 1))
    if len(lines) > MOST_LINES:
        raise UserError(
            "register_too_long",
            f"Sổ in ra giấy chứa nhiều nhất {MOST_LINES} hồ sơ. Hãy chọn khoảng thời gian ngắn hơn, hoặc xuất .xlsx.",
        )
    if not lines:
        raise UserError("register_empty", "Không có hồ sơ nào trong khoảng này. Hãy chọn khoảng thời gian khác.")
    today = desk.clock().astimezone(VIETNAM).date()
    head = _head(get_office(desk), today, None)
    volumes: dict[int, list[RegisterLine]] = {}
    for line in with_results(desk, lines):
        volumes.setdefault(line.volume, []).append(line)
    papers = [_pdf(desk, _volume(head, year, rows), today, on_page) for year, rows in volumes.items()]
    return joined(papers) if len(papers) > 1 else papers[0], len(lines)


def _volume(head: Letterhead, year: int, lines: list[RegisterLine]) -> RegisterContent:
    fields = {line.field_name for line in lines}
    return RegisterContent(
        letterhead=head,
        field_name=fields.pop() if len(fields) == 1 else ALL_FIELDS,
        year=year,
        volume=str(year),
        rows=tuple(
            RegisterRow(
                number=line.number,
                dossier_code=line.dossier_code,
                procedure_name=line.procedure_name,
                applicant_name=line.applicant_name,
                received_at=line.received_at,
                sets_count=line.sets_count,
                address=line.address or None,
                phone=line.phone or None,
                lead_office=line.lead_office or None,
                due=line.due,
                returned_at=line.returned_at,
                return_method=line.return_method or None,
                note=line.note or None,
            )
            for line in lines
        ),
    )


def _counted(takings: DayTakings) -> tuple[CountedSum, ...]:
    """Cash as it was counted; money that was in nobody's hand as the book has it. Nothing before the closing."""
    if takings.closed is None:
        return ()
    return tuple(
        CountedSum(
            clerk=line.clerk,
            method=PAYMENT_METHODS.get(line.method, line.method),
            amount=takings.closed.counted[line.clerk] if line.method == CASH else line.amount,
        )
        for line in takings.lines
    )


def _handed(line: HandoverLine) -> HandoverRow:
    due = line.due.astimezone(VIETNAM) if line.due else None
    inner = f"Hạn xử lý\n{due:%H:%M}\n{due:%d/%m/%Y}" if due else ""
    return HandoverRow(
        dossier_code=line.code,
        applicant_name=line.applicant_name,
        procedure_name=line.procedure_name,
        papers=tuple(ComponentLine(*paper) for paper in line.papers),
        due=line.dossier_due,
        note="\n".join(filter(None, (inner, line.reason))) or None,
    )


def _head(office: OfficeData, day: date, number: str | None) -> Letterhead:
    return Letterhead(
        governing_body=(office.governing_body or office.name).upper(),
        desk_name=office.desk_name,
        number=number,
        place=office.place or None,
        issued_on=day,
        number_suffix=office.letter_suffix,
    )


def _pdf(desk: DeskContext, content: Content, day: date, on_page: Callable[[int], None] | None = None) -> bytes:
    from printing.forms import form_set_for, render

    return render(content, form_set_for(day, own_folder=desk.directory / "forms"), on_page)


def _spool(
    desk: DeskContext,
    form: str,
    title: str,
    issue: str,
    make: Callable[..., bytes],
    printer: str | None,
    reprint: bool,
) -> int:
    choice = choose_printer(desk.settings.printers, form, printer)
    return print_jobs.enqueue(
        desk.database,
        form=form,
        title=title,
        printer=choice,
        payload=make(reprint=reprint),
        now=desk.clock(),
        issue=issue,
        reprint=reprint,
    )
