"""Every form of both sets: the labels that forms.md prescribes, in its order, with what the program fills in."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from form_samples import CONTROL, LABEL, NOTICE, PAYMENT, PAYMENT_QR, SAMPLES, STOP, SUPPLEMENT, TRACKING
from paper_samples import CODE, LOOKUP, raster, symbols, tool

import resources
from counter_app.errors import UserError
from printing.content import HandoverStep
from printing.forms import FormSet, form_set_for, form_sets, render

SETS = {"2018": form_set_for(date(2024, 3, 1)), "2025": form_set_for(date(2026, 3, 1))}
LETTERHEAD = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
SLIP_HEAD = ["UBND XÃ EA KAO", "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG", *LETTERHEAD, "Ea Kao, ngày 05 tháng 02 năm 2026"]
LIST_HEAD = [*SLIP_HEAD[:2], "Số: 31", *SLIP_HEAD[2:]]

SUPPLEMENT_LABELS = [
    "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ",
    "Hồ sơ của: H' Ngăm Niê Kdăm",
    "Nội dung yêu cầu giải quyết: Đăng ký giám hộ cho cháu Y Tuấn Êban",
    "Địa chỉ: Buôn Akŏ Dhông, xã Ea Kao, tỉnh Đắk Lắk",
    "Số điện thoại: 0912345678 Email: ngam@example.vn",
    "Yêu cầu hoàn thiện hồ sơ gồm những nội dung sau:",
    "1. Văn bản cử người giám hộ có chứng thực",
    "2. Giấy khai sinh của cháu Y Tuấn Êban (bản sao)",
    "Lý do: Hồ sơ thiếu giấy tờ theo Điều 20 Luật Hộ tịch.",
    "liên hệ với Quầy số 1, số điện thoại: 02623812345",
    "NGƯỜI HƯỚNG DẪN",
    "(Ký và ghi rõ họ tên)",
    "Nguyễn Thị Bích Ngọc",
]
REFUSAL_LABELS = [
    "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ",
    "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG Tiếp nhận hồ sơ của: H' Ngăm Niê Kdăm",
    "Địa chỉ: Buôn Akŏ Dhông, xã Ea Kao, tỉnh Đắk Lắk",
    "Số điện thoại: 0912345678 Email: ngam@example.vn",
    "Nội dung yêu cầu giải quyết: Đăng ký giám hộ cho cháu Y Tuấn Êban",
    "không tiếp nhận, giải quyết hồ sơ này với lý do cụ thể như sau: Việc yêu cầu thuộc thẩm quyền",
    "Xin thông báo cho ông/bà được biết và thực hiện./.",
    "NGƯỜI NỘP HỒ SƠ",
    "Y Thịnh Kbuôr",
    "NGƯỜI TIẾP NHẬN HỒ SƠ",
    "Nguyễn Thị Bích Ngọc",
]
CONTROL_LABELS = [
    "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ",
    "Mã hồ sơ: H15.36-260205-0001",
    "Cơ quan (bộ phận) giải quyết hồ sơ: Phòng Văn hóa - Xã hội",
    "Cơ quan phối hợp giải quyết hồ sơ: Công an xã Ea Kao",
    "TÊN CƠ QUAN",
    "THỜI GIAN GIAO, NHẬN HỒ SƠ",
    "KẾT QUẢ GIẢI QUYẾT HỒ SƠ (Trước hạn / Đúng hạn / Quá hạn)",
    "GHI CHÚ",
    "Giao: Trung tâm Phục vụ hành chính công Nhận: Phòng Văn hóa - Xã hội",
    "08 giờ 30 phút, ngày 05 tháng 02 năm 2026",
    "Người giao Người nhận",
    "□ Trước hạn □ Đúng hạn □ Quá hạn",
    "Giao: Phòng Văn hóa - Xã hội Nhận: Trung tâm Phục vụ hành chính công",
    "09 giờ 05 phút, ngày 09 tháng 02 năm 2026",
    "■ Trước hạn □ Đúng hạn □ Quá hạn",
    "Đủ kết quả.",
    "...... giờ ...... phút, ngày ...... tháng ...... năm",
]
REGISTER_LABELS = [
    "UBND XÃ EA KAO",
    "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG",
    "SỔ THEO DÕI HỒ SƠ",
    "Lĩnh vực: Hộ tịch – Năm: 2026 – Quyển số: 02/2026",
    "STT",
    "Mã hồ sơ",
    "Tên thủ tục hành chính",
    "Số lượng hồ sơ (bộ)",
    "Tên cá nhân, tổ chức",
    "Địa chỉ, số điện thoại",
    "Cơ quan chủ trì giải quyết",
    "Nhận và trả kết quả",
    "Ghi chú",
    "Nhận hồ sơ",
    "Hẹn trả kết quả",
    "Trả kết quả",
    "Phương thức nhận kết quả",
    "Ký nhận",
    "417",
    CODE,
    "Thủ tục đăng ký giám hộ",
    "01",
    "H' Ngăm Niê Kdăm",
    "Buôn Akŏ Dhông, xã Ea Kao 0912345678",
    "Phòng Văn hóa - Xã hội",
    "08:30 05/02/2026",
    "17:00 10/02/2026",
    "09:05 09/02/2026",
    "Tại quầy",
    "Trả sớm",
]
STOP_LABELS = [
    "UBND TỈNH ĐẮK LẮK",
    "UBND XÃ EA KAO",
    "Số: 12",
    *LETTERHEAD,
    "Ea Kao, ngày 09 tháng 01 năm 2026",
    "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ",
    "Kính gửi: H' Ngăm Niê Kdăm",
    "Ngày 05 tháng 02 năm 2026, UBND xã Ea Kao tiếp nhận giải quyết hồ sơ đề nghị giải quyết thủ tục đăng ký giám hộ",
    "mã số: H15.36-260205-0001",
    "Căn cứ dừng giải quyết: Đơn đề nghị dừng ngày 08/02/2026 của người nộp hồ sơ.",
    "Hồ sơ đã giải quyết đến bước: Thẩm tra điều kiện giám hộ.",
    "Giấy tờ trong hồ sơ: Trả lại toàn bộ bản chính cho người nộp.",
    "Phí, lệ phí đã nộp: Hoàn trả 1.250.000 đồng theo Phiếu chi số 17.",
    "xin liên hệ Quầy số 1, số điện thoại: 02623812345",
    "Nơi nhận: - Như trên; - Trung tâm Phục vụ hành chính công xã Ea Kao; - Lưu: VT, hồ sơ.",
    "KT. CHỦ TỊCH PHÓ CHỦ TỊCH (Ký tên, đóng dấu) Y Bhiông Niê",
]
PAYMENT_LABELS = [
    "Mã hồ sơ: H15.36-260205-0001",
    "Hồ sơ của: H' Ngăm Niê Kdăm",
    "Nội dung: Thủ tục đăng ký giám hộ (mã thủ tục: 1.004837)",
    "STT Khoản thu Số tiền (đồng) 1 Lệ phí đăng ký giám hộ 1.250.000 2 Phí trích lục 8.000",
    "Tổng số tiền: 1.258.000 đồng",
    "Viết bằng chữ: Một triệu hai trăm năm mươi tám nghìn đồng",
]
UNPRESCRIBED = {
    "handover_list": [
        *LIST_HEAD,
        "BIÊN BẢN BÀN GIAO HỒ SƠ",
        "(Liên 1: Bên giao)",
        "BG-260209-01",
        "Bên giao: Trung tâm Phục vụ hành chính công xã Ea Kao",
        "Bên nhận: Phòng Văn hóa - Xã hội",
        "Thời gian bàn giao: 09 giờ 05 phút, ngày 09 tháng 02 năm 2026",
        "bàn giao 01 hồ sơ",
        "STT Mã hồ sơ; thủ tục Người nộp Giấy tờ trong hồ sơ Hẹn trả Ghi chú",
        "1 H15.36-260205-0001 Thủ tục đăng ký giám hộ H' Ngăm Niê Kdăm 1. Tờ khai đăng ký giám hộ (01 bản chính) "
        "2. Văn bản cử người giám hộ (01 bản chính, 02 bản sao) 17:00 10/02/2026 Gấp",
        "BÊN GIAO (Ký và ghi rõ họ tên) Nguyễn Thị Bích Ngọc",
        "BÊN NHẬN (Ký và ghi rõ họ tên) Y Bhiông Niê",
    ],
    "payment_note": [
        "PHIẾU THU PHÍ, LỆ PHÍ",
        *PAYMENT_LABELS[:1],
        "Người nộp tiền: Y Thịnh Kbuôr",
        *PAYMENT_LABELS[1:],
        "Hình thức nộp: Chuyển khoản",
        "Thời gian nộp: 09 giờ 05 phút, ngày 09 tháng 02 năm 2026",
        "Biên lai số: 0001234",
        "NGƯỜI NỘP TIỀN (Ký và ghi rõ họ tên) Y Thịnh Kbuôr",
        "NGƯỜI THU TIỀN (Ký và ghi rõ họ tên) Nguyễn Thị Bích Ngọc",
    ],
    "payment_notice": [
        "THÔNG BÁO NỘP PHÍ, LỆ PHÍ",
        *PAYMENT_LABELS[:1],
        "Kính gửi: Y Thịnh Kbuôr",
        *PAYMENT_LABELS[1:],
        "Hạn nộp: ngày 10 tháng 02 năm 2026",
        "Ngân hàng: Vietcombank",
        "Số tài khoản: 1234567890123",
        "Chủ tài khoản: KHO BẠC NHÀ NƯỚC KHU VỰC",
        "Nội dung chuyển khoản: H15362602050001 NOP LE PHI",
        "Biên lai số: ....",
    ],
    "post_label": [
        "NGƯỜI GỬI Trung tâm Phục vụ hành chính công xã Ea Kao",
        "Địa chỉ: Số 12 đường Y Jút, xã Ea Kao, tỉnh Đắk Lắk Điện thoại: 02623812345",
        "NGƯỜI NHẬN H' Ngăm Niê Kdăm",
        "Địa chỉ: Buôn Akŏ Dhông, xã Ea Kao, tỉnh Đắk Lắk Điện thoại: 0912345678",
        f"Mã bưu gửi: {TRACKING}",
        "Mã hồ sơ: H15.36-260205-0001",
        "Bên trong: 01 trích lục đăng ký giám hộ",
        "Thu hộ: 30.000 đồng",
        "Đơn vị vận chuyển: Bưu điện Việt Nam",
    ],
    "return_slip": [
        *SLIP_HEAD,
        "PHIẾU GIAO NHẬN KẾT QUẢ",
        "(Liên 1: Lưu)",
        "Mã hồ sơ: H15.36-260205-0001",
        "Hồ sơ của: H' Ngăm Niê Kdăm",
        "1 Trích lục đăng ký giám hộ 17/2026/TLGH 02",
        "2. Giấy tờ trả lại: STT Tên giấy tờ Bản chính Bản sao 1 Giấy khai sinh của cháu Y Tuấn Êban 01",
        "3. Người nhận: Y Thịnh Kbuôr CCCD/MST: 066090054321",
        "4. Tư cách người nhận: Giấy ủy quyền số 05, chứng thực ngày 06/02/2026",
        "5. Hình thức trả kết quả: Trực tiếp tại quầy",
        "6. Thời gian giao: 09 giờ 05 phút, ngày 09 tháng 02 năm 2026",
        "NGƯỜI NHẬN KẾT QUẢ (Ký và ghi rõ họ tên) Y Thịnh Kbuôr",
        "NGƯỜI TRẢ KẾT QUẢ (Ký và ghi rõ họ tên) Nguyễn Thị Bích Ngọc",
    ],
    "fee_closing": [
        *LIST_HEAD,
        "BẢNG KÊ THU PHÍ, LỆ PHÍ TRONG NGÀY Ngày 09/02/2026",
        "1 Nguyễn Thị Bích Ngọc Tiền mặt 2 1.258.000 1.256.000 -2.000",
        "2 Y Bhiông Niê Chuyển khoản 1 50.000 50.000 0",
        "Tổng số đã ghi: 1.308.000 đồng Tổng số kiểm đếm: 1.306.000 đồng Chênh lệch: -2.000 đồng",
        "Giải trình chênh lệch: Thiếu 2.000 đồng tiền lẻ khi trả lại.",
        f"1 08:30 {CODE} Y Thịnh Kbuôr Nguyễn Thị Bích Ngọc Tiền mặt 0001234 1.250.000",
        "3 09:05 H15.36-260209-0003 Lê Thị Ỷ Y Bhiông Niê Chuyển khoản 50.000",
        "NGƯỜI LẬP",
        "THỦ QUỸ",
        "PHỤ TRÁCH BỘ PHẬN",
    ],
    "apology_list": [
        *LIST_HEAD,
        "DANH SÁCH VĂN BẢN XIN LỖI TRONG THÁNG Tháng 02/2026",
        "Hồ sơ quá hạn: 2; đã gửi văn bản xin lỗi: 1; chưa có văn bản xin lỗi đã gửi: 1.",
        "1 UBND xã Ea Kao 1 1 0 2 Phòng Tư pháp 1 0 1",
        f"1 {CODE} H' Ngăm Niê Kdăm Thủ tục đăng ký giám hộ UBND xã Ea Kao 17:00 10/02/2026 12 09/02/2026 "
        "09:05 09/02/2026 16:30 13/03/2026 Phải xác minh thêm tại nơi cư trú trước đây.",
        "2 H15.36-260105-0007 Trần Văn Ứng Cấp bản sao trích lục hộ tịch Phòng Tư pháp 09:05 09/02/2026 Chưa có",
    ],
}
SLIP = {"2018": ["Số: 125/BPTNTKQ"], "2025": ["Số: 125/TTPVHCC"]}
SOURCE = {"2018": "Thông tư 01/2018/TT-VPCP", "2025": "Thông tư 03/2025/TT-VPCP"}
PRESCRIBED = [
    ("2018", "supplement_request", "02", SLIP_HEAD + SLIP["2018"], SUPPLEMENT_LABELS),
    ("2025", "supplement_request", "02", SLIP_HEAD + SLIP["2025"], SUPPLEMENT_LABELS),
    ("2018", "refusal", "03", SLIP_HEAD + SLIP["2018"], REFUSAL_LABELS),
    ("2025", "refusal", "03", SLIP_HEAD + SLIP["2025"], REFUSAL_LABELS),
    ("2025", "stop_notice", "05", [], STOP_LABELS),
    ("2018", "control_slip", "05", SLIP_HEAD + SLIP["2018"], CONTROL_LABELS),
    ("2025", "control_slip", "06", SLIP_HEAD + SLIP["2025"], CONTROL_LABELS),
    ("2018", "register", "06", [], REGISTER_LABELS),
    ("2025", "register", "07", [], REGISTER_LABELS),
]
ON_PAPER = {
    "supplement_request": (148, 210),
    "refusal": (148, 210),
    "stop_notice": (210, 297),
    "control_slip": (148, 210),
    "register": (297, 210),
    "handover_list": (210, 297),
    "payment_note": (148, 210),
    "payment_notice": (148, 210),
    "post_label": (100, 150),
    "return_slip": (148, 210),
    "fee_closing": (210, 297),
    "apology_list": (297, 210),
}


def as_drawn(pdf: bytes, folder: Path) -> str:
    """The text in the order in which it was drawn: cell by cell, whatever stands beside it."""
    (folder / "paper.pdf").write_bytes(pdf)
    return " ".join(tool("pdftotext", "-raw", str(folder / "paper.pdf"), "-").split())


def missing_in_order(text: str, wanted: list[str]) -> list[str]:
    """Those of *wanted* that do not stand in *text* behind the ones before them."""
    lost, at = [], 0
    for each in wanted:
        found = text.find(each, at)
        if found < 0:
            lost.append(each)
        else:
            at = found + len(each)
    return lost


@pytest.mark.parametrize(
    ("which", "form", "number", "head", "labels"), PRESCRIBED, ids=[f"{row[1]}-{row[0]}" for row in PRESCRIBED]
)
def test_prescribed_form_shows_each_label_of_the_circular(
    which: str, form: str, number: str, head: list[str], labels: list[str], tmp_path: Path
) -> None:
    text = as_drawn(render(SAMPLES[form], SETS[which]), tmp_path)
    assert [each for each in head if each not in text] == []
    assert missing_in_order(text, labels) == []
    assert f"Mẫu số {number} – {SOURCE[which]}" in text


@pytest.mark.parametrize("form", UNPRESCRIBED)
def test_paper_of_the_desk_shows_what_it_is_for(form: str, tmp_path: Path) -> None:
    text = as_drawn(render(SAMPLES[form], SETS["2025"]), tmp_path)
    assert [each for each in UNPRESCRIBED[form] if each not in text] == []
    assert "Mẫu số" not in text


@pytest.mark.parametrize("which", SETS)
@pytest.mark.parametrize("form", ON_PAPER)
def test_each_form_has_its_paper(form: str, which: str) -> None:
    if (form, which) == ("stop_notice", "2018"):
        return
    document = pypdfium2.PdfDocument(render(SAMPLES[form], SETS[which]))
    try:
        sizes = {tuple(round(side / 72 * 25.4) for side in page.get_size()) for page in document}
    finally:
        document.close()
    assert sizes == {ON_PAPER[form]}


def test_the_set_of_2018_has_no_stop_notice() -> None:
    with pytest.raises(ValueError, match="2018 has no stop notice"):
        render(STOP, SETS["2018"])


@pytest.mark.parametrize(
    "form", ["supplement_request", "refusal", "stop_notice", "control_slip", "payment_note", "return_slip"]
)
def test_codes_of_a_dossier_are_read_back_with_the_qr_at_the_top_left(form: str) -> None:
    page = raster(render(SAMPLES[form], SETS["2025"]))
    assert symbols(page)["Code 128"] == CODE
    corner = page.crop((0, 0, page.width // 3, page.height // 4))
    assert symbols(corner)["QR Code"].startswith(LOOKUP)


def test_codes_of_a_hand_over_list_are_its_own() -> None:
    found = symbols(raster(render(SAMPLES["handover_list"], SETS["2025"])))
    assert found == {"QR Code": "BG-260209-01", "Code 128": "BG-260209-01"}


def test_label_carries_the_tracking_code_and_no_other(tmp_path: Path) -> None:
    assert symbols(raster(render(LABEL, SETS["2025"]))) == {"Code 128": TRACKING}
    unknown = render(replace(LABEL, tracking_code=None, collect=None), SETS["2025"])
    assert symbols(raster(unknown)) == {}
    text = as_drawn(unknown, tmp_path)
    assert "Mã bưu gửi: ...." in text
    assert "Thu hộ" not in text


def test_notice_to_pay_shows_the_payment_qr_only_with_a_payload(tmp_path: Path) -> None:
    page = raster(render(NOTICE, SETS["2025"]))
    lower = page.crop((0, page.height // 4, page.width, page.height))
    assert symbols(lower)["QR Code"] == PAYMENT_QR
    bare = render(replace(NOTICE, payment_qr=None), SETS["2025"])
    assert "VietQR" not in as_drawn(bare, tmp_path)


def test_note_of_a_payment_says_when_it_was_paid_and_leaves_room_for_the_receipt_number(tmp_path: Path) -> None:
    text = as_drawn(render(replace(PAYMENT, official_receipt=None), SETS["2025"]), tmp_path)
    assert "PHIẾU THU" in text
    assert "Biên lai số: ...." in text
    assert "THÔNG BÁO" not in text


def test_control_slip_keeps_rows_to_be_written_by_hand(tmp_path: Path) -> None:
    one = replace(CONTROL, handovers=CONTROL.handovers[:1])
    text = as_drawn(render(one, SETS["2025"]), tmp_path)
    assert text.count("Người giao Người nhận") == 4
    assert text.count("Giao: ....") == 3
    many = replace(CONTROL, handovers=tuple(HandoverStep(giver=f"Đơn vị {index}") for index in range(6)))
    assert as_drawn(render(many, SETS["2025"]), tmp_path).count("Người giao Người nhận") == 6


def test_unknown_contact_of_a_supplement_request_is_the_guide_and_the_desk(tmp_path: Path) -> None:
    text = as_drawn(render(replace(SUPPLEMENT, contact_name=None), SETS["2025"]), tmp_path)
    assert "liên hệ với Nguyễn Thị Bích Ngọc, số điện thoại: 02623812345" in text
    bare = as_drawn(render(replace(SUPPLEMENT, desk_phone=None, email=None), SETS["2025"]), tmp_path)
    assert "Quầy số 1, số điện thoại: ...." in bare
    assert "Email: ...." in bare


@pytest.mark.parametrize("form", SAMPLES)
def test_full_papers_leave_no_dots(form: str, tmp_path: Path) -> None:
    text = as_drawn(render(SAMPLES[form], SETS["2025"]), tmp_path)
    by_hand = {"control_slip", "payment_notice"}  # rows to come; the number of a receipt not yet given
    assert ("...." in text) == (form in by_hand)


def test_the_same_content_gives_the_same_bytes_in_another_process() -> None:
    program = (
        "import hashlib; from datetime import date; from form_samples import SAMPLES; "
        "from printing.forms import form_set_for, render; chosen = form_set_for(date(2026, 3, 1)); "
        "print(*(hashlib.sha256(render(each, chosen)).hexdigest() for each in SAMPLES.values()))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        env={"PYTHONPATH": ":".join(filter(None, sys.path)), "PYTHONHASHSEED": "7"},
    )
    ours = [hashlib.sha256(render(each, SETS["2025"])).hexdigest() for each in SAMPLES.values()]
    assert run.stdout.split() == ours


OLD_SET = """
id = "{id}"
regulation = "Thông tư 99/2027/TT-VPCP"
valid_from = {day}
"""


def _own_set(folder: Path, identity: str, day: str) -> FormSet:
    """An office's file of before there were more forms: receipt and apology alone."""
    shipped = resources.read_bytes("forms", "2025.toml").decode()
    receipt = shipped[shipped.index("[receipt]") : shipped.index("[stop_notice]")]
    (folder / "own.toml").write_text(OLD_SET.format(id=identity, day=day) + receipt, encoding="utf-8")
    return next(each for each in form_sets(folder) if each.id == identity)


