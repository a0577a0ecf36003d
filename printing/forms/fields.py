"""From a content to the texts of a form's ``{fields}``."""

from __future__ import annotations

import re
from datetime import datetime
from string import Formatter
from xml.sax.saxutils import escape

from printing.content import ApologyContent, ReceiptContent
from printing.wording import day_long, local, moment_long, without_word

Values = dict[str, str | None]

_AFTER_THE_WORD = re.compile(r"thủ tục \{(\w+)\}", re.IGNORECASE)
_UNKNOWN_MOMENT = "...... giờ ...... phút, ngày ...... tháng ...... năm .........."


def receipt_values(content: ReceiptContent) -> Values:
    """Texts of a receipt; ``None`` where a dotted line is wanted."""
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
        "sets_count": None if content.sets_count is None else f"{content.sets_count:02d}",
        "limit_text": content.limit_text,
        "received_at": moment_long(content.received_at),
        "due": _moment(content.due),
        "return_place": content.return_place,
        "register_volume": content.register_volume,
        "register_number": content.register_number,
        "payment_note": content.payment_note,
        "desk_name": content.letterhead.desk_name,
        "desk_phone": content.desk_phone,
        "submitter_name": content.submitter_name,
        "receiver_name": content.receiver_name,
        "lookup_url": content.lookup_url,
    }


def apology_values(content: ApologyContent) -> Values:
    """Texts of an apology; ``None`` where a dotted line is wanted."""
    head = content.letterhead
    return {
        "dossier_code": content.dossier_code,
        "procedure_code": content.procedure_code,
        "procedure_name": content.procedure_name,
        "applicant_name": content.applicant_name,
        "identifier": content.identifier,
        "address": content.address,
        "phone": content.phone,
        "email": content.email,
        "received_day": day_long(local(content.received_at).date()).removeprefix("ngày "),
        "received_at": moment_long(content.received_at),
        "due": _moment(content.due),
        "new_due": _moment(content.new_due),
        "reason": content.reason,
        "recipient": content.recipient or content.applicant_name,
        "office_name": content.office_name or head.desk_name,
        "desk_name": content.desk_name or "Bộ phận Tiếp nhận và Trả kết quả",
        "desk_phone": content.desk_phone,
        "responsible_unit": content.responsible_unit,
        "signer_name": content.signer_name,
        "lookup_url": content.lookup_url,
    }


def places(text: str) -> list[str]:
    """Names of the fields in a form's text, in their order."""
    return [name for _, name, _, _ in Formatter().parse(text) if name is not None]


def unknown(text: str, values: Values) -> list[str]:
    """The fields of *text* whose value is not known."""
    return [name for name in places(text) if not values.get(name)]


def filled(text: str, values: Values, dots: str) -> str:
    """*text* as paragraph markup with its fields filled in, *dots* for those not known.

    Values are escaped: a name with ``<`` or ``&`` is printed as it is. "thủ tục {procedure_name}" does not say
    the word twice.
    """
    texts = {name: values.get(name) or dots for name in places(text)}
    for name in _AFTER_THE_WORD.findall(text):
        texts[name] = without_word(texts[name])
    return text.format_map({name: escape(value) for name, value in texts.items()})


def _moment(moment: datetime | None) -> str:
    return _UNKNOWN_MOMENT if moment is None else moment_long(moment)
