"""The small window in which an online dossier is received: a note, and a date where the limit is not known."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QLabel, QWidget

from counter_app.rules.calendar import LimitUnit
from counter_app.rules.lifecycle import Step
from counter_app.services.steps import StepInput
from counter_app.services.values import DossierView
from counter_app.ui.context import AppContext
from counter_app.ui.overdue_page_letter import suggest_new_due
from counter_app.ui.step_dialogs import MomentEdit, StepDialog
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

USUAL_DAYS = 3


class Words:
    """What the window says beside the questions of every step."""

    DUE = QT_TRANSLATE_NOOP("ReceiveOnline", "Hẹn &trả")
    UNKNOWN_LIMIT = QT_TRANSLATE_NOOP(
        "ReceiveOnline", "Thủ tục chưa rõ thời hạn: hãy chọn ngày hẹn trả và ghi lý do ở phần ghi chú."
    )


class ReceiveOnlineDialog(StepDialog):
    """Takes the step RECEIVE of a dossier that was filed on line."""

    def __init__(self, context: AppContext, dossier: DossierView, parent: QWidget | None = None) -> None:
        super().__init__(context, dossier, Step.RECEIVE, parent)
        self.due: MomentEdit | None = None
        if dossier.limit.unit == LimitUnit.UNKNOWN:
            now = context.desk.clock()
            self.due = MomentEdit(suggest_new_due(context.calendar, None, now, USUAL_DAYS), self)
            label = translate("ReceiveOnline", Words.DUE)
            caption = QLabel(label, self)
            caption.setBuddy(self.due)
            self.due.setAccessibleName(label.replace("&", ""))
            self.form.insertRow(0, caption, self.due)
            self.say("\n".join((self.heading.text(), translate("ReceiveOnline", Words.UNKNOWN_LIMIT))))

    def answers(self) -> StepInput:
        answers = super().answers()
        return answers if self.due is None else replace(answers, new_due=self.due.moment())
