"""The windows for less money than was asked: exempting from a fee, and giving one back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from counter_app.errors import UserError
from counter_app.rules.fees import reduced
from counter_app.rules.lifecycle import Step, step_label
from counter_app.services.fees import DossierFees, exempt, refund
from counter_app.services.papers_issued import FORMS as FORM_TITLES
from counter_app.services.receipt_anew import RECEIPT
from counter_app.services.values import PAYMENT_METHODS
from counter_app.ui.context import AppContext
from counter_app.ui.dossier_page_paper import PaperDialog
from counter_app.ui.formatting import money
from counter_app.ui.page import nfc
from counter_app.ui.payment_parts import FeeList, NumberBox, money_box
from counter_app.ui.step_dialogs import TaskDialog
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

WIDTH = 640


class Words:
    """What the windows say."""

    CONFIRM = QT_TRANSLATE_NOOP("ExemptionDialog", "{step} (Ctrl+Enter)")
    EXEMPT_HINT = QT_TRANSLATE_NOOP("ExemptionDialog", "Ghi rõ đối tượng, căn cứ và giấy tờ chứng minh.")
    FEE = QT_TRANSLATE_NOOP("ExemptionDialog", "&Khoản thu")
    FEE_CHOICE = QT_TRANSLATE_NOOP("ExemptionDialog", "{name} · {amount}")
    PERCENT = QT_TRANSLATE_NOOP("ExemptionDialog", "Mức &giảm")
    AMOUNT = QT_TRANSLATE_NOOP("ExemptionDialog", "&Còn phải nộp")
    REASON = QT_TRANSLATE_NOOP("ExemptionDialog", "&Lý do")
    EXEMPTED = QT_TRANSLATE_NOOP("ExemptionDialog", "Đã ghi miễn, giảm cho hồ sơ {code}.")
    RECEIPT_ANEW = QT_TRANSLATE_NOOP(
        "ExemptionDialog", "Giấy tiếp nhận mới số {number} thay giấy đã trao: hãy in, trao và thu lại giấy cũ."
    )
    REFUND_HINT = QT_TRANSLATE_NOOP(
        "ExemptionDialog", "Hoàn tiền cho người nộp; khoản hoàn vào bảng kê thu của hôm nay."
    )
    METHOD = QT_TRANSLATE_NOOP("ExemptionDialog", "&Hình thức hoàn")
    STILL_OWED = QT_TRANSLATE_NOOP("ExemptionDialog", "Đã thu &nhầm, khoản này còn phải nộp lại")
    REFUNDED = QT_TRANSLATE_NOOP("ExemptionDialog", "Đã hoàn {amount} cho hồ sơ {code}, phiếu hoàn số {number}.")


class MoneyDialog(TaskDialog):
    """A window about the money of one dossier; answers its fees as they are afterwards.

    A receipt that has to be given anew is shown for printing as ``paper``, over the window that opened this one.
    """

    def __init__(self, context: AppContext, fees: DossierFees, step: Step, hint: str, parent: QWidget | None) -> None:
        title = step_label(step)
        super().__init__(context, title, _tr(Words.CONFIRM).format(step=title), parent)
        self.fees = fees
        self.paper: PaperDialog | None = None
        self.setMinimumWidth(WIDTH)
        self.say(f"{fees.code} · {fees.applicant_name}\n{_tr(hint)}")

    def announce(self, text: str, after: DossierFees) -> None:
        """Tell the window what changed and the clerk what was done; show the receipt that was issued anew."""
        self.context.announce("dossier", "outbox", dossiers=(self.fees.code,))
        self.context.wake_sync()
        anew = after.new_receipt
        words = (text, _tr(Words.RECEIPT_ANEW).format(number=anew)) if anew is not None else (text,)
        self.context.tell(" ".join(words), "success")
        if anew is not None:
            title = FORM_TITLES[RECEIPT]
            self.paper = PaperDialog(self.context, self.fees.code, RECEIPT, title, self.parentWidget())
            self.paper.open()


class ExemptionDialog(MoneyDialog):
    """Exempts from one fee, wholly or in part."""

    def __init__(self, context: AppContext, fees: DossierFees, parent: QWidget | None = None) -> None:
        super().__init__(context, fees, Step.EXEMPT, Words.EXEMPT_HINT, parent)
        self.open_fees = [row for row in fees.rows if row.paid_at is None and row.full_amount]
        self.fee = QComboBox(self)
        for row in self.open_fees:
            self.fee.addItem(_tr(Words.FEE_CHOICE).format(name=row.name, amount=money(row.full_amount)), row.code)
        self.percent = NumberBox(self)
        self.percent.setRange(1, 100)
        self.percent.setSuffix(" %")
        self.percent.setValue(100)
        self.percent.lineEdit().setTextMargins(8, 0, 0, 0)  # the style sheet's padding does not reach it
        self.amount = money_box(self)
        self.reason = QLineEdit(self)
        for label, field in (
            (Words.FEE, self.fee),
            (Words.PERCENT, self.percent),
            (Words.AMOUNT, self.amount),
            (Words.REASON, self.reason),
        ):
            self.add_field(_tr(label), field)
        self.fee.currentIndexChanged.connect(self._reduce)
        self.percent.valueChanged.connect(self._reduce)
        self._reduce()
        (self.fee if len(self.open_fees) > 1 else self.percent).setFocus(Qt.FocusReason.OtherFocusReason)

    def work(self) -> Callable[[], DossierFees]:
        reason = nfc(self.reason.text())
        code = str(self.fee.currentData())
        return partial(exempt, self.context.desk, self.fees.code, code, self.amount.value(), reason)

    def refuse(self, error: UserError) -> None:
        super().refuse(error)
        (self.reason if error.kind == "reason_missing" else self.amount).setFocus(Qt.FocusReason.OtherFocusReason)

    def succeeded(self, answer: Any) -> None:
        super().succeeded(answer)
        self.announce(_tr(Words.EXEMPTED).format(code=self.fees.code), answer)

    @Slot()
    def _reduce(self) -> None:
        row = self.open_fees[self.fee.currentIndex()]
        self.amount.setMaximum(row.full_amount)
        self.amount.setValue(reduced(row.full_amount, self.percent.value()))


class RefundDialog(MoneyDialog):
    """Gives back what was paid."""

    def __init__(self, context: AppContext, fees: DossierFees, parent: QWidget | None = None) -> None:
        super().__init__(context, fees, Step.REFUND, Words.REFUND_HINT, parent)
        paid = [row.code for row in fees.rows if row.amount and row.paid_at is not None and row.refunded_at is None]
        self.list = FeeList(self)
        self.list.show_fees(fees.rows, paid if len(paid) == 1 else (), paid)
        self.body.insertWidget(1, self.list)
        self.method = QComboBox(self)
        for key, words in PAYMENT_METHODS.items():
            self.method.addItem(words, key)
        self.reason = QLineEdit(self)
        self.add_field(_tr(Words.METHOD), self.method)
        self.add_field(_tr(Words.REASON), self.reason)
        self.still_owed = QCheckBox(_tr(Words.STILL_OWED), self)
        self.still_owed.setAccessibleName(self.still_owed.text().replace("&", ""))
        self.form.addRow(self.still_owed)
        next(iter(self.list.ticks.values()), self.method).setFocus(Qt.FocusReason.OtherFocusReason)

    def work(self) -> Callable[[], DossierFees]:
        return partial(
            refund,
            self.context.desk,
            self.fees.code,
            self.list.chosen(),
            nfc(self.reason.text()),
            method=str(self.method.currentData()),
            still_owed=self.still_owed.isChecked(),
        )

    def refuse(self, error: UserError) -> None:
        super().refuse(error)
        if error.kind == "reason_missing":
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def succeeded(self, answer: Any) -> None:
        super().succeeded(answer)
        last = answer.payments[-1]
        words = _tr(Words.REFUNDED).format(amount=money(-last.amount), code=self.fees.code, number=last.number)
        self.announce(words, answer)


def _tr(text: str) -> str:
    return translate("ExemptionDialog", text)
