"""The prescribed forms as they come out of the printer: read with poppler and a barcode reader."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from unicodedata import normalize
from urllib.parse import parse_qs, urlsplit

import pypdfium2
import pytest
from form_samples import STOP
from paper_samples import APOLOGY, CODE, LOOKUP, RECEIPT, long_receipt, raster, symbols, text_of, tool

import resources
from counter_app.errors import UserError
from printing.codes import masked
from printing.content import APOLOGY_COPY, APOLOGY_FILE_COPY, RECEIPT_COPIES, ComponentLine
from printing.forms import (
    FormSet,
    form_set_for,
    form_sets,
    render,
    render_test_page,
)
from printing.wording import money

SET_2018 = form_set_for(date(2024, 3, 1))
SET_2025 = form_set_for(date(2026, 3, 1))

RECEIPT_BOTH = [
    "UBND XÃ EA KAO",
    "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "Ea Kao, ngày 05 tháng 02 năm 2026",
    "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
    "Mã hồ sơ: H15.36-260205-0001",
    "Tiếp nhận hồ sơ của: H' Ngăm Niê Kdăm",
    "Địa chỉ: Buôn Akŏ Dhông, xã Ea Kao, tỉnh Đắk Lắk",
    "Số điện thoại: 0912345678 Email: ngam@example.vn",
    "Nội dung yêu cầu giải quyết: Đăng ký giám hộ cho cháu Y Tuấn Êban",
    "1.004837",
    "Tờ khai đăng ký giám hộ theo mẫu",
    "Số lượng hồ sơ: 01 (bộ)",
    "Thời gian giải quyết hồ sơ theo quy định là: 03 ngày làm việc",
    "Thời gian nhận hồ sơ: 08 giờ 30 phút, ngày 05 tháng 02 năm 2026",
    "Thời gian trả kết quả giải quyết hồ sơ: 17 giờ 00 phút, ngày 10 tháng 02 năm 2026",
    "Quầy số 1, Trung tâm Phục vụ hành chính công",
    "đã nộp 1.250.000 đồng; còn phải nộp 8.000 đồng",
    "Nộp phần còn lại khi nhận kết quả.",
    "Vào Sổ theo dõi hồ sơ, Quyển số: 02/2026 Số thứ tự: 417",
    "NGƯỜI NỘP HỒ SƠ",
    "NGƯỜI TIẾP NHẬN HỒ SƠ",
    "(Ký và ghi rõ họ tên)",
    "Y Thịnh Kbuôr",
    "Nguyễn Thị Bích Ngọc",
    "02623812345",
    f"Tra cứu: {LOOKUP}",
]
RECEIPT_2018 = [
    "Số: 125/BPTNTKQ",
    "Thành phần hồ sơ nộp gồm:",
    "2. Văn bản cử người giám hộ (01 bản chính, 02 bản sao)",
    "3. Giấy tờ chứng minh điều kiện giám hộ (03 bản sao)",
    "Đăng ký nhận kết quả tại:",
    "Mẫu số 01 – Thông tư 01/2018/TT-VPCP",
]
RECEIPT_2025 = [
    "Số: 125/TTPVHCC",
    "CCCD/MST: 066190012345",
    "Thủ tục hành chính cần giải quyết: Thủ tục đăng ký giám hộ",
    "1. Thành phần hồ sơ, yêu cầu và số lượng mỗi loại giấy tờ gồm:",
    "STT",
    "Tên giấy tờ",
    "Số lượng",
    "2. Số lượng hồ sơ:",
    "3. Thời gian nhận hồ sơ:",
    "4. Thời gian trả kết quả giải quyết hồ sơ:",
    "5. Đăng ký trả kết quả tại:",
    "6. Phí, lệ phí (nếu có):",
    "vui lòng mang theo giấy này và CCCD",
    "Mẫu số 01 – Thông tư 03/2025/TT-VPCP",
]
APOLOGY_BOTH = [
    "UBND TỈNH ĐẮK LẮK",
    "UBND XÃ EA KAO",
    "Ea Kao, ngày 09 tháng 01 năm 2026",
    "Kính gửi: H' Ngăm Niê Kdăm",
    "Ngày 05 tháng 02 năm 2026, UBND xã Ea Kao tiếp nhận giải quyết hồ sơ",
    "đề nghị giải quyết thủ tục đăng ký giám hộ (mã thủ tục",
    "mã số: H15.36-260205-0001",
    "Thời gian hẹn trả kết quả giải quyết hồ sơ: 17 giờ 00 phút, ngày 10 tháng 02 năm 2026",
    "Lý do: Phải xác minh thêm tại nơi cư trú trước đây.",
    "16 giờ 30 phút, ngày 13 tháng 3 năm 2026",
    "xin lỗi Ông/Bà/Tổ chức",
    "Mong nhận được sự thông cảm",
    "Nơi nhận:",
    "- Như trên;",
    "- Trung tâm Phục vụ hành chính công xã Ea Kao;",
    "KT. CHỦ TỊCH PHÓ CHỦ TỊCH",
    "(Ký tên, đóng dấu)",
    "Y Bhiông Niê",
]


def page_sizes(pdf: bytes) -> set[tuple[int, int]]:
    """Sizes of all pages in millimetres."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return {tuple(round(side / 72 * 25.4) for side in page.get_size()) for page in document}  # type: ignore[misc]
    finally:
        document.close()


