"""Steps of a letter of apology, and whether it is out in time."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_app.rules.apology import (
    LETTER_TRANSITIONS,
    OPEN_LETTERS,
    LetterState,
    LetterStep,
    letter_state_label,
    letter_step_label,
    next_letter_state,
    out_in_time,
    permitted_letter_steps,
    working_days_between,
)
from counter_app.rules.calendar import VIETNAM, OfficeHours, WorkCalendar
from counter_app.rules.violation import RuleViolation

HOLIDAY = date(2026, 3, 12)
CALENDAR = WorkCalendar(hours=(OfficeHours.standard(),), days_off=frozenset({HOLIDAY}))
SPRING = datetime(2026, 2, 20, tzinfo=VIETNAM)
MOMENTS = st.integers(0, 50 * 24 * 60).map(lambda minutes: SPRING + timedelta(minutes=minutes))


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=VIETNAM)


@given(st.lists(st.sampled_from(list(LetterStep)), max_size=12))
def test_only_permitted_steps_succeed_and_a_delivered_letter_rests(steps: list[LetterStep]) -> None:
    state = next_letter_state(None, LetterStep.WRITE)
    signed = 0
    for step in steps:
        if step in permitted_letter_steps(state):
            before, state = state, next_letter_state(state, step)
            signed += (step is LetterStep.SIGN) - (step is LetterStep.UNSIGN)
            assert (before in OPEN_LETTERS) or step in (LetterStep.DELIVER, LetterStep.UNSIGN)
            assert before is not LetterState.DELIVERED
        else:
            with pytest.raises(RuleViolation) as refused:
                next_letter_state(state, step)
            assert refused.value.kind == "letter_step_not_permitted"
            assert letter_step_label(step) in refused.value.message
    assert signed <= 1
    assert (state in (LetterState.SIGNED, LetterState.DELIVERED)) == (signed == 1)


def test_a_letter_begins_with_its_writing_and_every_state_and_step_has_words() -> None:
    for step in set(LetterStep) - {LetterStep.WRITE}:
        with pytest.raises(RuleViolation, match="chưa được lập"):
            next_letter_state(None, step)
    assert set(LETTER_TRANSITIONS) == set(LetterState)
    assert len({letter_state_label(state) for state in LetterState}) == len(LetterState)
    assert len({letter_step_label(step) for step in LetterStep}) == len(LetterStep)


@pytest.mark.parametrize(
    ("out_at", "lead", "in_time"),
    [
        (moment(11, 23, 59), 1, True),  # the 12th is off: Wednesday is the working day before Friday
        (moment(12, 9), 1, True),  # brought on the day off, a whole working day ahead
        (moment(13, 0), 1, False),
        (moment(13, 16), 1, False),
        (moment(13, 16), 0, True),
        (moment(13, 17), 0, True),
        (moment(13, 17, 1), 0, False),
        (moment(11, 8), 2, False),
        (moment(10, 23), 2, True),
    ],
)
def test_in_time_is_a_working_day_ahead(out_at: datetime, lead: int, in_time: bool) -> None:
    assert out_in_time(CALENDAR, moment(13, 17), out_at, lead) == in_time


@given(MOMENTS, MOMENTS, st.integers(0, 4))
def test_in_time_against_a_slow_count_of_days(due: datetime, out_at: datetime, lead: int) -> None:
    days, day = 0, out_at.date()
    while day < due.date():
        day += timedelta(days=1)
        days += day.weekday() < 5 and day != HOLIDAY
    assert working_days_between(CALENDAR, out_at.date(), due.date()) == days
    assert out_in_time(CALENDAR, due, out_at, lead) == (out_at <= due and days >= lead)


@given(MOMENTS, MOMENTS, MOMENTS)
def test_later_is_never_better(due: datetime, one: datetime, other: datetime) -> None:
    earlier, later = sorted((one, other))
    assert out_in_time(CALENDAR, due, earlier) or not out_in_time(CALENDAR, due, later)
