"""The differences with the portal as a table: what differs, both sides, how it stands."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from counter_app.services.reconcile import DifferenceState
from counter_app.services.reconcile_list import DifferenceRow, Shown, difference_ids, differences
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import local_time
from counter_app.ui.paged_table import Column, PagedModel
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """Captions and states."""

    DOSSIER = QT_TRANSLATE_NOOP("ReconcileTable", "Hồ sơ")
    WHAT = QT_TRANSLATE_NOOP("ReconcileTable", "Sai lệch")
    OURS = QT_TRANSLATE_NOOP("ReconcileTable", "Ở quầy")
    THEIRS = QT_TRANSLATE_NOOP("ReconcileTable", "Trên cổng")
    STATE = QT_TRANSLATE_NOOP("ReconcileTable", "Trạng thái")
    FOUND = QT_TRANSLATE_NOOP("ReconcileTable", "Tìm thấy lúc")
    DECIDE = QT_TRANSLATE_NOOP("ReconcileTable", "! cần quyết định")
    OPEN = QT_TRANSLATE_NOOP("ReconcileTable", "≠ chưa xử lý")
    IN_HAND = QT_TRANSLATE_NOOP("ReconcileTable", "… đang sửa")
    EQUAL_NOW = QT_TRANSLATE_NOOP("ReconcileTable", "✓ đã khớp")
    LEFT = QT_TRANSLATE_NOOP("ReconcileTable", "– đã chấp nhận")


STATES = {
    DifferenceState.OPEN: (Words.OPEN, "soon"),
    DifferenceState.MENDING: (Words.IN_HAND, "paused"),
    DifferenceState.MENDED: (Words.EQUAL_NOW, "good"),
    DifferenceState.ACCEPTED: (Words.LEFT, "neutral"),
}


def _dossier(row: DifferenceRow, _now: datetime, _calendar: Any) -> tuple[str, str]:
    return row.dossier_code, ""


def _what(row: DifferenceRow, _now: datetime, _calendar: Any) -> tuple[str, str]:
    return row.label, ""


def _ours(row: DifferenceRow, _now: datetime, _calendar: Any) -> tuple[str, str]:
    return row.ours, ""


def _theirs(row: DifferenceRow, _now: datetime, _calendar: Any) -> tuple[str, str]:
    return row.theirs, ""


def _state(row: DifferenceRow, _now: datetime, _calendar: Any) -> tuple[str, str]:
    if row.state is DifferenceState.OPEN and not row.mendable:
        return _tr(Words.DECIDE), "late"
    words, tone = STATES[row.state]
    return _tr(words), tone


def _found(row: DifferenceRow, _now: datetime, _calendar: Any) -> tuple[str, str]:
    return local_time(row.found_at), ""


COLUMNS: tuple[Column[DifferenceRow], ...] = (
    Column("dossier", Words.DOSSIER, _dossier, 176),
    Column("what", Words.WHAT, _what, 190),
    Column("ours", Words.OURS, _ours, 220),
    Column("theirs", Words.THEIRS, _theirs, 220),
    Column("state", Words.STATE, _state, 140),
    Column("found", Words.FOUND, _found, 152),
)


class DifferencesModel(PagedModel[DifferenceRow]):
    """The differences as the choice above the table has them."""

    words: ClassVar[str] = "ReconcileTable"
    key_column: ClassVar[str] = "dossier"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, COLUMNS, parent)
        self.shown = Shown.LIVE

    def ids_reader(self) -> Callable[[], array[int]]:
        return partial(difference_ids, self._context.desk, self.shown)

    def rows_reader(self, ids: tuple[int, ...]) -> Callable[[], Sequence[DifferenceRow]]:
        return partial(differences, self._context.desk, ids)


def _tr(text: str) -> str:
    return translate("ReconcileTable", text)
