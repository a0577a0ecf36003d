"""Shows PDF bytes: pages one below the other, drawn when they come into view."""

from __future__ import annotations

from functools import partial
from math import sqrt
from typing import Any

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from counter_app.pdfium import PDFIUM
from counter_app.ui.executor import Executor
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

ZOOM_STEPS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
FITTING = (2, 1)
"""Steps tried, nearest first, until the widest page fits; smaller letters are read with pain."""
GAP = 12
POINTS_PER_INCH = 72
SCREEN_DPI = 96
MOST_PIXELS = 40_000_000
"""Of one page's picture (160 MB): A3 at the closest zoom; a larger sheet grows no more, whatever its file says."""
LONGEST_SIDE = 30_000
"""Of a picture, in pixels: drawing surfaces end at 32,767."""
MOST_KEPT = 100_000_000
"""Of all pictures kept; those seen longest ago are drawn anew when they come into view."""


class Words:
    CLOSER = QT_TRANSLATE_NOOP("PdfPreview", "Phóng to")
    FARTHER = QT_TRANSLATE_NOOP("PdfPreview", "Thu nhỏ")
    PAGES = QT_TRANSLATE_NOOP("PdfPreview", "{pages} trang · {zoom}%")
    EMPTY = QT_TRANSLATE_NOOP("PdfPreview", "Chưa có bản xem trước")
    BROKEN = QT_TRANSLATE_NOOP("PdfPreview", "Không xem được tệp này: tệp không phải PDF hoặc đã hỏng. Hãy quét lại.")
    AREA = QT_TRANSLATE_NOOP("PdfPreview", "Bản xem trước giấy tờ")


def page_sizes(data: bytes) -> tuple[tuple[float, float], ...]:
    """Width and height of each page in points. Raises pypdfium2's PdfiumError for what is not a PDF."""
    import pypdfium2

    with PDFIUM:
        document = pypdfium2.PdfDocument(data)
        try:
            return tuple(document.get_page_size(number) for number in range(len(document)))
        finally:
            document.close()


def render_page(data: bytes, number: int, scale: float) -> QImage:
    """One page as a picture; ``scale`` 1.0 is 72 dots an inch."""
    import pypdfium2

    with PDFIUM:
        document = pypdfium2.PdfDocument(data)
        try:
            if document.get_formtype():
                document.init_forms()  # without it visible signatures and filled-in fields are not drawn
            page = document[number]
            bitmap = page.render(scale=scale, rev_byteorder=False, prefer_bgrx=True)
            pixels = bytes(bitmap.buffer)
            image = QImage(pixels, bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGB32).copy()
            bitmap.close()
            page.close()
            return image
        finally:
            document.close()


def fitting_scale(width: float, height: float, scale: float) -> float:
    """``scale``, or less for a page of ``width`` times ``height`` points that would become too large a picture."""
    return min(scale, sqrt(MOST_PIXELS / max(width * height, 1.0)), LONGEST_SIDE / max(width, height, 1.0))


def _render_job(data: bytes, token: int, number: int, scale: float) -> tuple[int, int, QImage]:
    return token, number, render_page(data, number, scale)


def _size_job(data: bytes, token: int) -> tuple[int, Any]:
    return token, page_sizes(data)


