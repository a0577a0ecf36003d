"""A full example of each paper, besides those of ``paper_samples``."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from paper_samples import APOLOGY, CODE, LOOKUP, RECEIPT, VN

from printing.content import (
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
    PaymentContent,
    PostLabelContent,
    RefusalContent,
    RegisterContent,
    RegisterRow,
    ResultLine,
    ReturnSlipContent,
    StopNoticeContent,
    SupplementRequestContent,
)
from printing.forms import Content

TRACKING = "EB123456789VN"
PAYMENT_QR = (
    "00020101021238570010A00000072701270006970436011312345678901230208QRIBFTTA53037045405180005802VN62290825"
    "H15362602050001 NOP LE PHI63041D3A"
)
DUE = datetime(2026, 2, 10, 17, 0, tzinfo=VN)
RECEIVED = datetime(2026, 2, 5, 8, 30, tzinfo=VN)
LATER = datetime(2026, 2, 9, 9, 5, tzinfo=VN)
OF_OFFICE = APOLOGY.letterhead
LIST_HEAD = replace(RECEIPT.letterhead, number="31")

_DOSSIER: dict[str, Any] = {
    "letterhead": RECEIPT.letterhead,
    "dossier_code": CODE,
    "procedure_code": "1.004837",
    "procedure_name": "Thủ tục đăng ký giám hộ",
    "applicant_name": "H' Ngăm Niê Kdăm",
    "issued_at": RECEIPT.issued_at,
    "request": RECEIPT.request,
    "identifier": "066190012345",
    "address": RECEIPT.address,
    "phone": "0912345678",
    "email": "ngam@example.vn",
    "lookup_url": LOOKUP,
    "desk_phone": "02623812345",
}

SUPPLEMENT = SupplementRequestContent(
    **_DOSSIER,
    items=("Văn bản cử người giám hộ có chứng thực", "Giấy khai sinh của cháu Y Tuấn Êban (bản sao)"),
    reason="Hồ sơ thiếu giấy tờ theo Điều 20 Luật Hộ tịch.",
    guide_name="Nguyễn Thị Bích Ngọc",
    contact_name="Quầy số 1",
)
REFUSAL = RefusalContent(
    **_DOSSIER,
    reason="Việc yêu cầu thuộc thẩm quyền của Ủy ban nhân dân xã Cuôr Đăng; đề nghị nộp tại xã Cuôr Đăng.",
    receiver_name="Nguyễn Thị Bích Ngọc",
    submitter_name="Y Thịnh Kbuôr",
)
STOP = StopNoticeContent(
    **(_DOSSIER | {"letterhead": OF_OFFICE}),
    received_at=RECEIVED,
    basis="Đơn đề nghị dừng ngày 08/02/2026 của người nộp hồ sơ.",
    stage="Thẩm tra điều kiện giám hộ.",
    papers="Trả lại toàn bộ bản chính cho người nộp.",
    fees_settled="Hoàn trả 1.250.000 đồng theo Phiếu chi số 17.",
    contact_name="Quầy số 1",
    office_name="UBND xã Ea Kao",
    desk_name="Trung tâm Phục vụ hành chính công xã Ea Kao",
    signer_title="KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH",
    signer_name="Y Bhiông Niê",
)
CONTROL = ControlSlipContent(
    **_DOSSIER,
    handovers=(
        HandoverStep(
            giver="Trung tâm Phục vụ hành chính công",
            receiver="Phòng Văn hóa - Xã hội",
            at=RECEIVED,
            received_at=RECEIVED + timedelta(hours=3),
        ),
        HandoverStep(
            giver="Phòng Văn hóa - Xã hội",
            receiver="Trung tâm Phục vụ hành chính công",
            at=LATER,
            received_at=LATER,
            timing="early",
            note="Đủ kết quả.",
        ),
    ),
    lead_office="Phòng Văn hóa - Xã hội",
    cooperating_offices="Công an xã Ea Kao",
)
PAYMENT = PaymentContent(
    **_DOSSIER,
    fees=(FeeLine("Lệ phí đăng ký giám hộ", 1_250_000, True), FeeLine("Phí trích lục", 8_000, True)),
    collector_name="Nguyễn Thị Bích Ngọc",
    payer_name="Y Thịnh Kbuôr",
    paid_at=LATER,
    method="Chuyển khoản",
    official_receipt="0001234",
)
NOTICE = replace(
    PAYMENT,
    paid_at=None,
    method=None,
    official_receipt=None,
    pay_before=date(2026, 2, 10),
    payment_qr=PAYMENT_QR,
    bank_name="Vietcombank",
    account_number="1234567890123",
    account_name="KHO BẠC NHÀ NƯỚC KHU VỰC",
    payment_purpose="H15362602050001 NOP LE PHI",
)
LABEL = PostLabelContent(
    dossier_code=CODE,
    sender_name="Trung tâm Phục vụ hành chính công xã Ea Kao",
    sender_address="Số 12 đường Y Jút, xã Ea Kao, tỉnh Đắk Lắk",
    sender_phone="02623812345",
    addressee_name="H' Ngăm Niê Kdăm",
    address="Buôn Akŏ Dhông, xã Ea Kao, tỉnh Đắk Lắk",
    phone="0912345678",
    carrier="Bưu điện Việt Nam",
    tracking_code=TRACKING,
    contents="01 trích lục đăng ký giám hộ",
    collect=30_000,
)
RETURN = ReturnSlipContent(
    **_DOSSIER,
    results=(ResultLine(name="Trích lục đăng ký giám hộ", number="17/2026/TLGH", count=2),),
    returned_at=LATER,
    receiver_name="Y Thịnh Kbuôr",
    receiver_identifier="066090054321",
    authority="Giấy ủy quyền số 05, chứng thực ngày 06/02/2026",
    return_method="Trực tiếp tại quầy",
    officer_name="Nguyễn Thị Bích Ngọc",
    originals=(ComponentLine("Giấy khai sinh của cháu Y Tuấn Êban", 1, 0),),
)
REGISTER = RegisterContent(
    letterhead=RECEIPT.letterhead,
    field_name="Hộ tịch",
    year=2026,
    volume="02/2026",
    rows=(
        RegisterRow(
            number=417,
            dossier_code=CODE,
            procedure_name="Thủ tục đăng ký giám hộ",
            applicant_name="H' Ngăm Niê Kdăm",
            received_at=RECEIVED,
            sets_count=1,
            address="Buôn Akŏ Dhông, xã Ea Kao",
            phone="0912345678",
            lead_office="Phòng Văn hóa - Xã hội",
            due=DUE,
            returned_at=LATER,
            return_method="Tại quầy",
            note="Trả sớm",
        ),
    ),
)
HANDOVER = HandoverListContent(
    letterhead=LIST_HEAD,
    giver_office="Trung tâm Phục vụ hành chính công xã Ea Kao",
    receiver_office="Phòng Văn hóa - Xã hội",
    rows=(
        HandoverRow(
            dossier_code=CODE,
            applicant_name="H' Ngăm Niê Kdăm",
            procedure_name="Thủ tục đăng ký giám hộ",
            papers=(ComponentLine("Tờ khai đăng ký giám hộ", 1, 0), ComponentLine("Văn bản cử người giám hộ", 1, 2)),
            due=DUE,
            note="Gấp",
        ),
    ),
    issued_at=LATER,
    handed_at=LATER,
    list_code="BG-260209-01",
    giver_name="Nguyễn Thị Bích Ngọc",
    receiver_name="Y Bhiông Niê",
)
CLOSING = FeeClosingContent(
    letterhead=LIST_HEAD,
    day=date(2026, 2, 9),
    receipts=(
        FeeReceiptRow(
            at=RECEIVED,
            dossier_code=CODE,
            payer_name="Y Thịnh Kbuôr",
            clerk="Nguyễn Thị Bích Ngọc",
            method="Tiền mặt",
            amount=1_250_000,
            official_receipt="0001234",
        ),
        FeeReceiptRow(
            at=LATER,
            dossier_code="H15.36-260209-0002",
            payer_name="Trần Văn Ứng",
            clerk="Nguyễn Thị Bích Ngọc",
            method="Tiền mặt",
            amount=8_000,
        ),
        FeeReceiptRow(
            at=LATER,
            dossier_code="H15.36-260209-0003",
            payer_name="Lê Thị Ỷ",
            clerk="Y Bhiông Niê",
            method="Chuyển khoản",
            amount=50_000,
        ),
    ),
    counted=(
        CountedSum(clerk="Nguyễn Thị Bích Ngọc", method="Tiền mặt", amount=1_256_000),
        CountedSum(clerk="Y Bhiông Niê", method="Chuyển khoản", amount=50_000),
    ),
    explanation="Thiếu 2.000 đồng tiền lẻ khi trả lại.",
    preparer_name="Nguyễn Thị Bích Ngọc",
    cashier_name="Y Bhiông Niê",
    head_name="Trần Văn Ứng",
)
APOLOGIES = ApologyListContent(
    letterhead=LIST_HEAD,
    month=date(2026, 2, 1),
    rows=(
        ApologyRow(
            dossier_code=CODE,
            applicant_name="H' Ngăm Niê Kdăm",
            procedure_name="Thủ tục đăng ký giám hộ",
            office_name="UBND xã Ea Kao",
            due=DUE,
            letter_number="12",
            letter_day=date(2026, 2, 9),
            delivered_at=LATER,
            new_due=datetime(2026, 3, 13, 16, 30, tzinfo=VN),
            reason="Phải xác minh thêm tại nơi cư trú trước đây.",
        ),
        ApologyRow(
            dossier_code="H15.36-260105-0007",
            applicant_name="Trần Văn Ứng",
            procedure_name="Cấp bản sao trích lục hộ tịch",
            office_name="Phòng Tư pháp",
            due=LATER,
        ),
    ),
    preparer_name="Nguyễn Thị Bích Ngọc",
    head_name="Y Bhiông Niê",
)

SAMPLES: dict[str, Content] = {
    "receipt": RECEIPT,
    "supplement_request": SUPPLEMENT,
    "refusal": REFUSAL,
    "apology": APOLOGY,
    "stop_notice": STOP,
    "control_slip": CONTROL,
    "register": REGISTER,
    "handover_list": HANDOVER,
    "payment_note": PAYMENT,
    "payment_notice": NOTICE,
    "post_label": LABEL,
    "return_slip": RETURN,
    "fee_closing": CLOSING,
    "apology_list": APOLOGIES,
}
