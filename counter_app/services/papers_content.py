"""What a paper of a dossier says: dates and numbers from the history, the rest as it was frozen at issue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Dossier, DossierEvent
from counter_app.rules import payment_qr
from counter_app.rules.calendar import VIETNAM, LimitUnit
from counter_app.rules.lifecycle import Status, Step
from counter_app.services.desk import DeskContext
from counter_app.services.paper_facts import PaperFacts
from counter_app.services.values import LIMIT_UNITS
from printing.content import (
    ApologyContent,
    ComponentLine,
    FeeLine,
    Letterhead,
    ReceiptContent,
    ThermalContent,
    TransferLine,
    running_name,
)

_STANDS = {
    Status.SUPPLEMENT_REQUESTED: "Tạm dừng, chờ bổ sung hồ sơ; hẹn lại khi hồ sơ được bổ sung đủ",
    Status.PAYMENT_REQUESTED: "Tạm dừng, chờ nộp phí, lệ phí; hẹn lại khi nộp đủ",
}


@dataclass(frozen=True, slots=True)
class Making:
    """A paper being made: of which dossier, issued by which event, with what was frozen then."""

    desk: DeskContext
    session: Session
    dossier: Dossier
    facts: PaperFacts
    event: DossierEvent
    reprint: bool = False


def day_of(event: DossierEvent) -> date:
    """The day on which a paper was issued."""
    return event.at.astimezone(VIETNAM).date()


def letterhead(facts: PaperFacts, issued_on: date, number: int | None, *, of_office: bool = False) -> Letterhead:
    """Of the desk on slips; of the office that owes the result on letters (forms.md, apology).

    Of another office than the desk's own no more than the name is known.
    """
    elsewhere = of_office and bool(facts.letter_office)
    upper = facts.governing_body if of_office else facts.governing_body or facts.office_name
    return Letterhead(
        governing_body="" if elsewhere else upper.upper(),
        desk_name=letter_office(facts).upper() if of_office else facts.desk_name,
        number=None if number is None else str(number),
        place=None if elsewhere else facts.place or None,
        issued_on=issued_on,
        number_suffix=None if of_office else facts.letter_suffix,
    )


def said_of_dossier(making: Making, *, of_office: bool = False) -> dict[str, Any]:
    """The fields that every paper of a dossier has (``DossierPaper``)."""
    dossier, facts, event = making.dossier, making.facts, making.event
    return {
        "letterhead": letterhead(facts, day_of(event), event.form_number, of_office=of_office),
        "dossier_code": dossier.code,
        "procedure_code": dossier.procedure.code,
        "procedure_name": dossier.procedure.name,
        "applicant_name": facts.applicant_name,
        "identifier": facts.identifier or None,
        "address": facts.address or None,
        "phone": facts.phone or None,
        "email": facts.email or None,
        "lookup_url": facts.lookup_url or None,
        "desk_phone": facts.desk_phone or None,
        "issued_at": event.at,
        "identifier_in_qr": making.desk.settings.full_personal_number_in_qr,
        "reprint": making.reprint,
    }


def desk_of_office(facts: PaperFacts) -> str:
    """The desk by its full name."""
    return f"{running_name(facts.desk_name)}, {facts.office_name}"


def receipt(making: Making) -> ReceiptContent:
    """Giấy tiếp nhận hồ sơ và hẹn trả kết quả."""
    dossier, facts, event = making.dossier, making.facts, making.event
    return ReceiptContent(
        **said_of_dossier(making),
        submitter_name=facts.submitter_name or None,
        components=tuple(ComponentLine(*line) for line in facts.components),
        sets_count=facts.sets,
        limit_text=_limit_text(dossier),
        received_at=dossier.received_at,
        due=None if _standing_still(event) else event.due_after,
        due_words=_standing_still(event),
        return_place=_return_place(facts),
        # The line in the register was taken when the dossier came in, whenever this paper is issued.
        register_volume=str(day_of(dossier.events[0]).year),
        register_number=str(dossier.register_number),
        fees=tuple(FeeLine(*line) for line in facts.fees),
        receiver_name=event.actor,
        replaces=_replaced(dossier, event),
        portal_code=dossier.portal_code,
        settling_office=facts.settling_office or None,
        office_name=facts.office_name,
        transfer=transfer_line(facts.payment_qr, facts.account_holder),
    )


def letter_office(facts: PaperFacts) -> str:
    """The office in whose name a letter goes: the one that settles."""
    return facts.letter_office or facts.office_name


def desk_of_letter(facts: PaperFacts) -> str:
    """The desk as a letter names it: with its office, where that is not the one that writes."""
    return desk_of_office(facts) if facts.letter_office else running_name(facts.desk_name)


def apology(making: Making) -> ApologyContent:
    """Letter of apology with the new date; UserError ``form_not_issued`` for a dossier that had no date."""
    dossier, facts, event = making.dossier, making.facts, making.event
    if event.due_before is None:
        raise UserError("form_not_issued", f"Hồ sơ {dossier.code} chưa có ngày hẹn nên không lập được văn bản xin lỗi.")
    return ApologyContent(
        **said_of_dossier(making, of_office=True),
        recipient=facts.applicant_name,
        office_name=letter_office(facts),
        desk_name=desk_of_letter(facts),
        received_at=dossier.received_at,
        due=event.due_before,
        new_due=event.due_after,
        reason=event.reason,
        responsible_unit=event.unit or None,
        signer_title=facts.head_title or None,
        signer_name=facts.head_name or None,
    )


def thermal(making: Making) -> ThermalContent:
    """The small slip that goes with a receipt."""
    dossier, facts, event = making.dossier, making.facts, making.event
    return ThermalContent(
        desk_name=f"{facts.office_name} - {running_name(facts.desk_name)}",
        dossier_code=dossier.code,
        procedure_code=dossier.procedure.code,
        procedure_name=dossier.procedure.name,
        applicant_name=facts.applicant_name,
        received_at=dossier.received_at,
        due=None if _standing_still(event) else event.due_after,
        due_words=_standing_still(event),
        issued_at=event.at,
        amount_paid=sum(amount for _, amount, paid in facts.fees if paid),
        identifier=facts.identifier or None,
        lookup_url=facts.lookup_url or None,
        desk_phone=facts.desk_phone or None,
        identifier_in_qr=making.desk.settings.full_personal_number_in_qr,
        reprint=making.reprint,
        replaces=_replaced(dossier, event),
        portal_code=dossier.portal_code,
        transfer=transfer_line(facts.payment_qr, facts.account_holder),
    )


def transfer_line(payload: str, holder: str) -> TransferLine | None:
    """A VietQR with what it asks for in words; None for ""."""
    if not payload:
        return None
    asked = payment_qr.decode(payload)
    return TransferLine(payload, asked.amount or 0, asked.account, holder or None)


def _replaced(dossier: Dossier, event: DossierEvent) -> str | None:
    """The number of the receipt in whose place that of a correction, or of a step about money, is given."""
    if event.step not in (Step.CORRECT, Step.EXEMPT, Step.REFUND, Step.PAY):
        return None
    earlier = [item for item in dossier.events if item.form == event.form and item.number < event.number]
    return str(earlier[-1].form_number) if earlier else None


def _standing_still(event: DossierEvent) -> str | None:
    """What a receipt says in the place of a day while the clock stands: the old one binds nobody any more."""
    return _STANDS.get(Status(event.status_after))


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
    return desk_of_office(facts)
