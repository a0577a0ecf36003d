"""Papers of a dossier: dates, numbers and form set from the history, the rest as it was frozen at issue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from counter_app.errors import KnownError, UserError
from counter_app.models import Dossier, DossierEvent
from counter_app.rules.calendar import VIETNAM, LimitUnit
from counter_app.rules.lifecycle import Step
from counter_app.services import print_jobs
from counter_app.services.apologies_rows import refuse_printed_together
from counter_app.services.desk import DeskContext
from counter_app.services.free_text import plain
from counter_app.services.offices import office_row
from counter_app.services.paper_facts import PaperFacts, facts_now, facts_of
from counter_app.services.steps import StepInput, find_dossier
from counter_app.services.values import LIMIT_UNITS
from printing.content import (
    ApologyContent,
    ComponentLine,
    FeeLine,
    Letterhead,
    ReceiptContent,
    ThermalContent,
)
from printing.printers import ESCPOS, PDF, parse_printer
from printing.spool import Spooler

THERMAL_SCHEMES = ("tcp", "usb", "serial")
"""Printers at these addresses are thermal ones; office printers are reached by IPP, CUPS or Windows."""

FORMS = {
    "receipt": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    "apology": "Văn bản xin lỗi và hẹn lại ngày trả kết quả",
    "thermal": "Phiếu hẹn in nhiệt",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A form ready to be looked at or printed."""

    form: str
    title: str
    code: str
    pdf: bytes


def make_paper(
    desk: DeskContext, code: str, form: str, *, reprint: bool = False, event_number: int | None = None
) -> Paper:
    """The receipt or the apology of a dossier as PDF, in the set that was in force on the day it was issued.

    The latest issue, or that of the event with this number. Raises UserError ``dossier_unknown``,
    ``form_unknown``, ``form_not_issued``.
    """
    from printing.forms import form_set_for, render

    with desk.database.read() as session:
        dossier = find_dossier(session, code)
        office = office_row(session, desk)
        event = issued(dossier, form, event_number)
        facts = facts_of(desk, event, dossier, office)
        forms = form_set_for(_day(event), own_folder=desk.directory / "forms")
        if form == "receipt":
            pdf = render(_receipt(desk, dossier, facts, event, reprint), forms)
        else:
            pdf = render(_apology(desk, dossier, facts, event, reprint), forms)
        return Paper(form, FORMS[form], dossier.code, pdf)


def preview_apology(desk: DeskContext, code: str, given: StepInput) -> Paper:
    """The letter of apology as the step would issue it now, its number left blank; nothing is stored.

    Whether the step is permitted is not asked here: the step itself refuses. Raises UserError
    ``dossier_unknown``, ``new_due_missing``, ``form_not_issued`` (a dossier without a due date).
    """
    from printing.forms import form_set_for, render

    if given.new_due is None:
        raise UserError("new_due_missing", "Hãy chọn ngày hẹn trả kết quả mới.")
    with desk.database.read() as session:
        dossier = find_dossier(session, code)
        # Not appended to the dossier's history: it lives as long as the paper is drawn.
        event = DossierEvent(
            at=given.at or desk.clock(),
            due_before=dossier.due,
            due_after=given.new_due,
            reason=plain(given.reason),
            unit=plain(given.unit),
        )
        forms = form_set_for(_day(event), own_folder=desk.directory / "forms")
        facts = facts_now(desk, dossier, office_row(session, desk))
        content = _apology(desk, dossier, facts, event, reprint=False)
        return Paper("apology", FORMS["apology"], dossier.code, render(content, forms))


def make_thermal(
    desk: DeskContext,
    code: str,
    width_mm: int | None = None,
    *,
    reprint: bool = False,
    event_number: int | None = None,
) -> bytes:
    """The small slip for the applicant as ESC/POS bytes, 80 or 58 mm wide (the printer's own by default).

    It goes with the latest receipt, or with that of the event with this number.
    """
    from printing.thermal import render_thermal

    with desk.database.read() as session:
        dossier = find_dossier(session, code)
        event = issued(dossier, "thermal", event_number)
        facts = facts_of(desk, event, dossier, office_row(session, desk))
        content = _thermal(desk, dossier, facts, event, reprint)
    return render_thermal(content, width_mm or desk.settings.printers.thermal_width_mm)


