"""Office hours and working time of one office (design, section 4).

All answers are aware datetimes in ``VIETNAM``; all questions may come in any time zone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from .violation import RuleViolation

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

Intervals = tuple[tuple[time, time], ...]

_MORNING = (time(7, 0), time(11, 30))
_AFTERNOON = (time(13, 30), time(17, 0))
_SEARCH_DAYS = 3 * 366
_ZERO = timedelta(0)


def local(moment: datetime) -> datetime:
    """Return ``moment`` in Vietnamese time; a moment without a time zone is refused."""
    if moment.tzinfo is None:
        raise RuleViolation(
            "time_zone_missing", "Thời điểm thiếu múi giờ. Hãy ghi kèm múi giờ, ví dụ 2026-02-12T08:00:00+07:00."
        )
    return moment.astimezone(VIETNAM)


@dataclass(frozen=True)
class OfficeHours:
    """The hours at which an office is open, in force from a day until the next ``OfficeHours``.

    ``weekdays`` has seven entries, Monday to Sunday; an empty entry is a day of weekly rest.
    """

    valid_from: date
    weekdays: tuple[Intervals, ...]

    def __post_init__(self) -> None:
        if len(self.weekdays) != 7:
            raise RuleViolation("office_hours_invalid", "Giờ làm việc phải khai đủ bảy ngày, từ thứ Hai đến Chủ nhật.")
        for intervals in self.weekdays:
            edges = [edge for interval in intervals for edge in interval]
            if any(later <= earlier for earlier, later in pairwise(edges)):
                raise RuleViolation(
                    "office_hours_invalid",
                    "Giờ làm việc trong ngày phải theo thứ tự và không chồng nhau. Hãy sửa lại giờ mở, giờ đóng.",
                )

    @classmethod
    def standard(
        cls,
        valid_from: date = date.min,
        intervals: Intervals = (_MORNING, _AFTERNOON),
        saturday: Intervals = (),
    ) -> OfficeHours:
        """Return the same ``intervals`` from Monday to Friday, and those of ``saturday`` on Saturday."""
        return cls(valid_from, (intervals,) * 5 + (saturday, ()))

    def longest(self) -> Intervals:
        """Return the longest schedule of Monday to Friday, or of the week if all five are closed."""
        candidates = self.weekdays[:5] if any(self.weekdays[:5]) else self.weekdays
        return max(candidates, key=_length)


@dataclass(frozen=True)
class WorkCalendar:
    """When an office works: its hours, its days off, and the days of rest that it works.

    A day that is both off and worked is worked: the office's own list overrides the national base.
    Hours before the first ``valid_from`` are taken from the earliest entry.
    """

    hours: tuple[OfficeHours, ...]
    days_off: frozenset[date] = frozenset()
    worked_days: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.hours:
            raise RuleViolation("office_hours_invalid", "Lịch chưa có giờ làm việc. Hãy khai giờ làm việc của cơ quan.")

    def is_working_day(self, day: date) -> bool:
        """Tell whether the desk opens at all on ``day``."""
        return bool(self._schedule(day))

    def intervals(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Return the open hours of ``day`` in order, empty on a day off.

        On a day of rest that is worked (a make-up Saturday) the longest weekday schedule holds: the
        notice does not say which weekday it replaces.
        """
        return tuple(
            (datetime.combine(day, start, VIETNAM), datetime.combine(day, end, VIETNAM))
            for start, end in self._schedule(day)
        )

    def opens(self, day: date) -> datetime:
        """Return the opening of the desk on a working ``day``."""
        return self._intervals_of_working_day(day)[0][0]

    def closes(self, day: date) -> datetime:
        """Return the close of the desk on a working ``day``."""
        return self._intervals_of_working_day(day)[-1][1]

    def full_day(self, day: date) -> timedelta:
        """Return how much working time a full working day has, by the hours in force on ``day``."""
        return _length(self._hours_on(day).longest())

    def next_working_day(self, day: date) -> date:
        """Return the first working day strictly after ``day``."""
        return self.first_working_day(_next(day))

    def first_working_day(self, day: date) -> date:
        """Return ``day`` itself if it is a working day, else the next one."""
        return next(self._working_days(day, 1))

    def add_working_days(self, day: date, n: int) -> date:
        """Return the ``n``-th working day after ``day``, which itself does not count; ``day`` if n is 0."""
        if n < 0:
            raise _negative()
        for _ in range(n):
            day = self.next_working_day(day)
        return day

    def add_working_time(self, start: datetime, amount: timedelta) -> datetime:
        """Return the moment at which ``amount`` of working time has passed since ``start``.

        A span that is used up exactly at a close ends at that close, not at the next opening; an
        ``amount`` of zero gives ``start``.
        """
        if amount < _ZERO:
            raise _negative()
        moment = local(start)
        if not amount:
            return moment
        for day in self._working_days(moment.date(), 1):
            for opening, close in self.intervals(day):
                begin = max(opening, moment)
                if close - begin >= amount:
                    return begin + amount
                amount -= max(close - begin, _ZERO)
        raise AssertionError("the search for working days ends by an answer or an exception")

    def subtract_working_time(self, end: datetime, amount: timedelta) -> datetime:
        """Return the latest moment from which ``amount`` of working time is left until ``end``."""
        if amount < _ZERO:
            raise _negative()
        moment = local(end)
        if not amount:
            return moment
        for day in self._working_days(moment.date(), -1):
            for opening, close in reversed(self.intervals(day)):
                finish = min(close, moment)
                if finish - opening >= amount:
                    return finish - amount
                amount -= max(finish - opening, _ZERO)
        raise AssertionError("the search for working days ends by an answer or an exception")

    def working_time_between(self, a: datetime, b: datetime) -> timedelta:
        """Return the working time from ``a`` to ``b``; negative when ``b`` is the earlier one."""
        start, end = local(a), local(b)
        if end < start:
            return -self.working_time_between(b, a)
        total = _ZERO
        day = start.date()
        while day <= end.date():
            for opening, close in self.intervals(day):
                total += max(min(close, end) - max(opening, start), _ZERO)
            day = _next(day)
        return total

    def to_json(self) -> str:
        """Return the calendar as canonical text: equal calendars give equal text, on any machine."""
        return json.dumps(
            {
                "days_off": sorted(day.isoformat() for day in self.days_off),
                "hours": [
                    {
                        "valid_from": hours.valid_from.isoformat(),
                        "weekdays": [
                            [[start.isoformat(), end.isoformat()] for start, end in intervals]
                            for intervals in hours.weekdays
                        ],
                    }
                    for hours in sorted(self.hours, key=lambda hours: hours.valid_from)
                ],
                "worked_days": sorted(day.isoformat() for day in self.worked_days),
            },
            sort_keys=True,
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> WorkCalendar:
        """Read what ``to_json`` wrote; RuleViolation("calendar_unreadable") on anything else."""
        try:
            data = json.loads(text)
            return cls(
                hours=tuple(
                    OfficeHours(
                        date.fromisoformat(entry["valid_from"]),
                        tuple(
                            tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in intervals)
                            for intervals in entry["weekdays"]
                        ),
                    )
                    for entry in data["hours"]
                ),
                days_off=frozenset(map(date.fromisoformat, data["days_off"])),
                worked_days=frozenset(map(date.fromisoformat, data["worked_days"])),
            )
        except RuleViolation:
            raise
        except (KeyError, TypeError, ValueError) as error:
            raise RuleViolation(
                "calendar_unreadable", "Không đọc được lịch làm việc đã lưu. Hãy nhập lại lịch của cơ quan."
            ) from error

    def digest(self) -> str:
        """Return the SHA-256 of ``to_json`` in lower-case hex: the calendar that a promise was made by."""
        return hashlib.sha256(self.to_json().encode("utf-8")).hexdigest()

    def _hours_on(self, day: date) -> OfficeHours:
        in_force = [hours for hours in self.hours if hours.valid_from <= day]
        if in_force:
            return max(in_force, key=lambda hours: hours.valid_from)
        return min(self.hours, key=lambda hours: hours.valid_from)

    def _schedule(self, day: date) -> Intervals:
        hours = self._hours_on(day)
        usual = hours.weekdays[day.weekday()]
        if day in self.worked_days:
            return usual if usual and day.weekday() < 5 else hours.longest()
        return () if day in self.days_off else usual

    def _intervals_of_working_day(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        intervals = self.intervals(day)
        if not intervals:
            raise RuleViolation(
                "day_closed", f"Ngày {day:%d/%m/%Y} cơ quan không làm việc. Hãy chọn một ngày làm việc."
            )
        return intervals

    def _working_days(self, start: date, step: int) -> Iterator[date]:
        """Yield the working days from ``start`` on; refuse after three years without one."""
        day, idle = start, 0
        while idle < _SEARCH_DAYS:
            if self.is_working_day(day):
                idle = 0
                yield day
            else:
                idle += 1
            try:
                day += timedelta(days=step)
            except OverflowError:
                break
        raise RuleViolation(
            "calendar_empty",
            "Lịch của cơ quan không có ngày làm việc nào trong ba năm. Hãy kiểm tra giờ làm việc và ngày nghỉ.",
        )


def _next(day: date) -> date:
    return day + timedelta(days=1)


def _length(intervals: Intervals) -> timedelta:
    return sum((datetime.combine(date.min, end) - datetime.combine(date.min, start) for start, end in intervals), _ZERO)


def _negative() -> RuleViolation:
    return RuleViolation("limit_invalid", "Khoảng thời gian không được âm. Hãy nhập một số không nhỏ hơn 0.")
