"""A scanner tried from the settings, in a thread of its own: devices and networks take seconds to answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

Stop = Callable[[], bool]


class ScannerTrial(QObject):
    """Tries one thing at a time; its signals are heard on the GUI thread."""

    done = Signal(object)
    """What was found."""
    failed = Signal(object)
    """The exception."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None
        self._told_to_end = threading.Event()

    def start(self, work: Callable[[Stop], Any]) -> None:
        """Begin; ``work`` is given what says whether to stop. One under way is waited for: it has told its end."""
        self.end()
        self._told_to_end.clear()
        self._thread = threading.Thread(target=self._run, args=(work,), name="scanner-trial", daemon=True)
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Ask what is under way to stop; ``done`` or ``failed`` tells when it has."""
        self._told_to_end.set()

    def end(self) -> None:
        """Stop, and wait for it."""
        self._told_to_end.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self, work: Callable[[Stop], Any]) -> None:
        try:
            found = work(self._told_to_end.is_set)
        except Exception as error:
            self.failed.emit(error)
        else:
            self.done.emit(found)
