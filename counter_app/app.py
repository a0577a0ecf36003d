"""Composition root of the window: settings → engine → services → workers → window, and the way back."""

from __future__ import annotations

import gc
import sys
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QLocale, QObject, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QApplication, QMessageBox

from counter_app.errors import CounterError, UserError
from counter_app.ui.context import AppContext
from counter_app.ui.executor import Executor
from counter_app.ui.kept_true import keep_true
from counter_app.ui.main_window import MainWindow
from counter_app.ui.qt_words import QtWords
from counter_app.ui.theme import apply_theme

if TYPE_CHECKING:
    from counter_app.rules.calendar import WorkCalendar
    from counter_app.services.desk import DeskContext

COLLECT_EVERY_MS = 10_000
BACKUP_LOOK_SECONDS = 3600.0
FIRST_BACKUP_AFTER_SECONDS = 60.0


class DemoPortal(Protocol):
    """A practice portal that runs along with the window and ends with it."""

    def stop(self) -> None: ...


class _Opening(threading.Thread):
    """Opens the desk while the GUI thread makes the application: most of a start is importing."""

    def __init__(self, directory: Path) -> None:
        super().__init__(name="open-desk", daemon=True)
        self._directory = directory
        self._desk: DeskContext | None = None
        self._error: Exception | None = None

    def run(self) -> None:
        try:
            from counter_app.services.desk import open_desk

            self._desk = open_desk(self._directory)
        except Exception as error:
            self._error = error

    def result(self) -> DeskContext:
        """The open desk; raises what opening raised."""
        self.join()
        if self._error is not None:
            raise self._error
        assert self._desk is not None
        return self._desk


class _DailyBackup(threading.Thread):
    """Looks every hour whether today's backup has been made."""

    def __init__(self, desk: DeskContext, failed: SignalInstance) -> None:
        super().__init__(name="daily-backup", daemon=True)
        self._desk = desk
        self._failed = failed
        self._stop = threading.Event()

    def run(self) -> None:
        from counter_app.storage import daily_backup

        pause = FIRST_BACKUP_AFTER_SECONDS
        while not self._stop.wait(pause):
            pause = BACKUP_LOOK_SECONDS
            try:
                daily_backup(self._desk.database)
            except CounterError as error:
                self._failed.emit(error)

    def stop(self) -> None:
        self._stop.set()
        self.join()


class RunningApp(QObject):
    """All that runs while the window is open, and its one way to end."""

    _trouble = Signal(object)

    def __init__(self, desk: DeskContext, *, start_page: str = "intake", workers: bool = True) -> None:
        super().__init__()
        self.desk = desk
        self.executor = Executor(self)
        self.context = AppContext(desk, self.executor, parent=self)
        self._trouble.connect(self.context.show_error)
        self._backup = _DailyBackup(desk, self._trouble) if workers else None
        if workers:
            self._make_workers()
        self.window = MainWindow(self.context, office_name=desk.settings.office, start_page=start_page)
        self._ended = False
        self._garbage = QTimer(self)
        self._garbage.setInterval(COLLECT_EVERY_MS)
        self._garbage.timeout.connect(self._collect)

    def start(self) -> None:
        """Show the window and set the background to work. Collection of garbage moves to the GUI thread."""
        self.window.reporter.install()
        self.window.show()
        gc.disable()
        self._garbage.start()
        self.executor.submit(partial(_office_name, self.desk), self._take_office_name)
        self.executor.submit(partial(_calendar, self.desk), self._take_calendar)
        for worker in (self._backup, self.context.sync, self.context.spooler):
            if worker is not None:
                worker.start()

    def shutdown(self) -> None:
        """Stop, join, executor, engine, windows, deferred deletes, collect: in this order, once."""
        if self._ended:
            return
        self._ended = True
        self._garbage.stop()
        for worker in (self.context.sync, self.context.spooler, self._backup):
            if worker is not None:
                worker.stop()
        self.executor.close()
        self.desk.close()
        self.window.reporter.remove()
        self.window.close()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.enable()
        gc.collect()

    def _make_workers(self) -> None:
        """The background workers that the settings ask for."""

    def _take_office_name(self, name: str) -> None:
        self.window.navigation.set_office(name)

    def _take_calendar(self, calendar: WorkCalendar) -> None:
        self.context.calendar = calendar
        self.context.announce("calendar")

    def _collect(self) -> None:
        gc.collect()


def _office_name(desk: DeskContext) -> str:
    from counter_app.services.offices import get_office

    return get_office(desk).name


def _calendar(desk: DeskContext) -> WorkCalendar:
    from counter_app.services.calendars import read_calendar

    return read_calendar(desk)


def make_application() -> QApplication:
    """The one QApplication, with fonts, style and Vietnamese words."""
    keep_true()
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("counter-app")
    app.setApplicationDisplayName("Quầy Một Cửa")
    QLocale.setDefault(QLocale(QLocale.Language.Vietnamese, QLocale.Country.Vietnam))
    words = QtWords(app)
    app.installTranslator(words)
    apply_theme(app)
    return app


def run_window(directory: Path, *, demo: DemoPortal | None = None) -> int:
    """Open the window on an initialised data directory; returns the exit status when it is closed.

    0 done; 1 settings refused, 3 storage fault (both are shown in a box first). ``demo`` is stopped at the end.
    """
    opening = _Opening(directory)
    opening.start()
    app = make_application()
    try:
        return _run(app, opening)
    finally:
        if demo is not None:
            demo.stop()


def _run(app: QApplication, opening: _Opening) -> int:
    try:
        desk = opening.result()
    except CounterError as error:
        box = QMessageBox(QMessageBox.Icon.Critical, "Quầy Một Cửa", error.message)
        box.finished.connect(app.quit)
        box.open()
        app.exec()
        return 1 if isinstance(error, UserError) else 3
    running = RunningApp(desk)
    running.start()
    status = app.exec()
    running.shutdown()
    return status
