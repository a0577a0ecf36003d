"""A scanned page, straightened, with the rectangle that is kept of it; the mouse draws it or pulls at its sides."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from counter_app.rules.page_frame import Margins, Size
from counter_app.ui.theme import tone_colours

NEAR = 9
"""Pixels of the screen within which a side is taken hold of."""
SMALLEST = 12
"""Shorter side of the rectangle on the screen: less is a slip of the hand."""
LEFT, TOP, RIGHT, BOTTOM = range(4)


class CropView(QWidget):
    """``show_frame`` says how the page lies; ``drawn`` tells the margins, in pixels of the page as it is seen."""

    drawn = Signal(tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QPixmap()
        self._page: Size = (1, 1)
        self._sheet: Size = (1, 1)
        self._angle = 0.0
        self._turn = 0
        self._margins: Margins = (0, 0, 0, 0)
        self._held: frozenset[int] = frozenset()
        self._from: QPointF | None = None
        self.setMinimumSize(QSize(360, 420))
        self.setCursor(Qt.CursorShape.CrossCursor)

    def show_picture(self, picture: QPixmap) -> None:
        """The page as it was read, of any size."""
        self._picture = picture
        self.update()

    def show_frame(self, page: Size, sheet: Size, angle: float, turn: int, margins: Margins) -> None:
        """``page`` as it was read and ``sheet`` it is turned on, in its pixels; ``margins`` as they are seen."""
        self._page, self._sheet, self._angle, self._turn, self._margins = page, sheet, angle, turn, margins
        self.update()

    def kept(self) -> QRectF:
        """Where the rectangle stands in the widget."""
        whole, scale = self._whole()
        left, top, right, bottom = (margin * scale for margin in self._margins)
        return whole.adjusted(left, top, -right, -bottom)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        whole, scale = self._whole()
        painter.save()
        painter.setClipRect(whole)
        painter.translate(whole.center())
        painter.rotate(90 * self._turn - self._angle)
        width, height = self._page[0] * scale, self._page[1] * scale
        painter.fillRect(QRectF(-width, -height, 2 * width, 2 * height), Qt.GlobalColor.white)
        if not self._picture.isNull():
            room = QRectF(-width / 2, -height / 2, width, height)
            painter.drawPixmap(room, self._picture, QRectF(self._picture.rect()))
        painter.restore()
        kept = self.kept()
        shade = QColor(0, 0, 0, 110)
        for side in (
            QRectF(whole.topLeft(), QPointF(whole.right(), kept.top())),
            QRectF(QPointF(whole.left(), kept.bottom()), whole.bottomRight()),
            QRectF(QPointF(whole.left(), kept.top()), kept.bottomLeft()),
            QRectF(kept.topRight(), QPointF(whole.right(), kept.bottom())),
        ):
            painter.fillRect(side, shade)
        painter.setPen(QPen(tone_colours("late")[0], 2))
        painter.drawRect(kept)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        point, kept = event.position(), self.kept()
        inside = kept.adjusted(-NEAR, -NEAR, NEAR, NEAR).contains(point)
        far = (point.x() - kept.left(), point.y() - kept.top(), point.x() - kept.right(), point.y() - kept.bottom())
        self._held = frozenset(side for side, by in enumerate(far) if inside and abs(by) <= NEAR)
        self._from = point

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is None:
            return
        point, kept = event.position(), self.kept()
        if self._held:
            kept.setLeft(point.x() if LEFT in self._held else kept.left())
            kept.setTop(point.y() if TOP in self._held else kept.top())
            kept.setRight(point.x() if RIGHT in self._held else kept.right())
            kept.setBottom(point.y() if BOTTOM in self._held else kept.bottom())
        else:
            kept = QRectF(self._from, point).normalized()
        self._tell(kept)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._from, self._held = None, frozenset()

    def _tell(self, kept: QRectF) -> None:
        whole, scale = self._whole()
        kept = kept.intersected(whole)
        if min(kept.width(), kept.height()) < SMALLEST:
            return
        sides = (
            kept.left() - whole.left(),
            kept.top() - whole.top(),
            whole.right() - kept.right(),
            whole.bottom() - kept.bottom(),
        )
        self.drawn.emit(tuple(max(0.0, side / scale) for side in sides))

    def _whole(self) -> tuple[QRectF, float]:
        """Where the sheet stands in the widget, and the size of one of its pixels there."""
        width, height = self._sheet if self._turn % 2 == 0 else self._sheet[::-1]
        scale = min(self.width() / width, self.height() / height)
        seen = QRectF(0, 0, width * scale, height * scale)
        seen.moveCenter(QPointF(self.width() / 2, self.height() / 2))
        return seen, scale
