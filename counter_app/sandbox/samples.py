"""Sample data for training: an online dossier as an applicant would file it, steps, a result, a day off."""

from __future__ import annotations

import io
import random
from datetime import UTC, datetime
from typing import Final

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen import canvas

from counter_app.errors import UserError
from counter_app.sandbox.catalogue import Catalogue
from counter_app.sandbox.feed import push
from counter_app.sandbox.fields import VIETNAM, Item, wire_time
from counter_app.sandbox.store import Store
from counter_app.sandbox.uploads import keep_file

SAMPLES: Final = ("HoSoMoi", "TienDo", "KetQua", "TTHC", "Lich")

_PEOPLE: Final = (
    ("Nguyễn Thị Hạnh", "066185004321", "0905123456"),
    ("Y Blăk Niê", "066090007654", "0914222333"),
    ("H' Ngăm Niê Kdăm", "066190012345", "0912345678"),
    ("Trần Quốc Khánh", "054078001122", "0983456789"),
    ("Phạm Thị Mỹ Duyên", "066301009988", "0977111222"),
)
_ANY_PROCEDURE: Final[Item] = {
    "MATTHC": "1.004837",
    "TENTTHC": "Thủ tục đăng ký giám hộ",
    "MALINHVUC": "LV094",
    "TENLINHVUC": "Hộ tịch",
}


def push_sample(
    store: Store,
    catalogue: Catalogue,
    kind: str,
    now: float,
    *,
    code: str = "",
    procedure: str = "",
    office: str = "H15.36",
    status: str = "4",
) -> str:
    """Put a sample entry into the feed; the dossier's code it concerns ("" for TTHC and Lich).

    TienDo (with ``status``) and KetQua want the ``code`` of a dossier that the portal knows; HoSoMoi and
    TTHC take a ``procedure`` of the catalogue, any of a commune by default. UserError
    ``dossier_unknown``, ``procedure_unknown``, ``feed_invalid``.
    """
    moment = datetime.fromtimestamp(now, UTC)
    if kind == "HoSoMoi":
        return _push_dossier(store, _choose(catalogue, procedure), moment, office)
    if kind in ("TienDo", "KetQua"):
        if store.dossier(code) is None:
            raise UserError("dossier_unknown", f"Trên cổng chưa có hồ sơ «{code}». Hãy kiểm tra lại mã hồ sơ.")
        data = _step(code, status, moment) if kind == "TienDo" else _result(store, code, moment)
        push(store, kind, code, data, now)
        return code
    if kind == "TTHC":
        push(store, kind, "", _choose(catalogue, procedure) | {"CAPNHAT": wire_time(moment)}, now)
        return ""
    year = moment.astimezone(VIETNAM).year + 1
    push(store, kind, "", {"Nam": str(year), "NgayNghi": [f"{year}0101", f"{year}0430"], "LamBu": []}, now)
    return ""


def _choose(catalogue: Catalogue, code: str) -> Item:
    if code:
        found = catalogue.get(code)
        if found is None:
            raise UserError(
                "procedure_unknown", f"Danh mục của cổng không có thủ tục «{code}». Hãy chọn mã thủ tục khác."
            )
        return found
    online = [
        item
        for item in map(catalogue.get, catalogue.codes())
        if item and item["CAPTHUCHIEN"] == "3" and any(way["KENH"] == "2" for way in item["CACHTHUCTHUCHIEN"])
    ]
    return random.choice(online) if online else _ANY_PROCEDURE


