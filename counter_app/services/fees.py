"""Fees of a dossier at the desk: what is owed, exempting, taking money, giving it back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Dossier, DossierEvent, DossierFee, Payment
from counter_app.rules import fees as rules
from counter_app.rules import lifecycle, payment_qr
from counter_app.rules.lifecycle import Status, Step
from counter_app.services import outgoing
from counter_app.services.desk import DeskContext
from counter_app.services.fee_book import (
    NOT_APPLIED,
    REFUND,
    BookPapers,
    book,
    check_money,
    due_now,
    fee_of,
    transfer_text,
)
from counter_app.services.free_text import plain
from counter_app.services.history import append_event, moment_of_step
from counter_app.services.offices import office_row
from counter_app.services.paper_facts import facts_now, facts_of, frozen
from counter_app.services.receipt_anew import RECEIPT, held_receipt, number_of_new
from counter_app.services.rules_bridge import rules_apply
from counter_app.services.steps import StepInput, find_dossier, take_step
from counter_app.services.values import PAYMENT_METHODS


@dataclass(frozen=True, slots=True)
class FeeRow:
    """One fee, in đồng. ``amount`` is to be paid, ``full_amount`` before an exemption for the reason in ``exemption``.

    ``collect_on``: receipt, supplement or return; ``due_now``: to be collected now; ``undecided``: one of several
    levels of a fee, of which it is not said yet which applies.
    """

    code: str
    name: str
    amount: int
    full_amount: int
    exemption: str
    collect_on: str
    due_now: bool
    paid_at: datetime | None
    method: str
    refunded_at: datetime | None
    undecided: bool = False


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """Money that changed hands: ``kind`` payment or refund, ``amount`` in đồng, negative for a refund."""

    kind: str
    number: int
    at: datetime
    clerk: str
    method: str
    amount: int
    reference: str
    official_receipt: str
    items: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class DossierFees:
    """The money of one dossier. ``money_state``: nothing_due, due, paid or refunded.

    ``new_receipt``: number of the receipt that was just issued in the place of the one that the applicant holds.
    """

    code: str
    applicant_name: str
    status: str
    money_state: str
    rows: tuple[FeeRow, ...]
    payments: tuple[PaymentRow, ...]
    new_receipt: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken: ``number`` of the payment note, None where nothing was owed; ``amount`` in đồng."""

    dossier_id: int
    code: str
    number: int | None
    amount: int
    status: str
    due: datetime | None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TransferCode:
    """A transfer to be scanned by the payer's bank: the text of the code, its modules row by row, 0 for a
    dark one, and the same in words."""

    text: str
    rows: Sequence[Sequence[int]]
    account: str
    holder: str
    purpose: str


@dataclass(frozen=True, slots=True)
class MoneyIn:
    """How money came: ``codes`` of the fees, None for all that are open; ``reference`` of a transfer."""

    method: str = "cash"
    codes: tuple[str, ...] | None = None
    reference: str = ""
    official_receipt: str = ""
    note: str = ""
    at: datetime | None = None


def fees_of(desk: DeskContext, code: str) -> DossierFees:
    """The fees of a dossier and the money that changed hands for them. Raises UserError ``dossier_unknown``."""
    with desk.database.read() as session:
        dossier = find_dossier(session, code)
        open_levels = rules.undecided(dossier.fees)
        payments = session.scalars(select(Payment).where(Payment.dossier_id == dossier.id).order_by(Payment.id))
        return DossierFees(
            code=dossier.code,
            applicant_name=dossier.applicant.name,
            status=dossier.status,
            money_state=dossier.money_state,
            rows=tuple(_fee_row(dossier, fee, fee.code in open_levels) for fee in dossier.fees),
            payments=tuple(map(_payment_row, payments)),
        )


def transfer_code(desk: DeskContext, code: str, amount: int) -> TransferCode | None:
    """The QR by which ``amount`` đồng is transferred for a dossier; None where no account is set."""
    from printing.codes import qr_rows

    text = transfer_text(desk, code, amount)
    if not text:
        return None
    account = desk.settings.payment
    return TransferCode(text, qr_rows(text), account.account, account.holder, payment_qr.purpose_of(code))


