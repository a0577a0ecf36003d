"""From a content to the texts of a form's ``{fields}``."""

from __future__ import annotations

import re
from datetime import date, datetime
from string import Formatter
from xml.sax.saxutils import escape

from printing.content import (
    ApologyContent,
    ControlSlipContent,
    DossierPaper,
    PaymentContent,
    PostLabelContent,
    ReceiptContent,
    RefusalContent,
    ReturnSlipContent,
    StopNoticeContent,
    SupplementRequestContent,
    TransferLine,
    running_name,
)
from printing.wording import day_long, local, moment_long, money, money_in_words, without_word

Values = dict[str, str | None]

_AFTER_THE_WORD = re.compile(r"thủ tục \{(\w+)\}", re.IGNORECASE)
_UNKNOWN_MOMENT = "...... giờ ...... phút, ngày ...... tháng ...... năm .........."


def _common(content: DossierPaper) -> Values:
    """Texts that every paper of a dossier may show; ``None`` where a dotted line is wanted, as in all below."""
    return {
        "dossier_code": content.dossier_code,
        "procedure_code": content.procedure_code,
        "procedure_name": content.procedure_name,
        "applicant_name": content.applicant_name,
        "identifier": content.identifier,
        "address": content.address,
        "phone": content.phone,
        "email": content.email,
        "request": content.request,
        "request_or_procedure": content.request or content.procedure_name,
        "lookup_url": content.lookup_url,
        "desk_name": content.letterhead.desk_name,
        "desk_title": running_name(content.letterhead.desk_name),
        "desk_phone": content.desk_phone,
    }


def receipt_values(content: ReceiptContent) -> Values:
    """Texts of a receipt."""
    return _common(content) | {
        "sets_count": None if content.sets_count is None else f"{content.sets_count:02d}",
        "limit_text": content.limit_text,
        "received_at": moment_long(content.received_at),
        "due": content.due_words or moment(content.due),
        "return_place": content.return_place,
        "register_volume": content.register_volume,
        "register_number": content.register_number,
        "payment_note": content.payment_note,
        "submitter_name": content.submitter_name,
        "receiver_name": content.receiver_name,
        "settling_office": content.settling_office,
        "office_name": content.office_name,
        **_transfer_values(content.transfer),
    }


def _transfer_values(transfer: TransferLine | None) -> Values:
    """Texts about money that is transferred; none where nothing is."""
    if transfer is None:
        return {}
    return {
        "payment_qr": transfer.payload,
        "payment_amount": money(transfer.amount),
        "account_number": transfer.account_number,
        "account_name": transfer.account_name,
    }


def supplement_values(content: SupplementRequestContent) -> Values:
    """Texts of a supplement request."""
    return _common(content) | {
        "reason": content.reason,
        "guide_name": content.guide_name,
        "contact_name": content.contact_name or content.guide_name,
        "contact_phone": content.contact_phone or content.desk_phone,
    }


def refusal_values(content: RefusalContent) -> Values:
    """Texts of a refusal."""
    return _common(content) | {
        "reason": content.reason,
        "submitter_name": content.submitter_name,
        "receiver_name": content.receiver_name,
    }


def apology_values(content: ApologyContent) -> Values:
    """Texts of an apology."""
    return _letter(content) | {
        "due": moment(content.due),
        "new_due": moment(content.new_due),
        "reason": content.reason,
        "responsible_unit": content.responsible_unit,
    }


def stop_values(content: StopNoticeContent) -> Values:
    """Texts of a stop notice."""
    return _letter(content) | {
        "basis": content.basis,
        "stage": content.stage,
        "papers": content.papers,
        "fees_settled": content.fees_settled,
        "contact_name": content.contact_name,
        "contact_phone": content.contact_phone or content.desk_phone,
    }


def _letter(content: ApologyContent | StopNoticeContent) -> Values:
    """Texts that both letters of the office that settles share."""
    return _common(content) | {
        "received_day": _day(local(content.received_at).date()),
        "received_at": moment_long(content.received_at),
        "recipient": content.recipient or content.applicant_name,
        "office_name": content.office_name or content.letterhead.desk_name,
        "desk_name": content.desk_name or "Bộ phận Tiếp nhận và Trả kết quả",
        "signer_name": content.signer_name,
    }


def control_values(content: ControlSlipContent) -> Values:
    """Texts of a control slip, apart from its rows."""
    return _common(content) | {
        "lead_office": content.lead_office,
        "cooperating_offices": content.cooperating_offices,
    }


def payment_values(content: PaymentContent) -> Values:
    """Texts of a payment note and of a notice to pay; the total is that of all its fees."""
    total = sum(fee.amount for fee in content.fees)
    return _common(content) | {
        "payer_name": content.payer_name or content.applicant_name,
        "collector_name": content.collector_name,
        "total": money(total),
        "total_in_words": money_in_words(total),
        "paid_at": moment(content.paid_at),
        "method": content.method,
        "official_receipt": content.official_receipt,
        "pay_before": None if content.pay_before is None else day_long(content.pay_before),
        "payment_qr": content.payment_qr,
        "bank_name": content.bank_name,
        "account_number": content.account_number,
        "account_name": content.account_name,
        "payment_purpose": content.payment_purpose,
    }


def return_values(content: ReturnSlipContent) -> Values:
    """Texts of a return slip, apart from its rows."""
    return _common(content) | {
        "returned_at": moment_long(content.returned_at),
        "receiver_name": content.receiver_name,
        "receiver_identifier": content.receiver_identifier,
        "authority": content.authority,
        "return_method": content.return_method,
        "checked_by": content.receiver_name if content.checked else None,
        "delivery_address": content.delivery_address,
        "carrier": content.carrier,
        "tracking_code": content.tracking_code,
        "officer_name": content.officer_name,
    }


def label_values(content: PostLabelContent) -> Values:
    """Texts of a post label."""
    return {
        "dossier_code": content.dossier_code,
        "sender_name": content.sender_name,
        "sender_address": content.sender_address,
        "sender_phone": content.sender_phone,
        "addressee_name": content.addressee_name,
        "address": content.address,
        "phone": content.phone,
        "carrier": content.carrier,
        "tracking_code": content.tracking_code,
        "contents": content.contents,
        "collect": None if content.collect is None else money(content.collect),
    }


def places(text: str) -> list[str]:
    """Names of the fields in a form's text, in their order."""
    return [name for _, name, _, _ in Formatter().parse(text) if name is not None]


def unknown(text: str, values: Values) -> list[str]:
    """The fields of *text* whose value is not known."""
    return [name for name in places(text) if not values.get(name)]


def filled(text: str, values: Values, dots: str) -> str:
    """*text* as paragraph markup with its fields filled in, *dots* for those not known.

    Values are escaped: a name with ``<`` or ``&`` is printed as it is, and a line break in a value breaks the
    line. "thủ tục {procedure_name}" does not say the word twice.
    """
    texts = {name: values.get(name) or dots for name in places(text)}
    for name in _AFTER_THE_WORD.findall(text):
        texts[name] = without_word(texts[name])
    return text.format_map({name: markup(value) for name, value in texts.items()})


def markup(text: str) -> str:
    """*text* as it is, in paragraph markup."""
    return escape(text).replace("\n", "<br/>")


def moment(at: datetime | None) -> str:
    """The moment in full, or its words with dots to be filled in."""
    return _UNKNOWN_MOMENT if at is None else moment_long(at)


def _day(day: date) -> str:
    return day_long(day).removeprefix("ngày ")
