"""One scanned page, large: fitted to the room or magnified."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from counter_app.ui.scan_pictures import PictureKey, PictureLoader
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.scanning.tray import TrayPage

ZOOMS = (0.0, 0.5, 0.75, 1.0, 1.5, 2.0)
"""Of the scan's own pixels; 0: as large as there is room."""
LARGEST = 4000
"""Longer side in pixels of what is drawn."""


class Words:
    """What the preview says."""

    AREA = QT_TRANSLATE_NOOP("ScanPreview", "Trang đang xem")
    EMPTY = QT_TRANSLATE_NOOP("ScanPreview", "Trang quét hiện ở đây. Nhấn F5 để quét.")
    BROKEN = QT_TRANSLATE_NOOP("ScanPreview", "Không xem được ảnh của trang này. Hãy bỏ trang và quét lại.")
    CLOSER = QT_TRANSLATE_NOOP("ScanPreview", "Phóng to")
    FARTHER = QT_TRANSLATE_NOOP("ScanPreview", "Thu nhỏ")
    FIT = QT_TRANSLATE_NOOP("ScanPreview", "vừa khung")
    FACTS = QT_TRANSLATE_NOOP("ScanPreview", "{width} × {height} mm · {dpi} dpi · {zoom}")


class PagePreview(QWidget):
    """``show_page``; Ctrl+= and Ctrl+- zoom. Drawn by the loader's thread."""

    shown = Signal(str)
    """The page's picture is on the screen: its id."""

    def __init__(self, loader: PictureLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loader = loader
        loader.drawn.connect(self._drawn)
        self._page: TrayPage | None = None
        self._key: PictureKey | None = None
        self._picture = QPixmap()
        self._zoom = 0
        self._sheet = QLabel(_tr(Words.EMPTY))
        self._sheet.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sheet.setWordWrap(True)
        self._area = QScrollArea(self)
        self._area.setWidget(self._sheet)
        self._area.setWidgetResizable(True)
        self._area.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._area.setAccessibleName(_tr(Words.AREA))
        self._facts = QLabel(self)
        set_role(self._facts, "hint")
        self._farther = self._button("−", Words.FARTHER, "Ctrl+-", self.zoom_out)
        self._closer = self._button("+", Words.CLOSER, "Ctrl+=", self.zoom_in)
        bar = QHBoxLayout()
        bar.addWidget(self._facts, 1)
        bar.addWidget(self._farther)
        bar.addWidget(self._closer)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(bar)
        layout.addWidget(self._area, 1)

    @property
    def page(self) -> TrayPage | None:
        return self._page

    def show_page(self, folder: Path, page: TrayPage | None) -> None:
        """Show a page, or none; one that is shown already stays as it is."""
        self._page = page
        if page is None:
            self._key = None
            self._say(_tr(Words.EMPTY))
            return
        key = PictureKey.of(folder, page, LARGEST)
        if key != self._key:
            self._key = key
            self._loader.ask(key)

    @Slot()
    def zoom_in(self) -> None:
        self._set_zoom(self._zoom + 1)

    @Slot()
    def zoom_out(self) -> None:
        self._set_zoom(self._zoom - 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _button(self, text: str, name: str, keys: str, slot: object) -> QPushButton:
        button = QPushButton(text, self)
        button.setAccessibleName(_tr(name))
        button.setToolTip(f"{_tr(name)} ({keys})")
        button.setShortcut(keys)
        button.setFixedWidth(44)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(slot)
        return button

    @Slot(object, object)
    def _drawn(self, key: PictureKey, image: QImage) -> None:
        if key != self._key or self._page is None:
            return
        if image.isNull():
            self._say(_tr(Words.BROKEN))
            return
        self._picture = QPixmap.fromImage(image)
        self._lay_out()
        self.shown.emit(self._page.id)

    def _set_zoom(self, step: int) -> None:
        self._zoom = min(max(step, 0), len(ZOOMS) - 1)
        self._lay_out()

    def _lay_out(self) -> None:
        page = self._page
        if page is None or self._picture.isNull() or self._key is None:
            return
        zoom = ZOOMS[self._zoom]
        if zoom:
            size = self._picture.size() * zoom
        else:
            room = self._area.viewport().size() - QSize(4, 4)
            size = self._picture.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        ratio = self.devicePixelRatioF()
        scaled = self._picture.scaled(
            size * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        scaled.setDevicePixelRatio(ratio)
        self._sheet.setPixmap(scaled)
        # A magnified page is larger than the room: the area scrolls over it.
        self._sheet.setMinimumSize(size if zoom else QSize(1, 1))
        width, height = (round(edge / page.dpi * 25.4) for edge in self._edges(page))
        words = _tr(Words.FIT) if not zoom else f"{round(zoom * 100)}%"
        self._facts.setText(_tr(Words.FACTS).format(width=width, height=height, dpi=page.dpi, zoom=words))

    def _edges(self, page: TrayPage) -> tuple[int, int]:
        """Width and height of what is kept of the page, in its own pixels."""
        left, top, right, bottom = page.crop or (0, 0, page.width, page.height)
        edges = (right - left, bottom - top)
        return edges if page.turn % 2 == 0 else edges[::-1]

    def _say(self, text: str) -> None:
        self._picture = QPixmap()
        self._sheet.setMinimumSize(1, 1)
        self._sheet.setText(text)
        self._facts.setText("")


def _tr(text: str) -> str:
    return translate("ScanPreview", text)
