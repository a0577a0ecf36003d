"""The steps of the lifecycle after reception: one unit of work each, told to the portal in the same one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Document, Dossier, DossierEvent
from counter_app.rules import lifecycle
from counter_app.rules.calendar import (
    VIETNAM,
    LimitUnit,
    due,
    due_after_pauses,
    due_soon_from,
    online_answer_due,
)
from counter_app.rules.dossier_code import normalise
from counter_app.rules.fees import undecided
from counter_app.rules.lifecycle import Status, Step
from counter_app.services import outgoing
from counter_app.services.apologies_rows import refuse_open_letter
from counter_app.services.apologies_signing import apologise, record_signed
from counter_app.services.calendars import current_calendar
from counter_app.services.desk import DeskContext
from counter_app.services.endings import Ending, end
from counter_app.services.fee_book import PAYMENT, BookPapers, book, refuse_undecided, take_fees
from counter_app.services.free_text import plain
from counter_app.services.handover_items import HANDOVER, hand_over
from counter_app.services.history import append_event, came_from, moment_of_step
from counter_app.services.new_documents import new_documents
from counter_app.services.numbering import next_in_year
from counter_app.services.offices import office_row
from counter_app.services.paper_facts import LETTERS, SIGNER, facts_now, frozen, signed_by, signer_of
from counter_app.services.pauses import promise_and_pauses, stood
from counter_app.services.portal_told import promised_elsewhere
from counter_app.services.receive import limit_of, office_cut_off
from counter_app.services.returning_delivery import Handing, hand_out
from counter_app.services.rules_bridge import rules_apply
from counter_app.services.supplied import ASKED_AGAIN, ask_again, check_complete, store_scans, take_papers
from counter_app.services.values import RETURN_WAYS, ComponentIn, StepDone

NEEDS_REASON = {
    Step.REQUEST_SUPPLEMENT: "nội dung cần bổ sung và lý do (yêu cầu một lần, đầy đủ)",
    Step.REFUSE: "lý do từ chối",
    Step.STOP: "lý do dừng giải quyết",
    Step.APOLOGISE: "lý do trễ hẹn",
}
NEEDS_UNIT = {Step.HAND_OVER: "nơi nhận hồ sơ", Step.APOLOGISE: "đơn vị chịu trách nhiệm"}

ISSUES_UNNUMBERED = frozenset({Step.HAND_OVER, Step.REQUEST_PAYMENT, Step.PAY, Step.RETURN})
"""Steps that papers tell of which take no number at it: control slip, notice to pay, payment note, return slip."""

ELSEWHERE = frozenset({Step.REGISTER, Step.ATTACH, Step.CORRECT, Step.EXEMPT, Step.REFUND})
"""Steps with a service of their own. RECEIVE is here for online dossiers; one over the desk is ``receive``."""


@dataclass(frozen=True, slots=True)
class StepInput:
    """What a step may need. ``by``: way of return; ``to``: who takes the result, if not the applicant by which
    ``authority``; ``at``: when it happened.

    ``components``: the papers that came with a supplement, with their scans; None where nothing was said of them.
    ``incomplete``: the clerk knows that required papers are still missing. ``again``: why papers are asked for once
    more. ``signer`` and ``signer_title``: who signed a letter in place of the head; ``person``: who answers for the
    delay. ``pay_before``: the last day for what a payment request asks. ``fees``: codes of those paid, None for all
    that are open; ``reference``: of a transfer; ``official_receipt``: number of the biên lai.
    """

    reason: str = ""
    unit: str = ""
    new_due: datetime | None = None
    at: datetime | None = None
    by: str = ""
    method: str = ""
    to: str = ""
    authority: str = ""
    tracking: str = ""
    components: tuple[ComponentIn, ...] | None = None
    incomplete: bool = False
    again: str = ""
    signer: str = ""
    signer_title: str = ""
    person: str = ""
    fees: tuple[str, ...] | None = None
    reference: str = ""
    official_receipt: str = ""
    pay_before: date | None = None
    handing: Handing | None = None
    """Of a return: to whom, by what authority, with what evidence."""
    ending: Ending | None = None
    """Of a refusal, a withdrawal or a stop: the law, what becomes of papers and fees."""


@dataclass(slots=True)
class Effect:
    """What a step does besides the status, gathered before the event is written."""

    due: datetime | None
    form: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Taking:
    """A step being taken: everything that its effect may look at.

    ``from_portal``: somebody else took it and the portal told of it; its papers and their numbers are theirs.
    """

    desk: DeskContext
    session: Session
    dossier: Dossier
    step: Step
    given: StepInput
    at: datetime
    from_portal: bool = False
    documents: tuple[Document, ...] = ()
    """Scans that came with it, not yet the dossier's."""


