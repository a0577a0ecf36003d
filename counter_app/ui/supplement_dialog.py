"""The windows of a supplement: what is asked for and why; then which papers came, how many, with which scans."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QTextCursor
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QWidget,
)

from counter_app.errors import UserError
from counter_app.rules.lifecycle import Status, Step
from counter_app.services.history import standing
from counter_app.services.steps import StepInput
from counter_app.services.values import ComponentView, DossierView
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import local_time
from counter_app.ui.intake.checklist import COUNT_WIDTH, FILES_WIDTH, Checklist, is_note, may_not_apply
from counter_app.ui.intake.form_parts import InlineNote
from counter_app.ui.intake.supplement_box import request_words
from counter_app.ui.page import drop_down, nfc
from counter_app.ui.step_dialogs import StepDialog
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

SIZE = (900, 640)
REQUEST_WIDTH = 760
MARGIN = 24
"""At the right of the list: its frame and scroll bar."""


class Words:
    """What the windows say."""

    ASKED = QT_TRANSLATE_NOOP("SupplementDialog", "Đã yêu cầu: {words}")
    PAPERS = QT_TRANSLATE_NOOP("SupplementDialog", "Giấy tờ vừa nộp")
    ORIGINALS = QT_TRANSLATE_NOOP("SupplementDialog", "Bản\nchính")
    COPIES = QT_TRANSLATE_NOOP("SupplementDialog", "Bản\nsao")
    SCANS = QT_TRANSLATE_NOOP("SupplementDialog", "Bản\nquét")
    THERE = QT_TRANSLATE_NOOP("SupplementDialog", "{name} (đã có {originals} bản chính, {copies} bản sao)")
    ADD = QT_TRANSLATE_NOOP("SupplementDialog", "&Thêm giấy tờ của thủ tục…")
    WHY = QT_TRANSLATE_NOOP("SupplementDialog", "&Lý do")
    WHY_HINT = QT_TRANSLATE_NOOP("SupplementDialog", "ví dụ: tờ khai chưa ký, bản sao chưa chứng thực; in trên phiếu")
    ASKED_BEFORE = QT_TRANSLATE_NOOP(
        "SupplementDialog",
        "Hồ sơ đã được yêu cầu bổ sung lúc {time}. Quy định chỉ cho yêu cầu một lần, đủ mọi giấy tờ: chỉ yêu cầu thêm "
        "khi thật cần, và ghi vì sao.",
    )
    AGAIN = QT_TRANSLATE_NOOP("SupplementDialog", "Lý do yêu cầu thê&m")
    INCOMPLETE = QT_TRANSLATE_NOOP("SupplementDialog", "Vẫn nhận khi còn thiếu giấy tờ &bắt buộc")


class SupplementRequestDialog(StepDialog):
    """Asks what is to be brought, a line each, and why; what is known to be missing is there already.

    Papers are asked for once: where that was done, the window says so and asks why once more.
    """

    def __init__(self, context: AppContext, dossier: DossierView, parent: QWidget | None = None) -> None:
        super().__init__(context, dossier, Step.REQUEST_SUPPLEMENT, parent)
        self.setMinimumWidth(REQUEST_WIDTH)
        items = self.inputs["reason"]
        assert isinstance(items, QPlainTextEdit)
        self.items = items
        self.menu = QMenu(self)
        for paper in _papers(dossier):
            name = self.fontMetrics().elidedText(paper.name, Qt.TextElideMode.ElideRight, REQUEST_WIDTH)
            action = self.menu.addAction(name.replace("&", "&&"))
            action.setData(_name(dossier, paper.code))
            action.setToolTip(paper.name)
        self.menu.triggered.connect(self._paper_chosen)
        self.add = QPushButton(translate("SupplementDialog", Words.ADD), self)
        self.add.setAccessibleName(self.add.text().replace("&", ""))
        self.add.setAutoDefault(False)
        drop_down(self.add, self.menu)
        self.form.addRow("", self.add)
        self.why = QLineEdit(self)
        self.why.setPlaceholderText(translate("SupplementDialog", Words.WHY_HINT))
        self.add_field(translate("SupplementDialog", Words.WHY), self.why)
        self.asked_before = InlineNote("warning")
        self.again = QLineEdit(self)
        self.again.setMaxLength(500)
        self.again.hide()
        self.body.insertWidget(1, self.asked_before)
        earlier = [event for event in standing(dossier.events) if event.step == Step.REQUEST_SUPPLEMENT]
        if earlier:
            words = translate("SupplementDialog", Words.ASKED_BEFORE)
            self.asked_before.say(words.format(time=local_time(earlier[-1].at)))
            self.add_field(translate("SupplementDialog", Words.AGAIN), self.again)
            self.again.show()
        self.put_late_entry_last()
        for name in _missing(dossier):
            self.ask_for(name)

    def ask_for(self, paper: str) -> None:
        """Put a paper on a line of its own, once."""
        lines = [line for line in self.items.toPlainText().splitlines() if line.strip()]
        if paper not in lines:
            self.items.setPlainText("\n".join([*lines, paper]))
            self.items.moveCursor(QTextCursor.MoveOperation.End)

    def answers(self) -> StepInput:
        given = super().answers()
        reason = request_words(given.reason, nfc(self.why.text()))
        return replace(given, reason=reason, again=nfc(self.again.text()))

    def refuse(self, error: UserError) -> None:
        super().refuse(error)
        # A window does not grow by lines that are broken: the list of papers would be pressed together.
        self.resize(self.width(), max(self.height(), self.body.totalHeightForWidth(self.width())))
        if error.kind == "supplement_repeated":
            self.again.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(QAction)
    def _paper_chosen(self, action: QAction) -> None:
        self.ask_for(str(action.data()))
        self.items.setFocus(Qt.FocusReason.OtherFocusReason)


class SupplementDialog(StepDialog):
    """Asks for the papers that came; what is still missing is confirmed before it is accepted."""

    def __init__(self, context: AppContext, dossier: DossierView, parent: QWidget | None = None) -> None:
        super().__init__(context, dossier, Step.SUPPLEMENT, parent)
        self.resize(*SIZE)
        self.checklist = Checklist()
        self.checklist.show_procedure(replace(dossier.procedure, components=_papers(dossier)), dossier.case_name)
        self.checklist.refused.connect(self.show_problem)
        asked = [event.reason for event in standing(dossier.events) if event.step == Step.REQUEST_SUPPLEMENT]
        if asked:
            words = translate("SupplementDialog", Words.ASKED).format(words=asked[-1])
            self.say(f"{self.heading.text()}\n{words}")
        self.papers = QScrollArea(self)
        self.papers.setWidgetResizable(True)
        self.papers.setFrameShape(QFrame.Shape.NoFrame)
        self.papers.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.papers.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.papers.setWidget(self.checklist)
        self.incomplete = QCheckBox(translate("SupplementDialog", Words.INCOMPLETE), self)
        self.incomplete.setAccessibleName(self.incomplete.text().replace("&", ""))
        self.incomplete.hide()
        self.body.insertLayout(1, _captions())
        self.body.insertWidget(2, self.papers, 1)
        self.body.insertWidget(self.body.indexOf(self.buttons), self.incomplete)
        self._order_tabs()
        self.checklist.focus_first()

    def answers(self) -> StepInput:
        return replace(super().answers(), components=self.checklist.values(), incomplete=self.incomplete.isChecked())

    def refuse(self, error: UserError) -> None:
        super().refuse(error)
        if error.kind == "component_missing":
            missing = error.details.get("components")
            self.checklist.mark_missing(tuple(missing) if isinstance(missing, list) else ())
            self.incomplete.show()
            for row in self.checklist.rows:
                if row.tick.hasFocus():
                    self.papers.ensureWidgetVisible(row)

    def issued(self, answer: Any) -> str:
        return "" if answer.status == Status.REGISTERED else "receipt"

    def _order_tabs(self) -> None:
        controls = [control for row in self.checklist.rows for control in row.controls()]
        order = [*controls, *self.inputs.values(), self.late, self.at, self.incomplete, self.confirm, self.cancel]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)


def _captions() -> QHBoxLayout:
    """Over the columns of the list."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, MARGIN, 0)
    row.setSpacing(8)
    title = QLabel(translate("SupplementDialog", Words.PAPERS))
    set_role(title, "section")
    row.addWidget(title, 1)
    for words, width in ((Words.ORIGINALS, COUNT_WIDTH), (Words.COPIES, COUNT_WIDTH), (Words.SCANS, FILES_WIDTH)):
        caption = QLabel(translate("SupplementDialog", words))
        caption.setFixedWidth(width)
        caption.setWordWrap(True)
        caption.setAlignment(Qt.AlignmentFlag.AlignCenter)
        set_role(caption, "hint")
        row.addWidget(caption)
    return row


def _papers(dossier: DossierView) -> tuple[ComponentView, ...]:
    """What the procedure asks for, what is not there yet first; of the rest how much is there."""
    there = {item.code: (item.originals, item.copies) for item in dossier.components}
    asked = [item for item in dossier.procedure.components if item.code in there and not is_note(item)]
    shown = []
    for paper in sorted(asked, key=lambda item: any(there[item.code])):
        originals, copies = there[paper.code]
        if originals or copies:
            words = translate("SupplementDialog", Words.THERE)
            paper = replace(paper, name=words.format(name=paper.name, originals=originals, copies=copies))
        shown.append(paper)
    return tuple(shown)


def _name(dossier: DossierView, code: str) -> str:
    return next(paper.name for paper in dossier.procedure.components if paper.code == code)


def _missing(dossier: DossierView) -> list[str]:
    """Required papers of which nothing was handed in, but for those that may not be asked of this applicant."""
    there = {item.code: item.originals + item.copies for item in dossier.components}
    asked = [item for item in dossier.procedure.components if item.required and not is_note(item)]
    return [item.name for item in asked if there.get(item.code) == 0 and not may_not_apply(item)]
