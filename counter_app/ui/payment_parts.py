"""Parts of the windows about money: the fees to choose from, and the code for a transfer."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import shorten

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QCheckBox, QFormLayout, QGridLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from counter_app.rules.fees import LABELS, CollectOn
from counter_app.services.fees import FeeRow, TransferCode
from counter_app.ui.formatting import local_time, money
from counter_app.ui.qr_picture import QrPicture
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

NAME_LETTERS = 64
HOLDER_LETTERS = 24
QR_SIDE = 236
MOST_MONEY = 2_000_000_000
"""Đồng; what a box of numbers can hold."""


class Words:
    """What the parts say."""

    FEE = QT_TRANSLATE_NOOP("PaymentParts", "{name}, {amount}")
    PAID = QT_TRANSLATE_NOOP("PaymentParts", "đã nộp {time}")
    REFUNDED = QT_TRANSLATE_NOOP("PaymentParts", "đã hoàn {time}")
    EXEMPTED = QT_TRANSLATE_NOOP("PaymentParts", "miễn, giảm từ {amount}: {reason}")
    FREE = QT_TRANSLATE_NOOP("PaymentParts", "không thu")
    QR = QT_TRANSLATE_NOOP("PaymentParts", "Mã QR chuyển khoản")
    SCAN = QT_TRANSLATE_NOOP("PaymentParts", "Quét bằng ứng dụng ngân hàng")
    ACCOUNT = QT_TRANSLATE_NOOP("PaymentParts", "Số tài khoản")
    AMOUNT = QT_TRANSLATE_NOOP("PaymentParts", "Số tiền")
    PURPOSE = QT_TRANSLATE_NOOP("PaymentParts", "Nội dung")


class FeeList(QWidget):
    """Fees with a tick each; those that cannot be chosen only say why."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ticks: dict[str, QCheckBox] = {}
        self._amounts: dict[str, int] = {}
        self._shown: list[QWidget] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)

    def show_fees(self, rows: Sequence[FeeRow], ticked: Sequence[str], choosable: Sequence[str]) -> None:
        """Show ``rows``; of those in ``choosable`` the ones in ``ticked`` are chosen."""
        for widget in self._shown:
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._shown.clear()
        self.ticks.clear()
        self._amounts = {row.code: row.amount for row in rows}
        for place, row in enumerate(rows):
            tick = QCheckBox(shorten(row.name, NAME_LETTERS, placeholder="…"), self)
            tick.setToolTip(row.name)
            tick.setAccessibleName(_tr(Words.FEE).format(name=row.name, amount=money(row.amount)))
            tick.setEnabled(row.code in choosable)
            tick.setChecked(row.code in ticked and row.code in choosable)
            tick.toggled.connect(self.changed)
            about = QLabel(_about(row), self)
            about.setWordWrap(True)
            set_role(about, "hint")
            amount = QLabel(money(row.amount), self)
            amount.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            for column, part in enumerate((tick, about, amount)):
                self._grid.addWidget(part, place, column)
                part.show()  # at once: what the layout shows a moment later does not take the focus now
                self._shown.append(part)
            if row.code in choosable:
                self.ticks[row.code] = tick
        self.changed.emit()

    def chosen(self) -> tuple[str, ...]:
        """Codes of the ticked fees."""
        return tuple(code for code, tick in self.ticks.items() if tick.isChecked())

    def total(self) -> int:
        """The sum of the ticked fees, in đồng."""
        return sum(self._amounts[code] for code in self.chosen())


class TransferPanel(QWidget):
    """The code to be scanned, and the same in words for whoever types."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 0, 0, 0)
        scan = QLabel(_tr(Words.SCAN), self)
        scan.setAlignment(Qt.AlignmentFlag.AlignCenter)
        set_role(scan, "hint")
        self.picture = QrPicture(_tr(Words.QR), QR_SIDE, self)
        self.lines: dict[str, QLabel] = {}
        form = QFormLayout()
        form.setVerticalSpacing(2)
        self.holder = QLabel(self)
        self.holder.setAlignment(Qt.AlignmentFlag.AlignCenter)
        set_role(self.holder, "section")
        for words in (Words.ACCOUNT, Words.AMOUNT, Words.PURPOSE):
            value = QLabel(self)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            form.addRow(QLabel(_tr(words), self), value)
            self.lines[words] = value
        column.addWidget(scan)
        column.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.holder)
        column.addLayout(form)
        column.addStretch(1)
        self.setMinimumWidth(QR_SIDE + 60)

    def show_code(self, code: TransferCode, amount: int) -> None:
        """Show another code, for ``amount`` đồng."""
        self.picture.show_rows(code.rows)
        # No line is broken: the window would not grow by it, and the words would run into the code.
        self.holder.setText(shorten(code.holder, HOLDER_LETTERS, placeholder="…"))
        self.holder.setToolTip(code.holder)
        texts = (code.account, money(amount), code.purpose)
        for line, text in zip(self.lines.values(), texts, strict=True):
            line.setText(text)


class NumberBox(QSpinBox):
    """A number that is typed over, however the focus came: «7000» before the «0» of an empty box would be 70.000."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()


def money_box(parent: QWidget, least: int = 0) -> QSpinBox:
    """A box for an amount in đồng."""
    box = NumberBox(parent)
    box.setRange(least, MOST_MONEY)
    box.setSingleStep(1000)
    box.setGroupSeparatorShown(True)
    box.setSuffix(" đ")
    box.setAlignment(Qt.AlignmentFlag.AlignRight)
    return box


def _about(row: FeeRow) -> str:
    if row.refunded_at is not None:
        return _tr(Words.REFUNDED).format(time=local_time(row.refunded_at))
    if row.paid_at is not None and row.amount:
        return _tr(Words.PAID).format(time=local_time(row.paid_at))
    if row.exemption:
        return _tr(Words.EXEMPTED).format(amount=money(row.full_amount), reason=row.exemption)
    return LABELS[CollectOn(row.collect_on)] if row.amount else _tr(Words.FREE)


def _tr(text: str) -> str:
    return translate("PaymentParts", text)
