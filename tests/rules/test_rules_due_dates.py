"""Due dates by example; each example names the article or the practice that it shows."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from counter_app.rules.calendar import (
    VIETNAM,
    Limit,
    LimitUnit,
    OfficeHours,
    WorkCalendar,
    due,
    due_after_pause,
    due_after_pauses,
    due_soon_from,
    is_overdue,
    national_days_off,
    national_worked_days,
    online_answer_due,
)
from counter_app.rules.violation import RuleViolation

# 2026 with the swaps of the yearly notice: 2 January and 31 August off, two Saturdays worked.
CALENDAR = WorkCalendar(
    hours=(OfficeHours.standard(),),
    days_off=frozenset(national_days_off(2026) | national_days_off(2027) | {date(2026, 1, 2), date(2026, 8, 31)}),
    worked_days=frozenset({date(2026, 1, 10), date(2026, 8, 22)}),
)
SATURDAY_MORNINGS = WorkCalendar((OfficeHours.standard(saturday=((time(7, 30), time(11, 0)),)),))


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=VIETNAM)


def days(n: int) -> Limit:
    return Limit(n, LimitUnit.WORKING_DAY)


@pytest.mark.parametrize(
    ("received", "limit", "expected"),
    [
        # The day of reception does not count (Civil Code art. 147).
        ("2026-03-02 08:00", days(1), "2026-03-03 17:00"),
        ("2026-03-02 17:00", days(1), "2026-03-03 17:00"),
        ("2026-03-06 10:00", days(5), "2026-03-13 17:00"),
        # On a day off: the next working day is the first that counts.
        ("2026-03-07 10:00", days(1), "2026-03-09 17:00"),
        # Tết 2026: 16 to 20 February.
        ("2026-02-12 09:00", days(3), "2026-02-24 17:00"),
        # Tết 2027: 4 to 10 February.
        ("2027-02-03 09:00", days(1), "2027-02-11 17:00"),
        # Friday 2 January off, Saturday 10 January worked instead.
        ("2025-12-31 09:00", days(1), "2026-01-05 17:00"),
        ("2026-01-09 09:00", days(1), "2026-01-10 17:00"),
        # Reunification Day and Labour Day, then a weekend.
        ("2026-04-29 09:00", days(1), "2026-05-04 17:00"),
        # Giỗ Tổ falls on Sunday 26 April and is made up on Monday (Labour Code art. 111).
        ("2026-04-24 09:00", days(1), "2026-04-28 17:00"),
        # Viet Nam Culture Day (Nghị quyết 28/2026/QH16), a Tuesday.
        ("2026-11-23 09:00", days(1), "2026-11-25 17:00"),
        # A calendar-day limit that ends on a day off ends on the next working day (art. 148).
        ("2026-03-05 09:00", Limit(3, LimitUnit.CALENDAR_DAY), "2026-03-09 17:00"),
        ("2026-03-05 09:00", Limit(1, LimitUnit.CALENDAR_DAY), "2026-03-06 17:00"),
        # It ends on Sunday 26 April, the Monday after is a day off too.
        ("2026-04-23 09:00", Limit(3, LimitUnit.CALENDAR_DAY), "2026-04-28 17:00"),
        # Hours run through lunch, night and weekend.
        ("2026-03-02 10:30", Limit(2, LimitUnit.WORKING_HOUR), "2026-03-02 14:30"),
        ("2026-03-02 12:00", Limit(1, LimitUnit.WORKING_HOUR), "2026-03-02 14:30"),
        ("2026-03-06 16:00", Limit(3, LimitUnit.WORKING_HOUR), "2026-03-09 09:00"),
        ("2026-03-02 07:00", Limit(8, LimitUnit.WORKING_HOUR), "2026-03-02 17:00"),
        ("2026-03-02 06:00", Limit(8, LimitUnit.WORKING_HOUR), "2026-03-02 17:00"),
        # On the same day, if there is any of it left.
        ("2026-03-02 16:59", Limit(0, LimitUnit.SAME_DAY), "2026-03-02 17:00"),
        ("2026-03-02 17:00", Limit(0, LimitUnit.SAME_DAY), "2026-03-03 17:00"),
        ("2026-03-07 09:00", Limit(0, LimitUnit.SAME_DAY), "2026-03-09 17:00"),
        ("2026-03-07 09:00", Limit(0, LimitUnit.ON_THE_SPOT), "2026-03-07 09:00"),
    ],
)
def test_due(received: str, limit: Limit, expected: str) -> None:
    assert due(CALENDAR, at(received), limit) == at(expected)


@pytest.mark.parametrize(
    ("received", "unit", "expected"),
    [
        ("2026-03-02 15:00", LimitUnit.SAME_DAY, "2026-03-02 17:00"),
        ("2026-03-02 15:01", LimitUnit.SAME_DAY, "2026-03-03 17:00"),
        ("2026-03-06 15:01", LimitUnit.SAME_DAY, "2026-03-09 17:00"),
        ("2026-03-02 15:00", LimitUnit.WORKING_DAY, "2026-03-03 17:00"),
        ("2026-03-02 15:01", LimitUnit.WORKING_DAY, "2026-03-04 17:00"),
        # Late on Friday and on Saturday both count as received on Monday.
        ("2026-03-06 15:01", LimitUnit.WORKING_DAY, "2026-03-10 17:00"),
        ("2026-03-07 09:00", LimitUnit.WORKING_DAY, "2026-03-10 17:00"),
        ("2026-03-06 15:01", LimitUnit.CALENDAR_DAY, "2026-03-10 17:00"),
        ("2026-03-02 15:01", LimitUnit.WORKING_HOUR, "2026-03-02 16:01"),
    ],
)
def test_cut_off_at_three_in_the_afternoon(received: str, unit: LimitUnit, expected: str) -> None:
    assert due(CALENDAR, at(received), Limit(1, unit), time(15)) == at(expected)
    assert due(CALENDAR, at(received), Limit(1, unit, cut_off=time(15)), time(9)) == at(expected)


def test_office_that_works_on_saturday_mornings() -> None:
    assert due(SATURDAY_MORNINGS, at("2026-03-06 09:00"), days(1)) == at("2026-03-07 11:00")
    assert due(SATURDAY_MORNINGS, at("2026-03-07 11:00"), Limit(0, LimitUnit.SAME_DAY)) == at("2026-03-09 17:00")


def test_make_up_saturday_has_the_longest_weekday_even_where_saturday_is_half_a_day() -> None:
    calendar = WorkCalendar(SATURDAY_MORNINGS.hours, worked_days=frozenset({date(2026, 8, 22)}))

    assert calendar.closes(date(2026, 8, 22)) == at("2026-08-22 17:00")
    assert calendar.closes(date(2026, 8, 29)) == at("2026-08-29 11:00")


def test_due_is_in_vietnamese_time_whatever_the_zone_of_the_question() -> None:
    received = datetime.fromisoformat("2026-03-01T23:30:00+00:00")  # 06:30 on Monday in Viet Nam

    answer = due(CALENDAR, received, days(1))

    assert answer.isoformat() == "2026-03-03T17:00:00+07:00"


def test_new_office_hours_hold_from_their_day() -> None:
    summer = OfficeHours.standard(date(2026, 4, 16), ((time(6, 30), time(11)), (time(13), time(16, 30))))
    calendar = WorkCalendar((summer, OfficeHours.standard()))

    assert due(calendar, at("2026-04-14 09:00"), days(1)) == at("2026-04-15 17:00")
    assert due(calendar, at("2026-04-15 09:00"), days(1)) == at("2026-04-16 16:30")


@pytest.mark.parametrize(
    ("limit", "kind"),
    [
        (Limit(0, LimitUnit.WORKING_DAY), "limit_invalid"),
        (Limit(-1, LimitUnit.WORKING_HOUR), "limit_invalid"),
        (Limit(0, LimitUnit.CALENDAR_DAY), "limit_invalid"),
        (Limit(10**9, LimitUnit.WORKING_DAY), "limit_invalid"),
        (Limit(5, LimitUnit.UNKNOWN), "limit_unknown"),
    ],
)
def test_limits_that_cannot_be_counted(limit: Limit, kind: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        due(CALENDAR, at("2026-03-02 08:00"), limit)

    assert refusal.value.kind == kind


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(RuleViolation, match="múi giờ"):
        due(CALENDAR, datetime(2026, 3, 2, 8), days(1))  # noqa: DTZ001 - what is tested


@pytest.mark.parametrize(
    ("unit", "promised", "paused", "resumed", "expected"),
    [
        # Left: 5 h of Wednesday without lunch, Thursday, Friday; from Monday morning that reaches Wednesday.
        (LimitUnit.WORKING_DAY, "2026-03-06 17:00", "2026-03-04 10:00", "2026-03-09 08:00", "2026-03-11 17:00"),
        # From Monday afternoon the same rest reaches into Thursday.
        (LimitUnit.WORKING_DAY, "2026-03-06 17:00", "2026-03-04 10:00", "2026-03-09 14:00", "2026-03-12 17:00"),
        # The papers come in on a Saturday: the rest runs from Monday's opening.
        (LimitUnit.WORKING_DAY, "2026-03-06 17:00", "2026-03-05 17:30", "2026-03-14 09:00", "2026-03-16 17:00"),
        (LimitUnit.WORKING_HOUR, "2026-03-02 16:00", "2026-03-02 15:00", "2026-03-03 11:00", "2026-03-03 14:00"),
        # Over Tết nothing runs.
        (LimitUnit.WORKING_HOUR, "2026-02-13 17:00", "2026-02-13 16:00", "2026-02-18 10:00", "2026-02-23 08:00"),
        # Three calendar days were left after Tuesday; the third after Thursday is Sunday, so Monday.
        (LimitUnit.CALENDAR_DAY, "2026-03-06 17:00", "2026-03-03 10:00", "2026-03-12 10:00", "2026-03-16 17:00"),
        (LimitUnit.CALENDAR_DAY, "2026-03-06 17:00", "2026-03-03 10:00", "2026-03-10 10:00", "2026-03-13 17:00"),
        (LimitUnit.CALENDAR_DAY, "2026-03-06 17:00", "2026-03-06 10:00", "2026-03-10 18:00", "2026-03-11 17:00"),
        # A due moment set by hand out of hours is not brought forward.
        (LimitUnit.WORKING_HOUR, "2026-03-07 20:00", "2026-03-06 16:00", "2026-03-06 16:30", "2026-03-09 07:30"),
        (LimitUnit.WORKING_HOUR, "2026-03-08 20:00", "2026-03-06 16:00", "2026-03-06 16:00", "2026-03-08 20:00"),
        # Late before the pause: late after it.
        (LimitUnit.WORKING_DAY, "2026-03-06 17:00", "2026-03-06 17:01", "2026-03-20 08:00", "2026-03-06 17:00"),
    ],
)
def test_due_after_pause(unit: LimitUnit, promised: str, paused: str, resumed: str, expected: str) -> None:
    assert due_after_pause(CALENDAR, at(promised), at(paused), at(resumed), unit) == at(expected)


def test_several_short_waits_cost_what_they_lasted_not_a_day_each() -> None:
    two_waits = [(at(f"2026-03-0{day} 09:00"), at(f"2026-03-0{day} 09:10")) for day in (4, 5)]

    after = due_after_pauses(CALENDAR, at("2026-03-06 17:00"), two_waits, LimitUnit.WORKING_DAY)

    assert after == at("2026-03-09 17:00"), "twenty minutes reach into Monday, and no further"
    hours = due_after_pauses(CALENDAR, at("2026-03-06 16:00"), two_waits, LimitUnit.WORKING_HOUR)
    assert hours == at("2026-03-06 16:20")
    assert due_after_pauses(CALENDAR, at("2026-03-06 17:00"), [], LimitUnit.WORKING_DAY) == at("2026-03-06 17:00")


@pytest.mark.parametrize("unit", [LimitUnit.WORKING_DAY, LimitUnit.WORKING_HOUR, LimitUnit.CALENDAR_DAY])
def test_one_wait_among_several_is_reckoned_as_one(unit: LimitUnit) -> None:
    promised, stopped, resumed = at("2026-03-06 17:00"), at("2026-03-04 10:00"), at("2026-03-09 14:00")

    one = due_after_pauses(CALENDAR, promised, [(stopped, resumed)], unit)

    assert one == due_after_pause(CALENDAR, promised, stopped, resumed, unit)


def test_the_clock_cannot_run_again_before_it_stood() -> None:
    with pytest.raises(RuleViolation) as refusal:
        due_after_pause(
            CALENDAR, at("2026-03-06 17:00"), at("2026-03-04 10:00"), at("2026-03-04 09:59"), LimitUnit.WORKING_DAY
        )

    assert refusal.value.kind == "impossible_time"


def test_due_soon_is_the_last_quarter_of_a_long_limit() -> None:
    received, promised = at("2026-03-02 07:00"), at("2026-03-27 17:00")  # twenty working days of eight hours

    assert due_soon_from(CALENDAR, received, promised) == at("2026-03-23 07:00")


def test_the_time_for_which_the_clock_stood_is_no_part_of_the_quarter() -> None:
    received, promised = at("2026-03-02 07:00"), at("2026-03-27 17:00")
    twelve_days = timedelta(hours=12 * 8)

    assert due_soon_from(CALENDAR, received, promised, twelve_days) == at("2026-03-26 07:00")


def test_due_soon_is_one_working_day_of_a_short_limit_and_never_before_reception() -> None:
    assert due_soon_from(CALENDAR, at("2026-03-02 16:00"), at("2026-03-04 17:00")) == at("2026-03-04 07:00")
    assert due_soon_from(CALENDAR, at("2026-03-02 16:00"), at("2026-03-03 11:00")) == at("2026-03-02 16:00")
    assert due_soon_from(CALENDAR, at("2026-03-02 16:00"), at("2026-03-02 16:00")) == at("2026-03-02 16:00")


def test_overdue_starts_after_the_due_moment() -> None:
    assert not is_overdue(at("2026-03-06 17:00"), at("2026-03-06 17:00"))
    assert is_overdue(at("2026-03-06 17:00"), at("2026-03-06 17:01"))


@pytest.mark.parametrize(
    ("arrived", "expected"),
    [
        ("2026-03-02 09:00", "2026-03-03 09:00"),
        ("2026-03-02 21:00", "2026-03-03 17:00"),
        ("2026-03-07 21:00", "2026-03-09 17:00"),
    ],
)
def test_online_dossiers_are_answered_within_eight_working_hours(arrived: str, expected: str) -> None:
    assert online_answer_due(CALENDAR, at(arrived)) == at(expected)


def test_a_swap_known_to_the_package_gives_both_of_its_days() -> None:
    assert date(2026, 8, 31) in national_days_off(2026)
    assert national_worked_days(2026) == {date(2026, 8, 22)}
