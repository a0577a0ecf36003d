"""What a portal of profile 2 checks (portal-profile-2.md): names, kinds of value, formats. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

T = TypeVar("T")
FileDigest = Callable[[str], str | None]
"""IdTepTin to the file's SHA-256, None where there is no such file."""

DAY_TIME: Final = "%Y-%m-%d %H:%M:%S"
MOMENT: Final = "%Y-%m-%dT%H:%M:%S.%f"
STATUSES: Final = frozenset(str(number) for number in range(1, 11))
WITH_LISTS: Final = frozenset({"5", "6", "9"})

_DOSSIER: Final[Mapping[str, type]] = {
    "MaHoSo": str,
    "MaHoSoKhac": str,
    "MaTTHC": str,
    "MaDichVuCong": str,
    "ChuHoSo": str,
    "LoaiDoiTuong": int,
    "MaDonViTiepNhan": str,
    "NgayNop": str,
    "NgayTiepNhan": str,
    "EformThongTinChiTiet": dict,
    "ThanhPhanHoSo": list,
    "ThongTinNguoiNop": dict,
}
_COMPONENT: Final[Mapping[str, type]] = {
    "MaThanhPhanHoSo": str,
    "TenThanhPhanHoSo": str,
    "SoLuong": int,
    "LoaiBan": int,
    "GiayToDinhKem": list,
}
_PAPER: Final[Mapping[str, type]] = {"IdGiayTo": str, "HashTepTin": str, "TenGiayTo": str, "MaKetQua": str}
_PROGRESS: Final[Mapping[str, type]] = dict.fromkeys(
    (
        "IDHoSo",
        "MaHoSo",
        "NguoiXuLy",
        "ThoiDiemXuLy",
        "PhongBanXuLy",
        "NoiDungXuLy",
        "TrangThai",
        "NgayBatDau",
        "NgayKetThucTheoQuyDinh",
    ),
    str,
)
_STATUS: Final[Mapping[str, type]] = {
    **dict.fromkeys(("IdHoSo", "MaHoSo", "TrangThai", "NoiDungYKien", "PhongBanXuLy", "NoiDungXuLy"), str),
    "DanhSachLePhi": list,
    "DanhSachGiayToKetQua": list,
}


class WrongError(Exception):
    """An error of the portal: its ``code`` (never 0), the field at fault, and the words."""

    def __init__(self, field: str, what: str, *, code: int = 3) -> None:
        super().__init__(what)
        self.field = field
        self.code = code


def expect(body: Any, name: str, kind: type[T]) -> T:
    """The value of a field that has to be there."""
    value = body.get(name) if isinstance(body, dict) else None
    if not isinstance(value, kind) or isinstance(value, bool) or value == "":
        raise WrongError(name, f"Thiếu hoặc sai kiểu: {name}.")
    return value


def check_dossier(body: Any, digest_of: FileDigest) -> None:
    """Raise WrongError for the first fault of a new dossier."""
    _check_fields(body, _DOSSIER)
    for name in ("MaHoSo", "MaTTHC", "ChuHoSo", "MaDonViTiepNhan"):
        expect(body, name, str)
    _check_kind(body)
    for name in ("NgayNop", "NgayTiepNhan"):
        _check_time(name, body[name], DAY_TIME)
    for component in body["ThanhPhanHoSo"]:
        _check_fields(component, _COMPONENT)
        if component["LoaiBan"] not in (0, 1, 2) or component["SoLuong"] < 1:
            raise WrongError("LoaiBan", "LoaiBan là 0, 1 hoặc 2; SoLuong từ 1.")
        for paper in component["GiayToDinhKem"]:
            _check_fields(paper, _PAPER)
            if digest_of(paper["IdGiayTo"]) != paper["HashTepTin"]:
                raise WrongError("IdGiayTo", "Tệp không có trên cổng hoặc không khớp mã băm.")
    submitter = body["ThongTinNguoiNop"]
    _check_fields(submitter, {"LoaiDoiTuong": int, "ThongTinChiTiet": dict})
    _check_kind(submitter)
    expect(submitter["ThongTinChiTiet"], "TenNguoiNop", str)


def check_progress(entry: Any) -> None:
    """Raise WrongError for the first fault of a step."""
    _check_fields(entry, _PROGRESS)
    _check_status_number(entry)
    _check_time("ThoiDiemXuLy", entry["ThoiDiemXuLy"], MOMENT)
    for name in ("NgayBatDau", "NgayKetThucTheoQuyDinh"):
        if entry[name]:
            _check_time(name, entry[name], MOMENT)


def check_status(entry: Any, digest_of: FileDigest) -> None:
    """Raise WrongError for the first fault of a status."""
    _check_fields(entry, _STATUS)
    _check_status_number(entry)
    lists = entry["DanhSachLePhi"] or entry["DanhSachGiayToKetQua"]
    if lists and entry["TrangThai"] not in WITH_LISTS:
        raise WrongError("TrangThai", "Lệ phí và kết quả chỉ đi cùng trạng thái 5, 6, 9.")
    for result in entry["DanhSachGiayToKetQua"]:
        if digest_of(expect(result, "GiayToId", str)) is None:
            raise WrongError("GiayToId", "Tệp kết quả không có trên cổng.")


def _check_fields(body: Any, kinds: Mapping[str, type]) -> None:
    """All of the profile's fields, of their kinds, and none besides."""
    if not isinstance(body, dict):
        raise WrongError("", "Phải là một đối tượng JSON.")
    for name in sorted(body.keys() ^ kinds.keys()):
        raise WrongError(name, f"Thừa hoặc thiếu trường {name}.")
    for name, kind in kinds.items():
        if not isinstance(body[name], kind) or isinstance(body[name], bool):
            raise WrongError(name, f"Sai kiểu dữ liệu: {name}.")


def _check_kind(body: Mapping[str, Any]) -> None:
    if body["LoaiDoiTuong"] not in (0, 1, 2):
        raise WrongError("LoaiDoiTuong", "LoaiDoiTuong là 0 (công dân), 1 (doanh nghiệp) hoặc 2 (hộ kinh doanh).")


def _check_status_number(entry: Mapping[str, Any]) -> None:
    if entry["TrangThai"] not in STATUSES:
        raise WrongError("TrangThai", "Trạng thái từ 1 đến 10.")


def _check_time(name: str, text: str, form: str) -> None:
    try:
        at = datetime.strptime(text, form)  # noqa: DTZ007 - of the wire, in Viet Nam
    except ValueError as error:
        raise WrongError(name, f"Sai định dạng thời gian: {name}.") from error
    written = at.strftime(form)
    if (written[:-3] if form == MOMENT else written) != text:
        raise WrongError(name, f"Sai định dạng thời gian: {name}.")
