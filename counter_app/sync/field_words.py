"""The wire's field names and codes in the words of the screen (portal-protocol.md section 3)."""

from __future__ import annotations

from typing import Final

from counter_app.rules.lifecycle import from_portal_number, label
from counter_app.rules.violation import RuleViolation
from counter_app.sync.messages import VIETNAM, parse_wire_time

FIELD_LABELS: Final[dict[str, str]] = {
    "MaHoSo": "Mã hồ sơ",
    "MaTTHC": "Mã thủ tục",
    "TenTTHC": "Tên thủ tục",
    "MaLinhVuc": "Mã lĩnh vực",
    "TenLinhVuc": "Lĩnh vực",
    "KenhThucHien": "Kênh thực hiện",
    "ChuHoSo": "Chủ hồ sơ",
    "LoaiDoiTuong": "Loại đối tượng",
    "MaDoiTuong": "Mã đối tượng",
    "SoGiayToChuHoSo": "Số giấy tờ của chủ hồ sơ",
    "DinhDanhCHS": "Định danh chủ hồ sơ",
    "LoaiDinhDanh": "Loại định danh",
    "SoDinhDanh": "Số định danh",
    "Email": "Thư điện tử",
    "Fax": "Fax",
    "SoDienThoai": "Số điện thoại",
    "TrichYeuHoSo": "Trích yếu",
    "NgayNopHoSo": "Ngày nộp",
    "NgayTiepNhan": "Ngày tiếp nhận",
    "NgayHenTra": "Ngày hẹn trả",
    "TrangThaiHoSo": "Trạng thái",
    "NgayTra": "Ngày trả",
    "ThongTinTra": "Thông tin trả",
    "HinhThuc": "Hình thức nhận kết quả",
    "NgayKetThucXuLy": "Ngày kết thúc xử lý",
    "NgayTuChoi": "Ngày từ chối",
    "DonViXuLy": "Đơn vị xử lý",
    "NoiNopHoSo": "Nơi nộp",
    "HoSoCoThanhPhanSoHoa": "Có thành phần số hóa",
    "TaiKhoanDuocXacThucVoiVNeID": "Tài khoản xác thực VNeID",
    "DuocThanhToanTrucTuyen": "Thanh toán trực tuyến",
    "GhiChu": "Ghi chú",
    "TaiLieuNop": "Tài liệu nộp",
    "TepDinhKemId": "Mã băm SHA-256",
    "TenTepDinhKem": "Tên tệp",
    "IsDeleted": "Đã xóa",
    "MaThanhPhanHoSo": "Mã thành phần",
    "DuongDanTaiTepTin": "Tệp",
    "DuocSoHoa": "Được số hóa",
    "DuocTaiSuDung": "Được tái sử dụng",
    "DuocLayTuKhoDMQG": "Lấy từ kho quốc gia",
    "MaKetQuaThayThe": "Mã kết quả thay thế",
    "DanhSachTepDinhKemKhac": "Giấy tờ không kèm tệp",
    "TenGiayTo": "Tên giấy tờ",
    "SoLuong": "Số lượng",
    "LoaiGiayTo": "Loại giấy tờ",
    "DanhSachLePhi": "Phí, lệ phí",
    "TenPhiLePhi": "Tên khoản thu",
    "MaPhiLePhi": "Mã khoản thu",
    "HinhThucThu": "Thời điểm thu",
    "Gia": "Số tiền (đồng)",
    "LoaiPhiLePhi": "Loại khoản thu",
    "DanhSachHoSoBoSung": "Các lần bổ sung",
    "HoSoBoSungId": "Mã lần bổ sung",
    "NguoiYeuCauBoSung": "Người yêu cầu bổ sung",
    "NoiDungBoSung": "Nội dung bổ sung",
    "NgayBoSung": "Ngày yêu cầu bổ sung",
    "NguoiTiepNhanBoSung": "Người tiếp nhận bổ sung",
    "ThongTinTiepNhan": "Thông tin tiếp nhận",
    "NgayTiepNhanBoSung": "Ngày tiếp nhận bổ sung",
    "TrangThaiBoSung": "Trạng thái bổ sung",
    "DanhSachGiayToBoSung": "Giấy tờ bổ sung",
    "DanhSachLePhiBoSung": "Phí, lệ phí bổ sung",
    "NgayHenTraTruoc": "Ngày hẹn trả trước",
    "NgayHenTraMoi": "Ngày hẹn trả mới",
    "DanhSachGiayToKetQua": "Giấy tờ kết quả",
    "GiayToId": "Mã tệp kết quả",
    "DuongDanTepTinKetQua": "Tệp kết quả",
    "MaGiayToKetQua": "Mã kết quả",
}

_FLAG: Final = {"0": "Không", "1": "Có"}
CODE_WORDS: Final[dict[str, dict[str, str]]] = {
    "KenhThucHien": {"1": "Trực tiếp", "2": "Trực tuyến", "3": "Bưu chính công ích"},
    "LoaiDoiTuong": {"1": "Cá nhân", "2": "Doanh nghiệp", "3": "Tổ chức"},
    "LoaiDinhDanh": {"1": "Số định danh cá nhân", "2": "Mã số thuế", "3": "Hộ chiếu"},
    "HinhThuc": {"0": "Tại quầy", "1": "Qua bưu chính", "2": "Trực tuyến"},
    "NoiNopHoSo": {"1": "Cổng dịch vụ công", "2": "Bộ phận Một cửa"},
    "HinhThucThu": {"1": "Khi tiếp nhận", "2": "Khi bổ sung", "4": "Khi trả kết quả"},
    "HoSoCoThanhPhanSoHoa": _FLAG,
    "TaiKhoanDuocXacThucVoiVNeID": _FLAG,
    "DuocThanhToanTrucTuyen": _FLAG,
    "IsDeleted": _FLAG,
    "DuocSoHoa": _FLAG,
    "DuocTaiSuDung": _FLAG,
    "DuocLayTuKhoDMQG": _FLAG,
}


STATUS_FIELDS: Final = frozenset({"TrangThaiHoSo", "TrangThai"})
_TIME_PREFIXES: Final = ("Ngay", "ThoiDiem")


def shown_value(field: str, value: object) -> str:
    """A field's value in words: codes and statuses by name, times as people write them, the rest as it came."""
    text = "" if value is None else str(value)
    if field in STATUS_FIELDS:
        return status_words(text)
    if field.startswith(_TIME_PREFIXES):
        return time_words(text)
    return CODE_WORDS.get(field, {}).get(text, text)


def status_words(number: str) -> str:
    """A status of the portal (1 to 10) in the desk's words; another one as it came."""
    try:
        return label(from_portal_number(int(number)))
    except (ValueError, RuleViolation):
        return number


def time_words(text: str) -> str:
    """``15:30:05 12/05/2026`` for a time of the portal; what is none is shown as it came."""
    try:
        at = parse_wire_time(text)
    except ValueError:
        return text
    return "" if at is None else at.astimezone(VIETNAM).strftime("%H:%M:%S %d/%m/%Y")
