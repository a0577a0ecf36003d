"""Pictures of scanned pages for the screen, drawn in a thread of their own, the last one asked for first."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QTransform

if TYPE_CHECKING:
    from counter_app.scanning.tray import TrayPage

MOST_WAITING = 400
"""Of pictures asked for and not drawn; older wishes are forgotten, they are asked for again when seen."""


@dataclass(frozen=True, slots=True)
class PictureKey:
    """Which page, how it is turned, straightened and cut, and how long its longer side is (0: as it is)."""

    file: Path
    turn: int
    angle: float
    crop: tuple[int, int, int, int] | None
    width: int
    height: int
    side: int

    @classmethod
    def of(cls, folder: Path, page: TrayPage, side: int) -> PictureKey:
        return cls(folder / page.file, page.turn, page.angle, page.crop, page.width, page.height, side)


def draw(key: PictureKey) -> QImage:
    """The page as it will lie in the document, smaller; a null picture when the file cannot be read.

    In the order of ``scanning.cleanup``: turned back by its angle, cut, then turned by quarters.
    """
    reader = QImageReader(str(key.file))
    scale = 1.0
    if key.side:
        scale = min(1.0, key.side / max(key.width, key.height, 1))
        reader.setScaledSize(QSize(max(1, round(key.width * scale)), max(1, round(key.height * scale))))
    image = reader.read()
    if image.isNull():
        return image
    if key.angle:
        image = image.transformed(QTransform().rotate(-key.angle), Qt.TransformationMode.SmoothTransformation)
    if key.crop is not None:
        left, top, right, bottom = (round(edge * scale) for edge in key.crop)
        image = image.copy(QRect(left, top, max(1, right - left), max(1, bottom - top)).intersected(image.rect()))
    if key.turn % 4:
        image = image.transformed(QTransform().rotate(90 * key.turn))
    return image


class PictureLoader(QObject):
    """``ask(key)`` is answered by ``drawn(key, image)`` on the GUI thread."""

    drawn = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: dict[PictureKey, None] = {}
        self._news = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    def ask(self, key: PictureKey) -> None:
        """Draw this one next."""
        with self._news:
            self._wanted.pop(key, None)
            self._wanted[key] = None
            if len(self._wanted) > MOST_WAITING:
                self._wanted.pop(next(iter(self._wanted)))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="scan-pictures", daemon=True)
                self._thread.start()
            self._news.notify()

    def close(self) -> None:
        """End the thread; what was asked for is not drawn any more."""
        with self._news:
            self._closed = True
            self._news.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._news:
                while not self._wanted and not self._closed:
                    self._news.wait()
                if self._closed:
                    return
                key, _ = self._wanted.popitem()
            self.drawn.emit(key, draw(key))
