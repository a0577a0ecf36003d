"""Which printer takes what, with a test page for each."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from counter_app.errors import CounterError, UserError
from counter_app.services.desk import DeskContext
from counter_app.services.values import OfficeData
from counter_app.settings import Settings, SheetSettings
from counter_app.ui.context import AppContext
from counter_app.ui.page import commit_preedit, nfc
from counter_app.ui.printer_asking import PrinterAsking
from counter_app.ui.settings_page_forms import FIELD_WIDTH, SettingsForm
from counter_app.ui.settings_page_sheets import SheetRow, tray_words
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from printing.printers import Abilities


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
    SLIP = QT_TRANSLATE_NOOP("SettingsPrinters", "In phiếu hẹn trên máy in nhiệt ng&ay khi tiếp nhận")
    TEST = QT_TRANSLATE_NOOP("SettingsPrinters", "In trang thử")
    TEST_NAME = QT_TRANSLATE_NOOP("SettingsPrinters", "In trang thử: {printer}")
    TEST_SENT = QT_TRANSLATE_NOOP(
        "SettingsPrinters", "Trang thử đã vào hàng lệnh in. Xem ở thẻ «Lệnh in» nếu máy chưa in ra."
    )
    KINDS = QT_TRANSLATE_NOOP("SettingsPrinters", "Từng loại giấy: máy in, khay giấy, số mặt")
    SLIPS = QT_TRANSLATE_NOOP("SettingsPrinters", "&Phiếu giao người nộp (A5)")
    LETTERS = QT_TRANSLATE_NOOP("SettingsPrinters", "&Văn bản người đứng đầu ký (A4)")
    LISTS = QT_TRANSLATE_NOOP("SettingsPrinters", "&Sổ, biên bản, bảng kê (A4)")
    LABELS = QT_TRANSLATE_NOOP("SettingsPrinters", "Nhãn &bưu gửi (100 × 150 mm)")
    ASK = QT_TRANSLATE_NOOP("SettingsPrinters", "&Hỏi máy in về khay và in hai mặt")
    ASKING = QT_TRANSLATE_NOOP("SettingsPrinters", "Đang hỏi máy in…")
    TRAYS = QT_TRANSLATE_NOOP("SettingsPrinters", "{printer}: {trays}; {sides}.")
    NO_TRAYS = QT_TRANSLATE_NOOP("SettingsPrinters", "không có khay để chọn")
    TURNS = QT_TRANSLATE_NOOP("SettingsPrinters", "in được hai mặt")
    ONE_SIDE = QT_TRANSLATE_NOOP("SettingsPrinters", "chỉ in một mặt")
    NO_ADDRESS = QT_TRANSLATE_NOOP("SettingsPrinters", "Hãy nhập địa chỉ máy in rồi in trang thử.")


KINDS = {"slips": Words.SLIPS, "letters": Words.LETTERS, "lists": Words.LISTS, "labels": Words.LABELS}
"""Kinds of paper, as the settings name them."""


class PrintersForm(SettingsForm):
    """Addresses of the printers, what is printed by itself, and where and how each kind of paper comes out."""

    tab = Words.TAB

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.office, self.office_test = self._printer(Words.OFFICE, Words.HINT_OFFICE)
        self.office.editingFinished.connect(self._offer)
        self.thermal, self.thermal_test = self._printer(Words.THERMAL, Words.HINT_THERMAL)
        self.office_test.clicked.connect(self._test_office)
        self.thermal_test.clicked.connect(self._test_thermal)
        self.paper_width = self.choice(Words.WIDTH, {80: Words.WIDTH_80, 58: Words.WIDTH_58})
        self.receipt = self.tick(Words.RECEIPT)
        self.slip = self.tick(Words.SLIP)
        self._known: dict[str, Abilities] = {}
        self._answers: list[str] = []
        self._failures = 0
        self.asking = PrinterAsking(self)
        self.asking.answered.connect(self._answered)
        self.asking.done.connect(self._asked)
        self._add_kinds()

    def _add_kinds(self) -> None:
        title = QLabel(_tr(Words.KINDS), self)
        set_role(title, "section")
        self.form.addRow(title)
        self.rows = {kind: self._row(kind, label) for kind, label in KINDS.items()}
        self.ask_button = QPushButton(_tr(Words.ASK), self)
        self.ask_button.setAccessibleName(self.ask_button.text().replace("&", ""))
        self.ask_button.clicked.connect(self.ask)
        line = QHBoxLayout()
        line.addWidget(self.ask_button)
        line.addStretch(1)
        self.form.addRow("", line)
        self.answer = QLabel(self)
        self.answer.setWordWrap(True)
        self.answer.setMaximumWidth(FIELD_WIDTH)
        set_role(self.answer, "inline")
        self.form.addRow("", self.answer)
        self.form.setRowVisible(self.answer, False)

    def _row(self, kind: str, label: str) -> SheetRow:
        row = SheetRow(kind, _tr(label).replace("&", ""), self)
        row.edited.connect(self.edited)
        row.printer_changed.connect(self._offer)
        row.test_asked.connect(self._test_kind)
        caption = QLabel(_tr(label), self)
        caption.setBuddy(row.printer)
        self.form.addRow(caption, row)
        return row

    def load(self, settings: Settings, office: OfficeData) -> None:
        printers = settings.printers
        self.office.setText(printers.office)
        self.thermal.setText(printers.thermal)
        self.paper_width.setCurrentIndex(self.paper_width.findData(printers.thermal_width_mm))
        self.receipt.setChecked(printers.print_receipt)
        self.slip.setChecked(printers.print_thermal)
        for kind, row in self.rows.items():
            row.show_settings(getattr(printers, kind))
        self._offer()

    def changes(self, settings: Settings) -> Settings:
        printers = replace(
            settings.printers,
            office=nfc(self.office.text()),
            thermal=nfc(self.thermal.text()),
            thermal_width_mm=int(self.paper_width.currentData()),
            print_receipt=self.receipt.isChecked(),
            print_thermal=self.slip.isChecked(),
            **{kind: row.settings() for kind, row in self.rows.items()},
        )
        return replace(settings, printers=printers)

    @Slot()
    def ask(self) -> None:
        """Ask all printers on the screen, saved or not, for their trays and sides."""
        commit_preedit()
        given = [nfc(self.office.text()), *(row.settings().printer for row in self.rows.values())]
        addresses = [address for address in dict.fromkeys(given) if address]
        if not addresses:
            self.context.show_error(UserError("printer_missing", _tr(Words.NO_ADDRESS)))
            return
        self.ask_button.setEnabled(False)
        self._answers.clear()
        self._failures = 0
        self._say(_tr(Words.ASKING), "info")
        self.asking.start(addresses)

    @Slot(str, object)
    def _answered(self, address: str, answer: Abilities | Exception) -> None:
        if isinstance(answer, CounterError):
            self._failures += 1
            self._known.pop(address, None)
            self._answers.append(answer.message)
        elif isinstance(answer, Exception):
            self.context.show_error(answer)
        else:
            self._known[address] = answer
            trays = ", ".join(tray_words(tray) for tray in answer.trays)
            words = _tr(Words.TRAYS).format(
                printer=answer.model or address,
                trays=trays or _tr(Words.NO_TRAYS),
                sides=_tr(Words.TURNS if answer.two_sided else Words.ONE_SIDE),
            )
            self._answers.append(words)
        self._offer()

    @Slot()
    def _asked(self) -> None:
        self.ask_button.setEnabled(True)
        self._say("\n".join(self._answers), "error" if self._failures else "success")
        self.ensureWidgetVisible(self.answer)

    @Slot()
    def _offer(self) -> None:
        """Each row offers what its printer, or the office printer, is known to have."""
        for row in self.rows.values():
            row.show_abilities(self._known.get(self._address(row)))

    def _address(self, row: SheetRow) -> str:
        return row.settings().printer or nfc(self.office.text())

    def _say(self, words: str, tone: str) -> None:
        self.answer.setText(words)
        set_tone(self.answer, tone)
        self.form.setRowVisible(self.answer, bool(words))

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
        self.test(SheetSettings(nfc(self.office.text())), "letters")

    @Slot()
    def _test_thermal(self) -> None:
        self.test(SheetSettings(nfc(self.thermal.text())), "thermal")

    @Slot(str)
    def _test_kind(self, kind: str) -> None:
        row = self.rows[kind]
        self.test(replace(row.settings(), printer=self._address(row)), kind)

    def test(self, sheet: SheetSettings, kind: str) -> None:
        """Put a test page for this printer, tray and kind of paper into the spool."""
        if not sheet.printer:
            self.context.show_error(UserError("printer_missing", _tr(Words.NO_ADDRESS)))
            return
        self.context.executor.submit(partial(_print_test, self.context.desk, sheet, kind), self._sent)

    def _sent(self, job: int) -> None:
        if self.context.spooler is not None:
            self.context.spooler.wake()
        self.context.announce("print_jobs")
        self.context.tell(_tr(Words.TEST_SENT), "success")


def _print_test(desk: DeskContext, sheet: SheetSettings, kind: str) -> int:
    from counter_app.services.printers import print_test_page

    return print_test_page(desk, sheet, kind)


def _tr(text: str) -> str:
    return translate("SettingsPrinters", text)
