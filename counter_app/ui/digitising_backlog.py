"""Older results still in force: batches with their rates, the results of one, entering, lists, scans."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from counter_app.services.backlog import (
    BatchView,
    Entered,
    OldResultView,
    batches,
)
from counter_app.services.backlog_import import Imported, import_old_results
from counter_app.services.backlog_scan import attach_old
from counter_app.services.desk import DeskContext
from counter_app.ui.choosing_table import ChoosingTable
from counter_app.ui.context import AppContext
from counter_app.ui.digitising_backlog_dialogs import BatchDialog, OldScanDialog
from counter_app.ui.digitising_backlog_entry import EntryForm
from counter_app.ui.digitising_backlog_table import OldResultModel
from counter_app.ui.dossier_page_paper import PrintDialog
from counter_app.ui.page import nfc
from counter_app.ui.signing_document import SignatureBook
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

SEARCH_DELAY_MS = 150


class Words:
    """What panel and windows say."""

    BATCH = QT_TRANSLATE_NOOP("BacklogPanel", "Đợt (&B)")
    BATCH_LINE = QT_TRANSLATE_NOOP("BacklogPanel", "{name}: {scanned} / {results} đã quét ({rate})")
    EMPTY_LINE = QT_TRANSLATE_NOOP("BacklogPanel", "{name}: chưa có kết quả")
    NO_BATCH = QT_TRANSLATE_NOOP("BacklogPanel", "Chưa có đợt nào")
    NEW = QT_TRANSLATE_NOOP("BacklogPanel", "Đợt mới… (Ctrl+N)")
    LIST = QT_TRANSLATE_NOOP("BacklogPanel", "Nhập danh sách… (Ctrl+I)")
    MISSING = QT_TRANSLATE_NOOP("BacklogPanel", "Chỉ kết quả chưa &quét")
    TEXT = QT_TRANSLATE_NOOP("BacklogPanel", "Tìm theo tên, số, số định danh")
    TEXT_HINT = QT_TRANSLATE_NOOP("BacklogPanel", "Tên, số, số định danh (Ctrl+F)")
    TABLE = QT_TRANSLATE_NOOP("BacklogPanel", "Kết quả của đợt")
    FILE = QT_TRANSLATE_NOOP("BacklogPanel", "Gắn tệp PDF… (Ctrl+G)")
    LOOK = QT_TRANSLATE_NOOP("BacklogPanel", "Xem bản quét (Enter)")
    AMEND = QT_TRANSLATE_NOOP("BacklogPanel", "Sửa… (F12)")
    SHEETS = QT_TRANSLATE_NOOP("BacklogPanel", "In tờ ngăn… (Ctrl+P)")
    HINT = QT_TRANSLATE_NOOP(
        "BacklogPanel",
        "Kết quả cấp đến hết năm 2021 còn hiệu lực, số hóa theo đợt. Quét cả hộp: in tờ ngăn, đặt trước từng kết quả, "
        "rồi quét ở trang Quét (F11).",
    )
    FILE_TITLE = QT_TRANSLATE_NOOP("BacklogPanel", "Tệp quét của {code}")
    PDF = QT_TRANSLATE_NOOP("BacklogPanel", "Tệp PDF (*.pdf)")
    LIST_TITLE = QT_TRANSLATE_NOOP("BacklogPanel", "Danh sách kết quả cũ")
    LIST_FILES = QT_TRANSLATE_NOOP("BacklogPanel", "Danh sách (*.xlsx *.xls *.ods *.csv)")
    ATTACHED = QT_TRANSLATE_NOOP("BacklogPanel", "Đã gắn tệp quét cho {code}.")
    IMPORTED = QT_TRANSLATE_NOOP("BacklogPanel", "Đã nhập {added} kết quả; {repeated} kết quả đã có từ trước.")
    NOT_IMPORTED = QT_TRANSLATE_NOOP("BacklogPanel", "Chưa nhập gì, hãy sửa danh sách rồi nhập lại. {problems}")
    SHEETS_TITLE = QT_TRANSLATE_NOOP("BacklogPanel", "Tờ ngăn của đợt")


class BacklogPanel(QWidget):
    """A batch is chosen above; its results in the middle, the form to enter more below."""

    def __init__(self, context: AppContext, parent: QWidget) -> None:
        super().__init__(parent)
        self.context = context
        self.dialog: QDialog | None = None
        self._batches: tuple[BatchView, ...] = ()
        self._wanted = 0
        self._scanning = ""
        self.model = OldResultModel(context, self)
        self.table = ChoosingTable(self.model, _tr(Words.TABLE), stretch="kind", parent=self)
        self.form = EntryForm(context, self)
        self.signatures = SignatureBook(context, self)
        self._build_top()
        self._build_buttons()
        self.hint = QLabel(_tr(Words.HINT), self)
        self.hint.setWordWrap(True)
        set_role(self.hint, "hint")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self.top)
        layout.addLayout(self.filters)
        layout.addWidget(self.table, 1)
        layout.addLayout(self.row)
        layout.addWidget(self.form)
        layout.addWidget(self.hint)
        self.delay = QTimer(self)
        self.delay.setSingleShot(True)
        self.delay.setInterval(SEARCH_DELAY_MS)
        self.delay.timeout.connect(self.show_results)
        self.form.saved.connect(self.refresh)
        self.table.row_opened.connect(self._look_at)
        self.table.chosen.connect(self._row_chosen)
        self._take_batches(())

    @Slot()
    def refresh(self) -> None:
        """Read the batches and the results of the chosen one again."""
        self.context.executor.submit(partial(batches, self.context.desk), self._take_batches)

    def end(self) -> None:
        """The program ends."""
        self.signatures.end()

    def take_focus(self) -> None:
        """To the results."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def look_for(self) -> None:
        """To the filter."""
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.text.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.form.is_amending:
            self.form.clear()
            self.take_focus()
            return
        super().keyPressEvent(event)

    @Slot()
    def show_results(self) -> None:
        """The results of the chosen batch, as narrowed."""
        self.delay.stop()
        self.model.batch_id = int(self.batch.currentData() or 0)
        self.model.missing = self.missing.isChecked()
        self.model.typed = nfc(self.text.text())
        self.model.refresh()

    @Slot()
    def new_batch(self) -> None:
        """Begin a batch."""
        dialog = BatchDialog(self.context, self)
        dialog.done_with.connect(self._made)
        self.dialog = dialog
        dialog.open()

    @Slot()
    def choose_list(self) -> None:
        """Ask for a list that the office has."""
        self._choose(_tr(Words.LIST_TITLE), _tr(Words.LIST_FILES)).fileSelected.connect(self.take_list)

    @Slot(str)
    def take_list(self, name: str) -> None:
        """Take a list into the chosen batch."""
        work = partial(import_old_results, self.context.desk, self.model.batch_id, Path(name))
        self.context.executor.submit(work, self._imported)

    @Slot()
    def choose_file(self) -> None:
        """Ask for the scan of the chosen result."""
        row = self.table.current_row()
        if row is not None:
            self._scanning = row.code
            title = _tr(Words.FILE_TITLE).format(code=row.code)
            self._choose(title, _tr(Words.PDF)).fileSelected.connect(self.take_file)

    @Slot(str)
    def take_file(self, name: str) -> None:
        """Keep a PDF as the scan of the result that was asked for."""
        work = partial(attach_old, self.context.desk, self._scanning, Path(name))
        self.context.executor.submit(work, self._attached)

    @Slot()
    def look(self) -> None:
        """Show the scan of the chosen result."""
        row = self.table.current_row()
        if row is not None:
            self._look_at(row)

    @Slot()
    def amend(self) -> None:
        """Enter the chosen result again as it should be."""
        row = self.table.current_row()
        if row is not None:
            self.form.amend(row)

    @Slot()
    def print_sheets(self) -> None:
        """Separator sheets for the results of the batch that are not scanned."""
        batch_id = self.model.batch_id
        make, send = partial(_sheets, self.context.desk, batch_id), partial(_print_sheets, self.context.desk, batch_id)
        name = f"to-ngan-dot-{batch_id}"
        self.dialog = PrintDialog(self.context, _tr(Words.SHEETS_TITLE), name, make, send, self)
        self.dialog.open()

    def _build_top(self) -> None:
        self.batch = QComboBox(self)
        self.batch.currentIndexChanged.connect(self._batch_chosen)
        caption = QLabel(_tr(Words.BATCH), self)
        caption.setBuddy(self.batch)
        self.batch.setAccessibleName(_tr(Words.BATCH).replace("&", ""))
        self.new_button = self._button(Words.NEW, self.new_batch, "Ctrl+N")
        self.list_button = self._button(Words.LIST, self.choose_list, "Ctrl+I")
        self.top = QHBoxLayout()
        self.top.addWidget(caption)
        self.top.addWidget(self.batch, 1)
        self.top.addWidget(self.new_button)
        self.top.addWidget(self.list_button)
        self.text = QLineEdit(self)
        self.text.setPlaceholderText(_tr(Words.TEXT_HINT))
        self.text.setAccessibleName(_tr(Words.TEXT))
        self.text.setClearButtonEnabled(True)
        self.text.textChanged.connect(self._typed)
        self.text.returnPressed.connect(self.take_focus)
        self.missing = QCheckBox(_tr(Words.MISSING), self)
        self.missing.setAccessibleName(self.missing.text().replace("&", ""))
        self.missing.toggled.connect(self.show_results)
        self.filters = QHBoxLayout()
        self.filters.addWidget(self.text, 1)
        self.filters.addWidget(self.missing)

    def _build_buttons(self) -> None:
        self.look_button = self._button(Words.LOOK, self.look)
        self.file_button = self._button(Words.FILE, self.choose_file, "Ctrl+G")
        self.amend_button = self._button(Words.AMEND, self.amend, "F12")
        self.sheets_button = self._button(Words.SHEETS, self.print_sheets, "Ctrl+P")
        self.row = QHBoxLayout()
        for button in (self.look_button, self.file_button, self.amend_button):
            self.row.addWidget(button)
        self.row.addStretch(1)
        self.row.addWidget(self.sheets_button)

    def _button(self, words: str, slot: object, keys: str = "") -> QPushButton:
        button = QPushButton(_tr(words), self)
        button.setAccessibleName(button.text())
        if keys:
            button.setShortcut(keys)
        button.clicked.connect(slot)
        return button

    def _choose(self, title: str, kinds: str) -> QFileDialog:
        files = QFileDialog(self, title)
        files.setFileMode(QFileDialog.FileMode.ExistingFile)
        files.setNameFilter(kinds)
        self.dialog = files
        files.open()
        return files

    @Slot(object)
    def _made(self, batch_id: int) -> None:
        self._wanted = batch_id
        self.refresh()

    def _take_batches(self, found: tuple[BatchView, ...]) -> None:
        wanted = self._wanted or int(self.batch.currentData() or 0)
        made, self._wanted = bool(self._wanted), 0
        self._batches = found
        self.batch.blockSignals(True)
        self.batch.clear()
        for one in found:
            self.batch.addItem(_batch_line(one), one.id)
        if not found:
            self.batch.addItem(_tr(Words.NO_BATCH), 0)
        self.batch.setCurrentIndex(max(0, self.batch.findData(wanted)))
        self.batch.blockSignals(False)
        self._batch_chosen()
        if made:
            self.form.begin()

    @Slot()
    def _batch_chosen(self) -> None:
        batch = next((one for one in self._batches if one.id == self.batch.currentData()), None)
        self.form.set_batch(*((batch.id, batch.kind, batch.issuer) if batch else (0, "", "")))
        self.list_button.setEnabled(batch is not None)
        self.sheets_button.setEnabled(batch is not None and batch.scanned < batch.results)
        self.show_results()

    @Slot()
    def _row_chosen(self) -> None:
        row = self.table.current_row()
        self.look_button.setEnabled(row is not None and bool(row.sha256))
        for button in (self.file_button, self.amend_button):
            button.setEnabled(row is not None)

    @Slot(object)
    def _look_at(self, row: OldResultView) -> None:
        if row.sha256:
            dialog = OldScanDialog(self.context, row, self.signatures, self)
            dialog.dropped.connect(self.refresh)
            self.dialog = dialog
            dialog.open()

    @Slot(str)
    def _typed(self, _text: str) -> None:
        self.delay.start()

    def _attached(self, done: Entered) -> None:
        words = _tr(Words.ATTACHED).format(code=done.result.code)
        self.context.tell(" ".join((words, *done.warnings)), "warning" if done.warnings else "success")
        self.refresh()

    def _imported(self, done: Imported) -> None:
        if done.problems:
            self.context.tell(_tr(Words.NOT_IMPORTED).format(problems=" ".join(done.problems[:5])), "error")
        else:
            words = _tr(Words.IMPORTED).format(added=done.added, repeated=done.repeated)
            self.context.tell(words, "success")
        self.refresh()


def _batch_line(one: BatchView) -> str:
    if one.percent is None:
        return _tr(Words.EMPTY_LINE).format(name=one.name)
    rate = f"{one.percent:.1f} %".replace(".", ",")
    return _tr(Words.BATCH_LINE).format(name=one.name, scanned=one.scanned, results=one.results, rate=rate)


def _sheets(desk: DeskContext, batch_id: int, _again: bool) -> bytes:
    from counter_app.services.backlog_sheets import backlog_sheets

    return backlog_sheets(desk, batch_id)


def _print_sheets(desk: DeskContext, batch_id: int, _again: bool) -> int:
    from counter_app.services.backlog_sheets import print_backlog_sheets

    return print_backlog_sheets(desk, batch_id)


def _tr(text: str) -> str:
    return translate("BacklogPanel", text)
