"""A rescue file on its way out or to the portal: a thread of its own, since gigabytes and a thin line take hours."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from counter_app.services.desk import DeskContext
    from counter_app.services.rescue_send import SendProgress


class _StoppedError(Exception):
    """The clerk wants it to end: an export is undone, a sending can be taken up again."""


class RescueWork(QObject):
    """Runs one export or one sending at a time; its signals are heard on the GUI thread."""

    progressed = Signal(int, int)
    """How many of how many dossiers are done."""
    done = Signal(object)
    """What was Exported or Carried."""
    failed = Signal(object)
    """The exception."""
    stopped = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._told_to_end = threading.Event()
        self._last = (-1, -1)
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether something is under way."""
        return self._thread is not None and self._thread.is_alive()

    def export(self, desk: DeskContext, target: Path, passphrase: str) -> None:
        """Begin to write a file; nothing while something is under way."""

        def work() -> Any:
            from counter_app.services.rescue_export import export_rescue

            return export_rescue(desk, target, passphrase, self._tell)

        self._start(work)

    def send(self, desk: DeskContext, file: Path, passphrase: str) -> None:
        """Begin to send another desk's file; nothing while something is under way."""

        def work() -> Any:
            from counter_app.services.portal_link import make_client
            from counter_app.services.rescue_send import send_rescue

            def tell(progress: SendProgress) -> None:
                self._tell(progress.done, progress.of)

            client = make_client(desk)
            try:
                return send_rescue(desk, file, passphrase, client, tell, wait=self._told_to_end.wait)
            finally:
                client.close()

        self._start(work)

    def cancel(self) -> None:
        """End after the call under way."""
        self._told_to_end.set()

    def stop(self) -> None:
        """Cancel and wait for the end: the window is closing."""
        self.cancel()
        if self._thread is not None:
            self._thread.join()

    def _start(self, work: Callable[[], Any]) -> None:
        if self.running:
            return
        self._told_to_end.clear()
        self._last = (-1, -1)
        self._thread = threading.Thread(target=self._run, args=(work,), name="rescue", daemon=True)
        self._thread.start()

    def _tell(self, done: int, of: int) -> None:
        if self._told_to_end.is_set():
            raise _StoppedError
        # Told of every block of a document; the window wants to hear of dossiers.
        if self._last != (done, of):
            self._last = (done, of)
            self.progressed.emit(done, of)

    def _run(self, work: Callable[[], Any]) -> None:
        try:
            answer = work()
        except _StoppedError:
            self.stopped.emit()
        except Exception as error:
            self.failed.emit(error)
        else:
            self.done.emit(answer)
