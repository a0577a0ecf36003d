"""The register in the window: chosen by day, month and procedure, shown as it is printed and written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QPushButton

from counter_app.app import RunningApp
from counter_app.services import papers_lists, register_sheet
from counter_app.services.print_jobs import list_jobs
from counter_app.services.values import Received
from counter_app.settings import with_changes
from counter_app.ui.dossier_page_paper import PrintDialog
from counter_app.ui.overdue_page_papers import MonthDialog
from counter_app.ui.reports_page import ReportsPage
from tests.pdf_words import said
from tests.services.sheets import cells
from tests.ui.window_fixtures import Clock, press, settle

TakeIn = Callable[..., Received]
WAIT = 20_000
OTHER = "2.000635"


@pytest.fixture
def codes(take_in: TakeIn, clock: Clock) -> list[str]:
    """Two dossiers of a day in March, one of the day after, one of April."""
    first = take_in(0).code
    second = take_in(1, procedure=OTHER).code
    clock.move(days=1)
    third = take_in(2).code
    clock.move(days=25)
    return [first, second, third, take_in(3).code]


@pytest.fixture
def page(running: RunningApp, codes: list[str], clock: Clock, qtbot: Any) -> ReportsPage:
    clock.move(days=-25)
    window = running.window
    window.resize(1366, 768)
    window.show()
    qtbot.waitExposed(window)
    window.show_page("reports")
    settle(qtbot, running.executor)
    shown = window.page("reports")
    assert isinstance(shown, ReportsPage)
    return shown


def shown(page: ReportsPage, qtbot: Any) -> list[str]:
    """The codes in the table from top to bottom."""
    settle(qtbot, page.context.executor)
    found = [page.model.row_at(row) for row in range(page.model.rowCount())]
    settle(qtbot, page.context.executor)
    found = [page.model.row_at(row) for row in range(page.model.rowCount())]
    return [line.dossier_code for line in found if line is not None]


def choose(page: ReportsPage, period: str, *days: QDate) -> None:
    page.filter.period.setCurrentIndex(page.filter.period.findData(period))
    for field, day in zip((page.filter.first, page.filter.last), days, strict=False):
        field.setDate(day)


def test_by_month_day_volume_and_any_days(page: ReportsPage, codes: list[str], qtbot: Any) -> None:
    assert shown(page, qtbot) == codes[:3], "the month of today first"
    assert page.state.text().startswith("3 hồ sơ")
    choose(page, "day", QDate(2026, 3, 10))
    assert shown(page, qtbot) == codes[:2]
    choose(page, "month", QDate(2026, 4, 1))
    assert shown(page, qtbot) == codes[3:]
    choose(page, "volume", QDate(2026, 1, 1))
    assert shown(page, qtbot) == codes
    choose(page, "days", QDate(2026, 3, 11), QDate(2026, 4, 30))
    assert shown(page, qtbot) == codes[2:]
    choose(page, "day", QDate(2026, 3, 1))
    assert shown(page, qtbot) == []
    assert "Không có hồ sơ" in page.state.text()
    assert not page.look_button.isEnabled()
    assert not page.save_button.isEnabled()


def test_one_procedure_of_those_that_there_are(page: ReportsPage, codes: list[str], qtbot: Any) -> None:
    procedures = page.filter.procedure
    assert [procedures.itemData(place) for place in range(procedures.count())] == ["", "1.013314", OTHER]
    assert procedures.itemText(1).endswith("(2)")
    procedures.setCurrentIndex(procedures.findData(OTHER))
    assert shown(page, qtbot) == [codes[1]]
    choose(page, "day", QDate(2026, 3, 10))
    assert shown(page, qtbot) == [codes[1]], "the choice outlives other days that have it"
    choose(page, "day", QDate(2026, 3, 11))
    assert shown(page, qtbot) == []
    assert procedures.currentText().endswith("(0)"), "and days that have none of it"
    choose(page, "month", QDate(2026, 3, 1))
    assert shown(page, qtbot) == [codes[1]]


def test_the_preview_is_printed_as_it_is_and_each_time_anew(
    page: ReportsPage, running: RunningApp, codes: list[str], qtbot: Any
) -> None:
    settings = with_changes(running.desk.settings, printers={"office": "tcp://127.0.0.1:9"})
    page.context.desk = replace(running.desk, settings=settings)
    for copies in (1, 2):
        page.window().activateWindow()
        qtbot.waitUntil(page.isActiveWindow)
        page.table.setFocus()
        press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: not page.work.running and page._dialog is not None, timeout=WAIT)
        dialog = page._dialog
        assert isinstance(dialog, PrintDialog)
        settle(qtbot, running.executor)
        text = said(dialog.pdf)
        assert [code in text for code in codes] == [True, True, True, False]
        assert dialog.file_name == "so-theo-doi-2026-03-01-2026-03-31"
        dialog.print_now()
        settle(qtbot, running.executor)
        jobs = list_jobs(running.desk.database)
        assert len(jobs) == copies
        assert jobs[0].title == "Sổ theo dõi hồ sơ: Từ ngày 01/03/2026 · đến ngày 31/03/2026"
        page._dialog = None


def test_the_sheet_is_what_the_table_shows(page: ReportsPage, codes: list[str], tmp_path: Path, qtbot: Any) -> None:
    path = tmp_path / "so.xlsx"
    page.save_to(str(path))
    qtbot.waitUntil(lambda: not page.cancel_button.isVisible(), timeout=WAIT)
    written = [row[1] for row in cells(path) if len(row) > 1 and row[1].startswith("H15")]
    assert written == shown(page, qtbot) == codes[:3]


@pytest.mark.parametrize("what", ["paper", "sheet"])
def test_what_takes_long_shows_how_far_it_is_and_can_be_cancelled(
    page: ReportsPage, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    from threading import Event

    go_on = Event()

    def slow_paper(_desk: Any, _wanted: Any, on_page: Callable[[int], None]) -> tuple[bytes, int]:
        on_page(7)
        go_on.wait(10)
        on_page(8)
        return b"%PDF-1.7", 3

    def slow_sheet(_desk: Any, _wanted: Any, _path: Path, on_lines: Callable[[int], None]) -> int:
        on_lines(2)
        go_on.wait(10)
        on_lines(3)
        return 3

    monkeypatch.setattr(papers_lists, "register_paper", slow_paper)
    monkeypatch.setattr(register_sheet, "write_register", slow_sheet)
    if what == "paper":
        page.look()
        qtbot.waitUntil(lambda: "7 trang" in page.state.text())
    else:
        page.save_to(str(tmp_path / "so.xlsx"))
        qtbot.waitUntil(lambda: "2 / 3 hồ sơ" in page.state.text())
        assert (page.progress.maximum(), page.progress.value()) == (3, 2)
    assert page.progress.isVisible()
    assert not page.filter.isEnabled()
    qtbot.waitUntil(page.isActiveWindow)
    page.cancel_button.click()
    go_on.set()
    qtbot.waitUntil(lambda: not page.work.running and not page.progress.isVisible(), timeout=WAIT)
    assert page._dialog is None
    assert "Đã hủy" in page.window().message_bar.text
    assert page.filter.isEnabled()
    assert page.state.text().startswith("3 hồ sơ")


def test_enter_opens_the_dossier_and_what_is_new_comes_in(
    page: ReportsPage, running: RunningApp, take_in: TakeIn, codes: list[str], qtbot: Any
) -> None:
    new = take_in(3).code
    page.context.announce("dossier", dossiers=(new,))
    assert shown(page, qtbot) == [*codes[:3], new]
    page.table.selectRow(1)
    page.table.setFocus()
    press(Qt.Key.Key_Return)
    settle(qtbot, running.executor)
    assert running.window.current_page == "dossier"
    assert running.window.page("dossier").code == codes[1]


def test_the_month_s_apologies_are_reached_from_here(page: ReportsPage, qtbot: Any) -> None:
    page.apologies_button.click()
    assert isinstance(page._dialog, MonthDialog)
    page._dialog.reject()


def test_what_a_button_says_is_whole_at_both_sizes(page: ReportsPage, qtbot: Any) -> None:
    for width, height in ((1366, 768), (1920, 1080)):
        page.window().resize(width, height)
        qtbot.waitUntil(lambda width=width: page.window().width() == width)
        for button in page.findChildren(QPushButton):
            if button.isVisible():
                assert button.width() >= button.sizeHint().width() - 2, button.text()
