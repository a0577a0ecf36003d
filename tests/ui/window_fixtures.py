"""Fixtures for tests that drive the real window on a real database; taken in by the conftest files here and in
tests/journeys."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from counter_app.app import RunningApp, make_application
from counter_app.rules.calendar import VIETNAM
from counter_app.services.calendars import read_calendar
from counter_app.services.catalogue import import_catalogue_file
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.offices import init_desk
from counter_app.services.values import ApplicantData, ComponentIn, OfficeData, Received, ReceiveRequest
from counter_app.settings import Settings
from counter_app.ui.context import AppContext
from counter_app.ui.executor import Executor
from counter_app.ui.main_window import MainWindow
from counter_app.ui.settings_page import SettingsPage

CATALOGUE = Path(__file__).parent / "data" / "procedures.json"
OFFICE = OfficeData("H15.36", "UBND xã Ea Kao", "UBND TỈNH ĐẮK LẮK", place="Ea Kao", phone="0262 3812 345")
TUESDAY_MORNING = datetime(2026, 3, 10, 8, 30, tzinfo=VIETNAM)
WAIT_MS = 10_000


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self, now: datetime = TUESDAY_MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@pytest.fixture(autouse=True)
def only_its_own_garbage() -> Iterator[None]:
    """What is there before a test is left out of its collections, which would take longer with every test."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """A test that leaves a thread behind fails."""
    before = set(threading.enumerate())
    yield
    left = [thread.name for thread in threading.enumerate() if thread not in before and thread.is_alive()]
    assert not left, f"threads left running: {left}"


@pytest.fixture(scope="session")
def qapp(qapp_args: list[str]) -> QApplication:
    """The application as the program makes it: fonts, style sheet, Vietnamese words."""
    return make_application()


@pytest.fixture(scope="session")
def empty_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An initialised data directory with the small catalogue, copied for each test."""
    directory = tmp_path_factory.mktemp("desk")
    init_desk(directory, OFFICE, Settings(office=OFFICE.code, desk=1, clerk="Lê Thị Hạnh"))
    desk = open_desk(directory, Clock())
    import_catalogue_file(desk, CATALOGUE)
    read_calendar(desk)
    desk.close()
    return directory


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def directory(empty_directory: Path, tmp_path: Path) -> Path:
    """A fresh data directory of this test."""
    import shutil

    target = tmp_path / "desk"
    shutil.copytree(empty_directory, target)
    return target


@pytest.fixture
def desk(directory: Path, clock: Clock) -> Iterator[DeskContext]:
    opened = open_desk(directory, clock)
    yield opened
    opened.close()


@pytest.fixture
def executor(qapp: QApplication) -> Iterator[Executor]:
    made = Executor()
    yield made
    made.close()
    made.deleteLater()
    drain()


@pytest.fixture
def context(desk: DeskContext, executor: Executor) -> Iterator[AppContext]:
    made = AppContext(desk, executor, calendar=read_calendar(desk))
    yield made
    made.deleteLater()
    drain()


@pytest.fixture
def running(desk: DeskContext, qtbot: Any) -> Iterator[RunningApp]:
    """The program without its background workers, not shown yet."""
    made = RunningApp(desk, workers=False)
    made.context.calendar = read_calendar(desk)
    yield made
    made.shutdown()
    made.deleteLater()
    drain()


@pytest.fixture
def window(running: RunningApp, qtbot: Any) -> MainWindow:
    """The real window, shown at the size of a clerk's screen, the first page ready."""
    running.window.resize(1366, 768)
    running.window.show()
    qtbot.waitExposed(running.window)
    settle(qtbot, running.executor)
    return running.window


def settle(qtbot: Any, executor: Executor) -> None:
    """Wait until every answer is there."""
    qtbot.waitUntil(lambda: executor.pending == 0, timeout=WAIT_MS)


def settings_page(running: RunningApp, qtbot: Any) -> SettingsPage:
    """The window with the settings in front, everything read."""
    running.window.show_page("settings")
    running.window.show()
    qtbot.waitExposed(running.window)
    settle(qtbot, running.executor)
    page = running.window.page("settings")
    assert isinstance(page, SettingsPage)
    return page


def drain() -> None:
    """Carry out deferred deletes now, so that nothing outlives its test."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QCoreApplication.processEvents()
    gc.collect()


PEOPLE = (
    ("H' Ngăm Niê Kdăm", "066190012345", "0912345678"),
    ("Nguyễn Văn Đức", "066089004567", "0935123456"),
    ("Trần Thị Hồng Ánh", "066300001122", "0978111222"),
    ("Y Thắng Êban", "066204003344", "0905333444"),
)


@pytest.fixture
def take_in(desk: DeskContext) -> Callable[..., Received]:
    """Receive a dossier through the service: ``take_in(person=0, procedure="1.013314")``."""
    from counter_app.services.catalogue import get_procedure
    from counter_app.services.receive import receive

    def receive_one(person: int = 0, procedure: str = "1.013314", **changes: Any) -> Received:
        name, number, phone = PEOPLE[person % len(PEOPLE)]
        papers = get_procedure(desk, procedure).components
        request = ReceiveRequest(
            procedure=procedure,
            applicant=ApplicantData(
                name=name, personal_number=number, phone=phone, address="Buôn Akõ Dhông, xã Ea Kao, tỉnh Đắk Lắk"
            ),
            components=tuple(ComponentIn(item.code, max(item.originals, 1), item.copies) for item in papers),
            **changes,
        )
        return receive(desk, request)

    return receive_one


def type_text(text: str, *, at: QWidget | None = None) -> None:
    """Type ``text`` key by key into what has the focus, as a keyboard or a scanner does (Vietnamese too)."""
    for letter in text:
        target = at or QApplication.focusWidget()
        assert target is not None, "nothing has the focus"
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(target, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter))


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press one key in what has the focus."""
    target = QApplication.focusWidget()
    assert target is not None, "nothing has the focus"
    QTest.keyClick(target, key, modifier)