def page_count(pdf: bytes) -> int:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


@pytest.mark.parametrize(
    ("day", "regulation"),
    [
        (date(2017, 1, 1), "Thông tư 01/2018/TT-VPCP"),
        (date(2025, 6, 30), "Thông tư 01/2018/TT-VPCP"),
        (date(2025, 7, 1), "Thông tư 03/2025/TT-VPCP"),
        (date(2031, 1, 1), "Thông tư 03/2025/TT-VPCP"),
    ],
)
def test_the_day_of_issue_chooses_the_set(day: date, regulation: str) -> None:
    assert form_set_for(day).regulation == regulation


@pytest.mark.parametrize(("form_set", "own"), [(SET_2018, RECEIPT_2018), (SET_2025, RECEIPT_2025)])
def test_receipt_shows_every_field_on_both_copies(form_set: FormSet, own: list[str], tmp_path: Path) -> None:
    pdf = render(RECEIPT, form_set)
    pages = page_count(pdf) // 2
    for number, copy in enumerate(RECEIPT_COPIES):
        text = text_of(pdf, tmp_path, first=1 + number * pages, last=(number + 1) * pages)
        missing = [wanted for wanted in [*RECEIPT_BOTH, *own, copy] if wanted not in text]
        assert missing == []
        assert RECEIPT_COPIES[1 - number] not in text
        assert text == normalize("NFC", text)
        assert "Bản in lại" not in text


def test_tables_pair_each_paper_with_its_count_and_each_fee_with_its_state(tmp_path: Path) -> None:
    text = text_of(render(RECEIPT, SET_2025), tmp_path, last=1, rows=True)
    assert "1 Tờ khai đăng ký giám hộ theo mẫu Bản chính 01" in text
    assert "3 Giấy tờ chứng minh điều kiện giám hộ Bản sao 03" in text
    assert "1 Lệ phí đăng ký giám hộ 1.250.000 Đã nộp" in text
    assert "2 Phí trích lục 8.000 Chưa nộp" in text


