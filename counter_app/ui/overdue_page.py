"""Late and nearly late by how near the day is, who answers for it, and the letters of apology with their steps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from counter_app.rules.apology import LetterState
from counter_app.services.apologies_batch import BatchReport, give_up_batch, unfinished_batch
from counter_app.services.apologies_overdue import LateRow, OverdueCounts, late_rows, overdue_counts
from counter_app.services.desk import DeskContext
from counter_app.services.reading import show
from counter_app.services.values import DossierView, StepDone
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.dossier_page_paper import PaperDialog
from counter_app.ui.marking_table import MarkingTable
from counter_app.ui.overdue_page_batch import BatchDialog, BatchRunDialog
from counter_app.ui.overdue_page_groups import GroupBar
from counter_app.ui.overdue_page_letter import ApologyDialog
from counter_app.ui.overdue_page_letters import LettersPanel
from counter_app.ui.overdue_page_papers import LettersDialog, MonthDialog
from counter_app.ui.overdue_page_tables import LateModel
from counter_app.ui.page import PAGE_MARGINS, Page, shortcut
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

REFRESH_MS = 60_000
"""Dossiers fall due while nobody touches the keyboard."""


class Words:
    """What the page says."""

    TITLE = QT_TRANSLATE_NOOP("OverduePage", "Quá hạn")
    APOLOGISE = QT_TRANSLATE_NOOP("OverduePage", "Lập văn bản xin lỗi… (Ctrl+L)")
    APOLOGISE_MANY = QT_TRANSLATE_NOOP("OverduePage", "Lập {count} văn bản xin lỗi… (Ctrl+L)")
    SEE_LETTER = QT_TRANSLATE_NOOP("OverduePage", "&Xem văn bản")
    MONTH = QT_TRANSLATE_NOOP("OverduePage", "Danh sách thán&g… (Ctrl+M)")
    OPEN = QT_TRANSLATE_NOOP("OverduePage", "Mở hồ sơ (Enter)")
    TABLE = QT_TRANSLATE_NOOP("OverduePage", "Danh sách hồ sơ quá hạn và sắp đến hạn")
    LETTER_TITLE = QT_TRANSLATE_NOOP("OverduePage", "Văn bản xin lỗi và hẹn lại ngày trả kết quả")
    DETAIL = QT_TRANSLATE_NOOP("OverduePage", "{procedure} · Chịu trách nhiệm: {unit}, {person}")
    SIGNED_BY = QT_TRANSLATE_NOOP("OverduePage", "Văn bản số {number}: {signer} ký")
    SIGNED_ELSEWHERE = QT_TRANSLATE_NOOP("OverduePage", "Văn bản: {signer} ký")
    UNFINISHED = QT_TRANSLATE_NOOP("OverduePage", "Đợt lập văn bản còn dở: {done} / {total} hồ sơ.")
    GO_ON = QT_TRANSLATE_NOOP("OverduePage", "Làm &tiếp…")
    GIVE_UP = QT_TRANSLATE_NOOP("OverduePage", "Bỏ p&hần còn lại")


class OverduePage(Page):
    """The red list, the warnings ahead, and the letters; the longest overdue first."""

    name: ClassVar[str] = "overdue"
    title: ClassVar[str] = Words.TITLE
    shortcut: ClassVar[str] = "F6"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._dialog: QDialog | None = None
        self._unfinished: BatchReport | None = None
        self.groups = GroupBar(self)
        self.model = LateModel(context, self)
        self.table = MarkingTable(self.model, _tr(Words.TABLE), stretch="procedure", parent=self)
        self.letters = LettersPanel(context, self)
        self._build_unfinished()
        self._build_buttons()
        self._lay_out()
        self._connect()
        self.clock = QTimer(self)
        self.clock.setInterval(REFRESH_MS)
        self.clock.timeout.connect(self._tick)
        self._show_group()

    def activated(self) -> None:
        self.clock.start()
        self.refresh()
        self._focus_list()

    def closing(self) -> None:
        self.clock.stop()

    @Slot()
    def refresh(self) -> None:
        """Read the list in front and the numbers over it again."""
        if self.groups.group is None:
            self.letters.refresh()
        else:
            self.model.show_group(self.groups.group)
        self.context.executor.submit(partial(overdue_counts, self.context.desk), self._take_counts)
        self.context.executor.submit(partial(unfinished_batch, self.context.desk), self._take_unfinished)

    @Slot()
    def apologise(self) -> None:
        """Write a letter for the chosen dossier, or for all that are marked."""
        ids = self.table.chosen_ids()
        if self.groups.group is None or not ids:
            return
        work = partial(_read_chosen, self.context.desk, ids)
        self.context.executor.submit(work, self._ask_letters)

    @Slot()
    def show_letter(self) -> None:
        """Show the letter of the chosen dossier, signed or not."""
        row = self.table.current_row()
        if row is not None and row.letter_id is not None:
            if row.letter in (LetterState.SIGNED, LetterState.DELIVERED):
                self._show_letter_of(row.code)
            else:
                self._open(LettersDialog(self.context, (row.letter_id,), self))

    @Slot()
    def show_month(self) -> None:
        """The month's list."""
        self._open(MonthDialog(self.context, self))

    @Slot()
    def open_chosen(self) -> None:
        """Open the chosen dossier."""
        row = self.table.current_row() if self.groups.group is not None else self.letters.table.current_row()
        if row is not None:
            self.context.open_dossier.emit(row.code)

    @Slot()
    def go_on(self) -> None:
        """Write what is left of a batch that was cut."""
        if self._unfinished is not None:
            self._run_batch(self._unfinished.id)

    @Slot()
    def give_up(self) -> None:
        """Write no more of a batch that was cut."""
        if self._unfinished is not None:
            work = partial(give_up_batch, self.context.desk, self._unfinished.id)
            self.context.executor.submit(work, self._take_unfinished)

    def _build_unfinished(self) -> None:
        self.unfinished = QWidget(self)
        self.unfinished_words = QLabel(self.unfinished)
        set_role(self.unfinished_words, "inline")
        set_tone(self.unfinished_words, "warning")
        self.go_on_button = self._button(Words.GO_ON, self.go_on)
        self.give_up_button = self._button(Words.GIVE_UP, self.give_up)
        row = QHBoxLayout(self.unfinished)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.unfinished_words, 1)
        row.addWidget(self.go_on_button)
        row.addWidget(self.give_up_button)
        self.unfinished.hide()

    def _build_buttons(self) -> None:
        self.detail, self.hint = QLabel(self), QLabel(self)
        self.hint.setWordWrap(True)
        self.detail.setWordWrap(True)
        set_role(self.hint, "hint")
        self.apologise_button = self._button(Words.APOLOGISE, self.apologise)
        self.apologise_button.setShortcut("Ctrl+L")
        set_role(self.apologise_button, "primary")
        self.letter_button = self._button(Words.SEE_LETTER, self.show_letter)
        self.month_button = self._button(Words.MONTH, self.show_month)
        self.open_button = self._button(Words.OPEN, self.open_chosen)

    def _lay_out(self) -> None:
        self.lists = QStackedWidget(self)
        self.lists.addWidget(self.table)
        self.lists.addWidget(self.letters)
        buttons = QHBoxLayout()
        buttons.addWidget(self.apologise_button)
        buttons.addWidget(self.letter_button)
        buttons.addStretch(1)
        buttons.addWidget(self.month_button)
        buttons.addWidget(self.open_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*PAGE_MARGINS)
        layout.addWidget(self.groups)
        layout.addWidget(self.unfinished)
        layout.addWidget(self.lists, 1)
        layout.addWidget(self.detail)
        layout.addWidget(self.hint)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self.groups.chosen.connect(self._group_chosen)
        self.table.row_opened.connect(self.open_chosen)
        self.table.chosen.connect(self._row_chosen)
        self.model.marks_changed.connect(self._row_chosen)
        self.letters.opened.connect(self.context.open_dossier)
        self.context.changed.connect(self._changed)
        month = shortcut("Ctrl+M", self, _tr(Words.MONTH))
        month.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        month.activated.connect(self.show_month)

    def _button(self, words: str, slot: object) -> QPushButton:
        button = QPushButton(_tr(words), self)
        button.setAccessibleName(button.text().replace("&", ""))
        button.clicked.connect(slot)
        return button

    def _ask_letters(self, chosen: list[LateRow] | DossierView) -> None:
        if isinstance(chosen, DossierView):
            dialog = ApologyDialog(self.context, chosen, self)
            dialog.done_with.connect(self._written)
            self._open(dialog)
            return
        batch = BatchDialog(self.context, [row.code for row in chosen], self)
        batch.done_with.connect(self._run_batch)
        self._open(batch)

    @Slot(object)
    def _written(self, done: StepDone) -> None:
        self._show_letter_of(done.code)

    @Slot(object)
    def _run_batch(self, batch_id: int) -> None:
        self.model.clear_marks()
        dialog = BatchRunDialog(self.context, batch_id, self)
        dialog.finished.connect(self.refresh)
        self._open(dialog)

    def _show_letter_of(self, code: str) -> None:
        self._open(PaperDialog(self.context, code, "apology", _tr(Words.LETTER_TITLE), self))

    def _open(self, dialog: QDialog) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
        self._dialog = dialog
        dialog.open()

    def _take_counts(self, numbers: OverdueCounts) -> None:
        self.groups.show_counts(numbers)

    def _take_unfinished(self, found: BatchReport | None) -> None:
        self._unfinished = None if found is None or found.finished else found
        self.unfinished.setVisible(self._unfinished is not None)
        if self._unfinished is not None:
            total = len(self._unfinished.outcomes)
            done = total - len(self._unfinished.of("waiting"))
            self.unfinished_words.setText(_tr(Words.UNFINISHED).format(done=done, total=total))

    @Slot()
    def _group_chosen(self) -> None:
        self._show_group()
        self.refresh()
        self._focus_list()

    def _show_group(self) -> None:
        group = self.groups.group
        self.lists.setCurrentIndex(0 if group is not None else 1)
        self.hint.setText(self.groups.hint())
        self.apologise_button.setVisible(group is not None)
        self.letter_button.setVisible(group is not None)
        self._row_chosen()

    def _focus_list(self) -> None:
        target = self.letters.table if self.groups.group is None else self.table
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _row_chosen(self) -> None:
        row, marked = self.table.current_row(), len(self.model.marked())
        words = _tr(Words.APOLOGISE_MANY).format(count=marked) if marked > 1 else _tr(Words.APOLOGISE)
        self.apologise_button.setText(words)
        self.apologise_button.setShortcut("Ctrl+L")
        self.apologise_button.setAccessibleName(words)
        self.apologise_button.setEnabled(row is not None)
        self.letter_button.setEnabled(row is not None and row.letter_id is not None)
        self.detail.setText("" if row is None else _detail(row))
        self.detail.setVisible(row is not None and self.groups.group is not None)

    @Slot()
    def _tick(self) -> None:
        if self.isVisible():
            self.refresh()

    @Slot(object)
    def _changed(self, changed: Changed) -> None:
        if "dossier" in changed.kinds:
            self._tick()


def _read_chosen(desk: DeskContext, ids: Sequence[int]) -> list[LateRow] | DossierView:
    """All of one dossier, or the rows of several."""
    rows = late_rows(desk, ids)
    return rows if len(rows) > 1 else show(desk, rows[0].code)


def _detail(row: LateRow) -> str:
    """What the columns cut short, and who signed."""
    parts = [_tr(Words.DETAIL).format(procedure=row.row.procedure_name, unit=row.unit, person=row.person)]
    if row.signed_by:
        words = Words.SIGNED_ELSEWHERE if row.letter_number is None else Words.SIGNED_BY
        parts.append(_tr(words).format(number=row.letter_number, signer=row.signed_by))
    return " · ".join(parts)


def _tr(text: str) -> str:
    return translate("OverduePage", text)
