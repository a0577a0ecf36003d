"""The register (sổ theo dõi hồ sơ) in the window: chosen, looked at, printed and saved; and the month's apologies."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from counter_app.services.desk import DeskContext
from counter_app.services.register import RegisterContents, RegisterFilter, RegisterLine, register_contents
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.dossier_page_paper import PrintDialog
from counter_app.ui.formatting import local
from counter_app.ui.overdue_page_papers import MonthDialog
from counter_app.ui.page import PAGE_MARGINS, Page
from counter_app.ui.register_filter import RegisterFilterBox
from counter_app.ui.register_table import RegisterModel, RegisterTable
from counter_app.ui.register_work import RegisterWork, Written
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the page says."""

    TITLE = QT_TRANSLATE_NOOP("ReportsPage", "Báo cáo")
    REGISTER = QT_TRANSLATE_NOOP("ReportsPage", "Sổ theo dõi hồ sơ")
    SHOWN = QT_TRANSLATE_NOOP("ReportsPage", "{count} hồ sơ · Enter: mở hồ sơ")
    NONE = QT_TRANSLATE_NOOP("ReportsPage", "Không có hồ sơ nào trong khoảng này. Hãy chọn ngày, tháng khác.")
    LOOK = QT_TRANSLATE_NOOP("ReportsPage", "Xem và in (Ctrl+P)")
    SAVE = QT_TRANSLATE_NOOP("ReportsPage", "Lưu Excel… (Ctrl+S)")
    APOLOGIES = QT_TRANSLATE_NOOP("ReportsPage", "Văn bản &xin lỗi trong tháng…")
    CANCEL = QT_TRANSLATE_NOOP("ReportsPage", "Hủy (Esc)")
    DRAWING = QT_TRANSLATE_NOOP("ReportsPage", "Đang dàn trang sổ: {count} trang…")
    WRITING = QT_TRANSLATE_NOOP("ReportsPage", "Đang ghi bảng tính: {count} / {total} hồ sơ…")
    WRITTEN = QT_TRANSLATE_NOOP("ReportsPage", "Đã ghi {count} hồ sơ vào «{name}».")
    STOPPED = QT_TRANSLATE_NOOP("ReportsPage", "Đã hủy, không có gì được ghi.")
    SHEET = QT_TRANSLATE_NOOP("ReportsPage", "Bảng tính Excel (*.xlsx)")


