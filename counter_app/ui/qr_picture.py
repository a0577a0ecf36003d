"""A QR code on the screen, drawn from its modules; sharp at any scale of the screen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

QUIET_MODULES = 4
"""The white frame that ISO 18004 asks for."""

Rows = Sequence[Sequence[int]]


class QrPicture(QWidget):
    """Shows one code, white where there is none; ``side`` in pixels."""

    def __init__(self, name: str, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFixedSize(side, side)
        self.rows: Rows = ()

    def show_rows(self, rows: Rows) -> None:
        """Show these modules, 0 for a dark one."""
        self.rows = rows
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        if not self.rows:
            return
        # In whole pixels of the screen, whatever its scale: blurred or uneven modules are not read.
        ratio = self.devicePixelRatioF()
        painter.scale(1 / ratio, 1 / ratio)
        side = int(self.width() * ratio)
        module = max(1, side // (len(self.rows) + 2 * QUIET_MODULES))
        start = (side - module * len(self.rows)) // 2
        for index, row in enumerate(self.rows):
            column = 0
            for tone, run in groupby(row):
                length = len(list(run))
                if not tone:
                    left, top = start + column * module, start + index * module
                    painter.fillRect(left, top, length * module, module, Qt.GlobalColor.black)
                column += length
