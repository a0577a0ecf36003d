"""What of a document is under way, and how fast: for the clerk's eyes only."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

WINDOW_SECONDS: Final = 10.0
"""The speed is the mean of so long."""
TELL_EVERY: Final = 0.5
"""Seconds between two words about the progress."""


@dataclass(frozen=True)
class Transfer:
    """A document on its way: bytes sent of ``total``, and the speed of the line in all (None: not known yet)."""

    file_name: str
    dossier_code: str
    sent: int
    total: int
    bytes_per_second: float | None


class Meter:
    """Counts what goes over the line in a moving window; safe for several threads."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._guard = threading.Lock()
        self._passed: deque[tuple[float, int]] = deque()
        self._told = float("-inf")

    def add(self, length: int) -> bool:
        """Count bytes; True when it is time to tell of them again."""
        now = self._monotonic()
        with self._guard:
            self._passed.append((now, length))
            while now - self._passed[0][0] > WINDOW_SECONDS:
                self._passed.popleft()
            if now - self._told < TELL_EVERY:
                return False
            self._told = now
            return True

    def bytes_per_second(self) -> float | None:
        """The mean over the window; None before there is anything to tell."""
        with self._guard:
            if len(self._passed) < 2:
                return None
            span = self._passed[-1][0] - self._passed[0][0]
            # The first entry only marks the beginning.
            passed = sum(length for _, length in self._passed) - self._passed[0][1]
        return passed / span if span > 0 else None
