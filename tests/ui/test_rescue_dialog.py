"""The rescue window: out on a stick from one desk, through the portal from another, the receipt back; by keyboard."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget

from counter_app.errors import UserError
from counter_app.sandbox.portal import PracticePortal
from counter_app.services import rescue_export, rescue_file
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.outbox import outbox_counts
from counter_app.services.rescue_hold import open_holds
from counter_app.services.values import Received
from counter_app.settings import with_changes
from counter_app.ui.context import AppContext
from counter_app.ui.executor import Executor
from counter_app.ui.rescue_dialog import RescueDialog
from tests.ui.window_fixtures import WAIT_MS, Clock, drain, press, settle, type_text

PASSPHRASE = "bang-chom tay-nguyen"


@pytest.fixture(autouse=True)
def cheap_guesses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rescue_file, "SCRYPT_COST", 2**4)


@pytest.fixture
def opened(qtbot: Any) -> Iterator[Callable[[AppContext], RescueDialog]]:
    made: list[RescueDialog] = []

    def show(context: AppContext) -> RescueDialog:
        dialog = RescueDialog(context)
        made.append(dialog)
        dialog.open()
        qtbot.waitExposed(dialog)
        settle(qtbot, context.executor)
        return dialog

    yield show
    for dialog in made:
        dialog.shutdown()
        dialog.deleteLater()
    drain()


@pytest.fixture
def other(directory: Path, clock: Clock, executor: Executor, tmp_path: Path) -> Iterator[AppContext]:
    """A second desk of the office, made before the first has taken anything in."""
    copy = Path(shutil.copytree(directory, tmp_path / "quầy 2"))
    desk = open_desk(copy, clock)
    made = AppContext(desk, executor)
    yield made
    made.deleteLater()
    desk.close()
    drain()


def fill(field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    type_text(text, at=field)


def wait_for(qtbot: Any, dialog: RescueDialog, words: str) -> None:
    qtbot.waitUntil(lambda: words in dialog.told.text() and not dialog.work.running, timeout=WAIT_MS)


def test_there_and_back_by_keyboard(
    context: AppContext,
    other: AppContext,
    opened: Callable[[AppContext], RescueDialog],
    take_in: Callable[..., Received],
    tmp_path: Path,
    qtbot: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COUNTER_PORTAL_PASSWORD", "thuchanh")
    codes = [take_in(number).code for number in range(2)]
    file = tmp_path / "cứu hộ.qmc"
    out = opened(context)
    assert QApplication.focusWidget() is out.export_tab.file.path
    fill(out.export_tab.file.path, str(file))
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is out.export_tab.passphrase
    type_text(PASSPHRASE)
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_for(qtbot, out, "Đã ghi 2 tin của 2 hồ sơ")
    settle(qtbot, context.executor)
    assert out.export_tab.holds.count() == 1
    assert outbox_counts(context.desk) == {"held": 2}

    with PracticePortal(tmp_path / "portal.db") as portal:
        other.desk = replace(
            other.desk, settings=with_changes(other.desk.settings, portal={"url": portal.url, "user": "canbo"})
        )
        # The window's clock stands in March; the practice portal stamps its answers with today.
        monkeypatch.setattr("counter_app.sync.profile1.Profile1Client.clock_skew", None)
        there = opened(other)
        there.tabs.setCurrentIndex(1)
        fill(there.send_tab.file.path, str(file))
        fill(there.send_tab.passphrase, "không phải mật khẩu này")
        press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        wait_for(qtbot, there, "Mật khẩu của tệp cứu hộ không đúng")
        fill(there.send_tab.passphrase, PASSPHRASE.upper())
        press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        wait_for(qtbot, there, "Đã gửi 2 tin của 2 hồ sơ")
        assert sorted(portal.dossiers()) == sorted(codes)

    there.reject()
    out.activateWindow()
    qtbot.waitUntil(out.isActiveWindow, timeout=WAIT_MS)
    out.tabs.setCurrentIndex(2)
    fill(out.receipt_tab.file.path, f"{file}.bien-nhan.json")
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_for(qtbot, out, "cổng đã nhận 2 tin")
    settle(qtbot, context.executor)
    assert not out.export_tab.holds.isVisibleTo(out)
    assert outbox_counts(context.desk) == {"done": 2}


def test_the_program_makes_a_passphrase_that_opens_the_file(
    context: AppContext,
    opened: Callable[[AppContext], RescueDialog],
    take_in: Callable[..., Received],
    tmp_path: Path,
    qtbot: Any,
) -> None:
    take_in()
    dialog = opened(context)
    fill(dialog.export_tab.file.path, str(tmp_path / "a.qmc"))
    dialog.export_tab.make.click()
    words = dialog.export_tab.passphrase.text()
    dialog.export_tab.button.click()
    wait_for(qtbot, dialog, "Đã ghi 1 tin")
    rescue_file.open_rescue(tmp_path / "a.qmc", words).close()


def test_what_lacks_is_asked_for_and_nothing_is_held(
    context: AppContext, opened: Callable[[AppContext], RescueDialog], qtbot: Any
) -> None:
    dialog = opened(context)
    assert dialog.export_tab.file.path.text().endswith("cuu-ho-H15.36-quay1-260310-0830.qmc")
    dialog.export_tab.button.click()
    assert "Mật khẩu của tệp" in dialog.told.text()
    assert QApplication.focusWidget() is dialog.export_tab.passphrase
    fill(dialog.export_tab.passphrase, "ngắn")
    dialog.export_tab.button.click()
    wait_for(qtbot, dialog, "ít nhất 12")
    fill(dialog.export_tab.passphrase, PASSPHRASE)
    dialog.export_tab.button.click()
    wait_for(qtbot, dialog, "Không có gì chờ gửi")


def test_a_hold_is_ended_only_by_who_is_sure(
    context: AppContext,
    desk: DeskContext,
    opened: Callable[[AppContext], RescueDialog],
    take_in: Callable[..., Received],
    tmp_path: Path,
    qtbot: Any,
) -> None:
    take_in()
    rescue_export.export_rescue(desk, tmp_path / "a.qmc", PASSPHRASE)
    dialog = opened(context)
    assert "a.qmc" in dialog.export_tab.holds.item(0).text()
    assert not dialog.export_tab.end.isEnabled()
    dialog.export_tab.sure.setFocus()
    press(Qt.Key.Key_Space)
    dialog.export_tab.end.click()
    qtbot.waitUntil(lambda: "Đã kết thúc giữ" in dialog.told.text(), timeout=WAIT_MS)
    settle(qtbot, context.executor)
    (hold,) = open_holds(desk)
    assert hold.ended
    assert not dialog.export_tab.sure.isChecked()
    assert "chờ tra cổng" in dialog.export_tab.holds.item(0).text()


def test_closing_ends_the_work_first(
    context: AppContext,
    opened: Callable[[AppContext], RescueDialog],
    take_in: Callable[..., Received],
    tmp_path: Path,
    qtbot: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(3):
        take_in(number)
    reached, go_on = threading.Event(), threading.Event()
    real = rescue_export._Export._dossier

    def slow(self: Any, dossier_id: int) -> Any:
        reached.set()
        assert go_on.wait(WAIT_MS / 1000)
        return real(self, dossier_id)

    monkeypatch.setattr(rescue_export._Export, "_dossier", slow)
    dialog = opened(context)
    fill(dialog.export_tab.file.path, str(tmp_path / "a.qmc"))
    fill(dialog.export_tab.passphrase, PASSPHRASE)
    dialog.export_tab.button.click()
    qtbot.waitUntil(reached.is_set, timeout=WAIT_MS)
    assert not dialog.tabs.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert "Đang dừng" in dialog.told.text()
    go_on.set()
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=WAIT_MS)
    assert not (tmp_path / "a.qmc").exists()
    assert outbox_counts(context.desk) == {"waiting": 3}, "nothing is held for a file that is not there"


@pytest.mark.parametrize("holding", [False, True])
def test_every_control_has_a_name_and_words_are_whole(
    context: AppContext,
    desk: DeskContext,
    opened: Callable[[AppContext], RescueDialog],
    take_in: Callable[..., Received],
    tmp_path: Path,
    qtbot: Any,
    holding: bool,
) -> None:
    if holding:
        take_in()
        rescue_export.export_rescue(desk, tmp_path / "a.qmc", PASSPHRASE)
    dialog = opened(context)
    drain()
    for index in range(dialog.tabs.count()):
        dialog.tabs.setCurrentIndex(index)
        qtbot.waitUntil(lambda place=index: dialog.tabs.widget(place).isVisible(), timeout=WAIT_MS)
        for widget in dialog.findChildren(QWidget):
            if widget.isVisibleTo(dialog) and isinstance(widget, QLineEdit | QPushButton):
                assert widget.accessibleName(), widget
                assert widget.width() + 2 >= widget.minimumSizeHint().width(), widget.accessibleName()
                assert widget.height() + 2 >= widget.minimumSizeHint().height(), widget.accessibleName()
    assert dialog.width() <= 1366
    assert dialog.height() <= 768


def test_an_unforeseen_error_is_passed_on(
    context: AppContext, opened: Callable[[AppContext], RescueDialog], qtbot: Any, tmp_path: Path
) -> None:
    dialog = opened(context)
    bugs: list[object] = []
    context.bug.connect(bugs.append)
    dialog._work_failed(UserError("x", "Lời cho cán bộ."))
    assert dialog.told.text() == "Lời cho cán bộ."
    dialog._work_failed(RuntimeError("a bug"))
    assert len(bugs) == 1
    assert not dialog.told.isVisibleTo(dialog)