def take(desk: DeskContext, code: str, money: MoneyIn) -> Taken:
    """Take money for a dossier's fees: cash in hand, or a transfer that the clerk has seen arrive.

    Raises UserError ``method_unknown``, ``reference_missing`` for a transfer, ``nothing_to_pay``, ``fee_unknown``,
    ``fee_paid``, ``fee_undecided`` where all is to be taken and a fee has several levels, ``payment_partial``,
    ``impossible_time``, ``step_not_permitted``.
    """
    check_money(money.method, money.reference)
    _check_chosen(desk, code, money.codes)
    given = StepInput(
        reason=money.note,
        at=money.at,
        method=money.method,
        fees=money.codes,
        reference=money.reference,
        official_receipt=money.official_receipt,
    )
    done = take_step(desk, code, Step.PAY, given)
    with desk.database.read() as session:
        row = session.scalar(
            select(Payment).where(Payment.dossier_id == done.dossier_id, Payment.event_number == done.event_number)
        )
    number, amount = (row.number, row.amount) if row is not None else (None, 0)
    return Taken(done.dossier_id, done.code, number, amount, done.status, done.due, done.warnings)


def exempt(desk: DeskContext, code: str, fee_code: str, amount: int, reason: str) -> DossierFees:
    """Leave ``amount`` đồng to be paid of a fee, 0 for none of it; its whole amount takes the exemption back.

    A receipt that asks for more is replaced; one that left the level of a fee open still holds when it is chosen.
    Raises UserError ``reason_missing`` (whom the law exempts, by which paper), ``fee_unknown``, ``fee_paid``,
    ``exemption_invalid``, ``nothing_changed``.
    """
    reason = plain(reason)
    if not reason:
        raise UserError("reason_missing", "Hãy ghi lý do miễn, giảm và giấy tờ chứng minh, ví dụ: hộ nghèo, số sổ.")
    with desk.database.write() as session:
        dossier = find_dossier(session, code)
        fee = fee_of(dossier, fee_code)
        if fee.paid_at is not None:
            raise UserError("fee_paid", f"Khoản «{fee.name}» đã nộp. Hãy hoàn phí trước, rồi ghi miễn, giảm.")
        full = fee.amount if fee.full_amount is None else fee.full_amount
        with rules_apply():
            rules.check_exemption(full, amount)
        if amount == fee.amount:
            raise UserError("nothing_changed", "Số tiền phải nộp vẫn như trước. Hãy nhập mức miễn, giảm khác.")
        details = {"fee": fee.code, "fee_name": fee.name, "before": fee.amount, "after": amount}
        fee.amount, fee.full_amount = amount, None if amount == full else full
        fee.exemption = "" if amount == full else reason
        event = _written(session, desk, dossier, Step.EXEMPT, reason, details, chosen_level=reason == NOT_APPLIED)
        issued = event.form_number
    return replace(fees_of(desk, code), new_receipt=issued)


def choose_levels(desk: DeskContext, code: str, codes: Collection[str]) -> DossierFees:
    """Say which levels of a fee apply: the others under its name are owed no longer, as an exemption each."""
    for row in rules.left_out(fees_of(desk, code).rows, codes):
        exempt(desk, code, row.code, 0, NOT_APPLIED)
    return fees_of(desk, code)


def refund(
    desk: DeskContext,
    code: str,
    codes: Sequence[str],
    reason: str,
    *,
    method: str = "cash",
    reference: str = "",
    still_owed: bool = False,
) -> DossierFees:
    """Give back what was paid of these fees. ``still_owed``: it was booked wrongly and is to be paid again.

    Raises UserError ``reason_missing``, ``method_unknown``, ``nothing_to_refund``, ``fee_unknown``,
    ``fee_not_paid``.
    """
    reason = plain(reason)
    if not reason:
        raise UserError("reason_missing", "Hãy ghi lý do hoàn phí, lệ phí.")
    if method not in PAYMENT_METHODS:
        raise UserError(
            "method_unknown", f"Hình thức hoàn «{method}» không có. Hãy chọn: {', '.join(PAYMENT_METHODS)}."
        )
    with desk.database.write() as session:
        dossier = find_dossier(session, code)
        chosen = [fee_of(dossier, one) for one in dict.fromkeys(codes)]
        if not chosen:
            raise UserError("nothing_to_refund", "Chưa chọn khoản nào. Hãy chọn khoản phí, lệ phí cần hoàn.")
        for fee in chosen:
            if fee.paid_at is None or fee.refunded_at is not None or not fee.amount:
                raise UserError("fee_not_paid", f"Khoản «{fee.name}» chưa nộp hoặc đã hoàn, không có gì để hoàn.")
        at, _ = moment_of_step(desk, dossier, None)
        details = book(session, desk, dossier, chosen, REFUND, at, method, BookPapers(plain(reference)))
        for fee in chosen:
            if still_owed:
                fee.paid_at, fee.method = None, ""
                _owe_other_levels(dossier, fee)
            else:
                fee.refunded_at = at
        event = _written(session, desk, dossier, Step.REFUND, reason, {"method": method, **details})
        issued = event.form_number
    return replace(fees_of(desk, code), new_receipt=issued)


