"""The threads behind the scan window: one reads pages from the source, one looks at what was read."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from counter_app.errors import CounterError
from counter_app.ui.scan_target import Target

if TYPE_CHECKING:
    from counter_app.scanning.model import ReadPage, ScanProfile, ScanSource
    from counter_app.scanning.tray import Tray, TrayPage


Look = Callable[["Tray", "TrayPage"], None]
"""Looks at one page and records in the tray what it found."""


_NOT_SEEN = (
    "Chương trình không xem được trang này nên không biết trên đó có tờ ngăn không. Hãy xem trang, hoặc quét lại."
)


class ScanWork(QObject):
    """Signals are heard on the GUI thread; a page is on the disk and in its tray before ``page_read`` tells of it."""

    page_read = Signal(str)
    page_seen = Signal(str)
    ended = Signal(object)
    """None, or the exception that ended it; pages read before stay."""
    all_seen = Signal()
    look_failed = Signal(object)

    def __init__(self, look: Look, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._told_to_end = threading.Event()
        self._closing = threading.Event()
        self._reader: threading.Thread | None = None
        self._looker: threading.Thread | None = None
        self._to_look: queue.SimpleQueue[tuple[Tray, str] | None] = queue.SimpleQueue()
        self._unseen = 0
        self._lock = threading.Lock()

    @property
    def unseen(self) -> int:
        """Pages that have been read and not looked at."""
        return self._unseen

    @property
    def is_reading(self) -> bool:
        return self._reader is not None and self._reader.is_alive()

    def start(
        self, tray: Tray, open_source: Callable[[], ScanSource], profile: ScanProfile, target: Target, run: int
    ) -> None:
        """Begin to read ``run``; an earlier one is waited for, which has told that it ended."""
        self.stop_reading()
        self._told_to_end.clear()

        def put(page: ReadPage) -> str:
            return tray.add(page, run=run, aim=(target.dossier, target.component, target.result)).id

        self._reader = threading.Thread(
            target=self._read, args=(tray, put, open_source, profile), name="scan-reader", daemon=True
        )
        self._reader.start()

    def ask_to_stop(self) -> None:
        """Ask the source to stop; ``ended`` tells when it has."""
        self._told_to_end.set()

    def stop_reading(self) -> None:
        """Stop, and wait for it."""
        self._told_to_end.set()
        if self._reader is not None:
            self._reader.join()
            self._reader = None

    def close(self) -> None:
        """End both threads; pages not looked at are looked at another time."""
        self.stop_reading()
        self._closing.set()
        if self._looker is not None:
            self._to_look.put(None)
            self._looker.join()
            self._looker = None

    def look_at(self, tray: Tray, page_id: str) -> None:
        """Have a page looked at when its turn comes."""
        with self._lock:
            self._unseen += 1
        if self._looker is None:
            self._looker = threading.Thread(target=self._look_on, name="scan-looker", daemon=True)
            self._looker.start()
        self._to_look.put((tray, page_id))

    def _read(
        self, tray: Tray, put: Callable[[ReadPage], str], open_source: Callable[[], ScanSource], profile: ScanProfile
    ) -> None:
        def take(page: ReadPage) -> None:
            page_id = put(page)
            self.look_at(tray, page_id)
            self.page_read.emit(page_id)

        error: Exception | None = None
        try:
            open_source().scan(profile, take, self._told_to_end.is_set)
        except Exception as trouble:
            error = trouble
        self.ended.emit(error)

    def _look_on(self) -> None:
        while (wanted := self._to_look.get()) is not None:
            if self._closing.is_set():
                continue
            tray, page_id = wanted
            self._look_at_one(tray, page_id)
            with self._lock:
                self._unseen -= 1
                left = self._unseen
            self.page_seen.emit(page_id)
            if not left:
                self.all_seen.emit()

    def _look_at_one(self, tray: Tray, page_id: str) -> None:
        page = next((page for page in tray.pages() if page.id == page_id), None)
        if page is None:
            return
        try:
            self._look(tray, page)
        except CounterError as error:
            self._tell_trouble(tray, page_id, error.message)
        except Exception as error:
            self._tell_trouble(tray, page_id, _NOT_SEEN)
            self.look_failed.emit(error)

    def _tell_trouble(self, tray: Tray, page_id: str, trouble: str) -> None:
        """Keep it with the page; where the disk refuses, the sorting still knows that nobody looked at the page."""
        try:
            tray.record(page_id, trouble=trouble)
        except Exception as error:
            self.look_failed.emit(error)
