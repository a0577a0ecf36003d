"""The two tables of the panel of clashes: what waits for a person, and both sides of the chosen one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from counter_app.services.clash_rows import ClashRow
from counter_app.services.clashes import KIND_WORDS, OpenEntry
from counter_app.ui.formatting import local_time
from counter_app.ui.plain_table import ROW_HEIGHT, PlainTable
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

PADDING_ACROSS = 24
PADDING_DOWN = 14
"""Pixels around the words of a cell, with room for the letters that stand out of their box."""


class Words:
    """Captions of the tables."""

    ENTRIES = QT_TRANSLATE_NOOP("ClashTables", "Sai lệch chờ quyết định")
    DOSSIER = QT_TRANSLATE_NOOP("ClashTables", "Hồ sơ")
    WHAT = QT_TRANSLATE_NOOP("ClashTables", "Cổng gửi")
    ARRIVED = QT_TRANSLATE_NOOP("ClashTables", "Đến lúc")
    CLASH = QT_TRANSLATE_NOOP("ClashTables", "≠ {what}")
    UNREADABLE = QT_TRANSLATE_NOOP("ClashTables", "? {what}")
    UNKNOWN_KIND = QT_TRANSLATE_NOOP("ClashTables", "loại «{kind}»")
    CHOOSE = QT_TRANSLATE_NOOP("ClashTables", "Hai bên khác nhau: cần chọn một bên")
    LOOK = QT_TRANSLATE_NOOP("ClashTables", "Chương trình chưa ghi nhận được: cần xem")
    NO_DOSSIER = QT_TRANSLATE_NOOP("ClashTables", "–")
    SIDES = QT_TRANSLATE_NOOP("ClashTables", "So hai bên")
    ITEM = QT_TRANSLATE_NOOP("ClashTables", "Mục")
    OURS = QT_TRANSLATE_NOOP("ClashTables", "Tại quầy khi đó")
    THEIRS = QT_TRANSLATE_NOOP("ClashTables", "Trên cổng")
    DIFFERENT = QT_TRANSLATE_NOOP("ClashTables", "≠ {item}")


class EntryTable(PlainTable):
    """Entries of the feed that wait for a person; one is always chosen while there is one."""

    chosen = Signal(object)
    """The OpenEntry, or None."""
    opened = Signal(str)
    """A dossier's code, by Enter or a double click."""

    def __init__(self, parent: QWidget) -> None:
        heads = (Words.DOSSIER, Words.WHAT, Words.ARRIVED)
        super().__init__(_tr(Words.ENTRIES), [_tr(head) for head in heads], (184, 130, 142), 1, parent)
        self._rows: list[OpenEntry] = []
        self.currentCellChanged.connect(self._moved)
        self.itemActivated.connect(self._open)

    def current(self) -> OpenEntry | None:
        """The chosen entry."""
        row = self.currentRow()
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def show_rows(self, rows: Sequence[OpenEntry]) -> None:
        """Show these entries; the chosen one stays chosen, or else the one that took its place."""
        before, place = self.current(), max(self.currentRow(), 0)
        with QSignalBlocker(self):
            self._rows = list(rows)
            self.setRowCount(len(self._rows))
            for number, row in enumerate(self._rows):
                self._fill(number, row)
            ids = [row.id for row in self._rows]
            place = ids.index(before.id) if before is not None and before.id in ids else min(place, len(ids) - 1)
            self.setCurrentCell(place, 0)
        self.chosen.emit(self.current())

    def _fill(self, place: int, row: OpenEntry) -> None:
        self.put(place, 0, row.dossier_code or _tr(Words.NO_DOSSIER))
        words = Words.CLASH if row.is_clash else Words.UNREADABLE
        kind = KIND_WORDS.get(row.kind) or _tr(Words.UNKNOWN_KIND).format(kind=row.kind)
        what = _tr(words).format(what=kind)
        self.put(place, 1, what, "late" if row.is_clash else "soon")
        cell = self.item(place, 1)
        assert cell is not None
        cell.setToolTip(_tr(Words.CHOOSE if row.is_clash else Words.LOOK))
        self.put(place, 2, local_time(row.arrived_at))

    @Slot()
    def _moved(self) -> None:
        self.chosen.emit(self.current())

    @Slot()
    def _open(self) -> None:
        row = self.current()
        if row is not None and row.dossier_code:
            self.opened.emit(row.dossier_code)


class SidesTable(PlainTable):
    """Both sides line by line; what differs is marked by a sign and by colour, and long values wrap."""

    def __init__(self, parent: QWidget) -> None:
        heads = (Words.ITEM, Words.OURS, Words.THEIRS)
        super().__init__(_tr(Words.SIDES), [_tr(head) for head in heads], (168, 240, 240), 2, parent)
        self.setWordWrap(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self._fit = QTimer(self)
        self._fit.setSingleShot(True)
        self._fit.setInterval(0)
        self._fit.timeout.connect(self._fit_rows)

    def show_rows(self, rows: Sequence[ClashRow], *, compare: bool) -> None:
        """Show these lines; without ``compare`` only the portal's side says anything."""
        self.setColumnHidden(1, not compare)
        self.setRowCount(len(rows))
        for place, row in enumerate(rows):
            marked = compare and row.different
            self.put(place, 0, _tr(Words.DIFFERENT).format(item=row.label) if marked else row.label)
            self.put(place, 1, row.ours)
            self.put(place, 2, row.theirs, "soon" if marked else "")
        self._fit.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.viewport().width() - self.columnWidth(0)
        self.setColumnWidth(1, max(room // 2, 120))
        self._fit.start()

    @Slot()
    def _fit_rows(self) -> None:
        """As high as the wrapped words need: Qt's own reckoning leaves out the padding of the style sheet."""
        for row in range(self.rowCount()):
            self.setRowHeight(row, max(ROW_HEIGHT, *(self._height(row, column) for column in range(3))))

    def _height(self, row: int, column: int) -> int:
        item = self.item(row, column)
        if item is None or self.isColumnHidden(column):
            return 0
        box = QRect(0, 0, max(self.columnWidth(column) - PADDING_ACROSS, 40), 10_000)
        return self.fontMetrics().boundingRect(box, Qt.TextFlag.TextWordWrap, item.text()).height() + PADDING_DOWN


def _tr(text: str) -> str:
    return translate("ClashTables", text)
