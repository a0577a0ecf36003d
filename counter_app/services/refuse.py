"""Refusing at the counter: entered as registered, refused and queued for the portal in one transaction.

What the office may not settle is not received (Nghị định 118/2025/NĐ-CP): no receipt, no promise and no money, but a
code, a line in the register and the slip that says why (forms.md, refusal). The dossier's history is that of one
filed on line that was refused (design, section 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Dossier, Office
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Status, Step
from counter_app.services import outgoing
from counter_app.services.applicant_checks import checked_applicant
from counter_app.services.calendars import current_calendar
from counter_app.services.catalogue import find_procedure
from counter_app.services.completeness import check_components
from counter_app.services.desk import DeskContext
from counter_app.services.endings import Ending
from counter_app.services.free_text import plain
from counter_app.services.history import append_event, moment_of_step
from counter_app.services.insertion import insert_dossier
from counter_app.services.numbering import take_numbers
from counter_app.services.offices import office_row
from counter_app.services.receive import (
    Stored,
    check_choices,
    document_rows,
    new_dossier,
    store_files,
)
from counter_app.services.reception_fees import fee_rows
from counter_app.services.steps import NEEDS_REASON, StepInput, Taking, carry_out
from counter_app.services.values import ApplicantData, ReceiveRequest, StepDone


def check_refusal(request: ReceiveRequest, today: date) -> tuple[ApplicantData, ApplicantData | None, tuple[str, ...]]:
    """Who applies and who handed in, in normal form, with warnings: before the clerk is asked for the reason.

    Raises UserError ``applicant_invalid``, ``birth_date_invalid``, ``channel_unknown``, ``return_unknown``,
    ``sets_invalid``, ``fee_not_due``.
    """
    check_choices(request)
    applicant, warnings = checked_applicant(request.applicant, today)
    submitter, more = checked_applicant(request.submitter, today, "người nộp") if request.submitter else (None, ())
    if any(fee.paid for fee in request.fees):
        raise UserError(
            "fee_not_due",
            "Hồ sơ bị từ chối thì không thu phí, lệ phí. Hãy bỏ dấu ở khoản đã thu và trả lại tiền nếu đã nhận.",
        )
    return applicant, submitter, warnings + more


def refuse_at_desk(desk: DeskContext, request: ReceiveRequest, reason: str, law: str) -> StepDone:
    """Refuse what was handed in over the desk, for ``reason`` and by the article in ``law``.

    Papers need not be complete. Raises UserError as ``check_refusal`` does, ``reason_missing``,
    ``law_article_missing``, ``procedure_unknown``, ``case_unknown``, ``component_…``, ``fee_unknown``,
    ``impossible_time``, ``file_…``, ``code_range_full``; KnownError for storage. On any error nothing is stored but,
    at most, the bytes of files under their digest.
    """
    given = StepInput(reason=plain(reason), ending=Ending(law=plain(law)))
    if not given.reason:
        raise UserError("reason_missing", f"Hãy ghi {NEEDS_REASON[Step.REFUSE]}.")
    if not plain(law):
        raise UserError(
            "law_article_missing", "Hãy ghi điều luật làm căn cứ từ chối, ví dụ «Điều 38 Luật Hộ tịch 2014»."
        )
    stored = store_files(desk, request.components)
    with desk.database.write() as session:
        office = office_row(session, desk)
        at, entered_at = moment_of_step(desk, None, request.at)
        dossier, warnings = _registered(session, desk, request, office, stored, at, entered_at)
        outgoing.queue_create(session, dossier, office, entered_at)
        dossier = session.get_one(Dossier, dossier.id)
        event, more = carry_out(Taking(desk, session, dossier, Step.REFUSE, given, at), entered_at)
        outgoing.queue_step(session, dossier, event, office, entered_at)
        outgoing.queue_uploads(session, dossier, dossier.documents, entered_at)
        told = (*warnings, *(warning for _, file in stored for warning in file.warnings), *more)
        return StepDone(dossier.id, dossier.code, event.step, dossier.status, event.at, None, event.number, told)


def _registered(
    session: Session,
    desk: DeskContext,
    request: ReceiveRequest,
    office: Office,
    stored: Sequence[Stored],
    at: datetime,
    entered_at: datetime,
) -> tuple[Dossier, tuple[str, ...]]:
    """The dossier before it is refused, in the database but outside the session; and warnings."""
    today = at.astimezone(VIETNAM).date()
    applicant, submitter, warnings = check_refusal(request, today)
    procedure = find_procedure(session, request.procedure)
    components, _ = check_components(procedure, request, complete=False)
    calendar_id, _ = current_calendar(session, desk)
    dossier = new_dossier(
        session,
        desk,
        request,
        office=office,
        procedure=procedure,
        people=(applicant, submitter),
        calendar_id=calendar_id,
        numbers=take_numbers(session, office.code, desk.settings.desk, today, None),
        components=components,
        fees=fee_rows(procedure, request, at),
        documents=document_rows(stored, entered_at),
        at=at,
    )
    append_event(
        desk, dossier, Step.REGISTER, at=at, entered_at=entered_at, status_after=Status.REGISTERED, due_after=None
    )
    insert_dossier(session, dossier)
    return dossier, warnings