class _Pages(QWidget):
    """The canvas: asks for a page's picture the first time that the page is painted."""

    wanted = Signal(int)
    dropped = Signal(int)
    """A picture was given up: it is wanted again when its page comes into view."""

    def __init__(self) -> None:
        super().__init__()
        self._boxes: list[QRect] = []
        self._pictures: dict[int, QPixmap] = {}

    def lay_out(self, sizes: list[QSize]) -> None:
        self._pictures.clear()
        width = max((size.width() for size in sizes), default=0) + 2 * GAP
        top = GAP
        self._boxes = []
        for size in sizes:
            self._boxes.append(QRect((width - size.width()) // 2, top, size.width(), size.height()))
            top += size.height() + GAP
        self.setFixedSize(width, top)
        self.update()

    def put(self, number: int, image: QImage) -> None:
        """Show a page's picture; out of view again, it may go to make room for others."""
        self._pictures.pop(number, None)
        self._pictures[number] = QPixmap.fromImage(image)
        view = self.visibleRegion()
        for old in [old for old in self._pictures if not view.intersects(self._boxes[old])]:
            if sum(picture.width() * picture.height() for picture in self._pictures.values()) <= MOST_KEPT:
                break
            if old != number:
                del self._pictures[old]
                self.dropped.emit(old)
        self.update(self._boxes[number])

    def picture(self, number: int) -> QPixmap | None:
        return self._pictures.get(number)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for number, box in enumerate(self._boxes):
            if not box.intersects(event.rect()):
                continue
            painter.fillRect(box, Qt.GlobalColor.white)
            picture = self._pictures.get(number)
            if picture is None:
                self.wanted.emit(number)
            else:
                painter.drawPixmap(box, picture)
            painter.setPen(Qt.GlobalColor.lightGray)
            painter.drawRect(box.adjusted(0, 0, -1, -1))
        painter.end()


class PdfPreview(QWidget):
    """``show_pdf(bytes)``; Ctrl++ and Ctrl+- zoom. Pages are drawn by the executor, only when seen."""

    shown = Signal(int)
    """A page's picture is on the screen."""
    broken = Signal(object)
    """The bytes could not be drawn: the exception."""

    def __init__(self, executor: Executor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._executor = executor
        self._data = b""
        self._token = 0
        self._sizes: tuple[tuple[float, float], ...] = ()
        self._asked: set[int] = set()
        self._zoom = FITTING[0]
        self._zoomed = False
        """By hand: a document that comes after stays at that zoom."""
        self._canvas = _Pages()
        self._canvas.wanted.connect(self._ask)
        self._canvas.dropped.connect(self._forget)
        self._area = QScrollArea()
        self._area.setWidget(self._canvas)
        self._area.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._area.setAccessibleName(translate("PdfPreview", Words.AREA))
        self.setFocusProxy(self._area)  # the arrows and Page Down turn the pages
        self._farther = self._zoom_button("−", Words.FARTHER, "Ctrl+-")
        self._closer = self._zoom_button("+", Words.CLOSER, "Ctrl+=")
        self._farther.clicked.connect(self.zoom_out)
        self._closer.clicked.connect(self.zoom_in)
        self._label = QLabel(translate("PdfPreview", Words.EMPTY))
        set_role(self._label, "hint")
        bar = QHBoxLayout()
        bar.addWidget(self._label)
        bar.addStretch(1)
        bar.addWidget(self._farther)
        bar.addWidget(self._closer)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(bar)
        layout.addWidget(self._area, 1)

    @property
    def page_count(self) -> int:
        return len(self._sizes)

    @property
    def zoom(self) -> float:
        return ZOOM_STEPS[self._zoom]

    def picture(self, number: int) -> QPixmap | None:
        """The drawn picture of a page, None while it is not drawn."""
        return self._canvas.picture(number)

    def show_pdf(self, data: bytes) -> None:
        """Show ``data``; what was shown before goes at once."""
        self._data = data
        self._token += 1
        self._sizes = ()
        self._lay_out()
        self._executor.submit(partial(_size_job, data, self._token), self._take_sizes, self._fail)

    def clear(self) -> None:
        """Show nothing."""
        self._data = b""
        self._token += 1
        self._sizes = ()
        self._lay_out()
        self._label.setText(translate("PdfPreview", Words.EMPTY))

    def zoom_in(self) -> None:
        self._zoomed = True
        self._set_zoom(self._zoom + 1)

    def zoom_out(self) -> None:
        self._zoomed = True
        self._set_zoom(self._zoom - 1)

    def _zoom_button(self, text: str, name: str, keys: str) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(translate("PdfPreview", name))
        button.setToolTip(f"{translate('PdfPreview', name)} ({keys})")
        button.setShortcut(keys)
        button.setFixedWidth(44)
        return button

    def _set_zoom(self, step: int) -> None:
        self._zoom = min(max(step, 0), len(ZOOM_STEPS) - 1)
        if self._sizes:
            self._token += 1
            self._lay_out()

    def _scale(self, number: int, ratio: float = 1.0) -> float:
        return fitting_scale(*self._sizes[number], self.zoom * SCREEN_DPI / POINTS_PER_INCH * ratio)

    def _lay_out(self) -> None:
        self._asked.clear()
        scales = [self._scale(number) for number in range(len(self._sizes))]
        sizes = zip(self._sizes, scales, strict=True)
        self._canvas.lay_out([QSize(round(width * scale), round(height * scale)) for (width, height), scale in sizes])
        if self._sizes:
            words = translate("PdfPreview", Words.PAGES)
            self._label.setText(words.format(pages=len(self._sizes), zoom=round(self.zoom * 100)))

    def _take_sizes(self, answer: tuple[int, Any]) -> None:
        token, sizes = answer
        if token == self._token:
            self._sizes = sizes
            if not self._zoomed and self.isVisible():
                self._zoom = self._fitting_step()
            self._lay_out()

    def _fitting_step(self) -> int:
        """The step at which no page goes out at the side, as a landscape page would."""
        bar = self._area.verticalScrollBar().sizeHint().width()
        room = (self._area.maximumViewportSize().width() - bar - 2 * GAP) * POINTS_PER_INCH / SCREEN_DPI
        widest = max((width for width, _ in self._sizes), default=0.0)
        return next((step for step in FITTING if widest * ZOOM_STEPS[step] <= room), FITTING[-1])

    def _ask(self, number: int) -> None:
        if number in self._asked:
            return
        self._asked.add(number)
        scale = self._scale(number, self.devicePixelRatioF())
        self._executor.submit(partial(_render_job, self._data, self._token, number, scale), self._take_page, self._fail)

    def _forget(self, number: int) -> None:
        self._asked.discard(number)

    def _take_page(self, answer: tuple[int, int, QImage]) -> None:
        token, number, image = answer
        if token == self._token:
            self._canvas.put(number, image)
            self.shown.emit(number)

    def _fail(self, error: Exception) -> None:
        self._label.setText(translate("PdfPreview", Words.BROKEN))
        self.broken.emit(error)
