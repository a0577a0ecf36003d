"""The fees of a dossier at its reception: which apply, what is paid on the spot, and whom the law exempts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Dossier, DossierFee, Procedure, ProcedureFee
from counter_app.rules.fees import applicable, left_out
from counter_app.services.completeness import chosen_case
from counter_app.services.desk import DeskContext
from counter_app.services.fee_book import PAYMENT, BookPapers, book, check_money
from counter_app.services.free_text import plain
from counter_app.services.values import FeeIn, ReceiveRequest


def fee_rows(procedure: Procedure, request: ReceiveRequest, at: datetime) -> list[DossierFee]:
    """The fees of the channel and the case, those paid or exempted marked so.

    Raises UserError ``fee_unknown``, ``fee_contradicted`` (paid and exempted), ``exemption_reason_missing``,
    ``method_unknown``, ``reference_missing`` for a transfer whose number was left blank; its details name the ``fee``.
    """
    case_name = chosen_case(procedure, request.case_name)
    offered = {fee.code: fee for fee in applicable(procedure.fees, request.channel, case_name)}
    given: dict[str, FeeIn] = {}
    for fee in request.fees:
        if fee.code not in offered:
            known = ", ".join(offered) or "không có khoản nào"
            raise UserError(
                "fee_unknown",
                f"Thủ tục {procedure.code} không có khoản thu «{fee.code}» (có: {known}). Hãy sửa mã khoản thu.",
            )
        _check(fee, offered[fee.code].name)
        given[fee.code] = fee
    rows = [_row(offer, given.get(code) or FeeIn(code), at) for code, offer in offered.items()]
    # Of several levels of a fee only those that the clerk named apply.
    others = {fee.code for fee in left_out(rows, given)}
    return [fee for fee in rows if fee.code not in others]


def book_fees(session: Session, desk: DeskContext, dossier: Dossier, given: Sequence[FeeIn], at: datetime) -> None:
    """One payment note a method, each with what was paid on the spot and the papers behind it."""
    paid = [fee for fee in dossier.fees if fee.paid_at is not None and fee.amount]
    papers = {fee.code: fee for fee in given}
    for method in dict.fromkeys(fee.method for fee in paid):
        fees = [fee for fee in paid if fee.method == method]
        behind = BookPapers(
            reference=_joined(papers[fee.code].reference or "" for fee in fees),
            official_receipt=_joined(papers[fee.code].official_receipt for fee in fees),
        )
        book(session, desk, dossier, fees, PAYMENT, at, method, behind, event_number=1)


def exempted(fees: Sequence[DossierFee]) -> dict[str, Any]:
    """What the event of the reception keeps of exemptions: an exemption changed later has an event of its own."""
    found = [
        {"name": fee.name, "before": fee.full_amount, "after": fee.amount, "reason": fee.exemption}
        for fee in fees
        if fee.full_amount is not None
    ]
    return {"exemptions": found} if found else {}


def fee_warnings(fees: Sequence[FeeIn]) -> tuple[str, ...]:
    """Transfers said to have come in by a program that tells no number of theirs (its contract has none)."""
    return tuple(
        f"Khoản «{fee.code}» ghi đã chuyển khoản mà chưa có số giao dịch. Hãy đối chiếu với sao kê của ngân hàng."
        for fee in fees
        if fee.paid and fee.method == "transfer" and fee.reference is None
    )


def _check(fee: FeeIn, name: str) -> None:
    if fee.exemption is not None and fee.paid:
        raise UserError(
            "fee_contradicted",
            f"Khoản «{name}» vừa ghi đã thu, vừa ghi được miễn. Hãy bỏ một trong hai.",
            fee=fee.code,
        )
    if fee.exemption is not None and not plain(fee.exemption):
        raise UserError(
            "exemption_reason_missing",
            f"Hãy ghi đối tượng được miễn «{name}» và giấy tờ chứng minh, ví dụ: hộ nghèo, số sổ.",
            fee=fee.code,
        )
    if fee.paid:
        check_money(fee.method or "cash", fee.reference, fee=fee.code)


def _row(offer: ProcedureFee, given: FeeIn, at: datetime) -> DossierFee:
    exempted = given.exemption is not None and offer.amount > 0
    return DossierFee(
        code=offer.code,
        name=offer.name,
        amount=0 if exempted else offer.amount,
        full_amount=offer.amount if exempted else None,
        exemption=plain(given.exemption or "") if exempted else "",
        paid_at=at if given.paid else None,
        method=(given.method or "cash") if given.paid else "",
        collect_on=offer.collect_on,
    )


def _joined(numbers: Iterable[str]) -> str:
    """Each number once: one receipt may be given for several fees."""
    return ", ".join(dict.fromkeys(filter(None, map(plain, numbers))))
