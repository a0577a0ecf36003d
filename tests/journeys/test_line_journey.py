"""The line is cut and comes back: the desk goes on, nothing is lost, nothing comes twice, no box in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from counter_app.app import RunningApp
from counter_app.rules.lifecycle import Step
from counter_app.sandbox.portal import PracticePortal
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.portal_link import make_engine
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import Received
from counter_app.settings import load_settings, save_settings, with_changes
from counter_app.sync.worker import SyncWorker
from counter_app.ui.dossier_page import DossierPage
from counter_app.ui.sync_page import SyncPage
from tests.ui.window_fixtures import CATALOGUE, WAIT_MS, Clock, settle

TakeIn = Callable[..., Received]


@pytest.fixture
def portal(tmp_path: Path, clock: Clock) -> Iterator[PracticePortal]:
    """A practice portal that has been up once, so that its address stays; now it is down."""
    made = PracticePortal(
        tmp_path / "portal.db", catalogue=CATALOGUE, clock=lambda: clock.now.timestamp(), knows_idempotency=False
    )
    made.start()
    yield made
    made.stop()


@pytest.fixture
def desk(
    directory: Path, portal: PracticePortal, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DeskContext]:
    """The desk, joined to the portal."""
    monkeypatch.setenv("COUNTER_PORTAL_PASSWORD", "thuchanh")
    settings = with_changes(load_settings(directory), portal={"url": portal.url, "user": "canbo"})
    save_settings(directory, settings)
    opened = open_desk(directory, clock)
    yield opened
    opened.close()


@pytest.fixture
def online(running: RunningApp, qtbot: Any) -> SyncPage:
    """The window on its sync page, with the worker of the program."""
    context = running.context
    context.sync = SyncWorker(
        running.desk.database,
        partial(make_engine, running.desk),
        context.take_sync_status,
        clock=running.desk.clock,
        interval=timedelta(minutes=1),
    )
    window = running.window
    window.show_page("sync")
    window.show()
    qtbot.waitExposed(window)
    shown = window.page("sync")
    assert isinstance(shown, SyncPage)
    context.sync.start()
    return shown


def taken(running: RunningApp, take_in: TakeIn, person: int) -> str:
    """What the intake does once a dossier is received."""
    code = take_in(person).code
    running.context.announce("dossier", "outbox", dossiers=(code,))
    running.context.wake_sync()
    return code


def test_line_cut_and_back(
    online: SyncPage, running: RunningApp, portal: PracticePortal, take_in: TakeIn, clock: Clock, qtbot: Any
) -> None:
    before = taken(running, take_in, 0)
    qtbot.waitUntil(lambda: before in portal.dossiers(), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: online.head.light.text() == "● Trực tuyến", timeout=WAIT_MS)

    # The line is cut; the desk goes on: a new dossier, and a step on the first.
    portal.stop()
    clock.move(minutes=2)
    during = taken(running, take_in, 1)
    take_step(running.desk, before, Step.HAND_OVER, StepInput(unit="Phòng Kinh tế"))
    running.context.announce("dossier", "outbox", dossiers=(before,))
    running.context.wake_sync()
    qtbot.waitUntil(lambda: online.head.light.text() == "○ Mất kết nối", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: online.outbox.model.rowCount() >= 2, timeout=WAIT_MS)
    assert QApplication.activeModalWidget() is None
    assert "tự gửi khi có mạng lại" in online.head.hint.text()
    assert "○ Mất kết nối" in running.window.light.text()
    running.window.show_dossier(during)
    settle(qtbot, running.executor)
    dossier = running.window.page("dossier")
    assert isinstance(dossier, DossierPage)
    assert dossier.portal_badge.text() == "– chưa gửi"

    # The line is back; "Gửi ngay" does not wait for the next turn.
    portal.start()
    clock.move(minutes=30)
    qtbot.keyClick(running.window, Qt.Key.Key_F9)
    qtbot.keyClick(online, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: during in portal.dossiers(), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: online.outbox.said.text().startswith("Không còn gì chờ gửi"), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: online.head.light.text() == "● Trực tuyến", timeout=WAIT_MS)
    assert sorted(portal.dossiers()) == sorted([before, during])
    assert [step["TrangThai"] for step in portal.steps(before)] == ["4"]

    # The history has the day, and the passes of it.
    online.tabs.setCurrentWidget(online.history)
    qtbot.waitUntil(lambda: online.history.tree.topLevelItemCount() == 1, timeout=WAIT_MS)
    day = online.history.tree.topLevelItem(0)
    assert day is not None
    assert day.text(0) == "10/03/2026, thứ Ba"
    assert int(day.text(1)) >= 2
    day.setExpanded(True)
    qtbot.waitUntil(lambda: day.childCount() == int(day.text(1)), timeout=WAIT_MS)

    running.window.show_dossier(during)
    settle(qtbot, running.executor)
    assert dossier.portal_badge.text() == "✓ cổng đã nhận"


def test_a_wrong_password_is_a_light_and_a_sentence(
    portal: PracticePortal, running: RunningApp, take_in: TakeIn, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTER_PORTAL_PASSWORD", "sai-mat-khau")
    context = running.context
    context.sync = SyncWorker(
        running.desk.database, partial(make_engine, running.desk), context.take_sync_status, clock=running.desk.clock
    )
    running.window.show_page("sync")
    running.window.show()
    page = running.window.page("sync")
    assert isinstance(page, SyncPage)
    take_in()
    context.sync.start()
    qtbot.waitUntil(lambda: page.head.light.text() == "! Cần đăng nhập cổng", timeout=WAIT_MS)
    assert QApplication.activeModalWidget() is None
    assert page.head.settings_button.isVisible()
    qtbot.waitUntil(lambda: page.head.numbers["dossiers"].text() == "1", timeout=WAIT_MS)
