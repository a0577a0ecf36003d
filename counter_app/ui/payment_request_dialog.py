"""The window that asks for fees while the clock stands; the notice to pay is then shown for printing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from counter_app.errors import UserError
from counter_app.rules.fees import undecided
from counter_app.rules.lifecycle import Step
from counter_app.services.fee_book import last_day_to_pay
from counter_app.services.steps import StepInput
from counter_app.services.values import DossierView
from counter_app.ui.context import AppContext
from counter_app.ui.intake.typed_dates import parse_date
from counter_app.ui.step_dialogs import StepDialog
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the window says."""

    PAY_BEFORE = QT_TRANSLATE_NOOP("PaymentRequest", "&Hạn nộp")
    EXAMPLE = QT_TRANSLATE_NOOP("PaymentRequest", "vd. 20/3/2026; để trống thì ghi tay trên thông báo")
    NO_DATE = QT_TRANSLATE_NOOP("PaymentRequest", "Hạn nộp «{text}» không phải là ngày. Hãy ghi như 20/3/2026.")
    WHAT = QT_TRANSLATE_NOOP(
        "PaymentRequest",
        "Hồ sơ không còn khoản phí, lệ phí nào phải nộp. Hãy ghi ở «Lý do» khoản phải nộp: thời gian giải quyết tạm "
        "dừng vì khoản ấy.",
    )


class PaymentRequestDialog(StepDialog):
    """Asks why and until when; the office's own limit is there already."""

    def __init__(self, context: AppContext, dossier: DossierView, parent: QWidget | None = None) -> None:
        super().__init__(context, dossier, Step.REQUEST_PAYMENT, parent)
        self._owes_nothing = dossier.money_state != "due"
        self._has_notice = dossier.money_state == "due" and not undecided(dossier.fees)
        self.pay_before = QLineEdit(self)
        self.pay_before.setPlaceholderText(_tr(Words.EXAMPLE))
        self.add_field(_tr(Words.PAY_BEFORE), self.pay_before)
        self.put_late_entry_last()
        if context.calendar is not None:
            last = last_day_to_pay(context.desk, context.calendar, context.desk.clock())
            self.pay_before.setText(f"{last:%d/%m/%Y}" if last is not None else "")

    def answers(self) -> StepInput:
        text = self.pay_before.text().strip()
        day = parse_date(text)
        if text and day is None:
            raise UserError("pay_before_unreadable", _tr(Words.NO_DATE).format(text=text))
        given = replace(super().answers(), pay_before=day)
        if self._owes_nothing and not given.reason:
            raise UserError("reason_missing", _tr(Words.WHAT))
        return given

    def refuse(self, error: UserError) -> None:
        super().refuse(error)
        if error.kind.startswith("pay_before"):
            self.pay_before.setFocus(Qt.FocusReason.OtherFocusReason)
        elif error.kind == "reason_missing":
            self.inputs["reason"].setFocus(Qt.FocusReason.OtherFocusReason)

    def issued(self, _answer: Any) -> str:
        return "payment_notice" if self._has_notice else ""


def _tr(text: str) -> str:
    return translate("PaymentRequest", text)
