"""One serial worker thread for all that the window reads and writes; answers come on the GUI thread."""

from __future__ import annotations

import inspect
import queue
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

T = TypeVar("T")


@dataclass(slots=True)
class _Job:
    """One piece of work on its way out and back; dropped on the GUI thread, with all that it holds."""

    work: Callable[[], Any]
    done: weakref.WeakMethod[Callable[[Any], None]]
    failed: weakref.WeakMethod[Callable[[Exception], None]] | None
    result: Any = None
    error: Exception | None = None


class Executor(QObject):
    """Runs work one after the other, in the order it was submitted.

    A job that has been queued always runs, even when the page that asked is gone: a draft or a dossier is
    saved all the same. Only the answer to a dead receiver is dropped.
    """

    error_left = Signal(object)
    """An Exception that nobody else handles."""
    busy_changed = Signal(bool)
    _answered = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._pending = 0
        self._closed = False
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._run, name="window-executor", daemon=True)
        self._thread.start()

    @property
    def pending(self) -> int:
        """How many answers are still to come."""
        return self._pending

    def submit(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Run ``work`` on the worker thread, then ``done(result)`` or ``failed(error)`` on the GUI thread.

        ``done`` and ``failed`` must be bound methods of QObjects that live on the GUI thread (TypeError
        otherwise); they are held weakly. After :meth:`close` nothing more is taken.
        """
        for receiver in (done, failed):
            if receiver is not None and not _is_qobject_method(receiver):
                raise TypeError(f"the answer must go to a bound method of a QObject, not to {receiver!r}")
        if self._closed:
            return
        self._pending += 1
        if self._pending == 1:
            self.busy_changed.emit(True)
        self._jobs.put(_Job(work, weakref.WeakMethod(done), None if failed is None else weakref.WeakMethod(failed)))

    def close(self) -> None:
        """Finish what was submitted, then end the thread; answers still under way are dropped."""
        if self._closed:
            return
        self._closed = True
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job.result = job.work()
            except Exception as error:
                job.error = error
            self._answered.emit(job)
            # Not kept until the next job comes: what it holds must be released on the GUI thread.
            del job

    @Slot(object)
    def _deliver(self, job: _Job) -> None:
        self._pending -= 1
        if self._pending == 0:
            self.busy_changed.emit(False)
        if self._closed:
            return
        if job.error is None:
            if (done := _alive(job.done)) is not None:
                done(job.result)
        elif job.failed is None:
            self.error_left.emit(job.error)
        elif (failed := _alive(job.failed)) is not None:
            failed(job.error)
        else:
            # Whoever asked is gone, but a write that failed must not go unnoticed.
            self.error_left.emit(job.error)


def _is_qobject_method(receiver: Callable[..., Any]) -> bool:
    return inspect.ismethod(receiver) and isinstance(receiver.__self__, QObject)


def _alive(reference: weakref.WeakMethod[Callable[[Any], None]]) -> Callable[[Any], None] | None:
    method = reference()
    if method is None or not shiboken6.isValid(method.__self__):  # type: ignore[attr-defined]
        return None
    return method
