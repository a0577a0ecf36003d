"""The window in which a day's money is counted and closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QDate, Qt, Slot
from PySide6.QtWidgets import (
    QDateEdit,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from counter_app.errors import UserError
from counter_app.rules.calendar import VIETNAM
from counter_app.services.day_closing import DayTakings, TakenRow, close_day, day_takings
from counter_app.services.desk import DeskContext
from counter_app.services.fee_book import PAYMENT
from counter_app.services.values import PAYMENT_METHODS
from counter_app.ui.context import AppContext
from counter_app.ui.dossier_page_paper import PrintDialog
from counter_app.ui.formatting import local_time, money
from counter_app.ui.official_receipt_dialog import OfficialReceiptDialog
from counter_app.ui.page import nfc
from counter_app.ui.payment_parts import MOST_MONEY, money_box
from counter_app.ui.plain_table import PlainTable
from counter_app.ui.step_dialogs import TaskDialog
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

SIZE = (980, 640)
LINES_HEIGHT = 190


class Words:
    """What the window says."""

    TITLE = QT_TRANSLATE_NOOP("DayClosing", "Chốt thu phí, lệ phí trong ngày")
    CONFIRM = QT_TRANSLATE_NOOP("DayClosing", "Chốt sổ (Ctrl+Enter)")
    HINT = QT_TRANSLATE_NOOP(
        "DayClosing",
        "Đếm tiền mặt rồi nhập số đếm được. Đã chốt thì không sửa được; khoản thu sau đó vào lần chốt sau.",
    )
    DAY = QT_TRANSLATE_NOOP("DayClosing", "&Ngày")
    SUMS = QT_TRANSLATE_NOOP("DayClosing", "Tổng theo cán bộ và hình thức")
    LIST = QT_TRANSLATE_NOOP("DayClosing", "Các khoản thu và hoàn")
    CLERK = QT_TRANSLATE_NOOP("DayClosing", "Cán bộ")
    METHOD = QT_TRANSLATE_NOOP("DayClosing", "Hình thức")
    COUNT = QT_TRANSLATE_NOOP("DayClosing", "Số lần")
    SUM = QT_TRANSLATE_NOOP("DayClosing", "Số tiền")
    TIME = QT_TRANSLATE_NOOP("DayClosing", "Thời điểm")
    NOTE = QT_TRANSLATE_NOOP("DayClosing", "Phiếu")
    NOTE_NUMBER = QT_TRANSLATE_NOOP("DayClosing", "Thu {number}")
    REFUND_NUMBER = QT_TRANSLATE_NOOP("DayClosing", "Hoàn {number}")
    CODE = QT_TRANSLATE_NOOP("DayClosing", "Mã hồ sơ")
    PAYER = QT_TRANSLATE_NOOP("DayClosing", "Người nộp")
    PAPERS = QT_TRANSLATE_NOOP("DayClosing", "Biên lai, giao dịch")
    COUNTED = QT_TRANSLATE_NOOP("DayClosing", "Tiền mặt {clerk} đếm được")
    NO_CASH = QT_TRANSLATE_NOOP("DayClosing", "Không có khoản tiền mặt nào.")
    EXPLANATION = QT_TRANSLATE_NOOP("DayClosing", "&Lý do chênh lệch")
    TOTAL = QT_TRANSLATE_NOOP("DayClosing", "Tổng thu {total}, tiền mặt theo sổ {cash}. {difference}")
    EVEN = QT_TRANSLATE_NOOP("DayClosing", "Tiền đếm được khớp sổ.")
    DIFFERS = QT_TRANSLATE_NOOP("DayClosing", "Chênh lệch {amount}: cần ghi lý do.")
    CLOSED = QT_TRANSLATE_NOOP("DayClosing", "{clerk} đã chốt lúc {time}. Chênh lệch {amount}. {explanation}")
    PRINT = QT_TRANSLATE_NOOP("DayClosing", "In &bảng kê…")
    RECEIPT = QT_TRANSLATE_NOOP("DayClosing", "&Ghi số biên lai…")
    PAPER = QT_TRANSLATE_NOOP("DayClosing", "Bảng kê thu phí, lệ phí ngày {day}")
    DONE = QT_TRANSLATE_NOOP("DayClosing", "Đã chốt thu phí, lệ phí ngày {day}: {total}.")


def _draw(desk: DeskContext, day: date, reprint: bool) -> bytes:
    from counter_app.services.papers_lists import closing_paper

    return closing_paper(desk, day, reprint=reprint)


def _print(desk: DeskContext, day: date, reprint: bool) -> int:
    from counter_app.services.papers_lists import print_closing

    return print_closing(desk, day, reprint=reprint)


class DayClosingDialog(TaskDialog):
    """Shows what was taken on a day and closes it with the cash that was counted."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, _tr(Words.TITLE), _tr(Words.CONFIRM), parent)
        self.resize(*SIZE)
        self.say(_tr(Words.HINT))
        self.takings: DayTakings | None = None
        self.counted: dict[str, QSpinBox] = {}
        self._counts = QWidget(self)
        self.left = QVBoxLayout()
        today = context.desk.clock().astimezone(VIETNAM).date()
        self.day = QDateEdit(QDate(today.year, today.month, today.day), self)
        self.day.setDisplayFormat("dd/MM/yyyy")
        self.day.setMaximumDate(self.day.date())
        self.day.lineEdit().setTextMargins(8, 0, 0, 0)  # the style sheet's padding does not reach it
        self.add_field(_tr(Words.DAY), self.day)
        self.explanation = QLineEdit(self)
        self.explanation.setAccessibleName(_tr(Words.EXPLANATION).replace("&", ""))
        self.outcome = QLabel(self)
        self.outcome.setWordWrap(True)
        set_role(self.outcome, "inline")
        self.sums = PlainTable(
            _tr(Words.SUMS),
            [_tr(words) for words in (Words.CLERK, Words.METHOD, Words.COUNT, Words.SUM)],
            (180, 120, 70, 110),
            0,
            self,
        )
        heads = (Words.TIME, Words.NOTE, Words.CODE, Words.PAYER, Words.METHOD, Words.SUM, Words.PAPERS)
        widths = (140, 80, 170, 160, 110, 100, 150)
        self.list = PlainTable(_tr(Words.LIST), [_tr(words) for words in heads], widths, 3, self)
        self.paper: PrintDialog | None = None
        self.noting: OfficialReceiptDialog | None = None
        self.print_button = self._button(Words.PRINT, self.show_paper)
        self.receipt_button = self._button(Words.RECEIPT, self.ask_receipt)
        self.list.currentCellChanged.connect(self._offer_receipt)
        self.list.cellActivated.connect(self.ask_receipt)
        self._lay_out()
        self.confirm.setEnabled(False)
        self.day.dateChanged.connect(self.read)
        self.read()

    def work(self) -> Callable[[], DayTakings]:
        assert self.takings is not None
        counted = {clerk: box.value() for clerk, box in self.counted.items()}
        seen = [row.id for row in self.takings.rows]
        explanation = nfc(self.explanation.text())
        return partial(close_day, self.context.desk, self.takings.day, counted, explanation, seen=seen)

    def refuse(self, error: UserError) -> None:
        super().refuse(error)
        if error.kind == "explanation_missing":
            self.explanation.setFocus(Qt.FocusReason.OtherFocusReason)
        elif error.kind == "takings_changed":
            self.context.executor.submit(self._reading(), self._show, self.failed)

    def succeeded(self, answer: Any) -> None:
        super().succeeded(answer)
        self.show_paper()
        self.context.tell(_tr(Words.DONE).format(day=f"{answer.day:%d/%m/%Y}", total=money(answer.total)), "success")

    @Slot()
    def read(self) -> None:
        """Read the chosen day."""
        self.problem.hide()
        self.context.executor.submit(self._reading(), self._show, self.failed)

    @Slot()
    def show_paper(self) -> None:
        """The day on paper: what was taken, and what was counted once it is closed."""
        if self.takings is None:
            return
        day, desk = self.takings.day, self.context.desk
        title = _tr(Words.PAPER).format(day=f"{day:%d/%m/%Y}")
        make, send = partial(_draw, desk, day), partial(_print, desk, day)
        parent = self if self.isVisible() else self.parentWidget()
        self.paper = PrintDialog(self.context, title, f"bang-ke-{day:%Y%m%d}", make, send, parent)
        self.paper.open()

    @Slot()
    def ask_receipt(self) -> None:
        """The number of the official receipt of the chosen money, as long as the day is open."""
        row = self._chosen()
        if row is not None:
            self.noting = OfficialReceiptDialog(self.context, row, self)
            self.noting.done_with.connect(self._noted)
            self.noting.open()

    @Slot()
    def _noted(self) -> None:
        self.context.executor.submit(self._reading(), self._list_anew, self.failed)

    def _list_anew(self, takings: DayTakings) -> None:
        """What was counted already stays, unless somebody else took cash meanwhile."""
        if takings.cash().keys() != self.counted.keys():
            self._show(takings)
            return
        self.takings = takings
        self._fill(takings)
        self._count()

    @Slot()
    def _offer_receipt(self) -> None:
        self.receipt_button.setEnabled(self._chosen() is not None)

    def _chosen(self) -> TakenRow | None:
        """The money that may get another number of its official receipt: not what was closed or given back."""
        place, takings = self.list.currentRow(), self.takings
        if takings is None or takings.closed is not None or not 0 <= place < len(takings.rows):
            return None
        row = takings.rows[place]
        return row if row.kind == PAYMENT else None

    def _button(self, words: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(_tr(words), self)
        button.setAccessibleName(button.text().replace("&", ""))
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        return button

    def _reading(self) -> Callable[[], DayTakings]:
        return partial(day_takings, self.context.desk, self._day())

    def _day(self) -> date:
        shown = self.day.date()
        return date(shown.year(), shown.month(), shown.day())

    def _lay_out(self) -> None:
        """Counting on the left, the sums on the right, the list below."""
        self.body.takeAt(self.body.indexOf(self.form))
        caption = QLabel(_tr(Words.EXPLANATION), self)
        caption.setBuddy(self.explanation)
        self.left.addLayout(self.form)
        for part in (self._counts, caption, self.explanation):
            self.left.addWidget(part)
        self.left.addStretch(1)
        top = QHBoxLayout()
        right = QVBoxLayout()
        right.addWidget(_section(Words.SUMS))
        right.addWidget(self.sums)
        top.addLayout(self.left, 1)
        top.addLayout(right, 1)
        self.sums.setFixedHeight(LINES_HEIGHT)
        self.body.insertLayout(1, top)
        self.body.insertWidget(2, self.outcome)
        self.body.insertWidget(3, _section(Words.LIST))
        self.body.insertWidget(4, self.list, 1)

    def _show(self, takings: DayTakings) -> None:
        self.takings = takings
        self._show_questions(takings)
        self._fill(takings)
        self._count()

    def _show_questions(self, takings: DayTakings) -> None:
        """A box for each clerk who took cash; those of another day go."""
        closed = takings.closed
        counts = QWidget(self)
        form = QFormLayout(counts)
        form.setContentsMargins(0, 0, 0, 0)
        self.counted.clear()
        for clerk in takings.cash():
            box = money_box(counts, -MOST_MONEY)
            box.setValue(closed.counted[clerk] if closed is not None else 0)
            box.setReadOnly(closed is not None)
            box.valueChanged.connect(self._count)
            caption = QLabel(_tr(Words.COUNTED).format(clerk=clerk), counts)
            box.setAccessibleName(caption.text())
            form.addRow(caption, box)
            self.counted[clerk] = box
        if not self.counted:
            form.addRow(QLabel(_tr(Words.NO_CASH), counts))
        self.left.replaceWidget(self._counts, counts)
        self._counts.hide()
        self._counts.deleteLater()
        self._counts = counts
        self.explanation.setText(closed.explanation if closed is not None else "")
        self.explanation.setReadOnly(closed is not None)
        self.confirm.setEnabled(closed is None)
        order = [self.day, *self.counted.values(), self.explanation, self.sums, self.list]
        for before, after in pairwise([*order, self.receipt_button, self.print_button, self.confirm, self.cancel]):
            QWidget.setTabOrder(before, after)
        if not self.day.hasFocus():
            next(iter(self.counted.values()), self.explanation).setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self, takings: DayTakings) -> None:
        self.sums.setRowCount(len(takings.lines))
        for place, line in enumerate(takings.lines):
            method = PAYMENT_METHODS.get(line.method, line.method)
            for column, text in enumerate((line.clerk, method, str(line.count), money(line.amount))):
                self.sums.put(place, column, text)
        self.list.setRowCount(len(takings.rows))
        for place, row in enumerate(takings.rows):
            note = Words.REFUND_NUMBER if row.kind == "refund" else Words.NOTE_NUMBER
            texts = (
                local_time(row.at),
                _tr(note).format(number=row.number),
                row.dossier_code,
                row.payer_name,
                PAYMENT_METHODS.get(row.method, row.method),
                money(row.amount),
                ", ".join(filter(None, (row.official_receipt, row.reference))),
            )
            for column, text in enumerate(texts):
                self.list.put(place, column, text, "soon" if row.amount < 0 else "")
        self._offer_receipt()

    @Slot()
    def _count(self) -> None:
        takings = self.takings
        if takings is None:
            return
        cash = takings.cash()
        closed = takings.closed
        if closed is not None:
            even = not closed.explanation
            words = _tr(Words.CLOSED).format(
                clerk=closed.clerk,
                time=local_time(closed.closed_at),
                amount=money(closed.difference),
                explanation=closed.explanation,
            )
        else:
            apart = [box.value() - cash[clerk] for clerk, box in self.counted.items() if box.value() != cash[clerk]]
            even = not apart
            words = _tr(Words.EVEN) if even else _tr(Words.DIFFERS).format(amount=money(sum(apart)))
        total, in_cash = money(takings.total), money(sum(cash.values()))
        self.outcome.setText(_tr(Words.TOTAL).format(total=total, cash=in_cash, difference=words))
        set_tone(self.outcome, "success" if even else "warning")


def _section(words: str) -> QLabel:
    label = QLabel(_tr(words))
    set_role(label, "section")
    return label


def _tr(text: str) -> str:
    return translate("DayClosing", text)