def _owe_other_levels(dossier: Dossier, fee: DossierFee) -> None:
    """The wrong level may have been taken: those that were left out for it can be chosen again."""
    for other in dossier.fees:
        if other.name == fee.name and other.exemption == NOT_APPLIED and other.full_amount is not None:
            other.amount, other.full_amount, other.exemption = other.full_amount, None, ""


def _written(
    session: Session,
    desk: DeskContext,
    dossier: Dossier,
    step: Step,
    reason: str,
    details: dict[str, Any],
    *,
    chosen_level: bool = False,
) -> DossierEvent:
    """The event of a step that moves money alone, and the record as it stands after it for the portal.

    A notice to pay that is given from now on is of this event, which keeps what is then owed. It issues a receipt
    where the one that the applicant holds tells otherwise of fees.
    """
    dossier.money_state = rules.money_state(dossier.fees)
    with rules_apply():
        status = lifecycle.next_status(Status(dossier.status), step)
    at, entered_at = moment_of_step(desk, dossier, None)
    office = office_row(session, desk)
    facts, held = facts_now(desk, dossier, office), held_receipt(dossier)
    anew = held is not None and not chosen_level and facts_of(desk, held, dossier, office).fees != facts.fees
    event = append_event(
        desk,
        dossier,
        step,
        at=at,
        entered_at=entered_at,
        status_after=status,
        due_after=dossier.due,
        reason=reason,
        form=RECEIPT if anew else None,
        form_number=number_of_new(session, office, at) if anew else None,
        details=details | frozen(facts),
    )
    outgoing.queue_step(session, dossier, event, office, entered_at)
    return event


def _check_chosen(desk: DeskContext, code: str, codes: Sequence[str] | None) -> None:
    """A step without money would only blur the history, unless a payment is awaited that nobody owes any more."""
    with desk.database.read() as session:
        dossier = find_dossier(session, code)
        waiting = dossier.status == Status.PAYMENT_REQUESTED
        open_fees = [fee for fee in dossier.fees if fee.amount and fee.paid_at is None]
    if codes == () and open_fees:
        raise UserError("nothing_to_pay", "Chưa chọn khoản nào. Hãy chọn khoản phí, lệ phí vừa thu.")
    if not open_fees and not waiting and not codes:
        raise UserError("nothing_to_pay", f"Hồ sơ {dossier.code} không còn khoản phí, lệ phí nào phải nộp.")


def _fee_row(dossier: Dossier, fee: DossierFee, undecided: bool) -> FeeRow:
    return FeeRow(
        code=fee.code,
        name=fee.name,
        amount=fee.amount,
        full_amount=fee.amount if fee.full_amount is None else fee.full_amount,
        exemption=fee.exemption,
        collect_on=fee.collect_on,
        due_now=due_now(dossier, fee),
        paid_at=fee.paid_at,
        method=fee.method,
        refunded_at=fee.refunded_at,
        undecided=undecided,
    )


def _payment_row(row: Payment) -> PaymentRow:
    return PaymentRow(
        kind=row.kind,
        number=row.number,
        at=row.at,
        clerk=row.clerk,
        method=row.method,
        amount=row.amount,
        reference=row.reference,
        official_receipt=row.official_receipt,
        items=tuple((str(item["name"]), int(item["amount"])) for item in row.items),
    )
