"""The portal lost a dossier and changed another: compared, sent again and confirmed on the sync page, keys alone."""

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
from counter_app.services.portal_link import make_engine
from counter_app.services.values import Received
from counter_app.sync.worker import SyncWorker
from counter_app.ui.reconcile_panel import ReconcilePanel
from tests.services.reconcile_world import Office, office_at_work
from tests.ui.window_fixtures import WAIT_MS, Clock, settle

TakeIn = Callable[..., Received]
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def office(directory: Path, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setenv("COUNTER_PORTAL_PASSWORD", "thuchanh")
    with office_at_work(directory, tmp_path / "portal", clock) as made:
        yield made


@pytest.fixture
def desk(office: Office) -> Any:
    """The window's desk is the one that is joined to the portal."""
    return office.desk


@pytest.fixture
def panel(running: RunningApp, office: Office, take_in: TakeIn, qtbot: Any) -> ReconcilePanel:
    """Three dossiers that have arrived; the window with its worker, on the tab of the reconciliation."""
    for person in range(3):
        take_in(person)
    context = running.context
    context.sync = SyncWorker(
        running.desk.database,
        partial(make_engine, running.desk),
        context.take_sync_status,
        clock=running.desk.clock,
        interval=timedelta(minutes=1),
    )
    context.sync.start()
    qtbot.waitUntil(lambda: len(office.portal.dossiers()) == 3, timeout=WAIT_MS)
    window = running.window
    window.show_page("sync")
    window.show()
    qtbot.waitExposed(window)
    settle(qtbot, running.executor)
    page = window.page("sync")
    qtbot.keyClick(page.tabs, Qt.Key.Key_4, ALT)
    found = page.tabs.currentWidget()
    assert isinstance(found, ReconcilePanel)
    return found


def press(panel: ReconcilePanel, key: Qt.Key, qtbot: Any) -> None:
    """Press Alt with a key and wait for what it began."""
    with qtbot.waitSignal(panel.work.done, timeout=WAIT_MS):
        qtbot.keyClick(panel, key, ALT)
    qtbot.waitUntil(lambda: not panel.work.running, timeout=WAIT_MS)
    settle(qtbot, panel.context.executor)


def test_what_the_portal_lost_is_found_sent_again_and_confirmed(
    panel: ReconcilePanel, running: RunningApp, office: Office, clock: Clock, qtbot: Any
) -> None:
    before = office.portal.dossiers()
    lost, changed, _ = sorted(before)
    press(panel, Qt.Key.Key_S, qtbot)
    assert (panel.numbers["equal"].text(), panel.model.rowCount()) == ("3", 0)

    office.lose(lost)
    office.change(changed, SoDienThoai="0999000111")
    press(panel, Qt.Key.Key_S, qtbot)
    page = running.window.page("sync")
    assert panel.numbers["different"].text() == "2"
    assert page.tabs.tabText(page.tabs.indexOf(panel)) == "&4 Đối soát (2)"

    assert QApplication.activeModalWidget() is None
    press(panel, Qt.Key.Key_T, qtbot)
    qtbot.waitUntil(lambda: lost in office.portal.dossiers(), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: office.held(changed)["SoDienThoai"] == before[changed]["SoDienThoai"], timeout=WAIT_MS)
    qtbot.waitUntil(lambda: running.context.sync.status.waiting == 0, timeout=WAIT_MS)
    press(panel, Qt.Key.Key_S, qtbot)
    assert (panel.numbers["equal"].text(), panel.model.rowCount()) == ("3", 0)
    assert page.tabs.tabText(page.tabs.indexOf(panel)) == "&4 Đối soát"
    assert office.portal.dossiers() == before
