"""Paged tables whose rows can be marked, so that one action is for many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from counter_app.ui.choosing_table import ChoosingTable
from counter_app.ui.context import AppContext
from counter_app.ui.paged_table import Column, Index, PagedModel
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

MARK = "mark"
R = TypeVar("R")


class Words:
    """The first column."""

    MARKED = QT_TRANSLATE_NOOP("MarkingTable", "☑")
    NOT_MARKED = QT_TRANSLATE_NOOP("MarkingTable", "☐")
    HEAD = QT_TRANSLATE_NOOP("MarkingTable", "Chọn")


class MarkedModel(PagedModel[R]):
    """Rows with a mark in front; a mark stays over a refresh and goes with its row."""

    marks_changed = Signal()

    def __init__(self, context: AppContext, columns: Sequence[Column[R]], parent: QWidget | None = None) -> None:
        self._marked: set[int] = set()
        super().__init__(context, (Column(MARK, Words.HEAD, self._mark, 62), *columns), parent)
        self.loaded.connect(self._forget_gone)

    def row_id(self, row: Any) -> int:
        """The id under which a row is listed."""
        return int(row.id)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if section == 0 and role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return _tr(Words.HEAD)
        return super().headerData(section, orientation, role)

    def marked(self) -> tuple[int, ...]:
        """Ids of the marked rows, in the order of the list."""
        return tuple(number for number in self._ids if number in self._marked)

    def toggle(self, row: int) -> None:
        """Mark a row, or take its mark away."""
        number = self.id_at(row)
        if number is not None:
            self._marked ^= {number}
            self._show_marks()

    def mark_all(self) -> None:
        """Mark every row, or none where all are marked."""
        everything = set(self._ids)
        self._marked = set() if self._marked == everything else everything
        self._show_marks()

    def clear_marks(self) -> None:
        """Take all marks away."""
        self._marked.clear()
        self._show_marks()

    def _mark(self, row: R, _now: datetime, _calendar: Any) -> tuple[str, str]:
        return _tr(Words.MARKED if self.row_id(row) in self._marked else Words.NOT_MARKED), ""

    def _show_marks(self) -> None:
        self.repaint()
        self.marks_changed.emit()

    @Slot()
    def _forget_gone(self) -> None:
        self._marked &= set(self._ids)
        self.marks_changed.emit()


class MarkingTable(ChoosingTable[R]):
    """Space marks the chosen row and goes on to the next, Ctrl+A all; a click on the first column does it too."""

    def __init__(self, model: MarkedModel[R], name: str, *, stretch: str, parent: QWidget | None = None) -> None:
        super().__init__(model, name, stretch=stretch, parent=parent)
        self.marking: MarkedModel[R] = model
        self.clicked.connect(self._clicked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.marking.toggle(row)
            if row + 1 < self.marking.rowCount():
                self.selectRow(row + 1)
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.marking.mark_all()
        else:
            super().keyPressEvent(event)

    def chosen_ids(self) -> tuple[int, ...]:
        """The marked rows, else the chosen one."""
        marked = self.marking.marked()
        current = self.marking.id_at(self.currentIndex().row())
        return marked or (() if current is None else (current,))

    @Slot(QModelIndex)
    def _clicked(self, index: Index) -> None:
        if index.column() == 0:
            self.marking.toggle(index.row())


def _tr(text: str) -> str:
    return translate("MarkingTable", text)
