"""One page scanned from the settings, shown and forgotten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from counter_app.errors import CounterError
from counter_app.ui.context import AppContext
from counter_app.ui.own_thread import OwnThread
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.scanning.model import ScanSource, SourceInfo

MM_PER_INCH = 25.4
LARGEST = 2000
"""Longer side in pixels of what is shown."""


class Words:
    """What the window says."""

    TITLE = QT_TRANSLATE_NOOP("ScannerPage", "Quét thử một trang: {name}")
    FEEDER = QT_TRANSLATE_NOOP("ScannerPage", "&Khay nạp")
    AGAIN = QT_TRANSLATE_NOOP("ScannerPage", "Quét lại (F5)")
    CLOSE = QT_TRANSLATE_NOOP("ScannerPage", "Đóng (Esc)")
    READING = QT_TRANSLATE_NOOP("ScannerPage", "Đang quét thử…")
    STOPPING = QT_TRANSLATE_NOOP("ScannerPage", "Đang dừng máy quét…")
    PICTURE = QT_TRANSLATE_NOOP("ScannerPage", "Trang vừa quét thử")
    GOOD = QT_TRANSLATE_NOOP("ScannerPage", "Quét được: {width} × {height} mm, {dpi} dpi. Trang thử không được lưu.")
    BROKEN = QT_TRANSLATE_NOOP("ScannerPage", "Máy quét đưa ra ảnh không xem được. Hãy tắt, bật lại máy rồi quét lại.")


@dataclass(frozen=True, slots=True)
class TrialPage:
    """A page as it is shown, with what it measures in millimetres."""

    image: QImage
    dpi: int
    width: int
    height: int
    note: str


class PageTrialDialog(QDialog):
    """Scans as soon as it is there; Esc stops the scanner first."""

    def __init__(
        self, context: AppContext, source: SourceInfo, opened: Callable[[], ScanSource], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.context = context
        self._source = source
        self._opened = opened
        self._is_reading = False
        self._is_closing = False
        self._picture = QPixmap()
        self.trial = OwnThread("page-trial", self)
        self.trial.done.connect(self._read)
        self.trial.failed.connect(self._failed)
        self.setWindowTitle(_tr(Words.TITLE).format(name=source.name))
        self.setModal(True)
        self.resize(640, 660)
        self._make_parts()
        self.scan()

    def reject(self) -> None:
        if self._is_reading:
            self._is_closing = True
            self.trial.cancel()
            self._say(_tr(Words.STOPPING), "info")
        else:
            super().reject()

    def end(self) -> None:
        """The program ends: the scanner is stopped and waited for."""
        self.trial.stop()

    @Slot()
    def scan(self) -> None:
        """Read one page."""
        if self._is_reading:
            return
        self._picture = QPixmap()
        self._lay_out()
        self._show_reading(True)
        self._say(_tr(Words.READING), "info")
        feeder = self.feeder.isChecked()
        self.trial.begin(partial(_read_page, self._opened, self._source.resolutions, feeder, self.trial.told_to_end))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _make_parts(self) -> None:
        self.feeder = QCheckBox(_tr(Words.FEEDER), self)
        self.feeder.setAccessibleName(self.feeder.text().replace("&", ""))
        self.feeder.setChecked(self._source.has_feeder)
        self.feeder.setEnabled(self._source.has_feeder)
        self.again = QPushButton(_tr(Words.AGAIN), self)
        self.again.setShortcut("F5")
        set_role(self.again, "primary")
        self.shut = QPushButton(_tr(Words.CLOSE), self)
        for button, slot in ((self.again, self.scan), (self.shut, self.reject)):
            button.setAccessibleName(button.text())
            button.setAutoDefault(False)
            button.clicked.connect(slot)
        self.told = QLabel(self)
        self.told.setWordWrap(True)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self.told, "inline")
        self.progress = QProgressBar(self)
        self.progress.setRange(0, 0)
        self.progress.setAccessibleName(_tr(Words.READING))
        self.sheet = QLabel(self)
        self.sheet.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sheet.setAccessibleName(_tr(Words.PICTURE))
        self.sheet.setMinimumSize(1, 1)
        row = QHBoxLayout()
        row.addWidget(self.feeder)
        row.addStretch(1)
        row.addWidget(self.shut)
        row.addWidget(self.again)
        layout = QVBoxLayout(self)
        layout.addWidget(self.told)
        layout.addWidget(self.progress)
        layout.addWidget(self.sheet, 1)
        layout.addLayout(row)

    def _show_reading(self, reading: bool) -> None:
        self._is_reading = reading
        self.progress.setVisible(reading)
        self.again.setEnabled(not reading)
        self.feeder.setEnabled(not reading and self._source.has_feeder)

    @Slot(object)
    def _read(self, page: TrialPage) -> None:
        if not self._ended():
            return
        if page.image.isNull():
            self._say(_tr(Words.BROKEN), "error")
            return
        self._picture = QPixmap.fromImage(page.image)
        words = _tr(Words.GOOD).format(width=page.width, height=page.height, dpi=page.dpi)
        self._say(" ".join(filter(None, (words, page.note))), "warning" if page.note else "success")
        self._lay_out()

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        if not self._ended():
            return
        if isinstance(error, CounterError):
            self._say(error.message, "error")
        else:
            self._say("", "info")
            self.context.show_error(error)

    def _ended(self) -> bool:
        """Whether the window is still wanted."""
        self._show_reading(False)
        if self._is_closing:
            self.reject()
            return False
        self.again.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _lay_out(self) -> None:
        if self._picture.isNull():
            self.sheet.clear()
            return
        ratio = self.devicePixelRatioF()
        room = (self.sheet.size() - QSize(4, 4)) * ratio
        shown = self._picture.scaled(
            room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        shown.setDevicePixelRatio(ratio)
        self.sheet.setPixmap(shown)

    def _say(self, words: str, tone: str) -> None:
        self.told.setText(words)
        set_tone(self.told, tone)
        self.told.setVisible(bool(words))


def _read_page(
    opened: Callable[[], ScanSource], resolutions: tuple[int, ...], feeder: bool, stop: Callable[[], bool]
) -> TrialPage:
    from counter_app.scanning.trial import read_one_page

    page = read_one_page(opened(), resolutions, feeder=feeder, stop=stop)
    image = QImage.fromData(page.data)
    width, height = (round(edge / page.dpi * MM_PER_INCH) for edge in (image.width(), image.height()))
    if max(image.width(), image.height()) > LARGEST:
        image = image.scaled(
            LARGEST, LARGEST, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    return TrialPage(image, page.dpi, width, height, page.note)


def _tr(text: str) -> str:
    return translate("ScannerPage", text)
