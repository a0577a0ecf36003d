"""What the portal holds of a dossier and the desk does not: given back, since an update replaces what it names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_HELD_TEXT = ("MaDoiTuong", "Fax", "ThongTinTra", "SoGiayToChuHoSo")
"""Of these the desk keeps nothing, or less than the portal: what it leaves empty is the portal's."""

_HELD_FLAGS = ("HoSoCoThanhPhanSoHoa", "TaiKhoanDuocXacThucVoiVNeID", "DuocThanhToanTrucTuyen")

_HELD_LISTS = {
    "DinhDanhCHS": "LoaiDinhDanh",
    "TaiLieuNop": "DuongDanTaiTepTin",
    "DanhSachTepDinhKemKhac": "TenGiayTo",
    "DanhSachLePhi": "MaPhiLePhi",
    "DanhSachHoSoBoSung": "HoSoBoSungId",
    "DanhSachGiayToKetQua": "DuongDanTepTinKetQua",
}
"""List of a dossier -> what tells its entries apart."""

_ALWAYS_THERE = {"TaiLieuNop": "TepDinhKemId", "DanhSachGiayToKetQua": "GiayToId"}
"""What a look-up knows an entry by; "" where the portal did not give it."""

_PORTALS_OWN = {"DanhSachLePhi": ("HinhThucThu", "LoaiPhiLePhi")}
"""What the portal knows better of an entry that the desk has as well."""


def with_held(ours: dict[str, Any], held: Mapping[str, Any]) -> dict[str, Any]:
    """Give back what the portal holds and the desk does not: an update replaces whole fields and lists.

    What the desk says itself always stands. An identity of another kind (a passport), a fee, a file or a result
    of the portal's own is put before the desk's.
    """
    if not held:
        return ours
    for name in _HELD_TEXT:
        ours[name] = ours[name] or _text(held.get(name))
    ours["TrichYeuHoSo"] = _text(held.get("TrichYeuHoSo")) or ours["TrichYeuHoSo"]
    for name in _HELD_FLAGS:
        ours[name] = max(ours[name], "1" if _text(held.get(name)) == "1" else "0")
    for name, key in _HELD_LISTS.items():
        theirs = [item for item in held.get(name) or () if isinstance(item, Mapping)]
        known = {item[key] for item in ours[name]}
        ours[name] = _own_marks(name, key, ours[name], theirs)
        ours[name] = [
            _texts(name, item)
            for item in theirs
            if _text(item.get(key)) not in known and _text(item.get("IsDeleted")) != "1"
        ] + ours[name]
    return ours


def _own_marks(name: str, key: str, ours: list[dict[str, Any]], theirs: Iterable[Mapping[str, Any]]) -> Any:
    marks = _PORTALS_OWN.get(name, ())
    told = {_text(item.get(key)): {mark: _text(item[mark]) for mark in marks if item.get(mark)} for item in theirs}
    return [{**item, **told.get(item[key], {})} for item in ours]


def _texts(listed_in: str, item: Mapping[str, Any]) -> dict[str, Any]:
    """An entry as it came, its values as text; lists inside it (a supplement's papers) stay."""
    found = {name: value if isinstance(value, list) else _text(value) for name, value in item.items()}
    if listed_in in _ALWAYS_THERE:
        found.setdefault(_ALWAYS_THERE[listed_in], "")
    return found


def _text(value: object) -> str:
    return "" if value is None else str(value)
