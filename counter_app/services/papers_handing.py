"""Papers of what goes from hand to hand: the dossier between units, its results, the money."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from counter_app.errors import UserError
from counter_app.models import Payment, PrintJob
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Status, Step, step_label
from counter_app.rules.payment_qr import purpose_of
from counter_app.services.calendars import read_calendar
from counter_app.services.fee_book import PAYMENT, last_day_to_pay, refuse_undecided, transfer_text
from counter_app.services.handover_items import slip_number
from counter_app.services.handover_slip import slip_of
from counter_app.services.handover_values import ControlRow
from counter_app.services.history import standing
from counter_app.services.offices import office_row
from counter_app.services.official_receipt import OF_EVENT, receipt_then
from counter_app.services.paper_facts import OPEN_LEVEL
from counter_app.services.papers_content import (
    Making,
    day_of,
    desk_of_office,
    letterhead,
    said_of_dossier,
    transfer_line,
)
from counter_app.services.papers_issued import issuing
from counter_app.services.returning_delivery import result_lines
from counter_app.services.values import PAYMENT_METHODS, RETURN_WAYS
from printing.content import (
    ComponentLine,
    ControlSlipContent,
    FeeLine,
    HandoverStep,
    PaymentContent,
    PostLabelContent,
    ResultLine,
    ReturnSlipContent,
)
from printing.spool import CANCELLED

NOT_SIGNED = "Bên nhận chưa ký"
"""In the notes of a hand-over that both sides have not signed (forms.md, "Clauses that bind the program")."""


def control_slip(making: Making) -> ControlSlipContent:
    """Phiếu kiểm soát quá trình giải quyết hồ sơ, as the history has it up to the next hand-over.

    Another office that settles is named beside the units of this one.
    """
    dossier, event, facts = making.dossier, making.event, making.facts
    settles = facts.settling_office or facts.office_name
    later = (other.number for other in issuing(dossier.events, "control_slip") if other.number > event.number)
    slip = slip_of(dossier, office_row(making.session, making.desk), settles=settles, before=next(later, None))
    others = [unit for unit in (facts.settling_office, *slip.cooperating) if unit and unit != slip.lead_office]
    number = slip_number([other for other in dossier.events if other.number <= event.number])
    return ControlSlipContent(
        **_said(making) | {"letterhead": letterhead(facts, day_of(event), number)},
        handovers=tuple(_step(row) for row in slip.rows),
        lead_office=slip.lead_office,
        cooperating_offices="; ".join(dict.fromkeys(others)) or "Không có",
    )


def return_slip(making: Making) -> ReturnSlipContent:
    """Phiếu giao nhận kết quả: what was handed to whom, by what right.

    Of the moment at which it was printed to be signed, where that was before the return was entered. An ending
    without a result gives back papers alone.
    """
    details, dossier = making.event.details, making.dossier
    if "by" not in details:
        return _slip_of_ending(making)
    by, to = str(details["by"]), str(details["to"])
    own_right = "Chủ hồ sơ" if to == making.facts.applicant_name else None
    results = details.get("results") or result_lines(dossier)
    _, printed_at = details.get("slip", (None, None))
    at = datetime.fromisoformat(printed_at) if printed_at else making.event.at
    return ReturnSlipContent(
        **_said(making)
        | {"letterhead": letterhead(making.facts, at.astimezone(VIETNAM).date(), None), "issued_at": at},
        results=tuple(ResultLine(name=str(item["name"]), number=item.get("number")) for item in results),
        returned_at=at,
        receiver_name=to,
        receiver_identifier=details.get("to_number") or _own_number(making),
        authority=details.get("authority") or own_right,
        return_method=RETURN_WAYS.get(by, by),
        checked=by == "counter",
        delivery_address=details.get("address") or None,
        carrier=details.get("carrier"),
        tracking_code=details.get("tracking"),
        officer_name=making.event.actor,
        originals=_originals(making),
    )


def _slip_of_ending(making: Making) -> ReturnSlipContent:
    """Of a withdrawal or a stop: no results. By what right somebody else takes the papers is written by hand."""
    facts, event = making.facts, making.event
    return ReturnSlipContent(
        **_said(making),
        results=(),
        returned_at=event.at,
        receiver_name=facts.submitter_name or facts.applicant_name,
        receiver_identifier=None if facts.submitter_name else facts.identifier or None,
        authority=None if facts.submitter_name else "Chủ hồ sơ",
        return_method=f"{RETURN_WAYS['counter']} ({step_label(Step(event.step)).lower()})",
        officer_name=event.actor,
        originals=_originals(making),
    )


def _originals(making: Making) -> tuple[ComponentLine, ...]:
    lines = making.event.details.get("originals", ())
    return tuple(ComponentLine(str(item["name"]), int(item["count"]), 0) for item in lines)


def _own_number(making: Making) -> str | None:
    """Of the applicant who comes in person, as the desk has it."""
    facts = making.facts
    return facts.identifier or None if making.event.details["to"] == facts.applicant_name else None


def post_label(making: Making) -> PostLabelContent:
    """The label of a parcel: no more than the carrier needs. One of long ago went to the applicant's address."""
    details, facts = making.event.details, making.facts
    return PostLabelContent(
        dossier_code=making.dossier.code,
        sender_name=desk_of_office(facts),
        sender_address=facts.office_address or facts.place or None,
        sender_phone=facts.desk_phone or None,
        addressee_name=str(details["to"]),
        address=details.get("address", facts.address) or None,
        phone=details.get("phone", facts.phone) or None,
        carrier=details.get("carrier"),
        tracking_code=details.get("tracking"),
        contents="Kết quả giải quyết thủ tục hành chính",
        reprint=making.reprint,
    )


