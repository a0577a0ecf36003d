"""The fees of the procedure at the intake: what is paid now, how and by which receipt, and whom the law exempts."""

from __future__ import annotations

from textwrap import shorten
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from counter_app.rules.fees import LABELS, CollectOn, applicable, left_out, levels, undecided
from counter_app.services.values import PAYMENT_METHODS, FeeIn, FeeView, ProcedureView
from counter_app.ui.formatting import money
from counter_app.ui.intake.form_parts import line_edit
from counter_app.ui.page import nfc
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

NAME_LETTERS = 40
"""Longer names are shortened: beside them the amount and the way of payment have to fit."""
INDENT = 28
LATER = ""
"""The method of a fee that applies and is not paid yet."""
EXEMPT = "exempt"
"""The method of a fee that this applicant does not pay."""
AT_THE_DESK = ("cash", "transfer", "card")


class Words:
    PAID = QT_TRANSLATE_NOOP("FeesBox", "Đã thu {name}")
    METHOD_OF = QT_TRANSLATE_NOOP("FeesBox", "Hình thức nộp {name}")
    EXEMPT = QT_TRANSLATE_NOOP("FeesBox", "Được miễn")
    OFFICIAL_RECEIPT = QT_TRANSLATE_NOOP("FeesBox", "Biên lai số")
    REFERENCE = QT_TRANSLATE_NOOP("FeesBox", "Số giao dịch")
    EXEMPTION = QT_TRANSLATE_NOOP("FeesBox", "Đối tượng được miễn, giấy tờ chứng minh")
    ABOUT = QT_TRANSLATE_NOOP("FeesBox", "{what}, {name}")
    LATER = QT_TRANSLATE_NOOP("FeesBox", "Nộp sau")
    LEVELS = QT_TRANSLATE_NOOP("FeesBox", "«{name}» có nhiều mức: đánh dấu mức áp dụng")
    TOTAL = QT_TRANSLATE_NOOP("FeesBox", "Phải thu {total} · đã thu {paid}")


