"""Time limits and due dates (design, section 4; Civil Code 2015, art. 147 and 148)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from .national_holidays import TET_FIRST_DAY, national_days_off, national_worked_days
from .violation import RuleViolation
from .working_time import VIETNAM, OfficeHours, WorkCalendar, local

__all__ = [
    "TET_FIRST_DAY",
    "VIETNAM",
    "Limit",
    "LimitUnit",
    "OfficeHours",
    "WorkCalendar",
    "due",
    "due_after_pause",
    "due_after_pauses",
    "due_soon_from",
    "is_overdue",
    "national_days_off",
    "national_worked_days",
    "online_answer_due",
]

ONLINE_ANSWER_TIME = timedelta(hours=8)
"""Working time within which an online dossier is received or refused (Nghị định 118/2025/NĐ-CP)."""

_MAX_AMOUNT = 10_000


class LimitUnit(StrEnum):
    """How a procedure counts its time limit."""

    WORKING_DAY = "working_day"
    WORKING_HOUR = "working_hour"
    CALENDAR_DAY = "calendar_day"
    SAME_DAY = "same_day"
    ON_THE_SPOT = "on_the_spot"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Limit:
    """A time limit: ``amount`` of ``unit``, with the cut-off hour of the procedure if it has one.

    ``amount`` has no meaning for SAME_DAY, ON_THE_SPOT and UNKNOWN.
    """

    amount: int
    unit: LimitUnit
    cut_off: time | None = None


def due(calendar: WorkCalendar, received_at: datetime, limit: Limit, cut_off: time | None = None) -> datetime:
    """Return the moment by which the result is owed, in Vietnamese time.

    - The day of reception does not count (art. 147). On a day off, the first counted working day is the
      next working day.
    - Received later than the cut-off hour (that of the limit, else the office's ``cut_off``) counts as
      received on the next working day. Where a cut-off is in force a reception on a day off counts so
      too: otherwise Saturday's dossier would be due before the one of late Friday.
    - Days end at the close of the desk; calendar days that end on a day off end on the next working day
      (art. 148).
    - Hours run through the office hours from the moment, or from the next opening; the cut-off does not
      touch them.
    - The same day ends at that day's close, or the next working day's when the dossier came after the
      cut-off, at or after the close, or on a day off.

    Raises:
        RuleViolation: ``limit_unknown`` for UNKNOWN; ``limit_invalid`` for an amount out of 1 to 10,000.
    """
    received = local(received_at)
    effective_cut_off = limit.cut_off if limit.cut_off is not None else cut_off
    match limit.unit:
        case LimitUnit.ON_THE_SPOT:
            return received
        case LimitUnit.UNKNOWN:
            raise RuleViolation(
                "limit_unknown",
                "Thủ tục chưa có thời hạn giải quyết trong danh mục. Hãy nhập ngày hẹn trả kèm lý do, "
                "hoặc báo quản trị viên bổ sung thời hạn.",
            )
        case LimitUnit.SAME_DAY:
            return calendar.closes(_same_day(calendar, received, effective_cut_off))
        case LimitUnit.WORKING_HOUR:
            return calendar.add_working_time(received, timedelta(hours=_checked(limit.amount)))
        case LimitUnit.WORKING_DAY:
            counted_from = _day_of_reception(calendar, received, effective_cut_off)
            return calendar.closes(calendar.add_working_days(counted_from, _checked(limit.amount)))
        case LimitUnit.CALENDAR_DAY:
            counted_from = _day_of_reception(calendar, received, effective_cut_off)
            last = counted_from + timedelta(days=_checked(limit.amount))
            return calendar.closes(calendar.first_working_day(last))


def due_after_pause(
    calendar: WorkCalendar, due: datetime, paused_at: datetime, resumed_at: datetime, unit: LimitUnit
) -> datetime:
    """Return the due moment after the clock stood from ``paused_at`` to ``resumed_at``.

    Working time used before the pause stays used; what was left runs on from ``resumed_at``:

    - WORKING_HOUR: the working time that was left runs on, to the minute.
    - CALENDAR_DAY: whole days. The day of the pause is used up, the day of resumption does not count
      (art. 147); the answer is the close of the desk, moved off days off (art. 148).
    - every other unit: the working time that was left runs on, and the answer is the close of the desk
      on the day it reaches.

    A dossier already late when it was paused had nothing left: its lateness stays and so does ``due``.
    A pause never makes the due moment earlier.

    Raises:
        RuleViolation: ``impossible_time`` if the clock is to run again before it was stopped.
    """
    promised, paused, resumed = local(due), local(paused_at), local(resumed_at)
    if resumed < paused:
        raise RuleViolation(
            "impossible_time",
            f"Thời điểm tiếp tục ({resumed:%H:%M %d/%m/%Y}) trước thời điểm tạm dừng ({paused:%H:%M %d/%m/%Y}). "
            "Hãy kiểm tra lại ngày giờ.",
        )
    if paused >= promised:
        return promised
    if unit is LimitUnit.CALENDAR_DAY:
        left = promised.date() - paused.date()
        reached = _close_from(calendar, max(resumed, _start_of(resumed.date() + left)))
    else:
        reached = calendar.add_working_time(resumed, calendar.working_time_between(paused, promised))
        if unit is not LimitUnit.WORKING_HOUR:
            reached = _close_from(calendar, reached)
    return max(promised, reached)


def due_after_pauses(
    calendar: WorkCalendar, promised: datetime, pauses: Sequence[tuple[datetime, datetime]], unit: LimitUnit
) -> datetime:
    """Return the due moment when the clock stood several times since the date was ``promised``.

    ``pauses`` are (stopped, running again) in order. The time left is carried on to the minute from one pause to
    the next and only the answer ends at the close of the desk: several short waits in one day cost one day,
    where rounding after each would cost one each. For the kinds of limit see ``due_after_pause``.
    """
    exact = LimitUnit.CALENDAR_DAY if unit is LimitUnit.CALENDAR_DAY else LimitUnit.WORKING_HOUR
    reached = local(promised)
    for stopped, resumed in pauses:
        reached = due_after_pause(calendar, reached, stopped, resumed, exact)
    if unit is exact or reached == promised:
        return reached
    return _close_from(calendar, reached)


def due_soon_from(
    calendar: WorkCalendar, received_at: datetime, due: datetime, stood: timedelta = timedelta(0)
) -> datetime:
    """Return the moment from which an open dossier counts as due soon (design, section 3).

    That is the last quarter of its working time, one full working day at the least, and never before
    the reception. ``stood`` is the working time for which the clock stood between the two: it is none
    of the dossier's own, and without it a long wait for papers would make all that is left "soon".
    """
    received, promised = local(received_at), local(due)
    if promised <= received:
        return promised
    quarter = (calendar.working_time_between(received, promised) - stood) / 4
    warning = max(quarter, calendar.full_day(promised.date()))
    return max(received, calendar.subtract_working_time(promised, warning))


def is_overdue(due: datetime, now: datetime) -> bool:
    """Tell whether ``now`` is past ``due``; the due moment itself is still in time."""
    return local(now) > local(due)


def online_answer_due(calendar: WorkCalendar, arrived_at: datetime) -> datetime:
    """Return until when an online dossier must be received or refused: eight working hours.

    What arrives out of hours counts from the next opening (Nghị định 118/2025/NĐ-CP).
    """
    return calendar.add_working_time(arrived_at, ONLINE_ANSWER_TIME)


def _checked(amount: int) -> int:
    if not 0 < amount <= _MAX_AMOUNT:
        raise RuleViolation(
            "limit_invalid",
            f"Thời hạn giải quyết phải từ 1 đến {_MAX_AMOUNT}, không thể là {amount}. Hãy sửa thời hạn của thủ tục.",
        )
    return amount


def _day_of_reception(calendar: WorkCalendar, received: datetime, cut_off: time | None) -> date:
    """Return the day from which the limit counts, that day not counted."""
    day = received.date()
    if cut_off is None:
        return day
    if not calendar.is_working_day(day) or received.time() > cut_off:
        return calendar.next_working_day(day)
    return day


def _same_day(calendar: WorkCalendar, received: datetime, cut_off: time | None) -> date:
    day = received.date()
    too_late = cut_off is not None and received.time() > cut_off
    if not calendar.is_working_day(day) or too_late or received >= calendar.closes(day):
        return calendar.next_working_day(day)
    return day


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, VIETNAM)


def _close_from(calendar: WorkCalendar, moment: datetime) -> datetime:
    """Return the first close of the desk at or after ``moment``."""
    day = calendar.first_working_day(moment.date())
    close = calendar.closes(day)
    return close if close >= moment else calendar.closes(calendar.next_working_day(day))
