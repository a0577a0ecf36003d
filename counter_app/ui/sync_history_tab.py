"""The history of the sync: a line a day, which opens to its passes; older ones are read when they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import QHeaderView, QLabel, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from counter_app.services import sync_history
from counter_app.services.desk import DeskContext
from counter_app.services.sync_history import DayPage, DayRow, RunRow
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import WEEKDAYS, local, local_date
from counter_app.ui.sync_numbers import count_words, span_words
from counter_app.ui.theme import set_role, tone_colours
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

LATE_SILENCE_MINUTES = 60
"""A day without the portal for so long stands out."""


class Words:
    """Captions and lines."""

    DAY = QT_TRANSLATE_NOOP("SyncHistory", "Ngày, giờ")
    PASSES = QT_TRANSLATE_NOOP("SyncHistory", "Số lượt")
    SENT = QT_TRANSLATE_NOOP("SyncHistory", "Đã gửi")
    RECEIVED = QT_TRANSLATE_NOOP("SyncHistory", "Đã nhận")
    FAILED = QT_TRANSLATE_NOOP("SyncHistory", "Bị từ chối")
    SILENCE = QT_TRANSLATE_NOOP("SyncHistory", "Mất liên lạc lâu nhất")
    NOTES = QT_TRANSLATE_NOOP("SyncHistory", "Ghi chú")
    TABLE = QT_TRANSLATE_NOOP("SyncHistory", "Lịch sử đồng bộ theo ngày")
    HINT = QT_TRANSLATE_NOOP(
        "SyncHistory",
        "Mỗi dòng một ngày; mũi tên phải (→) mở các lượt của ngày. Lượt không có gì để gửi hay nhận thì không ghi.",
    )
    NOTHING = QT_TRANSLATE_NOOP("SyncHistory", "Chưa có lượt đồng bộ nào gửi hay nhận được gì.")
    OLDER = QT_TRANSLATE_NOOP("SyncHistory", "Xem các ngày trước… (Enter)")
    MORE = QT_TRANSLATE_NOOP("SyncHistory", "Xem các lượt trước… (Enter)")
    READING = QT_TRANSLATE_NOOP("SyncHistory", "Đang đọc…")
    TIMES = QT_TRANSLATE_NOOP("SyncHistory", "{words} ({count} lần)")


WIDTHS = (210, 90, 90, 90, 100, 180)
DAY_ROLE = Qt.ItemDataRole.UserRole
"""On a day its date, on a line that reads more the id of the last pass shown (None: more days)."""
KIND_ROLE = Qt.ItemDataRole.UserRole + 1
"""``day``, ``pass``, ``more`` or ``older``."""


@dataclass(frozen=True, slots=True)
class _Days:
    page: DayPage
    before: date | None


@dataclass(frozen=True, slots=True)
class _Passes:
    day: date
    after: int | None
    rows: tuple[RunRow, ...]


def _read_days(desk: DeskContext, before: date | None) -> _Days:
    return _Days(sync_history.read_days(desk, before), before)


def _read_passes(desk: DeskContext, day: date, after: int | None) -> _Passes:
    return _Passes(day, after, sync_history.read_runs(desk, day, after))


class HistoryTab(QWidget):
    """A tree: days, and the passes of those that were opened."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.tree = QTreeWidget(self)
        self.tree.setAccessibleName(_tr(Words.TABLE))
        heads = (Words.DAY, Words.PASSES, Words.SENT, Words.RECEIVED, Words.FAILED, Words.SILENCE, Words.NOTES)
        self.tree.setHeaderLabels([_tr(head) for head in heads])
        self.tree.setUniformRowHeights(True)
        self.tree.setAlternatingRowColors(True)
        header = self.tree.header()
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in enumerate(WIDTHS):
            self.tree.setColumnWidth(column, width)
        self.tree.itemExpanded.connect(self._expanded)
        self.tree.itemActivated.connect(self._activated)
        self.hint = QLabel(_tr(Words.HINT), self)
        self.hint.setWordWrap(True)
        set_role(self.hint, "hint")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.hint)

    def refresh(self) -> None:
        """Read the newest days again; what is open and chosen stays so, older days that were shown too."""
        self.context.executor.submit(partial(_read_days, self.context.desk, None), self._take_days)

    def focus(self) -> None:
        """Put the keys to the tree."""
        self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_days(self, answer: _Days) -> None:
        page = answer.page
        if answer.before is None and not page.days:
            self.tree.clear()
            self.hint.setText(_tr(Words.NOTHING))
            return
        self.hint.setText(_tr(Words.HINT))
        shown = self._days()
        known = set(shown)
        place = 0 if answer.before is None else self.tree.topLevelItemCount()
        for row in page.days:
            item = shown.get(row.day)
            if item is None:
                item = QTreeWidgetItem()
                item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
                self.tree.insertTopLevelItem(place, item)
                place += 1
            _fill_day(item, row)
            if item.isExpanded() and row.day in known:
                self._read_passes(row.day)
        self._show_older(page, fresh=answer.before is None and bool(known))
        first = self.tree.topLevelItem(0)
        if self.tree.currentItem() is None and first is not None:
            self.tree.setCurrentItem(first)

    def _show_older(self, page: DayPage, *, fresh: bool) -> None:
        """The line at the end that reads more days; a refresh of the newest days leaves it as it is."""
        if fresh:
            return
        for place in reversed(range(self.tree.topLevelItemCount())):
            item = self.tree.topLevelItem(place)
            if item is not None and item.data(0, KIND_ROLE) == "older":
                self.tree.takeTopLevelItem(place)
        if page.older:
            self.tree.addTopLevelItem(_line(Words.OLDER, "older", page.days[-1].day))

    def _days(self) -> dict[date, QTreeWidgetItem]:
        items = (self.tree.topLevelItem(place) for place in range(self.tree.topLevelItemCount()))
        return {item.data(0, DAY_ROLE): item for item in items if item is not None and item.data(0, KIND_ROLE) == "day"}

    def _read_passes(self, day: date, after: int | None = None) -> None:
        self.context.executor.submit(partial(_read_passes, self.context.desk, day, after), self._take_passes)

    def _take_passes(self, answer: _Passes) -> None:
        item = self._days().get(answer.day)
        if item is None:
            return
        if answer.after is None:
            item.takeChildren()
        else:
            item.takeChild(item.childCount() - 1)
        for row in answer.rows:
            item.addChild(_pass_line(row))
        if len(answer.rows) == sync_history.PASSES:
            item.addChild(_line(Words.MORE, "more", answer.rows[-1].id))

    @Slot(QTreeWidgetItem)
    def _expanded(self, item: QTreeWidgetItem) -> None:
        if item.childCount() == 0:
            item.addChild(_line(Words.READING, "pass", None))
            self._read_passes(item.data(0, DAY_ROLE))

    @Slot(QTreeWidgetItem, int)
    def _activated(self, item: QTreeWidgetItem, _column: int) -> None:
        kind, value = item.data(0, KIND_ROLE), item.data(0, DAY_ROLE)
        if kind == "older":
            self.context.executor.submit(partial(_read_days, self.context.desk, value), self._take_days)
        elif kind == "more" and (day := item.parent()) is not None:
            self._read_passes(day.data(0, DAY_ROLE), value)
        elif kind == "day" and not item.isExpanded():
            item.setExpanded(True)