class _FeeRow:
    """The widgets of one fee; ``level``: one of several of the same name, ticked because it applies, paid or not.

    ``papers``: number of the official receipt, number of a transfer, ground of an exemption; each is there when it
    is wanted.
    """

    def __init__(self, fee: FeeView, level: bool) -> None:
        self.fee = fee
        self.level = level
        when = CollectOn(fee.collect_on)
        later = "" if when is CollectOn.RECEIPT else f" ({LABELS[when]})"
        name = shorten(fee.name, NAME_LETTERS, placeholder="…")
        self.paid = QCheckBox(f"{name}{later}".replace("&", "&&"))
        self.paid.setToolTip(fee.name)
        # Levels of a fee share its name: heard alone, the amount tells them apart.
        spoken = f"{fee.name} {money(fee.amount)}"
        self.paid.setAccessibleName(_tr(Words.PAID).format(name=spoken))
        self.amount = QLabel(money(fee.amount))
        self.amount.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.method = QComboBox()
        self.method.setAccessibleName(_tr(Words.METHOD_OF).format(name=spoken))
        for value in AT_THE_DESK:
            self.method.addItem(PAYMENT_METHODS[value], value)
        self.method.addItem(_tr(Words.EXEMPT), EXEMPT)
        if level:
            self.method.addItem(_tr(Words.LATER), LATER)
        self.official_receipt = self._paper(Words.OFFICIAL_RECEIPT, spoken)
        self.reference = self._paper(Words.REFERENCE, spoken)
        self.exemption = self._paper(Words.EXEMPTION, spoken)
        self.papers = QWidget()
        self.papers.hide()
        line = QHBoxLayout(self.papers)
        line.setContentsMargins(INDENT, 0, 0, 4)
        line.setSpacing(6)
        for field in (self.official_receipt, self.reference, self.exemption):
            line.addWidget(field)

    @property
    def is_paid(self) -> bool:
        """Whether money was taken for it."""
        return self.paid.isChecked() and self.method.currentData() in AT_THE_DESK

    @property
    def is_exempted(self) -> bool:
        """Whether the law exempts this applicant from it."""
        return self.paid.isChecked() and self.method.currentData() == EXEMPT

    def inputs(self) -> tuple[QWidget, ...]:
        """In the order of Tab."""
        return (self.paid, self.method, self.official_receipt, self.reference, self.exemption)

    def ask(self) -> None:
        """Ask for the papers that this way of payment has, and for no others."""
        by_transfer = self.is_paid and self.method.currentData() == "transfer"
        self.method.setEnabled(self.paid.isChecked())
        self.official_receipt.setVisible(self.is_paid)
        self.reference.setVisible(by_transfer)
        self.exemption.setVisible(self.is_exempted)
        self.papers.setVisible(self.is_paid or self.is_exempted)

    def value(self) -> FeeIn:
        """As it is to be received."""
        if self.is_exempted:
            return FeeIn(self.fee.code, exemption=nfc(self.exemption.text()))
        if not self.is_paid:
            return FeeIn(self.fee.code)
        method = str(self.method.currentData())
        reference = nfc(self.reference.text()) if method == "transfer" else ""
        return FeeIn(self.fee.code, True, method, reference, nfc(self.official_receipt.text()))

    def draft(self) -> dict[str, Any]:
        """All that was entered."""
        return {
            "method": self.method.currentData(),
            "official_receipt": self.official_receipt.text(),
            "reference": self.reference.text(),
            "exemption": self.exemption.text(),
        }

    def restore(self, draft: dict[str, Any]) -> None:
        """Back from the draft."""
        self.method.setCurrentIndex(max(0, self.method.findData(draft.get("method"))))
        self.official_receipt.setText(str(draft.get("official_receipt", "")))
        self.reference.setText(str(draft.get("reference", "")))
        self.exemption.setText(str(draft.get("exemption", "")))

    @staticmethod
    def _paper(words: str, name: str) -> QLineEdit:
        made = line_edit(_tr(Words.ABOUT).format(what=_tr(words), name=name), _tr(words), 200)
        made.setToolTip(_tr(words))
        made.hide()
        return made


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
                grid.addWidget(widget, 2 * place, column)
            grid.addWidget(row.papers, 2 * place + 1, 0, 1, 3)
            row.paid.toggled.connect(self._changed)
            row.method.currentIndexChanged.connect(self._changed)
            for field in (row.official_receipt, row.reference, row.exemption):
                field.textChanged.connect(self.changed)
        self._layout.insertWidget(0, self._inside)
        self.setVisible(bool(self.rows))
        self.restore(kept)
        self._changed()
        self.rows_made.emit()

    def inputs(self) -> tuple[QWidget, ...]:
        """In the order of Tab."""
        return tuple(widget for row in self.rows for widget in row.inputs())

    def values(self) -> tuple[FeeIn, ...]:
        """The fees paid now or exempted, and the levels that apply."""
        return tuple(row.value() for row in self.rows if row.paid.isChecked())

    def field_of(self, code: str, refusal: str) -> QWidget | None:
        """Where a refusal of the reception is mended: the paper that it misses, or the fee itself."""
        row = next((row for row in self.rows if row.fee.code == code), None)
        if row is None:
            return None
        papers = {"reference_missing": row.reference, "exemption_reason_missing": row.exemption}
        return papers.get(refusal, row.paid)

    def draft(self) -> dict[str, Any]:
        """For the draft, by code of fee."""
        return {row.fee.code: row.draft() for row in self.rows if row.paid.isChecked()}

    def restore(self, draft: dict[str, Any]) -> None:
        """Back from the draft."""
        for row in self.rows:
            row.paid.setChecked(row.fee.code in draft)
            entered = draft.get(row.fee.code, {})
            # A draft of an older version has the method alone.
            row.restore(entered if isinstance(entered, dict) else {"method": entered})

    def _changed(self) -> None:
        for row in self.rows:
            row.ask()
        chosen = {row.fee.code for row in self.rows if row.paid.isChecked()}
        fees = [row.fee for row in self.rows]
        others = {fee.code for fee in left_out(fees, chosen)}
        exempted = {row.fee.code for row in self.rows if row.is_exempted}
        owed = [fee for fee in fees if fee.code not in others | exempted]
        still_open = [fee.name for group in levels(owed) for fee in group if fee.code not in chosen]
        paid = sum(row.fee.amount for row in self.rows if row.is_paid)
        words = _tr(Words.LEVELS if still_open else Words.TOTAL)
        total = sum(fee.amount for fee in owed)
        self.total.setText(words.format(total=money(total), paid=money(paid), name="".join(still_open[:1])))
        self.total.setVisible(len(self.rows) > 1)
        self.changed.emit()


def _tr(text: str) -> str:
    return translate("FeesBox", text)
