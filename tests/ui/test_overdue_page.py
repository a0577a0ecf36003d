"""The overdue page: two lists, the red list, the letter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pypdfium2
import pytest

from counter_app.app import RunningApp
from counter_app.rules.calendar import VIETNAM
from counter_app.services.calendars import read_calendar
from counter_app.services.reading import show
from counter_app.services.values import Received
from counter_app.ui.overdue_page import OverduePage
from counter_app.ui.overdue_page_letter import ApologyDialog, suggest_new_due
from tests.ui.window_fixtures import Clock, settle

TakeIn = Callable[..., Received]


@pytest.fixture
def page(running: RunningApp, take_in: TakeIn, clock: Clock, qtbot: Any) -> OverduePage:
    """Two dossiers past their due date; the first was received a day before the second."""
    take_in(0)
    clock.move(days=1)
    take_in(1)
    clock.move(days=60)
    window = running.window
    window.show_page("overdue")
    window.show()
    qtbot.waitExposed(window)
    settle(qtbot, running.executor)
    shown = window.page("overdue")
    assert isinstance(shown, OverduePage)
    return shown


def letter_dialog(page: OverduePage, qtbot: Any) -> ApologyDialog:
    page.apologise()
    settle(qtbot, page.context.executor)
    assert isinstance(page._dialog, ApologyDialog)
    return page._dialog


def test_the_longest_overdue_comes_first_with_words_and_the_red_list(page: OverduePage, qtbot: Any) -> None:
    model = page.models["overdue"]
    qtbot.waitUntil(lambda: model.row_at(1) is not None)
    cells = [[str(model.data(model.index(row, column))) for column in range(7)] for row in range(2)]
    assert [row[1] for row in cells] == ["H' Ngăm Niê Kdăm", "Nguyễn Văn Đức"]
    assert cells[0][4].startswith("quá hạn")
    assert cells[0][6] == "✗ chưa có"
    assert page.tabs.tabText(0) == "Quá hạn: 2"


def test_nearly_late_is_the_other_list(running: RunningApp, take_in: TakeIn, clock: Clock, qtbot: Any) -> None:
    received = take_in(0)
    soon = show(running.desk, received.code).row.due_soon_from
    assert soon is not None
    clock.now = soon
    running.window.show_page("overdue")
    running.window.show()
    settle(qtbot, running.executor)
    shown = running.window.page("overdue")
    assert isinstance(shown, OverduePage)
    assert [shown.tabs.tabText(place) for place in (0, 1)] == ["Quá hạn: 0", "Sắp đến hạn: 1"]
    assert not shown.apologise_button.isEnabled()
    shown.tabs.setCurrentIndex(1)
    qtbot.waitUntil(shown.apologise_button.isEnabled)
    assert "chậm nhất một ngày làm việc" in shown.hint.text()


def test_the_letter_needs_reason_and_unit(page: OverduePage, qtbot: Any) -> None:
    dialog = letter_dialog(page, qtbot)
    dialog.submit()
    assert dialog.problem.text().startswith("Hãy ghi lý do trễ hẹn")
    dialog.reason.setPlainText("Chờ xác minh")
    dialog.submit()
    assert dialog.problem.text().startswith("Hãy ghi đơn vị chịu trách nhiệm")
    assert dialog.isVisible()
    dialog.reject()


def test_a_date_that_the_rules_refuse_is_explained_in_the_window(
    page: OverduePage, running: RunningApp, clock: Clock, qtbot: Any
) -> None:
    dialog = letter_dialog(page, qtbot)
    dialog.reason.setPlainText("Chờ xác minh")
    dialog.unit.setText("Phòng Kinh tế")
    dialog.new_due.set_moment(datetime(2026, 1, 5, 17, 0, tzinfo=VIETNAM))
    dialog.submit()
    settle(qtbot, running.executor)
    assert dialog.isVisible()
    assert "Ngày hẹn mới" in dialog.problem.text()
    assert show(running.desk, dialog.code).row.apology_count == 0
    dialog.reject()


def test_the_suggested_date_skips_days_off(running: RunningApp) -> None:
    calendar = read_calendar(running.desk)
    friday = datetime(2026, 3, 13, 17, 0, tzinfo=VIETNAM)
    assert suggest_new_due(calendar, friday, friday, 1) == datetime(2026, 3, 16, 17, 0, tzinfo=VIETNAM)
    before = datetime(2026, 3, 12, 9, 0, tzinfo=VIETNAM)
    assert suggest_new_due(calendar, friday, before, 3) == datetime(2026, 3, 18, 17, 0, tzinfo=VIETNAM)
    assert suggest_new_due(None, friday, friday, 1) == datetime(2026, 3, 14, 17, 0, tzinfo=VIETNAM)


def test_a_touch_moves_the_date_by_working_days(page: OverduePage, clock: Clock, qtbot: Any) -> None:
    dialog = letter_dialog(page, qtbot)
    dialog.day_buttons[0].click()
    expected = suggest_new_due(page.context.calendar, None, clock.now, 1)
    assert dialog.new_due.moment() == expected
    assert f"{expected:%d/%m/%Y}" in dialog.weekday.text()
    dialog.reject()


def test_the_letter_is_seen_before_it_is_taken(page: OverduePage, running: RunningApp, qtbot: Any) -> None:
    dialog = letter_dialog(page, qtbot)
    dialog.reason.setPlainText("Chờ kết quả xác minh")
    dialog.unit.setText("Phòng Kinh tế")
    dialog.preview_button.click()
    preview = dialog._preview
    assert preview is not None
    qtbot.waitUntil(lambda: preview.preview.picture(0) is not None, timeout=10_000)
    with pypdfium2.PdfDocument(preview.pdf) as document:
        text = " ".join(document[0].get_textpage().get_text_range().split())
    assert "Chờ kết quả xác minh" in text
    assert f"ngày {dialog.new_due.moment():%d} tháng" in text
    preview.reject()
    assert dialog.isVisible()
    view = show(running.desk, dialog.code)
    assert view.row.apology_count == 0
    dialog.reject()
