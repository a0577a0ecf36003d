"""Ctrl+K: finding a dossier while one types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt

from counter_app.app import RunningApp
from counter_app.services.values import Received
from counter_app.ui.main_window import MainWindow
from tests.ui.window_fixtures import press, settle, type_text

TakeIn = Callable[..., Received]


@pytest.fixture
def opened(window: MainWindow) -> list[str]:
    """Codes that the search box has opened."""
    codes: list[str] = []
    window.search_box.opened.connect(codes.append)
    return codes


def search(window: MainWindow, running: RunningApp, qtbot: Any, text: str) -> list[str]:
    press(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.search_box.hasFocus()
    type_text(text)
    qtbot.waitUntil(lambda: not window.search_box._timer.isActive())
    settle(qtbot, running.executor)
    return window.search_box.results.texts()


@pytest.mark.parametrize("text", ["duc", "Đức", "nguyen van", "0935123", "066089004567", "van duc nguyen"])
def test_found_by_name_number_and_phone_with_or_without_accents(
    window: MainWindow, running: RunningApp, take_in: TakeIn, qtbot: Any, text: str
) -> None:
    for person in range(4):
        take_in(person)
    lines = search(window, running, qtbot, text)
    assert len(lines) == 1
    assert "Nguyễn Văn Đức" in lines[0]


def test_arrows_and_enter_open_the_chosen_dossier(
    window: MainWindow, running: RunningApp, take_in: TakeIn, qtbot: Any, opened: list[str]
) -> None:
    taken = [take_in(1), take_in(1)]
    lines = search(window, running, qtbot, "duc")
    press(Qt.Key.Key_Down)
    chosen = lines[1].split()[0]
    press(Qt.Key.Key_Return)
    settle(qtbot, running.executor)
    assert opened == [chosen]
    assert chosen in {item.code for item in taken}
    assert window.current_page == "dossier"
    assert window.search_box.text() == ""


def test_a_scanned_barcode_opens_the_dossier_straight(
    window: MainWindow, running: RunningApp, take_in: TakeIn, qtbot: Any, opened: list[str]
) -> None:
    """The scanner presses Enter at once, before any answer can be there; case does not matter."""
    take_in(0)
    wanted = take_in(1)
    take_in(2)
    press(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    type_text(wanted.code.lower())
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opened == [wanted.code])


def test_what_is_not_found_is_said(window: MainWindow, running: RunningApp, qtbot: Any, opened: list[str]) -> None:
    press(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    type_text("H15.36-260101-0001")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Không tìm thấy" in window.message_bar.text)
    assert opened == []


def test_an_answer_to_older_letters_is_dropped(
    window: MainWindow, running: RunningApp, take_in: TakeIn, qtbot: Any
) -> None:
    take_in(0)
    take_in(1)
    press(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    type_text("ngam")
    window.search_box._ask()
    type_text(" zzz")
    settle(qtbot, running.executor)
    assert not window.search_box.results.isVisible()


def test_escape_hides_the_list_then_empties_the_box(
    window: MainWindow, running: RunningApp, take_in: TakeIn, qtbot: Any
) -> None:
    take_in(0)
    search(window, running, qtbot, "ngam")
    assert window.search_box.results.isVisible()
    press(Qt.Key.Key_Escape)
    assert not window.search_box.results.isVisible()
    assert window.search_box.text() == "ngam"
    press(Qt.Key.Key_Escape)
    assert window.search_box.text() == ""
