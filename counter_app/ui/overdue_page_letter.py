"""The letter of apology: reason, responsible unit, new date; then the letter itself to look at and print."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialogButtonBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from counter_app.errors import UserError
from counter_app.rules.calendar import VIETNAM, WorkCalendar
from counter_app.rules.lifecycle import Step, may_apologise, step_label
from counter_app.rules.violation import RuleViolation
from counter_app.services.apologies import edit, write
from counter_app.services.apologies_rows import LetterText, LetterView
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import DossierView, StepDone
from counter_app.ui.context import AppContext
from counter_app.ui.dossier_page_paper import PreviewDialog
from counter_app.ui.formatting import due_words, local, weekday_time
from counter_app.ui.overdue_page_reasons import ReasonField
from counter_app.ui.page import commit_preedit, nfc
from counter_app.ui.signer_fields import SignerFields
from counter_app.ui.step_dialogs import MomentEdit, TaskDialog, announce_step
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

SUGGESTED_DAYS = (1, 3, 5)
"""Working days offered at a touch."""

USUAL_DAYS = 3

CLOSE_OF_DESK = time(17, 0)
"""Used for the suggestion alone, while the office's calendar has not been read."""


class Words:
    """What the window says."""

    CONFIRM = QT_TRANSLATE_NOOP("ApologyDialog", "Lập, ghi đã ký (Ctrl+Enter)")
    SUBMIT = QT_TRANSLATE_NOOP("ApologyDialog", "Lập, trình ký (Ctrl+T)")
    SAVE = QT_TRANSLATE_NOOP("ApologyDialog", "Lưu dự thảo (Ctrl+Enter)")
    SUBMITTED = QT_TRANSLATE_NOOP("ApologyDialog", "Văn bản xin lỗi của hồ sơ {code} đã trình ký.")
    SAVED = QT_TRANSLATE_NOOP("ApologyDialog", "Đã lưu dự thảo văn bản xin lỗi của hồ sơ {code}.")
    HEAD = QT_TRANSLATE_NOOP(
        "ApologyDialog",
        "{code} · {name}\nHẹn trả: {due} ({late}).\n"
        "Chỉ được hẹn lại một lần; lý do và ngày hẹn mới được in trong văn bản gửi người nộp.",
    )
    ELSEWHERE = QT_TRANSLATE_NOOP(
        "ApologyDialog", "Văn bản đứng tên {office}, cơ quan giải quyết: số do cơ quan đó ghi."
    )
    PREVIEW = QT_TRANSLATE_NOOP("ApologyDialog", "Xem trước (Ctrl+P)")
    PREVIEW_TITLE = QT_TRANSLATE_NOOP("ApologyDialog", "Xem trước, chưa lập: văn bản xin lỗi")
    REASON = QT_TRANSLATE_NOOP("ApologyDialog", "&Lý do trễ hẹn")
    UNIT = QT_TRANSLATE_NOOP("ApologyDialog", "Đơn vị chịu &trách nhiệm")
    PERSON = QT_TRANSLATE_NOOP("ApologyDialog", "N&gười chịu trách nhiệm")
    PERSON_HINT = QT_TRANSLATE_NOOP("ApologyDialog", "không in trong văn bản")
    SIGNER = QT_TRANSLATE_NOOP("ApologyDialog", "Người &ký")
    NEW_DUE = QT_TRANSLATE_NOOP("ApologyDialog", "&Ngày hẹn mới")
    DAYS = QT_TRANSLATE_NOOP("ApologyDialog", "+{count} ngày")
    DAYS_NAME = QT_TRANSLATE_NOOP("ApologyDialog", "Hẹn thêm {count} ngày làm việc")
    REASON_MISSING = QT_TRANSLATE_NOOP("ApologyDialog", "Hãy ghi lý do trễ hẹn; lý do được in trong văn bản xin lỗi.")
    UNIT_MISSING = QT_TRANSLATE_NOOP("ApologyDialog", "Hãy ghi đơn vị chịu trách nhiệm về việc trễ hẹn.")


