"""How a page is straightened and cut, by hand: what the program found is taken back or mended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QDialog, QDoubleSpinBox, QFormLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout
from PySide6.QtWidgets import QWidget as Widget

from counter_app.rules.page_frame import NOTHING_OFF, Margins, crop_of, grown, margins_of, on_other_sheet, turned
from counter_app.ui.scan_crop_view import CropView
from counter_app.ui.scan_pictures import PictureKey, PictureLoader
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.scanning.tray import TrayPage

LARGEST = 1600
"""Longer side in pixels of what is shown."""
MM_PER_INCH = 25.4
MOST_DEGREES = 45.0
STEP_DEGREES = 0.1


class Words:
    """What the window says."""

    TITLE = QT_TRANSLATE_NOOP("ScanCrop", "Cắt và chỉnh nghiêng trang {number}")
    HINT = QT_TRANSLATE_NOOP(
        "ScanCrop", "Kéo chuột để vẽ phần giữ lại, kéo cạnh để sửa; hoặc gõ số. Ảnh đã quét không bị thay đổi."
    )
    ANGLE = QT_TRANSLATE_NOOP("ScanCrop", "Chỉnh n&ghiêng")
    LEFT = QT_TRANSLATE_NOOP("ScanCrop", "Cắt bên &trái")
    TOP = QT_TRANSLATE_NOOP("ScanCrop", "Cắt phía t&rên")
    RIGHT = QT_TRANSLATE_NOOP("ScanCrop", "Cắt bên &phải")
    BOTTOM = QT_TRANSLATE_NOOP("ScanCrop", "Cắt phía &dưới")
    DEGREES = QT_TRANSLATE_NOOP("ScanCrop", " độ")
    MM = QT_TRANSLATE_NOOP("ScanCrop", " mm")
    SIZE = QT_TRANSLATE_NOOP("ScanCrop", "Giữ lại {width} × {height} mm")
    NO_CROP = QT_TRANSLATE_NOOP("ScanCrop", "Bỏ &cắt")
    NO_ANGLE = QT_TRANSLATE_NOOP("ScanCrop", "Bỏ chỉnh &nghiêng")
    APPLY = QT_TRANSLATE_NOOP("ScanCrop", "Dùng (Ctrl+Enter)")
    CANCEL = QT_TRANSLATE_NOOP("ScanCrop", "Thôi (Esc)")


SIDES = (Words.LEFT, Words.TOP, Words.RIGHT, Words.BOTTOM)


class CropDialog(QDialog):
    """``shaped`` tells the page's id, its angle and its crop when they are accepted."""

    shaped = Signal(str, float, object)

    def __init__(self, loader: PictureLoader, folder: Path, page: TrayPage, number: int, parent: Widget) -> None:
        super().__init__(parent)
        self._page = page
        self._angle = page.angle
        self._sheet = grown(page.width, page.height, page.angle)
        self._margins = margins_of(self._sheet, page.crop)
        self._key = PictureKey(folder / page.file, 0, 0.0, None, page.width, page.height, LARGEST)
        self.setWindowTitle(_tr(Words.TITLE).format(number=number))
        self.setModal(True)
        self.resize(1000, 660)
        self.view = CropView(self)
        self.view.setAccessibleName(self.windowTitle())
        self.view.drawn.connect(self._drawn)
        self._make_questions()
        self._lay_out()
        self._show()
        loader.drawn.connect(self._picture_drawn)
        loader.ask(self._key)
        self.angle.setFocus(Qt.FocusReason.OtherFocusReason)
        self.angle.selectAll()

    @Slot()
    def take_crop_back(self) -> None:
        """Keep the whole page."""
        self._margins = NOTHING_OFF
        self._show()

    @Slot()
    def take_angle_back(self) -> None:
        """Leave the page as it lay in the scanner."""
        self.angle.setValue(0.0)

    @Slot()
    def apply(self) -> None:
        """Take what is shown."""
        for box in (self.angle, *self.sides):
            box.interpretText()
        self.shaped.emit(self._page.id, self._angle, crop_of(self._sheet, self._margins))
        self.accept()

    def _make_questions(self) -> None:
        self.angle = self._box(Words.ANGLE, Words.DEGREES, -MOST_DEGREES, MOST_DEGREES, STEP_DEGREES)
        self.angle.setDecimals(2)
        self.angle.setValue(self._angle)
        self.angle.valueChanged.connect(self._angle_typed)
        self.sides = tuple(self._box(words, Words.MM, 0.0, self._mm(max(self._sheet)), 1.0) for words in SIDES)
        for box in self.sides:
            box.valueChanged.connect(self._side_typed)
        self.size_told = QLabel(self)
        set_role(self.size_told, "hint")

    def _lay_out(self) -> None:
        hint = QLabel(_tr(Words.HINT), self)
        hint.setWordWrap(True)
        set_role(hint, "hint")
        form = QFormLayout()
        for words, box in ((Words.ANGLE, self.angle), *zip(SIDES, self.sides, strict=True)):
            caption = QLabel(_tr(words), self)
            caption.setBuddy(box)
            form.addRow(caption, box)
        form.addRow(self.size_told)
        column = QVBoxLayout()
        column.addWidget(hint)
        column.addLayout(form)
        column.addWidget(self._button(Words.NO_ANGLE, self.take_angle_back))
        column.addWidget(self._button(Words.NO_CROP, self.take_crop_back))
        column.addStretch(1)
        confirm = self._button(Words.APPLY, self.apply)
        confirm.setDefault(True)
        confirm.setShortcut("Ctrl+Return")
        set_role(confirm, "primary")
        column.addWidget(confirm)
        column.addWidget(self._button(Words.CANCEL, self.reject))
        side = Widget(self)
        side.setFixedWidth(290)
        side.setLayout(column)
        layout = QHBoxLayout(self)
        layout.addWidget(self.view, 1)
        layout.addWidget(side)

    def _box(self, name: str, unit: str, least: float, most: float, step: float) -> QDoubleSpinBox:
        box = QDoubleSpinBox(self)
        box.setRange(least, most)
        box.setSingleStep(step)
        box.setDecimals(1)
        box.setSuffix(_tr(unit))
        box.setAccessibleName(_tr(name).replace("&", ""))
        return box

    def _button(self, words: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(_tr(words), self)
        button.setAccessibleName(_tr(words).replace("&", ""))
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    @Slot(float)
    def _angle_typed(self, angle: float) -> None:
        before, self._angle = self._sheet, angle
        self._sheet = grown(self._page.width, self._page.height, angle)
        self._margins = on_other_sheet(self._margins, before, self._sheet)
        self._show()

    @Slot()
    def _side_typed(self) -> None:
        seen = list(turned(self._margins, self._page.turn))
        at = next(place for place, box in enumerate(self.sides) if box is self.sender())
        seen[at] = self._pixels(self.sides[at].value())
        self._take_seen((seen[0], seen[1], seen[2], seen[3]))

    @Slot(tuple)
    def _drawn(self, margins: Margins) -> None:
        self._take_seen(margins)

    def _take_seen(self, margins: Margins) -> None:
        self._margins = turned(margins, -self._page.turn)
        self._show()

    def _show(self) -> None:
        page, seen = self._page, turned(self._margins, self._page.turn)
        for box, margin in zip(self.sides, seen, strict=True):
            if not box.hasFocus() or abs(self._pixels(box.value()) - margin) > 1:
                with QSignalBlocker(box):
                    box.setValue(self._mm(margin))
        self.view.show_frame((page.width, page.height), self._sheet, self._angle, page.turn, seen)
        width, height = self._sheet if page.turn % 2 == 0 else self._sheet[::-1]
        left, top, right, bottom = seen
        words = _tr(Words.SIZE)
        self.size_told.setText(
            words.format(width=round(self._mm(width - left - right)), height=round(self._mm(height - top - bottom)))
        )

    @Slot(object, object)
    def _picture_drawn(self, key: PictureKey, image: QImage) -> None:
        if key == self._key:
            self.view.show_picture(QPixmap.fromImage(image))

    def _mm(self, pixels: float) -> float:
        return pixels / self._page.dpi * MM_PER_INCH

    def _pixels(self, mm: float) -> float:
        return mm / MM_PER_INCH * self._page.dpi


def _tr(text: str) -> str:
    return translate("ScanCrop", text)
