"""Dates as people type them: with or without separators, the year in two or four digits."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from counter_app.rules.calendar import VIETNAM

_PARTS = re.compile(r"^(\d{1,2})[\s./\-]+(\d{1,2})[\s./\-]+(\d{4}|\d{2})$")
_RUN = re.compile(r"^(\d{2})(\d{2})(\d{4})$")
_TIME = re.compile(r"(?:^|\s)(\d{1,2})(?::|h|g|giờ)(\d{2})?(?=\s|$)", re.IGNORECASE)


def parse_date(text: str, latest: date | None = None) -> date | None:
    """``8/3/1990``, ``08031990``, ``8-3-90`` or ``8.3.1990``; None when it is no date.

    A year of two digits is the last one with these digits that is not after ``latest`` (without it: 20xx).
    """
    match = _PARTS.match(text.strip()) or _RUN.match(text.strip())
    if match is None:
        return None
    day, month, year = (int(part) for part in match.groups())
    if year < 100:
        year += 2000
        if latest is not None and year > latest.year:
            year -= 100
    try:
        return date(year, month, day)
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    """``16:30``, ``16h30`` or ``16h`` anywhere in the text."""
    match = _TIME.search(text)
    if match is None or int(match[1]) > 23 or int(match[2] or 0) > 59:
        return None
    return time(int(match[1]), int(match[2] or 0))


def parse_moment(text: str) -> tuple[date, time | None] | None:
    """A date with or without an hour, in either order; None when there is no date."""
    hour = parse_time(text)
    day = parse_date(_TIME.sub(" ", text))
    return None if day is None else (day, hour)


def in_vietnam(day: date, hour: time) -> datetime:
    """The moment on the clock of Viet Nam."""
    return datetime.combine(day, hour, VIETNAM)
