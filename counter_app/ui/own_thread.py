"""Work in a thread of its own: a line, a device or thousands of rows would keep every page waiting behind them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot


class StoppedError(Exception):
    """The clerk wants the work to end, or the window closes: it gives nothing."""


@dataclass(slots=True, eq=False)
class _Run:
    """One piece of work and what came of it."""

    work: Callable[[], Any]
    answer: Any = None
    error: Exception | None = None


class OwnThread(QObject):
    """Does one piece of work at a time beside the window's worker; its signals are heard on the GUI thread."""

    done = Signal(object)
    """What the work gave."""
    failed = Signal(object)
    """The exception."""
    stopped = Signal()
    """It was told to end, and gave nothing."""
    _ended = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._told_to_end = threading.Event()
        self._thread: threading.Thread | None = None
        self._run: _Run | None = None
        self._ended.connect(self._tell_end, Qt.ConnectionType.QueuedConnection)

    @property
    def running(self) -> bool:
        """Whether something is under way, or has not told its end yet."""
        return self._run is not None

    def begin(self, work: Callable[[], Any]) -> None:
        """Begin; nothing while something is under way."""
        if self.running:
            return
        self._told_to_end.clear()
        self._run = _Run(work)
        self._thread = threading.Thread(target=self._do, args=(self._run,), name=self._name, daemon=True)
        self._thread.start()

    def told_to_end(self) -> bool:
        """Whether the work is to end; asked in its thread."""
        return self._told_to_end.is_set()

    def end_if_told(self) -> None:
        """Raise StoppedError, in the thread of the work, when it is to end."""
        if self.told_to_end():
            raise StoppedError

    def cancel(self) -> None:
        """Tell the work to end; it ends at the next place where it can."""
        self._told_to_end.set()

    def stop(self, seconds: float | None = None) -> None:
        """Cancel and wait for the end, ``seconds`` at the most: the window is closing, nothing is told any more."""
        self.cancel()
        if self._thread is not None:
            self._thread.join(seconds)
        self._run = None

    def _do(self, run: _Run) -> None:
        try:
            run.answer = run.work()
        except Exception as error:
            run.error = error
        self._ended.emit(run)

    @Slot(object)
    def _tell_end(self, run: _Run) -> None:
        if self._run is not run:
            return
        self._run = None
        if run.error is None:
            self.done.emit(run.answer)
        elif isinstance(run.error, StoppedError):
            self.stopped.emit()
        else:
            self.failed.emit(run.error)
