"""A clash as two columns of words: what the desk had, what the portal says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Status, label
from counter_app.sync.field_words import FIELD_LABELS, shown_value, time_words
from counter_app.sync.inbox import EntryKind, FeedEntry

_RECORD_FIELDS = (
    "TrangThaiHoSo",
    "TenTTHC",
    "ChuHoSo",
    "LoaiDoiTuong",
    "DinhDanhCHS",
    "SoGiayToChuHoSo",
    "SoDienThoai",
    "Email",
    "KenhThucHien",
    "HinhThuc",
    "NgayNopHoSo",
    "NgayTiepNhan",
    "NgayHenTra",
    "GhiChu",
    "TaiLieuNop",
    "DanhSachLePhi",
)
_LABELS = {
    **FIELD_LABELS,
    "TrangThai": "Trạng thái",
    "ThoiDiemXuLy": "Thời điểm",
    "NguoiXuLy": "Người làm",
    "ChucDanh": "Chức danh",
    "PhongBanXuLy": "Đơn vị xử lý",
    "NoiDungXuLy": "Nội dung",
    "NgayBatDau": "Ngày bắt đầu",
    "NgayKetThucTheoQuyDinh": "Hạn trả",
    "MATTHC": "Mã thủ tục",
    "TENTTHC": "Tên thủ tục",
    "Nam": "Năm",
    "NgayNghi": "Ngày nghỉ",
    "LamBu": "Ngày làm bù",
}
_NAME_OF = {
    "DinhDanhCHS": "SoDinhDanh",
    "TaiLieuNop": "TenTepDinhKem",
    "DanhSachLePhi": "TenPhiLePhi",
    "DanhSachGiayToKetQua": "TenGiayTo",
}
"""By what an entry of a list is called on the screen."""

_MOST_LETTERS = 500


@dataclass(frozen=True, slots=True)
class ClashRow:
    """One thing that both sides say something of."""

    label: str
    ours: str
    theirs: str

    @property
    def different(self) -> bool:
        """Whether a person has to look at it."""
        return self.ours != self.theirs


def clash_rows(entry: FeedEntry, ours: Mapping[str, Any]) -> tuple[ClashRow, ...]:
    """Both sides of a clash; ``ours`` as ``portal_told.snapshot`` made it."""
    match entry.kind:
        case EntryKind.STEP:
            rows = _step_rows(entry.data, ours)
        case EntryKind.RESULT:
            rows = _result_rows(entry.data, ours)
        case _:
            record = ours["record"]
            rows = [
                ClashRow(FIELD_LABELS[name], _shown(name, record.get(name)), _shown(name, entry.data.get(name)))
                for name in _RECORD_FIELDS
            ]
    return tuple(row for row in rows if row.ours or row.theirs)


def sent_rows(payload: bytes) -> tuple[ClashRow, ...]:
    """What the portal sent in an entry that could not be read, as far as it can be shown."""
    value = json.loads(payload)
    data = value.get("DuLieu") if isinstance(value, dict) else value
    if not isinstance(data, dict):
        return (ClashRow("Nội dung", "", str(data)[:_MOST_LETTERS]),)
    rows = (ClashRow(_LABELS.get(str(name), str(name)), "", _shown(name, told)) for name, told in data.items())
    return tuple(row for row in rows if row.theirs)


def _step_rows(data: Mapping[str, Any], ours: Mapping[str, Any]) -> list[ClashRow]:
    here: dict[str, str] = {
        "TrangThai": label(Status(ours["status"])),
        "ThoiDiemXuLy": _moment(ours["last_at"]),
        "NguoiXuLy": ours["last_actor"],
        "PhongBanXuLy": ours["unit"],
        "NoiDungXuLy": ours["last_reason"],
        "NgayKetThucTheoQuyDinh": time_words(ours["record"].get("NgayHenTra", "")),
    }
    if not data.get("NgayKetThucTheoQuyDinh"):
        del here["NgayKetThucTheoQuyDinh"]
    return [ClashRow(_LABELS[name], value, _shown(name, data.get(name))) for name, value in here.items()]


def _result_rows(data: Mapping[str, Any], ours: Mapping[str, Any]) -> list[ClashRow]:
    name = "DanhSachGiayToKetQua"
    return [
        ClashRow("Trạng thái", label(Status(ours["status"])), label(Status.FINISHED)),
        ClashRow("Thời điểm", _moment(ours["last_at"]), time_words(str(data.get("ThoiDiemXuLy") or ""))),
        ClashRow("Kết quả", _shown(name, ours["record"].get(name)), _shown(name, data.get(name))),
    ]


def _shown(name: str, value: object) -> str:
    """A value in words; a list by the names of its entries."""
    if isinstance(value, list):
        return ", ".join(_named(name, value))
    return shown_value(name, value)[:_MOST_LETTERS]


def _named(name: str, items: Iterable[object]) -> Iterable[str]:
    for item in items:
        if not isinstance(item, dict):
            yield str(item)
        elif name == "DanhSachLePhi":
            yield f"{item.get('TenPhiLePhi') or ''}: {item.get('Gia') or 0} đ"
        else:
            yield str(item.get(_NAME_OF.get(name, "")) or "(không tên)")


def _moment(iso: str) -> str:
    return f"{datetime.fromisoformat(iso).astimezone(VIETNAM):%H:%M:%S %d/%m/%Y}"
