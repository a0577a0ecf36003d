"""How the rate is counted: numerator, denominator, what is left out, from which day on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QDateEdit, QLineEdit, QWidget

from counter_app.rules.digitising import EXCLUSIONS, LEVELS, UNITS, Formula
from counter_app.services.digitising_rate import set_formula
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import local
from counter_app.ui.page import nfc
from counter_app.ui.step_dialogs import TaskDialog
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the window says."""

    TITLE = QT_TRANSLATE_NOOP("FormulaDialog", "Công thức tính tỷ lệ số hóa")
    SAVE = QT_TRANSLATE_NOOP("FormulaDialog", "Áp dụng (Ctrl+Enter)")
    HINT = QT_TRANSLATE_NOOP(
        "FormulaDialog",
        "Công thức mới tính cho kỳ báo cáo kết thúc từ ngày áp dụng; kỳ trước giữ công thức cũ.",
    )
    FROM = QT_TRANSLATE_NOOP("FormulaDialog", "Áp dụng từ &ngày")
    UNIT = QT_TRANSLATE_NOOP("FormulaDialog", "Đơn &vị tính")
    LEVEL = QT_TRANSLATE_NOOP("FormulaDialog", "Coi &là đã số hóa khi")
    PARTS = QT_TRANSLATE_NOOP("FormulaDialog", "Tính cho")
    COMPONENTS = QT_TRANSLATE_NOOP("FormulaDialog", "&Thành phần hồ sơ")
    RESULTS = QT_TRANSLATE_NOOP("FormulaDialog", "&Kết quả")
    EXCLUDED = QT_TRANSLATE_NOOP("FormulaDialog", "Không tính")
    BASIS = QT_TRANSLATE_NOOP("FormulaDialog", "&Căn cứ")
    BASIS_HINT = QT_TRANSLATE_NOOP("FormulaDialog", "Ví dụ: Quyết định 123/QĐ-UBND ngày 15/01/2026")


class FormulaDialog(TaskDialog):
    """Begins with the formula that holds now."""

    def __init__(self, context: AppContext, formula: Formula, parent: QWidget | None = None) -> None:
        super().__init__(context, _tr(Words.TITLE), _tr(Words.SAVE), parent)
        self.setMinimumWidth(620)
        self.say(_tr(Words.HINT))
        today = local(context.desk.clock()).date()
        self.valid_from = QDateEdit(QDate(today.year, today.month, 1), self)
        self.valid_from.setDisplayFormat("dd/MM/yyyy")
        self.unit = self._choice(UNITS, formula.unit)
        self.level = self._choice(LEVELS, formula.level)
        self.add_field(_tr(Words.FROM), self.valid_from)
        self.add_field(_tr(Words.UNIT), self.unit)
        self.add_field(_tr(Words.LEVEL), self.level)
        self.components = self._tick(_tr(Words.COMPONENTS), formula.components)
        self.results = self._tick(_tr(Words.RESULTS), formula.results)
        self.form.addRow(_tr(Words.PARTS), self.components)
        self.form.addRow("", self.results)
        self.excluded = {name: self._tick(words, name in formula.excluded) for name, words in EXCLUSIONS.items()}
        for number, box in enumerate(self.excluded.values()):
            self.form.addRow("" if number else _tr(Words.EXCLUDED), box)
        self.basis = QLineEdit(formula.basis, self)
        self.basis.setCursorPosition(0)
        self.basis.setPlaceholderText(_tr(Words.BASIS_HINT))
        self.add_field(_tr(Words.BASIS), self.basis)
        self.valid_from.setFocus(Qt.FocusReason.OtherFocusReason)

    def work(self) -> Callable[[], Any]:
        return partial(set_formula, self.context.desk, self.formula())

    def formula(self) -> Formula:
        """What is entered."""
        day = self.valid_from.date()
        return Formula(
            valid_from=date(day.year(), day.month(), day.day()),
            unit=str(self.unit.currentData()),
            level=str(self.level.currentData()),
            components=self.components.isChecked(),
            results=self.results.isChecked(),
            excluded=frozenset(name for name, box in self.excluded.items() if box.isChecked()),
            basis=nfc(self.basis.text()),
        )

    def _choice(self, words: dict[str, str], chosen: str) -> QComboBox:
        box = QComboBox(self)
        for name, text in words.items():
            box.addItem(text, name)
        box.setCurrentIndex(box.findData(chosen))
        return box

    def _tick(self, words: str, on: bool) -> QCheckBox:
        box = QCheckBox(words, self)
        box.setAccessibleName(words.replace("&", ""))
        box.setChecked(on)
        return box


def _tr(text: str) -> str:
    return translate("FormulaDialog", text)
