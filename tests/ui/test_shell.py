"""The window around the pages: keys, messages, faults, names for assistive tools."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QRect, Qt
from PySide6.QtGui import QAction, QShortcut
from PySide6.QtWidgets import QAbstractButton, QLabel, QScrollArea, QWidget

import counter_app.ui
from counter_app.app import RunningApp
from counter_app.ui.main_window import PAGES, MainWindow
from counter_app.ui.page import Page
from tests.ui.window_fixtures import press, settle

KEYS = {
    "intake": Qt.Key.Key_F2,
    "queue": Qt.Key.Key_F3,
    "return": Qt.Key.Key_F4,
    "handover": Qt.Key.Key_F10,
    "overdue": Qt.Key.Key_F6,
    "reports": Qt.Key.Key_F8,
    "sync": Qt.Key.Key_F9,
}


@pytest.mark.parametrize(("name", "key"), KEYS.items())
def test_a_function_key_brings_its_page(
    window: MainWindow, running: RunningApp, qtbot: Any, name: str, key: Any
) -> None:
    window.search_box.setFocus()
    press(key)
    settle(qtbot, running.executor)
    assert window.current_page == name
    assert window.isActiveWindow()


def test_settings_have_a_key_too(window: MainWindow, running: RunningApp, qtbot: Any) -> None:
    press(Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, running.executor)
    assert window.current_page == "settings"


def test_on_a_small_screen_the_window_takes_all_of_it(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    for height, whole in ((768, True), (1080, False)):
        room = SimpleNamespace(availableGeometry=partial(QRect, 0, 0, 1366, height))
        monkeypatch.setattr(window, "screen", lambda room=room: room)
        window.setWindowState(Qt.WindowState.WindowNoState)
        window.resize(1366, 768)
        window.fit_screen()
        assert window.isMaximized() is whole


def test_a_page_is_made_when_it_is_first_asked_for(window: MainWindow) -> None:
    assert set(window._pages) == {"intake"}
    assert window.page("queue") is window.page("queue")


def _named(page: QWidget) -> list[str]:
    return [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in page.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and not isinstance(widget, QScrollArea)
        and not widget.objectName().startswith("qt_")
        and not widget.accessibleName()
        and not (isinstance(widget, QAbstractButton) and widget.text())
        and not (widget.parent() is not None and widget.parent().metaObject().className().endswith("SpinBox"))
        and not widget.window().metaObject().className().startswith("QComboBox")
    ]


@pytest.mark.parametrize("name", [entry.name for entry in PAGES])
def test_every_field_has_a_name_for_assistive_tools(
    window: MainWindow, running: RunningApp, qtbot: Any, name: str
) -> None:
    page = window.page(name)
    settle(qtbot, running.executor)
    assert _named(page) == []


ONE_WIDGET = Qt.ShortcutContext.WidgetShortcut
"""One list has the focus at a time."""


def test_no_key_is_used_twice_where_both_could_act(window: MainWindow, running: RunningApp, qtbot: Any) -> None:
    common = [action.shortcut().toString() for action in window.findChildren(QAction) if action.shortcut().toString()]
    for entry in PAGES:
        page = window.page(entry.name)
        settle(qtbot, running.executor)
        own = [item.key().toString() for item in page.findChildren(QShortcut) if item.context() != ONE_WIDGET]
        own += [
            button.shortcut().toString()
            for button in page.findChildren(QAbstractButton)
            if button.shortcut().toString().startswith(("Ctrl", "F", "Esc"))
            and not button.isHidden()  # two answers to two questions may share a key: one is shown at a time
        ]
        previews = {"Ctrl+-", "Ctrl+="}  # one preview is on the screen at a time
        used = Counter(keys for keys in common + own if keys not in previews)
        assert [keys for keys, times in used.items() if times > 1] == [], entry.name


def test_mnemonics_of_the_intake_are_unique(window: MainWindow) -> None:
    form = window.page("intake").form  # type: ignore[attr-defined]
    texts = [label.text() for label in form.findChildren(QLabel) if label.buddy() is not None and not label.isHidden()]
    texts += [button.text() for button in form.findChildren(QAbstractButton)]
    letters = Counter(text[text.index("&") + 1].lower() for text in texts if "&" in text)
    letters.update("pl")  # Alt+P and Alt+L are keys of their own
    assert [letter for letter, times in letters.items() if times > 1] == []
    assert len(letters) >= 12


def test_no_mnemonic_is_a_letter_that_no_key_has() -> None:
    """An input method writes Đ and Ơ; with Alt they are no keys."""
    folder = Path(counter_app.ui.__file__).parent
    texts = [(path.name, line) for path in folder.rglob("*.py") for line in path.read_text("utf-8").splitlines()]
    assert [text for text in texts if re.search(r'"[^"]*&[^\x00-\x7f]', text[1])] == []


def test_a_message_is_shown_with_its_tone_in_words_and_never_in_a_box(window: MainWindow, running: RunningApp) -> None:
    running.context.tell("Mất kết nối với cổng.", "warning")
    assert window.message_bar.text == "Lưu ý: Mất kết nối với cổng."
    assert window.isActiveWindow()
    window.message_bar._close.click()
    assert window.message_bar.text == ""


class BrokenPage(Page):
    """Fails in a slot as a bug does."""

    name = "broken"

    def fail(self) -> None:
        raise LookupError("Nguyễn Văn Đức 066089004567")


def test_a_bug_is_shown_once_without_personal_data_and_the_program_lives_on(
    window: MainWindow, running: RunningApp, qtbot: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    page = BrokenPage(running.context)
    qtbot.addWidget(page)
    window.reporter.install()
    error = _error_of(page)
    sys.excepthook(type(error), error, error.__traceback__)
    window.reporter.remove()
    qtbot.waitUntil(lambda: window.reporter.dialog is not None)
    dialog = window.reporter.dialog
    assert dialog is not None
    report = dialog._text.toPlainText()
    assert "LookupError" in report
    assert "test_shell.py" in report
    assert "066089004567" not in report
    assert "Đức" not in report
    dialog.accept()
    QCoreApplication.processEvents()
    window.reporter.report(_error_of(page))
    assert window.reporter.dialog is None, "the same fault is told once"
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.search_box.setFocus()
    press(Qt.Key.Key_F3)
    assert window.current_page == "queue"


def _error_of(page: BrokenPage) -> BaseException:
    try:
        page.fail()
    except LookupError as error:
        return error
    raise AssertionError


def test_qts_own_words_are_vietnamese_and_ours_stay(window: MainWindow) -> None:
    assert QCoreApplication.translate("QLineEdit", "&Paste") == "&Dán"
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Thôi"
    assert QCoreApplication.translate("IntakePage", "Tiếp nhận") == "Tiếp nhận"


def test_nothing_heavy_is_imported_before_the_window(tmp_path: Any) -> None:
    """The start is measured against a bare window."""
    program = (
        "import sys, counter_app.app, counter_app.ui.intake.page\n"
        "heavy = {'reportlab', 'requests', 'alembic', 'pydantic', 'flask', 'holidays', 'rapidfuzz', 'pypdfium2'}\n"
        "print(sorted((heavy | {'PIL', 'sqlalchemy'}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
