"""The practice portal's procedures, read from a catalogue file, in the words of LayThuTuc (section 3)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from counter_app.errors import KnownError
from counter_app.sandbox.fields import Item, wire_time

PAGE_SIZE: Final = 100
"""Procedures on one page of LayDanhSachTTHC."""

_LEVELS: Final = (("commune", "3"), ("district", "2"), ("province", "1"))
_CHANNELS: Final = {"counter": "1", "online": "2", "postal": "3"}
_SUMMARY: Final = ("MATTHC", "TENTTHC", "MALINHVUC", "TENLINHVUC", "CAPTHUCHIEN", "MUCDO", "CAPNHAT")


class Catalogue:
    """Procedures by code. CAPTHUCHIEN knows no ministry, so what only a ministry settles is left out."""

    def __init__(self, procedures: list[Item]) -> None:
        self._by_code: dict[str, Item] = {item["MATTHC"]: item for item in procedures}
        self._order = sorted(self._by_code)

    @classmethod
    def load(cls, source: Path | str | Mapping[str, Any] | None) -> Catalogue:
        """From a catalogue file, its content, or nothing. KnownError ``catalogue_unreadable``."""
        if source is None:
            return cls([])
        updated = datetime.now(UTC)
        content: Any = source
        if not isinstance(source, Mapping):
            path = Path(source)
            try:
                updated = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                content = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                raise _unreadable(str(path), error) from error
        try:
            items = [_procedure(entry, wire_time(updated)) for entry in content["procedures"] if _level(entry)]
        except (AttributeError, KeyError, TypeError) as error:
            raise _unreadable("danh mục", error) from error
        return cls(items)

    def __len__(self) -> int:
        return len(self._order)

    def codes(self) -> list[str]:
        """Codes in order."""
        return list(self._order)

    def get(self, code: str) -> Item | None:
        """The whole procedure (LayThuTuc), None when unknown."""
        return self._by_code.get(code)

    def page(self, number: int) -> tuple[list[Item], str]:
        """A page of summaries, from 1, and the next page's number or the empty string."""
        start = (number - 1) * PAGE_SIZE
        codes = self._order[start : start + PAGE_SIZE]
        rows = [{name: self._by_code[code][name] for name in _SUMMARY} for code in codes]
        return rows, str(number + 1) if start + PAGE_SIZE < len(self._order) else ""


def _level(entry: Mapping[str, Any]) -> str:
    return next((number for name, number in _LEVELS if name in entry["levels"]), "")


def _procedure(entry: Mapping[str, Any], updated: str) -> Item:
    field, limit = entry["field"], entry["limit"]
    time: Item = {
        "THOIGIANGIAIQUYET": str(limit["amount"] if limit.get("amount") is not None else ""),
        "DONVITINH": limit["unit"],
        "GIOCHOT": limit.get("cut_off") or "",
        "MOTA": entry.get("limit_text") or "",
        "PHILEPHI": [
            {"MAPHILEPHI": fee["code"], "TENPHILEPHI": fee["name"], "SOTIEN": str(fee["amount"]), "MOTA": ""}
            for fee in entry["fees"]
        ],
    }
    papers = [
        {
            "MAGIAYTO": paper["code"],
            "TENGIAYTO": paper["name"],
            "SOBANCHINH": str(paper["originals"]),
            "SOBANSAO": str(paper["copies"]),
            "BATBUOC": "1" if paper["required"] else "0",
            "MA_KQ_THAYTHE": "",
        }
        for paper in entry["components"]
    ]
    return {
        "MATTHC": entry["code"],
        "TENTTHC": entry["name"],
        "MALINHVUC": field["code"],
        "TENLINHVUC": field["name"],
        "CAPTHUCHIEN": _level(entry),
        "MUCDO": str(entry.get("service_level") or ""),
        "CAPNHAT": updated,
        "CACHTHUCTHUCHIEN": [{"KENH": _CHANNELS[channel], "THOIGIAN": [time]} for channel in entry["channels"]],
        "THANHPHANHOSO": [{"TRUONGHOP": "", "GIAYTO": papers}],
        "KETQUATHUCHIEN": [{"MAKETQUA": r["code"], "TENKETQUA": r["name"]} for r in entry["results"]],
        "TRANGTHAI": "1",
        "HIEULUCTU": "",
        "THAYTHE": "",
        "LINHVUCTHUCHIEN": [{"MALINHVUC": field["code"], "TENLINHVUC": field["name"]}],
    }


def _unreadable(name: str, error: Exception) -> KnownError:
    return KnownError(
        "catalogue_unreadable",
        f"Không đọc được danh mục thủ tục «{name}» ({type(error).__name__}). "
        "Hãy chọn tệp JSON đúng mẫu danh mục (có mục procedures) rồi mở lại cổng thực hành.",
    )