@pytest.mark.parametrize(
    ("form_set", "own"),
    [
        (SET_2018, ["Số: 12/PXL", "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ", "Thông tư 01/2018/TT-VPCP"]),
        (
            SET_2025,
            [
                "VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT",
                "đề nghị gia hạn thời gian giải quyết",
                "Thông tư 03/2025/TT-VPCP",
            ],
        ),
    ],
)
def test_apology_shows_every_field_and_the_unit_on_the_file_copy_only(
    form_set: FormSet, own: list[str], tmp_path: Path
) -> None:
    pdf = render(APOLOGY, form_set)
    assert page_count(pdf) == 2
    texts = [text_of(pdf, tmp_path, first=page, last=page) for page in (1, 2)]
    for text, copy in zip(texts, (APOLOGY_COPY, APOLOGY_FILE_COPY), strict=True):
        assert [wanted for wanted in [*APOLOGY_BOTH, *own, copy] if wanted not in text] == []
    assert "Phòng Văn hóa - Xã hội" not in texts[0]
    assert "Bộ phận, đơn vị chịu trách nhiệm: Phòng Văn hóa - Xã hội" in texts[1]


def test_apology_without_a_named_signer_keeps_the_prescribed_heading(tmp_path: Path) -> None:
    text = text_of(render(replace(APOLOGY, signer_title=None), SET_2018), tmp_path)
    assert "THỦ TRƯỞNG CƠ QUAN, ĐƠN VỊ (Ký tên, đóng dấu)" in text


def test_papers_are_a5_slips_and_the_2025_apology_an_a4_letter() -> None:
    assert page_sizes(render(RECEIPT, SET_2018)) == {(148, 210)}
    assert page_sizes(render(RECEIPT, SET_2025)) == {(148, 210)}
    assert page_sizes(render(APOLOGY, SET_2018)) == {(148, 210)}
    assert page_sizes(render(APOLOGY, SET_2025)) == {(210, 297)}


