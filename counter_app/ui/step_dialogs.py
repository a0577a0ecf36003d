"""The small windows that ask what one step of the lifecycle needs, and only that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QDate, QDateTime, Qt, QTime, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from counter_app.errors import UserError
from counter_app.rules.lifecycle import Step, step_label
from counter_app.rules.working_time import VIETNAM
from counter_app.services.papers_issued import FORMS as FORM_TITLES
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import PAYMENT_METHODS, DossierView, StepDone
from counter_app.ui.context import AppContext
from counter_app.ui.dossier_page_paper import PaperDialog
from counter_app.ui.key_dialog import KeyDialog
from counter_app.ui.page import commit_preedit, nfc
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

DROP_DOWN = """
QDateTimeEdit { min-width: 170px; }
QDateTimeEdit::drop-down { border: 0; width: 26px; subcontrol-origin: border; subcontrol-position: center right; }
QDateTimeEdit::down-arrow { image: url(icons:chevron.svg); width: 14px; height: 14px; }
"""
"""The calendar opens by an arrow as the other choices do."""


class Words:
    """What these windows say."""

    CANCEL = QT_TRANSLATE_NOOP("StepDialogs", "Hủy (Esc)")
    CONFIRM = QT_TRANSLATE_NOOP("StepDialogs", "{step} (Ctrl+Enter)")
    LATE = QT_TRANSLATE_NOOP("StepDialogs", "Việc này đã làm từ trước, nay mới nhậ&p")
    LATE_AT = QT_TRANSLATE_NOOP("StepDialogs", "Đã làm lúc")
    MISSING = QT_TRANSLATE_NOOP("StepDialogs", "Chưa nhập «{field}». Hãy nhập rồi xác nhận lại.")
    DONE = QT_TRANSLATE_NOOP("StepDialogs", "{step}: hồ sơ {code} đã ghi xong.")
    REASON = QT_TRANSLATE_NOOP("StepDialogs", "&Lý do")
    NOTE = QT_TRANSLATE_NOOP("StepDialogs", "&Ghi chú")
    UNIT = QT_TRANSLATE_NOOP("StepDialogs", "Đơn &vị xử lý")
    SUPPLEMENTS = QT_TRANSLATE_NOOP("StepDialogs", "&Giấy tờ cần bổ sung, mỗi dòng một thứ")
    METHOD = QT_TRANSLATE_NOOP("StepDialogs", "&Hình thức nộp")
    REFERENCE = QT_TRANSLATE_NOOP("StepDialogs", "Số giao &dịch chuyển khoản")
    OFFICIAL_RECEIPT = QT_TRANSLATE_NOOP("StepDialogs", "&Biên lai số")
    HINT_HAND_OVER = QT_TRANSLATE_NOOP("StepDialogs", "Hồ sơ rời quầy, đến đơn vị giải quyết.")
    HINT_RECEIVE = QT_TRANSLATE_NOOP(
        "StepDialogs", "Hồ sơ trực tuyến được tiếp nhận; hạn trả tính từ lúc này và báo lên cổng."
    )
    HINT_ACCEPT = QT_TRANSLATE_NOOP("StepDialogs", "Đơn vị xử lý xác nhận đã nhận hồ sơ giấy.")
    HINT_SUPPLEMENT = QT_TRANSLATE_NOOP(
        "StepDialogs", "Yêu cầu một lần, đủ mọi giấy tờ còn thiếu. Thời gian giải quyết tạm dừng từ lúc này."
    )
    HINT_SUPPLIED = QT_TRANSLATE_NOOP("StepDialogs", "Thời gian giải quyết chạy tiếp, hạn trả được tính lại.")
    HINT_PAYMENT = QT_TRANSLATE_NOOP("StepDialogs", "Thời gian giải quyết tạm dừng đến khi nộp đủ phí, lệ phí.")
    HINT_PAY = QT_TRANSLATE_NOOP("StepDialogs", "Chuyển khoản chỉ ghi khi đã thấy tiền về tài khoản của cơ quan.")
    HINT_FINISH = QT_TRANSLATE_NOOP("StepDialogs", "Kết quả đã về quầy, chờ trả cho người nộp.")
    HINT_WITHDRAW = QT_TRANSLATE_NOOP("StepDialogs", "Người nộp xin rút. Hồ sơ kết thúc, không mở lại được.")
    HINT_STOP = QT_TRANSLATE_NOOP("StepDialogs", "Dừng giải quyết. Hồ sơ kết thúc, không mở lại được.")
    HINT_REFUSE = QT_TRANSLATE_NOOP("StepDialogs", "Từ chối phải nêu rõ lý do cho người nộp.")


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One question of a step: the attribute of ``StepInput`` that it fills, and how it is asked."""

    name: str
    label: str
    required: bool = False
    multiline: bool = False
    choices: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class StepForm:
    """All that one step asks."""

    fields: tuple[FieldSpec, ...]
    hint: str = ""


