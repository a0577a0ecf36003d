"""A label for long official texts: three lines, all of it when asked."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy

LINES = 3
SPARE = 6
"""Pixels left free at the end of the last line, so that the ellipsis never wraps."""


class ClampedLabel(QLabel):
    """Shows at most ``LINES`` lines with an ellipsis, or the whole text after ``expand``."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._whole = text
        self._expanded = False
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setText(text)
        self.setToolTip(text)

    @property
    def whole_text(self) -> str:
        return self._whole

    def expand(self, whole: bool) -> None:
        """Show all of the text, or the first lines only."""
        if whole != self._expanded:
            self._expanded = whole
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(120, super().minimumSizeHint().height())

    def _fit(self) -> None:
        shown = self._whole if self._expanded else self._shortened()
        if shown != self.text():
            self.setText(shown)
            self.updateGeometry()

    def _shortened(self) -> str:
        width = self.contentsRect().width()
        if width <= 0:
            return self._whole
        layout = QTextLayout(self._whole, self.font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WordWrap)
        layout.setTextOption(option)
        layout.beginLayout()
        start = 0
        for _ in range(LINES):
            line = layout.createLine()
            if not line.isValid():
                layout.endLayout()
                return self._whole
            line.setLineWidth(width)
            start = line.textStart()
        more = layout.createLine().isValid()
        layout.endLayout()
        if not more:
            return self._whole
        last = self.fontMetrics().elidedText(self._whole[start:], Qt.TextElideMode.ElideRight, width - SPARE)
        return self._whole[:start] + last
