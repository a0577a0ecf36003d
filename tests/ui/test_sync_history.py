"""The history on the sync page: a day opens to its passes, older ones are read when asked for, by keys alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidgetItem

from counter_app.app import RunningApp
from counter_app.models import SyncRun
from counter_app.rules.calendar import VIETNAM
from counter_app.services import sync_history
from counter_app.ui.sync_history_tab import HistoryTab
from tests.ui.sync_page_parts import open_page
from tests.ui.window_fixtures import press, settle

OFFLINE = "Chưa kết nối được với cổng. Hồ sơ vẫn an toàn."


def keep(running: RunningApp, started: datetime, **values: Any) -> None:
    with running.desk.database.write() as session:
        session.add(SyncRun(started_at=started, ended_at=started + timedelta(seconds=9), **values))


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=VIETNAM)


def history(running: RunningApp, qtbot: Any) -> HistoryTab:
    page = open_page(running, qtbot)
    press(Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    settle(qtbot, running.executor)
    page.history.focus()
    return page.history


def line(tab: HistoryTab, place: int) -> list[str]:
    return texts(tab.tree.topLevelItem(place))


def texts(item: QTreeWidgetItem | None) -> list[str]:
    assert item is not None
    return [item.text(column) for column in range(item.columnCount())]


def test_a_line_a_day_with_its_sums_and_what_was_in_the_way(running: RunningApp, qtbot: Any) -> None:
    keep(running, at(9, 8), sent=1200, received=2, failed=1)
    keep(running, at(10, 8), error=OFFLINE)
    keep(running, at(10, 9, 10), error=OFFLINE)
    tab = history(running, qtbot)
    assert line(tab, 0) == [
        "10/03/2026, thứ Ba",
        *("2", "0", "0", "0"),
        "1 giờ 11 phút",
        "Chưa kết nối được với cổng (2 lần)",
    ]
    assert line(tab, 1) == ["09/03/2026, thứ Hai", "1", "1.200", "2", "1", "", ""]
    day = tab.tree.topLevelItem(0)
    assert day is not None
    assert day.toolTip(6) == f"{OFFLINE} (2 lần)"


def test_a_day_opens_to_its_passes_by_the_right_arrow(running: RunningApp, qtbot: Any) -> None:
    keep(running, at(10, 8), sent=3)
    keep(running, at(10, 9), error=OFFLINE)
    tab = history(running, qtbot)
    press(Qt.Key.Key_Right)
    settle(qtbot, running.executor)
    day = tab.tree.topLevelItem(0)
    assert day is not None
    assert [texts(day.child(place)) for place in range(day.childCount())] == [
        ["09:00:00 – 09:00:09", "", "0", "0", "0", "", OFFLINE],
        ["08:00:00 – 08:00:09", "", "3", "0", "0", "", ""],
    ]


def test_more_passes_of_a_day_and_older_days_are_read_when_asked_for(
    running: RunningApp, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_history, "PASSES", 2)
    for hour in (8, 9, 10):
        keep(running, at(10, hour), sent=hour)
    keep(running, at(5, 8, month=1), sent=5)
    tab = history(running, qtbot)
    press(Qt.Key.Key_Right)
    settle(qtbot, running.executor)
    day = tab.tree.topLevelItem(0)
    assert day is not None
    assert [day.child(place).text(2) for place in range(2)] == ["10", "9"]
    assert day.child(2).text(0).startswith("Xem các lượt trước")
    for _ in range(3):
        press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    settle(qtbot, running.executor)
    assert [day.child(place).text(2) for place in range(day.childCount())] == ["10", "9", "8"]

    assert line(tab, 1)[0].startswith("Xem các ngày trước")
    press(Qt.Key.Key_End)
    press(Qt.Key.Key_Return)
    settle(qtbot, running.executor)
    assert tab.tree.topLevelItemCount() == 2
    assert line(tab, 1)[:3] == ["05/01/2026, thứ Hai", "1", "5"]


def test_what_is_open_stays_open_when_more_comes_in(running: RunningApp, qtbot: Any) -> None:
    keep(running, at(9, 8), sent=1)
    keep(running, at(5, 8, month=1), sent=5)
    tab = history(running, qtbot)
    press(Qt.Key.Key_Right)
    settle(qtbot, running.executor)
    keep(running, at(9, 9), sent=2)
    keep(running, at(10, 9), sent=7)
    tab.refresh()
    settle(qtbot, running.executor)
    settle(qtbot, running.executor)
    assert [line(tab, place)[:3] for place in (0, 1)] == [
        ["10/03/2026, thứ Ba", "1", "7"],
        ["09/03/2026, thứ Hai", "2", "3"],
    ]
    open_day = tab.tree.topLevelItem(1)
    assert open_day is not None
    assert open_day.isExpanded()
    assert [open_day.child(place).text(2) for place in range(open_day.childCount())] == ["2", "1"]
    assert tab.tree.topLevelItemCount() == 3, "the line that leads to older days is still there"


def test_an_empty_history_says_so(running: RunningApp, qtbot: Any) -> None:
    tab = history(running, qtbot)
    assert tab.hint.text() == "Chưa có lượt đồng bộ nào gửi hay nhận được gì."
