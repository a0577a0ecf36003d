"""The desk's book of money: each time that fees are taken or given back, written with the step that does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Dossier, DossierFee, Payment
from counter_app.rules import payment_qr
from counter_app.rules.calendar import VIETNAM, Limit, LimitUnit, WorkCalendar, due
from counter_app.rules.fees import CollectOn, falls_due, left_out, levels, money_state
from counter_app.rules.lifecycle import Status, Step
from counter_app.services.desk import DeskContext
from counter_app.services.free_text import plain
from counter_app.services.history import standing
from counter_app.services.insertion import insert_row
from counter_app.services.numbering import next_in_year
from counter_app.services.offices import office_row
from counter_app.services.rules_bridge import rules_apply
from counter_app.services.values import PAYMENT_METHODS

PAYMENT, REFUND = "payment", "refund"

NOT_APPLIED = "Không áp dụng mức này"
"""The reason of an exemption where another level of the same fee was chosen."""


@dataclass(frozen=True, slots=True)
class BookPapers:
    """What stands behind money: the bank's number of a transfer, the number of the finance system's receipt."""

    reference: str = ""
    official_receipt: str = ""


NO_PAPERS = BookPapers()


def due_now(dossier: Dossier, fee: DossierFee) -> bool:
    """Whether this fee is to be collected now."""
    asked = any(event.step == Step.REQUEST_SUPPLEMENT for event in standing(dossier.events))
    owed = bool(fee.amount) and fee.paid_at is None
    return owed and falls_due(CollectOn(fee.collect_on), Status(dossier.status), supplement_asked=asked)


def last_day_to_pay(desk: DeskContext, calendar: WorkCalendar, asked_at: datetime) -> date | None:
    """Until when the office wants a fee paid that it asks for now; None where it has no such limit."""
    days = desk.settings.payment.days
    if not days:
        return None
    with rules_apply():
        return due(calendar, asked_at, Limit(days, LimitUnit.WORKING_DAY)).date()


def check_money(method: str, reference: str | None, **where: str) -> None:
    """Refuse money that came in a way that there is not, or by a transfer that nobody has seen arrive.

    ``reference`` is None where it was not asked for. Raises UserError ``method_unknown``, ``reference_missing``, with
    ``where`` in its details.
    """
    if method not in PAYMENT_METHODS:
        raise UserError(
            "method_unknown", f"Hình thức nộp «{method}» không có. Hãy chọn: {', '.join(PAYMENT_METHODS)}.", **where
        )
    if method == "transfer" and reference is not None and not plain(reference):
        raise UserError(
            "reference_missing",
            "Hãy ghi số giao dịch của ngân hàng: chuyển khoản chỉ được ghi khi đã thấy tiền về.",
            **where,
        )


def kept_fees(fees: Sequence[DossierFee]) -> list[DossierFee]:
    """Those that were paid and not given back."""
    return [fee for fee in fees if fee.paid_at is not None and fee.refunded_at is None]


def given_back(fees: Sequence[DossierFee]) -> str:
    """What a letter says of the fees where all that was paid went back; "" where not."""
    from printing.wording import money

    back = sum(fee.amount for fee in fees if fee.refunded_at is not None)
    return f"Đã hoàn trả {money(back)}." if back and not any(fee.amount for fee in kept_fees(fees)) else ""


def take_fees(dossier: Dossier, codes: Sequence[str] | None, at: datetime, method: str) -> list[DossierFee]:
    """Mark fees as paid, all that are open where ``codes`` is None; answers those that money was taken for.

    Other levels of a fee that was taken do not apply and are owed no longer. Raises UserError ``fee_unknown``,
    ``fee_paid``, ``payment_partial`` while a payment is awaited, since paying ends the wait.
    """
    chosen = [fee for fee in dossier.fees if fee.paid_at is None] if codes is None else _chosen(dossier, codes)
    for fee in left_out(dossier.fees, {fee.code for fee in chosen}):
        fee.amount, fee.full_amount, fee.exemption = 0, fee.full_amount or fee.amount, NOT_APPLIED
    if dossier.status == Status.PAYMENT_REQUESTED:
        left = [fee.name for fee in dossier.fees if due_now(dossier, fee) and fee not in chosen]
        if left:
            raise UserError(
                "payment_partial",
                "Hồ sơ đang chờ nộp phí, lệ phí: hãy thu đủ một lần, hoặc ghi miễn, giảm. "
                f"Còn thiếu: {', '.join(left)}.",
            )
    for fee in chosen:
        fee.paid_at, fee.method = at, method
    dossier.money_state = money_state(dossier.fees)
    return [fee for fee in chosen if fee.amount]


def refuse_undecided(dossier: Dossier) -> None:
    """UserError ``fee_undecided`` where it is not said yet which level of a fee applies."""
    for group in levels(dossier.fees):
        if all(fee.paid_at is not None for fee in group):
            continue
        amounts = ", ".join(f"{fee.code} {fee.amount} đồng" for fee in group)
        raise UserError(
            "fee_undecided", f"Khoản «{group[0].name}» có nhiều mức ({amounts}). Hãy chọn mức áp dụng cho hồ sơ này."
        )


def transfer_text(desk: DeskContext, code: str, amount: int) -> str:
    """The text of the VietQR by which ``amount`` đồng is transferred for a dossier; "" where no account is set."""
    account = desk.settings.payment
    if not account.account or amount <= 0:
        return ""
    transfer = payment_qr.Transfer(account.bank_bin, account.account, amount, payment_qr.purpose_of(code))
    with rules_apply():
        return payment_qr.encode(transfer)


def _chosen(dossier: Dossier, codes: Sequence[str]) -> list[DossierFee]:
    found = [fee_of(dossier, code) for code in dict.fromkeys(codes)]
    for fee in found:
        if fee.paid_at is not None:
            raise UserError(
                "fee_paid",
                f"Khoản «{fee.name}» đã nộp lúc {fee.paid_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}. Không thu lần nữa.",
                fee=fee.code,
            )
    return found


def fee_of(dossier: Dossier, code: str) -> DossierFee:
    """The fee with this code; UserError ``fee_unknown``."""
    found = next((fee for fee in dossier.fees if fee.code == code), None)
    if found is None:
        known = ", ".join(fee.code for fee in dossier.fees) or "không có khoản nào"
        raise UserError("fee_unknown", f"Hồ sơ không có khoản thu «{code}» (có: {known}). Hãy xem lại mã khoản thu.")
    return found


def book(
    session: Session,
    desk: DeskContext,
    dossier: Dossier,
    fees: Sequence[DossierFee],
    kind: str,
    at: datetime,
    method: str,
    papers: BookPapers = NO_PAPERS,
    *,
    event_number: int | None = None,
) -> dict[str, Any]:
    """Write money that changed hands with the event that comes next, or the one named.

    Answers what the event keeps of it, nothing where no money did.
    """
    if not fees:
        return {}
    sign = 1 if kind == PAYMENT else -1
    office = office_row(session, desk)
    row = Payment(
        dossier_id=dossier.id,
        event_number=event_number or len(dossier.events) + 1,
        kind=kind,
        number=next_in_year(session, f"form:{kind}_note", office.code, at.astimezone(VIETNAM).year),
        at=at,
        clerk=desk.settings.clerk,
        method=method,
        amount=sign * sum(fee.amount for fee in fees),
        reference=papers.reference,
        official_receipt=papers.official_receipt,
        items=[{"code": fee.code, "name": fee.name, "amount": fee.amount} for fee in fees],
    )
    insert_row(session, row)
    details = {
        "fees": row.items,
        "amount": row.amount,
        f"{kind}_number": row.number,
        "reference": papers.reference,
        "official_receipt": papers.official_receipt,
    }
    return {name: value for name, value in details.items() if value}
