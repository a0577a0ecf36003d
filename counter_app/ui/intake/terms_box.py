"""Channel, way of return, sets, note; and the fees of the procedure."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from counter_app.rules.fees import LABELS, CollectOn, applicable, left_out, levels, undecided
from counter_app.services.values import CHANNELS, RETURN_WAYS, FeeIn, FeeView, ProcedureView
from counter_app.ui.formatting import money
from counter_app.ui.intake.checklist import CountBox
from counter_app.ui.intake.form_parts import form_layout, label, line_edit
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    CHANNEL = QT_TRANSLATE_NOOP("TermsBox", "&Kênh nộp")
    RETURN = QT_TRANSLATE_NOOP("TermsBox", "T&rả kết quả")
    SETS = QT_TRANSLATE_NOOP("TermsBox", "Số bộ")
    SETS_NAME = QT_TRANSLATE_NOOP("TermsBox", "Số bộ hồ sơ")
    NOTE = QT_TRANSLATE_NOOP("TermsBox", "Gh&i chú")
    PAID = QT_TRANSLATE_NOOP("TermsBox", "Đã thu {name}")
    METHOD_OF = QT_TRANSLATE_NOOP("TermsBox", "Hình thức nộp {name}")
    CASH = QT_TRANSLATE_NOOP("TermsBox", "Tiền mặt")
    TRANSFER = QT_TRANSLATE_NOOP("TermsBox", "Chuyển khoản")
    CARD = QT_TRANSLATE_NOOP("TermsBox", "Thẻ")
    LATER = QT_TRANSLATE_NOOP("TermsBox", "Nộp sau")
    LEVELS = QT_TRANSLATE_NOOP("TermsBox", "«{name}» có nhiều mức: đánh dấu mức áp dụng")
    TOTAL = QT_TRANSLATE_NOOP("TermsBox", "Phải thu {total} · đã thu {paid}")


METHODS = (("cash", Words.CASH), ("transfer", Words.TRANSFER), ("card", Words.CARD))


class TermsBox(QWidget):
    """How the dossier came in and how its result goes out."""

    changed = Signal()
    channel_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.channel = self._choice(Words.CHANNEL, CHANNELS)
        self.return_by = self._choice(Words.RETURN, RETURN_WAYS)
        self.sets = CountBox(translate("TermsBox", Words.SETS_NAME))
        self.sets.setRange(1, 99)
        self.note = line_edit(translate("TermsBox", Words.NOTE).replace("&", ""), max_length=500)
        form = form_layout()
        form.addRow(label(translate("TermsBox", Words.CHANNEL), self.channel), self.channel)
        sets_label = QLabel(translate("TermsBox", Words.SETS))
        sets_label.setBuddy(self.sets)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.return_by, 1)
        row.addWidget(sets_label)
        row.addWidget(self.sets)
        form.addRow(label(translate("TermsBox", Words.RETURN), self.return_by), row)
        form.addRow(label(translate("TermsBox", Words.NOTE), self.note), self.note)
        self.setLayout(form)
        self.channel.currentIndexChanged.connect(self._channel_chosen)
        self.return_by.currentIndexChanged.connect(self.changed)
        self.sets.valueChanged.connect(self.changed)
        self.note.textChanged.connect(self.changed)

    def inputs(self) -> tuple[QWidget, ...]:
        """In the order of Tab."""
        return (self.channel, self.return_by, self.sets, self.note)

    def draft(self) -> dict[str, Any]:
        """For the draft."""
        return {
            "channel": self.channel.currentData(),
            "return_by": self.return_by.currentData(),
            "sets": self.sets.value(),
            "note": self.note.text(),
        }

    def restore(self, draft: dict[str, Any]) -> None:
        """Back from the draft; an empty one sets the usual values."""
        self.channel.setCurrentIndex(max(0, self.channel.findData(draft.get("channel", "counter"))))
        self.return_by.setCurrentIndex(max(0, self.return_by.findData(draft.get("return_by", "counter"))))
        self.sets.setValue(int(draft.get("sets", 1)))
        self.note.setText(str(draft.get("note", "")))

    def _channel_chosen(self) -> None:
        self.changed.emit()
        self.channel_changed.emit()

    @staticmethod
    def _choice(caption: str, choices: dict[str, str]) -> QComboBox:
        made = QComboBox()
        made.setAccessibleName(translate("TermsBox", caption).replace("&", ""))
        for value, text in choices.items():
            made.addItem(text, value)
        return made


LATER = ""
"""The method of a fee that applies and is not paid yet."""


class _FeeRow:
    """The widgets of one fee; ``level``: one of several of the same name, ticked because it applies, paid or not."""

    def __init__(self, fee: FeeView, level: bool) -> None:
        self.fee = fee
        self.level = level
        when = CollectOn(fee.collect_on)
        later = "" if when is CollectOn.RECEIPT else f" ({LABELS[when]})"
        self.paid = QCheckBox(f"{fee.name}{later}".replace("&", "&&"))
        # Levels of a fee share its name: heard alone, the amount tells them apart.
        spoken = f"{fee.name} {money(fee.amount)}"
        self.paid.setAccessibleName(translate("TermsBox", Words.PAID).format(name=spoken))
        self.amount = QLabel(money(fee.amount))
        self.amount.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.method = QComboBox()
        self.method.setAccessibleName(translate("TermsBox", Words.METHOD_OF).format(name=spoken))
        for value, text in METHODS:
            self.method.addItem(translate("TermsBox", text), value)
        if level:
            self.method.addItem(translate("TermsBox", Words.LATER), LATER)

    @property
    def is_paid(self) -> bool:
        """Whether money was taken for it."""
        return self.paid.isChecked() and self.method.currentData() != LATER


class FeesBox(QWidget):
    """What is to be paid, and what has been paid now."""

    changed = Signal()
    rows_made = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[_FeeRow] = []
        self._inside = QWidget()
        self.total = QLabel()
        """For the heading over the fees."""
        self.total.hide()
        set_role(self.total, "hint")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self._layout.addWidget(self._inside)
        self.hide()

    def show_procedure(self, procedure: ProcedureView | None, channel: str, case_name: str) -> None:
        """The fees of this channel and case; ticks of fees that stay are kept."""
        kept = self.draft()
        offered = applicable(procedure.fees, channel, case_name) if procedure else ()
        self._layout.removeWidget(self._inside)
        self._inside.hide()
        self._inside.deleteLater()
        self._inside = QWidget()
        grid = QGridLayout(self._inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(0, 1)
        several = undecided(offered)
        self.rows = [_FeeRow(fee, fee.code in several) for fee in offered]
        for place, row in enumerate(self.rows):
            for column, widget in enumerate((row.paid, row.amount, row.method)):
                grid.addWidget(widget, place, column)
            row.paid.toggled.connect(self._changed)
            row.method.currentIndexChanged.connect(self._changed)
        self._layout.insertWidget(0, self._inside)
        self.setVisible(bool(self.rows))
        self.restore(kept)
        self._changed()
        self.rows_made.emit()

    def inputs(self) -> tuple[QWidget, ...]:
        """In the order of Tab."""
        return tuple(widget for row in self.rows for widget in (row.paid, row.method))

    def values(self) -> tuple[FeeIn, ...]:
        """The fees paid now, and the levels that apply."""
        return tuple(
            FeeIn(row.fee.code, row.is_paid, str(row.method.currentData())) for row in self.rows if row.paid.isChecked()
        )

    def draft(self) -> dict[str, Any]:
        """For the draft, by code of fee."""
        return {row.fee.code: row.method.currentData() for row in self.rows if row.paid.isChecked()}

    def restore(self, draft: dict[str, Any]) -> None:
        """Back from the draft."""
        for row in self.rows:
            row.paid.setChecked(row.fee.code in draft)
            if row.fee.code in draft:
                row.method.setCurrentIndex(max(0, row.method.findData(draft[row.fee.code])))

    def _changed(self) -> None:
        for row in self.rows:
            row.method.setEnabled(row.paid.isChecked())
        chosen = {row.fee.code for row in self.rows if row.paid.isChecked()}
        fees = [row.fee for row in self.rows]
        others = {fee.code for fee in left_out(fees, chosen)}
        owed = [fee for fee in fees if fee.code not in others]
        still_open = [fee.name for group in levels(owed) for fee in group if fee.code not in chosen]
        paid = sum(row.fee.amount for row in self.rows if row.is_paid)
        words = translate("TermsBox", Words.LEVELS if still_open else Words.TOTAL)
        total = sum(fee.amount for fee in owed)
        self.total.setText(words.format(total=money(total), paid=money(paid), name="".join(still_open[:1])))
        self.total.setVisible(len(self.rows) > 1)
        self.changed.emit()
