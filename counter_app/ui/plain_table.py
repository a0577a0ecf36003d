"""A short read-only table whose rows are all there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from counter_app.ui.theme import tone_colours

ROW_HEIGHT = 34


class PlainTable(QTableWidget):
    """A short read-only table, one row chosen at a time."""

    def __init__(self, name: str, heads: Sequence[str], widths: Sequence[int], stretch: int, parent: QWidget) -> None:
        super().__init__(0, len(heads), parent)
        self.setAccessibleName(name)
        self.setHorizontalHeaderLabels(list(heads))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setAlternatingRowColors(True)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width)
        header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)

    def put(self, row: int, column: int, text: str, tone: str = "") -> None:
        """Write one cell; the whole text is in its tool tip."""
        item = QTableWidgetItem(text)
        item.setToolTip(text)
        if tone not in ("", "neutral"):
            foreground, background = tone_colours(tone)
            item.setForeground(QBrush(foreground))
            item.setBackground(QBrush(background))
        self.setItem(row, column, item)
