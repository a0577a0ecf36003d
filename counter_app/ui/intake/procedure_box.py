"""Choosing the procedure: type a few letters, with or without accents, and press Enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from counter_app.services.values import ProcedureHit, ProcedureView
from counter_app.ui.formatting import limit_words
from counter_app.ui.intake.form_parts import label, line_edit
from counter_app.ui.page import commit_preedit
from counter_app.ui.pick_list import PickList, Suggestion
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.services.procedure_index import ProcedureIndex

LIST_LENGTH = 30
NOT_GIVEN = "Không có thông tin"
"""What the national catalogue puts where an agency is not named."""


class Words:
    PROCEDURE = QT_TRANSLATE_NOOP("ProcedureBox", "&Thủ tục")
    NAME = QT_TRANSLATE_NOOP("ProcedureBox", "Thủ tục hành chính")
    HINT = QT_TRANSLATE_NOOP("ProcedureBox", "Gõ vài chữ, không cần dấu: khai sinh, chung thuc, 1.001193… rồi Enter")
    LIST = QT_TRANSLATE_NOOP("ProcedureBox", "Thủ tục tìm thấy")
    CASE = QT_TRANSLATE_NOOP("ProcedureBox", "Trường hợp")
    LIMIT = QT_TRANSLATE_NOOP("ProcedureBox", "Thời hạn: {limit}")
    ASSUMED = QT_TRANSLATE_NOOP("ProcedureBox", " (tạm tính, cần kiểm tra)")
    LOADING = QT_TRANSLATE_NOOP("ProcedureBox", "Đang mở thủ tục…")
    NONE = QT_TRANSLATE_NOOP("ProcedureBox", "Chưa chọn thủ tục.")
    NOT_FOUND = QT_TRANSLATE_NOOP(
        "ProcedureBox", "Không có thủ tục nào khớp. Hãy gõ từ khác, hoặc nhập thêm danh mục ở trang Cài đặt."
    )


def hit_line(hit: ProcedureHit) -> str:
    """A procedure as one line of the list."""
    return f"{hit.code}  ·  {hit.name}  ·  {hit.field_name}  ·  {limit_words(hit.limit).split(' (')[0]}"


class ProcedureBox(QFrame):
    """The search field, and below it the chosen procedure with its limit."""

    chosen = Signal(str)
    """A procedure's code, picked from the list."""
    case_changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._index: ProcedureIndex | None = None
        self._procedure: ProcedureView | None = None
        set_role(self, "card")
        self.search = line_edit(translate("ProcedureBox", Words.NAME), translate("ProcedureBox", Words.HINT))
        self.search.setClearButtonEnabled(True)
        self.list = PickList(self.search, translate("ProcedureBox", Words.LIST))
        self.case = QComboBox()
        self.case.setAccessibleName(translate("ProcedureBox", Words.CASE))
        self.case.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._title = QLabel(translate("ProcedureBox", Words.NONE))
        self._title.setWordWrap(True)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self._title, "section")
        self._facts = QLabel()
        self._facts.setWordWrap(True)
        self._facts.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self._facts, "hint")
        self._lay_out()
        self.search.textEdited.connect(self._offer)
        self.search.installEventFilter(self)
        self.list.picked.connect(self._picked)
        self.case.currentIndexChanged.connect(self._case_chosen)

    @property
    def procedure(self) -> ProcedureView | None:
        """The chosen procedure."""
        return self._procedure

    def case_name(self) -> str:
        """The chosen case, empty where there is only one."""
        return str(self.case.currentData() or "") if self._procedure is not None else ""

    def inputs(self) -> tuple[QWidget, ...]:
        """In the order of Tab."""
        return (self.search, self.case)

    def set_index(self, index: ProcedureIndex) -> None:
        """What the list searches."""
        self._index = index
        if self.search.hasFocus() and self.search.text():
            self._offer()

    def loading(self) -> None:
        """A procedure has been picked and is being read."""
        self._title.setText(translate("ProcedureBox", Words.LOADING))

    def show_procedure(self, procedure: ProcedureView | None, case: str = "") -> None:
        """Show the chosen procedure, None for none."""
        self._procedure = procedure
        self.case.blockSignals(True)
        self.case.clear()
        cases = procedure.cases() if procedure is not None else ()
        for name in cases:
            self.case.addItem(name, name)
        if case in cases:
            self.case.setCurrentIndex(cases.index(case))
        self.case.blockSignals(False)
        self._case_row.setVisible(bool(cases))
        self.list.offer(())
        if procedure is None:
            self.search.clear()
            self._title.setText(translate("ProcedureBox", Words.NONE))
            self._facts.setText("")
            return
        self.search.clear()
        self._title.setText(f"{procedure.code}  {procedure.name}")
        limit = translate("ProcedureBox", Words.LIMIT).format(limit=limit_words(procedure.limit))
        if procedure.limit_assumed:
            limit += translate("ProcedureBox", Words.ASSUMED)
        parts = (limit, procedure.field_name, procedure.agency)
        self._facts.setText("   ·   ".join(part for part in parts if part and part != NOT_GIVEN))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Down and not self.list.isVisible():
                self._offer()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
                return self._enter()
        return False

    def _enter(self) -> bool:
        """Enter picks the first one even when an input method still holds the last letters."""
        commit_preedit()
        if self.search.text().strip() and not self.list.isVisible():
            self._offer()
        return self.list.pick_current()

    def _offer(self) -> None:
        if self._index is None:
            return
        hits = self._index.search(self.search.text(), LIST_LENGTH)
        self.list.offer([Suggestion(hit_line(hit), hit) for hit in hits])
        if not hits:
            self._facts.setText(translate("ProcedureBox", Words.NOT_FOUND))

    def _picked(self, hit: object) -> None:
        if isinstance(hit, ProcedureHit):
            self.chosen.emit(hit.code)

    def _case_chosen(self) -> None:
        self.case_changed.emit(self.case_name())

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(label(translate("ProcedureBox", Words.PROCEDURE), self.search, 84))
        row.addWidget(self.search, 1)
        self._case_row = QWidget()
        case_row = QHBoxLayout(self._case_row)
        case_row.setContentsMargins(0, 0, 0, 0)
        case_row.addWidget(label(translate("ProcedureBox", Words.CASE), self.case, 84))
        case_row.addWidget(self.case, 1)
        self._case_row.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addWidget(self._title)
        layout.addWidget(self._facts)
        layout.addWidget(self._case_row)
