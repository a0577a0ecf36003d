"""A table of dossiers, paged through the database."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from counter_app.services.values import QueueFilter, QueueRow
from counter_app.ui import paged_table
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import due_words, local_time, portal_words, status_label, status_tone
from counter_app.ui.paged_table import PagedModel, PagedTable
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

Column = paged_table.Column[QueueRow]


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
    Column("left", Words.LEFT, due_words, 210),
    Column("status", Words.STATUS, _status, 140),
    Column("portal", Words.PORTAL, _portal, 140),
)
"""What a table of dossiers shows; a page may give its own choice to the model."""

UNIT_COLUMN = Column("unit", Words.UNIT, _plain("unit"), 150)


def _read_ids(desk: Any, queue_filter: QueueFilter) -> array[int]:
    from counter_app.services.reading import queue_ids

    return queue_ids(desk, queue_filter)


def _read_rows(desk: Any, ids: tuple[int, ...]) -> Sequence[QueueRow]:
    from counter_app.services.reading import queue_rows

    return tuple(queue_rows(desk, ids))


class DossierTableModel(PagedModel[QueueRow]):
    """The dossiers that a filter names, sorted and filtered by the database."""

    words: ClassVar[str] = "DossierTable"
    key_column: ClassVar[str] = "code"

    def __init__(self, context: AppContext, columns: tuple[Column, ...] = COLUMNS, parent: QWidget | None = None):
        super().__init__(context, columns, parent)
        self._filter = QueueFilter()
        context.calendar_read.connect(self.repaint)

    @property
    def queue_filter(self) -> QueueFilter:
        return self._filter

    def set_filter(self, queue_filter: QueueFilter) -> None:
        """Show what ``queue_filter`` names."""
        self._filter = queue_filter
        self.refresh()

    def ids_reader(self) -> Callable[[], array[int]]:
        asked = self._filter if self._filter.as_of else replace(self._filter, as_of=self._context.desk.clock())
        return partial(_read_ids, self._context.desk, asked)

    def rows_reader(self, ids: tuple[int, ...]) -> Callable[[], Sequence[QueueRow]]:
        return partial(_read_rows, self._context.desk, ids)


class DossierTable(PagedTable[QueueRow]):
    """Enter or a double click opens the dossier."""

    opened = Signal(str)

    def __init__(self, model: DossierTableModel, parent: QWidget | None = None) -> None:
        super().__init__(model, translate("DossierTable", Words.TABLE), stretch="procedure", parent=parent)
        self.row_opened.connect(self._tell_code)

    def _tell_code(self, row: QueueRow) -> None:
        self.opened.emit(row.code)
