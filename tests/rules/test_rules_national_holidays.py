"""The national days off, against the notices and against the moon."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest

from counter_app.rules import national_holidays
from counter_app.rules.national_holidays import TET_FIRST_DAY, national_days_off, national_worked_days

NOTICE_2025 = {
    *("2025-01-01", "2025-01-27", "2025-01-28", "2025-01-29", "2025-01-30", "2025-01-31", "2025-04-07"),
    *("2025-04-30", "2025-05-01", "2025-05-02", "2025-09-01", "2025-09-02"),
}
NOTICE_2026 = {
    *("2026-01-01", "2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19", "2026-02-20", "2026-04-27"),
    *("2026-04-30", "2026-05-01", "2026-08-31", "2026-09-01", "2026-09-02", "2026-11-24"),
}


def weekdays(days: frozenset[date]) -> set[str]:
    return {day.isoformat() for day in days if day.weekday() < 5}


def test_weekdays_off_are_those_of_the_notices() -> None:
    assert weekdays(national_days_off(2025)) == NOTICE_2025
    assert weekdays(national_days_off(2026)) == NOTICE_2026


@pytest.mark.parametrize("year", range(2021, 2054))
def test_every_holiday_is_a_weekday_off_or_is_made_up(year: int) -> None:
    """Labour Code art. 112: eleven days, one more from 2026; art. 111: made up, but not 24 November."""
    swaps = len(national_worked_days(year))
    culture_day = date(year, 11, 24)
    expected = 11 + (year >= 2026 and culture_day.weekday() < 5)

    assert len(weekdays(national_days_off(year))) == expected + swaps


def test_culture_day_on_a_saturday_is_not_made_up() -> None:
    assert date(2029, 11, 24).weekday() == 5
    assert date(2029, 11, 26) not in national_days_off(2029)
    assert date(2029, 11, 24) in national_days_off(2029)


def test_culture_day_is_no_holiday_before_2026() -> None:
    assert date(2025, 11, 24) not in national_days_off(2025)


def test_a_package_that_follows_the_chinese_calendar_or_lacks_culture_day_is_corrected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chinese = {
        date(2030, 1, 1): "Tết Dương lịch",
        date(2030, 2, 2): "Giao thừa Tết Nguyên Đán",
        date(2030, 2, 3): "Tết Nguyên Đán",
        date(2030, 2, 4): "Mùng hai Tết Nguyên Đán",
        date(2030, 2, 5): "Mùng ba Tết Nguyên Đán",
        date(2030, 2, 6): "Mùng bốn Tết Nguyên Đán",
        date(2030, 2, 7): "Mùng năm Tết Nguyên Đán",
    }
    monkeypatch.setattr(national_holidays, "_package_days", lambda year: chinese)

    # The eve is Friday 1 February; Saturday and Sunday are made up on Wednesday and Thursday.
    expected = {date(2030, 1, 1), date(2030, 11, 24), *(date(2030, 2, day) for day in range(1, 8))}
    assert national_days_off(2030) == expected


@pytest.mark.parametrize("year", sorted(TET_FIRST_DAY))
def test_first_day_of_tet_is_the_new_moon_seen_from_viet_nam(year: int) -> None:
    first = TET_FIRST_DAY[year]

    assert first in {new_moon_day(k, 7.0) for k in lunations_of(year)}
    assert date(year, 1, 20) < first < date(year, 2, 22)


@pytest.mark.parametrize("year", [2007, 2030, 2053])
def test_years_in_which_the_chinese_calendar_differs(year: int) -> None:
    first = TET_FIRST_DAY[year]

    assert first + timedelta(days=1) in {new_moon_day(k, 8.0) for k in lunations_of(year)}


def lunations_of(year: int) -> range:
    k = math.floor((year - 1900) * 12.3685)
    return range(k, k + 5)


def new_moon_day(k: int, hours_east: float) -> date:
    """Return the day of the ``k``-th new moon since 1900 (J. Meeus, Astronomical Formulae, chapter 32)."""
    t = k / 1236.85
    rad = math.radians
    m = rad(359.2242 + 29.10535608 * k - 0.0000333 * t**2 - 0.00000347 * t**3)
    mp = rad(306.0253 + 385.81691806 * k + 0.0107306 * t**2 + 0.00001236 * t**3)
    f = rad(21.2964 + 390.67050646 * k - 0.0016528 * t**2 - 0.00000239 * t**3)
    julian = 2415020.75933 + 29.53058868 * k + 0.0001178 * t**2 - 0.000000155 * t**3
    julian += 0.00033 * math.sin(rad(166.56 + 132.87 * t - 0.009173 * t**2))
    julian += (0.1734 - 0.000393 * t) * math.sin(m) + 0.0021 * math.sin(2 * m)
    julian += -0.4068 * math.sin(mp) + 0.0161 * math.sin(2 * mp) - 0.0004 * math.sin(3 * mp)
    julian += 0.0104 * math.sin(2 * f) - 0.0051 * math.sin(m + mp) - 0.0074 * math.sin(m - mp)
    julian += 0.0004 * math.sin(2 * f + m) - 0.0004 * math.sin(2 * f - m) - 0.0006 * math.sin(2 * f + mp)
    julian += 0.0010 * math.sin(2 * f - mp) + 0.0005 * math.sin(m + 2 * mp)
    delta_t = 69 / 86400  # seconds between dynamical and civil time, about right for these decades
    return date.fromordinal(math.floor(julian - delta_t + 0.5 + hours_east / 24) - 1721425)
