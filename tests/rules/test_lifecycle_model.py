"""The lifecycle and its clock against models that know nothing of the program: any walk, any date of five years."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from counter_app.rules.calendar import VIETNAM, Limit, LimitUnit, OfficeHours, WorkCalendar, due, due_after_pauses
from counter_app.rules.lifecycle import (
    FIRST_STEPS,
    OPEN,
    TRANSITIONS,
    Status,
    Step,
    clock_stands,
    derive,
    next_status,
    permitted_steps,
)
from counter_app.rules.violation import RuleViolation
from tests import profiles
from tests.rules.slow_clock import DAY, FIRST_DAY, HOLIDAYS, SATURDAYS_WORKED, SlowClock

CASES = 10_000
"""Random due dates: about 3 ms each."""

HOURS = {
    "two spells": ((420, 690), (810, 1020)),
    "one spell": ((450, 990),),
    "three spells": ((480, 600), (630, 720), (780, 1050)),
}
SATURDAY = {"closed": (), "morning": ((450, 690),)}
UNITS = ("working_day", "working_hour", "calendar_day", "same_day")
BEGIN = (date(2024, 1, 1) - FIRST_DAY).days * DAY
FIVE_YEARS = (date(2028, 12, 31) - date(2024, 1, 1)).days * DAY

_clocks: dict[tuple[str, str], tuple[SlowClock, WorkCalendar]] = {}


def both(hours: str, saturday: str) -> tuple[SlowClock, WorkCalendar]:
    """The same office for the reference and for the program."""
    if (hours, saturday) not in _clocks:
        weekday, short = HOURS[hours], SATURDAY[saturday]
        real = OfficeHours.standard(intervals=_times(weekday), saturday=_times(short))
        _clocks[hours, saturday] = (
            SlowClock(weekday, short, HOLIDAYS, SATURDAYS_WORKED),
            WorkCalendar((real,), HOLIDAYS, SATURDAYS_WORKED),
        )
    return _clocks[hours, saturday]


def _times(spells: tuple[tuple[int, int], ...]) -> tuple[tuple[time, time], ...]:
    return tuple((time(*divmod(start, 60)), time(*divmod(end, 60))) for start, end in spells)


def moment(minutes: int) -> datetime:
    """A moment of the reference as the program has it."""
    return datetime.combine(FIRST_DAY, time(), VIETNAM) + timedelta(minutes=minutes)


EDGES = sorted({edge for spells in (*HOURS.values(), *SATURDAY.values()) for spell in spells for edge in spell} | {900})
"""Minutes of the day at which something begins or ends: where the mistakes are."""


def _at_an_edge(draw: Any, minutes: int, cut_off: int | None = None) -> int:
    """Half of the time the minute before, of or behind an edge of that day or the next, and never earlier."""
    if not draw(st.booleans()):
        return minutes
    edge = cut_off if cut_off is not None else draw(st.sampled_from(EDGES))
    moved: int = minutes // DAY * DAY + edge + draw(st.integers(-1, 1))
    return moved if moved >= minutes else moved + DAY


@st.composite
def cases(draw: Any) -> tuple[str, str, int, int, str, int | None, list[tuple[int, int]]]:
    """An office, a reception, a limit, and up to four waits in order."""
    unit = draw(st.sampled_from(UNITS))
    amount = draw(st.integers(1, 40 if unit == "working_hour" else 25))
    cut_off = draw(st.sampled_from((None, 15 * 60, 16 * 60 + 30)))
    received = _at_an_edge(draw, BEGIN + draw(st.integers(0, FIVE_YEARS)), cut_off)
    waits, at = [], received
    for _ in range(draw(st.integers(0, 4))):
        stopped = _at_an_edge(draw, at + draw(st.integers(0, 6 * DAY)))
        at = _at_an_edge(draw, stopped + draw(st.one_of(st.integers(0, 240), st.integers(0, 12 * DAY))))
        waits.append((stopped, at))
    return (
        draw(st.sampled_from(sorted(HOURS))),
        draw(st.sampled_from(sorted(SATURDAY))),
        received,
        amount,
        unit,
        cut_off,
        waits,
    )


@pytest.mark.timeout(120 + CASES // 10)
@hypothesis.seed(profiles.SEED)
@hypothesis.settings(max_examples=CASES, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_due_dates_are_those_of_the_slow_reference(
    case: tuple[str, str, int, int, str, int | None, list[tuple[int, int]]],
) -> None:
    hours, saturday, received, amount, unit, cut_off, waits = case
    slow, calendar = both(hours, saturday)
    hour = time(*divmod(cut_off, 60)) if cut_off is not None else None
    promised = due(calendar, moment(received), Limit(amount, LimitUnit(unit), hour))
    expected = slow.due(received, amount, unit, cut_off)
    assert promised == moment(expected)
    pauses = [(moment(stopped), moment(resumed)) for stopped, resumed in waits]
    assert due_after_pauses(calendar, promised, pauses, LimitUnit(unit)) == moment(
        slow.due_after(received, expected, waits, unit)
    )


walks = st.lists(st.sampled_from(list(Step)), max_size=14)


@given(walks)
def test_on_any_walk_only_permitted_steps_succeed(walk: list[Step]) -> None:
    """What is refused leaves everything as it was; the history alone leads to the same status again."""
    status: Status | None = None
    taken: list[Step | Status] = []
    came_from: Status | None = None
    for step in walk:
        if step not in permitted_steps(status):
            with pytest.raises(RuleViolation, match="nên không thể"):
                next_status(status, step, came_from=came_from)
            continue
        after = next_status(status, step, came_from=came_from)
        if after is Status.SUPPLEMENT_REQUESTED and status is not after:
            came_from = status
        taken.append(step)
        status = after
        assert derive(taken) is status
        if status not in OPEN and status is not Status.FINISHED:
            assert {next_status(status, still) for still in permitted_steps(status)} == {status}, "an end is an end"


@given(walks)
def test_the_clock_never_runs_twice_nor_stands_twice(walk: list[Step]) -> None:
    """It is started and stopped in turns, and a dossier whose clock stands owes nothing but what it waits for."""
    status: Status | None = None
    stood = False
    turns: list[bool] = []
    for step in walk:
        if step in permitted_steps(status):
            status = next_status(status, step)
            if clock_stands(status) != stood:
                stood = not stood
                turns.append(stood)
            if stood:
                assert Step.FINISH not in permitted_steps(status)
                assert Step.HAND_OVER not in permitted_steps(status)
    assert turns == [number % 2 == 0 for number in range(len(turns))]


def test_every_status_is_reached_and_can_be_left_or_is_an_end() -> None:
    reached, edge = set(FIRST_STEPS.values()), set(FIRST_STEPS.values())
    while edge:
        edge = {after for status in edge for after in TRANSITIONS[status].values()} - reached
        reached |= edge
    assert reached == set(Status)
    ends = {status for status in Status if set(TRANSITIONS[status].values()) == {status}}
    assert ends == {Status.RETURNED, Status.REFUSED, Status.WITHDRAWN, Status.STOPPED}
