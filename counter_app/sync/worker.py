"""The sync thread: passes on a timer or when woken, and what the clerk sees of it. No Qt here."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from counter_app.database import Database
from counter_app.errors import CounterError
from counter_app.sync import inbox, outbox, outbox_view
from counter_app.sync.client import Exchange
from counter_app.sync.engine import SyncEngine
from counter_app.sync.surroundings import Light, PassResult, Watch
from counter_app.sync.transfers import Transfer
from counter_app.sync.warnings import early_warnings, read_facts

__all__ = ["SyncStatus", "SyncWorker", "Transfer"]

BUSY_ELSEWHERE_PAUSE: Final = timedelta(seconds=30)
FAULT_PAUSE: Final = timedelta(minutes=1)
COUNT_EVERY: Final = 1.0
"""Seconds between two counts of a long queue while it is sent."""

_ELSEWHERE = "Một chương trình khác trên cùng dữ liệu đang đồng bộ."
_BUG = "Đồng bộ gặp lỗi ngoài dự kiến và sẽ tự chạy lại. Báo quản trị nếu lặp lại."

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SyncStatus:
    """A snapshot for the light and the sync page; ``warnings`` are sentences for the clerk.

    ``transfer`` is the document under way, ``paused`` that a person holds the sync back.
    """

    light: Light = Light.UNKNOWN
    waiting: int = 0
    needs_attention: int = 0
    sending: str = ""
    last_success_at: datetime | None = None
    next_try_at: datetime | None = None
    error: str = ""
    warnings: tuple[str, ...] = ()
    transfer: Transfer | None = None
    paused: bool = False


class SyncWorker:
    """Runs passes in a thread of its own. ``open_engine`` is called in that thread, once.

    ``tell`` gets every new status, in the worker's thread: it hands it over and returns.
    """

    def __init__(
        self,
        database: Database,
        open_engine: Callable[[], SyncEngine],
        tell: Callable[[SyncStatus], None],
        *,
        clock: Callable[[], datetime],
        interval: timedelta = timedelta(minutes=1),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._open_engine = open_engine
        self._tell = tell
        self._clock = clock
        self._interval = interval
        self._monotonic = monotonic
        self._counted_at = float("-inf")
        self._stop = threading.Event()
        self._woken = threading.Event()
        self._insisted = threading.Event()
        self._paused = threading.Event()
        self._engine: SyncEngine | None = None
        self._guard = threading.Lock()
        self._status = SyncStatus()
        self._troubled = False
        self._told_to_wait = False
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)

    @property
    def status(self) -> SyncStatus:
        """The newest snapshot."""
        return self._status

    def start(self) -> None:
        """Begin; the first pass follows at once."""
        self._thread.start()

    def wake(self, *, insist: bool = False) -> None:
        """Look at the outbox now.

        ``insist`` (the clerk's "sync now") also ends the pauses after trouble, but not one that the portal
        asked for.
        """
        if insist:
            self._insisted.set()
        self._woken.set()

    def pause(self) -> None:
        """Send nothing after the call under way until :meth:`resume`; a restart of the program resumes too."""
        self._paused.set()
        self._publish(paused=True, transfer=None)

    def resume(self) -> None:
        """End a pause; a pass follows at once."""
        self._paused.clear()
        self._publish(paused=False)
        self.wake(insist=True)

    def exchanges(self) -> tuple[Exchange, ...]:
        """The newest calls to the portal and its answers, for the page that explains the line."""
        engine = self._engine
        return () if engine is None else engine.exchanges

    @property
    def clock_skew(self) -> timedelta | None:
        """The portal's clock minus ours, as last seen."""
        engine = self._engine
        return None if engine is None else engine.clock_skew

    def stop(self, timeout: float | None = 30.0) -> bool:
        """End after the call under way; returns whether the thread has ended within ``timeout`` seconds."""
        self._stop.set()
        self._woken.set()
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._woken.clear()
            if self._paused.is_set():
                self._woken.wait()
                continue
            pause = self._pass()
            self._wait(pause)
        if self._engine is not None:
            self._engine.close()

    def _pass(self) -> timedelta:
        """One pass of the engine, opened if need be; returns how long to wait for the next."""
        hurry = self._insisted.is_set()
        self._insisted.clear()
        self._troubled, self._told_to_wait = True, False
        self._counted_at = float("-inf")
        watch = Watch(self._is_ended)
        watch.sending = partial(self._sending, watch)
        watch.transfer = partial(self._transferring, watch)
        try:
            self._engine = self._engine or self._open_engine()
            if hurry:
                self._engine.hurry()
            return self._after(self._engine.run_pass(watch), self._engine)
        except CounterError as error:
            self._publish(error=error.message, sending="", transfer=None)
        except Exception:
            # The thread must outlive a bug: dossiers wait here, and the clerk has to be told.
            _log.exception("a pass of the syncer failed")
            self._publish(error=_BUG, sending="", transfer=None)
        return FAULT_PAUSE

    def _is_ended(self) -> bool:
        return self._stop.is_set() or self._paused.is_set()

    def _wait(self, pause: timedelta) -> None:
        """Sleep until it is time or something may end the pause: a wake, or after trouble an insisting one.

        By the machine's running time: a clock that somebody sets back must not stretch it.
        """
        end = self._monotonic() + pause.total_seconds()
        while not self._stop.is_set() and not self._paused.is_set():
            left = end - self._monotonic()
            if left <= 0:
                return
            if self._woken.wait(min(left, 3600.0)):
                if not self._told_to_wait and (self._insisted.is_set() or not self._troubled):
                    return
                self._woken.clear()

    def _after(self, result: PassResult, engine: SyncEngine) -> timedelta:
        """Publish what a pass brought and return how long to wait."""
        now = self._clock()
        self._troubled, self._told_to_wait = result.retry_at is not None, result.told_to_wait
        if result.busy_elsewhere:
            self._publish(**self._counts(), sending="", transfer=None, error="", warnings=(_ELSEWHERE,))
            return BUSY_ELSEWHERE_PAUSE
        with self._database.read() as session:
            due = outbox.next_due(session, documents_first=engine.documents_first)
        next_try = result.retry_at or min(now + self._interval, due or now + self._interval)
        self._publish(
            **{**self._counts(), **self._reached(result)},
            error=result.error,
            sending="",
            transfer=None,
            next_try_at=next_try,
            warnings=self._warnings(engine, now),
        )
        return max(next_try - now, timedelta(0))

    def _warnings(self, engine: SyncEngine, now: datetime) -> tuple[str, ...]:
        with self._database.read() as session:
            return early_warnings(read_facts(session, self._database.path.parent, engine.clock_skew, now))

    def _sending(self, watch: Watch, what: str) -> None:
        """Told of each call; the numbers are counted again once a second at most."""
        counts: dict[str, Any] = {}
        if self._monotonic() - self._counted_at >= COUNT_EVERY:
            self._counted_at = self._monotonic()
            counts = self._counts()
        self._publish(**{**counts, **self._reached(watch.result)}, sending=what)

    def _transferring(self, watch: Watch, transfer: Transfer) -> None:
        self._publish(**self._reached(watch.result), transfer=transfer)

    def _reached(self, result: PassResult) -> dict[str, Any]:
        """What the contact with the portal means for the light; a pass may last for hours on a thin line."""
        if result.light is Light.UNKNOWN:
            return {}
        if result.light is Light.ONLINE:
            return {"light": result.light, "last_success_at": self._clock()}
        return {"light": result.light}

    def _counts(self) -> dict[str, Any]:
        """The counts of now; before the first contact, the time of the last one of an earlier run."""
        with self._database.read() as session:
            counts = outbox_view.counts(session)
            last = self._status.last_success_at or inbox.last_read_at(session)
        return {
            "waiting": counts.waiting,
            "needs_attention": counts.needs_attention,
            "last_success_at": last,
        }

    def _publish(self, **changes: Any) -> None:
        """Tell of a new status; the threads that send documents come here too."""
        with self._guard:
            self._status = replace(self._status, **changes)
            self._tell(self._status)
