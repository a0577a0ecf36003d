"""Each paper with everything as long as it comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from form_samples import (
    APOLOGIES,
    CLOSING,
    CONTROL,
    HANDOVER,
    LABEL,
    LATER,
    NOTICE,
    PAYMENT,
    REFUSAL,
    REGISTER,
    RETURN,
    STOP,
    SUPPLEMENT,
)
from paper_samples import APOLOGY, long_receipt

from printing.content import ComponentLine, FeeLine, HandoverStep, Letterhead, ResultLine, TransferLine
from printing.forms import Content

LONG_NAME = ("Hoàng Nguyễn Thị Phương Quỳnh Trâm Ỷ " * 3)[:99] + "Z"
LONG_PROCEDURE = (
    "Cấp lại giấy chứng nhận đủ điều kiện kinh doanh dịch vụ trò chơi điện tử công cộng đối với chủ điểm "
    "là cá nhân chuyển nơi cư trú giữa các xã, phường của tỉnh Đắk Lắk sau sắp xếp đơn vị hành chính"
)
LONG_ADDRESS = (
    "Số 123/45/67 đường Y Wang, buôn Akŏ Dhông, Čư M'gar, phường Tân Lập, tỉnh Đắk Lắk, gần nhà văn hóa ê̆ ô̆ ơ̆ ư̆"
)
LONG_OFFICE = "Phòng Kinh tế, Hạ tầng và Đô thị phường Buôn Ma Thuột, tỉnh Đắk Lắk"
LONG_REASON = " ".join(f"Câu{index:03d} cần xác minh." for index in range(1, 96)) + " HẾT LÝ DO."
LONG_HEAD = Letterhead(
    governing_body="UBND PHƯỜNG BUÔN MA THUỘT, TỈNH ĐẮK LẮK",
    desk_name="TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG PHƯỜNG BUÔN MA THUỘT",
    number="1234567",
    place="Buôn Ma Thuột",
    issued_on=date(2026, 12, 25),
)
ROWS = 30
_MANY: dict[str, Any] = {
    "letterhead": LONG_HEAD,
    "applicant_name": LONG_NAME,
    "procedure_name": LONG_PROCEDURE,
    "address": LONG_ADDRESS,
    "request": None,
    "portal_code": "000.00.20.H15-260205-000001",
}


def _rows(words: str) -> list[str]:
    return [f"Đầu{index:02d} {words} cuối{index:02d}." for index in range(1, ROWS + 1)]


def extremes() -> dict[str, Content]:
    """Each paper with everything as long as it comes: 100 letters of name, 30 rows, 2,000 letters of reason.

    The parts of a row are marked with its number (``Đầu07 … cuối07.``), the reason with its sentences.
    """
    long_lines = _rows("giấy tờ chứng thực điều kiện kinh doanh tại buôn Akŏ Dhông")
    papers = tuple(ComponentLine(text, 1, 2) for text in long_lines)
    return {
        "receipt": replace(
            long_receipt(),
            letterhead=LONG_HEAD,
            transfer=TransferLine("0002" + "01" * 60, 9_876_543_210, "1133666688881234567", LONG_OFFICE.upper()),
            procedure_name=LONG_PROCEDURE,
            settling_office=LONG_OFFICE,
            office_name=LONG_OFFICE,
        ),
        "supplement_request": replace(SUPPLEMENT, **_MANY, items=tuple(long_lines), reason=LONG_REASON),
        "refusal": replace(REFUSAL, **_MANY, reason=LONG_REASON),
        "apology": replace(APOLOGY, **_MANY, reason=LONG_REASON),
        "stop_notice": replace(STOP, **_MANY, basis=LONG_REASON, recipient=LONG_NAME),
        "control_slip": replace(
            CONTROL,
            **_MANY,
            lead_office=LONG_OFFICE,
            handovers=(
                *(
                    HandoverStep(giver=text, receiver=LONG_OFFICE, at=LATER, timing="late", note="Chờ đo đạc lại")
                    for text in _rows("đơn vị")
                ),
                HandoverStep(giver=LONG_OFFICE, receiver=LONG_NAME, at=LATER, note=LONG_REASON),
            ),
        ),
        "register": replace(
            REGISTER,
            letterhead=LONG_HEAD,
            rows=tuple(
                replace(
                    REGISTER.rows[0],
                    number=index,
                    applicant_name=LONG_NAME,
                    procedure_name=LONG_PROCEDURE,
                    address=LONG_ADDRESS,
                    lead_office=LONG_OFFICE,
                    note=text,
                )
                for index, text in enumerate(_rows("ghi chú"), 1)
            ),
        ),
        "handover_list": replace(
            HANDOVER,
            letterhead=LONG_HEAD,
            giver_office=LONG_OFFICE,
            rows=(
                replace(HANDOVER.rows[0], applicant_name=LONG_NAME, procedure_name=LONG_PROCEDURE, papers=papers),
                *(replace(HANDOVER.rows[0], note=f"dòng{index:02d}") for index in range(1, ROWS + 1)),
            ),
        ),
        "payment_note": replace(
            PAYMENT, **_MANY, payer_name=LONG_NAME, fees=tuple(FeeLine(text, 999_999_999, True) for text in long_lines)
        ),
        "payment_notice": replace(
            NOTICE, **_MANY, payer_name=LONG_NAME, fees=tuple(FeeLine(text, 999_999_999, False) for text in long_lines)
        ),
        "post_label": replace(
            LABEL, addressee_name=LONG_NAME, address=LONG_ADDRESS, sender_name=LONG_OFFICE, contents=LONG_PROCEDURE
        ),
        "return_slip": replace(
            RETURN,
            **_MANY,
            results=tuple(ResultLine(name=text, number="123/2026/QĐ-UBND") for text in long_lines),
            originals=papers,
            receiver_name=LONG_NAME,
            authority=LONG_REASON,
        ),
        "fee_closing": replace(
            CLOSING,
            letterhead=LONG_HEAD,
            receipts=tuple(
                replace(CLOSING.receipts[0], payer_name=f"{text} {LONG_NAME}", amount=999_999_999)
                for text in _rows("người nộp")
            ),
            explanation=LONG_REASON,
        ),
        "apology_list": replace(
            APOLOGIES,
            letterhead=LONG_HEAD,
            rows=(
                *(
                    replace(
                        APOLOGIES.rows[0],
                        applicant_name=LONG_NAME,
                        procedure_name=LONG_PROCEDURE,
                        office_name=LONG_OFFICE,
                        reason=text,
                    )
                    for text in _rows("lý do")
                ),
                replace(APOLOGIES.rows[0], reason=LONG_REASON),
            ),
        ),
    }