def take_step(desk: DeskContext, code: str, step: Step, given: StepInput) -> StepDone:
    """Take a step on the dossier with this code.

    Raises UserError: ``dossier_unknown``, ``step_not_permitted`` (naming what is possible),
    ``already_received`` (by whom and when), ``reason_missing``, ``unit_missing``,
    ``new_due_…``, ``apology_…``, ``supplement_repeated``, ``impossible_time``.
    """
    if step in ELSEWHERE:
        raise ValueError(f"{step} is not taken here")
    given = _clean(given)
    _check_given(step, given)
    scans = store_scans(desk, given.components or ()) if step is Step.SUPPLEMENT else []
    with desk.database.write() as session:
        dossier = find_dossier(session, code)
        office = office_row(session, desk)
        step = _reception(dossier, step)
        at, entered_at = moment_of_step(desk, dossier, given.at)
        documents, known = new_documents(dossier, scans, entered_at)
        taking = Taking(desk, session, dossier, step, given, at, documents=tuple(documents))
        if step is Step.APOLOGISE:
            refuse_open_letter(session, dossier)
        event, warnings = carry_out(taking, entered_at)
        if step is Step.APOLOGISE:
            record_signed(desk, session, dossier, event, given.person)
        outgoing.queue_step(session, dossier, event, office, entered_at)
        outgoing.queue_uploads(session, dossier, documents, entered_at)
        return StepDone(
            dossier.id,
            dossier.code,
            step.value,
            dossier.status,
            event.at,
            dossier.due,
            event.number,
            (*warnings, *known),
        )


def carry_out(
    taking: Taking, entered_at: datetime, *, actor: str = "", details: dict[str, Any] | None = None
) -> tuple[DossierEvent, list[str]]:
    """Take a step inside the caller's unit of work: status, clock, money and history move together.

    Answers the event and what the clerk should know; nothing is queued for the portal. Raises UserError as
    ``take_step`` does.
    """
    dossier, given = taking.dossier, taking.given
    with rules_apply():
        status = lifecycle.next_status(Status(dossier.status), taking.step, came_from=came_from(dossier))
    effect = Effect(due=dossier.due, details=dict(details or {}))
    if taking.step in EFFECTS:
        EFFECTS[taking.step](taking, effect)
    form, number = None if taking.from_portal else effect.form, None
    if form or taking.step in ISSUES_UNNUMBERED or HANDOVER in effect.details:
        facts = facts_now(taking.desk, dossier, office_row(taking.session, taking.desk))
        if form in LETTERS:
            facts = signed_by(facts, given.signer, given.signer_title)
            effect.details[SIGNER] = signer_of(facts)
        effect.details |= frozen(facts)
        # A letter of another office has a number of that office's own.
        number = _form_number(taking, form) if form and not (form in LETTERS and facts.letter_office) else None
    event = append_event(
        taking.desk,
        dossier,
        taking.step,
        at=taking.at,
        entered_at=entered_at,
        status_after=status,
        due_after=effect.due,
        reason=given.reason,
        unit=given.unit,
        form=form,
        form_number=number,
        details=effect.details,
        actor=actor,
    )
    return event, effect.warnings


def _reception(dossier: Dossier, step: Step) -> Step:
    """Accepting an online dossier is its reception; whoever comes second is told who was first."""
    if step not in (Step.RECEIVE, Step.ACCEPT):
        return step
    if dossier.status == Status.REGISTERED:
        return Step.RECEIVE
    first = next((event for event in dossier.events if event.status_after == Status.RECEIVED), None)
    if step is Step.RECEIVE and first is not None:
        raise UserError(
            "already_received",
            f"Hồ sơ {dossier.code} đã được {first.actor} tiếp nhận lúc "
            f"{first.at.astimezone(VIETNAM):%H:%M %d/%m/%Y}. Không tiếp nhận lần nữa; hãy mở hồ sơ để làm tiếp.",
            code=dossier.code,
        )
    return step


