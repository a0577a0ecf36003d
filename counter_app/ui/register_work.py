"""The register on its way to paper or to a sheet: a thread of its own, so that applicants are taken in meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from counter_app.services.desk import DeskContext
    from counter_app.services.register import RegisterFilter


class _StoppedError(Exception):
    """The clerk wants it to end: nothing is left of it."""


class RegisterWork(QObject):
    """Makes one register at a time; its signals are heard on the GUI thread."""

    pages = Signal(int)
    """Pages laid out so far."""
    lines = Signal(int)
    """Lines written so far."""
    drawn = Signal(object)
    """The register as PDF."""
    written = Signal(object, int)
    """The file of the sheet, and how many lines it has."""
    failed = Signal(object)
    """The exception."""
    stopped = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._told_to_end = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether something is under way."""
        return self._thread is not None and self._thread.is_alive()

    def draw(self, desk: DeskContext, wanted: RegisterFilter) -> None:
        """Begin to lay out the paper; nothing while something is under way."""

        def work() -> None:
            from counter_app.services.papers_lists import register_paper

            pdf, _ = register_paper(desk, wanted, self._telling(self.pages))
            self._end_if_told()
            self.drawn.emit(pdf)

        self._start(work)

    def write(self, desk: DeskContext, wanted: RegisterFilter, path: Path) -> None:
        """Begin to write the sheet; nothing while something is under way."""

        def work() -> None:
            from counter_app.services.register_sheet import write_register

            self.written.emit(path, write_register(desk, wanted, path, self._telling(self.lines)))

        self._start(work)

    def cancel(self) -> None:
        """End at the next page or block."""
        self._told_to_end.set()

    def stop(self) -> None:
        """Cancel and wait for the end: the window is closing."""
        self.cancel()
        if self._thread is not None:
            self._thread.join()

    def _start(self, work: Callable[[], None]) -> None:
        if self.running:
            return
        self._told_to_end.clear()
        self._thread = threading.Thread(target=self._run, args=(work,), name="register", daemon=True)
        self._thread.start()

    def _telling(self, signal: Any) -> Callable[[int], None]:
        def tell(count: int) -> None:
            self._end_if_told()
            signal.emit(count)

        return tell

    def _end_if_told(self) -> None:
        if self._told_to_end.is_set():
            raise _StoppedError

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except _StoppedError:
            self.stopped.emit()
        except Exception as error:
            self.failed.emit(error)
