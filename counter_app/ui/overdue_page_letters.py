"""The letters of apology and what is next for each: to be submitted, signed, sent back, delivered, given up."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from counter_app.rules.apology import LetterStep, letter_step_label, permitted_letter_steps
from counter_app.services.apologies import Each
from counter_app.services.apologies_overdue import letter_rows
from counter_app.services.apologies_rows import LetterView
from counter_app.services.desk import DeskContext
from counter_app.services.reading import show
from counter_app.services.values import DossierView
from counter_app.ui.context import AppContext
from counter_app.ui.marking_table import MarkingTable
from counter_app.ui.overdue_page_letter import ApologyDialog
from counter_app.ui.overdue_page_papers import LettersDialog
from counter_app.ui.overdue_page_steps import LetterHistoryDialog, LetterStepDialog, submit_all
from counter_app.ui.overdue_page_tables import LetterModel
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the panel says."""

    TABLE = QT_TRANSLATE_NOOP("LettersPanel", "Danh sách văn bản xin lỗi")
    EDIT = QT_TRANSLATE_NOOP("LettersPanel", "&Sửa…")
    SUBMIT = QT_TRANSLATE_NOOP("LettersPanel", "&Trình ký")
    SIGN = QT_TRANSLATE_NOOP("LettersPanel", "Ghi đã &ký…")
    SEND_BACK = QT_TRANSLATE_NOOP("LettersPanel", "Trả &lại…")
    DELIVER = QT_TRANSLATE_NOOP("LettersPanel", "Ghi đã gia&o…")
    DROP = QT_TRANSLATE_NOOP("LettersPanel", "&Bỏ…")
    PAPER = QT_TRANSLATE_NOOP("LettersPanel", "&Xem và in…")
    HISTORY = QT_TRANSLATE_NOOP("LettersPanel", "&Nhật ký…")
    EVERYTHING = QT_TRANSLATE_NOOP("LettersPanel", "&Cả văn bản đã xong")
    NONE_FITS = QT_TRANSLATE_NOOP(
        "LettersPanel", "Không văn bản nào đã chọn có thể «{step}». Hãy chọn văn bản khác hoặc xem cột Trạng thái."
    )
    DONE = QT_TRANSLATE_NOOP("LettersPanel", "{step}: {count} văn bản.")
    REFUSED = QT_TRANSLATE_NOOP("LettersPanel", "Không ghi được {count} văn bản. {code}: {words}")


STEPS = {
    LetterStep.EDIT: Words.EDIT,
    LetterStep.SUBMIT: Words.SUBMIT,
    LetterStep.SIGN: Words.SIGN,
    LetterStep.SEND_BACK: Words.SEND_BACK,
    LetterStep.DELIVER: Words.DELIVER,
    LetterStep.DROP: Words.DROP,
}