def _push_dossier(store: Store, procedure: Item, moment: datetime, office: str) -> str:
    day = moment.astimezone(VIETNAM)
    # Five digits: no desk's range (four digits) reaches them.
    used = store.rows(
        "SELECT max(code) AS last FROM dossier WHERE code GLOB ?", f"{office}-{day:%y%m%d}-[0-9][0-9][0-9][0-9][0-9]"
    )[0]["last"]
    number = int(used.rsplit("-", 1)[1]) + 1 if used else 90001
    code = f"{office}-{day:%y%m%d}-{number}"
    name, personal_number, phone = random.choice(_PEOPLE)
    papers = (procedure.get("THANHPHANHOSO") or [{"GIAYTO": []}])[0]["GIAYTO"][:2]
    files = []
    for index, paper in enumerate(papers or [{"MAGIAYTO": "TP01"}], start=1):
        title = f"don-{index}.pdf"
        address, digest = keep_file(store, title, _sample_pdf(f"{code} {paper['MAGIAYTO']}"), moment.timestamp())
        files.append(
            {
                "TepDinhKemId": digest,
                "TenTepDinhKem": title,
                "IsDeleted": "0",
                "MaThanhPhanHoSo": paper["MAGIAYTO"],
                "DuongDanTaiTepTin": address,
                "DuocSoHoa": "0",
                "DuocTaiSuDung": "0",
                "DuocLayTuKhoDMQG": "0",
                "MaKetQuaThayThe": "",
            }
        )
    dossier = {
        "MaHoSo": code,
        "MaTTHC": procedure["MATTHC"],
        "TenTTHC": procedure["TENTTHC"],
        "MaLinhVuc": procedure["MALINHVUC"],
        "TenLinhVuc": procedure["TENLINHVUC"],
        "KenhThucHien": "2",
        "ChuHoSo": name,
        "LoaiDoiTuong": "1",
        "SoGiayToChuHoSo": personal_number,
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": personal_number}],
        "SoDienThoai": phone,
        "TrichYeuHoSo": procedure["TENTTHC"],
        "NgayNopHoSo": wire_time(moment),
        # Required of every dossier; of one not yet received it can only be the moment of filing.
        "NgayTiepNhan": wire_time(moment),
        "NgayHenTra": "",
        "TrangThaiHoSo": "1",
        "HinhThuc": "2",
        "DonViXuLy": office,
        "NoiNopHoSo": "1",
        "HoSoCoThanhPhanSoHoa": "0",
        "TaiKhoanDuocXacThucVoiVNeID": "1",
        "DuocThanhToanTrucTuyen": "0",
        "GhiChu": "Hồ sơ mẫu để tập huấn",
        "TaiLieuNop": files,
    }
    push(store, "HoSoMoi", code, dossier, moment.timestamp())
    return code


def _step(code: str, status: str, moment: datetime) -> Item:
    return {
        "MaHoSo": code,
        "NguoiXuLy": "Lê Văn Chuyên",
        "ChucDanh": "Công chức Tư pháp - Hộ tịch",
        "ThoiDiemXuLy": wire_time(moment),
        "PhongBanXuLy": "Văn phòng HĐND và UBND",
        "NoiDungXuLy": "Bước xử lý mẫu để tập huấn",
        "TrangThai": status,
        "NgayBatDau": wire_time(moment),
        "NgayKetThucTheoQuyDinh": "",
    }


def _result(store: Store, code: str, moment: datetime) -> Item:
    address, digest = keep_file(store, f"{code}-KQ1.pdf", _sample_pdf(f"{code}-KQ1"), moment.timestamp())
    paper = {
        "TenGiayTo": "Kết quả giải quyết (bản mẫu)",
        "MaThanhPhanHoSo": "",
        "GiayToId": digest,
        "DuongDanTepTinKetQua": address,
        "MaGiayToKetQua": f"{code}-KQ1",
    }
    return {"DanhSachGiayToKetQua": [paper], "ThoiDiemXuLy": wire_time(moment)}


def _sample_pdf(text: str) -> bytes:
    """One page with a code, as letters and as QR: enough to tell the sample files apart."""
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=A4, invariant=True)
    page.setFont("Helvetica", 14)
    page.drawString(25 * mm, 260 * mm, text)
    drawing = Drawing(45 * mm, 45 * mm)
    drawing.add(QrCodeWidget(text, barWidth=45 * mm, barHeight=45 * mm))
    renderPDF.draw(drawing, page, 25 * mm, 205 * mm)
    page.save()
    return out.getvalue()
