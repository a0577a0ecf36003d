"""The day's money in the window: counted, explained, closed by the keyboard alone; and where the account is set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import QDate, Qt

from counter_app.app import RunningApp
from counter_app.services.day_closing import close_day, day_takings
from counter_app.services.values import FeeIn, Received
from counter_app.settings import PaymentSettings, load_settings
from counter_app.ui.day_closing_dialog import DayClosingDialog
from counter_app.ui.main_window import MainWindow
from counter_app.ui.queue_page import QueuePage
from counter_app.ui.settings_page import SettingsPage
from tests.ui.window_fixtures import press, settle, type_text

TakeIn = Callable[..., Received]
DAY = date(2026, 3, 10)
PAID = (FeeIn("P01", True, "cash"),)


@pytest.fixture
def dialog(window: MainWindow, running: RunningApp, take_in: TakeIn, qtbot: Any) -> DayClosingDialog:
    """Two payments in cash, and the window opened by its key."""
    for person in (0, 1):
        take_in(person, procedure="2.000635", fees=PAID)
    window.show_page("queue")
    settle(qtbot, running.executor)
    page = window.page("queue")
    assert isinstance(page, QueuePage)
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(page.table, Qt.Key.Key_5, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: page._dialog is not None)
    settle(qtbot, running.executor)
    assert page._dialog is not None
    qtbot.waitUntil(page._dialog.isActiveWindow)
    return page._dialog


def test_counted_explained_and_closed_by_keyboard(dialog: DayClosingDialog, running: RunningApp, qtbot: Any) -> None:
    assert dialog.sums.item(0, 3).text() == "16.000 đ"
    assert dialog.list.rowCount() == 2
    (box,) = dialog.counted.values()
    qtbot.waitUntil(box.hasFocus)
    type_text("15000")
    press(Qt.Key.Key_Tab)
    assert "Chênh lệch -1.000 đ" in dialog.outcome.text()
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(dialog.problem.isVisible)
    settle(qtbot, running.executor)
    assert "Lê Thị Hạnh -1.000 đ" in dialog.problem.text()
    qtbot.waitUntil(dialog.explanation.hasFocus)
    type_text("Trả nhầm tiền lẻ")
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    closed = day_takings(running.desk, DAY).closed
    assert closed is not None
    assert (closed.difference, closed.explanation) == (-1000, "Trả nhầm tiền lẻ")


def test_a_closed_day_is_shown_as_it_was(dialog: DayClosingDialog, running: RunningApp, qtbot: Any) -> None:
    close_day(running.desk, DAY, {"Lê Thị Hạnh": 16000})
    dialog.read()
    settle(qtbot, running.executor)
    assert not dialog.confirm.isEnabled()
    assert "đã chốt lúc 08:30 10/03/2026" in dialog.outcome.text()
    (box,) = dialog.counted.values()
    assert box.isReadOnly()
    assert box.value() == 16000
    dialog.day.setDate(QDate(2026, 3, 9))
    settle(qtbot, running.executor)
    assert dialog.list.rowCount() == 0
    assert dialog.counted == {}
    dialog.reject()


def test_money_taken_meanwhile_is_shown_before_it_is_closed(
    dialog: DayClosingDialog, running: RunningApp, take_in: TakeIn, qtbot: Any
) -> None:
    take_in(2, procedure="2.000635", fees=PAID)
    dialog.counted["Lê Thị Hạnh"].setValue(16000)
    dialog.submit()
    settle(qtbot, running.executor)
    assert "khoản thu hoặc hoàn mới" in dialog.problem.text()
    assert dialog.list.rowCount() == 3
    assert day_takings(running.desk, DAY).closed is None
    dialog.reject()


def test_the_account_is_set_and_a_wrong_one_refused(window: MainWindow, running: RunningApp, qtbot: Any) -> None:
    window.show_page("settings")
    settle(qtbot, running.executor)
    page = window.page("settings")
    assert isinstance(page, SettingsPage)
    form = page.payment_form
    for field, text in ((form.bank, "97041"), (form.account, "1133 6666 8888"), (form.holder, "UBND XÃ EA KAO")):
        page.tabs.setCurrentWidget(form)
        field.setFocus()
        type_text(text, at=field)
    page.save()
    settle(qtbot, running.executor)
    assert load_settings(running.desk.directory).payment.bank_bin == ""
    type_text("5", at=form.bank)
    page.save()
    settle(qtbot, running.executor)
    type_text("VietinBank", at=form.bank_name)
    form.days.setValue(5)
    page.save()
    settle(qtbot, running.executor)
    saved = load_settings(running.desk.directory).payment
    assert saved == PaymentSettings("970415", "113366668888", "UBND XÃ EA KAO", "VietinBank", 5)


def test_the_number_of_an_official_receipt_is_written_to_the_chosen_money(
    dialog: DayClosingDialog, running: RunningApp, qtbot: Any
) -> None:
    assert not dialog.receipt_button.isEnabled()
    dialog.list.selectRow(0)
    dialog.receipt_button.click()
    assert dialog.noting is not None
    dialog.counted["Lê Thị Hạnh"].setValue(16000)
    type_text("BL-0007", at=dialog.noting.number)
    dialog.noting.submit()
    settle(qtbot, running.executor)
    shown = dialog.list.item(0, 6)
    assert shown is not None
    assert shown.text() == "BL-0007"
    assert dialog.counted["Lê Thị Hạnh"].value() == 16000, "what was counted stays"
    close_day(running.desk, DAY, {"Lê Thị Hạnh": 16000})
    dialog.read()
    settle(qtbot, running.executor)
    dialog.list.selectRow(0)
    assert not dialog.receipt_button.isEnabled(), "closed for good"
    dialog.reject()
