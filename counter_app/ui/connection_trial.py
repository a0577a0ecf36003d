"""The sign-in tried from the settings, in a thread of its own: a portal that does not answer takes its time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from counter_app.services.desk import DeskContext
    from counter_app.settings import Settings


class ConnectionTrial(QObject):
    """Runs one trial at a time; its signals are heard on the GUI thread."""

    done = Signal(object)
    """The Connection."""
    failed = Signal(object)
    """The exception."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether a trial is under way."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, desk: DeskContext, settings: Settings, password: str) -> None:
        """Begin; nothing while an earlier trial is under way."""
        if self.running:
            return
        given = (desk, settings, password)
        self._thread = threading.Thread(target=self._run, args=given, name="connection-trial", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Wait for the trial: as long as one sign-in may take."""
        if self._thread is not None:
            self._thread.join()

    def _run(self, desk: DeskContext, settings: Settings, password: str) -> None:
        from counter_app.services.portal_check import try_connection

        try:
            found = try_connection(desk, settings, password)
        except Exception as error:
            self.failed.emit(error)
        else:
            self.done.emit(found)
