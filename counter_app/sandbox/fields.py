"""The vocabulary of the wire protocol (profile 1, section 3) as tables: names, choices, times.

Only what is named here is kept: the protocol says that unknown fields are ignored by both sides.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

VIETNAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")
TIME_FORMAT: Final = "%Y%m%d%H%M%S"

Item = dict[str, Any]
"""A dossier, a step or an entry of the feed as JSON: text, and lists of items."""

STATUS_NAMES: Final[dict[str, str]] = {
    "1": "Mới đăng ký",
    "2": "Đã tiếp nhận",
    "3": "Không tiếp nhận",
    "4": "Đang xử lý",
    "5": "Yêu cầu bổ sung",
    "6": "Yêu cầu thanh toán",
    "7": "Công dân xin rút",
    "8": "Dừng xử lý",
    "9": "Đã xử lý xong",
    "10": "Đã trả kết quả",
}
"""``TrangThaiHoSo`` and ``TrangThai``, in the words of the screen."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


FLAG: Final = frozenset({"0", "1"})

DOSSIER_TEXT: Final = _names(
    "MaHoSo MaTTHC TenTTHC MaLinhVuc TenLinhVuc KenhThucHien ChuHoSo LoaiDoiTuong MaDoiTuong SoGiayToChuHoSo "
    "Email Fax SoDienThoai TrichYeuHoSo NgayNopHoSo NgayTiepNhan NgayHenTra TrangThaiHoSo NgayTra ThongTinTra "
    "HinhThuc NgayKetThucXuLy NgayTuChoi DonViXuLy NoiNopHoSo HoSoCoThanhPhanSoHoa "
    "TaiKhoanDuocXacThucVoiVNeID DuocThanhToanTrucTuyen GhiChu"
)
DOSSIER_REQUIRED: Final = (
    "MaHoSo",
    "MaTTHC",
    "TenTTHC",
    "MaLinhVuc",
    "TenLinhVuc",
    "KenhThucHien",
    "LoaiDoiTuong",
    "NgayTiepNhan",
    "TrangThaiHoSo",
    "HinhThuc",
    "DonViXuLy",
)
DOSSIER_LISTS: Final[dict[str, frozenset[str]]] = {
    "DinhDanhCHS": frozenset({"LoaiDinhDanh", "SoDinhDanh"}),
    "TaiLieuNop": _names(
        "TepDinhKemId TenTepDinhKem IsDeleted MaThanhPhanHoSo DuongDanTaiTepTin DuocSoHoa DuocTaiSuDung "
        "DuocLayTuKhoDMQG MaKetQuaThayThe"
    ),
    "DanhSachTepDinhKemKhac": frozenset({"TenGiayTo", "SoLuong", "LoaiGiayTo"}),
    "DanhSachLePhi": frozenset({"TenPhiLePhi", "MaPhiLePhi", "HinhThucThu", "Gia", "LoaiPhiLePhi"}),
    "DanhSachHoSoBoSung": _names(
        "HoSoBoSungId NguoiYeuCauBoSung NoiDungBoSung NgayBoSung NguoiTiepNhanBoSung ThongTinTiepNhan "
        "NgayTiepNhanBoSung TrangThaiBoSung NgayHenTraTruoc NgayHenTraMoi"
    ),
    "DanhSachGiayToKetQua": _names("TenGiayTo MaThanhPhanHoSo GiayToId DuongDanTepTinKetQua MaGiayToKetQua"),
}
FREE_LISTS: Final = frozenset({"DanhSachGiayToBoSung", "DanhSachLePhiBoSung"})
"""Lists inside a supplement whose entries the protocol does not describe: kept as they came."""

STEP_TEXT: Final = _names(
    "MaHoSo NguoiXuLy ChucDanh ThoiDiemXuLy PhongBanXuLy NoiDungXuLy TrangThai NgayBatDau NgayKetThucTheoQuyDinh"
)
STEP_REQUIRED: Final = ("MaHoSo", "NguoiXuLy", "ThoiDiemXuLy", "TrangThai")

CHOICES: Final[dict[str, frozenset[str]]] = {
    "KenhThucHien": frozenset("123"),
    "LoaiDoiTuong": frozenset("123"),
    "HinhThuc": frozenset("012"),
    "TrangThaiHoSo": frozenset(STATUS_NAMES),
    "TrangThai": frozenset(STATUS_NAMES),
    "NoiNopHoSo": frozenset("12"),
    "HoSoCoThanhPhanSoHoa": FLAG,
    "TaiKhoanDuocXacThucVoiVNeID": FLAG,
    "DuocThanhToanTrucTuyen": FLAG,
    "LoaiDinhDanh": frozenset("123"),
    "HinhThucThu": frozenset("124"),
}
TIMES: Final = _names(
    "NgayNopHoSo NgayTiepNhan NgayHenTra NgayTra NgayKetThucXuLy NgayTuChoi NgayBoSung NgayTiepNhanBoSung "
    "NgayHenTraTruoc NgayHenTraMoi ThoiDiemXuLy NgayBatDau NgayKetThucTheoQuyDinh"
)
FILE_ADDRESSES: Final[dict[str, tuple[str, str]]] = {
    "TaiLieuNop": ("DuongDanTaiTepTin", "TepDinhKemId"),
    "DanhSachGiayToKetQua": ("DuongDanTepTinKetQua", "GiayToId"),
}
"""List of a dossier → (field with an upload's address, field with the file's identifier)."""


def wire_time(moment: datetime) -> str:
    """``yyyyMMddHHmmss`` in Asia/Ho_Chi_Minh (section 1)."""
    return moment.astimezone(VIETNAM).strftime(TIME_FORMAT)


def shown_time(text: object) -> str:
    """A wire time as a person reads it; what cannot be read is shown as it came."""
    if not is_wire_time(text):
        return str(text or "")
    return datetime.strptime(str(text), TIME_FORMAT).replace(tzinfo=VIETNAM).strftime("%H:%M ngày %d/%m/%Y")


def is_wire_time(text: object) -> bool:
    """Whether it is fourteen digits that name a moment which exists (the empty string is not one)."""
    if not (isinstance(text, str) and len(text) == 14 and text.isascii() and text.isdigit()):
        return False
    try:
        datetime.strptime(text, TIME_FORMAT).replace(tzinfo=VIETNAM)
    except ValueError:
        return False
    return True
