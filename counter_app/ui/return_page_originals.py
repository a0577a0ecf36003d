"""The originals of a dossier, ticked one by one as they go back with its results."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from counter_app.services.returning_delivery import OriginalBack
from counter_app.services.values import DossierView
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

MOST_HEIGHT = 124
"""Of the list in pixels; what is longer is scrolled inside, so that what lies below stays on the screen."""

TICKS = """
QListWidget::indicator { width: 17px; height: 17px; border: 2px solid #6f8494; border-radius: 4px; }
QListWidget::indicator:checked { background: #0b6cab; border-color: #0b6cab; image: url(icons:check.svg); }
"""
"""As the tick boxes elsewhere on the page."""

PAPER = int(Qt.ItemDataRole.UserRole)


class Words:
    """What this part of the card says."""

    ORIGINALS = QT_TRANSLATE_NOOP("ReturnOriginals", "Trả lại &bản chính: {ticked}/{total} (phím cách để đánh dấu)")
    ORIGINAL = QT_TRANSLATE_NOOP("ReturnOriginals", "{name} ({count} bản)")


class _List(QListWidget):
    """As high as its papers, whose names are wrapped; begins at the first one by keyboard."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.currentRow() < 0:
            self.setCurrentRow(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.fit()

    def fit(self) -> None:
        """Take the height that the names need at this width."""
        self.doItemsLayout()
        last = self.visualItemRect(self.item(self.count() - 1)) if self.count() else QRect()
        needed = last.bottom() + 1 + self.verticalScrollBar().value() + 2 * self.frameWidth() + 4
        self.setFixedHeight(min(MOST_HEIGHT, needed))


class OriginalsList(QWidget):
    """Nothing is ticked beforehand: no rule says which originals the office keeps (law.md, forms.md)."""

    changed = Signal()
    """What is ticked is another."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.caption = QLabel(self)
        set_role(self.caption, "section")
        self.list = _List(self)
        self.list.setWordWrap(True)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)  # else the bar at the side cuts the last words
        self.list.setStyleSheet(TICKS)
        self.list.setSpacing(2)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.itemChanged.connect(self._ticked)
        self.caption.setBuddy(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.caption)
        column.addWidget(self.list)
        column.addStretch(1)
        self.clear()

    def clear(self) -> None:
        """No dossier: nothing to see."""
        self.list.clear()
        self._count()
        self.hide()

    def show_papers_of(self, view: DossierView) -> None:
        """The papers that came in as originals."""
        self.list.clear()
        for paper in view.components:
            if paper.originals:
                words = translate("ReturnOriginals", Words.ORIGINAL).format(name=paper.name, count=paper.originals)
                item = QListWidgetItem(words)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(Qt.CheckState.Unchecked)
                item.setData(PAPER, OriginalBack(paper.code, paper.originals))
                self.list.addItem(item)
        self.setVisible(self.list.count() > 0)
        self._count()
        self.list.fit()
        self.list.verticalScrollBar().setValue(0)

    def items(self) -> list[QListWidgetItem]:
        """One for each paper."""
        return [self.list.item(row) for row in range(self.list.count())]

    def ticked(self) -> tuple[OriginalBack, ...]:
        """The papers that go back."""
        return tuple(item.data(PAPER) for item in self.items() if item.checkState() is Qt.CheckState.Checked)

    @Slot()
    def _ticked(self) -> None:
        self._count()
        self.changed.emit()

    def _count(self) -> None:
        words = translate("ReturnOriginals", Words.ORIGINALS)
        self.caption.setText(words.format(ticked=len(self.ticked()), total=self.list.count()))
        self.list.setAccessibleName(self.caption.text().replace("&", ""))
