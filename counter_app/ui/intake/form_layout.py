"""The parts of the intake form and where they stand: everything on one screen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from counter_app.ui.context import AppContext
from counter_app.ui.intake.checklist import COUNT_WIDTH, FILES_WIDTH, Checklist
from counter_app.ui.intake.due_box import DueBox
from counter_app.ui.intake.fees_box import FeesBox
from counter_app.ui.intake.form_parts import InlineNote, line_edit
from counter_app.ui.intake.person_fields import PersonFields
from counter_app.ui.intake.procedure_box import ProcedureBox
from counter_app.ui.intake.supplement_box import SupplementBox
from counter_app.ui.intake.terms_box import TermsBox
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
    REFUSE = QT_TRANSLATE_NOOP("IntakeForm", "Từ chối… (Alt+Shift+T)")


class IntakeLayout(QWidget):
    """Left: who, and how it is handed in and given back; right: papers and fees; below: the day, and what to do."""

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
        self.supplement = SupplementBox()
        self.problem = InlineNote("error")
        self._make_buttons()
        self._lay_out()

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
        self.refuse = QPushButton(translate("IntakeForm", Words.REFUSE))
        self.refuse.setAccessibleName(self.refuse.text())

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
        row.addWidget(self.refuse)
        row.addWidget(self.receive)
        for part in (self.problem, self.supplement):
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