def _form_number(taking: Taking, form: str) -> int:
    office = office_row(taking.session, taking.desk)
    return next_in_year(taking.session, f"form:{form}", office.code, taking.at.astimezone(VIETNAM).year)


def find_dossier(session: Session, code: str) -> Dossier:
    """The dossier with this code (ours or the portal's); UserError ``dossier_unknown``."""
    wanted = normalise(code)
    dossier = session.scalar(select(Dossier).where((Dossier.code == wanted) | (Dossier.portal_code == wanted)))
    if dossier is None:
        raise UserError(
            "dossier_unknown",
            f"Không có hồ sơ mã «{wanted}» ở quầy này. Hãy kiểm tra lại mã, hoặc tìm theo tên.",
            code=wanted,
        )
    return dossier


def _clean(given: StepInput) -> StepInput:
    answers = {item.name: getattr(given, item.name) for item in fields(given)}
    texts: dict[str, Any] = {name: plain(value) for name, value in answers.items() if isinstance(value, str)}
    return replace(given, **texts)


def _check_given(step: Step, given: StepInput) -> None:
    if step in NEEDS_REASON and not given.reason:
        raise UserError("reason_missing", f"Hãy ghi {NEEDS_REASON[step]}.")
    if step in NEEDS_UNIT and not given.unit:
        raise UserError("unit_missing", f"Hãy ghi {NEEDS_UNIT[step]}.")
    if step is Step.APOLOGISE and given.new_due is None:
        raise UserError("new_due_missing", "Hãy chọn ngày hẹn trả kết quả mới.")
    if given.by and given.by not in RETURN_WAYS:
        raise UserError("return_unknown", f"Cách trả «{given.by}» không có. Hãy chọn: {', '.join(RETURN_WAYS)}.")


def _pause(taking: Taking, effect: Effect) -> None:
    taking.dossier.paused_at = taking.at


def _ask_papers(taking: Taking, effect: Effect) -> None:
    if not taking.from_portal:  # what another office asked for is not refused, only told
        effect.details |= ask_again(taking.dossier, taking.given.again)
    if ASKED_AGAIN in effect.details:
        effect.warnings.append("Hồ sơ bị yêu cầu bổ sung thêm lần nữa; quy định chỉ cho yêu cầu một lần.")
    effect.form = "supplement_request"
    _pause(taking, effect)


def resume(taking: Taking, effect: Effect) -> None:
    """The working time used so far stays used; the rest runs on from now (design, section 4)."""
    dossier = taking.dossier
    if dossier.status == Status.SUPPLEMENT_REQUESTED and came_from(dossier) is Status.REGISTERED:
        _register_again(taking, effect)
    elif dossier.paused_at is not None and dossier.due is not None:
        calendar_id, calendar = current_calendar(taking.session, taking.desk)
        with rules_apply():
            effect.due = due_after_pauses(
                calendar, *promise_and_pauses(dossier, taking.at), LimitUnit(dossier.limit_unit)
            )
        dossier.calendar_id = calendar_id
        dossier.due_soon_from = due_soon_from(
            calendar, dossier.received_at, effect.due, stood(calendar, dossier, until=taking.at)
        )
        if taking.step is Step.SUPPLEMENT or effect.due != dossier.due:
            effect.form = "receipt"  # the new date goes on it
    dossier.paused_at = None


def _supplement(taking: Taking, effect: Effect) -> None:
    """The papers asked for are there: counted, and the clock runs on."""
    came = taking.given.components
    effect.details |= take_papers(taking.dossier, came or (), taking.documents)
    # Said of no paper: entered by an older program or told by the portal, which count them elsewhere.
    effect.warnings += check_complete(taking.dossier, confirmed=came is None or taking.given.incomplete)
    resume(taking, effect)


def _register_again(taking: Taking, effect: Effect) -> None:
    """An online dossier not received yet is whole now: it is answered within eight working hours from here.

    Nghị định 118/2025/NĐ-CP counts from the moment at which the desk has the dossier.
    """
    _, calendar = current_calendar(taking.session, taking.desk)
    effect.due = online_answer_due(calendar, taking.at)
    taking.dossier.due_soon_from = taking.at


