"""The thread that makes scanned pages into documents and reads the words in new ones."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

from counter_app.services.desk import DeskContext
from counter_app.services.digitising_look import look_at_documents
from counter_app.services.document_text import read_documents
from counter_app.services.scan_jobs import Outcome, Progress, recover, work_off_one
from counter_app.services.signing import clear_spool

_LOOK_SECONDS = 60.0


class ScanQueue:
    """Works off the scan jobs of a desk, then looks at new documents and reads their words.

    ``on_progress`` is called as a job gets on, ``on_outcome`` with each attempt's Outcome, ``on_trouble`` with an
    exception that is nobody's fault at the desk (a full disk, a bug); all from the thread. It goes on after each.
    """

    def __init__(
        self,
        desk: DeskContext,
        *,
        on_progress: Callable[[Progress], None] = lambda _progress: None,
        on_outcome: Callable[[Outcome], None] = lambda _outcome: None,
        on_trouble: Callable[[Exception], None] = lambda _error: None,
        look_seconds: float = _LOOK_SECONDS,
    ) -> None:
        self._desk = desk
        self._on_progress = on_progress
        self._on_outcome = on_outcome
        self._on_trouble = on_trouble
        self._look_seconds = look_seconds
        self._told_to_end = Event()
        self._news = Event()
        self._read_to = self._looked_to = 0
        self._thread = Thread(target=self._run, name="scan-queue", daemon=True)

    def start(self) -> None:
        """Take up what an earlier run left under way, then what waits."""
        self._thread.start()

    def take_desk(self, desk: DeskContext) -> None:
        """The settings have changed: they hold from the next job on."""
        self._desk = desk
        self.wake()

    def wake(self) -> None:
        """There is a new job or a new document: look at once."""
        self._news.set()

    def stop(self) -> None:
        """End after the page under way; its job waits for the next start."""
        self._told_to_end.set()
        self._news.set()
        self._thread.join()

    def _run(self) -> None:
        self._guarded(self._recover)
        while not self._told_to_end.is_set():
            self._guarded(self._work)
            self._news.wait(self._look_seconds)
            self._news.clear()

    def _recover(self) -> None:
        recover(self._desk)
        clear_spool(self._desk)

    def _work(self) -> None:
        stopped = self._told_to_end.is_set
        while not stopped():
            outcome = work_off_one(self._desk, stopped, self._on_progress)
            if outcome is None:
                break
            self._on_outcome(outcome)
        self._looked_to = look_at_documents(self._desk, self._looked_to, stopped)
        self._read_to = read_documents(self._desk, self._read_to, stopped)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            self._on_trouble(error)
