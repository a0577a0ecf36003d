"""From the messages of the outbox (profile 1) to the bodies of profile 2, and back: pure functions.

Code tables and formats of profile 2 live here and nowhere else (portal-profile-2.md). What profile 1 tells and
profile 2 has no place for is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from counter_app.sync.client import PortalDossier, Refused
from counter_app.sync.messages import VIETNAM, ApplicantKind, parse_wire_time, wire_time
from counter_app.sync.profile2_book import FILE_MARK, FiledPaper, Filing, PortalName

STATUSES_WITH_LISTS: Final = frozenset({"5", "6", "9"})
"""Fees and results go only with these."""
SUPPLEMENT: Final = "5"
FINISHED: Final = "9"
RETURNED: Final = "10"

CITIZEN: Final = 0
BUSINESS: Final = 1
_KINDS: Final[Mapping[str, int]] = {ApplicantKind.PERSON: CITIZEN, ApplicantKind.ENTERPRISE: BUSINESS}
"""LoaiDoiTuong. A household business (2) is an enterprise to profile 1, which does not tell the two apart."""

ORIGINAL: Final = 0
COPY: Final = 1
ELECTRONIC: Final = 2

_NO_KIND: Final = (
    "Cổng này chỉ nhận hồ sơ của công dân, doanh nghiệp và hộ kinh doanh, không có loại «tổ chức». Nhập hồ sơ này "
    "trực tiếp trên cổng; giấy hẹn đã giao vẫn có giá trị."
)
_FILE_ELSEWHERE: Final = (
    "Giấy tờ kết quả của hồ sơ đã gửi lên một cổng khác nên cổng này không có tệp. Nhập kết quả trực tiếp trên cổng, "
    "rồi báo quản trị."
)
_UNREADABLE: Final = (
    "Cổng trả về hồ sơ sai quy ước kết nối ở mục «{field}» nên chưa rõ cổng đã nhận đến đâu. Báo quản trị cổng, rồi "
    "bấm gửi lại để tra lần nữa."
)


class NotOffered(Refused):
    """Profile 2 has no call or no value for this."""

    def __init__(self, reason: str, *, field: str = "") -> None:
        super().__init__("not_offered", reason, field=field)


def create_body(record: Mapping[str, Any], portal_code: str, filing: Filing, unit: str) -> dict[str, Any]:
    """Return the body of /dossiers; NotOffered for an applicant of a kind that the portal does not know.

    ``MaHoSoKhac`` is the desk's own code, by which the applicant asks. ``MaDichVuCong`` and the answers of the
    electronic form belong to dossiers filed on line: from a desk they are empty.
    """
    return {
        "MaHoSo": portal_code,
        "MaHoSoKhac": record["MaHoSo"],
        "MaTTHC": record["MaTTHC"],
        "MaDichVuCong": "",
        "ChuHoSo": record["ChuHoSo"],
        "LoaiDoiTuong": _kind(record["LoaiDoiTuong"]),
        "MaDonViTiepNhan": unit,
        "NgayNop": _day_time(record["NgayNopHoSo"]),
        "NgayTiepNhan": _day_time(record["NgayTiepNhan"]),
        "EformThongTinChiTiet": {},
        "ThanhPhanHoSo": _components(filing),
        "ThongTinNguoiNop": {
            "LoaiDoiTuong": _kind(filing.submitter_kind),
            "ThongTinChiTiet": {"TenNguoiNop": filing.submitter_name},
        },
    }


def progress_entry(step: Mapping[str, Any], name: PortalName) -> dict[str, Any]:
    """Return a step as /progress has it; ChucDanh has no place there."""
    return {
        "IDHoSo": name.record_id,
        "MaHoSo": name.code,
        "NguoiXuLy": step["NguoiXuLy"],
        "ThoiDiemXuLy": _moment(step["ThoiDiemXuLy"]),
        "PhongBanXuLy": step["PhongBanXuLy"],
        "NoiDungXuLy": step["NoiDungXuLy"],
        "TrangThai": step["TrangThai"],
        "NgayBatDau": _moment(step["NgayBatDau"]),
        "NgayKetThucTheoQuyDinh": _moment(step["NgayKetThucTheoQuyDinh"]),
    }


def status_entries(record: Mapping[str, Any], name: PortalName) -> list[dict[str, Any]]:
    """Return an update as /status has it: one entry, or two.

    Results go only with 5, 6 and 9: a record that is at 10 already and has results is told as 9 with them, then
    as 10. Refused when a result lies at another portal.
    """
    status = record["TrangThaiHoSo"]
    if status == RETURNED and record["DanhSachGiayToKetQua"]:
        return [_status_entry(record, name, FINISHED), _status_entry(record, name, RETURNED)]
    return [_status_entry(record, name, status)]


def portal_dossier(code: str, found: Mapping[str, Any]) -> PortalDossier:
    """Return what /lookup told of the dossier that the desk calls ``code``, in the vocabulary of profile 1.

    Only what the portal gave back is there. Refused when a value is not as the profile has it: nothing is sent
    again on a guess.
    """
    fields: dict[str, Any] = {"MaHoSo": code}
    fields |= {name: _text(found, name) for name in ("MaTTHC", "ChuHoSo") if found.get(name) is not None}
    if found.get("NgayTiepNhan"):
        fields["NgayTiepNhan"] = _back(found, "NgayTiepNhan")
    if found.get("TrangThai") is not None:
        fields["TrangThaiHoSo"] = _text(found, "TrangThai")
    if found.get("ThanhPhanHoSo") is not None:
        fields["TaiLieuNop"] = _papers_back(found)
    if "TienTrinh" not in found:
        raise unreadable("TienTrinh")
    steps = found["TienTrinh"] or []
    if not isinstance(steps, list) or not all(isinstance(one, dict) for one in steps):
        raise unreadable("TienTrinh")
    return PortalDossier(code, fields, tuple(_step_back(one) for one in steps))


def unreadable(field: str) -> Refused:
    """The refusal of an answer that is not as the profile has it."""
    return Refused("portal_answer", _UNREADABLE.format(field=field), field=field)


def _kind(kind: str) -> int:
    found = _KINDS.get(kind)
    if found is None:
        raise NotOffered(_NO_KIND, field="LoaiDoiTuong")
    return found


def _components(filing: Filing) -> list[dict[str, Any]]:
    """One entry for the originals and one for the copies of a component; its files go with the first of them.

    A component of which only files came is electronic.
    """
    entries = []
    for component in filing.components:
        papers = [one for one in filing.papers if one.component_code == component.code]
        counts = [(ORIGINAL, component.originals), (COPY, component.copies)]
        laid_down = [(kind, count) for kind, count in counts if count] or [(ELECTRONIC, len(papers))]
        for place, (kind, count) in enumerate(laid_down):
            if count:
                entries.append(_component(component.code, component.name, count, kind, () if place else papers))
    return entries


def _component(code: str, name: str, count: int, kind: int, papers: Sequence[FiledPaper]) -> dict[str, Any]:
    return {
        "MaThanhPhanHoSo": code,
        "TenThanhPhanHoSo": name,
        "SoLuong": count,
        "LoaiBan": kind,
        "GiayToDinhKem": [
            {"IdGiayTo": one.file_id, "HashTepTin": one.sha256, "TenGiayTo": one.file_name, "MaKetQua": ""}
            for one in papers
        ],
    }


def _status_entry(record: Mapping[str, Any], name: PortalName, status: str) -> dict[str, Any]:
    asked = record["DanhSachHoSoBoSung"][-1]["NoiDungBoSung"] if record["DanhSachHoSoBoSung"] else ""
    with_lists = status in STATUSES_WITH_LISTS
    return {
        "IdHoSo": name.record_id,
        "MaHoSo": name.code,
        "TrangThai": status,
        "NoiDungYKien": asked if status == SUPPLEMENT else "",
        "PhongBanXuLy": record["DonViXuLy"],
        "NoiDungXuLy": "",
        "DanhSachLePhi": record["DanhSachLePhi"] if with_lists else [],
        "DanhSachGiayToKetQua": [_result(one) for one in record["DanhSachGiayToKetQua"]] if with_lists else [],
    }


def _result(entry: Mapping[str, Any]) -> dict[str, Any]:
    """As in profile 1, with the identifier of the file in place of its digest and address."""
    file_id = entry["DuongDanTepTinKetQua"].removeprefix(FILE_MARK)
    if file_id == entry["DuongDanTepTinKetQua"]:
        raise Refused("file_elsewhere", _FILE_ELSEWHERE, field="DanhSachGiayToKetQua")
    return {**entry, "GiayToId": file_id, "DuongDanTepTinKetQua": ""}


def _step_back(step: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "ThoiDiemXuLy": _back(step, "ThoiDiemXuLy"),
        "TrangThai": _text(step, "TrangThai"),
        "NoiDungXuLy": str(step.get("NoiDungXuLy") or ""),
    }


def _papers_back(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    entries = found["ThanhPhanHoSo"]
    try:
        return [
            {
                "TepDinhKemId": str(paper["HashTepTin"]).lower(),
                "TenTepDinhKem": str(paper.get("TenGiayTo") or ""),
                "MaThanhPhanHoSo": str(component.get("MaThanhPhanHoSo") or ""),
            }
            for component in entries
            for paper in component.get("GiayToDinhKem") or ()
        ]
    except (AttributeError, KeyError, TypeError) as error:
        raise unreadable("ThanhPhanHoSo") from error


def _text(found: Mapping[str, Any], name: str) -> str:
    """A value as text; numbers may come as such."""
    value = found.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise unreadable(name)
    return str(value)


def _back(found: Mapping[str, Any], name: str) -> str:
    """A time of profile 2, of either of its formats, as profile 1 writes it."""
    try:
        at = datetime.fromisoformat(_text(found, name))
    except ValueError as error:
        raise unreadable(name) from error
    return wire_time(at if at.tzinfo else at.replace(tzinfo=VIETNAM))


def _day_time(text: str) -> str:
    at = parse_wire_time(text)
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S}"


def _moment(text: str) -> str:
    at = parse_wire_time(text)
    return "" if at is None else f"{at:%Y-%m-%dT%H:%M:%S}.000"
