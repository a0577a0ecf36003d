"""The whole program in one process: its workers begin, do their work, and end with the window."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from counter_app.app import RunningApp
from counter_app.sandbox import PracticePortal
from counter_app.services.catalogue import list_procedures
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.offices import get_office
from counter_app.settings import with_changes
from tests.ui.window_fixtures import drain


def thread_names() -> set[str]:
    return {thread.name for thread in threading.enumerate()}


def test_workers_begin_after_the_window_and_end_with_it(desk: DeskContext, qtbot: Any) -> None:
    running = RunningApp(desk)
    running.start()
    try:
        qtbot.waitUntil(lambda: running.context.spooler is not None)
        assert "housekeeping" in thread_names()
        assert running.context.sync is None
        assert "Chưa nối cổng" in running.window.light.text()
        qtbot.waitUntil(lambda: running.context.calendar is not None)
        assert not gc.isenabled()
    finally:
        running.shutdown()
        running.shutdown()
        drain()
    assert gc.isenabled()
    assert thread_names() & {"housekeeping", "window-executor", "sync"} == set()


def test_a_portal_entered_in_the_settings_is_joined_at_once_and_left_again(
    desk: DeskContext, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTER_PORTAL_PASSWORD", "thuchanh")
    running = RunningApp(desk)
    running.start()
    try:
        qtbot.waitUntil(lambda: running.context.spooler is not None)
        with PracticePortal(tmp_path / "portal.db") as portal:
            settings = with_changes(desk.settings, portal={"url": portal.url, "user": "canbo"})
            running.context.desk = replace(desk, settings=settings)
            running.context.announce("settings")
            qtbot.waitUntil(lambda: "Trực tuyến" in running.window.light.text(), timeout=15_000)
            running.context.desk = desk
            running.context.announce("settings")
            assert "Chưa nối cổng" in running.window.light.text()
            qtbot.waitUntil(lambda: "end-sync" not in thread_names())
            assert "sync" not in thread_names()
    finally:
        running.shutdown()
        drain()


def test_a_paused_sync_stays_paused_when_a_setting_is_saved(
    desk: DeskContext, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTER_PORTAL_PASSWORD", "thuchanh")
    with PracticePortal(tmp_path / "portal.db") as portal:
        settings = with_changes(desk.settings, portal={"url": portal.url, "user": "canbo"})
        running = RunningApp(replace(desk, settings=settings))
        running.start()
        try:
            qtbot.waitUntil(lambda: running.context.sync is not None and running.context.spooler is not None)
            before = running.context.sync
            before.pause()
            running.context.announce("settings")
            qtbot.waitUntil(lambda: running.context.sync not in (None, before), timeout=15_000)
            assert running.context.sync.status.paused
        finally:
            running.shutdown()
            drain()


def test_a_line_that_is_down_is_a_light_and_never_a_box(
    desk: DeskContext, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTER_PORTAL_PASSWORD", "thuchanh")
    settings = with_changes(desk.settings, portal={"url": "http://127.0.0.1:9", "user": "canbo"})
    running = RunningApp(replace(desk, settings=settings))
    running.start()
    try:
        qtbot.waitUntil(lambda: "Mất kết nối" in running.window.light.text(), timeout=15_000)
        assert QApplication.activeModalWidget() is None
        assert running.window.message_bar.text == ""
    finally:
        running.shutdown()
        drain()


PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from counter_app import app
from counter_app.ui.first_run import FirstRunDialog
from counter_app.ui.main_window import MainWindow

ANSWERS = iter([("H15", ""), ("H15.36", "UBND xã Ea Kao"), None])

class Presser(QTimer):
    def look(self):
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, FirstRunDialog) and widget.isVisible() and widget.start.isEnabled():
                self.answer(widget, next(ANSWERS))
            elif isinstance(widget, QMessageBox) and widget.isVisible():
                print(widget.text(), flush=True)
                self.stop()
                widget.accept()
            elif isinstance(widget, MainWindow) and widget.isVisible():
                print("window", flush=True)
                self.stop()
                widget.close()

    def answer(self, dialog, given):
        if not dialog.problem.isHidden():
            print("refused:", dialog.problem.text(), flush=True)
        if len(sys.argv) > 2:
            print("left", flush=True)
            self.stop()
            dialog.reject()
        elif given:
            dialog.code.setText(given[0])
            dialog.name.setText(given[1])
            dialog.begin()

class Portal:
    def stop(self):
        print("portal stopped", flush=True)

application = app.make_application()
presser = Presser()
presser.timeout.connect(presser.look)
presser.start(20)
sys.exit(app.run_window(Path(sys.argv[1]), demo=Portal()))
"""


def run_program(directory: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """The window in a process of its own; whoever appears first is read and closed.

    A first run is answered, wrongly at first; with a further argument it is left.
    """
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(directory), *more], capture_output=True, text=True, timeout=60, check=False
    )


def test_the_window_closed_ends_the_program_and_the_portal_of_the_demo(directory: Path) -> None:
    done = run_program(directory)
    assert done.stdout.splitlines() == ["window", "portal stopped"], done.stderr
    assert done.returncode == 0, done.stderr


def test_first_run_asks_for_office_and_desk_then_opens_the_window(tmp_path: Path) -> None:
    directory = tmp_path / "quầy mới"
    done = run_program(directory)
    told = done.stdout.splitlines()
    assert told[0].startswith("refused: "), done.stderr
    assert told[1:] == ["window", "portal stopped"], done.stderr
    assert done.returncode == 0, done.stderr
    desk = open_desk(directory)
    try:
        assert (get_office(desk).name, get_office(desk).place) == ("UBND xã Ea Kao", "Ea Kao")
        assert len(list_procedures(desk)) > 2000, "the shipped catalogue is there"
    finally:
        desk.close()


def test_leaving_the_first_run_makes_nothing(tmp_path: Path) -> None:
    done = run_program(tmp_path / "nothing", "leave")
    assert done.stdout.splitlines() == ["left", "portal stopped"], done.stderr
    assert done.returncode == 0
    assert not (tmp_path / "nothing").exists()


def test_settings_without_their_database_are_told_before_the_window(directory: Path) -> None:
    (directory / "counter.db").unlink()
    done = run_program(directory)
    assert "chưa có dữ liệu" in done.stdout
    assert done.stdout.endswith("portal stopped\n")
    assert done.returncode == 3, done.stderr


def test_settings_that_are_wrong_are_told_before_the_window(directory: Path) -> None:
    (directory / "settings.toml").write_text("offic = 'H15.36'\n", encoding="utf-8")
    done = run_program(directory)
    assert "offic" in done.stdout
    assert done.returncode == 1, done.stderr
