"""1,000 receipts as PDF/A-2b: ours against the same page in WeasyPrint and in Typst, one after another in one run.

Both are given what our program makes for itself (texts, tables, the symbols as SVG) and keep what they can from one
receipt to the next. They are optional: ``pip install -e .[bench]``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import zxingcpp

from benchmarks.corpus import SEED
from benchmarks.measuring import Aim, CannotMeasureError, Line, seconds
from benchmarks.people import make_person
from printing.codes import QrFields, qr_text
from printing.content import ComponentLine, FeeLine, Letterhead, ReceiptContent
from printing.forms import form_set_for, render
from printing.wording import day_long, digits, moment_long, money

RECEIPTS = 1000
PAGES = Path(__file__).resolve().parent / "pages"
FONTS = Path(__file__).resolve().parent.parent / "resources" / "fonts"
FACES = (
    ("Tinos-Regular.ttf", "normal", "normal"),
    ("Tinos-Bold.ttf", "bold", "normal"),
    ("Tinos-Italic.ttf", "normal", "italic"),
    ("Tinos-BoldItalic.ttf", "bold", "italic"),
)
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = date(2026, 3, 2)

Maker = Callable[[ReceiptContent], bytes]


@dataclass(frozen=True, slots=True)
class Rival:
    """Another way to the same page."""

    name: str
    make: Maker


def run(receipts: int = RECEIPTS) -> list[Line]:
    """Milliseconds a receipt, ours against each rival; the first receipt of each is not counted."""
    contents = [make_receipt(number) for number in range(receipts + 1)]
    lines = []
    for rival in (weasyprint(), typst()):
        ours, theirs = 0.0, 0.0
        ours_of(contents[0])
        rival.make(contents[0])
        for content in contents[1:]:
            ours += seconds(partial(ours_of, content))
            theirs += seconds(partial(rival.make, content))
        name = f"{receipts:,} receipts as PDF, each"
        lines.append(Line(name, ours / receipts * 1000, theirs / receipts * 1000, "ms", rival.name, Aim(1.0)))
    return lines


def make_receipt(number: int) -> ReceiptContent:
    """One of many receipts of an ordinary day: three papers, two fees."""
    code = f"H15.36-260302-{number:04d}"
    person = make_person(Random(SEED + number))
    return ReceiptContent(
        letterhead=Letterhead("UBND XÃ EA KAO", "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG", str(number), "Ea Kao", DAY),
        dossier_code=code,
        procedure_code="1.004837",
        procedure_name="Thủ tục đăng ký giám hộ",
        applicant_name=person.name,
        submitter_name=person.name,
        identifier=person.personal_number,
        address=f"Buôn Akŏ Dhông, xã Ea Kao, tỉnh Đắk Lắk, số nhà {number}",
        phone=person.phone,
        email="hoso@example.vn",
        received_at=datetime(2026, 3, 2, 8, 30, tzinfo=VIETNAM),
        due=datetime(2026, 3, 5, 17, 0, tzinfo=VIETNAM),
        issued_at=datetime(2026, 3, 2, 8, 31, tzinfo=VIETNAM),
        receiver_name="Nguyễn Thị Bích Ngọc",
        components=(
            ComponentLine("Tờ khai đăng ký giám hộ theo mẫu", 1, 0),
            ComponentLine("Văn bản cử người giám hộ", 1, 0),
            ComponentLine("Giấy tờ chứng minh điều kiện giám hộ", 0, 3),
        ),
        sets_count=1,
        limit_text="03 ngày làm việc",
        return_place="Quầy số 1, Trung tâm Phục vụ hành chính công",
        register_volume="2026",
        register_number=str(number),
        fees=(FeeLine("Lệ phí đăng ký giám hộ", 50_000, True), FeeLine("Phí trích lục", 8_000, True)),
        lookup_url=f"https://tracuu.example.vn/ho-so?ma={code}",
        desk_phone="02623812345",
    )


def ours_of(content: ReceiptContent) -> bytes:
    """The receipt as the program prints it."""
    return render(content, _form_set())


def weasyprint() -> Rival:
    """The page in HTML and CSS. Raises CannotMeasureError where WeasyPrint is not installed."""
    try:
        from jinja2 import Environment, FileSystemLoader
        from weasyprint import HTML, __version__
        from weasyprint.text.fonts import FontConfiguration
    except (ImportError, OSError) as error:  # OSError: without Pango
        raise CannotMeasureError(f"WeasyPrint is needed: pip install -e .[bench] ({error})") from error
    page = Environment(loader=FileSystemLoader(PAGES), autoescape=True).get_template("receipt.html")
    fonts = FontConfiguration()

    def make(content: ReceiptContent) -> bytes:
        data = page_data(content)
        data["qr"], data["bars"] = (f"data:image/svg+xml,{quote(data[name])}" for name in ("qr", "bars"))
        html = page.render(data, fonts=FONTS.as_uri(), faces=FACES)
        made: bytes = HTML(string=html).write_pdf(font_config=fonts, pdf_variant="pdf/a-2b")
        return made

    return Rival(f"WeasyPrint {__version__}", make)


def typst() -> Rival:
    """The page in Typst. Raises CannotMeasureError where it is not installed."""
    try:
        from importlib.metadata import version

        from typst import Compiler
    except ImportError as error:
        raise CannotMeasureError(f"Typst is needed: pip install -e .[bench] ({error})") from error
    compiler = Compiler(str(PAGES / "receipt.typ"), root=str(PAGES), font_paths=[str(FONTS)], ignore_system_fonts=True)

    def make(content: ReceiptContent) -> bytes:
        data = json.dumps(page_data(content))
        made: bytes = compiler.compile(
            format="pdf", sys_inputs={"data": data}, pdf_standards="a-2b", timestamp=int(content.issued_at.timestamp())
        )
        return made

    return Rival(f"Typst {version('typst')}", make)


def page_data(content: ReceiptContent) -> dict[str, Any]:
    """All texts of the page, and its symbols as SVG."""
    head = content.letterhead
    symbol = QrFields(
        dossier_code=content.dossier_code,
        procedure_code=content.procedure_code,
        identifier=content.identifier,
        paper_name="Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
        system_name=content.system_name,
        issued_at=content.issued_at,
        lookup_url=content.lookup_url,
    )
    qr = zxingcpp.create_barcode(qr_text(symbol), zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    bars = zxingcpp.create_barcode(content.dossier_code, zxingcpp.BarcodeFormat.Code128)
    return {
        "title": f"Giấy tiếp nhận hồ sơ và hẹn trả kết quả {content.dossier_code}",
        "copies": content.copies,
        "qr": qr.to_svg(),
        "bars": bars.to_svg(add_hrt=False),
        "url": content.lookup_url,
        "body": head.governing_body,
        "desk": head.desk_name,
        "number": head.number,
        "place": head.place,
        "day": day_long(head.issued_on),
        "code": content.dossier_code,
        "applicant": content.applicant_name,
        "identifier": content.identifier,
        "address": content.address,
        "phone": content.phone,
        "email": content.email,
        "procedure": content.procedure_name,
        "procedure_code": content.procedure_code,
        "components": [
            [
                str(number),
                line.name,
                "Bản chính" if line.originals else "Bản sao",
                f"{line.originals or line.copies:02d}",
            ]
            for number, line in enumerate(content.components, 1)
        ],
        "limit": content.limit_text,
        "received": moment_long(content.received_at),
        "due": moment_long(content.due or content.received_at),
        "return_place": content.return_place,
        "paid": f"đã nộp {money(sum(fee.amount for fee in content.fees))}",
        "fees": [[str(number), fee.name, digits(fee.amount), "Đã nộp"] for number, fee in enumerate(content.fees, 1)],
        "volume": content.register_volume,
        "register": content.register_number,
        "clerk": content.receiver_name,
        "notes": _notes(content.desk_phone or ""),
    }


@cache
def _form_set() -> Any:
    return form_set_for(DAY)


@cache
def _notes(phone: str) -> list[str]:
    note = _form_set().receipt.blocks[-1]
    return [line.format(desk_phone=phone) for line in note.lines]
