"""The number of the finance system's receipt (biên lai) for money that was booked without it, or with a wrong one.

Until the day's money is closed; with a trace, as everything in the book of money.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Dossier, Payment
from counter_app.services import outgoing
from counter_app.services.desk import DeskContext
from counter_app.services.fee_book import PAYMENT
from counter_app.services.free_text import plain
from counter_app.services.history import append_correction
from counter_app.services.offices import office_row
from counter_app.services.paper_facts import facts_now, frozen

ADDED = "Ghi số biên lai"
"""The reason of the first number, which needs no other."""

OF_PAYMENT, OF_EVENT, BEFORE = "payment_id", "payment_event", "receipt_before"
"""Keys in the details of the event: which money, booked with which event, what its number was before."""


@dataclass(frozen=True, slots=True)
class Noted:
    """Of which dossier, for which payment note the number is written now."""

    code: str
    payment_number: int
    official_receipt: str


def note_receipt(desk: DeskContext, payment_id: int, official_receipt: str, reason: str = "") -> Noted:
    """Write the number of the official receipt of money that was taken; a payment note printed anew bears it.

    Raises UserError ``payment_unknown`` (nor is there one for money given back), ``payment_closed``,
    ``official_receipt_missing``, ``nothing_changed``, ``reason_missing`` where another number stood there.
    """
    number = plain(official_receipt)
    with desk.database.write() as session:
        row = _payment(session, payment_id)
        why = _check(row, number, plain(reason))
        details = {
            OF_PAYMENT: row.id,
            OF_EVENT: row.event_number,
            "payment_number": row.number,
            "official_receipt": number,
            BEFORE: row.official_receipt,
        }
        row.official_receipt = number
        _trace(session, desk, row.dossier, why, details)
        return Noted(row.dossier.code, row.number, number)


def receipt_then(dossier: Dossier, row: Payment, event_number: int) -> str:
    """The number that stood there when the payment note of this event was given."""
    for event in dossier.events:
        if event.number > event_number and event.details.get(OF_PAYMENT) == row.id:
            return str(event.details[BEFORE])
    return row.official_receipt


def _payment(session: Session, payment_id: int) -> Payment:
    row = session.get(Payment, payment_id)
    if row is None or row.kind != PAYMENT:
        raise UserError("payment_unknown", "Không có khoản thu này. Hãy chọn lại một khoản thu trong bảng kê.")
    if row.closing_id is not None:
        raise UserError(
            "payment_closed", f"Phiếu thu số {row.number} đã chốt sổ nên không sửa được số biên lai. Hãy ghi ở sổ giấy."
        )
    return row


def _check(row: Payment, number: str, reason: str) -> str:
    """Why the number is written; refuses what says nothing."""
    if not number:
        raise UserError("official_receipt_missing", "Hãy ghi số biên lai do hệ thống tài chính cấp.")
    if number == row.official_receipt:
        raise UserError("nothing_changed", f"Phiếu thu số {row.number} đã có số biên lai này rồi.")
    if row.official_receipt and not reason:
        raise UserError(
            "reason_missing", f"Phiếu thu số {row.number} đang ghi biên lai {row.official_receipt}. Hãy ghi lý do sửa."
        )
    return reason or ADDED


def _trace(session: Session, desk: DeskContext, dossier: Dossier, reason: str, details: dict[str, Any]) -> None:
    office = office_row(session, desk)
    event = append_correction(desk, dossier, reason, details | frozen(facts_now(desk, dossier, office)))
    outgoing.queue_step(session, dossier, event, office, event.entered_at)
