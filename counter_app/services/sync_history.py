"""The history of the sync, by day of the office, for the sync page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Subquery, and_, case, func, select
from sqlalchemy.orm import Session

from counter_app.models import SyncRun
from counter_app.rules.calendar import VIETNAM
from counter_app.services.desk import DeskContext

DAYS: Final = 31
"""Days of the calendar that one page of the history covers."""
PASSES: Final = 100
"""Passes of a day read at once."""

_OFFICE_HOURS_AHEAD: Final = "+7 hours"
"""Asia/Ho_Chi_Minh in SQL: the same the whole year, and in every year of this program."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """One pass of the syncer."""

    id: int
    started_at: datetime
    ended_at: datetime | None
    sent: int
    received: int
    failed: int
    error: str


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day: how often the syncer had something to do, what came of it, and what was in the way.

    ``silence`` is the longest time over which pass after pass did not reach the portal, from the start of the
    first to the end of the last. ``notes`` are the words of what failed, the most frequent first, each with
    how often.
    """

    day: date
    passes: int
    sent: int
    received: int
    failed: int
    silence: timedelta
    notes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class DayPage:
    """Days, the newest first; ``older`` tells whether the history goes on before the last of them."""

    days: tuple[DayRow, ...] = ()
    older: bool = False


def read_days(desk: DeskContext, before: date | None = None) -> DayPage:
    """The days with passes, going back at most ``DAYS`` from the newest one (before ``before``)."""
    with desk.database.read() as session:
        newest = _newest(session, before)
        if newest is None:
            return DayPage()
        first = newest - timedelta(days=DAYS - 1)
        runs = _runs_between(first, newest)
        notes = _notes(session, runs)
        silences = _silences(session, runs)
        sums = select(
            runs.c.day,
            func.count().label("passes"),
            *(func.sum(runs.c[name]).label(name) for name in ("sent", "received", "failed")),
        ).group_by(runs.c.day)
        days = tuple(
            DayRow(
                day=date.fromisoformat(row.day),
                passes=row.passes,
                sent=row.sent,
                received=row.received,
                failed=row.failed,
                silence=silences.get(row.day, timedelta(0)),
                notes=tuple(notes.get(row.day, ())),
            )
            for row in session.execute(sums.order_by(runs.c.day.desc()))
        )
        return DayPage(days, _newest(session, first) is not None)


def read_runs(desk: DeskContext, day: date, after: int | None = None) -> tuple[RunRow, ...]:
    """Up to ``PASSES`` passes of a day, the newest first; the next ones come with ``after``, the last id seen."""
    start, end = _bounds(day, day)
    query = select(SyncRun).where(SyncRun.started_at >= start, SyncRun.started_at < end)
    if after is not None:
        query = query.where(SyncRun.id < after)
    with desk.database.read() as session:
        return tuple(
            RunRow(**{name: getattr(row, name) for name in RunRow.__dataclass_fields__})
            for row in session.scalars(query.order_by(SyncRun.id.desc()).limit(PASSES))
        )


def _bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """From the first moment of ``first`` to the first one after ``last``, at the office."""
    start = datetime.combine(first, time(), tzinfo=VIETNAM)
    return start, datetime.combine(last + timedelta(days=1), time(), tzinfo=VIETNAM)


def _newest(session: Session, before: date | None) -> date | None:
    query = select(func.max(SyncRun.started_at))
    if before is not None:
        query = query.where(SyncRun.started_at < _bounds(before, before)[0])
    moment = session.scalar(query)
    return None if moment is None else moment.astimezone(VIETNAM).date()


def _runs_between(first: date, last: date) -> Subquery:
    """Passes with the office's day, and with ``cut``: it brought nothing and says why."""
    start, end = _bounds(first, last)
    cut = and_(SyncRun.error != "", SyncRun.sent == 0, SyncRun.received == 0, SyncRun.failed == 0)
    return (
        select(
            SyncRun.id,
            func.date(SyncRun.started_at, _OFFICE_HOURS_AHEAD).label("day"),
            func.julianday(SyncRun.started_at).label("start"),
            func.julianday(func.coalesce(SyncRun.ended_at, SyncRun.started_at)).label("end"),
            SyncRun.sent,
            SyncRun.received,
            SyncRun.failed,
            SyncRun.error,
            cut.label("cut"),
        )
        .where(SyncRun.started_at >= start, SyncRun.started_at < end)
        .subquery()
    )


def _silences(session: Session, runs: Subquery) -> dict[str, timedelta]:
    """The longest row of fruitless passes of each day: passes between two fruitful ones are one group."""
    group: ColumnElement[Any] = func.sum(case((runs.c.cut, 0), else_=1)).over(
        partition_by=runs.c.day, order_by=runs.c.id
    )
    numbered = select(runs.c.day, runs.c.start, runs.c.end, runs.c.cut, group.label("grp")).subquery()
    spans = (
        select(numbered.c.day, (func.max(numbered.c.end) - func.min(numbered.c.start)).label("days"))
        .where(numbered.c.cut)
        .group_by(numbered.c.day, numbered.c.grp)
        .subquery()
    )
    longest = select(spans.c.day, func.max(spans.c.days)).group_by(spans.c.day)
    # The Julian day is a number of some ten million seconds: a millisecond is lost in it.
    return {day: timedelta(seconds=round(days * 86_400)) for day, days in session.execute(longest)}


def _notes(session: Session, runs: Subquery) -> dict[str, Sequence[tuple[str, int]]]:
    query = (
        select(runs.c.day, runs.c.error, func.count())
        .where(runs.c.error != "")
        .group_by(runs.c.day, runs.c.error)
        .order_by(runs.c.day, func.count().desc(), func.max(runs.c.id).desc())
    )
    found: dict[str, list[tuple[str, int]]] = {}
    for day, words, times in session.execute(query):
        found.setdefault(day, []).append((words, times))
    return dict(found)