class ReportsPage(Page):
    """The register that is chosen above, as a table; below what can be made of it."""

    name: ClassVar[str] = "reports"
    title: ClassVar[str] = Words.TITLE
    shortcut: ClassVar[str] = "F8"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._dialog: QDialog | None = None
        self._files: QFileDialog | None = None
        self._asked = RegisterFilter()
        self._count = 0
        self.filter = RegisterFilterBox(lambda: local(context.desk.clock()).date(), self)
        self.filter.period_changed.connect(self.read)
        self.filter.changed.connect(self._narrow)
        self.model = RegisterModel(context, self)
        self.model.loaded.connect(self._loaded)
        self.table = RegisterTable(self.model, self)
        self.table.row_opened.connect(self._open)
        self.work = RegisterWork(self)
        self.work.pages.connect(self._pages)
        self.work.lines.connect(self._lines)
        self.work.done.connect(self._done)
        self.work.failed.connect(self._failed)
        self.work.stopped.connect(self._stopped)
        self._build_bar()
        heading = QLabel(_tr(Words.REGISTER), self)
        set_role(heading, "section")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*PAGE_MARGINS)
        layout.addWidget(heading)
        layout.addWidget(self.filter)
        layout.addWidget(self.table, 1)
        layout.addLayout(self.bar)
        context.changed.connect(self._changed)
        self._show_busy(False)

    def activated(self) -> None:
        self.read()
        self.filter.period.setFocus(Qt.FocusReason.OtherFocusReason)

    def closing(self) -> None:
        self.work.stop()

    @Slot()
    def read(self) -> None:
        """The register of the days that are chosen, and what there is in it."""
        work = partial(register_contents, self.context.desk, self.filter.days())
        self.context.executor.submit(work, self._take_contents)

    @Slot()
    def look(self) -> None:
        """Lay the register out as it will be printed."""
        if self.look_button.isEnabled():
            self._begin()
            self.work.draw(self.context.desk, self._asked)

    @Slot()
    def choose_file(self) -> None:
        """Ask where to keep the sheet."""
        if not self.save_button.isEnabled():
            return
        self._files = QFileDialog(self, _tr(Words.REGISTER), f"{_file_name(self.filter.wanted())}.xlsx")
        self._files.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self._files.setNameFilter(_tr(Words.SHEET))
        self._files.setDefaultSuffix("xlsx")
        self._files.fileSelected.connect(self.save_to)
        self._files.open()

    @Slot(str)
    def save_to(self, name: str) -> None:
        """Write the sheet to a file of the clerk's choice."""
        self._begin()
        self.work.write(self.context.desk, self._asked, Path(name))

    @Slot()
    def show_apologies(self) -> None:
        """The month's list of apologies, as a table or on paper."""
        self._show(MonthDialog(self.context, self))

    def _build_bar(self) -> None:
        self.state = QLabel(self)
        self.state.setWordWrap(True)
        set_role(self.state, "hint")
        self.progress = QProgressBar(self)
        self.progress.setFixedWidth(180)
        self.progress.setTextVisible(False)
        self.apologies_button = self._button(Words.APOLOGIES, self.show_apologies)
        self.save_button = self._button(Words.SAVE, self.choose_file, "Ctrl+S")
        self.look_button = self._button(Words.LOOK, self.look, "Ctrl+P")
        set_role(self.look_button, "primary")
        self.cancel_button = self._button(Words.CANCEL, self.work.cancel, "Esc")
        self.bar = QHBoxLayout()
        self.bar.addWidget(self.state, 1)
        for part in (
            self.progress,
            self.cancel_button,
            self.apologies_button,
            self.save_button,
            self.look_button,
        ):
            self.bar.addWidget(part)

    def _button(self, words: str, slot: object, keys: str = "") -> QPushButton:
        button = QPushButton(_tr(words), self)
        button.setAccessibleName(button.text().replace("&", ""))
        button.clicked.connect(slot)
        if keys:
            button.setShortcut(keys)
        return button

    def _take_contents(self, contents: RegisterContents) -> None:
        self.filter.show_contents(contents)
        self._narrow()

    @Slot()
    def _narrow(self) -> None:
        self.model.wanted = self.filter.wanted()
        self.model.refresh()

    @Slot(int)
    def _loaded(self, count: int) -> None:
        self._count = count
        if not self.work.running:
            self._show_busy(False)

    def _begin(self) -> None:
        self._asked = self.filter.wanted()
        self._show_busy(True)

    def _show_busy(self, busy: bool) -> None:
        for part in (self.progress, self.cancel_button):
            part.setVisible(busy)
        for button in (self.apologies_button, self.save_button, self.look_button):
            button.setVisible(not busy)
        for button in (self.save_button, self.look_button):
            button.setEnabled(bool(self._count) and not busy)
        self.progress.setRange(0, 0)
        self.filter.setEnabled(not busy)
        if not busy:
            count = f"{self._count:,}".replace(",", ".")
            self.state.setText(_tr(Words.SHOWN).format(count=count) if self._count else _tr(Words.NONE))

    @Slot(int)
    def _pages(self, count: int) -> None:
        self.state.setText(_tr(Words.DRAWING).format(count=count))

    @Slot(int)
    def _lines(self, count: int) -> None:
        self.progress.setRange(0, self._count)
        self.progress.setValue(count)
        self.state.setText(_tr(Words.WRITING).format(count=count, total=self._count))

    @Slot(object)
    def _done(self, made: bytes | Written) -> None:
        self._show_busy(False)
        if isinstance(made, Written):
            self.context.tell(_tr(Words.WRITTEN).format(count=made.count, name=made.path.name), "success")
        else:
            self._look_at(made)

    def _look_at(self, pdf: bytes) -> None:
        make, send = partial(_kept, pdf), partial(_print, self.context.desk, self._asked, pdf)
        dialog = PrintDialog(self.context, _tr(Words.REGISTER), _file_name(self._asked), make, send, self)
        self._show(dialog)

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self._show_busy(False)
        self.context.show_error(error)

    @Slot()
    def _stopped(self) -> None:
        self._show_busy(False)
        self.context.tell(_tr(Words.STOPPED))

    def _show(self, dialog: QDialog) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
        self._dialog = dialog
        dialog.open()

    @Slot(object)
    def _open(self, line: RegisterLine) -> None:
        self.context.open_dossier.emit(line.dossier_code)

    @Slot(object)
    def _changed(self, changed: Changed) -> None:
        if "dossier" in changed.kinds and self.isVisible():
            self.read()


def _kept(pdf: bytes, _reprint: bool) -> bytes:
    return pdf


def _print(desk: DeskContext, wanted: RegisterFilter, pdf: bytes, _reprint: bool) -> int:
    from counter_app.services.register_print import print_register

    return print_register(desk, wanted, pdf)


def _file_name(wanted: RegisterFilter) -> str:
    """``so-theo-doi-2026-03-01-2026-03-31``."""
    days = dict.fromkeys(f"{day:%Y-%m-%d}" for day in (wanted.first, wanted.last) if day is not None)
    parts = ("" if wanted.volume is None else str(wanted.volume), *days, wanted.procedure, wanted.field)
    return "-".join(["so-theo-doi", *filter(None, parts)])


def _tr(text: str) -> str:
    return translate("ReportsPage", text)
