"""Papers of a dossier: made of what its history holds, looked at, and put into the spool."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from counter_app.errors import KnownError, UserError
from counter_app.models import Dossier, DossierEvent
from counter_app.services import print_jobs
from counter_app.services.apologies_signing import refuse_printed_together
from counter_app.services.desk import DeskContext
from counter_app.services.free_text import plain
from counter_app.services.offices import office_row
from counter_app.services.paper_facts import facts_now, facts_of, signed_by
from counter_app.services.papers_content import Making, apology, day_of, receipt, thermal
from counter_app.services.papers_handing import (
    control_slip,
    kept_of,
    payment_note,
    payment_notice,
    post_label,
    return_slip,
)
from counter_app.services.papers_issued import FORMS, issuing
from counter_app.services.papers_steps import refusal, stop_notice, supplement_request
from counter_app.services.print_job_store import DatabaseJobStore
from counter_app.services.printers import choose_printer
from counter_app.services.steps import StepInput, find_dossier
from printing.printers import ESCPOS, PDF
from printing.spool import Spooler

if TYPE_CHECKING:
    from printing.forms import Content

CONTENTS: dict[str, Callable[[Making], Content]] = {
    "receipt": receipt,
    "supplement_request": supplement_request,
    "refusal": refusal,
    "apology": apology,
    "stop_notice": stop_notice,
    "control_slip": control_slip,
    "return_slip": return_slip,
    "post_label": post_label,
    "payment_note": payment_note,
    "payment_notice": payment_notice,
}
"""What each form on a sheet says; the thermal slip has a maker of its own."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A form ready to be looked at or printed. ``kept``: what its print job is to keep of it (``kept_of``)."""

    form: str
    title: str
    code: str
    pdf: bytes
    kept: Mapping[str, Any] = field(default_factory=dict)


def make_paper(
    desk: DeskContext, code: str, form: str, *, reprint: bool = False, event_number: int | None = None
) -> Paper:
    """A form of a dossier as PDF, in the set that was in force on the day it was issued.

    The latest issue, or that of the event with this number. Raises UserError ``dossier_unknown``,
    ``form_unknown``, ``form_not_issued``.
    """
    from printing.forms import form_set_for, render

    with desk.database.read() as session:
        dossier = find_dossier(session, code)
        event = issued(dossier, form, event_number)
        if form not in CONTENTS:
            raise UserError(
                "form_unknown", f"«{FORMS[form]}» in ra máy in nhiệt, không có bản PDF. Hãy dùng --thermal."
            )
        facts = facts_of(desk, event, dossier, office_row(session, desk))
        forms = form_set_for(day_of(event), own_folder=desk.directory / "forms")
        if form == "stop_notice" and forms.stop_notice is None:
            raise UserError(
                "form_unknown", f"{forms.regulation} không có «{FORMS[form]}». Hãy báo người nộp bằng công văn."
            )
        content = CONTENTS[form](Making(desk, session, dossier, facts, event, reprint))
        return Paper(form, FORMS[form], dossier.code, render(content, forms), kept_of(content))


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
        forms = form_set_for(day_of(event), own_folder=desk.directory / "forms")
        now = facts_now(desk, dossier, office_row(session, desk))
        facts = signed_by(now, plain(given.signer), plain(given.signer_title))
        content = apology(Making(desk, session, dossier, facts, event))
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
        content = thermal(Making(desk, session, dossier, facts, event, reprint))
    return render_thermal(content, width_mm or desk.settings.printers.thermal_width_mm)


def print_paper(
    desk: DeskContext,
    code: str,
    form: str,
    printer: str | None = None,
    *,
    width_mm: int | None = None,
    reprint: bool = False,
    event_number: int | None = None,
) -> int:
    """Put a paper into the spool of ``printer`` (by default the one in the settings); the job's id.

    The latest issue of the form, or that of the event with this number. The first print of a paper that was issued
    is not a reprint; a further one has to say so and carries "Bản in lại". Raises UserError ``already_printed``,
    ``printer_not_set`` and as ``make_paper`` does.
    """
    choice = choose_printer(desk.settings.printers, form, printer)
    if form == "thermal":
        slip = make_thermal(desk, code, width_mm, reprint=reprint, event_number=event_number)
        payload, mime, kept = slip, ESCPOS, None
    else:
        paper = make_paper(desk, code, form, reprint=reprint, event_number=event_number)
        payload, mime, kept = paper.pdf, PDF, paper.kept
    with desk.database.read() as session:
        dossier = find_dossier(session, code)
        event = issued(dossier, form, event_number)
        if form == "apology" and not reprint:
            refuse_printed_together(session, event)
        if "slip" in event.details and form == "return_slip" and not reprint:
            print_jobs.refuse_second(session, form, event.details["slip"][0])
    return print_jobs.enqueue(
        desk.database,
        form=form,
        title=f"{FORMS[form]} {dossier.code}",
        printer=choice,
        payload=payload,
        mime=mime,
        now=desk.clock(),
        dossier_code=dossier.code,
        issue=f"{dossier.code}-{event.number}",
        reprint=reprint,
        kept=kept,
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
    store = DatabaseJobStore(desk.database)
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


def issued(dossier: Dossier, form: str, event_number: int | None = None) -> DossierEvent:
    """The latest event that issued this form and was not taken back, or the one with this number.

    Raises UserError ``form_unknown``, ``form_not_issued``.
    """
    if form not in FORMS:
        raise UserError("form_unknown", f"Chưa có mẫu «{form}». Các mẫu in được: {', '.join(FORMS)}.")
    for event in reversed(issuing(dossier.events, form)):
        if event_number in (None, event.number):
            return event
    raise UserError(
        "form_not_issued",
        f"Hồ sơ {dossier.code} chưa có «{FORMS[form]}». Hãy thực hiện bước lập giấy này trước khi in.",
    )
