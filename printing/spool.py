"""The print spool: every job printed once, whatever breaks on the way.

One thread a printer, so that a dead printer never holds up another. A job keeps one identity through all
its tries. It is sent again by itself only when nothing was printed for certain; a job of which that is not
known (a line cut in the middle, a program that died while sending) waits for the clerk's word.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Lock, Thread
from typing import Protocol

from counter_app.errors import CounterError, KnownError, UserError
from printing.outcome import PrinterUnavailable, PrintOutcomeUnknown
from printing.printers import AS_THE_PRINTER_LIKES, Handling, parse_printer, send

WAITING, CONFIRMED, SENDING, PRINTED, UNKNOWN, ASKS, CANCELLED = (
    "waiting",
    "confirmed",
    "sending",
    "printed",
    "unknown",
    "asks",
    "cancelled",
)
"""States of a job. ``confirmed`` is waiting with the clerk's consent to print though it is of an earlier
day; ``asks`` waits for that consent; ``unknown`` waits for the clerk to say whether paper came out."""

LEASE = timedelta(minutes=5)
"""No attempt lasts longer; a job still ``sending`` after it was left behind by a program that died."""

_FIRST_PAUSE = timedelta(seconds=2)
_LONGEST_PAUSE = timedelta(minutes=1)
_REFUSED_PAUSE = timedelta(minutes=10)
_LOOK_SECONDS = 5.0
_JOIN_SECONDS = 5.0

# The printer works but will not take this job: others need not wait for it.
_JOB_KINDS: Collection[str] = ("printer_refused",)


@dataclass(frozen=True, slots=True)
class SpoolJob:
    """A job as claimed: *attempts* counts this one."""

    id: int
    key: str
    printer: str
    title: str
    mime: str
    payload: bytes
    attempts: int
    handling: Handling = AS_THE_PRINTER_LIKES


class JobStore(Protocol):
    """Where jobs live; every method is one unit of work and safe from any thread."""

    def printers(self) -> list[str]:
        """Printers with jobs that wait, due or not."""

    def claim(self, printer: str, now: datetime) -> SpoolJob | None:
        """The oldest due job of *printer*, now ``sending``; jobs of an earlier day are set to ``asks``."""

    def mark_printed(self, job_id: int, now: datetime, word: str = "") -> None:
        """The printer took it; *word* is what it had to say all the same."""

    def mark_waiting(self, job_id: int, reason: str, next_attempt: datetime) -> None:
        """Nothing was printed: try again from *next_attempt* on."""

    def mark_unknown(self, job_id: int, reason: str) -> None:
        """Ask the clerk; never send it again by itself."""

    def recover(self, left_before: datetime | None) -> int:
        """Jobs left ``sending`` become ``unknown``: all of them, or those whose lease ended before
        *left_before*. Returns how many."""


def deliver(job: SpoolJob, stop: Event) -> str:
    """Send a job to its printer; answer and errors as :func:`printing.printers.send`."""
    try:
        address = parse_printer(job.printer)
    except UserError as error:
        raise PrinterUnavailable("printer_refused", f"{error.message} Chọn lại máy in, rồi in lại phiếu.") from error
    return send(address, job.payload, job.mime, f"{job.title} {job.key}", handling=job.handling, stop=stop)


def pause_after(attempts: int, kind: str) -> timedelta:
    """How long to leave a printer (or a job that it refused) alone: 2, 4, 8 … 60 seconds."""
    if kind in _JOB_KINDS:
        return _REFUSED_PAUSE
    return min(_FIRST_PAUSE * (1 << min(attempts - 1, 10)), _LONGEST_PAUSE)


class Spooler:
    """Feeds printers from a store. :meth:`step` works without threads, for one-off printing.

    *on_change* is called after each change of a job's state, from a spooler thread. *on_trouble* gets what the
    clerk should hear at once: a fault of the store itself (full disk, locked database), after which the spooler
    goes on in a while; the first trouble of a printer; paper that is nearly out.
    """

    def __init__(
        self,
        store: JobStore,
        clock: Callable[[], datetime],
        *,
        deliver: Callable[[SpoolJob, Event], str] = deliver,
        on_change: Callable[[], None] = lambda: None,
        on_trouble: Callable[[CounterError], None] = lambda _error: None,
        look_seconds: float = _LOOK_SECONDS,
    ) -> None:
        self._store = store
        self._clock = clock
        self._deliver = deliver
        self._on_change = on_change
        self._on_trouble = on_trouble
        self._look_seconds = look_seconds
        self._stop = Event()
        self._lock = Lock()
        self._news = Event()
        self._wakes: dict[str, Event] = {}
        self._threads: dict[str, Thread] = {}
        self._dispatcher: Thread | None = None
        self._told: dict[str, str] = {}

    # -- without threads ------------------------------------------------------------------------------

    def step(self, printer: str) -> timedelta | None:
        """Try the next due job of *printer*: zero when it went, the pause when the printer cannot print
        now, ``None`` when there is nothing to do."""
        job = self._store.claim(printer, self._clock())
        if job is None:
            return None
        pause = timedelta()
        try:
            word = self._deliver(job, self._stop)
        except PrinterUnavailable as error:
            delay = pause_after(job.attempts, error.kind)
            pause = timedelta() if error.kind in _JOB_KINDS else delay
            self._store.mark_waiting(job.id, error.message, self._clock() + delay)
            self._tell(printer, error)
        except PrintOutcomeUnknown as error:
            self._store.mark_unknown(job.id, error.message)
            self._tell(printer, error)
        except BaseException:
            # A fault of our own: nobody can say what had gone. The job asks, the fault is reported.
            self._store.mark_unknown(job.id, "Chương trình gặp lỗi khi in. Xem khay giấy trước khi in lại.")
            raise
        else:
            self._store.mark_printed(job.id, self._clock(), word)
            self._tell(printer, UserError("printer_needs_care", word) if word else None)
        self._on_change()
        return pause

    def _tell(self, printer: str, trouble: CounterError | None) -> None:
        """Each trouble of a printer is told once, not at every try; an outcome that is not known each time."""
        kind = "" if trouble is None else trouble.kind
        if trouble is not None and (kind != self._told.get(printer) or isinstance(trouble, PrintOutcomeUnknown)):
            self._on_trouble(trouble)
        self._told[printer] = kind

    # -- with threads ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Settle what an earlier run left behind, then print what waits."""
        if self._store.recover(None):
            self._on_change()
        self._dispatcher = Thread(target=self._dispatch, name="print-spool", daemon=True)
        self._dispatcher.start()

    def wake(self) -> None:
        """There is a new job, or the clerk says that a printer is well again: look at once."""
        self._news.set()
        with self._lock:
            for wake in self._wakes.values():
                wake.set()

    def stop(self) -> None:
        """Take no further job and wait for those under way, a few seconds at most.

        A job still under way then is found ``sending`` at the next start, and asks.
        """
        self._stop.set()
        self.wake()
        with self._lock:
            threads = list(self._threads.values())
        for thread in [self._dispatcher, *threads]:
            if thread is not None:
                thread.join(_JOIN_SECONDS)

    def _dispatch(self) -> None:
        """See to it that each printer with jobs has a thread of its own."""
        while not self._stop.is_set():
            try:
                for printer in self._store.printers():
                    self._ensure_thread(printer)
            except KnownError as error:
                self._on_trouble(error)
            self._news.wait(self._look_seconds)
            self._news.clear()

    def _ensure_thread(self, printer: str) -> None:
        with self._lock:
            thread = self._threads.get(printer)
            if self._stop.is_set() or (thread is not None and thread.is_alive()):
                return
            wake = self._wakes.setdefault(printer, Event())
            thread = Thread(target=self._feed, args=(printer, wake), name=f"print {printer}", daemon=True)
            self._threads[printer] = thread
            thread.start()

    def _feed(self, printer: str, wake: Event) -> None:
        while not self._stop.is_set():
            # Cleared before looking: news that comes while we look makes the wait end at once.
            wake.clear()
            if self._stop.is_set():
                return
            try:
                pause = self.step(printer)
            except KnownError as error:
                self._on_trouble(error)
                pause = None
            if pause == timedelta():
                continue
            wake.wait(self._look_seconds if pause is None else pause.total_seconds())
