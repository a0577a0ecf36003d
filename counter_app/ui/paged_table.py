"""Tables that page through the database: ids and a small cache of rows, never all rows."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush, QFont, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from counter_app.ui.context import AppContext
from counter_app.ui.theme import tone_colours
from counter_app.ui.words import translate

PAGE_ROWS = 100
PAGES_KEPT = 32
WAITING_TEXT = "…"

Index = QModelIndex | QPersistentModelIndex
R = TypeVar("R")


@dataclass(frozen=True)  # no slots: typing of 3.11 cannot call the subscripted name of a frozen class with slots
class Column(Generic[R]):
    """A column: its heading, its text and tone for a row, and its first width in pixels."""

    key: str
    heading: str
    text: Callable[[R, datetime, Any], tuple[str, str]]
    width: int


@dataclass(frozen=True, slots=True)
class _Ids:
    generation: int
    ids: array[int]


@dataclass(frozen=True, slots=True)
class _Rows:
    generation: int
    page: int
    rows: Sequence[Any]


def _read_ids(generation: int, read: Callable[[], array[int]]) -> _Ids:
    return _Ids(generation, read())


def _read_rows(generation: int, page: int, read: Callable[[], Sequence[Any]]) -> _Rows:
    return _Rows(generation, page, read())


class PagedModel(QAbstractTableModel, Generic[R]):
    """Holds the ids of all rows and the newest pages of rows; asks for a page when one of its rows is painted.

    A generation number goes with each question, so that an answer to an older filter is dropped.
    """

    loaded = Signal(int)
    """The number of rows, after ids were read."""

    words: ClassVar[str] = ""
    """The translation context of the headings."""
    key_column: ClassVar[str] = ""
    """The column that names a row; it is shown in bold."""

    def __init__(self, context: AppContext, columns: Sequence[Column[R]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._columns = tuple(columns)
        self._ids: array[int] = array("q")
        self._pages: OrderedDict[int, Sequence[R]] = OrderedDict()
        self._stale: set[int] = set()
        self._wanted: list[int] = []
        self._in_flight: int | None = None
        self._generation = 0

    @property
    def columns(self) -> tuple[Column[R], ...]:
        """What the table shows, from left to right."""
        return self._columns

    def ids_reader(self) -> Callable[[], array[int]]:
        """How the ids are read, in the window's worker."""
        raise NotImplementedError

    def rows_reader(self, ids: tuple[int, ...]) -> Callable[[], Sequence[R]]:
        """How the rows of these ids are read, in the window's worker; one row an id, in their order."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Read the ids again; rows on the screen stay until the new ones are there."""
        self._generation += 1
        self._in_flight = None
        self._wanted.clear()
        self._context.executor.submit(
            partial(_read_ids, self._generation, self.ids_reader()), self._take_ids, self._fail
        )

    def row_at(self, row: int) -> R | None:
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
        """The id of what is in that row."""
        return self._ids[row] if 0 <= row < len(self._ids) else None

    def row_of(self, row_id: int) -> int:
        """The row of an id, -1 when it is not shown."""
        try:
            return self._ids.index(row_id)
        except ValueError:
            return -1

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return translate(self.words, self._columns[section].heading)
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
            return _bold() if column.key == self.key_column or tone == "late" else None
        return text

    def repaint(self) -> None:
        """Show the rows anew, as they were read."""
        if self._ids:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._ids) - 1, len(self._columns) - 1))

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
            partial(_read_rows, self._generation, page, self.rows_reader(ids)), self._take_rows, self._fail
        )

    def _take_ids(self, answer: _Ids) -> None:
        if answer.generation != self._generation:
            return
        if answer.ids == self._ids:
            self._stale = set(self._pages)
            self.repaint()
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

    def _fail(self, error: Exception) -> None:
        self._in_flight = None
        self._wanted.clear()
        self._context.show_error(error)


def _bold() -> QFont:
    font = QFont()
    font.setBold(True)
    return font


class PagedTable(QTableView, Generic[R]):
    """The view: Enter or a double click opens the row; the chosen row stays chosen over a refresh."""

    row_opened = Signal(object)
    """The row that Enter or a double click fell on."""

    def __init__(
        self, model: PagedModel[R], name: str, *, stretch: str, row_height: int = 36, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._chosen: int | None = None
        self.setModel(model)
        self.setAccessibleName(name)
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
        vertical.setDefaultSectionSize(row_height)
        self._lay_columns(stretch)
        self.doubleClicked.connect(self._open_index)
        model.modelAboutToBeReset.connect(self._remember)
        model.modelReset.connect(self._choose_again)

    def current_row(self) -> R | None:
        """The chosen row."""
        return self._model.row_at(self.currentIndex().row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open_index(self.currentIndex())
            return
        super().keyPressEvent(event)

    def _lay_columns(self, stretch: str) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for place, column in enumerate(self._model.columns):
            self.setColumnWidth(place, column.width)
            if column.key == stretch:
                header.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)

    def _open_index(self, index: QModelIndex) -> None:
        row = self._model.row_at(index.row())
        if row is not None:
            self.row_opened.emit(row)

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
