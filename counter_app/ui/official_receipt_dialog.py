"""The window in which the number of an official receipt is written to money that was booked without it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from counter_app.errors import UserError
from counter_app.services.day_closing import TakenRow
from counter_app.services.official_receipt import Noted, note_receipt
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import money
from counter_app.ui.page import nfc
from counter_app.ui.step_dialogs import TaskDialog
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the window says."""

    TITLE = QT_TRANSLATE_NOOP("OfficialReceipt", "Ghi số biên lai")
    CONFIRM = QT_TRANSLATE_NOOP("OfficialReceipt", "Lưu (Ctrl+Enter)")
    ABOUT = QT_TRANSLATE_NOOP("OfficialReceipt", "Phiếu thu {number}: {amount}, hồ sơ {code}, {payer}")
    NUMBER = QT_TRANSLATE_NOOP("OfficialReceipt", "&Biên lai số")
    REASON = QT_TRANSLATE_NOOP("OfficialReceipt", "&Lý do sửa")
    DONE = QT_TRANSLATE_NOOP("OfficialReceipt", "Phiếu thu {number} của hồ sơ {code}: biên lai số {receipt}.")


class OfficialReceiptDialog(TaskDialog):
    """Asks for the number, and why it is another one where one stood there."""

    def __init__(self, context: AppContext, taken: TakenRow, parent: QWidget | None = None) -> None:
        super().__init__(context, _tr(Words.TITLE), _tr(Words.CONFIRM), parent)
        self.taken = taken
        about = _tr(Words.ABOUT)
        self.say(
            about.format(
                number=taken.number, amount=money(taken.amount), code=taken.dossier_code, payer=taken.payer_name
            )
        )
        self.number = QLineEdit(taken.official_receipt, self)
        self.number.setMaxLength(200)
        self.add_field(_tr(Words.NUMBER), self.number)
        self.reason = QLineEdit(self)
        self.reason.setMaxLength(500)
        if taken.official_receipt:
            self.add_field(_tr(Words.REASON), self.reason)
        else:
            self.reason.hide()
        self.number.selectAll()
        self.number.setFocus(Qt.FocusReason.OtherFocusReason)

    def work(self) -> Callable[[], Noted]:
        number, reason = nfc(self.number.text()), nfc(self.reason.text())
        return partial(note_receipt, self.context.desk, self.taken.id, number, reason)

    def refuse(self, error: UserError) -> None:
        super().refuse(error)
        field = self.reason if error.kind == "reason_missing" else self.number
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def succeeded(self, answer: Any) -> None:
        super().succeeded(answer)
        self.context.announce("dossier", "outbox", dossiers=(answer.code,))
        self.context.wake_sync()
        words = _tr(Words.DONE)
        told = words.format(number=answer.payment_number, code=answer.code, receipt=answer.official_receipt)
        self.context.tell(told, "success")


def _tr(text: str) -> str:
    return translate("OfficialReceipt", text)
