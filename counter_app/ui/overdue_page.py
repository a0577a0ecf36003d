"""Late and nearly late: how late, at whose desk, with a letter or without (the head's red list)."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QTabWidget, QVBoxLayout, QWidget

from counter_app.services.reading import QueueCounts, counts, show
from counter_app.services.values import DossierView, QueueFilter, QueueRow, StepDone
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.dossier_page_paper import PaperDialog
from counter_app.ui.dossier_table import UNIT_COLUMN, Column, DossierTable, DossierTableModel
from counter_app.ui.overdue_page_letter import ApologyDialog
from counter_app.ui.page import PAGE_MARGINS, Page
from counter_app.ui.queue_page_columns import compact
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

REFRESH_MS = 60_000
"""Dossiers fall due while nobody touches the keyboard."""


class Words:
    """What the page says."""

    TITLE = QT_TRANSLATE_NOOP("OverduePage", "Quá hạn")
    LATE = QT_TRANSLATE_NOOP("OverduePage", "Quá hạn: {count}")
    SOON = QT_TRANSLATE_NOOP("OverduePage", "Sắp đến hạn: {count}")
    LETTER = QT_TRANSLATE_NOOP("OverduePage", "Văn bản xin lỗi")
    NO_LETTER = QT_TRANSLATE_NOOP("OverduePage", "✗ chưa có")
    HAS_LETTER = QT_TRANSLATE_NOOP("OverduePage", "✓ đã gửi, hẹn lại {count} lần")
    NOT_NEEDED = QT_TRANSLATE_NOOP("OverduePage", "chưa có")
    APOLOGISE = QT_TRANSLATE_NOOP("OverduePage", "Lập văn bản xin lỗi… (Ctrl+L)")
    SEE_LETTER = QT_TRANSLATE_NOOP("OverduePage", "Xem văn bản đã lập")
    OPEN = QT_TRANSLATE_NOOP("OverduePage", "Mở hồ sơ (Enter)")
    LATE_HINT = QT_TRANSLATE_NOOP(
        "OverduePage",
        "Hồ sơ quá hạn chưa có văn bản xin lỗi nằm trong danh sách đỏ báo cáo người đứng đầu. "
        "Trễ hạn không cản việc trả kết quả.",
    )
    SOON_HINT = QT_TRANSLATE_NOOP(
        "OverduePage",
        "Văn bản xin lỗi phải gửi chậm nhất một ngày làm việc trước khi hết hạn. Hãy lập ngay nếu không kịp trả.",
    )
    LATE_TABLE = QT_TRANSLATE_NOOP("OverduePage", "Danh sách hồ sơ quá hạn")
    SOON_TABLE = QT_TRANSLATE_NOOP("OverduePage", "Danh sách hồ sơ sắp đến hạn")
    LETTER_TITLE = QT_TRANSLATE_NOOP("OverduePage", "Văn bản xin lỗi và hẹn lại ngày trả kết quả")


def letter_words(row: QueueRow, now: datetime, _calendar: Any) -> tuple[str, str]:
    """Whether a letter went out, and the tone: late dossiers without one are the red list."""
    if row.apology_count:
        return _tr(Words.HAS_LETTER).format(count=row.apology_count), "good"
    if row.due is not None and now > row.due:
        return _tr(Words.NO_LETTER), "late"
    return _tr(Words.NOT_NEEDED), ""


OVERDUE_COLUMNS = (
    *compact("code", "applicant", "procedure", "due", "left"),
    UNIT_COLUMN,
    Column("letter", Words.LETTER, letter_words, 180),
)


class OverduePage(Page):
    """Two lists, the longest overdue first, and the letter of apology."""

    name: ClassVar[str] = "overdue"
    title: ClassVar[str] = Words.TITLE
    shortcut: ClassVar[str] = "F6"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._dialog: QDialog | None = None
        self.models: dict[str, DossierTableModel] = {}
        self.tables: dict[str, DossierTable] = {}
        self.tabs = QTabWidget(self)
        self.tabs.tabBar().setAccessibleName(_tr(Words.TITLE))
        self._add_list("overdue", Words.LATE_TABLE)
        self._add_list("due_soon", Words.SOON_TABLE)
        self._show_counts("…", "…")
        self.hint = QLabel(self)
        self.hint.setWordWrap(True)
        set_role(self.hint, "hint")
        self.apologise_button = self._button(Words.APOLOGISE, self.apologise)
        self.apologise_button.setShortcut("Ctrl+L")
        set_role(self.apologise_button, "primary")
        self.letter_button = self._button(Words.SEE_LETTER, self.show_letter)
        self.open_button = self._button(Words.OPEN, self.open_chosen)
        buttons = QHBoxLayout()
        buttons.addWidget(self.apologise_button)
        buttons.addWidget(self.letter_button)
        buttons.addStretch(1)
        buttons.addWidget(self.open_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*PAGE_MARGINS)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.hint)
        layout.addLayout(buttons)
        self.tabs.currentChanged.connect(self._tab_changed)
        context.changed.connect(self._changed)
        self.clock = QTimer(self)
        self.clock.setInterval(REFRESH_MS)
        self.clock.timeout.connect(self._tick)
        self._row_chosen()

    def activated(self) -> None:
        self.clock.start()
        self.refresh()
        self.table().setFocus(Qt.FocusReason.OtherFocusReason)

    def closing(self) -> None:
        self.clock.stop()

    def table(self) -> DossierTable:
        """The list in front."""
        return self.tables["due_soon" if self.tabs.currentIndex() else "overdue"]

    @Slot()
    def refresh(self) -> None:
        """Read both lists again."""
        for scope, model in self.models.items():
            model.set_filter(QueueFilter(scope=scope, by="due", newest_first=False))
        self.context.executor.submit(partial(counts, self.context.desk), self._take_counts)

    @Slot()
    def apologise(self) -> None:
        """Write a letter for the chosen dossier."""
        row = self.table().current_row()
        if row is not None:
            self.context.executor.submit(partial(show, self.context.desk, row.code), self._ask_letter)

    @Slot()
    def show_letter(self) -> None:
        """Show the letter of the chosen dossier."""
        row = self.table().current_row()
        if row is not None and row.apology_count:
            self._show_letter_of(row.code)

    @Slot()
    def open_chosen(self) -> None:
        """Open the chosen dossier."""
        row = self.table().current_row()
        if row is not None:
            self.context.open_dossier.emit(row.code)

    def _add_list(self, scope: str, words: str) -> None:
        model = DossierTableModel(self.context, OVERDUE_COLUMNS, parent=self)
        table = DossierTable(model, self)
        table.setAccessibleName(_tr(words))
        table.opened.connect(self.context.open_dossier)
        table.selectionModel().currentChanged.connect(self._row_chosen)
        model.loaded.connect(self._loaded)
        model.dataChanged.connect(self._row_chosen)
        self.models[scope] = model
        self.tables[scope] = table
        self.tabs.addTab(table, "")

    def _button(self, words: str, slot: object) -> QPushButton:
        button = QPushButton(_tr(words), self)
        button.setAccessibleName(button.text())
        button.clicked.connect(slot)
        return button

    def _ask_letter(self, view: DossierView) -> None:
        dialog = ApologyDialog(self.context, view, self)
        dialog.done_with.connect(self._written)
        self._open(dialog)

    @Slot(object)
    def _written(self, done: StepDone) -> None:
        self._show_letter_of(done.code)

    def _show_letter_of(self, code: str) -> None:
        self._open(PaperDialog(self.context, code, "apology", _tr(Words.LETTER_TITLE), self))

    def _open(self, dialog: QDialog) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
        self._dialog = dialog
        dialog.open()

    def _take_counts(self, numbers: QueueCounts) -> None:
        self._show_counts(str(numbers.overdue), str(numbers.due_soon))

    def _show_counts(self, late: str, soon: str) -> None:
        self.tabs.setTabText(0, _tr(Words.LATE).format(count=late))
        self.tabs.setTabText(1, _tr(Words.SOON).format(count=soon))

    @Slot()
    def _loaded(self) -> None:
        for scope, table in self.tables.items():
            if self.models[scope].rowCount() and not table.currentIndex().isValid():
                table.selectRow(0)
        self._row_chosen()

    @Slot()
    def _row_chosen(self) -> None:
        row = self.table().current_row()
        self.apologise_button.setEnabled(row is not None)
        self.letter_button.setEnabled(row is not None and row.apology_count > 0)
        self.open_button.setEnabled(row is not None)
        self.hint.setText(_tr(Words.SOON_HINT if self.tabs.currentIndex() else Words.LATE_HINT))

    @Slot()
    def _tab_changed(self) -> None:
        self._row_chosen()
        self.table().setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _tick(self) -> None:
        if self.isVisible():
            self.refresh()

    @Slot(object)
    def _changed(self, changed: Changed) -> None:
        if "dossier" in changed.kinds:
            self._tick()


def _tr(text: str) -> str:
    return translate("OverduePage", text)
