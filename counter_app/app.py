"""Composition root of the window: settings → engine → services → workers → window, and the way back."""

from __future__ import annotations

import gc
import sys
import threading
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QLocale, QObject, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox

from counter_app.errors import CounterError, KnownError, UserError
from counter_app.ui.context import AppContext, Changed
from counter_app.ui.executor import Executor
from counter_app.ui.kept_constants import keep_constants
from counter_app.ui.main_window import MainWindow
from counter_app.ui.qt_words import QtWords
from counter_app.ui.theme import apply_theme

if TYPE_CHECKING:
    from counter_app.rules.calendar import WorkCalendar
    from counter_app.services.desk import DeskContext
    from counter_app.services.feed_news import FeedNews
    from counter_app.services.scan_jobs import Outcome
    from counter_app.services.scan_queue import ScanQueue
    from counter_app.sync.worker import SyncStatus, SyncWorker
    from printing.spool import Spooler

COLLECT_EVERY_MS = 10_000
WORKERS_AFTER_MS = 300
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


class _Housekeeping(threading.Thread):
    """Checks the database once after the start, then looks every hour whether today's backup has been made."""

    def __init__(self, desk: DeskContext, failed: SignalInstance) -> None:
        super().__init__(name="housekeeping", daemon=True)
        self._desk = desk
        self._failed = failed
        self._told_to_end = threading.Event()

    def run(self) -> None:
        from counter_app.storage import check_integrity, daily_backup

        _forget_copies(self._desk)
        pause = FIRST_BACKUP_AFTER_SECONDS
        try:
            check_integrity(self._desk.database.path)
        except CounterError as error:
            self._failed.emit(error)
        while not self._told_to_end.wait(pause):
            pause = BACKUP_LOOK_SECONDS
            try:
                daily_backup(self._desk.database)
            except CounterError as error:
                self._failed.emit(error)

    def stop(self) -> None:
        self._told_to_end.set()
        self.join()


class _Ending(threading.Thread):
    """Waits for a syncer, and for the one before it, to end."""

    def __init__(self, worker: SyncWorker | None, before: threading.Thread | None, ended: SignalInstance) -> None:
        super().__init__(name="end-sync", daemon=True)
        self._worker = worker
        self._before = before
        self._ended = ended

    def run(self) -> None:
        if self._before is not None:
            self._before.join()
        if self._worker is not None:
            self._worker.stop(None)
        self._ended.emit()


class RunningApp(QObject):
    """All that runs while the window is open, and its one way to end.

    ``workers`` False leaves out sync, spooler and backup (for tests that drive pages alone).
    """

    _trouble = Signal(object)
    _jobs_moved = Signal()
    _scanned = Signal(object)
    _sync_ended = Signal()

    def __init__(self, desk: DeskContext, *, start_page: str = "intake", workers: bool = True) -> None:
        super().__init__()
        self.desk = desk
        self.executor = Executor(self)
        self.context = AppContext(desk, self.executor, parent=self)
        self._with_workers = workers
        self._backup: _Housekeeping | None = None
        self._last_sync: _Ending | None = None
        self._told: tuple[object, ...] = ()
        self._sync_paused = False
        self._feed_seen: int | None = None
        self._ended = False
        self._trouble.connect(self.context.show_error)
        self._jobs_moved.connect(self._tell_of_jobs)
        self._scanned.connect(self._tell_of_scan)
        self._sync_ended.connect(self._sync_stopped)
        self.context.changed.connect(self._take_changes)
        self.context.sync_status.connect(self._take_sync_status)
        self.window = MainWindow(self.context, office_name=desk.settings.office, start_page=start_page)
        self._garbage = QTimer(self)
        self._garbage.setInterval(COLLECT_EVERY_MS)
        self._garbage.timeout.connect(self._collect)

    def start(self) -> None:
        """Show the window, then set the background to work. Collection of garbage moves to the GUI thread."""
        self.window.reporter.install()
        self.window.show()
        gc.disable()
        self._garbage.start()
        self._read_office()
        self._read_calendar()
        QTimer.singleShot(WORKERS_AFTER_MS, self, self._start_workers)

    def shutdown(self) -> None:
        """Stop, join, executor, engine, windows, deferred deletes, collect: in this order, once."""
        if self._ended:
            return
        self._ended = True
        self._garbage.stop()
        # Closed first: what is still on the forms goes to the executor while it takes work.
        self.window.close()
        for worker in (self.context.sync, self.context.spooler, self.context.scans, self._backup):
            if worker is not None:
                worker.stop()
        if self._last_sync is not None:
            self._last_sync.join()
        self.executor.close()
        _forget_copies(self.desk)
        self.desk.close()
        self.window.reporter.remove()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.enable()
        gc.collect()

    def _start_workers(self) -> None:
        """The first rows are on the screen: now the threads whose modules are slow to import."""
        if self._ended or not self._with_workers:
            return
        self._backup = _Housekeeping(self.desk, self._trouble)
        self._backup.start()
        self.context.spooler = self._new_spooler()
        self.context.spooler.start()
        self.context.scans = self._new_scan_queue()
        self.context.scans.start()
        self.window.scan_light.look_for_loose()
        self._read_feed()
        self._start_sync()

    def _new_spooler(self) -> Spooler:
        from counter_app.services.print_job_store import DatabaseJobStore
        from printing.spool import Spooler

        return Spooler(
            DatabaseJobStore(self.desk.database),
            self.desk.clock,
            on_change=self._jobs_moved.emit,
            on_trouble=self._trouble.emit,
        )

    def _new_scan_queue(self) -> ScanQueue:
        from counter_app.services.scan_queue import ScanQueue

        return ScanQueue(
            self.desk,
            on_progress=self.context.scan_progress.emit,
            on_outcome=self._scanned.emit,
            on_trouble=self._trouble.emit,
        )

    def _start_sync(self) -> None:
        """The syncer of the portal in the settings; none without an address."""
        desk = self.context.desk
        if not desk.settings.portal.url:
            return
        from counter_app.services.portal_link import make_engine
        from counter_app.sync.worker import SyncWorker

        self.context.sync = SyncWorker(
            desk.database,
            partial(make_engine, desk),
            self.context.take_sync_status,
            clock=desk.clock,
            interval=timedelta(seconds=desk.settings.portal.interval_seconds),
        )
        if self._sync_paused:
            self.context.sync.pause()
        self.context.sync.start()

    def _take_changes(self, changed: Changed) -> None:
        if "office" in changed.kinds:
            self._read_office()
        if "calendar" in changed.kinds:
            self._read_calendar()
        if "dossier" in changed.kinds:
            self.context.wake_scans()  # there may be a new document with words in it
        if "settings" in changed.kinds and self.context.scans is not None:
            self.context.scans.take_desk(self.context.desk)
        if "settings" in changed.kinds and self._backup is not None:
            self._restart_sync()

    def _restart_sync(self) -> None:
        """Another portal, user or pause: the old syncer ends first, the screen does not wait for its last call."""
        old, self.context.sync = self.context.sync, None
        # Whoever has paused the sync and saves a setting has not ended the pause.
        self._sync_paused = old is not None and old.status.paused
        self._last_sync = _Ending(old, self._last_sync, self._sync_ended)
        self._last_sync.start()

    def _sync_stopped(self) -> None:
        if not self._ended and self.context.sync is None:
            self._start_sync()

    def _take_sync_status(self, status: SyncStatus) -> None:
        """After a pass that changed something, pages read their badges again."""
        told = (status.waiting, status.needs_attention, status.last_success_at)
        if not status.sending and told != self._told:
            self._told = told
            self.context.announce("outbox")
            self._read_feed()

    def _read_feed(self) -> None:
        self.executor.submit(partial(_feed_news, self.context.desk, self._feed_seen), self._take_feed)

    def _take_feed(self, news: FeedNews) -> None:
        """What the portal has changed is shown: dossiers and their badges, the type-ahead, the calendar."""
        self._feed_seen = news.newest
        if news.topics:
            self.context.announce(*sorted(news.topics))

    def _tell_of_jobs(self) -> None:
        self.context.announce("print_jobs")

    def _tell_of_scan(self, outcome: Outcome) -> None:
        self.context.announce("scan_jobs", "dossier", "outbox", dossiers=(outcome.dossier_code,))
        self.context.wake_sync()
        if outcome.message:
            self.context.tell(f"{outcome.dossier_code}: {outcome.message}", "warning")

    def _read_office(self) -> None:
        self.executor.submit(partial(_office_name, self.context.desk), self._take_office_name)

    def _take_office_name(self, name: str) -> None:
        self.window.navigation.set_office(name)

    def _read_calendar(self) -> None:
        self.executor.submit(partial(_calendar, self.context.desk), self.context.take_calendar)

    def _collect(self) -> None:
        gc.collect()


