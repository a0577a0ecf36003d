"""What the portal changes reaches the open pages, and only then are they told to read again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Slot

from counter_app.app import RunningApp
from counter_app.sandbox import PracticePortal
from counter_app.services.desk import DeskContext
from counter_app.settings import with_changes
from counter_app.ui.context import Changed
from tests.ui.window_fixtures import CATALOGUE, drain, settle


class Recorder(QObject):
    """Notes what is announced."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: set[str] = set()

    @Slot(object)
    def take(self, changed: Changed) -> None:
        self.kinds |= changed.kinds


def test_what_the_portal_changes_is_announced(
    desk: DeskContext, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTER_PORTAL_PASSWORD", "thuchanh")
    with PracticePortal(tmp_path / "portal.db", catalogue=CATALOGUE) as portal:
        settings = with_changes(desk.settings, portal={"url": portal.url, "user": "canbo"})
        running = RunningApp(replace(desk, settings=settings))
        recorder = Recorder()
        running.context.changed.connect(recorder.take)
        running.start()
        try:
            qtbot.waitUntil(lambda: "Trực tuyến" in running.window.light.text(), timeout=15_000)
            qtbot.waitUntil(lambda: "outbox" in recorder.kinds)
            settle(qtbot, running.executor)
            assert recorder.kinds & {"dossier", "catalogue"} == set()
            portal.push_sample("HoSoMoi")
            desk_clock = desk.clock
            desk_clock.move(minutes=2)  # type: ignore[attr-defined]
            running.context.sync.wake(insist=True)
            qtbot.waitUntil(lambda: "dossier" in recorder.kinds, timeout=15_000)
        finally:
            running.shutdown()
            drain()
