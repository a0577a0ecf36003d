"""The portal's catalogue on its way in: a thread of its own, since thousands of calls take their time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from counter_app.services.desk import DeskContext


class _StoppedError(Exception):
    """The window is closing: nothing has been written yet, nothing will be."""


class CatalogueFetch(QObject):
    """Runs one import at a time; its signals are heard on the GUI thread."""

    progressed = Signal(int)
    """Procedures fetched so far."""
    done = Signal(object)
    """The ImportOutcome."""
    failed = Signal(object)
    """The exception."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._told_to_end = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether an import is under way."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, desk: DeskContext) -> None:
        """Begin to fetch; nothing while an earlier fetch is under way."""
        if self.running:
            return
        self._thread = threading.Thread(target=self._run, args=(desk,), name="catalogue-fetch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the call under way, without writing anything."""
        self._told_to_end.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self, desk: DeskContext) -> None:
        from counter_app.services.portal_link import import_catalogue_from_portal

        try:
            outcome = import_catalogue_from_portal(desk, self._tell)
        except _StoppedError:
            return
        except Exception as error:
            self.failed.emit(error)
        else:
            self.done.emit(outcome)

    def _tell(self, fetched: int) -> None:
        if self._told_to_end.is_set():
            raise _StoppedError
        self.progressed.emit(fetched)
