"""The table of older results."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from counter_app.services.backlog import OldResultView, old_ids, old_rows
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import local_date
from counter_app.ui.paged_table import Column, PagedModel
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """Headings and cells."""

    CODE = QT_TRANSLATE_NOOP("BacklogTable", "Mã")
    NUMBER = QT_TRANSLATE_NOOP("BacklogTable", "Số")
    ISSUED_ON = QT_TRANSLATE_NOOP("BacklogTable", "Ngày cấp")
    OWNER = QT_TRANSLATE_NOOP("BacklogTable", "Chủ sở hữu")
    KIND = QT_TRANSLATE_NOOP("BacklogTable", "Loại")
    SCAN = QT_TRANSLATE_NOOP("BacklogTable", "Bản quét")
    SCANNED = QT_TRANSLATE_NOOP("BacklogTable", "✓ {pages} trang")
    NOT_SCANNED = QT_TRANSLATE_NOOP("BacklogTable", "○ chưa quét")


def _scan(row: OldResultView, _now: datetime, _calendar: Any) -> tuple[str, str]:
    return (_tr(Words.SCANNED).format(pages=row.pages), "good") if row.sha256 else (_tr(Words.NOT_SCANNED), "soon")


COLUMNS: tuple[Column[OldResultView], ...] = (
    Column("code", Words.CODE, lambda row, _now, _calendar: (row.code, ""), 196),
    Column("number", Words.NUMBER, lambda row, _now, _calendar: (row.entry.number, ""), 116),
    Column("issued_on", Words.ISSUED_ON, lambda row, _now, _calendar: (local_date(row.entry.issued_on), ""), 108),
    Column("owner", Words.OWNER, lambda row, _now, _calendar: (row.entry.owner, ""), 220),
    Column("kind", Words.KIND, lambda row, _now, _calendar: (row.entry.kind, ""), 240),
    Column("scan", Words.SCAN, _scan, 120),
)


class OldResultModel(PagedModel[OldResultView]):
    """The results of a batch."""

    words = "BacklogTable"
    key_column = "code"

    def __init__(self, context: AppContext, parent: QWidget) -> None:
        super().__init__(context, COLUMNS, parent)
        self.batch_id = 0
        self.missing = False
        self.typed = ""

    def ids_reader(self) -> Callable[[], array[int]]:
        return partial(old_ids, self._context.desk, self.batch_id, missing=self.missing, typed=self.typed)

    def rows_reader(self, ids: tuple[int, ...]) -> Callable[[], Sequence[OldResultView]]:
        return partial(old_rows, self._context.desk, ids)


def _tr(text: str) -> str:
    return translate("BacklogTable", text)