def payment_note(making: Making) -> PaymentContent:
    """Phiếu thu phí, lệ phí: what the book of money has of one taking; UserError ``form_not_issued`` without it.

    Fees that came in by several methods at once have a number for each. Where the number of an official receipt
    was written later, a note of before says what it said.
    """
    dossier, event = making.dossier, making.event
    booked = event.details.get(OF_EVENT, event.number)
    wanted = Payment.dossier_id == dossier.id, Payment.event_number == booked, Payment.kind == PAYMENT
    rows = making.session.scalars(select(Payment).where(*wanted).order_by(Payment.number)).all()
    if not rows:
        raise UserError(
            "form_not_issued", f"Quầy chưa thu khoản nào của hồ sơ {dossier.code}. Hãy thu phí trước khi in."
        )
    said = _said(making)
    said["letterhead"] = replace(said["letterhead"], number=", ".join(str(row.number) for row in rows))
    return PaymentContent(
        **said,
        fees=tuple(FeeLine(str(item["name"]), int(item["amount"]), True) for row in rows for item in row.items),
        collector_name=rows[0].clerk,
        paid_at=rows[0].at,
        method=", ".join(PAYMENT_METHODS.get(row.method, row.method) for row in rows),
        official_receipt=", ".join(filter(None, (receipt_then(dossier, row, event.number) for row in rows))) or None,
    )


