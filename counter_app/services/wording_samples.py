"""A made-up paper of each form, by which an administrator sees what a wording looks like."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from counter_app.rules.calendar import VIETNAM
from counter_app.rules.payment_qr import Transfer, encode, purpose_of
from counter_app.services.values import OfficeData
from printing.content import (
    APOLOGY_COPY,
    RECEIPT_COPIES,
    ApologyContent,
    ApologyListContent,
    ApologyRow,
    ComponentLine,
    ControlSlipContent,
    CountedSum,
    FeeClosingContent,
    FeeLine,
    FeeReceiptRow,
    HandoverListContent,
    HandoverRow,
    HandoverStep,
    Letterhead,
    PaymentContent,
    PostLabelContent,
    ReceiptContent,
    RefusalContent,
    ResultLine,
    ReturnSlipContent,
    StopNoticeContent,
    SupplementRequestContent,
)

if TYPE_CHECKING:
    from printing.forms import Content

PERSON, CLERK = "Nguyễn Văn A", "Trần Thị B"
PROCEDURE, UNIT = "Đăng ký khai sinh", "Phòng Văn hóa - Xã hội"
REASON = "Chờ kết quả xác minh của cơ quan có liên quan."
FEES = (FeeLine("Lệ phí hộ tịch", 8000, True), FeeLine("Phí cấp bản sao", 16_000, False))


def sample(form: str, office: OfficeData, day: date) -> Content:
    """The paper of ``form`` as this office would give it on ``day``."""
    return _Samples(office, day).made(form)


class _Samples:
    def __init__(self, office: OfficeData, day: date) -> None:
        self._office = office
        self._day = day
        self._at = datetime.combine(day, time(8, 30), VIETNAM)
        self._due = datetime.combine(day + timedelta(days=5), time(17), VIETNAM)
        self._code = f"{office.code}-{day:%y%m%d}-0001"

    def made(self, form: str) -> Content:
        makers: dict[str, Callable[[], Content]] = {
            "receipt": self._receipt,
            "supplement_request": self._supplement,
            "refusal": self._refusal,
            "apology": self._apology,
            "stop_notice": self._stop,
            "control_slip": self._control,
            "handover_list": self._handover,
            "payment_note": self._payment,
            "payment_notice": self._notice,
            "post_label": self._label,
            "return_slip": self._return,
            "fee_closing": self._closing,
            "apology_list": self._apologies,
        }
        return makers[form]()

    def _head(self, *, of_office: bool = False) -> Letterhead:
        office = self._office
        upper = office.governing_body if of_office else office.governing_body or office.name
        return Letterhead(
            governing_body=upper.upper(),
            desk_name=office.name.upper() if of_office else office.desk_name,
            number="12",
            place=office.place or None,
            issued_on=self._day,
            number_suffix=None if of_office else office.letter_suffix,
        )

    def _dossier(self, *, of_office: bool = False) -> dict[str, Any]:
        return {
            "letterhead": self._head(of_office=of_office),
            "dossier_code": self._code,
            "procedure_code": "1.001193",
            "procedure_name": PROCEDURE,
            "applicant_name": PERSON,
            "identifier": "066190012345",
            "address": "Thôn 1",
            "phone": "0912345678",
            "lookup_url": self._office.lookup_url or None,
            "desk_phone": self._office.phone or None,
            "issued_at": self._at,
        }

    def _letter(self) -> dict[str, Any]:
        office = self._office
        return self._dossier(of_office=True) | {
            "office_name": office.name,
            "desk_name": office.desk_name,
            "received_at": self._at - timedelta(days=3),
            "signer_title": office.head_title or None,
            "signer_name": office.head_name or None,
        }

    def _receipt(self) -> Content:
        return ReceiptContent(
            **self._dossier(),
            submitter_name=PERSON,
            components=(ComponentLine("Tờ khai đăng ký khai sinh", 1, 0), ComponentLine("Giấy chứng sinh", 1, 1)),
            sets_count=1,
            limit_text="05 ngày làm việc",
            received_at=self._at,
            due=self._due,
            return_place=f"{self._office.desk_name.capitalize()}, {self._office.name}",
            register_volume=str(self._day.year),
            register_number="123",
            fees=FEES,
            receiver_name=CLERK,
            copies=RECEIPT_COPIES,
        )

    def _supplement(self) -> Content:
        items = ("Giấy chứng sinh bản chính",)
        return SupplementRequestContent(**self._dossier(), items=items, reason=REASON, guide_name=CLERK)

    def _refusal(self) -> Content:
        reason = "Hồ sơ không thuộc thẩm quyền giải quyết."
        return RefusalContent(**self._dossier(), reason=reason, submitter_name=PERSON, receiver_name=CLERK)

    def _apology(self) -> Content:
        return ApologyContent(
            **self._letter(),
            recipient=PERSON,
            due=self._due,
            new_due=self._due + timedelta(days=3),
            reason=REASON,
            responsible_unit=UNIT,
            copies=(APOLOGY_COPY,),
        )

    def _stop(self) -> Content:
        return StopNoticeContent(
            **self._letter(),
            basis="Đơn đề nghị của người nộp hồ sơ.",
            stage="Thẩm tra hồ sơ",
            papers="Trả lại bản chính.",
            fees_settled="Không có.",
            contact_name=CLERK,
        )

    def _control(self) -> Content:
        step = HandoverStep(giver=self._office.desk_name.capitalize(), receiver=UNIT, at=self._at)
        return ControlSlipContent(**self._dossier(), handovers=(step,), lead_office=UNIT)

    def _handover(self) -> Content:
        row = HandoverRow(
            dossier_code=self._code,
            applicant_name=PERSON,
            procedure_name=PROCEDURE,
            papers=(ComponentLine("Giấy chứng sinh", 1, 0),),
            due=self._due,
        )
        return HandoverListContent(
            letterhead=self._head(),
            giver_office=self._office.desk_name.capitalize(),
            receiver_office=UNIT,
            rows=(row,),
            issued_at=self._at,
            handed_at=self._at,
            list_code=f"BG-{self._day:%y%m%d}-01",
        )

    def _payment(self) -> Content:
        return PaymentContent(
            **self._dossier(),
            fees=FEES,
            collector_name=CLERK,
            paid_at=self._at,
            method="Tiền mặt",
            official_receipt="0001234",
        )

    def _notice(self) -> Content:
        purpose = purpose_of(self._code)
        return PaymentContent(
            **self._dossier(),
            fees=FEES[1:],
            collector_name=CLERK,
            pay_before=self._due.date(),
            payment_qr=encode(Transfer("970415", "113366668888", FEES[1].amount, purpose)),
            account_number="113366668888",
            account_name=self._office.name.upper(),
            payment_purpose=purpose,
        )

    def _label(self) -> Content:
        return PostLabelContent(
            dossier_code=self._code,
            sender_name=f"{self._office.desk_name.capitalize()}, {self._office.name}",
            sender_address=self._office.address or self._office.place or None,
            sender_phone=self._office.phone or None,
            addressee_name=PERSON,
            address="Thôn 1",
            phone="0912345678",
            carrier="Bưu điện Việt Nam",
            tracking_code="EB123456789VN",
            contents="Kết quả giải quyết thủ tục hành chính",
            collect=FEES[1].amount,
        )

    def _return(self) -> Content:
        """With the words for a parcel beside those for the desk, so that all are seen."""
        return ReturnSlipContent(
            **self._dossier(),
            results=(ResultLine(name="Giấy khai sinh", number="45/2026", count=1),),
            returned_at=self._due,
            receiver_name=PERSON,
            receiver_identifier="066190012345",
            authority="Người nộp hồ sơ",
            return_method="Tại quầy",
            delivery_address="Thôn 1",
            carrier="Bưu điện Việt Nam",
            tracking_code="EB123456789VN",
            officer_name=CLERK,
            originals=(ComponentLine("Giấy chứng sinh", 1, 0),),
        )

    def _closing(self) -> Content:
        paid = FeeReceiptRow(
            at=self._at,
            dossier_code=self._code,
            payer_name=PERSON,
            clerk=CLERK,
            method="Tiền mặt",
            amount=24_000,
        )
        return FeeClosingContent(
            letterhead=self._head(),
            day=self._day,
            receipts=(paid,),
            counted=(CountedSum(clerk=CLERK, method="Tiền mặt", amount=24_000),),
            explanation="Không có chênh lệch.",
            preparer_name=CLERK,
        )

    def _apologies(self) -> Content:
        row = ApologyRow(
            dossier_code=self._code,
            applicant_name=PERSON,
            procedure_name=PROCEDURE,
            office_name=self._office.name,
            due=self._due,
            letter_number="12",
            letter_day=self._day,
            new_due=self._due + timedelta(days=3),
            reason=REASON,
        )
        return ApologyListContent(letterhead=self._head(), month=self._day, rows=(row,))
