"""A form's text as an administrator writes it: places to be filled in by their names, bold and italic by tags.

In the set's file a place is ``{desk_phone}`` and a text is paragraph markup; here it is ``[điện thoại bộ phận]``, and
``&`` and ``<`` stand for themselves.
"""

from __future__ import annotations

import re
from collections.abc import Set
from html import escape, unescape
from string import Formatter
from xml.etree import ElementTree

from counter_app.errors import UserError

PLACES = {
    "account_name": "chủ tài khoản",
    "account_number": "số tài khoản",
    "address": "địa chỉ",
    "applicant_name": "chủ hồ sơ",
    "authority": "tư cách người nhận",
    "bank_name": "ngân hàng",
    "basis": "căn cứ dừng",
    "carrier": "đơn vị vận chuyển",
    "checked_by": "người đã kiểm nhận tại quầy",
    "collect": "số tiền thu hộ",
    "contact_name": "người liên hệ",
    "contact_phone": "điện thoại liên hệ",
    "contents": "bên trong bưu gửi",
    "counted": "tổng kiểm đếm",
    "day": "ngày",
    "delivery_address": "địa chỉ phát",
    "desk_name": "tên bộ phận",
    "desk_phone": "điện thoại bộ phận",
    "desk_title": "tên bộ phận và cơ quan",
    "difference": "chênh lệch",
    "dossier_code": "mã hồ sơ",
    "dossier_count": "số hồ sơ",
    "due": "hẹn trả",
    "explanation": "giải trình",
    "giver_office": "bên giao",
    "handed_at": "thời gian bàn giao",
    "method": "hình thức nộp",
    "missing_count": "số chưa gửi",
    "month": "tháng",
    "new_due": "hẹn lại",
    "office_name": "tên cơ quan",
    "official_receipt": "số biên lai",
    "overdue_count": "số quá hạn",
    "paid_at": "thời gian nộp",
    "papers": "giấy tờ",
    "pay_before": "hạn nộp",
    "payer_name": "người nộp tiền",
    "payment_purpose": "nội dung chuyển khoản",
    "phone": "điện thoại",
    "procedure_code": "mã thủ tục",
    "procedure_name": "tên thủ tục",
    "reason": "lý do",
    "received_at": "thời gian nhận",
    "received_day": "ngày nhận",
    "receiver_identifier": "số định danh người nhận",
    "receiver_name": "người nhận",
    "receiver_office": "bên nhận",
    "recipient": "nơi nhận",
    "return_method": "hình thức trả",
    "returned_at": "thời gian trả",
    "sent_count": "số đã gửi",
    "settling_office": "cơ quan giải quyết",
    "total": "tổng số tiền",
    "tracking_code": "số vận đơn",
    "total_in_words": "số tiền bằng chữ",
}
"""Field of a set's text and what it is called on the screen; one without a name here goes by its own."""

MOST_LETTERS = 1500
"""More would be a paper of its own."""

_FIELDS = {name: field for field, name in PLACES.items()}
_NAMED = re.compile(r"\[([^\[\]]*)\]")
_TAG = re.compile(r"&lt;(/?[bi])&gt;")


def named(markup: str) -> str:
    """A set's text as it is shown for editing."""
    parts = Formatter().parse(markup.replace("<br/>", "\n"))
    return "".join(
        unescape(text) + ("" if field is None else f"[{PLACES.get(field, field)}]") for text, field, *_ in parts
    )


def as_markup(words: str, allowed: Set[str]) -> str:
    """What was edited as a set's text, with places of ``allowed`` fields.

    Raises UserError ``wording_invalid`` for an unknown place or a tag that is not closed.
    """

    def place(found: re.Match[str]) -> str:
        field = _FIELDS.get(" ".join(found[1].split()).lower(), found[1])
        if field not in allowed:
            known = ", ".join(f"[{PLACES[name]}]" for name in sorted(allowed & PLACES.keys())) or "không có chỗ nào"
            raise UserError(
                "wording_invalid", f"Chỗ điền «[{found[1]}]» không có ở giấy này. Các chỗ điền dùng được: {known}."
            )
        return f"{{{field}}}"

    plain = escape(words.replace("{", "{{").replace("}", "}}"), quote=False)
    markup = _TAG.sub(r"<\1>", _NAMED.sub(place, plain)).replace("\n", "<br/>")
    try:
        ElementTree.fromstring(f"<para>{markup}</para>")
    except ElementTree.ParseError as error:
        raise UserError(
            "wording_invalid",
            "Thẻ in đậm <b>…</b> hoặc in nghiêng <i>…</i> chưa đóng hoặc lồng sai. Hãy sửa lại, hoặc bỏ thẻ.",
        ) from error
    return markup


def fields_of(markup: str) -> frozenset[str]:
    """The fields that a set's text fills in."""
    return frozenset(field for _, field, *_ in Formatter().parse(markup) if field is not None)
