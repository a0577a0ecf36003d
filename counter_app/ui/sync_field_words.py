"""The portal's field names (portal-protocol.md section 3) in the words that the clerk sees on the forms."""

from __future__ import annotations

from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

FIELD_WORDS = {
    "MaHoSo": QT_TRANSLATE_NOOP("SyncFields", "mã hồ sơ"),
    "MaTTHC": QT_TRANSLATE_NOOP("SyncFields", "mã thủ tục"),
    "TenTTHC": QT_TRANSLATE_NOOP("SyncFields", "tên thủ tục"),
    "MaLinhVuc": QT_TRANSLATE_NOOP("SyncFields", "mã lĩnh vực"),
    "TenLinhVuc": QT_TRANSLATE_NOOP("SyncFields", "tên lĩnh vực"),
    "KenhThucHien": QT_TRANSLATE_NOOP("SyncFields", "kênh tiếp nhận"),
    "ChuHoSo": QT_TRANSLATE_NOOP("SyncFields", "chủ hồ sơ"),
    "LoaiDoiTuong": QT_TRANSLATE_NOOP("SyncFields", "loại chủ hồ sơ"),
    "MaDoiTuong": QT_TRANSLATE_NOOP("SyncFields", "mã chủ hồ sơ"),
    "SoGiayToChuHoSo": QT_TRANSLATE_NOOP("SyncFields", "số giấy tờ của chủ hồ sơ"),
    "DinhDanhCHS": QT_TRANSLATE_NOOP("SyncFields", "số định danh của chủ hồ sơ"),
    "LoaiDinhDanh": QT_TRANSLATE_NOOP("SyncFields", "loại số định danh"),
    "SoDinhDanh": QT_TRANSLATE_NOOP("SyncFields", "số định danh"),
    "Email": QT_TRANSLATE_NOOP("SyncFields", "thư điện tử"),
    "Fax": QT_TRANSLATE_NOOP("SyncFields", "fax"),
    "SoDienThoai": QT_TRANSLATE_NOOP("SyncFields", "số điện thoại"),
    "TrichYeuHoSo": QT_TRANSLATE_NOOP("SyncFields", "trích yếu hồ sơ"),
    "NgayNopHoSo": QT_TRANSLATE_NOOP("SyncFields", "ngày nộp"),
    "NgayTiepNhan": QT_TRANSLATE_NOOP("SyncFields", "ngày tiếp nhận"),
    "NgayHenTra": QT_TRANSLATE_NOOP("SyncFields", "ngày hẹn trả"),
    "TrangThaiHoSo": QT_TRANSLATE_NOOP("SyncFields", "trạng thái hồ sơ"),
    "NgayTra": QT_TRANSLATE_NOOP("SyncFields", "ngày trả"),
    "ThongTinTra": QT_TRANSLATE_NOOP("SyncFields", "thông tin trả kết quả"),
    "HinhThuc": QT_TRANSLATE_NOOP("SyncFields", "cách nhận kết quả"),
    "NgayKetThucXuLy": QT_TRANSLATE_NOOP("SyncFields", "ngày xử lý xong"),
    "NgayTuChoi": QT_TRANSLATE_NOOP("SyncFields", "ngày từ chối"),
    "DonViXuLy": QT_TRANSLATE_NOOP("SyncFields", "đơn vị xử lý"),
    "NoiNopHoSo": QT_TRANSLATE_NOOP("SyncFields", "nơi nộp"),
    "GhiChu": QT_TRANSLATE_NOOP("SyncFields", "ghi chú"),
    "TaiLieuNop": QT_TRANSLATE_NOOP("SyncFields", "tài liệu nộp"),
    "TenTepDinhKem": QT_TRANSLATE_NOOP("SyncFields", "tên tệp"),
    "MaThanhPhanHoSo": QT_TRANSLATE_NOOP("SyncFields", "mã thành phần hồ sơ"),
    "DuongDanTaiTepTin": QT_TRANSLATE_NOOP("SyncFields", "tệp đính kèm"),
    "DanhSachTepDinhKemKhac": QT_TRANSLATE_NOOP("SyncFields", "giấy tờ không kèm tệp"),
    "DanhSachLePhi": QT_TRANSLATE_NOOP("SyncFields", "phí, lệ phí"),
    "DanhSachHoSoBoSung": QT_TRANSLATE_NOOP("SyncFields", "yêu cầu bổ sung"),
    "DanhSachGiayToKetQua": QT_TRANSLATE_NOOP("SyncFields", "giấy tờ kết quả"),
    "NguoiXuLy": QT_TRANSLATE_NOOP("SyncFields", "người xử lý"),
    "ChucDanh": QT_TRANSLATE_NOOP("SyncFields", "chức danh"),
    "ThoiDiemXuLy": QT_TRANSLATE_NOOP("SyncFields", "thời điểm xử lý"),
    "PhongBanXuLy": QT_TRANSLATE_NOOP("SyncFields", "phòng, ban xử lý"),
    "NoiDungXuLy": QT_TRANSLATE_NOOP("SyncFields", "nội dung xử lý"),
    "TrangThai": QT_TRANSLATE_NOOP("SyncFields", "trạng thái của bước"),
}


def field_words(field: str) -> str:
    """``số điện thoại`` for ``SoDienThoai``; a name that the protocol does not have is shown as it came.

    A path such as ``DinhDanhCHS[0].SoDinhDanh`` is known by its last name.
    """
    last = field.rsplit(".", 1)[-1].split("[", 1)[0]
    words = FIELD_WORDS.get(last)
    return field if words is None else translate("SyncFields", words)