def test_an_old_file_of_an_office_takes_the_missing_forms_from_the_set_before_it(tmp_path: Path) -> None:
    own = _own_set(tmp_path, "2027", "2027-01-01")
    assert own.supplement_request.title == SETS["2025"].supplement_request.title
    assert own.stop_notice is not None
    text = as_drawn(render(SUPPLEMENT, own), tmp_path)
    assert "Mẫu số 02 – Thông tư 03/2025/TT-VPCP" in text
    receipt = as_drawn(render(SAMPLES["receipt"], own), tmp_path)
    assert "Mẫu số 01 – Thông tư 99/2027/TT-VPCP" in receipt


def test_an_old_file_in_the_place_of_a_shipped_set_takes_that_set_s_forms(tmp_path: Path) -> None:
    own = _own_set(tmp_path, "2018", "2018-11-23")
    assert own.stop_notice is None
    assert own.control_slip.number == "05"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('rows = "handovers"', 'rows = "handover"', "unknown rows"),
        ('text = "{note}"', 'text = "{nothing}"', "nothing"),
        ('head = "register"', 'head = "none at all"', "register → head"),
    ],
)
def test_a_broken_table_is_told_with_its_file(tmp_path: Path, old: str, new: str, told: str) -> None:
    shipped = resources.read_bytes("forms", "2025.toml").decode()
    assert old in shipped
    (tmp_path / "mau-rieng.toml").write_text(shipped.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UserError) as refused:
        form_sets(tmp_path)
    assert "mau-rieng.toml" in refused.value.message
    assert told in refused.value.message