def payment_notice(making: Making) -> PaymentContent:
    """Thông báo nộp phí, lệ phí: what is owed since this event, and how it is transferred.

    Of the day on which it was given. Raises UserError ``form_not_issued`` where nothing is owed, ``fee_undecided``.
    """
    dossier, facts = making.dossier, making.facts
    fees = tuple(FeeLine(name, amount, False) for name, amount, paid in facts.fees if amount and not paid)
    if not fees:
        raise UserError("form_not_issued", f"Hồ sơ {dossier.code} không còn khoản phí, lệ phí nào phải nộp.")
    if any(fee.name.endswith(OPEN_LEVEL) for fee in fees):
        refuse_undecided(dossier)
        raise UserError("form_not_issued", "Khi đó chưa chọn mức thu nên chưa có thông báo. Hãy in thông báo mới nhất.")
    kept = _kept_of_given(making) or _of_today(making, sum(fee.amount for fee in fees))
    at, code = datetime.fromisoformat(kept["at"]), transfer_line(kept["payment_qr"], kept["account_holder"])
    return PaymentContent(
        **_said(making) | {"letterhead": letterhead(facts, at.astimezone(VIETNAM).date(), None), "issued_at": at},
        fees=fees,
        collector_name=kept["clerk"],
        # A notice that was given by an older version has neither.
        pay_before=date.fromisoformat(kept["pay_before"]) if kept.get("pay_before") else None,
        bank_name=(kept.get("bank_name") or None) if code else None,
        payment_qr=code.payload if code else None,
        account_number=code.account_number if code else None,
        account_name=code.account_name if code else None,
        payment_purpose=purpose_of(dossier.code) if code else None,
    )


def _kept_of_given(making: Making) -> dict[str, str]:
    """What the print job of the notice that was given keeps of it; nothing for one that was not.

    One that was given up was not given, unless it is what is printed again.
    """
    key = f"payment_notice/{making.dossier.code}-{making.event.number}/"
    jobs = select(PrintJob.kept).where(PrintJob.key.startswith(key, autoescape=True), PrintJob.reprint.is_(False))
    if not making.reprint:
        jobs = jobs.where(PrintJob.state != CANCELLED)
    return making.session.scalar(jobs.order_by(PrintJob.id.desc()).limit(1)) or {}


def _of_today(making: Making, amount: int) -> dict[str, str]:
    """What no event tells of a notice: by whom and when it is given, to which account money goes, until when."""
    desk, now = making.desk, making.desk.clock()
    last = _asked_until(making) or last_day_to_pay(desk, read_calendar(desk), now)
    return {
        "at": now.isoformat(),
        "clerk": desk.settings.clerk,
        "payment_qr": transfer_text(desk, making.dossier.code, amount),
        "account_holder": desk.settings.payment.holder,
        "bank_name": desk.settings.payment.bank_name,
        "pay_before": last.isoformat() if last else "",
    }


def _asked_until(making: Making) -> date | None:
    """The last day that a request for payment named, while what it asks for is awaited."""
    if making.event.status_after != Status.PAYMENT_REQUESTED:
        return None
    before = [event for event in standing(making.dossier.events) if event.number <= making.event.number]
    request = next((event for event in reversed(before) if event.step == Step.REQUEST_PAYMENT), None)
    named = request.details.get("pay_before") if request is not None else None
    return date.fromisoformat(named) if named else None


def kept_of(content: object) -> dict[str, str]:
    """What the print job of a notice to pay keeps of it for a reprint; nothing of other papers."""
    if not isinstance(content, PaymentContent) or content.paid_at is not None:
        return {}
    return {
        "at": content.issued_at.isoformat(),
        "clerk": content.collector_name,
        "payment_qr": content.payment_qr or "",
        "account_holder": content.account_name or "",
        "bank_name": content.bank_name or "",
        "pay_before": content.pay_before.isoformat() if content.pay_before else "",
    }


def _said(making: Making) -> dict[str, Any]:
    """As of any paper of the dossier, without the number that the event gave to another form."""
    return said_of_dossier(making) | {"letterhead": letterhead(making.facts, day_of(making.event), None)}


def _step(row: ControlRow) -> HandoverStep:
    note = "\n".join(filter(None, (row.note, "" if row.complete else NOT_SIGNED)))
    return HandoverStep(
        giver=_named(row.from_unit, row.giver),
        receiver=_named(row.to_unit, row.receiver),
        at=row.given_at,
        received_at=row.received_at,
        timing=None if row.timing is None else row.timing.value,
        note=note or None,
    )


def _named(unit: str, who: str) -> str:
    return f"{unit}\n({who})" if who else unit
