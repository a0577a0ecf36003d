"""The window in which money is taken: which fees, how, and a code to scan for a transfer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QWidget

from counter_app.errors import UserError
from counter_app.rules.lifecycle import Status, Step
from counter_app.services.fees import DossierFees, MoneyIn, Taken, choose_levels, fees_of, take, transfer_code
from counter_app.services.papers_issued import FORMS as FORM_TITLES
from counter_app.services.values import DossierView
from counter_app.ui.context import AppContext
from counter_app.ui.dossier_page_paper import PaperDialog
from counter_app.ui.exemption_dialog import ExemptionDialog
from counter_app.ui.formatting import money
from counter_app.ui.payment_parts import FeeList, TransferPanel
from counter_app.ui.step_dialogs import StepDialog, announce_step
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

WIDTH = 860


class Words:
    """What the window says."""

    CONFIRM = QT_TRANSLATE_NOOP("PaymentDialog", "Đã nhận tiền (Ctrl+Enter)")
    GO_ON = QT_TRANSLATE_NOOP("PaymentDialog", "Tiếp tục giải quyết (Ctrl+Enter)")
    EXEMPT = QT_TRANSLATE_NOOP("PaymentDialog", "&Miễn, giảm…")
    NOTICE = QT_TRANSLATE_NOOP("PaymentDialog", "&Thông báo nộp…")
    TOTAL = QT_TRANSLATE_NOOP("PaymentDialog", "Thu: {amount}")
    NOTHING = QT_TRANSLATE_NOOP("PaymentDialog", "Không còn khoản nào phải nộp.")
    NO_ACCOUNT = QT_TRANSLATE_NOOP(
        "PaymentDialog", "Chưa có tài khoản nhận tiền nên không có mã QR. Khai báo ở Cài đặt, mục Thu phí."
    )
    LEVELS = QT_TRANSLATE_NOOP(
        "PaymentDialog", "«{name}» có nhiều mức: hãy đánh dấu mức áp dụng. Mức không đánh dấu sẽ không phải nộp."
    )
    NOTE_NUMBER = QT_TRANSLATE_NOOP("PaymentDialog", "Đã thu {amount}, phiếu thu số {number}.")


class PaymentDialog(StepDialog):
    """Takes the step PAY: cash counted on the desk, or a transfer that the clerk has seen arrive."""

    def __init__(self, context: AppContext, dossier: DossierView, parent: QWidget | None = None) -> None:
        super().__init__(context, dossier, Step.PAY, parent)
        self.money: DossierFees | None = None
        self.exemption: ExemptionDialog | None = None
        self._waiting = dossier.row.status == Status.PAYMENT_REQUESTED
        self.setMinimumWidth(WIDTH)
        self.fees = FeeList(self)
        self.levels = QLabel(self)
        self.levels.setWordWrap(True)
        set_role(self.levels, "inline")
        set_tone(self.levels, "warning")
        self.levels.hide()
        self.total = QLabel(self)
        set_role(self.total, "big")
        self.in_words = QLabel(self)
        self.in_words.setWordWrap(True)
        set_role(self.in_words, "hint")
        self.exempt = QPushButton(_tr(Words.EXEMPT), self)
        self.exempt.setAccessibleName(self.exempt.text().replace("&", ""))
        self.exempt.setAutoDefault(False)
        self.notice = QPushButton(_tr(Words.NOTICE), self)
        self.notice.setAccessibleName(self.notice.text().replace("&", ""))
        self.notice.setAutoDefault(False)
        self.panel = TransferPanel(self)
        self.panel.hide()
        self.no_account = QLabel(_tr(Words.NO_ACCOUNT), self)
        self.no_account.setWordWrap(True)
        set_role(self.no_account, "hint")
        self.no_account.hide()
        self._lay_out()
        self.confirm.setText(_tr(Words.CONFIRM))
        self.confirm.setShortcut("Ctrl+Return")  # a new text takes the key away
        self.confirm.setEnabled(False)
        self.fees.changed.connect(self._changed)
        self.method.currentIndexChanged.connect(self._changed)
        self.exempt.clicked.connect(self.ask_exemption)
        self.notice.clicked.connect(self.show_notice)
        self.read()

    @property
    def method(self) -> QComboBox:
        """How the money came."""
        field = self.inputs["method"]
        assert isinstance(field, QComboBox)
        return field

    @Slot()
    def read(self) -> None:
        """Read the fees as they are now."""
        self.context.executor.submit(partial(fees_of, self.context.desk, self.code), self._show, self.failed)

    def work(self) -> Callable[[], Taken]:
        given = self.answers()
        taken = MoneyIn(
            given.method, self.fees.chosen(), given.reference, given.official_receipt, note=given.reason, at=given.at
        )
        return partial(take, self.context.desk, self.code, taken)

    def refuse(self, error: UserError) -> None:
        super().refuse(error)
        if error.kind == "reference_missing":
            self.inputs["reference"].setFocus(Qt.FocusReason.OtherFocusReason)

    def succeeded(self, answer: Any) -> None:
        self.accept()
        announce_step(self.context, Step.PAY, replace(answer, warnings=(*_note(answer), *answer.warnings)))
        self.show_paper(answer)
        self.done_with.emit(answer)

    def issued(self, answer: Any) -> str:
        return "" if answer.number is None else "payment_note"

    @Slot()
    def show_notice(self) -> None:
        """What is owed, on paper: for an applicant who pays at the bank. The levels that are ticked apply."""
        work = partial(choose_levels, self.context.desk, self.code, self.fees.chosen())
        self.context.executor.submit(work, self._show_notice, self.failed)

    def _show_notice(self, read: DossierFees) -> None:
        if self.money is not None and read.rows != self.money.rows:
            self._show(read)
            self.context.announce("dossier", dossiers=(self.code,))
        self.paper = PaperDialog(self.context, self.code, "payment_notice", FORM_TITLES["payment_notice"], self)
        self.paper.open()

    def _lay_out(self) -> None:
        """The fees over the whole width, below them the questions and beside these the code."""
        self.body.takeAt(self.body.indexOf(self.form))
        line = QHBoxLayout()
        line.addWidget(self.total)
        line.addWidget(self.in_words, 1)
        line.addWidget(self.notice)
        line.addWidget(self.exempt)
        middle = QHBoxLayout()
        middle.addLayout(self.form, 1)
        middle.addWidget(self.panel)
        self.body.insertWidget(1, self.fees)
        self.body.insertWidget(2, self.levels)
        self.body.insertLayout(3, line)
        self.body.insertLayout(4, middle)
        self.body.insertWidget(5, self.no_account)

    def _show(self, read: DossierFees) -> None:
        self.money = read
        left = [row.code for row in read.rows if row.amount and row.paid_at is None]
        several = [row for row in read.rows if row.undecided]
        self.fees.show_fees(read.rows, [row.code for row in read.rows if row.due_now and not row.undecided], left)
        names = "», «".join(dict.fromkeys(row.name for row in several))
        self.levels.setText(_tr(Words.LEVELS).format(name=names))
        self.levels.setVisible(bool(several))
        for button in (self.exempt, self.notice):
            button.setVisible(bool(left))
        order = [*self.fees.ticks.values(), self.notice, self.exempt, *self.inputs.values(), self.late, self.at]
        for before, after in pairwise([*order, self.confirm, self.cancel]):
            QWidget.setTabOrder(before, after)
        first = self.fees.ticks[several[0].code] if several else self.method
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _changed(self) -> None:
        from printing.wording import money_in_words

        total, left = self.fees.total(), bool(self.fees.ticks)
        self.total.setText(_tr(Words.TOTAL).format(amount=money(total)) if left else _tr(Words.NOTHING))
        self.in_words.setText(money_in_words(total) if total else "")
        self.confirm.setText(_tr(Words.CONFIRM if left else Words.GO_ON))
        self.confirm.setShortcut("Ctrl+Return")
        self.confirm.setAccessibleName(self.confirm.text())
        self.confirm.setEnabled(bool(total) or (self._waiting and not left))
        by_transfer = self.method.currentData() == "transfer"
        code = transfer_code(self.context.desk, self.code, total) if by_transfer else None
        if code is not None:
            self.panel.show_code(code, total)
        self.panel.setVisible(code is not None)
        self.form.setRowVisible(self.inputs["reference"], by_transfer)
        self.no_account.setVisible(by_transfer and not self.context.desk.settings.payment.account)

    @Slot()
    def ask_exemption(self) -> None:
        """Somebody whom the law exempts."""
        if self.money is not None:
            self.exemption = ExemptionDialog(self.context, self.money, self)
            self.exemption.done_with.connect(self._show)
            self.exemption.open()


def _note(taken: Taken) -> tuple[str, ...]:
    if taken.number is None:
        return ()
    return (_tr(Words.NOTE_NUMBER).format(amount=money(taken.amount), number=taken.number),)


def _tr(text: str) -> str:
    return translate("PaymentDialog", text)
