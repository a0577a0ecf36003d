"""The office's rules: which papers of a procedure are scanned, and how long a paper may be used again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QSpinBox, QVBoxLayout, QWidget

from counter_app.rules.digitising import LABELS, SOURCES, PaperKind, Source, Treatment
from counter_app.services.catalogue import get_procedure, load_index
from counter_app.services.desk import DeskContext
from counter_app.services.digitising import (
    MOST_MONTHS,
    RuleView,
    default_treatment,
    procedure_rules,
    set_default,
    set_rule,
)
from counter_app.services.procedure_index import ProcedureIndex
from counter_app.services.values import ProcedureHit
from counter_app.ui.context import AppContext
from counter_app.ui.page import commit_preedit
from counter_app.ui.pick_list import PickList, Suggestion
from counter_app.ui.plain_table import PlainTable
from counter_app.ui.step_dialogs import TaskDialog
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

LIST_LENGTH = 30


class Words:
    """What panel and window say."""

    PROCEDURE = QT_TRANSLATE_NOOP("DigitisingRules", "&Thủ tục")
    SEARCH_HINT = QT_TRANSLATE_NOOP("DigitisingRules", "Gõ vài chữ, không cần dấu, rồi Enter (Ctrl+F)")
    LIST = QT_TRANSLATE_NOOP("DigitisingRules", "Thủ tục tìm thấy")
    DEFAULT = QT_TRANSLATE_NOOP("DigitisingRules", "Khi không có &quy tắc")
    TABLE = QT_TRANSLATE_NOOP("DigitisingRules", "Giấy tờ của thủ tục và cách số hóa")
    CODE = QT_TRANSLATE_NOOP("DigitisingRules", "Mã")
    NAME = QT_TRANSLATE_NOOP("DigitisingRules", "Giấy tờ")
    TREATMENT = QT_TRANSLATE_NOOP("DigitisingRules", "Cách số hóa")
    SOURCE = QT_TRANSLATE_NOOP("DigitisingRules", "Theo")
    MONTHS = QT_TRANSLATE_NOOP("DigitisingRules", "Dùng lại được")
    RESULT = QT_TRANSLATE_NOOP("DigitisingRules", "Kết quả: {name}")
    CASE = QT_TRANSLATE_NOOP("DigitisingRules", "{name} ({case})")
    MONTHS_COUNT = QT_TRANSLATE_NOOP("DigitisingRules", "{count} tháng")
    NO_LIMIT = QT_TRANSLATE_NOOP("DigitisingRules", "không giới hạn")
    NONE = QT_TRANSLATE_NOOP("DigitisingRules", "Chọn một thủ tục để xem và sửa cách số hóa từng giấy tờ.")
    CHOSEN = QT_TRANSLATE_NOOP("DigitisingRules", "{code}  {name}")
    CHANGE = QT_TRANSLATE_NOOP("DigitisingRules", "Sửa cách số hóa… (Enter)")
    HINT = QT_TRANSLATE_NOOP(
        "DigitisingRules",
        "Không quét: giấy tờ cơ sở dữ liệu đã có, bản sao (trừ bản sao điện tử chứng thực), giấy tờ chỉ xuất trình, "
        "tài liệu mật (Thông tư 01/2023/TT-VPCP). Tỷ lệ chỉ tính giấy tờ phải quét.",
    )
    SAVED = QT_TRANSLATE_NOOP("DigitisingRules", "Đã ghi quy tắc; tỷ lệ và danh sách cần quét được tính lại.")
    RULE_TITLE = QT_TRANSLATE_NOOP("DigitisingRules", "Cách số hóa giấy tờ này")
    SAVE = QT_TRANSLATE_NOOP("DigitisingRules", "Ghi lại (Ctrl+Enter)")
    BY_NAME = QT_TRANSLATE_NOOP("DigitisingRules", "Không đặt quy tắc: theo tên giấy tờ")
    WAY = QT_TRANSLATE_NOOP("DigitisingRules", "&Cách số hóa")
    VALID = QT_TRANSLATE_NOOP("DigitisingRules", "Dùng &lại được trong (tháng)")


class RuleDialog(TaskDialog):
    """Asks how a paper of a procedure is treated, and how long it may be used again."""

    def __init__(self, context: AppContext, procedure: str, rule: RuleView, parent: QWidget | None = None) -> None:
        super().__init__(context, _tr(Words.RULE_TITLE), _tr(Words.SAVE), parent)
        self.procedure, self.rule = procedure, rule
        self.say(f"{procedure} · {rule.code}\n{_paper(rule)}")
        self.treatment = QComboBox(self)
        self.treatment.addItem(_tr(Words.BY_NAME), None)
        for treatment, words in LABELS.items():
            self.treatment.addItem(words, treatment)
        current = rule.decision.treatment if rule.decision.source is Source.RULE else None
        self.treatment.setCurrentIndex(max(0, self.treatment.findData(current)))
        self.months = QSpinBox(self)
        self.months.setRange(0, MOST_MONTHS)
        self.months.setSpecialValueText(_tr(Words.NO_LIMIT))
        self.months.setValue(rule.valid_months or 0)
        self.add_field(_tr(Words.WAY), self.treatment)
        self.add_field(_tr(Words.VALID), self.months)
        self.treatment.currentIndexChanged.connect(self._enable)
        self._enable()
        self.treatment.setFocus(Qt.FocusReason.OtherFocusReason)

    def work(self) -> Callable[[], Any]:
        chosen = self.treatment.currentData()
        treatment = None if chosen is None else Treatment(chosen)
        months = (self.months.value() or None) if treatment is not None else None
        place = (self.procedure, self.rule.kind, self.rule.code)
        return partial(set_rule, self.context.desk, *place, treatment, months)

    @Slot()
    def _enable(self) -> None:
        self.months.setEnabled(self.treatment.currentData() is not None)


class RulesPanel(QWidget):
    """A procedure is looked for and each of its papers shown with what is done with it and who says so."""

    def __init__(self, context: AppContext, parent: QWidget) -> None:
        super().__init__(parent)
        self.context = context
        self.dialog: RuleDialog | None = None
        self.procedure = ""
        self.rules: tuple[RuleView, ...] = ()
        self._index: ProcedureIndex | None = None
        self._build_search()
        self.title = QLabel(_tr(Words.NONE), self)
        set_role(self.title, "section")
        self.title.setWordWrap(True)
        heads = (Words.CODE, Words.NAME, Words.TREATMENT, Words.SOURCE, Words.MONTHS)
        self.table = PlainTable(_tr(Words.TABLE), [_tr(one) for one in heads], (110, 300, 220, 190, 130), 1, self)
        self.table.cellActivated.connect(self.change)
        self.change_button = QPushButton(_tr(Words.CHANGE), self)
        self.change_button.setAccessibleName(self.change_button.text())
        self.change_button.clicked.connect(self.change)
        self.change_button.setEnabled(False)
        hint = QLabel(_tr(Words.HINT), self)
        hint.setWordWrap(True)
        set_role(hint, "hint")
        below = QHBoxLayout()
        below.addWidget(self.change_button)
        below.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self.top)
        layout.addWidget(self.title)
        layout.addWidget(self.table, 1)
        layout.addWidget(hint)
        layout.addLayout(below)

    @Slot()
    def refresh(self) -> None:
        """Read the catalogue, the default, and the rules of the chosen procedure again."""
        self.context.executor.submit(partial(load_index, self.context.desk), self._take_index)
        self.context.executor.submit(partial(default_treatment, self.context.desk), self._take_default)
        if self.procedure:
            self._read()

    def take_focus(self) -> None:
        """To the papers, or to the search while there is no procedure."""
        (self.table if self.procedure else self.search).setFocus(Qt.FocusReason.OtherFocusReason)

    def look_for(self) -> None:
        """To the search."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def show_procedure(self, code: str) -> None:
        """Show the papers of a procedure."""
        self.procedure = code
        self.search.clear()
        self._read()

    @Slot()
    def change(self) -> None:
        """Ask how the chosen paper is treated."""
        place = self.table.currentRow()
        if 0 <= place < len(self.rules):
            self.dialog = RuleDialog(self.context, self.procedure, self.rules[place], self)
            self.dialog.done_with.connect(self._saved)
            self.dialog.open()

    def _build_search(self) -> None:
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(_tr(Words.SEARCH_HINT))
        self.search.setClearButtonEnabled(True)
        self.list = PickList(self.search, _tr(Words.LIST))
        self.search.textEdited.connect(self._offer)
        self.search.returnPressed.connect(self._enter)
        self.list.picked.connect(self._picked)
        self.default = QComboBox(self)
        for treatment, words in LABELS.items():
            self.default.addItem(words, treatment)
        self.default.activated.connect(self._default_chosen)
        self.top = QHBoxLayout()
        for words, field, stretch in ((Words.PROCEDURE, self.search, 1), (Words.DEFAULT, self.default, 0)):
            caption = QLabel(_tr(words), self)
            caption.setBuddy(field)
            field.setAccessibleName(caption.text().replace("&", ""))
            self.top.addWidget(caption)
            self.top.addWidget(field, stretch)

    def _read(self) -> None:
        self.context.executor.submit(partial(_read_rules, self.context.desk, self.procedure), self._take_rules)

    def _take_index(self, index: ProcedureIndex) -> None:
        self._index = index

    def _take_default(self, treatment: Treatment) -> None:
        self.default.setCurrentIndex(self.default.findData(treatment))

    def _take_rules(self, answer: tuple[str, str, tuple[RuleView, ...]]) -> None:
        code, name, self.rules = answer
        self.title.setText(_tr(Words.CHOSEN).format(code=code, name=name))
        self.table.setRowCount(len(self.rules))
        for row, rule in enumerate(self.rules):
            treatment, source = rule.decision
            months = rule.valid_months
            valid = _tr(Words.NO_LIMIT) if months is None else _tr(Words.MONTHS_COUNT).format(count=months)
            cells = (rule.code, _paper(rule), LABELS[treatment], SOURCES[source], valid)
            for column, text in enumerate(cells):
                tone = "good" if column == 2 and treatment is Treatment.SCAN else ""
                self.table.put(row, column, text, tone)
        self.change_button.setEnabled(bool(self.rules))
        if self.rules:
            self.table.selectRow(max(0, min(self.table.currentRow(), len(self.rules) - 1)))
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _offer(self) -> None:
        if self._index is not None:
            hits = self._index.search(self.search.text(), LIST_LENGTH)
            self.list.offer([Suggestion(f"{hit.code}  ·  {hit.name}  ·  {hit.field_name}", hit) for hit in hits])

    @Slot()
    def _enter(self) -> None:
        """Enter picks the first one even when an input method still holds the last letters."""
        commit_preedit()
        if self.search.text().strip() and not self.list.isVisible():
            self._offer()
            self.list.pick_current()

    @Slot(object)
    def _picked(self, hit: ProcedureHit) -> None:
        self.show_procedure(hit.code)

    @Slot(int)
    def _default_chosen(self, place: int) -> None:
        treatment = Treatment(self.default.itemData(place))
        self.context.executor.submit(partial(set_default, self.context.desk, treatment), self._saved)

    @Slot(object)
    def _saved(self, _answer: object) -> None:
        self.context.tell(_tr(Words.SAVED), "success")
        self.context.announce("digitising")


def _read_rules(desk: DeskContext, code: str) -> tuple[str, str, tuple[RuleView, ...]]:
    procedure = get_procedure(desk, code)
    return procedure.code, procedure.name, procedure_rules(desk, code)


def _paper(rule: RuleView) -> str:
    name = _tr(Words.RESULT).format(name=rule.name) if rule.kind is PaperKind.RESULT else rule.name
    return _tr(Words.CASE).format(name=name, case=rule.case_name) if rule.case_name else name


def _tr(text: str) -> str:
    return translate("DigitisingRules", text)
