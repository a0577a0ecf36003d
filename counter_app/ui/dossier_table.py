"""A table of dossiers that pages through the database: ids and a small cache of rows, never all rows."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush, QFont, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from counter_app.services.values import QueueFilter, QueueRow
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import due_words, local_time, portal_words, status_label, status_tone
from counter_app.ui.theme import tone_colours
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

PAGE_ROWS = 100
PAGES_KEPT = 32
WAITING_TEXT = "…"

Index = QModelIndex | QPersistentModelIndex


class Words:
    CODE = QT_TRANSLATE_NOOP("DossierTable", "Mã hồ sơ")
    APPLICANT = QT_TRANSLATE_NOOP("DossierTable", "Chủ hồ sơ")
    PROCEDURE = QT_TRANSLATE_NOOP("DossierTable", "Thủ tục")
    RECEIVED = QT_TRANSLATE_NOOP("DossierTable", "Tiếp nhận")
    DUE = QT_TRANSLATE_NOOP("DossierTable", "Hạn trả")
    LEFT = QT_TRANSLATE_NOOP("DossierTable", "Thời hạn")
    STATUS = QT_TRANSLATE_NOOP("DossierTable", "Trạng thái")
    PORTAL = QT_TRANSLATE_NOOP("DossierTable", "Cổng")
    UNIT = QT_TRANSLATE_NOOP("DossierTable", "Đơn vị xử lý")
    TABLE = QT_TRANSLATE_NOOP("DossierTable", "Danh sách hồ sơ")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its text and tone for a row, and its first width in pixels."""

    key: str
    heading: str
    text: Callable[[QueueRow, datetime, Any], tuple[str, str]]
    width: int


def _plain(attribute: str) -> Callable[[QueueRow, datetime, Any], tuple[str, str]]:
    def text(row: QueueRow, _now: datetime, _calendar: Any) -> tuple[str, str]:
        return str(getattr(row, attribute)), ""

    return text


def _moment(attribute: str) -> Callable[[QueueRow, datetime, Any], tuple[str, str]]:
    def text(row: QueueRow, _now: datetime, _calendar: Any) -> tuple[str, str]:
        return local_time(getattr(row, attribute)), ""

    return text


def _status(row: QueueRow, _now: datetime, _calendar: Any) -> tuple[str, str]:
    return status_label(row.status), status_tone(row.status)


def _portal(row: QueueRow, _now: datetime, _calendar: Any) -> tuple[str, str]:
    return portal_words(row.portal_state)


COLUMNS = (
    Column("code", Words.CODE, _plain("code"), 178),
    Column("applicant", Words.APPLICANT, _plain("applicant_name"), 180),
    Column("procedure", Words.PROCEDURE, _plain("procedure_name"), 250),
    Column("received", Words.RECEIVED, _moment("received_at"), 136),
    Column("due", Words.DUE, _moment("due"), 136),
    Column("left", Words.LEFT, due_words, 150),
    Column("status", Words.STATUS, _status, 140),
    Column("portal", Words.PORTAL, _portal, 140),
)
"""What a table of dossiers shows; a page may give its own choice to the model."""

UNIT_COLUMN = Column("unit", Words.UNIT, _plain("unit"), 150)


@dataclass(frozen=True, slots=True)
class _Ids:
    generation: int
    ids: array[int]


@dataclass(frozen=True, slots=True)
class _Rows:
    generation: int
    page: int
    rows: tuple[QueueRow, ...]


def _read_ids(desk: Any, generation: int, queue_filter: QueueFilter) -> _Ids:
    from counter_app.services.reading import queue_ids

    return _Ids(generation, queue_ids(desk, queue_filter))


def _read_rows(desk: Any, generation: int, page: int, ids: tuple[int, ...]) -> _Rows:
    from counter_app.services.reading import queue_rows

    return _Rows(generation, page, tuple(queue_rows(desk, ids)))