def suggest_new_due(calendar: WorkCalendar | None, due: datetime | None, now: datetime, days: int) -> datetime:
    """The close of the desk ``days`` working days after the due date, or after today when that has passed."""
    day = local(max(due or now, now)).date()
    if calendar is not None:
        return calendar.closes(calendar.add_working_days(day, days))
    return datetime.combine(day + timedelta(days=days), CLOSE_OF_DESK, tzinfo=VIETNAM)


def first_suggestion(calendar: WorkCalendar | None, dossier: DossierView, now: datetime) -> datetime:
    """What is filled in: a few days after the due date, no more than the limit itself; at least tomorrow.

    An extension may as a rule not be longer than the first limit, counted from the date that was promised.
    """
    due, limit = dossier.row.due, dossier.limit
    in_days = limit.unit in ("working_day", "calendar_day")
    days = max(1, min(USUAL_DAYS, limit.amount)) if in_days else 1
    suggested = suggest_new_due(calendar, due, due or now, days)
    return max(suggested, suggest_new_due(calendar, due, now, 1))


class ApologyDialog(TaskDialog):
    """Asks what the letter says. Signed already, it takes the step, and ``done_with`` brings the StepDone.

    Else the letter goes to the head for signing; a draft that came back (``letter``) is changed and kept.
    """

    def __init__(
        self,
        context: AppContext,
        dossier: DossierView,
        parent: QWidget | None = None,
        letter: LetterView | None = None,
    ) -> None:
        confirm = translate("ApologyDialog", Words.CONFIRM if letter is None else Words.SAVE)
        super().__init__(context, step_label(Step.APOLOGISE), confirm, parent)
        self.setMinimumWidth(780)
        self.letter = letter
        self.signed = True
        self.code = dossier.row.code
        self._due = dossier.row.due
        now = context.desk.clock()
        late, _tone = due_words(dossier.row, now, context.calendar)
        head = translate("ApologyDialog", Words.HEAD).format(
            code=self.code, name=dossier.applicant.name, due=weekday_time(self._due), late=late
        )
        if dossier.settling_office:
            elsewhere = translate("ApologyDialog", Words.ELSEWHERE).format(office=dossier.settling_office)
            head = f"{head}\n{elsewhere}"
        self.say(head)
        self.reasons = ReasonField(context, self)
        self.reason = self.reasons.text
        self.unit = QLineEdit(dossier.responsible, self)
        self.person = QLineEdit(self)
        self.person.setPlaceholderText(translate("ApologyDialog", Words.PERSON_HINT))
        self.new_due = MomentEdit(first_suggestion(context.calendar, dossier, now), self)
        self.weekday = QLabel(self)
        set_role(self.weekday, "hint")
        day_buttons = self._day_buttons()
        self.signer = SignerFields(self)
        self.add_field(translate("ApologyDialog", Words.REASON), self.reasons)
        self.add_field(translate("ApologyDialog", Words.UNIT), self.unit)
        self.add_field(translate("ApologyDialog", Words.PERSON), self.person)
        self.add_field(translate("ApologyDialog", Words.NEW_DUE), self.new_due)
        self.form.addRow("", day_buttons)
        self.form.addRow("", self.weekday)
        if letter is None:
            self.add_field(translate("ApologyDialog", Words.SIGNER), self.signer)
        else:
            self._show_letter(letter)
        self._preview: PreviewDialog | None = None
        self.preview_button = self._add_button(Words.PREVIEW, "Ctrl+P", self.show_preview)
        self.later = self._add_button(Words.SUBMIT, "Ctrl+T", self.submit_unsigned)
        self.later.setVisible(letter is None)
        self.new_due.dateTimeChanged.connect(self._show_weekday)
        self._show_weekday()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        if letter is None:
            self._refuse_another(dossier)

    def answers(self) -> StepInput:
        """What has been entered so far."""
        signing = self.signer.signing()
        return StepInput(
            reason=self.reasons.words(),
            unit=nfc(self.unit.text()),
            new_due=self.new_due.moment(),
            signer=signing.signer,
            signer_title=signing.title,
            person=nfc(self.person.text()),
        )

    @Slot()
    def submit_unsigned(self) -> None:
        """The letter goes to the head; without this it is signed already and the date moves now."""
        self.signed = False
        self.submit()
        self.signed = True

    @Slot()
    def show_preview(self) -> None:
        """Show the letter as it would be; nothing is written."""
        commit_preedit()
        if self._preview is not None:
            self._preview.deleteLater()
        read = partial(_draw, self.context, self.code, self.answers())
        self._preview = PreviewDialog(self.context, translate("ApologyDialog", Words.PREVIEW_TITLE), read, self)
        self._preview.open()

    def work(self) -> Callable[[], StepDone | LetterView]:
        given = self.answers()
        if not given.reason:
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
            raise UserError("reason_missing", translate("ApologyDialog", Words.REASON_MISSING))
        if not given.unit:
            self.unit.setFocus(Qt.FocusReason.OtherFocusReason)
            raise UserError("unit_missing", translate("ApologyDialog", Words.UNIT_MISSING))
        text = LetterText(given.reason, given.unit, self.new_due.moment(), given.person)
        if self.letter is not None:
            return partial(edit, self.context.desk, self.letter.id, text)
        if self.signed:
            return partial(take_step, self.context.desk, self.code, Step.APOLOGISE, given)
        return partial(write, self.context.desk, self.code, text, submit=True)

    def succeeded(self, answer: Any) -> None:
        if isinstance(answer, StepDone):
            announce_step(self.context, Step.APOLOGISE, answer)
            super().succeeded(answer)
            return
        words = Words.SUBMITTED if self.letter is None else Words.SAVED
        self.accept()
        self.context.announce("dossier", dossiers=(self.code,))
        self.context.tell(translate("ApologyDialog", words).format(code=self.code), "success")

    def _refuse_another(self, dossier: DossierView) -> None:
        """One letter too many is said before it is written, not after."""
        try:
            may_apologise(dossier.row.apology_count, self.context.desk.settings.apology.max)
        except RuleViolation as violation:
            self.show_problem(violation.message)
            for button in (self.confirm, self.later, self.preview_button):
                button.setEnabled(False)
            self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_letter(self, letter: LetterView) -> None:
        self.reason.setPlainText(letter.reason)
        self.unit.setText(letter.unit)
        self.person.setText(letter.person)
        self.new_due.set_moment(letter.new_due)
        self.signer.hide()

    def _add_button(self, words: str, keys: str, slot: object) -> QPushButton:
        button = QPushButton(translate("ApologyDialog", words), self)
        button.setAccessibleName(button.text())
        button.setAutoDefault(False)
        button.setShortcut(keys)
        button.clicked.connect(slot)
        self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        return button

    def _day_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.day_buttons: list[QPushButton] = []
        for days in SUGGESTED_DAYS:
            button = QPushButton(translate("ApologyDialog", Words.DAYS).format(count=days), self)
            button.setAccessibleName(translate("ApologyDialog", Words.DAYS_NAME).format(count=days))
            button.setAutoDefault(False)
            button.setProperty("days", days)
            button.clicked.connect(self._days_clicked)
            row.addWidget(button)
            self.day_buttons.append(button)
        row.addStretch(1)
        return row

    @Slot()
    def _days_clicked(self) -> None:
        days = int(self.sender().property("days"))
        now = self.context.desk.clock()
        self.new_due.set_moment(suggest_new_due(self.context.calendar, self._due, now, days))

    @Slot()
    def _show_weekday(self) -> None:
        self.weekday.setText(weekday_time(self.new_due.moment()))


def _draw(context: AppContext, code: str, given: StepInput) -> bytes:
    from counter_app.services.papers import preview_apology

    return preview_apology(context.desk, code, given).pdf
