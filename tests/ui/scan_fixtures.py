"""A scanner that a test feeds, and the page of scanning with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from PySide6.QtCore import Qt

from counter_app.app import RunningApp
from counter_app.scanning.model import ReadPage, ScanProfile, ScanTrouble, SourceInfo
from counter_app.services.scan_jobs import work_off_one
from counter_app.ui import scan_controls
from counter_app.ui.main_window import MainWindow
from counter_app.ui.scan_page import ScanPage
from tests.services.scan_samples import scanned
from tests.ui.window_fixtures import settle

WAIT_MS = 20_000


class FedScanner:
    """Gives the pages that lie in ``feeder``; ``trouble`` comes after them. ``gate`` shut: it waits before each."""

    info = SourceInfo("test:1", "Máy quét thử", "sane", has_feeder=True, has_duplex=False, resolutions=(200, 300))

    def __init__(self) -> None:
        self.feeder: list[ReadPage] = []
        self.trouble: ScanTrouble | None = None
        self.profiles: list[ScanProfile] = []
        self.gate = threading.Event()
        self.gate.set()

    def scan(self, profile: ScanProfile, take: Callable[[ReadPage], None], stop: Callable[[], bool]) -> None:
        self.profiles.append(profile)
        while self.feeder:
            while not self.gate.wait(0.01):
                if stop():
                    break
            if stop():
                raise ScanTrouble("stopped", "Đã dừng quét.")
            take(self.feeder.pop(0))
        trouble, self.trouble = self.trouble, None
        if trouble is not None:
            raise trouble


@pytest.fixture
def scanner(monkeypatch: pytest.MonkeyPatch) -> Iterator[FedScanner]:
    """The only scanner of the desk."""
    made = FedScanner()
    monkeypatch.setattr(scan_controls, "_sources", lambda _desk: (made.info,))
    monkeypatch.setattr(scan_controls, "_open", lambda _desk, _source: made)
    yield made
    made.gate.set()


@pytest.fixture
def scan_page(window: MainWindow, running: RunningApp, scanner: FedScanner, qtbot: Any) -> ScanPage:
    """The page of scanning in front, its scanner found."""
    window.show_page("scan")
    settle(qtbot, running.executor)
    made = window.page("scan")
    assert isinstance(made, ScanPage)
    qtbot.waitUntil(made.controls.scan.isEnabled, timeout=WAIT_MS)
    return made


def at_rest(page: ScanPage, qtbot: Any) -> None:
    """Wait until everything has been read, looked at and written."""
    session, executor = page.session, page.context.executor
    qtbot.waitUntil(
        lambda: not (session.is_reading or session.work.unseen or executor.pending or session.is_unsorted),
        timeout=WAIT_MS,
    )


def scan(page: ScanPage, scanner: FedScanner, qtbot: Any, pages: Sequence[ReadPage | str]) -> None:
    """Lay pages into the feeder, press F5 and wait until all is read."""
    scanner.feeder += [scanned(item) if isinstance(item, str) else item for item in pages]
    qtbot.keyClick(page.view, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: page.session.is_reading or not scanner.feeder, timeout=WAIT_MS)
    at_rest(page, qtbot)


def choose_dossier(page: ScanPage, qtbot: Any, code: str, component: str = "", result: str = "") -> None:
    """As F7 or the dossier's page does."""
    page.context.open_scan.emit(code, component, result)
    qtbot.waitUntil(lambda: page.target.target.dossier == code, timeout=WAIT_MS)
    at_rest(page, qtbot)


def work_off(page: ScanPage, qtbot: Any) -> None:
    """Do what the background worker does, and tell the window as it does."""
    while (outcome := work_off_one(page.context.desk)) is not None:
        page.context.announce("scan_jobs", "dossier", "outbox", dossiers=(outcome.dossier_code,))
    at_rest(page, qtbot)


def order(page: ScanPage) -> list[str]:
    return [item.id for item in page.session.pages]


def rows(page: ScanPage) -> list[str]:
    """What the table of documents says of each: pages and state."""
    table = page.groups
    return [f"{table.item(row, 3).text()} {table.item(row, 4).text()}" for row in range(table.rowCount())]


def key(page: ScanPage, qtbot: Any, key: Any, modifier: Any = Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(page.view, key, modifier)
    at_rest(page, qtbot)