class DossierTableModel(QAbstractTableModel):
    """Holds the ids of all rows and the newest pages of rows; asks for a page when one of its rows is painted.

    A generation number goes with each question, so that an answer to an older filter is dropped.
    """

    loaded = Signal(int)
    """The number of rows, after ids were read."""

    def __init__(self, context: AppContext, columns: tuple[Column, ...] = COLUMNS, parent: QWidget | None = None):
        super().__init__(parent)
        self._context = context
        self._columns = columns
        self._filter = QueueFilter()
        self._ids: array[int] = array("q")
        self._pages: OrderedDict[int, tuple[QueueRow, ...]] = OrderedDict()
        self._stale: set[int] = set()
        self._wanted: list[int] = []
        self._in_flight: int | None = None
        self._generation = 0
        context.calendar_read.connect(self._repaint)

    @property
    def queue_filter(self) -> QueueFilter:
        return self._filter

    def set_filter(self, queue_filter: QueueFilter) -> None:
        """Show what ``queue_filter`` names (sorted and filtered by the database)."""
        self._filter = queue_filter
        self.refresh()

    def refresh(self) -> None:
        """Read the ids again; rows on the screen stay until the new ones are there."""
        self._generation += 1
        self._in_flight = None
        self._wanted.clear()
        asked = self._filter if self._filter.as_of else replace(self._filter, as_of=self._context.desk.clock())
        self._context.executor.submit(
            partial(_read_ids, self._context.desk, self._generation, asked), self._take_ids, self._fail
        )

    def row_at(self, row: int) -> QueueRow | None:
        """The row, None while it is not read yet (it is asked for)."""
        if not 0 <= row < len(self._ids):
            return None
        page, place = divmod(row, PAGE_ROWS)
        rows = self._pages.get(page)
        if rows is None or page in self._stale:
            self._want(page)
        if rows is None or place >= len(rows):
            return None
        self._pages.move_to_end(page)
        return rows[place]

    def id_at(self, row: int) -> int | None:
        """The dossier's id in that row."""
        return self._ids[row] if 0 <= row < len(self._ids) else None

    def row_of(self, dossier_id: int) -> int:
        """The row of a dossier, -1 when it is not shown."""
        try:
            return self._ids.index(dossier_id)
        except ValueError:
            return -1

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return translate("DossierTable", self._columns[section].heading)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        shown = (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.ForegroundRole,
            Qt.ItemDataRole.BackgroundRole,
            Qt.ItemDataRole.FontRole,
            Qt.ItemDataRole.AccessibleTextRole,
        )
        if role not in shown or not index.isValid():
            return None
        row = self.row_at(index.row())
        if row is None:
            return WAITING_TEXT if role == Qt.ItemDataRole.DisplayRole else None
        column = self._columns[index.column()]
        text, tone = column.text(row, self._context.desk.clock(), self._context.calendar)
        if role == Qt.ItemDataRole.ForegroundRole:
            return QBrush(tone_colours(tone)[0]) if tone not in ("", "neutral") else None
        if role == Qt.ItemDataRole.BackgroundRole:
            return QBrush(tone_colours(tone)[1]) if tone not in ("", "neutral") else None
        if role == Qt.ItemDataRole.FontRole:
            return _bold() if column.key == "code" or tone == "late" else None
        return text

    def _want(self, page: int) -> None:
        if page != self._in_flight and page not in self._wanted:
            self._wanted.append(page)
            # Scrolled past: only what is near the screen is worth reading.
            del self._wanted[:-4]
        self._ask()

    def _ask(self) -> None:
        if self._in_flight is not None or not self._wanted:
            return
        page = self._wanted.pop()
        ids = tuple(self._ids[page * PAGE_ROWS : (page + 1) * PAGE_ROWS])
        if not ids:
            return
        self._in_flight = page
        self._context.executor.submit(
            partial(_read_rows, self._context.desk, self._generation, page, ids), self._take_rows, self._fail
        )

    def _take_ids(self, answer: _Ids) -> None:
        if answer.generation != self._generation:
            return
        if answer.ids == self._ids:
            self._stale = set(self._pages)
            self._repaint()
        else:
            self.beginResetModel()
            # Rows asked for in the meantime belong to the old ids.
            self._generation += 1
            self._in_flight = None
            self._wanted.clear()
            self._ids = answer.ids
            self._pages.clear()
            self._stale.clear()
            self.endResetModel()
            if self._ids:
                # Before whatever a listener of ``loaded`` asks for: the first rows come first.
                self._want(0)
        self.loaded.emit(len(self._ids))

    def _take_rows(self, answer: _Rows) -> None:
        if answer.generation != self._generation:
            return
        self._in_flight = None
        self._pages[answer.page] = answer.rows
        self._stale.discard(answer.page)
        while len(self._pages) > PAGES_KEPT:
            self._pages.popitem(last=False)
        first = answer.page * PAGE_ROWS
        if answer.rows:
            last = first + len(answer.rows) - 1
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self._columns) - 1))
        self._ask()

    def _repaint(self) -> None:
        if self._ids:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._ids) - 1, len(self._columns) - 1))

    def _fail(self, error: Exception) -> None:
        self._in_flight = None
        self._wanted.clear()
        self._context.show_error(error)


def _bold() -> QFont:
    font = QFont()
    font.setBold(True)
    return font


class DossierTable(QTableView):
    """The view: Enter or a double click opens the dossier; the chosen dossier stays chosen over a refresh."""

    opened = Signal(str)

    def __init__(self, model: DossierTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._chosen: int | None = None
        self.setModel(model)
        self.setAccessibleName(translate("DossierTable", Words.TABLE))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        vertical = self.verticalHeader()
        vertical.hide()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setDefaultSectionSize(36)
        self._lay_columns()
        self.doubleClicked.connect(self._open_index)
        model.modelAboutToBeReset.connect(self._remember)
        model.modelReset.connect(self._choose_again)

    def current_row(self) -> QueueRow | None:
        """The chosen row."""
        return self._model.row_at(self.currentIndex().row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open_index(self.currentIndex())
            return
        super().keyPressEvent(event)

    def _lay_columns(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for place, column in enumerate(self._model._columns):
            self.setColumnWidth(place, column.width)
            if column.key == "procedure":
                header.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)

    def _open_index(self, index: QModelIndex) -> None:
        row = self._model.row_at(index.row())
        if row is not None:
            self.opened.emit(row.code)

    def _remember(self) -> None:
        self._chosen = self._model.id_at(self.currentIndex().row())

    def _choose_again(self) -> None:
        if self._chosen is None:
            return
        row = self._model.row_of(self._chosen)
        if row >= 0:
            index = self._model.index(row, 0)
            self.selectionModel().setCurrentIndex(
                index, QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            )