_NOTE = FieldSpec("reason", Words.NOTE)
_REASON = FieldSpec("reason", Words.REASON, required=True, multiline=True)

FORMS: dict[Step, StepForm] = {
    Step.RECEIVE: StepForm((_NOTE,), Words.HINT_RECEIVE),
    Step.REFUSE: StepForm((_REASON,), Words.HINT_REFUSE),
    Step.HAND_OVER: StepForm((FieldSpec("unit", Words.UNIT, required=True), _NOTE), Words.HINT_HAND_OVER),
    Step.ACCEPT: StepForm((_NOTE,), Words.HINT_ACCEPT),
    Step.REQUEST_SUPPLEMENT: StepForm(
        (FieldSpec("reason", Words.SUPPLEMENTS, required=True, multiline=True),), Words.HINT_SUPPLEMENT
    ),
    Step.SUPPLEMENT: StepForm((_NOTE,), Words.HINT_SUPPLIED),
    Step.REQUEST_PAYMENT: StepForm((FieldSpec("reason", Words.REASON, multiline=True),), Words.HINT_PAYMENT),
    Step.PAY: StepForm(
        (
            FieldSpec("method", Words.METHOD, choices=PAYMENT_METHODS),
            FieldSpec("reference", Words.REFERENCE),
            FieldSpec("official_receipt", Words.OFFICIAL_RECEIPT),
            _NOTE,
        ),
        Words.HINT_PAY,
    ),
    Step.FINISH: StepForm((_NOTE,), Words.HINT_FINISH),
    Step.WITHDRAW: StepForm((FieldSpec("reason", Words.REASON, multiline=True),), Words.HINT_WITHDRAW),
    Step.STOP: StepForm((_REASON,), Words.HINT_STOP),
}
"""Apologies have a window of their own (``overdue_page_letter``), returns a page (``return_page``), attachments the
dossier's page; the papers of a supplement and what it asks for are in ``supplement_dialog``, the fees that are paid in
``payment_dialog``."""

PAPERS = {Step.REQUEST_SUPPLEMENT: "supplement_request", Step.REFUSE: "refusal", Step.STOP: "stop_notice"}
"""What each step gives to the applicant in writing."""