def _pay(taking: Taking, effect: Effect) -> None:
    """Money taken at the desk goes into its book; what was paid at the portal never passed the desk."""
    given, dossier = taking.given, taking.dossier
    method = given.method or "cash"
    if given.fees is None and not taking.from_portal:
        refuse_undecided(dossier)
    fees = take_fees(dossier, given.fees, taking.at, method)
    effect.details["method"] = method
    if not taking.from_portal:
        papers = BookPapers(given.reference, given.official_receipt)
        effect.details |= book(taking.session, taking.desk, dossier, fees, PAYMENT, taking.at, method, papers)
    if taking.dossier.status == Status.PAYMENT_REQUESTED:
        resume(taking, effect)
        if effect.form and not taking.from_portal:
            effect.warnings.append("Ngày hẹn trả đã tính lại: hãy in giấy tiếp nhận mới (Ctrl+P) và thu lại giấy cũ.")


def _ask_payment(taking: Taking, effect: Effect) -> None:
    if taking.dossier.money_state == "nothing_due":
        effect.warnings.append("Hồ sơ không có khoản phí, lệ phí nào; hãy ghi rõ khoản phải nộp ở phần lý do.")
    if open_levels := undecided(taking.dossier.fees):
        name = next(fee.name for fee in taking.dossier.fees if fee.code in open_levels)
        effect.warnings.append(f"Khoản «{name}» có nhiều mức: mở «Thu phí, lệ phí», chọn mức rồi in thông báo nộp.")
    if (last := taking.given.pay_before) is not None:
        if last < taking.at.astimezone(VIETNAM).date():
            raise UserError("pay_before_past", f"Hạn nộp {last:%d/%m/%Y} đã qua. Hãy chọn từ hôm nay trở đi.")
        effect.details["pay_before"] = last.isoformat()
    _pause(taking, effect)


def _receive_online(taking: Taking, effect: Effect) -> None:
    """Taking in an online dossier: the promise is made now, by the limit of the online channel.

    Where another desk or office received it, the date that it promised holds, if the portal told of one.
    """
    dossier = taking.dossier
    calendar_id, calendar = current_calendar(taking.session, taking.desk)
    limit = limit_of(dossier.procedure, dossier.channel)
    if taking.from_portal and (taking.given.new_due is not None or limit.unit is LimitUnit.UNKNOWN):
        effect.due = taking.given.new_due
    elif (promised := promised_elsewhere(dossier)) is not None:
        effect.due = promised
    elif limit.unit is LimitUnit.UNKNOWN:
        if taking.given.new_due is None or not taking.given.reason:
            raise UserError(
                "limit_unknown", "Thủ tục này chưa rõ thời hạn giải quyết. Hãy nhập ngày hẹn trả kèm lý do."
            )
        if taking.given.new_due <= taking.at:
            raise UserError("impossible_time", "Ngày hẹn trả phải sau thời điểm tiếp nhận. Hãy chọn ngày khác.")
        effect.due = taking.given.new_due
    else:
        with rules_apply():
            effect.due = due(calendar, taking.at, limit, office_cut_off(taking.desk))
    dossier.received_at = taking.at
    dossier.first_due = effect.due
    dossier.calendar_id = calendar_id
    dossier.due_soon_from = due_soon_from(calendar, taking.at, effect.due) if effect.due is not None else None
    if limit.unit is not LimitUnit.ON_THE_SPOT:
        effect.form = "receipt"


def _finish(taking: Taking, effect: Effect) -> None:
    taking.dossier.finished_at = taking.at
    if taking.dossier.due is not None and taking.at > taking.dossier.due:
        effect.warnings.append("Hồ sơ có kết quả sau ngày hẹn: được tính là trễ hạn.")
    if taking.dossier.unit:
        effect.warnings.append(
            f"Giấy tờ còn ở {taking.dossier.unit}. Về đến quầy, hãy «Nhận về quầy» ở trang Bàn giao."
        )


EFFECTS: dict[Step, Callable[[Taking, Effect], None]] = {
    Step.RECEIVE: _receive_online,
    Step.HAND_OVER: hand_over,
    Step.REQUEST_SUPPLEMENT: _ask_papers,
    Step.SUPPLEMENT: _supplement,
    Step.REQUEST_PAYMENT: _ask_payment,
    Step.PAY: _pay,
    Step.FINISH: _finish,
    Step.RETURN: hand_out,
    Step.REFUSE: end,
    Step.WITHDRAW: end,
    Step.STOP: end,
    Step.APOLOGISE: apologise,
}