def print_paper(
    desk: DeskContext,
    code: str,
    form: str,
    printer: str | None = None,
    *,
    width_mm: int | None = None,
    reprint: bool = False,
) -> int:
    """Put a paper into the spool of ``printer`` (by default the one in the settings); the job's id.

    The first print of a paper that was issued is not a reprint; a further one has to say so and carries
    "Bản in lại". Raises UserError ``already_printed``, ``printer_not_set`` and as ``make_paper`` does.
    """
    address = printer_for(desk, form, printer)
    if form == "thermal":
        payload, mime = make_thermal(desk, code, width_mm, reprint=reprint), ESCPOS
    else:
        payload, mime = make_paper(desk, code, form, reprint=reprint).pdf, PDF
    with desk.database.read() as session:
        dossier = find_dossier(session, code)
        event = issued(dossier, form)
        if form == "apology" and not reprint:
            refuse_printed_together(session, event)
    return print_jobs.enqueue(
        desk.database,
        form=form,
        title=f"{FORMS[form]} {dossier.code}",
        printer=address,
        payload=payload,
        mime=mime,
        now=desk.clock(),
        dossier_code=dossier.code,
        issue=f"{dossier.code}-{event.number}",
        reprint=reprint,
    )


def print_now(
    desk: DeskContext, code: str, form: str, printer: str, *, width_mm: int | None = None, reprint: bool = False
) -> print_jobs.JobRow:
    """Print without a window: into the spool, then at once to the printer; the settled job.

    A paper that waits from an earlier try is sent, not doubled. Raises KnownError when the printer cannot take
    it (the job stays in the spool) or when it is not known whether paper came out.
    """
    try:
        number = print_paper(desk, code, form, printer, width_mm=width_mm, reprint=reprint)
    except UserError as error:
        if error.kind != "already_printed":
            raise
        number = _waiting_job(desk, error, printer)
    store = print_jobs.DatabaseJobStore(desk.database)
    store.recover(desk.clock())
    spooler = Spooler(store, desk.clock)
    address = print_jobs.job(desk.database, number).printer
    while (job := print_jobs.job(desk.database, number)).state in ("waiting", "confirmed"):
        if spooler.step(address) != timedelta(0):
            job = print_jobs.job(desk.database, number)
            break
    if job.state != "printed":
        raise KnownError("not_printed", job.last_error or "Máy in đang bận; giấy vẫn chờ và sẽ tự in.", job=job.id)
    return job


def _waiting_job(desk: DeskContext, refusal: UserError, printer: str) -> int:
    """The earlier job of the same paper, due at once and at this printer, when it has not been printed.

    Else the refusal stands.
    """
    number = int(str(refusal.details["job"]))
    print_jobs.move(desk.database, number, printer)
    state = print_jobs.job(desk.database, number).state
    if state == "asks":
        print_jobs.confirm(desk.database, number, desk.clock())
    elif state in ("waiting", "confirmed"):
        print_jobs.retry_now(desk.database, number, desk.clock())
    else:
        raise refusal
    return number


def print_test_page(desk: DeskContext, printer: str) -> int:
    """A page with every Vietnamese letter for a printer of either kind; the job's id."""
    from printing.forms import render_test_page
    from printing.thermal import render_thermal_test_page

    thermal = parse_printer(printer).scheme in THERMAL_SCHEMES
    width = desk.settings.printers.thermal_width_mm
    return print_jobs.enqueue(
        desk.database,
        form="test",
        title="Trang in thử",
        printer=printer,
        payload=render_thermal_test_page(width) if thermal else render_test_page(),
        mime=ESCPOS if thermal else PDF,
        now=desk.clock(),
    )


def printer_for(desk: DeskContext, form: str, printer: str | None) -> str:
    """The printer asked for, else that of the settings; UserError ``printer_not_set``."""
    printers = desk.settings.printers
    address = printer or (printers.thermal if form == "thermal" else printers.office)
    if not address:
        raise UserError("printer_not_set", "Chưa cài máy in cho giấy này. Hãy chọn máy in ở trang Cài đặt, mục Máy in.")
    return address


def issued(dossier: Dossier, form: str, event_number: int | None = None) -> DossierEvent:
    """The latest event that issued this form, or the one with this number.

    Raises UserError ``form_unknown``, ``form_not_issued``.
    """
    if form not in FORMS:
        raise UserError("form_unknown", f"Chưa có mẫu «{form}». Các mẫu in được: {', '.join(FORMS)}.")
    wanted = "receipt" if form == "thermal" else form
    for event in reversed(dossier.events):
        if event.form == wanted and event_number in (None, event.number):
            return event
    raise UserError(
        "form_not_issued",
        f"Hồ sơ {dossier.code} chưa có «{FORMS[form]}». Hãy thực hiện bước lập giấy này trước khi in.",
    )


def _day(event: DossierEvent) -> date:
    return event.at.astimezone(VIETNAM).date()


def _letterhead(facts: PaperFacts, event: DossierEvent, *, of_office: bool) -> Letterhead:
    """Of the desk on slips; of the office that owes the result on letters (forms.md, apology)."""
    upper = facts.governing_body if of_office else facts.governing_body or facts.office_name
    return Letterhead(
        governing_body=upper.upper(),
        desk_name=facts.office_name.upper() if of_office else facts.desk_name,
        number=None if event.form_number is None else str(event.form_number),
        place=facts.place or None,
        issued_on=_day(event),
        number_suffix=None if of_office else facts.letter_suffix,
    )


