"""Refusing what was handed in over the desk: the reason, and the article of law on which it rests."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from counter_app.errors import UserError
from counter_app.rules.lifecycle import Step, step_label
from counter_app.rules.working_time import VIETNAM
from counter_app.services.papers_issued import FORMS as FORM_TITLES
from counter_app.services.refuse import check_refusal
from counter_app.services.values import ReceiveRequest, StepDone
from counter_app.ui.context import AppContext
from counter_app.ui.dossier_page_paper import PaperDialog
from counter_app.ui.intake.page_work import refuse_form
from counter_app.ui.law_box import LawBox
from counter_app.ui.page import nfc
from counter_app.ui.step_dialogs import TaskDialog, announce_step
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

FORM = "refusal"
WIDTH = 720
REASON_HEIGHT = 96


class Words:
    """What the window says."""

    CONFIRM = QT_TRANSLATE_NOOP("RefusalDialog", "Từ chối, lập phiếu (Ctrl+Enter)")
    HINT = QT_TRANSLATE_NOOP(
        "RefusalDialog",
        "Hồ sơ có mã và vào sổ, không có giấy tiếp nhận và không thu phí. Trả lại giấy tờ cho người nộp kèm phiếu "
        "từ chối.",
    )
    REASON = QT_TRANSLATE_NOOP("RefusalDialog", "&Lý do từ chối")


def ask_refusal(context: AppContext, request: ReceiveRequest, procedure: str, parent: QWidget) -> RefusalDialog:
    """The window for what is on the form; raises UserError where the form has to be mended first."""
    check_refusal(request, context.desk.clock().astimezone(VIETNAM).date())
    return RefusalDialog(context, request, procedure, parent)


class RefusalDialog(TaskDialog):
    """Stays, with all that was typed, until the refusal is entered; then ``paper`` shows the slip for printing."""

    def __init__(
        self, context: AppContext, request: ReceiveRequest, procedure: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(context, step_label(Step.REFUSE), translate("RefusalDialog", Words.CONFIRM), parent)
        self.request = request
        self.paper: PaperDialog | None = None
        self.setMinimumWidth(WIDTH)
        self.say("\n".join((request.applicant.name, procedure, translate("RefusalDialog", Words.HINT))))
        self.reason = QPlainTextEdit(self)
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(REASON_HEIGHT)
        self.law = LawBox(self)
        self.add_field(translate("RefusalDialog", Words.REASON), self.reason)
        self.add_field(self.law.label, self.law)
        self.law.offer(context)
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def work(self) -> Callable[[], StepDone]:
        reason = nfc(self.reason.toPlainText())
        return partial(refuse_form, self.context.desk, self.request, reason, self.law.law())

    def succeeded(self, answer: Any) -> None:
        super().succeeded(answer)
        announce_step(self.context, Step.REFUSE, answer)
        self.paper = PaperDialog(self.context, answer.code, FORM, FORM_TITLES[FORM], self.parentWidget())
        self.paper.open()

    def refuse(self, error: UserError) -> None:
        super().refuse(error)
        field = {"reason_missing": self.reason, "law_article_missing": self.law}.get(error.kind)
        if field is not None:
            field.setFocus(Qt.FocusReason.OtherFocusReason)
