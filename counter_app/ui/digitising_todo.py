"""What must be scanned and is not: a list to work off, the oldest first."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from counter_app.services.digitising_todo import TodoRow, todo_counts, todo_ids, todo_rows
from counter_app.ui.context import AppContext
from counter_app.ui.digitising_dialogs import PagesDialog, TreatmentDialog
from counter_app.ui.digitising_offer import OfferLine
from counter_app.ui.digitising_reuse import PaperPlace, ReuseDialog
from counter_app.ui.marking_table import MarkedModel, MarkingTable
from counter_app.ui.page import nfc
from counter_app.ui.paged_table import Column
from counter_app.ui.queue_page_columns import short_time
from counter_app.ui.scan_sheets_button import ReadOrder, SheetOrder, SheetsButton
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.services.desk import DeskContext

SEARCH_DELAY_MS = 150


class Words:
    """What the panel says."""

    TABLE = QT_TRANSLATE_NOOP("DigitisingTodo", "Giấy tờ phải quét mà chưa quét, lâu nhất trước")
    GROUP = QT_TRANSLATE_NOOP("DigitisingTodo", "&Loại")
    ALL = QT_TRANSLATE_NOOP("DigitisingTodo", "Tất cả ({count})")
    COMPONENTS = QT_TRANSLATE_NOOP("DigitisingTodo", "Thành phần hồ sơ chưa quét ({count})")
    RESULTS = QT_TRANSLATE_NOOP("DigitisingTodo", "Kết quả chưa quét ({count})")
    WRONG = QT_TRANSLATE_NOOP("DigitisingTodo", "Đã quét nhưng chưa đúng ({count})")
    TEXT = QT_TRANSLATE_NOOP("DigitisingTodo", "Lọ&c")
    TEXT_HINT = QT_TRANSLATE_NOOP("DigitisingTodo", "Tên, mã hồ sơ, số định danh (Ctrl+F)")
    DOSSIER = QT_TRANSLATE_NOOP("DigitisingTodo", "Mã hồ sơ")
    APPLICANT = QT_TRANSLATE_NOOP("DigitisingTodo", "Chủ hồ sơ")
    PAPER = QT_TRANSLATE_NOOP("DigitisingTodo", "Giấy tờ")
    TROUBLE = QT_TRANSLATE_NOOP("DigitisingTodo", "Việc cần làm")
    SINCE = QT_TRANSLATE_NOOP("DigitisingTodo", "Từ lúc")
    CLERK = QT_TRANSLATE_NOOP("DigitisingTodo", "Người tiếp nhận")
    RESULT = QT_TRANSLATE_NOOP("DigitisingTodo", "Kết quả: {name}")
    MISSING = QT_TRANSLATE_NOOP("DigitisingTodo", "○ chưa quét")
    IMAGES = QT_TRANSLATE_NOOP("DigitisingTodo", "✗ sai số trang")
    COARSE = QT_TRANSLATE_NOOP("DigitisingTodo", "✗ dưới 200 dpi")
    GRAY = QT_TRANSLATE_NOOP("DigitisingTodo", "✗ không có màu")
    UNREADABLE = QT_TRANSLATE_NOOP("DigitisingTodo", "✗ tệp không mở được")
    IN_WORK = QT_TRANSLATE_NOOP("DigitisingTodo", "… đang xử lý bản quét")
    DETAIL = QT_TRANSLATE_NOOP("DigitisingTodo", "{code}. {name} · {procedure}")
    NOTHING = QT_TRANSLATE_NOOP("DigitisingTodo", "Không còn giấy tờ nào phải quét trong danh sách này.")
    SCAN = QT_TRANSLATE_NOOP("DigitisingTodo", "Quét (Enter)")
    REUSE = QT_TRANSLATE_NOOP("DigitisingTodo", "Dùng lại giấy cũ… (Ctrl+D)")
    TREAT = QT_TRANSLATE_NOOP("DigitisingTodo", "Không quét… (Ctrl+L)")
    PAGES = QT_TRANSLATE_NOOP("DigitisingTodo", "Số t&rang…")
    OPEN = QT_TRANSLATE_NOOP("DigitisingTodo", "&Mở hồ sơ")
    SHEETS_HINT = QT_TRANSLATE_NOOP(
        "DigitisingTodo",
        "In tờ ngăn hoặc nhãn QR cho các giấy tờ đã đánh dấu (phím cách, Ctrl+A); chưa đánh dấu: cho hồ sơ đang chọn.",
    )


GROUPS = {"all": Words.ALL, "component": Words.COMPONENTS, "result": Words.RESULTS, "wrong": Words.WRONG}
TROUBLES = {
    "missing": (Words.MISSING, "soon"),
    "images": (Words.IMAGES, "late"),
    "unreadable": (Words.UNREADABLE, "late"),
    "coarse": (Words.COARSE, "late"),
    "gray": (Words.GRAY, "late"),
    "in_work": (Words.IN_WORK, "neutral"),
}


def paper_name(row: TodoRow) -> str:
    """The paper as the list names it."""
    return _tr(Words.RESULT).format(name=row.name) if row.result else row.name


def _since(row: TodoRow, now: datetime, _calendar: Any) -> tuple[str, str]:
    return short_time(row.since, now), ""


def _trouble(row: TodoRow, _now: datetime, _calendar: Any) -> tuple[str, str]:
    words, tone = TROUBLES[row.trouble]
    return _tr(words), tone


COLUMNS: tuple[Column[TodoRow], ...] = (
    Column("code", Words.DOSSIER, lambda row, _now, _calendar: (row.dossier_code, ""), 176),
    Column("applicant", Words.APPLICANT, lambda row, _now, _calendar: (row.applicant_name, ""), 186),
    Column("paper", Words.PAPER, lambda row, _now, _calendar: (paper_name(row), ""), 300),
    Column("trouble", Words.TROUBLE, _trouble, 184),
    Column("since", Words.SINCE, _since, 112),
    Column("clerk", Words.CLERK, lambda row, _now, _calendar: (row.clerk, ""), 156),
)


class TodoModel(MarkedModel[TodoRow]):
    """The papers of a group, narrowed by what was typed; marked ones get separators together."""

    words = "DigitisingTodo"
    key_column = "code"

    def __init__(self, context: AppContext, parent: QWidget) -> None:
        super().__init__(context, COLUMNS, parent)
        self.group = "all"
        self.typed = ""

    def ids_reader(self) -> Callable[[], array[int]]:
        return partial(todo_ids, self._context.desk, self.group, self.typed)

    def rows_reader(self, ids: tuple[int, ...]) -> Callable[[], Sequence[TodoRow]]:
        return partial(todo_rows, self._context.desk, ids)


class TodoPanel(QWidget):
    """The list with what can be done about a paper; Enter scans it."""

    scan_requested = Signal(str, str, str)
    """Dossier, component and result ("" for the one that it is not)."""

    def __init__(self, context: AppContext, parent: QWidget) -> None:
        super().__init__(parent)
        self.context = context
        self.dialog: QDialog | None = None
        self.model = TodoModel(context, self)
        self.table = MarkingTable(self.model, _tr(Words.TABLE), stretch="paper", parent=self)
        self.detail = QLabel(self)
        self.detail.setWordWrap(True)
        set_role(self.detail, "hint")
        self.offer = OfferLine(context, self, has_key=False)
        self.offer.clicked.connect(self.reuse)
        self._build_filters()
        self._build_buttons()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self.filters)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.detail)
        layout.addWidget(self.offer)
        layout.addLayout(self.row)
        self.delay = QTimer(self)
        self.delay.setSingleShot(True)
        self.delay.setInterval(SEARCH_DELAY_MS)
        self.delay.timeout.connect(self.refresh)
        self.table.row_opened.connect(self._scan_row)
        self.table.chosen.connect(self._row_chosen)
        self._row_chosen()

    @Slot()
    def refresh(self) -> None:
        """Read the list and its numbers again."""
        self.delay.stop()
        self.model.group = str(self.group.currentData())
        self.model.typed = nfc(self.text.text())
        self.model.refresh()
        self.context.executor.submit(partial(todo_counts, self.context.desk), self._take_counts)

    def take_focus(self) -> None:
        """To the list."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def look_for(self) -> None:
        """To the filter."""
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.text.selectAll()

    @Slot()
    def scan(self) -> None:
        """Ask for the scan of the chosen paper."""
        row = self.table.current_row()
        if row is not None:
            self._scan_row(row)

    @Slot()
    def reuse(self) -> None:
        """Offer what the applicant gave before."""
        place = self._place()
        if place is not None:
            self.dialog = ReuseDialog(self.context, place, self)
            self.dialog.open()

    @Slot()
    def treat(self) -> None:
        """Say that the chosen paper is treated otherwise in this dossier."""
        self._open(TreatmentDialog)

    @Slot()
    def count_pages(self) -> None:
        """Say how many pages the chosen paper has."""
        self._open(PagesDialog)

    @Slot()
    def open_dossier(self) -> None:
        """Show the dossier of the chosen paper."""
        row = self.table.current_row()
        if row is not None:
            self.context.open_dossier.emit(row.dossier_code)

    def _build_filters(self) -> None:
        self.group = QComboBox(self)
        for group in GROUPS:
            self.group.addItem("", group)
        self._show_counts({})
        self.group.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.group.currentIndexChanged.connect(self.refresh)
        self.text = QLineEdit(self)
        self.text.setPlaceholderText(_tr(Words.TEXT_HINT))
        self.text.setClearButtonEnabled(True)
        self.text.textChanged.connect(self._typed)
        self.text.returnPressed.connect(self._typed_out)
        self.filters = QHBoxLayout()
        for words, field, stretch in ((Words.GROUP, self.group, 0), (Words.TEXT, self.text, 1)):
            caption = QLabel(_tr(words), self)
            caption.setBuddy(field)
            field.setAccessibleName(caption.text().replace("&", ""))
            self.filters.addWidget(caption)
            self.filters.addWidget(field, stretch)
        self.sheets = SheetsButton(self.context, self._sheets_wanted, self)
        self.sheets.setToolTip(_tr(Words.SHEETS_HINT))
        self.filters.addWidget(self.sheets)

    def _build_buttons(self) -> None:
        self.row = QHBoxLayout()
        self.buttons = []
        for words, slot, keys in (
            (Words.SCAN, self.scan, ""),
            (Words.REUSE, self.reuse, "Ctrl+D"),
            (Words.TREAT, self.treat, "Ctrl+L"),
            (Words.PAGES, self.count_pages, ""),
            (Words.OPEN, self.open_dossier, ""),
        ):
            if words is Words.OPEN:
                self.row.addStretch(1)
            button = QPushButton(_tr(words), self)
            button.setAccessibleName(button.text().replace("&", ""))
            if keys:
                button.setShortcut(keys)
            button.clicked.connect(slot)
            self.buttons.append(button)
            self.row.addWidget(button)
        set_role(self.buttons[0], "primary")

    def _take_counts(self, numbers: dict[str, int]) -> None:
        self._show_counts(numbers)

    def _show_counts(self, numbers: dict[str, int]) -> None:
        for place, (group, words) in enumerate(GROUPS.items()):
            self.group.setItemText(place, _tr(words).format(count=numbers.get(group, "…")))

    @Slot(str)
    def _typed(self, _text: str) -> None:
        self.delay.start()

    @Slot()
    def _typed_out(self) -> None:
        self.refresh()
        self.take_focus()

    @Slot(object)
    def _scan_row(self, row: TodoRow) -> None:
        self.scan_requested.emit(row.dossier_code, row.component, row.result)

    @Slot()
    def _row_chosen(self) -> None:
        row = self.table.current_row()
        for button in self.buttons:
            button.setEnabled(row is not None)
        self.buttons[1].setEnabled(row is not None and bool(row.component))
        self.sheets.setEnabled(row is not None)
        self.offer.look(self._place())
        if row is not None:
            words = _tr(Words.DETAIL)
            self.detail.setText(words.format(code=row.code, name=row.name, procedure=row.procedure_name))
        else:
            self.detail.setText("" if self.model.rowCount() else _tr(Words.NOTHING))

    def _place(self) -> PaperPlace | None:
        """The chosen component; a result is not used again."""
        row = self.table.current_row()
        if row is None or not row.component:
            return None
        return PaperPlace(row.dossier_code, row.applicant_name, row.component)

    def _sheets_wanted(self) -> ReadOrder | None:
        """The marked papers, else the dossier of the chosen one."""
        ids = self.table.chosen_ids()
        return partial(_order, ids, bool(self.model.marked())) if ids else None

    def _open(self, kind: Callable[[AppContext, TodoRow, QWidget], QDialog]) -> None:
        row = self.table.current_row()
        if row is not None:
            self.dialog = kind(self.context, row, self)
            self.dialog.open()


def _order(ids: tuple[int, ...], by_paper: bool, desk: DeskContext) -> SheetOrder:
    papers: dict[str, list[str]] = {}
    for row in todo_rows(desk, ids):
        papers.setdefault(row.dossier_code, []).append(row.code)
    return SheetOrder(tuple(papers), {code: tuple(of_one) for code, of_one in papers.items()}, by_paper)


def _tr(text: str) -> str:
    return translate("DigitisingTodo", text)
