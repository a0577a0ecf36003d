"""One kind of paper in the settings: which printer, which tray, one side or two, and a test page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QPushButton, QWidget

from counter_app.settings import SheetSettings
from counter_app.ui.page import nfc
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from printing.printers import Abilities, Tray

TRAY_WIDTH = 270
ROW_WIDTH = 860


class Words:
    """Labels, and the names of trays."""

    AS_OFFICE = QT_TRANSLATE_NOOP("SettingsSheets", "Như máy in giấy A4, A5")
    PRINTER_OF = QT_TRANSLATE_NOOP("SettingsSheets", "Máy in cho: {kind}")
    TRAY_OF = QT_TRANSLATE_NOOP("SettingsSheets", "Khay giấy cho: {kind}")
    TWO_SIDED = QT_TRANSLATE_NOOP("SettingsSheets", "Hai mặt")
    TWO_SIDED_OF = QT_TRANSLATE_NOOP("SettingsSheets", "In hai mặt: {kind}")
    NO_DUPLEX = QT_TRANSLATE_NOOP("SettingsSheets", "Máy in này không tự in hai mặt.")
    TEST = QT_TRANSLATE_NOOP("SettingsSheets", "In thử")
    TEST_OF = QT_TRANSLATE_NOOP("SettingsSheets", "In thử: {kind}")
    OWN_CHOICE = QT_TRANSLATE_NOOP("SettingsSheets", "Máy in tự chọn khay")
    WITH_PAPER = QT_TRANSLATE_NOOP("SettingsSheets", "{tray} ({paper})")
    NUMBERED = QT_TRANSLATE_NOOP("SettingsSheets", "Khay {number}")
    MAIN = QT_TRANSLATE_NOOP("SettingsSheets", "Khay chính")
    ALTERNATE = QT_TRANSLATE_NOOP("SettingsSheets", "Khay phụ")
    MANUAL = QT_TRANSLATE_NOOP("SettingsSheets", "Nạp tay từng tờ")
    BY_PASS = QT_TRANSLATE_NOOP("SettingsSheets", "Khay đa năng")
    ENVELOPE = QT_TRANSLATE_NOOP("SettingsSheets", "Khay phong bì")
    LARGE = QT_TRANSLATE_NOOP("SettingsSheets", "Khay dung lượng lớn")
    TOP = QT_TRANSLATE_NOOP("SettingsSheets", "Khay trên")
    MIDDLE = QT_TRANSLATE_NOOP("SettingsSheets", "Khay giữa")
    BOTTOM = QT_TRANSLATE_NOOP("SettingsSheets", "Khay dưới")
    REAR = QT_TRANSLATE_NOOP("SettingsSheets", "Khay sau")


_TRAYS = {
    "main": Words.MAIN,
    "alternate": Words.ALTERNATE,
    "manual": Words.MANUAL,
    "manualfeed": Words.MANUAL,
    "bypasstray": Words.BY_PASS,
    "multipurpose": Words.BY_PASS,
    "envelope": Words.ENVELOPE,
    "largecapacity": Words.LARGE,
    "top": Words.TOP,
    "upper": Words.TOP,
    "middle": Words.MIDDLE,
    "bottom": Words.BOTTOM,
    "lower": Words.BOTTOM,
    "rear": Words.REAR,
}
"""Names of trays in IPP (PWG 5101.1 media-source) and in CUPS' drivers, without hyphens and capitals."""
_NUMBERED = re.compile(r"tray-?(\d+)", re.IGNORECASE)


def tray_words(tray: Tray) -> str:
    """The tray in Vietnamese where its name is a known one, else the driver's own word, and what lies in it."""
    name = tray.words or tray.key.rpartition("=")[2]
    if numbered := _NUMBERED.fullmatch(name):
        words = _tr(Words.NUMBERED).format(number=numbered[1])
    else:
        words = _tr(_TRAYS.get(name.replace("-", "").lower(), name))
    return _tr(Words.WITH_PAPER).format(tray=words, paper=tray.paper) if tray.paper else words


class SheetRow(QWidget):
    """The answers for one kind of paper; ``edited`` tells of the clerk's changes."""

    edited = Signal()
    printer_changed = Signal()
    test_asked = Signal(str)

    def __init__(self, kind: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMaximumWidth(ROW_WIDTH)
        self.kind = kind
        self.printer = QLineEdit(self)
        self.printer.setPlaceholderText(_tr(Words.AS_OFFICE))
        self.printer.setAccessibleName(_tr(Words.PRINTER_OF).format(kind=name))
        self.printer.textEdited.connect(self._other_printer)
        self.printer.editingFinished.connect(self.printer_changed)
        self.tray = QComboBox(self)
        self.tray.setFixedWidth(TRAY_WIDTH)
        self.tray.setAccessibleName(_tr(Words.TRAY_OF).format(kind=name))
        self.tray.activated.connect(self.edited)
        self.two_sided = QCheckBox(_tr(Words.TWO_SIDED), self)
        self.two_sided.setAccessibleName(_tr(Words.TWO_SIDED_OF).format(kind=name))
        self.two_sided.clicked.connect(self.edited)
        self.test = QPushButton(_tr(Words.TEST), self)
        self.test.setAccessibleName(_tr(Words.TEST_OF).format(kind=name))
        self.test.clicked.connect(self._ask_test)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.printer, 1)
        for part in (self.tray, self.two_sided, self.test):
            layout.addWidget(part)

    def show_settings(self, settings: SheetSettings) -> None:
        """What is in force; the tray is named as far as it is known without the printer."""
        self.printer.setText(settings.printer)
        self.two_sided.setChecked(settings.two_sided)
        self._offer((), settings.tray)

    def settings(self) -> SheetSettings:
        """The answers."""
        return SheetSettings(nfc(self.printer.text()), str(self.tray.currentData()), self.two_sided.isChecked())

    def show_abilities(self, abilities: Abilities | None) -> None:
        """What the printer of this row has to choose from; None: it was not asked or did not answer."""
        can_turn = abilities is None or abilities.two_sided
        self.two_sided.setEnabled(can_turn)
        self.two_sided.setToolTip("" if can_turn else _tr(Words.NO_DUPLEX))
        if abilities is not None:
            self._offer(abilities.trays, str(self.tray.currentData()))

    def _offer(self, trays: Sequence[Tray], chosen: str) -> None:
        """These trays and the one chosen before, though the printer may not name it now."""
        from printing.printers import Tray

        known = [tray.key for tray in trays]
        unnamed = [Tray(chosen)] if chosen and chosen not in known else []
        with QSignalBlocker(self.tray):
            self.tray.clear()
            self.tray.addItem(_tr(Words.OWN_CHOICE), "")
            for tray in (*trays, *unnamed):
                self.tray.addItem(tray_words(tray), tray.key)
            self.tray.setCurrentIndex(self.tray.findData(chosen))

    @Slot()
    def _other_printer(self) -> None:
        """Trays belong to their printer."""
        self._offer((), "")
        self.edited.emit()

    @Slot()
    def _ask_test(self) -> None:
        self.test_asked.emit(self.kind)


def _tr(text: str) -> str:
    return translate("SettingsSheets", text)
