"""When the clock of a dossier stood, and what is left of its limit: from its history alone (design, section 4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from counter_app.models import Dossier, DossierEvent
from counter_app.rules import lifecycle
from counter_app.rules.calendar import Limit, LimitUnit, WorkCalendar, due, due_after_pauses
from counter_app.rules.lifecycle import Status, Step
from counter_app.services.history import standing

PROMISES = (Step.RECEIVE, Step.ACCEPT, Step.APOLOGISE)
"""Steps that promise a date; the due date after a wait is reckoned from the last of them."""


def promise_and_pauses(dossier: Dossier, at: datetime) -> tuple[datetime, list[tuple[datetime, datetime]]]:
    """The date promised last (at reception or by an apology), and the pauses of the clock since then."""
    events = standing(dossier.events)
    promise = next(event for event in reversed(events) if event.step in PROMISES and event.due_after is not None)
    assert promise.due_after is not None
    pauses = [(max(start, promise.at), end) for start, end in _pauses(dossier, at) if end > promise.at]
    return promise.due_after, pauses


def stood(calendar: WorkCalendar, dossier: Dossier, until: datetime) -> timedelta:
    """Working time during which the clock stood, the pause that is still open counted to ``until``."""
    pauses = ((max(start, dossier.received_at), end) for start, end in _pauses(dossier, until))
    return sum((calendar.working_time_between(start, end) for start, end in pauses if end > start), timedelta(0))


def stopped_last(dossier: Dossier, at: datetime) -> datetime:
    """When the clock stopped for the latest wait before ``at``, whether or not it runs again."""
    return _pauses(dossier, at)[-1][0]


def _pauses(dossier: Dossier, until: datetime) -> list[tuple[datetime, datetime]]:
    """When the clock stood, from the history; a pause that is still open lasts to ``until``."""
    found: list[tuple[datetime, datetime]] = []
    paused_at = None
    for event in standing(dossier.events):
        stands = lifecycle.clock_stands(Status(event.status_after))
        if stands and paused_at is None:
            paused_at = event.at
        elif not stands and paused_at is not None:
            found.append((paused_at, event.at))
            paused_at = None
    if paused_at is not None:
        found.append((paused_at, until))
    return found


def without_letter(calendar: WorkCalendar, dossier: Dossier, letter: DossierEvent, until: datetime) -> datetime:
    """Until when the result would have been owed had ``letter`` (the step ``apologise``) not moved the date.

    That is the date promised before it, and what the clock stood since then.
    """
    assert letter.due_before is not None
    pauses = [(max(start, letter.at), end) for start, end in _pauses(dossier, until) if end > letter.at]
    return due_after_pauses(calendar, letter.due_before, pauses, LimitUnit(dossier.limit_unit))


def ended_at(dossier: Dossier) -> datetime | None:
    """When the dossier had its result or ended without one; None while a result is owed."""
    found = None
    for event in standing(dossier.events):
        if lifecycle.is_open(Status(event.status_after)):
            found = None
        elif found is None:
            found = event.at
    return found


def latest_extension(calendar: WorkCalendar, dossier: Dossier, at: datetime) -> datetime | None:
    """The close of the desk on the day that ends an extension as long as the first limit.

    Counted from the date that was promised, or from the letter where that is later (else a dossier very late
    could get no letter at all), that day itself not (Civil Code 2015, art. 147). Where the clerk
    chose the first date, or the result was to be given on the spot, the working time that was promised counts.
    """
    if dossier.due is None or dossier.first_due is None:
        return None
    start = max(dossier.due, at)
    limit = Limit(dossier.limit_amount, LimitUnit(dossier.limit_unit))
    if limit.unit in (LimitUnit.UNKNOWN, LimitUnit.ON_THE_SPOT):
        promised = calendar.working_time_between(dossier.received_at, dossier.first_due)
        end = calendar.add_working_time(start, max(promised, timedelta(0)))
    else:
        end = due(calendar, start, limit)
    return calendar.closes(calendar.first_working_day(end.date()))
