"""Numbers of the sync in the words of the desk: sizes, speeds, spans, and how long what waits will take."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

PACE_WINDOW: Final = timedelta(minutes=2)
"""The pace is the mean of so long."""
PACE_LEAST: Final = timedelta(seconds=3)
"""A shorter time says nothing of the pace."""

_UNITS: Final = ("KB", "MB", "GB", "TB")


def count_words(number: int) -> str:
    """``25.000``."""
    return f"{number:,}".replace(",", ".")


def size_words(size: int) -> str:
    """``0 KB``, ``850 KB``, ``12,4 MB``, ``1,2 GB``; a KB has 1,024 bytes, and what is not nothing is at least 1 KB."""
    amount = size / 1024
    if 0 < amount < 1:
        return "1 KB"
    place = 0
    while round(amount) >= 1024 and place + 1 < len(_UNITS):
        amount /= 1024
        place += 1
    if place == 0 or amount >= 100:
        return f"{round(amount)} {_UNITS[place]}"
    return f"{amount:.1f}".replace(".", ",") + f" {_UNITS[place]}"


def speed_words(bytes_per_second: float) -> str:
    """``31 KB/giây``."""
    return f"{size_words(round(bytes_per_second))}/giây"


def span_words(span: timedelta) -> str:
    """``dưới 1 phút``, ``3 phút``, ``1 giờ 20 phút``, ``2 ngày 3 giờ``; rounded up to whole minutes."""
    minutes = -(-span // timedelta(minutes=1))
    if span < timedelta(minutes=1):
        return "dưới 1 phút"
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes} phút"
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} ngày {hours} giờ" if hours else f"{days} ngày"
    return f"{hours} giờ {minutes} phút" if minutes else f"{hours} giờ"


class Pace:
    """How fast what waits grows less, as seen from one reading of the queue to the next.

    What comes in meanwhile does not count against the pace: only what went is added up.
    """

    def __init__(self) -> None:
        self._readings: deque[tuple[datetime, int]] = deque()

    def note(self, now: datetime, bytes_left: int) -> None:
        """Take in a reading; one from before the last (a clock set back) begins anew."""
        if self._readings and now < self._readings[-1][0]:
            self._readings.clear()
        self._readings.append((now, bytes_left))
        while now - self._readings[0][0] > PACE_WINDOW:
            self._readings.popleft()

    def forget(self) -> None:
        """Nothing is being sent: the time from here on is not part of the pace."""
        self._readings.clear()

    def time_left(self, line_speed: float | None = None) -> timedelta | None:
        """How long what waits will take, by the pace or else the speed of the line (bytes a second).

        None where neither is known or nothing goes.
        """
        if not self._readings:
            return None
        speed = self._speed() or line_speed
        left = self._readings[-1][1]
        return timedelta(seconds=left / speed) if speed else None

    def _speed(self) -> float | None:
        readings = list(self._readings)
        span = readings[-1][0] - readings[0][0]
        if span < PACE_LEAST:
            return None
        went = sum(max(before - after, 0) for (_, before), (_, after) in pairwise(readings))
        return went / span.total_seconds() or None