def _forget_copies(desk: DeskContext) -> None:
    from counter_app.services.viewing import forget_copies

    forget_copies(desk)


def _office_name(desk: DeskContext) -> str:
    from counter_app.services.offices import get_office

    return get_office(desk).name


def _feed_news(desk: DeskContext, after: int | None) -> FeedNews:
    from counter_app.services.feed_news import feed_news

    return feed_news(desk, after)


def _calendar(desk: DeskContext) -> WorkCalendar:
    from counter_app.services.calendars import read_calendar

    return read_calendar(desk)


def make_application() -> QApplication:
    """The one QApplication, with fonts, style and Vietnamese words."""
    keep_constants()
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
    """Open the window on a data directory; returns the exit status when it is closed.

    A directory without anything in it is set up first, with the clerk's answers. 0 done; 1 settings refused,
    3 storage fault (both are shown in a box first). ``demo`` is stopped at the end.
    """
    opening = _Opening(directory)
    opening.start()
    app = make_application()
    try:
        return _run(app, directory, opening)
    finally:
        if demo is not None:
            demo.stop()


def _run(app: QApplication, directory: Path, opening: _Opening) -> int:
    try:
        desk = opening.result()
    except CounterError as error:
        if _is_new(directory, error):
            return _run_first(app, directory)
        box = QMessageBox(QMessageBox.Icon.Critical, "Quầy Một Cửa", error.message)
        box.finished.connect(app.quit)
        box.open()
        app.exec()
        return 1 if isinstance(error, UserError) else 3
    running = RunningApp(desk)
    running.window.fit_screen()
    running.start()
    status = app.exec()
    running.shutdown()
    return status


def _is_new(directory: Path, error: CounterError) -> bool:
    """Nothing has been set up here yet; settings without their database are a loss, and told as one."""
    from counter_app.settings import SETTINGS_NAME

    unknown = isinstance(error, KnownError) and error.kind == "not_initialised"
    return unknown and not (directory / SETTINGS_NAME).exists()


def _run_first(app: QApplication, directory: Path) -> int:
    """Ask for office and desk, then open the window; 0 as well when the clerk leaves."""
    from counter_app.ui.first_run import FirstRunDialog

    dialog = FirstRunDialog(directory)
    dialog.finished.connect(app.quit)
    dialog.open()
    app.exec()
    accepted, error = dialog.result() == QDialog.DialogCode.Accepted, dialog.error
    dialog.deleteLater()
    if error is not None:
        raise error
    if not accepted:
        return 0
    opening = _Opening(directory)
    opening.start()
    return _run(app, directory, opening)
