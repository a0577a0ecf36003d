"""Working time against slow references that count minute by minute and day by day."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counter_app.rules.calendar import (
    VIETNAM,
    Limit,
    LimitUnit,
    OfficeHours,
    WorkCalendar,
    due,
    due_after_pause,
    due_soon_from,
)
from counter_app.rules.violation import RuleViolation

FIRST, LAST = date(2026, 1, 1), date(2026, 2, 28)
MINUTE = timedelta(minutes=1)


@st.composite
def schedules(draw: st.DrawFn) -> tuple[tuple[time, time], ...]:
    edges = draw(st.lists(st.integers(6 * 4, 19 * 4), min_size=2, max_size=4, unique=True))
    quarters = sorted(edges)[: len(edges) // 2 * 2]
    times = [time(quarter // 4, quarter % 4 * 15) for quarter in quarters]
    return tuple(zip(times[::2], times[1::2], strict=True))


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    hours = [OfficeHours.standard(intervals=draw(schedules()), saturday=draw(st.just(()) | schedules()))]
    if draw(st.booleans()):
        later = draw(st.dates(FIRST, LAST))
        hours.append(OfficeHours.standard(later, draw(schedules())))
    some_days = st.frozensets(st.dates(FIRST, LAST), max_size=8)
    return WorkCalendar(tuple(hours), draw(some_days), draw(some_days))


moments = st.integers(0, 40 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=VIETNAM) + n * MINUTE)
limits = st.builds(
    Limit,
    st.integers(1, 12),
    st.sampled_from(
        [
            LimitUnit.WORKING_DAY,
            LimitUnit.WORKING_HOUR,
            LimitUnit.CALENDAR_DAY,
            LimitUnit.SAME_DAY,
            LimitUnit.ON_THE_SPOT,
        ]
    ),
    st.none() | st.sampled_from([time(9), time(15), time(23, 59)]),
)


def slow_schedule(calendar: WorkCalendar, day: date) -> list[tuple[time, time]]:
    """Say again, in the plainest way, what the hours of a day are."""
    hours = sorted((h for h in calendar.hours if h.valid_from <= day), key=lambda h: h.valid_from)[-1]
    lengths = [sum(_minutes(end) - _minutes(start) for start, end in one) for one in hours.weekdays[:5]]
    longest = hours.weekdays[lengths.index(max(lengths))]
    if day in calendar.worked_days:
        return list(longest if day.weekday() >= 5 else hours.weekdays[day.weekday()])
    return [] if day in calendar.days_off else list(hours.weekdays[day.weekday()])


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def slow_is_open(calendar: WorkCalendar, minute: datetime) -> bool:
    return any(start <= minute.time() < end for start, end in slow_schedule(calendar, minute.date()))


def slow_between(calendar: WorkCalendar, a: datetime, b: datetime) -> int:
    count, minute = 0, a
    while minute < b:
        count += slow_is_open(calendar, minute)
        minute += MINUTE
    return count


def slow_close(calendar: WorkCalendar, day: date) -> datetime:
    return datetime.combine(day, slow_schedule(calendar, day)[-1][1], VIETNAM)


def slow_due(calendar: WorkCalendar, received: datetime, limit: Limit) -> datetime:
    if limit.unit is LimitUnit.ON_THE_SPOT:
        return received
    if limit.unit is LimitUnit.WORKING_HOUR:
        minute, left = received, limit.amount * 60
        while left:
            left -= slow_is_open(calendar, minute)
            minute += MINUTE
        return minute
    day, one = received.date(), timedelta(days=1)
    works = bool(slow_schedule(calendar, day))
    if limit.unit is LimitUnit.SAME_DAY and works and received < slow_close(calendar, day):
        left = 0
    else:
        left = 1 if limit.unit is LimitUnit.SAME_DAY else 0
    if limit.cut_off is not None and (not works or received.time() > limit.cut_off):
        left = 1
    while left:
        day += one
        left -= bool(slow_schedule(calendar, day))
    if limit.unit is LimitUnit.WORKING_DAY:
        left = limit.amount
        while left:
            day += one
            left -= bool(slow_schedule(calendar, day))
    if limit.unit is LimitUnit.CALENDAR_DAY:
        day += limit.amount * one
        while not slow_schedule(calendar, day):
            day += one
    return slow_close(calendar, day)


@settings(max_examples=60, deadline=None)
@given(calendars(), moments, st.integers(0, 6 * 24 * 60))
def test_working_time_between_counts_open_minutes(calendar: WorkCalendar, a: datetime, minutes: int) -> None:
    b = a + minutes * MINUTE

    assert calendar.working_time_between(a, b) == slow_between(calendar, a, b) * MINUTE


@settings(max_examples=150, deadline=None)
@given(calendars(), moments, limits)
def test_due_agrees_with_counting_by_hand(calendar: WorkCalendar, received: datetime, limit: Limit) -> None:
    assert due(calendar, received, limit) == slow_due(calendar, received, limit)


@settings(deadline=None)
@given(calendars(), moments, moments, limits)
def test_who_comes_later_is_never_due_earlier(
    calendar: WorkCalendar, one: datetime, other: datetime, limit: Limit
) -> None:
    early, late = sorted([one, other])

    assert due(calendar, early, limit) <= due(calendar, late, limit)
    assert due(calendar, early, limit) >= early


@settings(deadline=None)
@given(calendars(), moments, moments, moments)
def test_working_time_adds_up(calendar: WorkCalendar, a: datetime, b: datetime, c: datetime) -> None:
    between = calendar.working_time_between

    assert between(a, b) + between(b, c) == between(a, c)
    assert between(a, b.astimezone(UTC)) == between(a, b)


@settings(deadline=None)
@given(calendars(), moments, st.integers(1, 5000))
def test_adding_and_taking_away_working_time(calendar: WorkCalendar, start: datetime, minutes: int) -> None:
    amount = minutes * MINUTE
    end = calendar.add_working_time(start, amount)

    assert calendar.working_time_between(start, end) == amount
    assert calendar.working_time_between(end - MINUTE, end) == MINUTE
    begin = calendar.subtract_working_time(end, amount)
    assert begin >= start
    assert calendar.working_time_between(begin, end) == amount


@settings(deadline=None)
@given(calendars(), moments, moments, moments, limits)
def test_a_pause_never_shortens_and_a_longer_one_never_helps(
    calendar: WorkCalendar, received: datetime, one: datetime, other: datetime, limit: Limit
) -> None:
    promised = due(calendar, received, limit)
    paused, resumed = sorted([one, other])

    after = due_after_pause(calendar, promised, paused, resumed, limit.unit)

    assert after >= promised
    assert due_after_pause(calendar, promised, paused, resumed + timedelta(hours=7), limit.unit) >= after
    if paused < promised and limit.unit is LimitUnit.WORKING_HOUR:
        left = calendar.working_time_between(paused, promised)
        assert calendar.working_time_between(resumed, after) == left
    if paused < promised and limit.unit in {LimitUnit.WORKING_DAY, LimitUnit.CALENDAR_DAY}:
        assert after == calendar.closes(after.date())


@settings(deadline=None)
@given(calendars(), moments, limits)
def test_a_pause_without_length_changes_nothing(calendar: WorkCalendar, received: datetime, limit: Limit) -> None:
    promised = due(calendar, received, limit)

    assert due_after_pause(calendar, promised, received, received, limit.unit) == promised


@settings(deadline=None)
@given(calendars(), moments, limits)
def test_due_soon_lies_between_reception_and_due(calendar: WorkCalendar, received: datetime, limit: Limit) -> None:
    promised = due(calendar, received, limit)
    soon = due_soon_from(calendar, received, promised)

    assert received <= soon <= promised
    total = calendar.working_time_between(received, promised)
    assert calendar.working_time_between(soon, promised) >= total / 4


@settings(deadline=None)
@given(calendars())
def test_calendar_survives_its_text(calendar: WorkCalendar) -> None:
    read = WorkCalendar.from_json(calendar.to_json())

    assert read.to_json() == calendar.to_json()
    assert read.digest() == calendar.digest()
    assert (set(read.hours), read.days_off, read.worked_days) == (
        set(calendar.hours),
        calendar.days_off,
        calendar.worked_days,
    )


def test_text_of_a_calendar_does_not_depend_on_order() -> None:
    old, new = OfficeHours.standard(), OfficeHours.standard(date(2026, 4, 16), ((time(7), time(12)),))
    days = [date(2026, 1, 1), date(2026, 1, 2)]

    one = WorkCalendar((old, new), frozenset(days))
    other = WorkCalendar((new, old), frozenset(reversed(days)))

    assert one.digest() == other.digest()
    assert one.digest() != WorkCalendar((old,), frozenset(days)).digest()


def test_digest_of_the_standard_calendar_never_changes() -> None:
    """Promises are stored with this digest: a new release has to find it again."""
    calendar = WorkCalendar((OfficeHours.standard(),), frozenset({date(2026, 1, 1)}))

    week = [[["07:00:00", "11:30:00"], ["13:30:00", "17:00:00"]]] * 5 + [[], []]
    assert json.loads(calendar.to_json()) == {
        "days_off": ["2026-01-01"],
        "hours": [{"valid_from": "0001-01-01", "weekdays": week}],
        "worked_days": [],
    }
    assert calendar.digest() == "ebb59d398e68b4d07b924bce218274fd16bfab196d1b310ccee121e19092853f"


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"hours":[],"days_off":[],"worked_days":[]}', '{"hours":[{"valid_from":"x"}]}', "null"]
)
def test_text_that_is_no_calendar(text: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        WorkCalendar.from_json(text)

    assert refusal.value.kind in {"calendar_unreadable", "office_hours_invalid"}


def test_a_calendar_that_never_opens_is_told_instead_of_searched_for_ever() -> None:
    never = WorkCalendar((OfficeHours.standard(intervals=()),))
    start = datetime(2026, 3, 2, 8, tzinfo=VIETNAM)

    searches: list[Callable[[], object]] = [
        lambda: never.next_working_day(start.date()),
        lambda: never.add_working_time(start, MINUTE),
        lambda: never.subtract_working_time(start, MINUTE),
        lambda: due(never, start, Limit(1, LimitUnit.CALENDAR_DAY)),
    ]
    for search in searches:
        with pytest.raises(RuleViolation) as refusal:
            search()
        assert refusal.value.kind == "calendar_empty"


def test_a_long_limit_of_an_office_that_opens_on_mondays_only_is_counted_to_its_end() -> None:
    mondays = WorkCalendar((OfficeHours(date.min, (((time(8), time(12)),), (), (), (), (), (), ())),))
    start = datetime(2026, 3, 2, 8, tzinfo=VIETNAM)

    end = mondays.add_working_time(start, timedelta(hours=4 * 250))

    assert end == datetime(2026, 3, 2, 12, tzinfo=VIETNAM) + timedelta(weeks=249)


@pytest.mark.parametrize(
    "weekdays",
    [
        (((time(7), time(11)),),) * 6,
        (((time(11), time(7)),),) * 7,
        (((time(7), time(11)), (time(10), time(17))),) * 7,
    ],
)
def test_office_hours_that_cannot_be(weekdays: tuple[tuple[tuple[time, time], ...], ...]) -> None:
    with pytest.raises(RuleViolation) as refusal:
        OfficeHours(date.min, weekdays)

    assert refusal.value.kind == "office_hours_invalid"


def test_the_close_of_a_day_off_is_refused() -> None:
    calendar = WorkCalendar((OfficeHours.standard(),))

    with pytest.raises(RuleViolation, match="08/03/2026"):
        calendar.closes(date(2026, 3, 8))


def test_a_day_that_is_off_and_worked_is_worked() -> None:
    day = date(2026, 1, 2)

    assert WorkCalendar((OfficeHours.standard(),), frozenset({day}), frozenset({day})).is_working_day(day)


def test_negative_amounts_are_refused() -> None:
    calendar = WorkCalendar((OfficeHours.standard(),))
    start = datetime(2026, 3, 2, 8, tzinfo=VIETNAM)

    with pytest.raises(RuleViolation):
        calendar.add_working_days(start.date(), -1)
    with pytest.raises(RuleViolation):
        calendar.add_working_time(start, -MINUTE)
    with pytest.raises(RuleViolation):
        calendar.subtract_working_time(start, -MINUTE)
