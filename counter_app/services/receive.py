"""Taking a dossier in: checked, numbered, promised, stored and queued for the portal in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import (
    Calendar,
    Document,
    Dossier,
    DossierComponent,
    DossierFee,
    Field,
    Office,
    Procedure,
)
from counter_app.rules.calendar import VIETNAM, Limit, LimitUnit, WorkCalendar, due, due_soon_from
from counter_app.rules.fees import money_state
from counter_app.rules.lifecycle import Status, Step
from counter_app.services import outgoing
from counter_app.services.applicant_checks import checked_applicant
from counter_app.services.applicant_rows import applicant_row
from counter_app.services.calendars import current_calendar, read_calendar
from counter_app.services.catalogue import find_procedure, national_part
from counter_app.services.completeness import check_components, chosen_case
from counter_app.services.desk import DeskContext
from counter_app.services.document_store import StoredFile
from counter_app.services.free_text import plain
from counter_app.services.history import append_event, moment_of_step
from counter_app.services.insertion import insert_dossier
from counter_app.services.numbering import Numbers, next_in_year, take_numbers
from counter_app.services.offices import office_row
from counter_app.services.paper_facts import facts_now, frozen
from counter_app.services.reception_fees import book_fees, exempted, fee_rows, fee_warnings
from counter_app.services.rules_bridge import rules_apply
from counter_app.services.search_text import search_text
from counter_app.services.values import (
    CHANNELS,
    RETURN_WAYS,
    ApplicantData,
    ComponentIn,
    Received,
    ReceiveRequest,
)

Stored = tuple[str, StoredFile]

_OFFICE = select(Office.__table__).where(Office.code == bindparam("code"))
_CURRENT_VERSION = (
    select(Procedure.id, Field.name).join(Procedure.field).where(Procedure.code == bindparam("code"), Procedure.current)
)
_CURRENT_CALENDAR = select(Calendar.id).where(Calendar.current)


@dataclass(frozen=True, slots=True)
class DuePreview:
    """The date that would be promised, or why there is none yet."""

    due: datetime | None
    problem: str = ""


def preview_due(desk: DeskContext, procedure_code: str, channel: str, at: datetime | None = None) -> DuePreview:
    """The due time of a dossier received now (or at ``at``), computed while the clerk looks."""
    calendar = read_calendar(desk)
    with desk.database.read() as session:
        limit = limit_of(find_procedure(session, procedure_code), channel)
    try:
        with rules_apply():
            return DuePreview(due(calendar, at or desk.clock(), limit, office_cut_off(desk)))
    except UserError as error:
        return DuePreview(None, error.message)


def receive(
    desk: DeskContext, request: ReceiveRequest, *, then: Callable[[Session, Dossier], None] | None = None
) -> Received:
    """Take a dossier in; ``then`` goes on with it in the same unit of work.

    Raises UserError: ``procedure_unknown``, ``component_unknown``, ``component_missing``, ``fee_unknown``,
    ``fee_contradicted``, ``exemption_reason_missing``, ``method_unknown``, ``reference_missing``,
    ``applicant_invalid``, ``channel_unknown``, ``limit_unknown``, ``impossible_time``, ``file_…``,
    ``code_range_full``; KnownError for storage. On any error nothing is stored but, at most, the bytes of
    files under their digest.
    """
    check_choices(request)
    stored = store_files(desk, request.components)
    with desk.database.write() as session:
        office = _office(session, desk)
        procedure = _procedure(session, desk, request.procedure)
        at, entered_at = moment_of_step(desk, None, request.at)
        today = at.astimezone(VIETNAM).date()
        applicant, warnings = checked_applicant(request.applicant, today)
        submitter, submitter_warnings = (
            checked_applicant(request.submitter, today, "người nộp") if request.submitter else (None, ())
        )
        components, component_warnings = check_components(procedure, request)
        warnings += submitter_warnings + component_warnings + _channel_warning(procedure, request.channel)
        warnings += tuple(warning for _, file in stored for warning in file.warnings) + fee_warnings(request.fees)
        calendar_id, calendar = _calendar(session, desk)
        limit = limit_of(procedure, request.channel)
        due_at = _promise(desk, calendar, limit, request, at)
        fees = fee_rows(procedure, request, at)
        # A receipt is issued with every reception, except for a result given on the spot (118/2025/NĐ-CP).
        form = None if limit.unit is LimitUnit.ON_THE_SPOT else "receipt"
        numbers = take_numbers(session, office.code, desk.settings.desk, today, form)
        dossier = new_dossier(
            session,
            desk,
            request,
            office=office,
            procedure=procedure,
            people=(applicant, submitter),
            calendar_id=calendar_id,
            numbers=numbers,
            components=components,
            fees=fees,
            documents=document_rows(stored, entered_at),
            at=at,
        )
        dossier.status = Status.RECEIVED.value
        dossier.due = dossier.first_due = due_at
        dossier.due_soon_from = due_soon_from(calendar, at, due_at)
        append_event(
            desk,
            dossier,
            Step.RECEIVE,
            at=at,
            entered_at=entered_at,
            status_after=Status.RECEIVED,
            due_after=due_at,
            reason=plain(request.reason),
            form=form,
            form_number=numbers.form,
            details=exempted(fees) | (frozen(facts_now(desk, dossier, office)) if form else {}),
        )
        insert_dossier(session, dossier)
        book_fees(session, desk, dossier, request.fees, at)
        outgoing.queue_create(session, dossier, office, entered_at)
        if stored or request.supplement_reason.strip():
            dossier = session.get_one(Dossier, dossier.id)
        if request.supplement_reason.strip():
            _ask_for_supplement(session, desk, dossier, office, at, entered_at, plain(request.supplement_reason))
        outgoing.queue_uploads(session, dossier, dossier.documents, entered_at)
        if then is not None:
            then(session, session.get_one(Dossier, dossier.id))
        return Received(dossier.id, dossier.code, dossier.status, at, due_at, warnings)


def new_dossier(
    session: Session,
    desk: DeskContext,
    request: ReceiveRequest,
    *,
    office: Office,
    procedure: Procedure,
    people: tuple[ApplicantData, ApplicantData | None],
    calendar_id: int,
    numbers: Numbers,
    components: list[DossierComponent],
    fees: list[DossierFee],
    documents: list[Document],
    at: datetime,
) -> Dossier:
    """What a dossier handed in at the desk is from its first moment: registered, with nothing promised."""
    applicant, submitter = people
    limit = limit_of(procedure, request.channel)
    dossier = Dossier(
        code=numbers.code,
        office_id=office.id,
        desk_number=desk.settings.desk,
        procedure=procedure,
        case_name=chosen_case(procedure, request.case_name),
        applicant=applicant_row(session, applicant, at),
        submitter=applicant_row(session, submitter, at) if submitter else None,
        calendar_id=calendar_id,
        channel=request.channel,
        return_by=request.return_by,
        status=Status.REGISTERED.value,
        is_open=True,
        money_state=money_state(fees),
        delivery_state="pending",
        limit_amount=limit.amount,
        limit_unit=limit.unit.value,
        received_at=at,
        sets=request.sets,
        note=plain(request.note),
        register_number=numbers.register,
        components=components,
        fees=fees,
        documents=documents,
        revision=0,
    )
    dossier.search_text = search_text(dossier)
    return dossier


def _office(session: Session, desk: DeskContext) -> Office:
    """As ``office_row``, for reading only."""
    row = session.connection().execute(_OFFICE, {"code": desk.settings.office}).first()
    return Office(**row._mapping) if row is not None else office_row(session, desk)


def _procedure(session: Session, desk: DeskContext, code: str) -> Procedure:
    """As ``find_procedure``; a version never changes once written, so its papers are read once.

    Detached: its own row and all that hangs on it are for reading only. The field's name may change without
    a new version of the procedure and is part of what it is kept by.
    """
    row = session.connection().execute(_CURRENT_VERSION, {"code": national_part(code)}).first()
    key = ("procedure", *row) if row is not None else None
    kept: Procedure | None = desk.database.kept.get(key)
    if kept is not None:
        return kept
    with desk.database.read() as reading:
        procedure = find_procedure(reading, code)
    desk.database.kept[key] = procedure
    return procedure


def _calendar(session: Session, desk: DeskContext) -> tuple[int, WorkCalendar]:
    """As ``current_calendar``; a calendar in the database never changes, so it is parsed once."""
    number = session.connection().scalar(_CURRENT_CALENDAR)
    kept: WorkCalendar | None = desk.database.kept.get(("calendar", number))
    if number is not None and kept is not None:
        return number, kept
    made, calendar = current_calendar(session, desk)
    if number is not None:  # one made just now is not there any more if this reception is refused
        desk.database.kept["calendar", number] = calendar
    return made, calendar


def check_choices(request: ReceiveRequest) -> None:
    """Refuse a way in or out that there is not: UserError ``channel_unknown``, ``return_unknown``, ``sets_invalid``."""
    if request.channel not in CHANNELS:
        raise UserError("channel_unknown", f"Kênh «{request.channel}» không có. Hãy chọn: {', '.join(CHANNELS)}.")
    if request.return_by not in RETURN_WAYS:
        raise UserError(
            "return_unknown", f"Cách trả «{request.return_by}» không có. Hãy chọn: {', '.join(RETURN_WAYS)}."
        )
    if request.sets < 1:
        raise UserError("sets_invalid", "Số lượng hồ sơ (bộ) phải từ 1 trở lên.")


def store_files(desk: DeskContext, components: Sequence[ComponentIn]) -> list[Stored]:
    """The scans of papers put into the store, each with the code of its paper; UserError ``file_…``."""
    return [
        (component.code, desk.documents.add(path, max_mb=desk.settings.max_document_mb))
        for component in components
        for path in component.files
    ]


def limit_of(procedure: Procedure, channel: str) -> Limit:
    """The time limit by this channel."""
    own = next((item for item in procedure.limits if item.channel == channel), None)
    if own is not None:
        return Limit(own.amount, LimitUnit(own.unit), own.cut_off)
    return Limit(procedure.limit_amount, LimitUnit(procedure.limit_unit), procedure.limit_cut_off)


def office_cut_off(desk: DeskContext) -> time | None:
    """The office-wide cut-off hour, if one is set."""
    return time.fromisoformat(desk.settings.cut_off) if desk.settings.cut_off else None


def _promise(
    desk: DeskContext, calendar: WorkCalendar, limit: Limit, request: ReceiveRequest, at: datetime
) -> datetime:
    """The due time by the rules; entered by the clerk, with a reason, only where the limit is unknown."""
    if limit.unit is not LimitUnit.UNKNOWN:
        if request.due is not None:
            raise UserError(
                "due_fixed",
                "Thủ tục này có thời hạn theo quy định nên ngày hẹn được tính tự động. Hãy bỏ ngày hẹn đã nhập.",
            )
        with rules_apply():
            return due(calendar, at, limit, office_cut_off(desk))
    if request.due is None:
        raise UserError(
            "limit_unknown",
            "Thủ tục này chưa rõ thời hạn giải quyết. Hãy nhập ngày hẹn trả kèm lý do, rồi tiếp nhận.",
        )
    if not request.reason.strip():
        raise UserError("reason_missing", "Hãy ghi lý do chọn ngày hẹn trả, vì thủ tục chưa rõ thời hạn.")
    if request.due <= at:
        raise UserError("impossible_time", "Ngày hẹn trả phải sau thời điểm tiếp nhận. Hãy chọn ngày khác.")
    return request.due


def _channel_warning(procedure: Procedure, channel: str) -> tuple[str, ...]:
    if not procedure.channels or channel in procedure.channels:
        return ()
    return (
        f"Danh mục không ghi kênh «{CHANNELS[channel]}» cho thủ tục này; vẫn tiếp nhận theo lựa chọn của người dân.",
    )


def document_rows(stored: Sequence[Stored], at: datetime) -> list[Document]:
    """One row a file; the same bytes given twice for one component count once."""
    rows: dict[tuple[str, str], Document] = {}
    for component, file in stored:
        rows.setdefault(
            (component, file.sha256),
            Document(
                component_code=component,
                file_name=file.file_name,
                sha256=file.sha256,
                size=file.size,
                pages=file.pages,
                added_at=at,
            ),
        )
    return list(rows.values())


def _ask_for_supplement(
    session: Session,
    desk: DeskContext,
    dossier: Dossier,
    office: Office,
    at: datetime,
    entered_at: datetime,
    reason: str,
) -> None:
    event = append_event(
        desk,
        dossier,
        Step.REQUEST_SUPPLEMENT,
        at=at,
        entered_at=entered_at,
        status_after=Status.SUPPLEMENT_REQUESTED,
        due_after=dossier.due,
        reason=reason,
        form="supplement_request",
        form_number=next_in_year(session, "form:supplement_request", office.code, at.astimezone(VIETNAM).year),
        details=frozen(facts_now(desk, dossier, office)),
    )
    dossier.paused_at = event.at
    outgoing.queue_step(session, dossier, event, office, entered_at)
