"""The comparison on its way: a thread of its own, so that an applicant is taken in while the portal is asked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from counter_app.services.desk import DeskContext
    from counter_app.services.reconcile import Period


class ReconcileWork(QObject):
    """Runs one comparison, or one mending of all that differs, at a time; its signals are heard on the GUI thread.

    The window's own worker would do for a short line; a slow one would keep every page waiting behind it.
    """

    compared = Signal(object)
    """A Progress of the comparison."""
    mended = Signal(int)
    """Differences sent again so far."""
    done = Signal(object)
    """The Report, or what was Mended."""
    failed = Signal(object)
    """The exception."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._told_to_end = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether something is under way."""
        return self._thread is not None and self._thread.is_alive()

    def compare(self, desk: DeskContext, period: Period) -> None:
        """Begin to compare a period; nothing while something is under way."""

        def work() -> Any:
            from counter_app.services.portal_link import make_client
            from counter_app.services.reconcile import reconcile

            client = make_client(desk)
            try:
                return reconcile(desk, client, period, self._told_to_end.is_set, self.compared.emit)
            finally:
                client.close()

        self._start(work)

    def mend_all(self, desk: DeskContext) -> None:
        """Begin to queue all that can be sent again; nothing while something is under way."""

        def work() -> Any:
            from counter_app.services.reconcile_mend import mend_all

            return mend_all(desk, self._told_to_end.is_set, self.mended.emit)

        self._start(work)

    def cancel(self) -> None:
        """End after the call under way; what was done until then stays."""
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
        self._thread = threading.Thread(target=self._run, args=(work,), name="reconcile", daemon=True)
        self._thread.start()

    def _run(self, work: Callable[[], Any]) -> None:
        try:
            answer = work()
        except Exception as error:
            self.failed.emit(error)
        else:
            self.done.emit(answer)
