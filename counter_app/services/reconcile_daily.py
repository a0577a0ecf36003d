"""The comparison with the portal that comes by itself, once for every working day that has closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select

from counter_app.models import ReconciliationRun
from counter_app.rules.calendar import VIETNAM, WorkCalendar
from counter_app.services.calendars import read_calendar
from counter_app.services.desk import DeskContext
from counter_app.services.reconcile import Period, Progress, begin_run, carry_on, end_run
from counter_app.sync import outbox
from counter_app.sync.client import PortalClient, Refused

DAYS: Final = 7
"""Days that an automatic comparison covers at the least, the last included."""
_LONGEST_CLOSURE: Final = 60
"""Days looked back for one on which the office was open."""
_CUT_SHORT: Final = "Chưa đối soát hết thì sang kỳ sau."


@dataclass(frozen=True, slots=True)
class _Newest:
    """The newest automatic run."""

    run_id: int
    last_day: date
    ended: bool


class DailyReconciliation:
    """A chore of the syncer: does nothing until an office day has closed that was not compared yet.

    It goes on where it was interrupted, also after a restart, and steps aside as soon as anything is due to
    be sent. What the line does to it (TransientTrouble, SignInNeeded) is passed on: the next pass goes on. A
    portal that refuses look-ups is asked again only for the next day.
    """

    def __init__(self, desk: DeskContext) -> None:
        self._desk = desk

    def __call__(self, client: PortalClient, stop: Callable[[], bool]) -> None:
        now = self._desk.clock()
        day = last_closed_day(read_calendar(self._desk), now)
        newest = self._newest()
        if day is None or (newest is not None and newest.ended and newest.last_day >= day):
            return
        unfinished = newest is not None and not newest.ended and newest.last_day >= day
        run_id = newest.run_id if newest is not None and unfinished else self._begin(day, newest)
        self._carry_on(client, run_id, stop)

    def _newest(self) -> _Newest | None:
        with self._desk.database.read() as session:
            run = session.scalar(
                select(ReconciliationRun)
                .where(ReconciliationRun.automatic)
                .order_by(ReconciliationRun.id.desc())
                .limit(1)
            )
            return None if run is None else _Newest(run.id, run.last_day, run.ended_at is not None)

    def _begin(self, day: date, newest: _Newest | None) -> int:
        """A new run; one that was not finished for an earlier day ends here, and its days are covered again."""
        first = day - timedelta(days=DAYS - 1)
        if newest is not None:
            if not newest.ended:
                end_run(self._desk, newest.run_id, complete=False, error=_CUT_SHORT)
            first = min(first, newest.last_day)
        return begin_run(self._desk, Period(first, day), automatic=True)

    def _carry_on(self, client: PortalClient, run_id: int, stop: Callable[[], bool]) -> None:
        def step_aside() -> bool:
            if stop():
                return True
            with self._desk.database.read() as session:
                due = outbox.next_due(session)
            return due is not None and due <= self._desk.clock()

        try:
            finished = carry_on(self._desk, client, run_id, step_aside, _tell_nobody)
        except Refused as refused:
            end_run(self._desk, run_id, complete=False, error=refused.reason)
            return
        if finished:
            end_run(self._desk, run_id, complete=True)


def last_closed_day(calendar: WorkCalendar, now: datetime) -> date | None:
    """The newest working day whose close is past; None where the calendar has none for two months."""
    day = now.astimezone(VIETNAM).date()
    for _ in range(_LONGEST_CLOSURE):
        if calendar.is_working_day(day) and now >= calendar.closes(day):
            return day
        day -= timedelta(days=1)
    return None


def _tell_nobody(_progress: Progress) -> None:
    """Nobody watches a run that comes by itself."""