class MomentEdit(QDateTimeEdit):
    """Day and hour at the office, whatever the time zone of the machine."""

    def __init__(self, moment: datetime, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCalendarPopup(True)
        self.setDisplayFormat("HH:mm dd/MM/yyyy")
        self.setStyleSheet(DROP_DOWN)
        self.set_moment(moment)

    def set_moment(self, moment: datetime) -> None:
        """Show ``moment``."""
        here = moment.astimezone(VIETNAM)
        self.setDateTime(QDateTime(QDate(here.year, here.month, here.day), QTime(here.hour, here.minute)))

    def moment(self) -> datetime:
        """What is shown, with its time zone."""
        day, hour = self.date(), self.time()
        return datetime(day.year(), day.month(), day.day(), hour.hour(), hour.minute(), tzinfo=VIETNAM)


class TaskDialog(KeyDialog):
    """A small window for one task; stays, with all that was typed, until the service has accepted it."""

    done_with = Signal(object)
    """What the service answered."""

    def __init__(self, context: AppContext, title: str, confirm: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.setWindowTitle(title)
        self.setModal(True)
        self.setMinimumWidth(520)
        self.heading = QLabel(self)
        self.heading.setWordWrap(True)
        set_role(self.heading, "hint")
        self.heading.hide()
        self.form = QFormLayout()
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self.problem = QLabel(self)
        set_role(self.problem, "inline")
        set_tone(self.problem, "error")
        self.problem.setWordWrap(True)
        self.problem.setAccessibleName(title)
        self.problem.hide()
        self.buttons = QDialogButtonBox(self)
        self.confirm = QPushButton(confirm, self)
        self.confirm.setDefault(True)
        self.confirm.setShortcut("Ctrl+Return")
        set_role(self.confirm, "primary")
        self.cancel = QPushButton(translate("StepDialogs", Words.CANCEL), self)
        self.cancel.setAutoDefault(False)
        for button, role in (
            (self.confirm, QDialogButtonBox.ButtonRole.AcceptRole),
            (self.cancel, QDialogButtonBox.ButtonRole.RejectRole),
        ):
            button.setAccessibleName(button.text())
            self.buttons.addButton(button, role)
        self.body = QVBoxLayout(self)
        self.body.addWidget(self.heading)
        self.body.addLayout(self.form)
        self.body.addWidget(self.problem)
        self.body.addWidget(self.buttons)
        self.confirm.clicked.connect(self.submit)
        self.cancel.clicked.connect(self.reject)

    def say(self, text: str) -> None:
        """Show a line above the questions."""
        self.heading.setText(text)
        self.heading.setVisible(bool(text))

    def add_field(self, label: str, field: QWidget) -> QLabel:
        """Add a question; its label is its name for screen readers and its mnemonic leads to it."""
        caption = QLabel(label, self)
        caption.setBuddy(field)
        field.setAccessibleName(label.replace("&", ""))
        self.form.addRow(caption, field)
        return caption

    def work(self) -> Callable[[], Any]:
        """What to do in the executor; raises UserError when the questions are not answered."""
        raise NotImplementedError

    @Slot()
    def submit(self) -> None:
        """Hand the answers to the service."""
        commit_preedit()
        try:
            work = self.work()
        except UserError as error:
            self.refuse(error)
            return
        self.problem.hide()
        self.confirm.setEnabled(False)
        self.context.executor.submit(work, self.succeeded, self.failed)

    def succeeded(self, answer: Any) -> None:
        """The service has done it."""
        self.confirm.setEnabled(True)
        self.accept()
        self.done_with.emit(answer)

    def failed(self, error: Exception) -> None:
        """The service refused, or something broke: the window stays as it is."""
        self.confirm.setEnabled(True)
        if isinstance(error, UserError):
            self.refuse(error)
        else:
            self.context.show_error(error)

    def refuse(self, error: UserError) -> None:
        """A question was left open, or the service did not accept an answer."""
        self.show_problem(error.message)

    def show_problem(self, text: str) -> None:
        """Say in the window what is wrong and what to do."""
        self.problem.setText(text)
        self.problem.show()
        # Words that wrap do not make the window grow by themselves: the buttons would be cut.
        needed = self.body.minimumHeightForWidth(self.width())
        if needed > self.height():
            self.resize(self.width(), needed)


class StepDialog(TaskDialog):
    """Asks what ``step`` needs for one dossier and takes it.

    The paper that the step issued is then shown for printing as ``paper``.
    """

    def __init__(self, context: AppContext, dossier: DossierView, step: Step, parent: QWidget | None = None) -> None:
        title = step_label(step)
        super().__init__(context, title, translate("StepDialogs", Words.CONFIRM).format(step=title), parent)
        self.code = dossier.row.code
        self.step = step
        self.paper: PaperDialog | None = None
        self.spec = FORMS[step]
        self.inputs: dict[str, QLineEdit | QPlainTextEdit | QComboBox] = {}
        lines = [f"{dossier.row.code} · {dossier.applicant.name}"]
        if self.spec.hint:
            lines.append(translate("StepDialogs", self.spec.hint))
        self.say("\n".join(lines))
        for spec in self.spec.fields:
            self.inputs[spec.name] = self._input(spec)
            self.add_field(translate("StepDialogs", spec.label), self.inputs[spec.name])
        self._prefill(dossier)
        now = context.desk.clock()
        self.late = QCheckBox(translate("StepDialogs", Words.LATE), self)
        self.late.setAccessibleName(self.late.text().replace("&", ""))
        self.at = MomentEdit(now - timedelta(minutes=5), self)
        self.at.setAccessibleName(translate("StepDialogs", Words.LATE_AT))
        self.at.hide()
        self.form.addRow(self.late)
        self.form.addRow(self.at)
        self.late.toggled.connect(self.at.setVisible)
        next(iter(self.inputs.values()), self.confirm).setFocus(Qt.FocusReason.OtherFocusReason)

    def put_late_entry_last(self) -> None:
        """When it happened is asked after the questions that were added, on the screen and by Tab."""
        for field in (self.late, self.at):
            self.form.takeRow(field)
            self.form.addRow(field)
        asked = [self.form.itemAt(row, QFormLayout.ItemRole.FieldRole) for row in range(self.form.rowCount())]
        fields = [widget for item in asked if item is not None and (widget := item.widget()) is not None]
        for before, after in pairwise([*fields, self.late, self.at, self.confirm, self.cancel]):
            QWidget.setTabOrder(before, after)

    def work(self) -> Callable[[], Any]:
        return partial(take_step, self.context.desk, self.code, self.step, self.answers())

    def answers(self) -> StepInput:
        """What was entered; raises UserError naming the first question left open."""
        answers = StepInput()
        for spec in self.spec.fields:
            given = _text(self.inputs[spec.name])
            answers = replace(answers, **{spec.name: given})  # type: ignore[arg-type]  # all but times are text
            if spec.required and not given:
                self.inputs[spec.name].setFocus(Qt.FocusReason.OtherFocusReason)
                field = translate("StepDialogs", spec.label).replace("&", "")
                raise UserError("field_missing", translate("StepDialogs", Words.MISSING).format(field=field))
        return replace(answers, at=self.at.moment()) if self.late.isChecked() else answers

    def succeeded(self, answer: Any) -> None:
        super().succeeded(answer)
        announce_step(self.context, self.step, answer)
        self.show_paper(answer)

    def show_paper(self, answer: Any) -> None:
        """The paper of the step that was taken, to look at and to print."""
        form = self.issued(answer)
        if form:
            self.paper = PaperDialog(self.context, self.code, form, FORM_TITLES[form], self.parentWidget())
            self.paper.open()

    def issued(self, _answer: Any) -> str:
        """The form of the paper that the step issued, "" without one."""
        return PAPERS.get(self.step, "")

    def _input(self, spec: FieldSpec) -> QLineEdit | QPlainTextEdit | QComboBox:
        if spec.choices is not None:
            choice = QComboBox(self)
            for key, words in spec.choices.items():
                choice.addItem(words, key)
            return choice
        if spec.multiline:
            text = QPlainTextEdit(self)
            text.setTabChangesFocus(True)
            text.setFixedHeight(96)
            return text
        return QLineEdit(self)

    def _prefill(self, dossier: DossierView) -> None:
        unit = self.inputs.get("unit")
        if isinstance(unit, QLineEdit):
            unit.setText(dossier.row.unit)


def announce_step(context: AppContext, step: Step, done: StepDone) -> None:
    """Tell the window what changed, and the clerk what was done and what to mind."""
    context.announce("dossier", "outbox", dossiers=(done.code,))
    context.wake_sync()
    text = translate("StepDialogs", Words.DONE).format(step=step_label(step), code=done.code)
    context.tell(" ".join((text, *done.warnings)), "warning" if done.warnings else "success")


def _text(field: QLineEdit | QPlainTextEdit | QComboBox) -> str:
    if isinstance(field, QComboBox):
        return nfc(field.currentText()) if field.isEditable() else str(field.currentData())
    text = field.toPlainText() if isinstance(field, QPlainTextEdit) else field.text()
    return nfc(text)
