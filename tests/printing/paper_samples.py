"""A full and a long example of each paper, and readers that look at the finished PDF from outside."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pypdfium2
import zxingcpp
from PIL import Image

from printing.content import (
    ApologyContent,
    ComponentLine,
    FeeLine,
    Letterhead,
    ReceiptContent,
    ThermalContent,
)

VN = ZoneInfo("Asia/Ho_Chi_Minh")
CODE = "H15.36-260205-0001"
LOOKUP = f"https://tracuu.example.vn/ho-so?ma={CODE}"

RECEIPT = ReceiptContent(
    letterhead=Letterhead(
        governing_body="UBND XÃ EA KAO",
        desk_name="TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG",
        number="125",
        place="Ea Kao",
        issued_on=date(2026, 2, 5),
    ),
    dossier_code=CODE,
    procedure_code="1.004837",
    procedure_name="Thủ tục đăng ký giám hộ",
    applicant_name="H' Ngăm Niê Kdăm",
    received_at=datetime(2026, 2, 5, 8, 30, tzinfo=VN),
    receiver_name="Nguyễn Thị Bích Ngọc",
    issued_at=datetime(2026, 2, 5, 8, 31, tzinfo=VN),
    components=(
        ComponentLine("Tờ khai đăng ký giám hộ theo mẫu", 1, 0),
        ComponentLine("Văn bản cử người giám hộ", 1, 2),
        ComponentLine("Giấy tờ chứng minh điều kiện giám hộ", 0, 3),
    ),
    due=datetime(2026, 2, 10, 17, 0, tzinfo=VN),
    request="Đăng ký giám hộ cho cháu Y Tuấn Êban",
    identifier="066190012345",
    address="Buôn Akŏ Dhông, xã Ea Kao, tỉnh Đắk Lắk",
    phone="0912345678",
    email="ngam@example.vn",
    submitter_name="Y Thịnh Kbuôr",
    sets_count=1,
    limit_text="03 ngày làm việc",
    return_place="Quầy số 1, Trung tâm Phục vụ hành chính công",
    register_volume="02/2026",
    register_number="417",
    fees=(
        FeeLine("Lệ phí đăng ký giám hộ", 1_250_000, True),
        FeeLine("Phí trích lục", 8_000, False),
    ),
    payment_note="Nộp phần còn lại khi nhận kết quả.",
    lookup_url=LOOKUP,
    desk_phone="02623812345",
)

APOLOGY = ApologyContent(
    letterhead=Letterhead(
        governing_body="UBND TỈNH ĐẮK LẮK",
        desk_name="UBND XÃ EA KAO",
        number="12",
        place="Ea Kao",
        issued_on=date(2026, 1, 9),
    ),
    dossier_code=CODE,
    procedure_code="1.004837",
    procedure_name="Thủ tục đăng ký giám hộ",
    applicant_name="H' Ngăm Niê Kdăm",
    received_at=datetime(2026, 2, 5, 8, 30, tzinfo=VN),
    due=datetime(2026, 2, 10, 17, 0, tzinfo=VN),
    reason="Phải xác minh thêm tại nơi cư trú trước đây.",
    issued_at=datetime(2026, 2, 9, 9, 0, tzinfo=VN),
    new_due=datetime(2026, 3, 13, 16, 30, tzinfo=VN),
    office_name="UBND xã Ea Kao",
    desk_name="Trung tâm Phục vụ hành chính công xã Ea Kao",
    identifier="066190012345",
    responsible_unit="Phòng Văn hóa - Xã hội",
    signer_title="KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH",
    signer_name="Y Bhiông Niê",
    lookup_url=LOOKUP,
)

THERMAL = ThermalContent(
    desk_name="Trung tâm Phục vụ hành chính công xã Ea Kao",
    dossier_code=CODE,
    procedure_code="1.004837",
    procedure_name="Thủ tục đăng ký giám hộ",
    applicant_name="H' Ngăm Niê Kdăm",
    received_at=datetime(2026, 2, 5, 8, 30, tzinfo=VN),
    due=datetime(2026, 2, 10, 17, 0, tzinfo=VN),
    issued_at=datetime(2026, 2, 5, 8, 31, tzinfo=VN),
    amount_paid=1_250_000,
    identifier="066190012345",
    lookup_url=LOOKUP,
    desk_phone="02623812345",
)


def long_receipt() -> ReceiptContent:
    """Everything as long as it comes: 100 letters of name, 30 components of 300 letters each."""
    name = ("Hoàng Nguyễn Thị Phương Quỳnh Trâm Ỷ " * 3)[:99] + "Z"
    components = tuple(
        ComponentLine(f"Đầu{index:02d} " + "giấy tờ chứng thực điều kiện kinh doanh " * 7 + f"cuối{index:02d}.", 1, 2)
        for index in range(1, 31)
    )
    return replace(RECEIPT, applicant_name=name, components=components)


def tool(*command: str) -> str:
    """Standard output of a poppler tool (poppler-utils)."""
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def text_of(pdf: bytes, folder: Path, *, first: int = 1, last: int = 99, rows: bool = False) -> str:
    """What pdftotext reads, on one line, so that a wrapped sentence is found whole.

    ``rows`` reads across the columns of a table, as the eye does.
    """
    path = folder / "paper.pdf"
    path.write_bytes(pdf)
    layout = ("-layout",) if rows else ()
    return " ".join(tool("pdftotext", *layout, "-f", str(first), "-l", str(last), str(path), "-").split())


def raster(pdf: bytes, page: int = 0, dpi: int = 300) -> Image.Image:
    """The page as a printer of *dpi* would see it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        image: Image.Image = document[page].render(scale=dpi / 72).to_pil()
    finally:
        document.close()
    return image


def symbols(image: Image.Image) -> dict[str, str]:
    """Machine-readable codes on a picture: format name to text."""
    return {str(found.format): found.text for found in zxingcpp.read_barcodes(image)}
