"""Papers of one dossier: the slips and letters of forms.md, and those that a desk needs besides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from printing.content.common import (
    APOLOGY_COPY,
    APOLOGY_FILE_COPY,
    RECEIPT_COPIES,
    ComponentLine,
    DossierPaper,
    FeeLine,
    TransferLine,
)

RETURN_COPIES = ("Liên 1: Lưu", "Liên 2: Giao người nhận kết quả")

HandoverTiming = Literal["early", "on_time", "late"]
"""How a unit settled its part, against the time it had: trước hạn, đúng hạn, quá hạn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptContent(DossierPaper):
    """Giấy tiếp nhận hồ sơ và hẹn trả kết quả: every field of the 2018 and of the 2025 set.

    ``identifier`` (CCCD/MST) is printed whole on the paper. ``replaces`` is the number of the receipt in whose
    place this one is given after a correction. ``settling_office``: another office that settles, where the
    desk receives for it; both are then named, the desk's own as ``office_name``. ``transfer``: of what is owed,
    where the office takes it by a bank. ``due_words``: what stands in the place of ``due`` where no day is promised.
    """

    received_at: datetime
    receiver_name: str
    components: tuple[ComponentLine, ...] = ()
    due: datetime | None = None
    due_words: str | None = None
    submitter_name: str | None = None
    sets_count: int | None = None
    limit_text: str | None = None
    return_place: str | None = None
    register_volume: str | None = None
    register_number: str | None = None
    fees: tuple[FeeLine, ...] = ()
    payment_note: str | None = None
    copies: tuple[str, ...] = RECEIPT_COPIES
    replaces: str | None = None
    settling_office: str | None = None
    office_name: str | None = None
    transfer: TransferLine | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementRequestContent(DossierPaper):
    """Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ (form 02): all that is asked for at once, and why.

    ``items`` are numbered on the paper. ``contact_name`` and ``contact_phone``: whom to ask while completing the
    dossier; the guide and the desk's telephone by default.
    """

    items: tuple[str, ...]
    reason: str
    guide_name: str
    contact_name: str | None = None
    contact_phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalContent(DossierPaper):
    """Phiếu từ chối tiếp nhận giải quyết hồ sơ (form 03). ``reason`` is what the law asks for: never blank."""

    reason: str
    receiver_name: str
    submitter_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApologyContent(DossierPaper):
    """Letter of apology with the new date (2018: form 04; 2025: form 04, with the request to extend).

    The letterhead is that of the office that owes the result. ``responsible_unit`` is printed on the copy
    named :data:`APOLOGY_FILE_COPY` only. ``signer_title`` may hold two lines (``KT. CHỦ TỊCH`` and
    ``PHÓ CHỦ TỊCH``); without one the heading of the form is printed.
    """

    received_at: datetime
    due: datetime
    reason: str
    new_due: datetime | None
    recipient: str | None = None
    office_name: str | None = None
    desk_name: str | None = None
    responsible_unit: str | None = None
    signer_title: str | None = None
    signer_name: str | None = None
    copies: tuple[str, ...] = (APOLOGY_COPY, APOLOGY_FILE_COPY)


@dataclass(frozen=True, slots=True, kw_only=True)
class StopNoticeContent(DossierPaper):
    """Thông báo dừng giải quyết hồ sơ (2025: form 05; the 2018 set has none). Signed as the apology is.

    ``basis``: on whose request, or by what rule, it is stopped; ``stage``: how far the work had come;
    ``papers`` and ``fees_settled``: what becomes of the papers and of the fees paid; ``contact_name`` and
    ``contact_phone``: whom to ask.
    """

    received_at: datetime
    basis: str
    stage: str | None = None
    papers: str | None = None
    fees_settled: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None
    recipient: str | None = None
    office_name: str | None = None
    desk_name: str | None = None
    signer_title: str | None = None
    signer_name: str | None = None
    copies: tuple[str, ...] = (APOLOGY_COPY, APOLOGY_FILE_COPY)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverStep:
    """One row of the control slip: who gave the dossier to whom, when, and how the giver stood with its time.

    ``received_at`` is ``None`` until the receiver has signed.
    ``timing`` is ``None`` where nothing is settled yet, as on the first row, from the desk.
    """

    giver: str
    receiver: str | None = None
    at: datetime | None = None
    received_at: datetime | None = None
    timing: HandoverTiming | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlSlipContent(DossierPaper):
    """Phiếu kiểm soát quá trình giải quyết hồ sơ (2018: form 05; 2025: form 06); travels with the dossier.

    ``handovers`` in their order, the first from the desk, the last back to it; rows for those to come are left
    to be written by hand.
    """

    handovers: tuple[HandoverStep, ...]
    lead_office: str | None = None
    cooperating_offices: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentContent(DossierPaper):
    """Phiếu thu phí, lệ phí once ``paid_at`` is known; until then the notice to pay.

    Not a statutory receipt: that is the finance system's, whose number is ``official_receipt`` (law.md, "Money").
    ``payment_qr`` is the whole VietQR text (EMVCo) as :mod:`counter_app.rules.payment_qr` makes it.
    """

    fees: tuple[FeeLine, ...]
    collector_name: str
    payer_name: str | None = None
    paid_at: datetime | None = None
    method: str | None = None
    official_receipt: str | None = None
    pay_before: date | None = None
    payment_qr: str | None = None
    bank_name: str | None = None
    account_number: str | None = None
    account_name: str | None = None
    payment_purpose: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultLine:
    """One result handed over, with its own number and the number of its originals."""

    name: str
    number: str | None = None
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnSlipContent(DossierPaper):
    """Phiếu giao nhận kết quả: what was handed to whom.

    ``originals`` are the papers given back with the results. ``authority`` says by what right the receiver
    takes them: the applicant in person, or the paper that empowers. ``checked``: the receiver stands at the desk
    and looks at what is given; a parcel has an address, a carrier and its code instead.
    """

    results: tuple[ResultLine, ...]
    returned_at: datetime
    receiver_name: str
    officer_name: str
    originals: tuple[ComponentLine, ...] = ()
    receiver_identifier: str | None = None
    authority: str | None = None
    return_method: str | None = None
    checked: bool = True
    delivery_address: str | None = None
    carrier: str | None = None
    tracking_code: str | None = None
    copies: tuple[str, ...] = RETURN_COPIES


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLabelContent:
    """Label of a result sent by post, 100 × 150 mm; tells strangers no more than the carrier needs.

    ``tracking_code`` is the carrier's own (printed as Code 128); ``collect`` is what the postman collects, in đồng.
    """

    dossier_code: str
    sender_name: str
    addressee_name: str
    sender_address: str | None = None
    sender_phone: str | None = None
    address: str | None = None
    phone: str | None = None
    carrier: str | None = None
    tracking_code: str | None = None
    contents: str | None = None
    collect: int | None = None
    reprint: bool = False
