"""The head's red list and the warnings ahead of it: which dossiers, who answers for them, and their letters."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from itertools import chain, groupby
from operator import attrgetter

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from counter_app.models import ApologyLetter, Dossier, DossierEvent
from counter_app.rules.apology import LetterState, out_in_time
from counter_app.rules.calendar import VIETNAM, WorkCalendar
from counter_app.rules.lifecycle import Step
from counter_app.services.apologies_rows import LetterView, letter_view
from counter_app.services.calendars import read_calendar
from counter_app.services.desk import DeskContext
from counter_app.services.handover_items import HANDOVER
from counter_app.services.history import standing
from counter_app.services.offices import office_row
from counter_app.services.reading import is_late, letter_waits, queue_rows
from counter_app.services.values import QueueRow


class Group(StrEnum):
    """RED is late without a signed letter; LATE is past even the date of a letter; the rest is not late yet."""

    RED = "red"
    LATE = "late"
    TODAY = "today"
    ONE_DAY = "one_day"
    THREE_DAYS = "three_days"


WARNED_AHEAD = 3
"""Working days before the due date from which a dossier is on a list of its own."""

TO_DO = (LetterState.DRAFT, LetterState.SUBMITTED, LetterState.SIGNED)
"""Letters that somebody still has to do something about, as long as the dossier waits for them (``letter_waits``)."""

_HANDS = (Step.RECEIVE, Step.HAND_OVER, Step.ACCEPT)
"""Steps after which whoever took them has the dossier in hand, where no list was signed."""


@dataclass(frozen=True, slots=True)
class LateRow:
    """A dossier of a group: ``unit`` (the office itself before a hand-over) and ``person`` answer for it.

    The letter is the newest that was not given up.
    """

    row: QueueRow
    unit: str
    person: str
    letter_id: int | None
    letter: LetterState | None
    letter_number: int | None
    signed_by: str
    can_be_in_time: bool
    """Whether a letter handed over now would still be in time."""

    @property
    def code(self) -> str:
        return self.row.code


@dataclass(frozen=True, slots=True)
class OverdueCounts:
    """How many dossiers are in each group, and how many letters wait for somebody."""

    groups: dict[Group, int]
    letters: int


def overdue_counts(desk: DeskContext) -> OverdueCounts:
    """The numbers over the lists, by one pass over the open dossiers."""
    calendar, now = read_calendar(desk), desk.clock()
    conditions = {group: _condition(group, calendar, now) for group in Group}
    sums = [func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in conditions.values()]
    with desk.database.read() as session:
        numbers = session.execute(select(*sums).where(Dossier.is_open)).one()
        letters = (
            session.scalar(select(func.count(ApologyLetter.id)).join(ApologyLetter.dossier).where(letter_waits())) or 0
        )
    return OverdueCounts(dict(zip(conditions, numbers, strict=True)), letters)


def late_ids(desk: DeskContext, group: Group) -> array[int]:
    """Ids of the dossiers of a group, the longest overdue first."""
    condition = _condition(group, read_calendar(desk), desk.clock())
    query = select(Dossier.id).where(condition).order_by(Dossier.due, Dossier.id)
    with desk.database.read() as session:
        return array("q", chain.from_iterable(session.connection().execute(query)))


def late_rows(desk: DeskContext, ids: Sequence[int]) -> list[LateRow]:
    """The rows with these ids (at most some hundreds), in this order."""
    calendar, now, lead = read_calendar(desk), desk.clock(), desk.settings.apology.lead_days
    rows = queue_rows(desk, ids)
    with desk.database.read() as session:
        hands = _hands(session, ids)
        letters = _letters(session, ids)
        office = office_row(session, desk).name
        return [
            _late_row(
                row,
                row.unit or office,
                hands.get(row.id, ""),
                letters.get(row.id),
                row.due is not None and out_in_time(calendar, row.due, now, lead),
            )
            for row in rows
        ]


def letter_ids(desk: DeskContext, states: Sequence[LetterState] = ()) -> array[int]:
    """Ids of the letters that somebody has to do something about, what is nearest to be done first, then the oldest.

    With ``states``: of all letters in these.
    """
    order = case({state.value: place for place, state in enumerate(states or TO_DO)}, value=ApologyLetter.state)
    wanted = ApologyLetter.state.in_(states) if states else letter_waits()
    query = select(ApologyLetter.id).join(ApologyLetter.dossier).where(wanted).order_by(order, ApologyLetter.id)
    with desk.database.read() as session:
        return array("q", chain.from_iterable(session.connection().execute(query)))


def letter_rows(desk: DeskContext, ids: Sequence[int]) -> list[LetterView]:
    """The letters with these ids (at most some hundreds), in this order."""
    calendar, now, lead = read_calendar(desk), desk.clock(), desk.settings.apology.lead_days
    with desk.database.read() as session:
        found = {
            letter.id: letter_view(letter, calendar, lead, now)
            for letter in session.scalars(select(ApologyLetter).where(ApologyLetter.id.in_(ids)))
        }
    return [found[number] for number in ids if number in found]


def _condition(group: Group, calendar: WorkCalendar, now: datetime) -> ColumnElement[bool]:
    if group is Group.RED:
        return and_(is_late(now), Dossier.apology_count == 0)
    if group is Group.LATE:
        return and_(is_late(now), Dossier.apology_count > 0)
    today = now.astimezone(VIETNAM).date()
    first, second, end = (calendar.add_working_days(today, days) for days in (1, 2, WARNED_AHEAD + 1))
    start, stop = {
        Group.TODAY: (now, _midnight(first)),
        Group.ONE_DAY: (_midnight(first), _midnight(second)),
        Group.THREE_DAYS: (_midnight(second), _midnight(end)),
    }[group]
    return and_(Dossier.is_open, Dossier.paused_at.is_(None), Dossier.due >= start, Dossier.due < stop)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, VIETNAM)


def _hands(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Who has each dossier in hand: whoever signed for it last on a list, received it or accepted it.

    Given by a list that nobody has signed for yet, it is still in the hands of whoever gave it.
    """
    query = (
        select(DossierEvent)
        .where(DossierEvent.dossier_id.in_(ids), DossierEvent.step.in_((*_HANDS, Step.CORRECT)))
        .order_by(DossierEvent.dossier_id, DossierEvent.number)
    )
    hands = {}
    for dossier_id, events in groupby(session.scalars(query), attrgetter("dossier_id")):
        for event in standing(list(events)):
            moved = event.details.get(HANDOVER)
            if moved is not None:
                hands[dossier_id] = moved["receiver"] or moved["giver"]
            elif event.step in _HANDS:
                hands[dossier_id] = event.actor
    return hands


def _letters(session: Session, ids: Sequence[int]) -> dict[int, ApologyLetter]:
    query = (
        select(ApologyLetter)
        .where(ApologyLetter.dossier_id.in_(ids), ApologyLetter.state != LetterState.DROPPED.value)
        .order_by(ApologyLetter.id)
    )
    return {letter.dossier_id: letter for letter in session.scalars(query)}


def _late_row(row: QueueRow, unit: str, hand: str, letter: ApologyLetter | None, can_be_in_time: bool) -> LateRow:
    if letter is None:
        return LateRow(row, unit, hand, None, None, None, "", can_be_in_time)
    number = None if letter.event is None else letter.event.form_number
    return LateRow(
        row=row,
        unit=letter.unit,
        person=letter.person or hand,
        letter_id=letter.id,
        letter=LetterState(letter.state),
        letter_number=number,
        signed_by=letter.signed_by,
        can_be_in_time=can_be_in_time,
    )
