"""One prepared desk, copied for each test that wants one; the window's tests bring fixtures of their own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from counter_app.rules.calendar import VIETNAM
from counter_app.services.calendars import read_calendar
from counter_app.services.catalogue import import_catalogue
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.offices import init_desk
from counter_app.settings import Settings
from tests import profiles
from tests.catalogue_samples import OFFICE, catalogue

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # also where there is no screen

profiles.register()

TUESDAY_MORNING = datetime(2026, 3, 10, 8, 30, tzinfo=VIETNAM)


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self, now: datetime = TUESDAY_MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **delta: float) -> datetime:
        self.now += timedelta(**delta)
        return self.now

    def set(self, day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
        self.now = datetime(2026, month, day, hour, minute, tzinfo=VIETNAM)
        return self.now


def pytest_sessionstart(session: pytest.Session) -> None:
    # Not by pytest_report_header, which is not heard when pytest is quiet.
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter.write_line(profiles.report_line())


@pytest.fixture(scope="session")
def prepared_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An initialised data directory with the small catalogue and the calendar."""
    directory = tmp_path_factory.mktemp("prepared") / "desk"
    init_desk(directory, OFFICE, Settings(office=OFFICE.code, desk=1, clerk="Lê Thị Hạnh"))
    desk = open_desk(directory, Clock())
    import_catalogue(desk, catalogue())
    read_calendar(desk)
    desk.close()
    return directory


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def directory(prepared_directory: Path, tmp_path: Path) -> Path:
    """A data directory of this test alone."""
    return Path(shutil.copytree(prepared_directory, tmp_path / "quầy 1"))


@pytest.fixture
def desk(directory: Path, clock: Clock) -> Iterator[DeskContext]:
    opened = open_desk(directory, clock)
    yield opened
    opened.close()
