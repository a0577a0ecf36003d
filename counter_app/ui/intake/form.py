"""The intake form: all its parts on one screen, read into a request or a draft."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from counter_app.services.values import ApplicantData, ProcedureView, ReceiveRequest
from counter_app.ui.context import AppContext
from counter_app.ui.intake.checklist import COUNT_WIDTH, FILES_WIDTH, Checklist
from counter_app.ui.intake.due_box import DueBox
from counter_app.ui.intake.form_parts import InlineNote, line_edit
from counter_app.ui.intake.person_fields import PersonFields
from counter_app.ui.intake.procedure_box import ProcedureBox
from counter_app.ui.intake.terms_box import FeesBox, TermsBox
from counter_app.ui.page import nfc
from counter_app.ui.theme import icon, set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

LEFT_WIDTH = 452


class Words:
    APPLICANT = QT_TRANSLATE_NOOP("IntakeForm", "Chủ hồ sơ")
    SUBMITTER = QT_TRANSLATE_NOOP("IntakeForm", "Người nộp")
    OTHER_SUBMITTER = QT_TRANSLATE_NOOP("IntakeForm", "Người khác &nộp thay")
    TERMS = QT_TRANSLATE_NOOP("IntakeForm", "Cách nộp và nhận kết quả")
    PAPERS = QT_TRANSLATE_NOOP("IntakeForm", "Thành phần hồ sơ (Alt+P)")
    NO_PAPERS = QT_TRANSLATE_NOOP("IntakeForm", "Giấy tờ phải nộp hiện ở đây sau khi chọn thủ tục.")
    ORIGINALS = QT_TRANSLATE_NOOP("IntakeForm", "Bản\nchính")
    COPIES = QT_TRANSLATE_NOOP("IntakeForm", "Bản\nsao")
    SCANS = QT_TRANSLATE_NOOP("IntakeForm", "Tệp quét")
    ALL_HERE = QT_TRANSLATE_NOOP("IntakeForm", "Đủ giấ&y tờ")
    FEES = QT_TRANSLATE_NOOP("IntakeForm", "Phí, lệ phí (Alt+L)")
    SCAN = QT_TRANSLATE_NOOP("IntakeForm", "Quét thẻ (F5)")
    SCAN_HERE = QT_TRANSLATE_NOOP("IntakeForm", "Quét mã QR của thẻ căn cước vào đây…")
    SCAN_NAME = QT_TRANSLATE_NOOP("IntakeForm", "Ô quét thẻ căn cước")
    RECEIVE = QT_TRANSLATE_NOOP("IntakeForm", "Tiếp nhận (Ctrl+Enter)")
    CLEAR = QT_TRANSLATE_NOOP("IntakeForm", "Nhập mới (Ctrl+N)")
    SUPPLEMENT_REASON = QT_TRANSLATE_NOOP("IntakeForm", "Nội dung yêu cầu bổ sung")
    SUPPLEMENT = QT_TRANSLATE_NOOP("IntakeForm", "Nhận kèm yêu cầu &bổ sung")


class IntakeForm(QWidget):
    """Layout and contents; talking to the services is the page's business."""

    changed = Signal()
    scan_entered = Signal()
    """Enter in the field for the card."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.procedure = ProcedureBox()
        self.applicant = PersonFields(context, translate("IntakeForm", Words.APPLICANT))
        self.other = QCheckBox(translate("IntakeForm", Words.OTHER_SUBMITTER))
        self.other.setAccessibleName(translate("IntakeForm", Words.OTHER_SUBMITTER).replace("&", ""))
        self.submitter = PersonFields(context, translate("IntakeForm", Words.SUBMITTER), submitter=True)
        self.submitter.hide()
        self.terms = TermsBox()
        self.checklist = Checklist()
        self.fees = FeesBox()
        self.due = DueBox(context)
        self.problem = InlineNote("error")
        self._make_buttons()
        self._lay_out()
        self._connect()
        self.order_tabs()

    def request(self, supplement_reason: str = "") -> ReceiveRequest | None:
        """What is to be received; None while no procedure is chosen."""
        procedure = self.procedure.procedure
        if procedure is None:
            return None
        return ReceiveRequest(
            procedure=procedure.code,
            applicant=self.applicant.data(),
            submitter=self._submitter_data(),
            case_name=self.procedure.case_name(),
            channel=str(self.terms.channel.currentData()),
            return_by=str(self.terms.return_by.currentData()),
            components=self.checklist.values(),
            fees=self.fees.values(),
            sets=self.terms.sets.value(),
            note=nfc(self.terms.note.text()),
            due=self.due.entered(),
            reason=self.due.entered_reason(),
            supplement_reason=supplement_reason,
        )

    def unreadable(self) -> tuple[str, QWidget] | None:
        """The first field that cannot be read, with what to do."""
        return self.applicant.problem() or self.due.problem()

    def is_empty(self) -> bool:
        """Whether there is nothing worth a draft."""
        return self.procedure.procedure is None and self.applicant.is_empty() and self.submitter.is_empty()

    def draft(self) -> dict[str, Any]:
        """Everything on the form, as plain values."""
        procedure = self.procedure.procedure
        return {
            "procedure": procedure.code if procedure is not None else "",
            "case": self.procedure.case_name(),
            "applicant": _person_draft(self.applicant),
            "other": self.other.isChecked(),
            "submitter": _person_draft(self.submitter),
            "components": self.checklist.draft(),
            "fees": self.fees.draft(),
            "terms": self.terms.draft(),
            "due": self.due.draft(),
        }

    def restore(self, draft: dict[str, Any], procedure: ProcedureView | None) -> None:
        """Put a draft back on the form."""
        self.terms.restore(draft.get("terms", {}))
        self.show_procedure(procedure, str(draft.get("case", "")))
        _restore_person(self.applicant, draft.get("applicant", {}))
        self.other.setChecked(bool(draft.get("other")))
        _restore_person(self.submitter, draft.get("submitter", {}))
        self.checklist.restore(draft.get("components", {}))
        self.fees.restore(draft.get("fees", {}))
        self.due.restore(draft.get("due", {}))

    def clear(self) -> None:
        """An empty form for the next applicant."""
        self.restore({}, None)
        self.say_problem("")
        self.scan_field.hide()
        self._left.verticalScrollBar().setValue(0)

    def show_procedure(self, procedure: ProcedureView | None, case: str = "") -> None:
        """Lay out what the procedure asks for."""
        self.procedure.show_procedure(procedure, case)
        self._show_case()
        self._show_fees()
        self.due.show_for(procedure, str(self.terms.channel.currentData()))
        self._no_papers.setVisible(procedure is None)
        self.all_here.setEnabled(procedure is not None)

    def say_problem(self, text: str, *, missing: tuple[str, ...] = ()) -> None:
        """Say what keeps the dossier from being received; ``missing`` offers the supplement request."""
        self.problem.say(text, "error")
        self._supplement.setVisible(bool(missing))
        self.checklist.mark_missing(missing)
        if not missing:
            self.supplement_reason.clear()

    def open_scan_field(self) -> None:
        """F5: a field for nothing but the card."""
        self.scan_field.clear()
        self.scan_field.show()
        self.scan_field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def inputs(self) -> list[QWidget]:
        """All that can have the focus, in the order of Tab."""
        controls: list[QWidget] = [*self.procedure.inputs(), self.scan, self.scan_field]
        controls += self.applicant.inputs()
        controls.append(self.other)
        controls += self.submitter.inputs()
        controls += self.terms.inputs()
        controls.append(self.all_here)
        for row in self.checklist.rows:
            controls += row.controls()
        controls += self.fees.inputs()
        controls += self.due.inputs()
        return [*controls, self.supplement_reason, self.supplement, self.receive, self.clear_form]

    def order_tabs(self) -> None:
        """Set the order of Tab anew after rows came or went."""
        controls = self.inputs()
        for first, second in pairwise(controls):
            QWidget.setTabOrder(first, second)

    def focus_fees(self) -> None:
        """To the first fee. (A label with a buddy would press the check box, not only go to it.)"""
        if self.fees.rows:
            self.fees.rows[0].paid.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus, and goes on to the next field anywhere else."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or (
            event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        ):
            super().keyPressEvent(event)
            return
        focused = self.focusWidget()
        if isinstance(focused, QPushButton):
            focused.click()
        elif focused is self.scan_field:
            self.scan_entered.emit()
        else:
            self.focusNextChild()

    def _submitter_data(self) -> ApplicantData | None:
        return self.submitter.data() if self.other.isChecked() else None

    def _show_case(self) -> None:
        self.checklist.show_procedure(self.procedure.procedure, self.procedure.case_name())

    def _show_fees(self) -> None:
        channel = str(self.terms.channel.currentData())
        self.fees.show_procedure(self.procedure.procedure, channel, self.procedure.case_name())
        self._fees_label.setVisible(bool(self.fees.rows))

    def _case_changed(self) -> None:
        self._show_case()
        self._show_fees()
        self.changed.emit()

    def _channel_changed(self) -> None:
        self._show_fees()
        self.due.show_for(self.procedure.procedure, str(self.terms.channel.currentData()))

    def _other_toggled(self, shown: bool) -> None:
        self.submitter.setVisible(shown)
        if shown and self.other.hasFocus():
            self.submitter.number.setFocus(Qt.FocusReason.TabFocusReason)
        self.changed.emit()

    def _connect(self) -> None:
        for part in (self.applicant, self.submitter, self.terms, self.checklist, self.fees, self.due):
            part.changed.connect(self.changed)
        self.procedure.case_changed.connect(self._case_changed)
        self.terms.channel_changed.connect(self._channel_changed)
        self.other.toggled.connect(self._other_toggled)
        self.all_here.clicked.connect(self.checklist.tick_all)
        self.checklist.rows_made.connect(self.order_tabs)
        self.fees.rows_made.connect(self.order_tabs)
        self.scan.clicked.connect(self.open_scan_field)

    def _make_buttons(self) -> None:
        self.scan = QPushButton(icon("card"), translate("IntakeForm", Words.SCAN))
        set_role(self.scan, "quiet")
        self.scan_field = line_edit(
            translate("IntakeForm", Words.SCAN_NAME), translate("IntakeForm", Words.SCAN_HERE), 2000
        )
        self.scan_field.hide()
        self.all_here = QPushButton(translate("IntakeForm", Words.ALL_HERE))
        self.all_here.setEnabled(False)
        self.receive = QPushButton(translate("IntakeForm", Words.RECEIVE))
        set_role(self.receive, "primary")
        self.receive.setMinimumHeight(42)
        self.clear_form = QPushButton(translate("IntakeForm", Words.CLEAR))
        self.supplement_reason = QLineEdit()
        self.supplement_reason.setAccessibleName(translate("IntakeForm", Words.SUPPLEMENT_REASON))
        self.supplement_reason.setPlaceholderText(translate("IntakeForm", Words.SUPPLEMENT_REASON))
        self.supplement = QPushButton(translate("IntakeForm", Words.SUPPLEMENT))
        self._supplement = QWidget()
        row = QHBoxLayout(self._supplement)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.supplement_reason, 1)
        row.addWidget(self.supplement)
        self._supplement.hide()

    def _lay_out(self) -> None:
        body = QHBoxLayout()
        body.setSpacing(12)
        body.addWidget(self._left_column())
        body.addLayout(self._right_column(), 1)
        top = QVBoxLayout()
        top.setContentsMargins(16, 10, 16, 8)
        top.setSpacing(10)
        top.addWidget(self.procedure)
        top.addLayout(body, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top, 1)
        layout.addWidget(self._foot())

    def _left_column(self) -> QScrollArea:
        inside = QWidget()
        set_role(inside, "canvas")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(8)
        who = QFrame()
        set_role(who, "card")
        box = QVBoxLayout(who)
        box.setContentsMargins(12, 6, 12, 8)
        box.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(_section(Words.APPLICANT))
        head.addWidget(self.applicant.kind)
        head.addStretch(1)
        head.addWidget(self.scan)
        box.addLayout(head)
        box.addWidget(self.scan_field)
        for part in (self.applicant, self.other, self.submitter):
            box.addWidget(part)
        terms = QFrame()
        set_role(terms, "card")
        terms_box = QVBoxLayout(terms)
        terms_box.setContentsMargins(12, 8, 12, 10)
        terms_box.setSpacing(6)
        terms_box.addWidget(_section(Words.TERMS))
        terms_box.addWidget(self.terms)
        column.addWidget(who)
        column.addWidget(terms)
        column.addStretch(1)
        self._left = _scroll(inside)
        self._left.setFixedWidth(LEFT_WIDTH)
        return self._left

    def _right_column(self) -> QVBoxLayout:
        head = QHBoxLayout()
        head.setContentsMargins(2, 0, 30, 0)
        head.setSpacing(8)
        papers = _section(Words.PAPERS)
        papers.setWordWrap(True)
        head.addWidget(papers, 1)
        head.addWidget(self.all_here)
        for words, width in ((Words.ORIGINALS, COUNT_WIDTH), (Words.COPIES, COUNT_WIDTH), (Words.SCANS, FILES_WIDTH)):
            caption = QLabel(translate("IntakeForm", words))
            caption.setFixedWidth(width)
            caption.setWordWrap(True)
            caption.setAlignment(Qt.AlignmentFlag.AlignCenter)
            set_role(caption, "hint")
            head.addWidget(caption)
        self._no_papers = QLabel(translate("IntakeForm", Words.NO_PAPERS))
        set_role(self._no_papers, "hint")
        self._fees_label = _section(Words.FEES)
        self._fees_label.hide()
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._no_papers)
        column.addWidget(_scroll(self.checklist), 1)
        fees_head = QHBoxLayout()
        fees_head.addWidget(self._fees_label)
        fees_head.addStretch(1)
        fees_head.addWidget(self.fees.total)
        column.addLayout(fees_head)
        column.addWidget(self.fees)
        return column

    def _foot(self) -> QFrame:
        foot = QFrame()
        set_role(foot, "foot")
        column = QVBoxLayout(foot)
        column.setContentsMargins(16, 8, 16, 10)
        column.setSpacing(6)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.due, 1)
        row.addWidget(self.clear_form)
        row.addWidget(self.receive)
        for part in (self.problem, self._supplement):
            column.addWidget(part)
        column.addLayout(row)
        return foot


def _section(words: str) -> QLabel:
    made = QLabel(translate("IntakeForm", words))
    set_role(made, "section")
    return made


def _scroll(inside: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    return area


def _person_draft(person: PersonFields) -> dict[str, Any]:
    """The texts as typed: a half-typed date of birth comes back too."""
    return {
        "kind": person.kind.currentData(),
        "sex": person.sex.currentData(),
        "name": person.name.text(),
        "number": person.number.text(),
        "birth": person.birth.text(),
        "phone": person.phone.text(),
        "email": person.email.text(),
        "address": person.address.text(),
    }


def _restore_person(person: PersonFields, draft: dict[str, Any]) -> None:
    person.clear()
    person.kind.setCurrentIndex(max(0, person.kind.findData(draft.get("kind", "person"))))
    person.sex.setCurrentIndex(max(0, person.sex.findData(draft.get("sex", ""))))
    for key in ("name", "number", "birth", "phone", "email", "address"):
        field: QLineEdit = getattr(person, key)
        field.setText(str(draft.get(key, "")))
