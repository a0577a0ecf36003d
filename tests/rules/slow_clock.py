"""A slow reference for due dates: walks minute by minute, and shares nothing with ``counter_app.rules``.

Moments are minutes since the midnight with which ``FIRST_DAY`` begins, in Vietnamese time. What it does is written
from the design (section 4) and the Civil Code 2015 (art. 147, 148), not from the program.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

FIRST_DAY = date(2023, 12, 1)
DAYS = 7 * 366
DAY = 24 * 60

HOLIDAYS = frozenset(
    date(year, month, day)
    for year, days in {
        2024: ((1, 1), *((2, day) for day in range(8, 15)), (4, 18), (4, 29), (4, 30), (5, 1), (9, 2), (9, 3)),
        2025: ((1, 1), *((1, day) for day in range(25, 32)), (4, 7), (4, 30), (5, 1), (5, 2), (9, 1), (9, 2)),
        2026: ((1, 1), (1, 2), *((2, day) for day in range(16, 21)), (4, 27), (4, 30), (5, 1), (8, 31), (9, 1), (9, 2)),
        2027: ((1, 1), *((2, day) for day in range(4, 11)), (4, 16), (4, 30), (5, 3), (9, 2), (9, 3), (11, 24)),
        2028: ((1, 3), *((1, day) for day in range(24, 31)), (4, 4), (5, 1), (5, 2), (9, 1), (9, 4), (11, 24)),
    }.items()
    for month, day in days
) | {date(2026, 11, 24)}
"""Days off of the five years as announced, or as they are likely to be; typed in, not computed."""

SATURDAYS_WORKED = frozenset({date(2024, 5, 4), date(2025, 4, 26), date(2026, 1, 10), date(2026, 8, 22)})


@dataclass(frozen=True)
class SlowClock:
    """Office hours of a weekday and of a Saturday, in minutes of the day; a worked Saturday has weekday hours."""

    weekday: tuple[tuple[int, int], ...]
    saturday: tuple[tuple[int, int], ...]
    days_off: frozenset[date]
    worked: frozenset[date]

    @cached_property
    def open(self) -> bytearray:
        """1 for each minute at which the desk is open."""
        minutes = bytearray(DAYS * DAY)
        for number in range(DAYS):
            day = FIRST_DAY + timedelta(days=number)
            if day in self.worked:
                hours = self.weekday
            elif day in self.days_off or day.weekday() == 6:
                hours = ()
            else:
                hours = self.saturday if day.weekday() == 5 else self.weekday
            for start, end in hours:
                for minute in range(start, end):
                    minutes[number * DAY + minute] = 1
        return minutes

    @cached_property
    def closes(self) -> list[int | None]:
        """The close of each day, None for a day off: behind the last open minute."""
        found: list[int | None] = []
        for number in range(DAYS):
            last = self.open.rfind(1, number * DAY, (number + 1) * DAY)
            found.append(None if last < 0 else last + 1)
        return found

    def close_at_or_after(self, moment: int) -> int:
        """The first close that is not before ``moment``."""
        number = moment // DAY
        while True:
            close = self.closes[number]
            if close is not None and close >= moment:
                return close
            number += 1

    def due(self, received: int, amount: int, unit: str, cut_off: int | None) -> int:
        """When the result is owed; ``cut_off`` in minutes of the day."""
        day, minute = divmod(received, DAY)
        if unit == "working_hour":
            return self.run(received, amount * 60, ())
        too_late = cut_off is not None and minute > cut_off
        if unit == "same_day":
            close = self.closes[day]
            if close is not None and received < close and not too_late:
                return close
            return self._close_of_next_working_day(day)
        if cut_off is not None and (too_late or self.closes[day] is None):
            day = self._next_working_day(day)
        if unit == "calendar_day":
            return self.close_at_or_after((day + amount) * DAY)
        closes_seen = 0
        for moment in range((day + 1) * DAY, len(self.open)):
            if moment == self.closes[moment // DAY]:
                closes_seen += 1
                if closes_seen == amount:
                    return moment
        raise AssertionError("beyond the years that are known")

    def run(self, start: int, budget: int, pauses: Sequence[tuple[int, int]]) -> int:
        """The moment at which ``budget`` open minutes have run since ``start``, none of them in a pause."""
        left, opened = budget, self.open
        waits = list(pauses)
        for moment in range(start, len(opened)):
            while waits and waits[0][1] <= moment:
                waits.pop(0)
            if opened[moment] and not (waits and waits[0][0] <= moment):
                left -= 1
                if not left:
                    return moment + 1
        raise AssertionError("beyond the years that are known")

    def open_minutes(self, start: int, end: int) -> int:
        """How many open minutes lie between two moments."""
        return sum(self.open[start:end])

    def due_after(self, promised_at: int, promised: int, pauses: Sequence[tuple[int, int]], unit: str) -> int:
        """The due moment once the clock has stood in these pauses since ``promised`` was given at ``promised_at``."""
        if unit == "calendar_day":
            return self._days_after(promised, pauses)
        if not pauses or pauses[0][0] >= promised:
            return promised
        reached = self.run(promised_at, self.open_minutes(promised_at, promised), pauses)
        if unit == "working_hour" or reached == promised:
            return reached
        return self.close_at_or_after(reached)

    def _days_after(self, promised: int, pauses: Sequence[tuple[int, int]]) -> int:
        for stopped, resumed in pauses:
            if stopped >= promised:
                continue
            day = resumed // DAY
            for _unused_day in range(stopped // DAY, promised // DAY):
                day += 1
            promised = max(promised, self.close_at_or_after(max(resumed, day * DAY)))
        return promised

    def _next_working_day(self, day: int) -> int:
        day += 1
        while self.closes[day] is None:
            day += 1
        return day

    def _close_of_next_working_day(self, day: int) -> int:
        return self.close_at_or_after(self._next_working_day(day) * DAY)
