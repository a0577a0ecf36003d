"""Taking back a mistaken step of the dossier that is shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from counter_app.rules.lifecycle import Step, step_label
from counter_app.services.undo import Undoable, undo_last, undoable
from counter_app.services.values import DossierView, StepDone
from counter_app.ui.context import AppContext
from counter_app.ui.page import nfc
from counter_app.ui.step_dialogs import TaskDialog
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the button and its window say."""

    UNDO = QT_TRANSLATE_NOOP("UndoButton", "Hoàn tác… (Ctrl+Z)")
    TITLE = QT_TRANSLATE_NOOP("UndoButton", "Hoàn tác bước vừa rồi")
    CONFIRM = QT_TRANSLATE_NOOP("UndoButton", "Hoàn tác (Ctrl+Enter)")
    WHAT = QT_TRANSLATE_NOOP(
        "UndoButton", "{code}: hoàn tác «{step}». Bước này vẫn còn trong diễn biến, kèm lý do hoàn tác."
    )
    REASON = QT_TRANSLATE_NOOP("UndoButton", "&Lý do")
    DONE = QT_TRANSLATE_NOOP("UndoButton", "Hồ sơ {code}: đã hoàn tác, trạng thái trở lại như trước.")


class UndoDialog(TaskDialog):
    """Names what is taken back and asks why."""

    def __init__(self, context: AppContext, code: str, step: str, parent: QWidget | None = None) -> None:
        super().__init__(context, _tr(Words.TITLE), _tr(Words.CONFIRM), parent)
        self.code = code
        self.say(_tr(Words.WHAT).format(code=code, step=step_label(Step(step))))
        self.reason = QLineEdit(self)
        self.add_field(_tr(Words.REASON), self.reason)
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def work(self) -> Callable[[], StepDone]:
        return partial(undo_last, self.context.desk, self.code, nfc(self.reason.text()))

    def succeeded(self, answer: Any) -> None:
        super().succeeded(answer)
        self.context.announce("dossier", "outbox", dossiers=(self.code,))
        self.context.wake_sync()
        words = (_tr(Words.DONE).format(code=self.code), *answer.warnings)
        self.context.tell(" ".join(words), "warning" if answer.warnings else "success")


class UndoButton(QPushButton):
    """Asks the service first whether the last step can be taken back, and says why where it cannot."""

    def __init__(self, context: AppContext, parent: QWidget) -> None:
        super().__init__(_tr(Words.UNDO), parent)
        self.context = context
        self.code = ""
        self.dialog: UndoDialog | None = None
        self.setAccessibleName(self.text())
        self.setShortcut("Ctrl+Z")
        self.clicked.connect(self.ask)

    def show_dossier(self, view: DossierView) -> None:
        """The dossier of which the last step may be taken back."""
        self.code = view.row.code

    @Slot()
    def ask(self) -> None:
        """Open the window, or tell why there is nothing to take back."""
        if self.code:
            self.context.executor.submit(partial(undoable, self.context.desk, self.code), self._answered)

    def _answered(self, last: Undoable) -> None:
        if last.refusal:
            self.context.tell(last.refusal, "warning")
            return
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = UndoDialog(self.context, self.code, last.step, self.window())
        self.dialog.open()


def _tr(text: str) -> str:
    return translate("UndoButton", text)
