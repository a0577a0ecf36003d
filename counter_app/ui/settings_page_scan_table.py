"""The table of the sources that were found, on the settings page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from counter_app.ui.plain_table import ROW_HEIGHT, PlainTable
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.scanning.model import SourceInfo

ROWS_SHOWN = 5


class Words:
    """Headings and cells."""

    NAME = QT_TRANSLATE_NOOP("SettingsForms", "Nguồn quét tìm thấy")
    SOURCE = QT_TRANSLATE_NOOP("SettingsForms", "Tên")
    KIND = QT_TRANSLATE_NOOP("SettingsForms", "Nối bằng")
    FEEDER = QT_TRANSLATE_NOOP("SettingsForms", "Khay nạp")
    DUPLEX = QT_TRANSLATE_NOOP("SettingsForms", "Hai mặt")
    DPI = QT_TRANSLATE_NOOP("SettingsForms", "dpi")
    STATE = QT_TRANSLATE_NOOP("SettingsForms", "Tình trạng")
    LOCAL = QT_TRANSLATE_NOOP("SettingsForms", "Cáp vào máy này")
    NETWORK = QT_TRANSLATE_NOOP("SettingsForms", "Mạng")
    FOLDER = QT_TRANSLATE_NOOP("SettingsForms", "Thư mục")
    CAMERA = QT_TRANSLATE_NOOP("SettingsForms", "Máy ảnh")
    YES = QT_TRANSLATE_NOOP("SettingsForms", "Có")
    NO = QT_TRANSLATE_NOOP("SettingsForms", "Không")
    UNKNOWN = QT_TRANSLATE_NOOP("SettingsForms", "–")
    READY = QT_TRANSLATE_NOOP("SettingsForms", "✓ Sẵn sàng")
    SET = QT_TRANSLATE_NOOP("SettingsForms", "Đã khai báo")
    UNTRUSTED = QT_TRANSLATE_NOOP("SettingsForms", "⚠ Chưa tin chứng thư")
    SILENT = QT_TRANSLATE_NOOP("SettingsForms", "✗ Không trả lời")


KINDS = {
    "sane": Words.LOCAL,
    "wia": Words.LOCAL,
    "escl": Words.NETWORK,
    "folder": Words.FOLDER,
    "camera": Words.CAMERA,
}
ASKED_KINDS = ("sane", "wia", "escl")
"""Devices that say themselves what they can do."""


class SourcesTable(PlainTable):
    """One row each; a row stays chosen when the list is read anew."""

    def __init__(self, parent: QWidget) -> None:
        heads = [tr(words) for words in (Words.SOURCE, Words.KIND, Words.FEEDER, Words.DUPLEX, Words.DPI, Words.STATE)]
        super().__init__(tr(Words.NAME), heads, (280, 150, 90, 90, 110, 190), 0, parent)
        self._shown: tuple[SourceInfo, ...] = ()
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + ROWS_SHOWN * ROW_HEIGHT + 2)

    @property
    def shown(self) -> tuple[SourceInfo, ...]:
        return self._shown

    def chosen(self) -> SourceInfo | None:
        """The source of the chosen row."""
        row = self.currentRow()
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def show_sources(self, sources: Sequence[SourceInfo], wanted: str = "") -> None:
        """Show these; the one ``wanted`` by its id is chosen, else the one that was, else the first."""
        before = self.chosen()
        wanted = wanted or (before.id if before is not None else "")
        self._shown = tuple(sources)
        self.setRowCount(len(sources))
        for row, source in enumerate(sources):
            self._fill(row, source)
        place = next((row for row, source in enumerate(sources) if source.id == wanted), 0)
        self.setCurrentCell(place if sources else -1, 0)

    def _fill(self, row: int, source: SourceInfo) -> None:
        is_known = source.trouble is None
        self.put(row, 0, source.name)
        self.put(row, 1, tr(KINDS.get(source.kind, Words.UNKNOWN)))
        is_device = source.kind in ASKED_KINDS
        for column, able in ((2, source.has_feeder), (3, source.has_duplex)):
            known = Words.YES if able else Words.NO
            self.put(row, column, tr(known if is_known and is_device else Words.UNKNOWN))
        self.put(row, 4, _resolutions(source.resolutions))
        state, tone = _state(source)
        self.put(row, 5, tr(state), tone)


def _resolutions(numbers: Sequence[int]) -> str:
    if not numbers:
        return tr(Words.UNKNOWN)
    return str(numbers[0]) if len(numbers) == 1 else f"{min(numbers)}–{max(numbers)}"


def _state(source: SourceInfo) -> tuple[str, str]:
    if source.trouble is not None:
        return (Words.UNTRUSTED, "soon") if source.trouble.kind == "untrusted" else (Words.SILENT, "late")
    return (Words.READY, "good") if source.kind in ASKED_KINDS else (Words.SET, "neutral")


def tr(text: str) -> str:
    """In the language of the window."""
    return translate("SettingsForms", text)
