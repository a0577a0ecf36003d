"""Which printer takes what, with a test page for each."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from counter_app.errors import UserError
from counter_app.services.desk import DeskContext
from counter_app.services.values import OfficeData
from counter_app.settings import Settings
from counter_app.ui.context import AppContext
from counter_app.ui.page import nfc
from counter_app.ui.settings_page_forms import FIELD_WIDTH, SettingsForm
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """Labels and hints."""

    TAB = QT_TRANSLATE_NOOP("SettingsPrinters", "Máy in")
    OFFICE = QT_TRANSLATE_NOOP("SettingsPrinters", "Máy in &giấy A4, A5")
    THERMAL = QT_TRANSLATE_NOOP("SettingsPrinters", "Máy in &nhiệt")
    HINT_OFFICE = QT_TRANSLATE_NOOP(
        "SettingsPrinters", "ipp://MÁY/ipp/print, cups:TÊN hoặc win:TÊN. Để trống: chỉ xem trước, lưu PDF."
    )
    HINT_THERMAL = QT_TRANSLATE_NOOP("SettingsPrinters", "tcp://MÁY:9100, usb:VID:PID, serial:CỔNG hoặc win:TÊN.")
    WIDTH = QT_TRANSLATE_NOOP("SettingsPrinters", "&Khổ giấy nhiệt")
    WIDTH_80 = QT_TRANSLATE_NOOP("SettingsPrinters", "80 mm")
    WIDTH_58 = QT_TRANSLATE_NOOP("SettingsPrinters", "58 mm")
    RECEIPT = QT_TRANSLATE_NOOP("SettingsPrinters", "In giấy tiếp nhận ngay khi t&iếp nhận hồ sơ")
    SLIP = QT_TRANSLATE_NOOP("SettingsPrinters", "In phiếu hẹn trên máy in nhiệt n&gay khi tiếp nhận")
    TEST = QT_TRANSLATE_NOOP("SettingsPrinters", "In trang thử")
    TEST_NAME = QT_TRANSLATE_NOOP("SettingsPrinters", "In trang thử: {printer}")
    TEST_SENT = QT_TRANSLATE_NOOP(
        "SettingsPrinters", "Trang thử đã vào hàng lệnh in. Xem ở thẻ «Lệnh in» nếu máy chưa in ra."
    )
    NO_ADDRESS = QT_TRANSLATE_NOOP("SettingsPrinters", "Hãy nhập địa chỉ máy in rồi in trang thử.")


class PrintersForm(SettingsForm):
    """Addresses of the two printers and what is printed by itself."""

    tab = Words.TAB
    test_asked = Signal(str)

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.office, self.office_test = self._printer(Words.OFFICE, Words.HINT_OFFICE)
        self.thermal, self.thermal_test = self._printer(Words.THERMAL, Words.HINT_THERMAL)
        self.office_test.clicked.connect(self._test_office)
        self.thermal_test.clicked.connect(self._test_thermal)
        self.paper_width = self.choice(Words.WIDTH, {80: Words.WIDTH_80, 58: Words.WIDTH_58})
        self.receipt = self.tick(Words.RECEIPT)
        self.slip = self.tick(Words.SLIP)

    def load(self, settings: Settings, office: OfficeData) -> None:
        printers = settings.printers
        self.office.setText(printers.office)
        self.thermal.setText(printers.thermal)
        self.paper_width.setCurrentIndex(self.paper_width.findData(printers.thermal_width_mm))
        self.receipt.setChecked(printers.print_receipt)
        self.slip.setChecked(printers.print_thermal)

    def changes(self, settings: Settings) -> Settings:
        printers = replace(
            settings.printers,
            office=nfc(self.office.text()),
            thermal=nfc(self.thermal.text()),
            thermal_width_mm=int(self.paper_width.currentData()),
            print_receipt=self.receipt.isChecked(),
            print_thermal=self.slip.isChecked(),
        )
        return replace(settings, printers=printers)

    def _printer(self, label: str, hint: str) -> tuple[QLineEdit, QPushButton]:
        name = _tr(label)
        field = QLineEdit(self)
        field.textEdited.connect(self.edited)
        button = QPushButton(_tr(Words.TEST), self)
        button.setAccessibleName(_tr(Words.TEST_NAME).format(printer=name.replace("&", "")))
        row = QWidget(self)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(field, 1)
        layout.addWidget(button)
        row.setMaximumWidth(FIELD_WIDTH)
        caption = QLabel(name, self)
        caption.setBuddy(field)
        field.setAccessibleName(name.replace("&", ""))
        self.form.addRow(caption, self.with_hint(row, hint))
        return field, button

    @Slot()
    def _test_office(self) -> None:
        self.test(nfc(self.office.text()))

    @Slot()
    def _test_thermal(self) -> None:
        self.test(nfc(self.thermal.text()))

    def test(self, printer: str) -> None:
        """Put a test page for the printer into the spool."""
        if not printer:
            self.context.show_error(UserError("printer_missing", _tr(Words.NO_ADDRESS)))
            return
        self.context.executor.submit(partial(_print_test, self.context.desk, printer), self._sent)

    def _sent(self, job: int) -> None:
        if self.context.spooler is not None:
            self.context.spooler.wake()
        self.context.announce("print_jobs")
        self.context.tell(_tr(Words.TEST_SENT), "success")


def _print_test(desk: DeskContext, printer: str) -> int:
    from counter_app.services.papers import print_test_page

    return print_test_page(desk, printer)


def _tr(text: str) -> str:
    return translate("SettingsPrinters", text)