class LettersPanel(QWidget):
    """The table of letters with a button for each step; several marked letters take a step together."""

    opened = Signal(str)
    """The code of a dossier, by Enter or a double click."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.dialog: QDialog | None = None
        self._asked: tuple[LetterView, LetterStep] | None = None
        self.model = LetterModel(context, self)
        self.table = MarkingTable(self.model, _tr(Words.TABLE), stretch="reason", parent=self)
        self.buttons: dict[LetterStep, QPushButton] = {}
        row = QHBoxLayout()
        for step, words in STEPS.items():
            button = self._button(words)
            button.clicked.connect(partial(self.take, step))
            self.buttons[step] = button
            row.addWidget(button)
        self.paper = self._button(Words.PAPER)
        self.paper.clicked.connect(self.show_papers)
        self.history = self._button(Words.HISTORY)
        self.history.clicked.connect(self.show_history)
        self.everything = QCheckBox(_tr(Words.EVERYTHING), self)
        self.everything.setAccessibleName(self.everything.text().replace("&", ""))
        self.everything.toggled.connect(self._show_everything)
        row.addWidget(self.paper)
        row.addWidget(self.history)
        row.addStretch(1)
        row.addWidget(self.everything)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table, 1)
        layout.addLayout(row)
        self.table.chosen.connect(self._row_chosen)
        self.table.row_opened.connect(self._opened)
        self.model.marks_changed.connect(self._row_chosen)
        self._row_chosen()

    def refresh(self) -> None:
        """Read the letters again."""
        self.model.refresh()

    def take(self, step: LetterStep, _checked: bool = False) -> None:
        """Take a step with the chosen letters; those for which it is not possible are left out."""
        ids = self.table.chosen_ids()
        if ids:
            work = partial(_read, self.context.desk, ids, step)
            self.context.executor.submit(work, self._ask)

    @Slot()
    def show_papers(self) -> None:
        """The chosen letters, to look at and print as one job."""
        ids = self.table.chosen_ids()
        if ids:
            self._open(LettersDialog(self.context, ids, self))

    @Slot()
    def show_history(self) -> None:
        """Who did what to the chosen letter."""
        row = self.table.current_row()
        if row is not None:
            self._open(LetterHistoryDialog(self.context, row, self))

    def _ask(self, answer: tuple[LetterStep, list[LetterView]]) -> None:
        step, letters = answer
        if not letters:
            self.context.tell(_tr(Words.NONE_FITS).format(step=letter_step_label(step)), "warning")
        elif step is LetterStep.EDIT:
            self._asked = (letters[0], step)
            self.context.executor.submit(partial(show, self.context.desk, letters[0].code), self._edit)
        elif step is LetterStep.SUBMIT:
            self._asked = (letters[0], step)
            work = partial(submit_all, self.context.desk, [letter.id for letter in letters])
            self.context.executor.submit(work, self._taken)
        else:
            self._asked = (letters[0], step)
            dialog = LetterStepDialog(self.context, letters, step, self)
            dialog.done_with.connect(self._taken)
            self._open(dialog)

    def _edit(self, dossier: DossierView) -> None:
        assert self._asked is not None
        self._open(ApologyDialog(self.context, dossier, self, letter=self._asked[0]))

    @Slot(object)
    def _taken(self, result: Each) -> None:
        assert self._asked is not None
        words = [_tr(Words.DONE).format(step=letter_step_label(self._asked[1]), count=len(result.done))]
        if result.refused:
            code, why = result.refused[0]
            words.append(_tr(Words.REFUSED).format(count=len(result.refused), code=code, words=why))
        self.model.clear_marks()
        self.context.announce("dossier", "outbox")
        self.context.wake_sync()
        self.context.tell(" ".join(words), "warning" if result.refused else "success")

    def _open(self, dialog: QDialog) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = dialog
        dialog.open()

    def _button(self, words: str) -> QPushButton:
        button = QPushButton(_tr(words), self)
        button.setAccessibleName(button.text().replace("&", ""))
        return button

    @Slot(bool)
    def _show_everything(self, everything: bool) -> None:
        self.model.everything = everything
        self.model.refresh()

    @Slot(object)
    def _opened(self, row: LetterView) -> None:
        self.opened.emit(row.code)

    @Slot()
    def _row_chosen(self) -> None:
        row, marked = self.table.current_row(), self.model.marked()
        possible = tuple(LetterStep) if marked else () if row is None else permitted_letter_steps(row.state)
        for step, button in self.buttons.items():
            button.setEnabled(step in possible and not (step is LetterStep.EDIT and len(marked) > 1))
        self.paper.setEnabled(row is not None)
        self.history.setEnabled(row is not None)


def _read(desk: DeskContext, ids: Sequence[int], step: LetterStep) -> tuple[LetterStep, list[LetterView]]:
    """The letters with which the step can be taken."""
    return step, [letter for letter in letter_rows(desk, ids) if step in permitted_letter_steps(letter.state)]


def _tr(text: str) -> str:
    return translate("LettersPanel", text)
