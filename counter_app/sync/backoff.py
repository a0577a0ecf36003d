"""How long to wait before the next try: exponential, with full jitter, never shorter than the portal asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

Random = Callable[[], float]
"""Gives numbers from 0 up to, not including, 1."""


@dataclass(frozen=True)
class Backoff:
    """Waits that double from ``base`` up to ``cap``; jitter spreads the desks of a province apart."""

    base: timedelta
    cap: timedelta

    def wait(self, failures: int, random: Random, retry_after: timedelta | None = None) -> timedelta:
        """Return the wait after so many failures in a row (1 or more).

        A ``retry_after`` of the portal is kept in full, with a jitter of ``base`` on top.
        """
        if retry_after is not None:
            return retry_after + self.base * random()
        # Beyond 2^30 the cap rules anyway, and a timedelta would overflow.
        return min(self.cap, self.base * float(2 ** min(failures - 1, 30))) * random()


LINE = Backoff(timedelta(seconds=0.5), timedelta(minutes=5))
"""Between passes while the line or the portal as a whole fails; a line that dropped is often back at once."""
MESSAGE = Backoff(timedelta(seconds=5), timedelta(minutes=10))
"""Between tries of one message that the portal puts off while others go through."""
