"""The rate of digitising in a period: a table of numbers, and beside it what they count."""

from __future__ import annotations

import calendar
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import QDate, Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from counter_app.rules.digitising import formula_words
from counter_app.services.digitising_rate import MOST_LINES, RateLine, RateReport, export_rate, rate
from counter_app.ui.context import AppContext
from counter_app.ui.digitising_formula import FormulaDialog
from counter_app.ui.formatting import local
from counter_app.ui.plain_table import PlainTable
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the panel says."""

    FIRST = QT_TRANSLATE_NOOP("DigitisingRate", "&Từ tháng")
    LAST = QT_TRANSLATE_NOOP("DigitisingRate", "đế&n tháng")
    BY = QT_TRANSLATE_NOOP("DigitisingRate", "T&heo")
    PROCEDURE = QT_TRANSLATE_NOOP("DigitisingRate", "Thủ tục")
    CLERK = QT_TRANSLATE_NOOP("DigitisingRate", "Người tiếp nhận")
    MONTH = QT_TRANSLATE_NOOP("DigitisingRate", "Tháng")
    DOSSIER = QT_TRANSLATE_NOOP("DigitisingRate", "Hồ sơ")
    TABLE = QT_TRANSLATE_NOOP("DigitisingRate", "Tỷ lệ số hóa")
    CODE = QT_TRANSLATE_NOOP("DigitisingRate", "Mã")
    NAME = QT_TRANSLATE_NOOP("DigitisingRate", "Tên")
    RATE = QT_TRANSLATE_NOOP("DigitisingRate", "Tỷ lệ")
    PARTS = QT_TRANSLATE_NOOP("DigitisingRate", "Tử / mẫu")
    DOSSIERS = QT_TRANSLATE_NOOP("DigitisingRate", "Hồ sơ")
    WANTED = QT_TRANSLATE_NOOP("DigitisingRate", "Phải quét")
    COMPLETE = QT_TRANSLATE_NOOP("DigitisingRate", "Đầy đủ")
    ACCURATE = QT_TRANSLATE_NOOP("DigitisingRate", "Chính xác")
    WHOLE = QT_TRANSLATE_NOOP("DigitisingRate", "Toàn vẹn")
    NOTHING = QT_TRANSLATE_NOOP("DigitisingRate", "không có gì phải quét")
    COUNTING = QT_TRANSLATE_NOOP("DigitisingRate", "Đang tính…")
    TOTAL = QT_TRANSLATE_NOOP(
        "DigitisingRate",
        "Số hóa: {rate} ({part} / {whole}). Đã tính {dossiers} hồ sơ tiếp nhận trong kỳ, không tính {excluded}.",
    )
    CUT = QT_TRANSLATE_NOOP("DigitisingRate", " Chỉ hiện {count} hồ sơ còn thiếu nhiều nhất.")
    MEANING = QT_TRANSLATE_NOOP(
        "DigitisingRate",
        "Đầy đủ: có tệp quét. Chính xác: đủ số trang đã đếm, quét màu, từ 200 dpi. Toàn vẹn: mọi tệp mở được.",
    )
    FORMULA = QT_TRANSLATE_NOOP("DigitisingRate", "Công thức… (Ctrl+M)")
    EXPORT = QT_TRANSLATE_NOOP("DigitisingRate", "Xuất bảng tính… (Ctrl+E)")
    CSV = QT_TRANSLATE_NOOP("DigitisingRate", "Bảng tính CSV (*.csv)")
    EXPORTED = QT_TRANSLATE_NOOP("DigitisingRate", "Đã xuất tỷ lệ số hóa ra tệp {path}.")


GROUPINGS = {
    "procedure": Words.PROCEDURE,
    "clerk": Words.CLERK,
    "month": Words.MONTH,
    "dossier": Words.DOSSIER,
}
HEADS = (
    Words.CODE,
    Words.NAME,
    Words.RATE,
    Words.PARTS,
    Words.DOSSIERS,
    Words.WANTED,
    Words.COMPLETE,
    Words.ACCURATE,
    Words.WHOLE,
)
WIDTHS = (176, 240, 96, 104, 84, 96, 88, 102, 100)
FILE_NAME = "ty-le-so-hoa-{first:%Y-%m}-{last:%Y-%m}.csv"


class RatePanel(QWidget):
    """Period and grouping above, the lines with the worst first, the formula in words below."""

    def __init__(self, context: AppContext, parent: QWidget) -> None:
        super().__init__(parent)
        self.context = context
        self.report: RateReport | None = None
        self.dialog: FormulaDialog | None = None
        self._files: QFileDialog | None = None
        self._asked = 0
        self._build_period()
        self.table = PlainTable(_tr(Words.TABLE), [_tr(one) for one in HEADS], WIDTHS, 1, self)
        self.table.cellActivated.connect(self._opened)
        self.total, self.formula, self.meaning = QLabel(self), QLabel(self), QLabel(_tr(Words.MEANING), self)
        set_role(self.total, "section")
        for label in (self.formula, self.meaning):
            set_role(label, "hint")
        for label in (self.total, self.formula, self.meaning):
            label.setWordWrap(True)
        self.formula_button = self._button(Words.FORMULA, "Ctrl+M", self.ask_formula)
        self.export_button = self._button(Words.EXPORT, "Ctrl+E", self.export)
        buttons = QHBoxLayout()
        buttons.addWidget(self.formula_button)
        buttons.addStretch(1)
        buttons.addWidget(self.export_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self.period)
        layout.addWidget(self.total)
        layout.addWidget(self.table, 1)
        for label in (self.formula, self.meaning):
            layout.addWidget(label)
        layout.addLayout(buttons)

    @Slot()
    def refresh(self) -> None:
        """Count again."""
        self._asked += 1
        self.total.setText(_tr(Words.COUNTING))
        first, last = self.days()
        work = partial(_count, self._asked, self.context, first, last, str(self.by.currentData()))
        self.context.executor.submit(work, self._take, self._refused)

    def take_focus(self) -> None:
        """To the table."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def look_for(self) -> None:
        """To the period."""
        self.first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def days(self) -> tuple[date, date]:
        """The first day of the first month and the last day of the last."""
        first, last = self.first.date(), self.last.date()
        end = calendar.monthrange(last.year(), last.month())[1]
        return date(first.year(), first.month(), 1), date(last.year(), last.month(), end)

    @Slot()
    def ask_formula(self) -> None:
        """Show how the rate is counted, to be changed from a day on."""
        if self.report is not None:
            self.dialog = FormulaDialog(self.context, self.report.formula, self)
            self.dialog.done_with.connect(self.refresh)
            self.dialog.open()

    @Slot()
    def export(self) -> None:
        """Ask where to keep the table."""
        if self.report is None:
            return
        name = FILE_NAME.format(first=self.report.first, last=self.report.last)
        self._files = QFileDialog(self, _tr(Words.TABLE), name)
        self._files.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self._files.setNameFilter(_tr(Words.CSV))
        self._files.setDefaultSuffix("csv")
        self._files.fileSelected.connect(self.save_to)
        self._files.open()

    @Slot(str)
    def save_to(self, name: str) -> None:
        """Write the table to a file of the clerk's choice."""
        if self.report is not None:
            self.context.executor.submit(partial(_export, self.report, Path(name)), self._exported)

    def _build_period(self) -> None:
        today = local(self.context.desk.clock()).date()
        self.first = QDateEdit(QDate(today.year, 1, 1), self)
        self.last = QDateEdit(QDate(today.year, today.month, 1), self)
        self.by = QComboBox(self)
        for name, words in GROUPINGS.items():
            self.by.addItem(_tr(words), name)
        self.period = QHBoxLayout()
        for words, field in ((Words.FIRST, self.first), (Words.LAST, self.last), (Words.BY, self.by)):
            caption = QLabel(_tr(words), self)
            caption.setBuddy(field)
            field.setAccessibleName(caption.text().replace("&", ""))
            self.period.addWidget(caption)
            self.period.addWidget(field)
        self.period.addStretch(1)
        for edit in (self.first, self.last):
            edit.setDisplayFormat("MM/yyyy")
            edit.dateChanged.connect(self.refresh)
        self.by.currentIndexChanged.connect(self.refresh)

    def _button(self, words: str, keys: str, slot: object) -> QPushButton:
        button = QPushButton(_tr(words), self)
        button.setAccessibleName(button.text())
        button.setShortcut(keys)
        button.clicked.connect(slot)
        return button

    def _take(self, answer: tuple[int, RateReport]) -> None:
        """The last question's answer; earlier ones are of another period."""
        asked, report = answer
        if asked != self._asked:
            return
        self.report = report
        total = report.total
        words = _tr(Words.TOTAL).format(
            rate=_rate(total),
            part=_number(total.numerator),
            whole=_number(total.denominator),
            dossiers=_number(total.dossiers),
            excluded=_number(report.excluded),
        )
        self.total.setText(words + (_tr(Words.CUT).format(count=MOST_LINES) if report.cut else ""))
        self.formula.setText(formula_words(report.formula))
        self.table.setRowCount(len(report.lines))
        for row, line in enumerate(report.lines):
            self._put(row, line)
        if report.lines and self.table.currentRow() < 0:
            self.table.selectRow(0)

    def _put(self, row: int, line: RateLine) -> None:
        full = line.denominator == line.numerator
        tone = "" if not line.denominator else "good" if full else "soon"
        parts = f"{_number(line.numerator)} / {_number(line.denominator)}"
        cells = [line.key, line.name, _rate(line), parts, _number(line.dossiers), *map(_number, line.papers[:4])]
        for column, text in enumerate(cells):
            self.table.put(row, column, text, tone if HEADS[column] is Words.RATE else "")

    def _refused(self, error: Exception) -> None:
        self.total.setText("")
        self.context.show_error(error)

    @Slot(int, int)
    def _opened(self, row: int, _column: int) -> None:
        if self.report is not None and self.by.currentData() == "dossier" and row < len(self.report.lines):
            self.context.open_dossier.emit(self.report.lines[row].key)

    def _exported(self, path: Path) -> None:
        self.context.tell(_tr(Words.EXPORTED).format(path=path), "success")


def _count(asked: int, context: AppContext, first: date, last: date, by: str) -> tuple[int, RateReport]:
    return asked, rate(context.desk, first, last, by)


def _export(report: RateReport, path: Path) -> Path:
    export_rate(report, path)
    return path


def _rate(line: RateLine) -> str:
    return _tr(Words.NOTHING) if line.percent is None else f"{line.percent:.1f} %".replace(".", ",")


def _number(count: int) -> str:
    return f"{count:,}".replace(",", ".")


def _tr(text: str) -> str:
    return translate("DigitisingRate", text)
