"""The office's working calendar: the national days off, then the office's own list over them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Calendar
from counter_app.rules.calendar import OfficeHours, WorkCalendar, national_days_off, national_worked_days
from counter_app.rules.violation import RuleViolation
from counter_app.services.desk import DeskContext
from counter_app.services.json_files import read_json_file

NATIONAL_YEARS_AHEAD = 3
"""National days off are laid in for this many years around the day a calendar is made."""


def current_calendar(session: Session, desk: DeskContext) -> tuple[int, WorkCalendar]:
    """Id and content of the calendar for new promises; made from the shipped one on first use."""
    row = session.scalar(select(Calendar).where(Calendar.current))
    if row is None:
        row = _store(session, desk, _shipped_calendar(desk.clock()))
    return row.id, WorkCalendar.from_json(row.content)


def read_calendar(desk: DeskContext) -> WorkCalendar:
    """The calendar in use."""
    with desk.database.read() as session:
        row = session.scalar(select(Calendar).where(Calendar.current))
        if row is not None:
            return WorkCalendar.from_json(row.content)
    with desk.database.write() as session:
        return current_calendar(session, desk)[1]


def import_calendar(desk: DeskContext, path: Path) -> tuple[int, ...]:
    """Take in days off, worked days and office hours from a file as ``data/calendars.json``.

    A year that the file names is replaced as a whole. Answers the years. A promise already made keeps its
    date and its calendar. Raises UserError ``calendar_invalid`` naming the entry.
    """
    years, change = _parse(read_json_file(path, "calendar_invalid"))
    with desk.database.write() as session:
        _, calendar = current_calendar(session, desk)
        _store(session, desk, change(calendar))
    return years


def apply_portal_calendar(session: Session, desk: DeskContext, year: int, off: list[date], worked: list[date]) -> None:
    """Lay a year's days from the portal's feed (``Lich``) over the calendar in use; ValueError for another year's."""
    _check_year(year, off, "NgayNghi")
    _check_year(year, worked, "LamBu")
    _, calendar = current_calendar(session, desk)
    _store(session, desk, _with_year(calendar, year, off, worked))


def _with_year(calendar: WorkCalendar, year: int, off: list[date], worked: list[date]) -> WorkCalendar:
    return replace(
        calendar,
        days_off=frozenset(day for day in calendar.days_off if day.year != year) | frozenset(off),
        worked_days=frozenset(day for day in calendar.worked_days if day.year != year) | frozenset(worked),
    )


def _store(session: Session, desk: DeskContext, calendar: WorkCalendar) -> Calendar:
    session.execute(update(Calendar).values(current=False))
    row = session.scalar(select(Calendar).where(Calendar.digest == calendar.digest()))
    if row is None:
        row = Calendar(digest=calendar.digest(), content=calendar.to_json(), created_at=desk.clock())
        session.add(row)
    row.current = True
    session.flush()
    return row


def _shipped_calendar(now: datetime) -> WorkCalendar:
    from resources import text_of

    years = range(now.year - NATIONAL_YEARS_AHEAD, now.year + NATIONAL_YEARS_AHEAD + 1)
    base = WorkCalendar(
        (OfficeHours.standard(),),
        frozenset(day for year in years for day in national_days_off(year)),
        frozenset(day for year in years for day in national_worked_days(year)),
    )
    _, change = _parse(json.loads(text_of("calendars.json")))
    return change(base)


class _Change:
    """What a calendar file asks for, checked before anything is written."""

    def __init__(self, years: dict[int, tuple[list[date], list[date]]], hours: OfficeHours | None) -> None:
        self._years = years
        self._hours = hours

    def __call__(self, calendar: WorkCalendar) -> WorkCalendar:
        for year, (off, worked) in self._years.items():
            calendar = _with_year(calendar, year, off, worked)
        if self._hours is not None:
            kept = tuple(item for item in calendar.hours if item.valid_from != self._hours.valid_from)
            calendar = replace(calendar, hours=(*kept, self._hours))
        return calendar


def _parse(data: Any) -> tuple[tuple[int, ...], _Change]:
    if not isinstance(data, dict) or not isinstance(data.get("years", {}), dict):
        raise UserError("calendar_invalid", "Tệp lịch phải có mục «years» như mẫu. Hãy kiểm tra lại tệp.")
    try:
        years = {
            int(year): (
                _days(int(year), content.get("off", []), "off"),
                _days(int(year), content.get("worked", []), "worked"),
            )
            for year, content in data.get("years", {}).items()
        }
        hours = None
        given = data.get("office_hours", data.get("office_hours_default"))
        if given is not None:
            intervals = tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in given)
            saturday = tuple(
                (time.fromisoformat(start), time.fromisoformat(end)) for start, end in data.get("saturday_hours", [])
            )
            valid_from = date.fromisoformat(data["valid_from"]) if "valid_from" in data else date.min
            hours = OfficeHours.standard(valid_from, intervals, saturday)
    except RuleViolation as violation:
        raise UserError(violation.kind, violation.message) from violation
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise UserError(
            "calendar_invalid", f"Tệp lịch có mục sai dạng: {error}. Ngày ghi như 2026-02-16, giờ ghi như 07:00."
        ) from error
    return tuple(sorted(years)), _Change(years, hours)


def _days(year: int, texts: list[str], key: str) -> list[date]:
    days = [date.fromisoformat(text) for text in texts]
    _check_year(year, days, key)
    return days


def _check_year(year: int, days: list[date], key: str) -> None:
    """A swap around New Year may lie some days outside its year."""
    for day in days:
        if abs(day - date(year, 7, 1)) > timedelta(days=200):
            raise ValueError(f"ngày {day.isoformat()} không thuộc mục «{key}» của năm {year}")