def _line(words: str, kind: str, value: object) -> QTreeWidgetItem:
    item = QTreeWidgetItem([_tr(words)])
    item.setFirstColumnSpanned(True)
    item.setData(0, KIND_ROLE, kind)
    item.setData(0, DAY_ROLE, value)
    return item


def _fill_day(item: QTreeWidgetItem, row: DayRow) -> None:
    notes = [
        _tr(Words.TIMES).format(words=words, count=count_words(count)) if count > 1 else words
        for words, count in row.notes
    ]
    silence = span_words(row.silence) if row.silence else ""
    texts = (
        f"{local_date(row.day)}, {WEEKDAYS[row.day.weekday()]}",
        count_words(row.passes),
        count_words(row.sent),
        count_words(row.received),
        count_words(row.failed),
        silence,
        "; ".join(_tr(Words.TIMES).format(words=_short(words), count=count_words(count)) for words, count in row.notes),
    )
    for column, text in enumerate(texts):
        item.setText(column, text)
        item.setToolTip(column, text)
    item.setToolTip(len(texts) - 1, "\n".join(notes))
    _tone(item, 4, "late" if row.failed else "")
    _tone(item, 5, "soon" if row.silence.total_seconds() >= LATE_SILENCE_MINUTES * 60 else "")
    item.setData(0, KIND_ROLE, "day")
    item.setData(0, DAY_ROLE, row.day)


def _pass_line(row: RunRow) -> QTreeWidgetItem:
    end = "" if row.ended_at is None else f" – {_clock(row.ended_at)}"
    texts = [
        f"{_clock(row.started_at)}{end}",
        "",
        *(str(n) for n in (row.sent, row.received, row.failed)),
        "",
        row.error,
    ]
    item = QTreeWidgetItem(texts)
    for column in (0, len(texts) - 1):
        item.setToolTip(column, texts[column])
    _tone(item, 4, "late" if row.failed else "")
    item.setData(0, KIND_ROLE, "pass")
    return item


def _tone(item: QTreeWidgetItem, column: int, tone: str) -> None:
    foreground, background = tone_colours(tone)
    item.setForeground(column, QBrush(foreground) if tone else QBrush())
    item.setBackground(column, QBrush(background) if tone else QBrush())


def _short(words: str) -> str:
    """The first sentence; the tool tip has them all."""
    return words.split(". ", 1)[0].rstrip(".")


def _clock(moment: datetime) -> str:
    return f"{local(moment):%H:%M:%S}"


def _tr(text: str) -> str:
    return translate("SyncHistory", text)
