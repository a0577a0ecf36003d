"""One syncer at a time: a row in the database with the owner's pulse (design.md section 6)."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from counter_app.database import Database
from counter_app.errors import KnownError
from counter_app.models import SyncLock

NAME: Final = "sync"
PULSE_EVERY: Final = timedelta(seconds=20)
STALE_AFTER: Final = timedelta(minutes=10)
"""A silent owner is taken for dead after this; longer than the longest call to a portal may last."""

_HELD: Final = select(SyncLock.owner, SyncLock.pulse_at).where(SyncLock.name == bindparam("name"))

_LOST = "Một chương trình khác đang đồng bộ nên lượt này dừng lại. Không cần làm gì; dữ liệu không bị gửi trùng."


class SyncLockLost(KnownError):  # noqa: N818 - a state, not a fault
    """Another program took the lock over; whoever meets this stops at once and writes nothing."""

    def __init__(self) -> None:
        super().__init__("sync_lock_lost", _LOST)


class SyncerLock:
    """The lock as one syncer holds it. Each unit of work of a syncer begins with :meth:`pulse`.

    ``name``: what is locked; sending another desk's rescue file has a lock of its own.
    """

    def __init__(
        self, database: Database, clock: Callable[[], datetime], owner: str | None = None, *, name: str = NAME
    ) -> None:
        self._database = database
        self._clock = clock
        self._name = name
        self._owner = owner or f"{socket.gethostname()}|{os.getpid()}|{uuid4().hex}"

    def acquire(self) -> bool:
        """Take the lock when it is free, ours, or its owner is dead or silent; False when it is held."""
        with self._database.write() as session:
            held = session.scalar(select(SyncLock).where(SyncLock.name == self._name))
            now = self._clock()
            if held is None:
                session.add(SyncLock(name=self._name, owner=self._owner, pulse_at=now))
                return True
            silent = abs(now - held.pulse_at) > STALE_AFTER
            if held.owner != self._owner and not silent and not _is_dead(held.owner):
                return False
            held.owner = self._owner
            held.pulse_at = now
            return True

    def pulse(self, session: Session) -> None:
        """Give a sign of life within ``session``; raises SyncLockLost when the lock is no longer ours."""
        held = session.execute(_HELD, {"name": self._name}).one_or_none()
        if held is None or held.owner != self._owner:
            raise SyncLockLost
        now = self._clock()
        # A unit of work that only reads stays one that writes nothing.
        if abs(now - held.pulse_at) >= PULSE_EVERY:
            session.execute(update(SyncLock).where(SyncLock.name == self._name).values(pulse_at=now))

    def release(self) -> None:
        """Let the lock go, if it is ours."""
        with self._database.write() as session:
            session.execute(delete(SyncLock).where(SyncLock.name == self._name, SyncLock.owner == self._owner))


def _is_dead(owner: str) -> bool:
    """Tell whether the owner was a program on this machine that no longer runs."""
    host, _, rest = owner.partition("|")
    pid = rest.partition("|")[0]
    return host == socket.gethostname() and pid.isdigit() and not _runs(int(pid))


def _runs(pid: int) -> bool:
    if sys.platform == "win32":
        import ctypes

        # os.kill would end the process on Windows; WAIT_TIMEOUT (0x102) means that it still runs.
        handle = ctypes.windll.kernel32.OpenProcess(0x00100000, False, pid)
        if not handle:
            return False
        try:
            return bool(ctypes.windll.kernel32.WaitForSingleObject(handle, 0) == 0x102)
        finally:
            ctypes.windll.kernel32.CloseHandle(handle)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
