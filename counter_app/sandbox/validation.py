"""What a portal checks before it takes a dossier or a step (profile 1, section 3): pure functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from counter_app.sandbox.fields import (
    CHOICES,
    DOSSIER_LISTS,
    DOSSIER_REQUIRED,
    DOSSIER_TEXT,
    FILE_ADDRESSES,
    FREE_LISTS,
    STEP_REQUIRED,
    STEP_TEXT,
    TIMES,
    Item,
    is_wire_time,
)

FileDigest = Callable[[str], str | None]
"""An upload's address → SHA-256 (hex) of the complete file, or None where there is no such file."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one item: the wire's ``Truong`` and ``MoTa``."""

    field: str
    what: str


def check_dossier(item: object, digest_of: FileDigest) -> tuple[Item, Fault | None]:
    """The dossier reduced to the protocol's fields, and the first fault found (None = valid)."""
    if not isinstance(item, dict):
        return {}, Fault("data", "Mỗi hồ sơ phải là một đối tượng JSON.")
    kept = _known(item, DOSSIER_TEXT, DOSSIER_LISTS)
    fault = _check_text(kept, DOSSIER_TEXT, DOSSIER_REQUIRED)
    for name, inner in DOSSIER_LISTS.items():
        fault = fault or _check_list(kept, name, inner)
    return kept, fault or _check_files(kept, digest_of)


def check_step(item: object) -> tuple[Item, Fault | None]:
    """The step reduced to the protocol's fields, and the first fault found (None = valid)."""
    if not isinstance(item, dict):
        return {}, Fault("data", "Mỗi bước xử lý phải là một đối tượng JSON.")
    kept = _known(item, STEP_TEXT, {})
    return kept, _check_text(kept, STEP_TEXT, STEP_REQUIRED)


def _known(item: dict[str, Any], text: frozenset[str], lists: dict[str, frozenset[str]]) -> Item:
    kept: Item = {name: value for name, value in item.items() if name in text}
    for name, inner in lists.items():
        if name not in item:
            continue
        entries = item[name]
        if isinstance(entries, list):
            allowed = inner | FREE_LISTS if name == "DanhSachHoSoBoSung" else inner
            entries = [
                {k: v for k, v in entry.items() if k in allowed} if isinstance(entry, dict) else entry
                for entry in entries
            ]
        kept[name] = entries
    return kept


def _check_text(item: Item, names: frozenset[str], required: tuple[str, ...]) -> Fault | None:
    for name in required:
        if item.get(name) in (None, ""):
            return Fault(name, "Trường bắt buộc còn trống.")
    for name in sorted(names & item.keys()):
        value = item[name]
        if not isinstance(value, str):
            return Fault(name, "Giá trị phải là chuỗi ký tự (số và cờ cũng gửi dưới dạng chuỗi).")
        if value and name in CHOICES and value not in CHOICES[name]:
            allowed = ", ".join(sorted(CHOICES[name], key=int))
            return Fault(name, f"Giá trị «{value[:20]}» không có trong danh mục; chỉ nhận: {allowed}.")
        if value and name in TIMES and not is_wire_time(value):
            return Fault(name, "Thời điểm phải có dạng yyyyMMddHHmmss và là ngày giờ có thật.")
    return None


def _check_list(dossier: Item, name: str, inner: frozenset[str]) -> Fault | None:
    if name not in dossier:
        return None
    entries = dossier[name]
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return Fault(name, "Phải là danh sách các đối tượng JSON.")
    for entry in entries:
        fault = _check_text(entry, inner, ())
        if fault:
            return fault
        if any(not isinstance(entry.get(free, []), list) for free in FREE_LISTS):
            return Fault(name, "Danh sách giấy tờ, lệ phí bổ sung phải là danh sách.")
    return None


def _check_files(dossier: Item, digest_of: FileDigest) -> Fault | None:
    """A file that is named must be complete, and be the one that its identifier says."""
    for name, (address_field, id_field) in FILE_ADDRESSES.items():
        for entry in dossier.get(name, []):
            address = entry.get(address_field, "")
            if not address:
                continue
            digest = digest_of(address)
            if digest is None:
                return Fault(address_field, "Tệp chưa tải lên xong hoặc không có trên cổng; hãy tải lại tệp.")
            # Only TepDinhKemId is said to be the SHA-256; a result's GiayToId is free.
            named = entry.get(id_field, "") if id_field == "TepDinhKemId" else ""
            if named and named.lower() != digest:
                return Fault(id_field, "Mã băm SHA-256 không khớp với tệp đã tải lên; hãy gửi đúng mã của tệp.")
    return None
