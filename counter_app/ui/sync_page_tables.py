"""The two tables of the sync page: what is on its way or stuck, and the runs that were."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from counter_app.services.outbox import OutboxRow, RunRow
from counter_app.ui.formatting import local_time
from counter_app.ui.sync_page_words import kind_words, said, state_words
from counter_app.ui.theme import tone_colours
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

ROW_HEIGHT = 34


class Words:
    """Captions of the tables."""

    DOSSIER = QT_TRANSLATE_NOOP("SyncTables", "Hồ sơ")
    WHAT = QT_TRANSLATE_NOOP("SyncTables", "Nội dung")
    STATE = QT_TRANSLATE_NOOP("SyncTables", "Trạng thái")
    SAID = QT_TRANSLATE_NOOP("SyncTables", "Lời của cổng, của đường truyền")
    TRIES = QT_TRANSLATE_NOOP("SyncTables", "Số lần")
    NEXT = QT_TRANSLATE_NOOP("SyncTables", "Gửi tiếp lúc")
    OUTBOX = QT_TRANSLATE_NOOP("SyncTables", "Tin chờ gửi và cần xử lý")
    STARTED = QT_TRANSLATE_NOOP("SyncTables", "Bắt đầu")
    ENDED = QT_TRANSLATE_NOOP("SyncTables", "Kết thúc")
    SENT = QT_TRANSLATE_NOOP("SyncTables", "Đã gửi")
    RECEIVED = QT_TRANSLATE_NOOP("SyncTables", "Đã nhận")
    FAILED = QT_TRANSLATE_NOOP("SyncTables", "Không được")
    ERROR = QT_TRANSLATE_NOOP("SyncTables", "Ghi chú")
    RUNS = QT_TRANSLATE_NOOP("SyncTables", "Các lần đồng bộ gần đây")


class PlainTable(QTableWidget):
    """A short read-only table, one row chosen at a time."""

    def __init__(self, name: str, heads: Sequence[str], widths: Sequence[int], stretch: int, parent: QWidget) -> None:
        super().__init__(0, len(heads), parent)
        self.setAccessibleName(name)
        self.setHorizontalHeaderLabels(list(heads))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setAlternatingRowColors(True)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width)
        header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)

    def put(self, row: int, column: int, text: str, tone: str = "") -> None:
        """Write one cell; the whole text is in its tool tip."""
        item = QTableWidgetItem(text)
        item.setToolTip(text)
        if tone not in ("", "neutral"):
            foreground, background = tone_colours(tone)
            item.setForeground(QBrush(foreground))
            item.setBackground(QBrush(background))
        self.setItem(row, column, item)


class OutboxTable(PlainTable):
    """Messages that are not done; those that need attention are on top."""

    chosen = Signal(object)
    """The OutboxRow, or None."""
    opened = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        heads = (Words.DOSSIER, Words.WHAT, Words.STATE, Words.SAID, Words.TRIES, Words.NEXT)
        super().__init__(_tr(Words.OUTBOX), [_tr(head) for head in heads], (180, 130, 120, 300, 70, 140), 3, parent)
        self._rows: list[OutboxRow] = []
        self.currentCellChanged.connect(self._moved)
        self.itemActivated.connect(self._open)

    def current(self) -> OutboxRow | None:
        """The chosen message."""
        row = self.currentRow()
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def show_rows(self, rows: Sequence[OutboxRow]) -> None:
        """Show these messages; the chosen one stays chosen."""
        before = self.current()
        with QSignalBlocker(self):
            self._rows = sorted(rows, key=_attention_first)
            self.setRowCount(len(self._rows))
            for place, row in enumerate(self._rows):
                self._fill(place, row)
            keys = [row.key for row in self._rows]
            place = keys.index(before.key) if before is not None and before.key in keys else 0
            self.setCurrentCell(place if keys else -1, 0)
        self.chosen.emit(self.current())

    def _fill(self, place: int, row: OutboxRow) -> None:
        state, tone = state_words(row)
        self.put(place, 0, row.dossier_code)
        self.put(place, 1, kind_words(row))
        self.put(place, 2, state, tone)
        self.put(place, 3, said(row))
        self.put(place, 4, str(row.attempts))
        self.put(place, 5, local_time(row.next_attempt_at) if row.state == "waiting" else "")

    @Slot()
    def _moved(self) -> None:
        self.chosen.emit(self.current())

    @Slot()
    def _open(self) -> None:
        row = self.current()
        if row is not None:
            self.opened.emit(row.dossier_code)


class RunsTable(PlainTable):
    """The newest runs of the syncer."""

    def __init__(self, parent: QWidget) -> None:
        heads = (Words.STARTED, Words.ENDED, Words.SENT, Words.RECEIVED, Words.FAILED, Words.ERROR)
        super().__init__(_tr(Words.RUNS), [_tr(head) for head in heads], (150, 150, 90, 90, 110, 300), 5, parent)

    def show_rows(self, rows: Sequence[RunRow]) -> None:
        """Show these runs, the newest first."""
        self.setRowCount(len(rows))
        for place, row in enumerate(rows):
            self.put(place, 0, local_time(row.started_at))
            self.put(place, 1, local_time(row.ended_at))
            self.put(place, 2, str(row.sent))
            self.put(place, 3, str(row.received))
            self.put(place, 4, str(row.failed), "late" if row.failed else "")
            self.put(place, 5, row.error)


def _attention_first(row: OutboxRow) -> bool:
    return row.state != "needs_attention"


def _tr(text: str) -> str:
    return translate("SyncTables", text)
