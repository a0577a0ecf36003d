"""Signing in to the practice portal (profile 1, section 2)."""

from __future__ import annotations

import hmac
import math
import secrets
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

from counter_app.sandbox.store import Store

Clock = Callable[[], float]
"""Seconds since the epoch, as ``time.time`` gives them."""

TRIES: Final = 5
"""Wrong tries in a window after which signing in is refused for the rest of it."""
WINDOW_SECONDS: Final = 60.0


class WrongPairError(Exception):
    """The user name or the password is wrong: HTTP 401."""


class TooManyTriesError(Exception):
    """Too many wrong tries: HTTP 429; ``wait`` is ``Retry-After`` in whole seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


class Sessions:
    """Sessions are kept in the store, so they outlive a restart of the portal. Thread-safe."""

    def __init__(self, store: Store, username: str, password: str, seconds: int, clock: Clock) -> None:
        self._store = store
        self._pair = f"{username}\0{password}".encode()
        self.seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong: dict[str, deque[float]] = {}

    def login(self, username: str, password: str, address: str) -> str:
        """A new session; WrongPairError or TooManyTriesError (counted for each caller's address)."""
        now = self._clock()
        with self._lock:
            wrong = self._wrong.setdefault(address, deque())
            while wrong and wrong[0] <= now - WINDOW_SECONDS:
                wrong.popleft()
            if len(wrong) >= TRIES:
                raise TooManyTriesError(max(1, math.ceil(wrong[0] + WINDOW_SECONDS - now)))
            if not self.is_pair(username, password):
                wrong.append(now)
                raise WrongPairError
            wrong.clear()
        token = secrets.token_urlsafe(24)
        with self._store.transaction() as db:
            db.execute("DELETE FROM session WHERE expires_at <= ?", (now,))
            db.execute("INSERT INTO session (token, expires_at) VALUES (?, ?)", (token, now + self.seconds))
        return token

    def is_pair(self, username: str, password: str) -> bool:
        """Whether this is the portal's user name and password."""
        return hmac.compare_digest(f"{username}\0{password}".encode(), self._pair)

    def is_live(self, token: object) -> bool:
        """Whether the session is known and not expired."""
        if not isinstance(token, str):
            return False
        found = self._store.rows("SELECT expires_at FROM session WHERE token = ?", token)
        return bool(found) and float(found[0]["expires_at"]) > self._clock()

    def expire(self, token: object) -> None:
        """End a session before its time."""
        with self._store.transaction() as db:
            db.execute("DELETE FROM session WHERE token = ?", (str(token),))

    def expire_all(self) -> None:
        """End every session."""
        with self._store.transaction() as db:
            db.execute("DELETE FROM session")
