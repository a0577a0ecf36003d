"""The sync thread: passes on a timer or when woken, and what the clerk sees of it. No Qt here."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from counter_app.database import Database
from counter_app.errors import CounterError
from counter_app.sync import inbox, outbox
from counter_app.sync.engine import Light, PassResult, SyncEngine, Watch

CLOCK_TOLERANCE: Final = timedelta(minutes=5)
QUEUE_TOLERANCE: Final = timedelta(days=1)
BUSY_ELSEWHERE_PAUSE: Final = timedelta(seconds=30)
FAULT_PAUSE: Final = timedelta(minutes=1)

_CLOCK = "Đồng hồ máy lệch {minutes} phút so với cổng. Chỉnh lại ngày giờ của máy để giấy hẹn và sổ ghi đúng."
_OLD_QUEUE = "Có hồ sơ chờ gửi đã hơn một ngày. Kiểm tra đường truyền và trang Đồng bộ."
_ELSEWHERE = "Một chương trình khác trên cùng dữ liệu đang đồng bộ."
_BUG = "Đồng bộ gặp lỗi ngoài dự kiến và sẽ tự chạy lại. Báo quản trị nếu lặp lại."

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SyncStatus:
    """A snapshot for the light and the sync page; ``warnings`` are sentences for the clerk."""

    light: Light = Light.UNKNOWN
    waiting: int = 0
    needs_attention: int = 0
    sending: str = ""
    last_success_at: datetime | None = None
    next_try_at: datetime | None = None
    error: str = ""
    warnings: tuple[str, ...] = ()


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
    ) -> None:
        self._database = database
        self._open_engine = open_engine
        self._tell = tell
        self._clock = clock
        self._interval = interval
        self._stop = threading.Event()
        self._woken = threading.Event()
        self._insisted = threading.Event()
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

    def stop(self, timeout: float | None = 30.0) -> bool:
        """End after the call under way; returns whether the thread has ended within ``timeout`` seconds."""
        self._stop.set()
        self._woken.set()
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        engine: SyncEngine | None = None
        while not self._stop.is_set():
            self._woken.clear()
            hurry = self._insisted.is_set()
            self._insisted.clear()
            self._troubled, self._told_to_wait = True, False
            try:
                engine = engine or self._open_engine()
                if hurry:
                    engine.hurry()
                pause = self._after(engine.run_pass(Watch(self._stop.is_set, self._sending)), engine)
            except CounterError as error:
                self._publish(replace(self._status, error=error.message, sending=""))
                pause = FAULT_PAUSE
            except Exception:
                # The thread must outlive a bug: dossiers wait here, and the clerk has to be told.
                _log.exception("a pass of the syncer failed")
                self._publish(replace(self._status, error=_BUG, sending=""))
                pause = FAULT_PAUSE
            self._wait(pause)
        if engine is not None:
            engine.close()

    def _wait(self, pause: timedelta) -> None:
        """Sleep until it is time or something may end the pause: a wake, or after trouble an insisting one."""
        end = self._clock() + pause
        while not self._stop.is_set():
            left = (end - self._clock()).total_seconds()
            if left <= 0:
                return
            if self._woken.wait(min(left, 3600.0)):
                if not self._told_to_wait and (self._insisted.is_set() or not self._troubled):
                    return
                self._woken.clear()

    def _after(self, result: PassResult, engine: SyncEngine) -> timedelta:
        """Publish what a pass brought and return how long to wait."""
        now = self._clock()
        status = self._counted()
        self._troubled, self._told_to_wait = result.retry_at is not None, result.told_to_wait
        if result.busy_elsewhere:
            self._publish(replace(status, sending="", error="", warnings=(_ELSEWHERE,)))
            return BUSY_ELSEWHERE_PAUSE
        with self._database.read() as session:
            due = outbox.next_due(session)
        next_try = result.retry_at or min(now + self._interval, due or now + self._interval)
        self._publish(
            replace(
                status,
                light=status.light if result.light is Light.UNKNOWN else result.light,
                error=result.error,
                sending="",
                last_success_at=now if result.light is Light.ONLINE else status.last_success_at,
                next_try_at=next_try,
                warnings=self._warnings(engine, now),
            )
        )
        return max(next_try - now, timedelta(0))

    def _warnings(self, engine: SyncEngine, now: datetime) -> tuple[str, ...]:
        found = []
        skew = engine.clock_skew
        if skew is not None and abs(skew) > CLOCK_TOLERANCE:
            found.append(_CLOCK.format(minutes=round(abs(skew).total_seconds() / 60)))
        with self._database.read() as session:
            oldest = outbox.counts(session).oldest_waiting_at
        if oldest is not None and now - oldest > QUEUE_TOLERANCE:
            found.append(_OLD_QUEUE)
        return tuple(found)

    def _sending(self, what: str) -> None:
        self._publish(replace(self._counted(), sending=what))

    def _counted(self) -> SyncStatus:
        """The newest status with the counts of now; before the first contact, the last one of an earlier run."""
        with self._database.read() as session:
            counts = outbox.counts(session)
            last = self._status.last_success_at or inbox.last_read_at(session)
        return replace(
            self._status,
            waiting=counts.waiting,
            needs_attention=counts.needs_attention,
            last_success_at=last,
        )

    def _publish(self, status: SyncStatus) -> None:
        self._status = status
        self._tell(status)
