"""What is still owed after the reception, and the way to the window in which it is taken."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from counter_app.rules.fees import LABELS, CollectOn, least_owed
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import money
from counter_app.ui.intake.form_parts import InlineNote
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.services.fees import DossierFees
    from counter_app.services.values import DossierView
    from counter_app.ui.payment_dialog import PaymentDialog


class Words:
    NOW = QT_TRANSLATE_NOOP("OwedBox", "Còn phải thu {amount}.")
    LEVELS = QT_TRANSLATE_NOOP(
        "OwedBox", "Còn phải thu ít nhất {amount}: «{name}» có nhiều mức, chưa chọn mức áp dụng."
    )
    LATER = QT_TRANSLATE_NOOP("OwedBox", "Thu {when}: {amount}.")
    TAKE = QT_TRANSLATE_NOOP("OwedBox", "Thu phí, lệ phí… (Alt+6)")


def _read(desk: Any, code: str) -> tuple[DossierView, DossierFees]:
    from counter_app.services.fees import fees_of
    from counter_app.services.reading import show

    return show(desk, code), fees_of(desk, code)


class OwedBox(QWidget):
    """Hidden while nothing is owed."""

    left = Signal()
    """The window in which money is taken was closed."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._code = ""
        self._view: DossierView | None = None
        self.payment: PaymentDialog | None = None
        self.note = InlineNote("warning")
        self.take = QPushButton(translate("OwedBox", Words.TAKE))
        self.take.setAccessibleName(self.take.text())
        self.take.setShortcut("Alt+6")  # as on the dossier's own page
        self.take.clicked.connect(self._take)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.note, 1)
        row.addWidget(self.take)
        self.hide()

    def show_of(self, code: str) -> None:
        """Say what is owed of the dossier ``code``, as soon as it has been read."""
        self._code = code
        self.hide()
        self._ask()

    @Slot()
    def _ask(self) -> None:
        self._context.executor.submit(partial(_read, self._context.desk, self._code), self._show)

    def _show(self, answer: tuple[DossierView, DossierFees]) -> None:
        view, fees = answer
        if view.row.code != self._code:
            return  # the next applicant is here already
        self._view = view
        words = owed_words(fees)
        self.note.say(words)
        self.setVisible(bool(words))

    @Slot()
    def _take(self) -> None:
        from counter_app.ui.payment_dialog import PaymentDialog

        if self._view is not None:
            self.payment = PaymentDialog(self._context, self._view, self.window())
            self.payment.finished.connect(self._ask)
            self.payment.finished.connect(self.left)
            self.payment.open()


def owed_words(fees: DossierFees) -> str:
    """What is to be paid now, and what later and when; "" where nothing is."""
    left = [row for row in fees.rows if row.amount and row.paid_at is None]
    now = [row for row in left if row.due_now]
    lines = []
    if now:
        open_level = next((row.name for row in now if row.undecided), "")
        words = translate("OwedBox", Words.LEVELS if open_level else Words.NOW)
        lines.append(words.format(amount=money(least_owed(now)), name=open_level))
    for when, label in LABELS.items():
        later = [row for row in left if not row.due_now and CollectOn(row.collect_on) is when]
        if later:
            words = translate("OwedBox", Words.LATER)
            lines.append(words.format(when=label, amount=money(least_owed(later))))
    return "\n".join(lines)