@pytest.mark.parametrize(
    "pdf",
    [render(RECEIPT, SET_2018), render(APOLOGY, SET_2025), render_test_page()],
    ids=["receipt", "apology", "test page"],
)
def test_every_font_is_embedded_as_a_subset_that_can_be_searched(pdf: bytes, tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(pdf)
    rows = tool("pdffonts", str(tmp_path / "paper.pdf")).splitlines()[2:]
    assert rows
    for row in rows:
        assert "Tinos" in row
        assert row.split()[-5:-2] == ["yes", "yes", "yes"]  # embedded, subset, to Unicode


@pytest.mark.parametrize(
    "pdf",
    [
        render(RECEIPT, SET_2018),
        render(RECEIPT, SET_2025),
        render(APOLOGY, SET_2018),
        render(APOLOGY, SET_2025),
    ],
    ids=["receipt 2018", "receipt 2025", "apology 2018", "apology 2025"],
)
def test_codes_are_read_back_and_the_qr_stands_top_left(pdf: bytes) -> None:
    page = raster(pdf)
    found = symbols(page)
    assert found["Code 128"] == CODE
    assert found["QR Code"].startswith(LOOKUP)
    corner = page.crop((0, 0, page.width // 3, page.height // 4))
    assert "QR Code" in symbols(corner)


def test_qr_holds_the_prescribed_fields_but_only_the_end_of_the_personal_number() -> None:
    text = symbols(raster(render(RECEIPT, SET_2025)))["QR Code"]
    fields = parse_qs(urlsplit(text).fragment)
    assert fields == {
        "MaTTHC": ["1.004837"],
        "DinhDanh": ["2345"],
        "TenGiay": ["Giấy tiếp nhận hồ sơ và hẹn trả kết quả"],
        "HeThong": [RECEIPT.system_name],
        "CapLuc": ["2026-02-05T08:31+0700"],
    }
    assert "066190012345" not in text
    whole = symbols(raster(render(replace(RECEIPT, identifier_in_qr=True), SET_2025)))["QR Code"]
    assert "DinhDanh=066190012345" in whole


def test_qr_without_a_lookup_page_still_holds_the_code(tmp_path: Path) -> None:
    pdf = render(replace(RECEIPT, lookup_url=None), SET_2025)
    assert symbols(raster(pdf))["QR Code"].splitlines()[0] == CODE
    assert "Tra cứu: http" not in text_of(pdf, tmp_path)


def test_qr_keeps_the_route_of_a_page_that_lives_in_its_fragment() -> None:
    address = f"https://tracuu.example.vn/#/ho-so?ma={CODE}"
    text = symbols(raster(render(replace(RECEIPT, lookup_url=address), SET_2025)))["QR Code"]
    assert text.startswith(f"{address}&MaTTHC=1.004837&")


def test_masking_keeps_four_digits_of_a_tax_code_with_a_branch() -> None:
    assert masked("0312345678-001") == "8001"


def test_unknown_values_keep_a_dotted_line_and_known_ones_none(tmp_path: Path) -> None:
    bare = replace(
        RECEIPT, address=None, phone=" ", email=None, due=None, register_volume=None, payment_note=None, fees=()
    )
    text = text_of(render(bare, SET_2025), tmp_path)
    for label in ("Địa chỉ: ....", "Số điện thoại: ....", "Email: ....", "Quyển số: ...."):
        assert label in text
    assert "giải quyết hồ sơ: ...... giờ ...... phút, ngày ...... tháng ...... năm ......" in text
    assert "6. Phí, lệ phí (nếu có): không" in text
    assert "Số thứ tự: 417" in text
    assert "...." not in text_of(render(RECEIPT, SET_2025), tmp_path)


def test_dots_end_the_line_of_an_indented_paragraph(tmp_path: Path) -> None:
    text = text_of(render(replace(STOP, papers=None), SET_2025), tmp_path)
    assert "Giấy tờ trong hồ sơ: ....." in text  # on a line of their own the words before them would be torn apart


def test_reprint_is_marked_on_every_page_of_every_copy(tmp_path: Path) -> None:
    pdf = render(replace(long_receipt(), reprint=True), SET_2025)
    for page in range(1, page_count(pdf) + 1):
        assert "Bản in lại" in text_of(pdf, tmp_path, first=page, last=page)


@pytest.mark.parametrize("form_set", [SET_2018, SET_2025], ids=["2018", "2025"])
def test_nothing_is_cut_when_everything_is_long(form_set: FormSet, tmp_path: Path) -> None:
    content = long_receipt()
    pdf = render(content, form_set)
    pages = page_count(pdf)
    text = text_of(pdf, tmp_path)
    assert text.count(content.applicant_name) >= 2
    for index in range(1, 31):
        assert text.count(f"Đầu{index:02d}") == 2
        assert text.count(f"cuối{index:02d}.") == 2
    assert f"Liên 2: Giao người nộp · Trang {pages // 2}/{pages // 2}" in text


def test_head_row_of_the_components_comes_again_on_each_page(tmp_path: Path) -> None:
    pdf = render(replace(long_receipt(), copies=("Liên 1: Lưu",)), SET_2025)
    with_rows = [
        text
        for page in range(1, page_count(pdf) + 1)
        if "cuối" in (text := text_of(pdf, tmp_path, first=page, last=page))
    ]
    assert len(with_rows) > 3
    assert [text.count("Tên giấy tờ") for text in with_rows] == [1] * len(with_rows)


def test_a_name_longer_than_a_page_is_printed_whole(tmp_path: Path) -> None:
    name = "Bản sao hợp đồng chuyển nhượng có chứng thực; " * 150 + "HẾT TÊN."
    content = replace(RECEIPT, components=(ComponentLine(name, 1, 0),), copies=("Liên 1: Lưu",))
    text = text_of(render(content, SET_2025), tmp_path)
    assert text.count("nhượng") == 150
    assert "HẾT TÊN." in text


@pytest.mark.parametrize("form_set", [SET_2018, SET_2025], ids=["2018", "2025"])
def test_a_long_reason_flows_on(form_set: FormSet, tmp_path: Path) -> None:
    reason = ("Cơ quan phối hợp chưa trả lời. " * 80)[:1990] + "HẾT LÝ DO."
    text = text_of(render(replace(APOLOGY, reason=reason), form_set), tmp_path)
    assert text.count("HẾT LÝ DO.") == 2
    assert text.count("Cơ quan phối hợp chưa trả lời.") == 2 * reason.count("Cơ quan phối hợp chưa trả lời.")


def test_no_ink_leaves_the_printable_area() -> None:
    pdf = render(long_receipt(), SET_2025)
    for number in range(page_count(pdf)):
        page = raster(pdf, number, dpi=100).convert("L").point(lambda tone: 255 if tone < 128 else 0)
        left, top, right, bottom = page.getbbox()  # type: ignore[misc]
        margin = 5 / 25.4 * 100
        assert left > margin
        assert top > margin
        assert right < page.width - margin
        assert bottom < page.height - margin


def test_marks_of_markup_in_a_name_are_printed_as_they_are(tmp_path: Path) -> None:
    pdf = render(replace(RECEIPT, applicant_name="Công ty <b>A & B</b> {due}"), SET_2025)
    assert "Tiếp nhận hồ sơ của: Công ty <b>A & B</b> {due}" in text_of(pdf, tmp_path)


def test_decomposed_letters_are_printed_composed(tmp_path: Path) -> None:
    loose = normalize("NFD", "Nguyễn Thị Hường")
    assert loose != "Nguyễn Thị Hường"
    pdf = render(replace(RECEIPT, applicant_name=loose), SET_2025)
    assert "Tiếp nhận hồ sơ của: Nguyễn Thị Hường" in text_of(pdf, tmp_path)


def test_times_are_printed_in_vietnamese_time_and_a_naive_time_is_refused(tmp_path: Path) -> None:
    late = datetime(2026, 2, 5, 23, 5, tzinfo=UTC)
    text = text_of(render(replace(RECEIPT, received_at=late), SET_2025), tmp_path)
    assert "Thời gian nhận hồ sơ: 06 giờ 05 phút, ngày 06 tháng 02 năm 2026" in text
    with pytest.raises(ValueError, match="time zone"):
        render(replace(RECEIPT, received_at=late.replace(tzinfo=None)), SET_2025)


def test_metadata_names_title_and_code(tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(render(RECEIPT, SET_2025))
    info = tool("pdfinfo", str(tmp_path / "paper.pdf"))
    assert f"Giấy tiếp nhận hồ sơ và hẹn trả kết quả {CODE}" in info


def test_an_office_corrects_wording_and_adds_a_newer_set(tmp_path: Path) -> None:
    shipped = resources.read_bytes("forms", "2025.toml").decode()
    (tmp_path / "own.toml").write_text(shipped.replace("Khoản thu", "Tên khoản thu"), encoding="utf-8")
    newer = shipped.replace('id = "2025"', 'id = "2027"').replace("2025-07-01", "2027-01-01")
    (tmp_path / "newer.toml").write_text(newer, encoding="utf-8")

    assert [each.id for each in form_sets(tmp_path)] == ["2018", "2025", "2027"]
    assert form_set_for(date(2027, 1, 1), tmp_path).id == "2027"
    corrected = text_of(render(RECEIPT, form_set_for(date(2026, 1, 1), tmp_path)), tmp_path)
    assert "Tên khoản thu" in corrected


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{dossier_code}", "{dosier_code}", "dosier_code"),
        ("<b>{desk_name}</b>", "<b>{desk_name}", "not well formed"),
        ('paper = "A5"', 'paper = "A7"', "receipt → paper"),
        ("[receipt]", "[receipt", "Sửa lại tệp"),
    ],
)
def test_a_broken_set_is_refused_with_the_name_of_its_file(tmp_path: Path, old: str, new: str, told: str) -> None:
    shipped = resources.read_bytes("forms", "2025.toml").decode()
    assert old in shipped
    (tmp_path / "mau-rieng.toml").write_text(shipped.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UserError) as refused:
        form_sets(tmp_path)
    assert refused.value.kind == "form_set_invalid"
    assert "mau-rieng.toml" in refused.value.message
    assert told in refused.value.message


def test_money_is_written_with_points() -> None:
    assert money(1_250_000) == "1.250.000 đồng"