def _receipt(
    desk: DeskContext, dossier: Dossier, facts: PaperFacts, event: DossierEvent, reprint: bool
) -> ReceiptContent:
    return ReceiptContent(
        letterhead=_letterhead(facts, event, of_office=False),
        dossier_code=dossier.code,
        procedure_code=dossier.procedure.code,
        procedure_name=dossier.procedure.name,
        applicant_name=facts.applicant_name,
        submitter_name=facts.submitter_name or None,
        identifier=facts.identifier or None,
        address=facts.address or None,
        phone=facts.phone or None,
        email=facts.email or None,
        components=tuple(ComponentLine(*line) for line in facts.components),
        sets_count=facts.sets,
        limit_text=_limit_text(dossier),
        received_at=dossier.received_at,
        due=event.due_after,
        return_place=_return_place(facts),
        # The line in the register was taken when the dossier came in, whenever this paper is issued.
        register_volume=str(_day(dossier.events[0]).year),
        register_number=str(dossier.register_number),
        fees=tuple(FeeLine(*line) for line in facts.fees),
        receiver_name=event.actor,
        lookup_url=facts.lookup_url or None,
        desk_phone=facts.desk_phone or None,
        issued_at=event.at,
        identifier_in_qr=desk.settings.full_personal_number_in_qr,
        reprint=reprint,
        replaces=_replaced(dossier, event),
        portal_code=dossier.portal_code,
    )


def _apology(
    desk: DeskContext, dossier: Dossier, facts: PaperFacts, event: DossierEvent, reprint: bool
) -> ApologyContent:
    if event.due_before is None:
        raise UserError("form_not_issued", f"Hồ sơ {dossier.code} chưa có ngày hẹn nên không lập được văn bản xin lỗi.")
    return ApologyContent(
        letterhead=_letterhead(facts, event, of_office=True),
        dossier_code=dossier.code,
        procedure_code=dossier.procedure.code,
        procedure_name=dossier.procedure.name,
        applicant_name=facts.applicant_name,
        recipient=facts.applicant_name,
        office_name=facts.office_name,
        desk_name=facts.desk_name,
        identifier=facts.identifier or None,
        address=facts.address or None,
        phone=facts.phone or None,
        email=facts.email or None,
        received_at=dossier.received_at,
        due=event.due_before,
        new_due=event.due_after,
        reason=event.reason,
        responsible_unit=event.unit or None,
        signer_title=facts.head_title or None,
        signer_name=facts.head_name or None,
        lookup_url=facts.lookup_url or None,
        desk_phone=facts.desk_phone or None,
        issued_at=event.at,
        identifier_in_qr=desk.settings.full_personal_number_in_qr,
        reprint=reprint,
    )


def _thermal(
    desk: DeskContext, dossier: Dossier, facts: PaperFacts, event: DossierEvent, reprint: bool
) -> ThermalContent:
    return ThermalContent(
        desk_name=f"{facts.office_name} - {facts.desk_name.capitalize()}",
        dossier_code=dossier.code,
        procedure_code=dossier.procedure.code,
        procedure_name=dossier.procedure.name,
        applicant_name=facts.applicant_name,
        received_at=dossier.received_at,
        due=event.due_after,
        issued_at=event.at,
        amount_paid=sum(amount for _, amount, paid in facts.fees if paid),
        identifier=facts.identifier or None,
        lookup_url=facts.lookup_url or None,
        desk_phone=facts.desk_phone or None,
        identifier_in_qr=desk.settings.full_personal_number_in_qr,
        reprint=reprint,
        replaces=_replaced(dossier, event),
        portal_code=dossier.portal_code,
    )


def _replaced(dossier: Dossier, event: DossierEvent) -> str | None:
    """The number of the receipt in whose place that of a correction is given."""
    if event.step != Step.CORRECT:
        return None
    earlier = [item for item in dossier.events if item.form == event.form and item.number < event.number]
    return str(earlier[-1].form_number) if earlier else None


def _limit_text(dossier: Dossier) -> str | None:
    unit = LimitUnit(dossier.limit_unit)
    if unit is LimitUnit.UNKNOWN:
        return None
    if unit in (LimitUnit.SAME_DAY, LimitUnit.ON_THE_SPOT):
        return LIMIT_UNITS[unit]
    return f"{dossier.limit_amount:02d} {LIMIT_UNITS[unit]}"


def _return_place(facts: PaperFacts) -> str:
    if facts.return_by == "post":
        return "Trả qua dịch vụ bưu chính công ích, theo địa chỉ trên"
    if facts.return_by == "online":
        return "Trả trực tuyến qua cổng dịch vụ công"
    return f"{facts.desk_name.capitalize()}, {facts.office_name}"
