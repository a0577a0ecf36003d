"""The national days off of Viet Nam (Labour Code 2019, art. 111 and 112).

The ``holidays`` package is the base. It is corrected where the law or the Vietnamese lunar calendar
says otherwise. Yearly notices (a weekday off for a Saturday worked) are data of the office's calendar,
not a formula; what the package knows of them is kept.
"""

from __future__ import annotations

from collections.abc import Set
from datetime import date, timedelta

CULTURE_DAY_FROM = 2026
"""Viet Nam Culture Day, 24 November, is a paid day off from this year (Nghị quyết 28/2026/QH16)."""

_TET_NAMES = ("Tết Nguyên Đán", "29 Tết")

# First day of the first lunar month by the Vietnamese calendar, reckoned at UTC+7 (Quyết định 121-CP of
# 8 August 1967). It differs from the Chinese calendar (UTC+8) in 2007, 2030 and 2053. 2024 to 2028 as in
# the government's notices; the rest reckoned from the astronomical new moon, as the tests do again.
_TET_ROWS = (
    "2005-02-09 2006-01-29 2007-02-17 2008-02-07 2009-01-26 2010-02-14 2011-02-03 2012-01-23",
    "2013-02-10 2014-01-31 2015-02-19 2016-02-08 2017-01-28 2018-02-16 2019-02-05 2020-01-25",
    "2021-02-12 2022-02-01 2023-01-22 2024-02-10 2025-01-29 2026-02-17 2027-02-06 2028-01-26",
    "2029-02-13 2030-02-02 2031-01-23 2032-02-11 2033-01-31 2034-02-19 2035-02-08 2036-01-28",
    "2037-02-15 2038-02-04 2039-01-24 2040-02-12 2041-02-01 2042-01-22 2043-02-10 2044-01-30",
    "2045-02-17 2046-02-06 2047-01-26 2048-02-14 2049-02-02 2050-01-23 2051-02-11 2052-02-01",
    "2053-02-18",
)
TET_FIRST_DAY: dict[int, date] = {day.year: day for row in _TET_ROWS for day in map(date.fromisoformat, row.split())}


def national_days_off(year: int) -> frozenset[date]:
    """Return the public days off of ``year``, with the make-up days for weekly rest.

    Weekly rest that meets a holiday is made up on the next working day (Labour Code art. 111), except
    for 24 November (Nghị quyết 28/2026/QH16). Weekend days that are holidays are in the set too.
    """
    named = _package_days(year)
    first = TET_FIRST_DAY.get(year)
    if first is not None and "Tết Nguyên Đán" not in named.get(first, "").split("; "):
        kept = {day for day, name in named.items() if not any(tet in name for tet in _TET_NAMES)}
        days = kept | _tet_days(first, kept)
    else:
        days = set(named)
    return frozenset(_with_culture_day(year, days, named))


def national_worked_days(year: int) -> frozenset[date]:
    """Return the weekend days of ``year`` that a national notice known to the package made working days."""
    import holidays

    base = holidays.country_holidays("VN", years=year, language="vi")
    swapped: Set[date] = base.weekend_workdays
    return frozenset(day for day in swapped if day.year == year)


def _package_days(year: int) -> dict[date, str]:
    import holidays  # slow to import, and most starts of the program never need it

    return dict(holidays.country_holidays("VN", years=year, language="vi"))


def _tet_days(first: date, other_holidays: Set[date]) -> set[date]:
    """Return the five days of Tết from its eve, and the working days that make up for weekly rest."""
    days = {first + timedelta(days=offset) for offset in range(-1, 4)}
    to_make_up = sum(1 for day in days if day.weekday() >= 5)
    day = max(days)
    while to_make_up:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in other_holidays:
            days.add(day)
            to_make_up -= 1
    return days


def _with_culture_day(year: int, days: set[date], named: dict[date, str]) -> set[date]:
    if year < CULTURE_DAY_FROM:
        return days
    culture_day = date(year, 11, 24)
    made_up = {
        day for day, name in named.items() if day != culture_day and "Văn hóa Việt Nam" in name and "; " not in name
    }
    return (days - made_up) | {culture_day}
