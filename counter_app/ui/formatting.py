"""Times, money and due dates in the words of the desk."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from counter_app.rules.calendar import VIETNAM, WorkCalendar
from counter_app.rules.lifecycle import Status, clock_stands, label
from counter_app.services.values import LIMIT_UNITS, LimitView, QueueRow

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
MAX_DAYS_COUNTED = 400
"""Days off are not looked up further than this; beyond it ``hơn …`` of what was counted is said."""

TONES = ("late", "soon", "paused", "good", "neutral")
"""What ``due_words`` and ``status_tone`` answer; the style sheet and the tables know these."""


def local(moment: datetime) -> datetime:
    """``moment`` on the clock of Viet Nam."""
    return moment.astimezone(VIETNAM)


def local_time(moment: datetime | None) -> str:
    """``15:30 12/05/2026``; empty without a moment."""
    return "" if moment is None else local(moment).strftime("%H:%M %d/%m/%Y")


def local_date(day: date | datetime | None) -> str:
    """``12/05/2026``; empty without a day."""
    if day is None:
        return ""
    return (local(day) if isinstance(day, datetime) else day).strftime("%d/%m/%Y")


def weekday_time(moment: datetime | None) -> str:
    """``16:30 thứ Ba, 12/05/2026``; empty without a moment."""
    if moment is None:
        return ""
    here = local(moment)
    return f"{here:%H:%M} {WEEKDAYS[here.weekday()]}, {here:%d/%m/%Y}"


def money(amount: int) -> str:
    """``70.000 đ``."""
    return f"{amount:,}".replace(",", ".") + " đ"


def limit_words(limit: LimitView) -> str:
    """``20 ngày làm việc``, ``trong ngày`` …, with the cut-off hour where there is one."""
    words = LIMIT_UNITS.get(limit.unit, limit.unit)
    if limit.unit in ("working_day", "working_hour", "calendar_day"):
        words = f"{limit.amount} {words}"
    if limit.cut_off is not None:
        words = f"{words} (nhận sau {limit.cut_off:%H:%M} tính sang ngày làm việc kế tiếp)"
    return words


def status_label(status: str) -> str:
    """The status as the clerk reads it."""
    return label(Status(status))


def status_tone(status: str) -> str:
    """The tone that goes with a status (never alone: the words are always there)."""
    if status in (Status.FINISHED, Status.RETURNED):
        return "good"
    if clock_stands(Status(status)):
        return "paused"
    return "neutral"


def due_words(row: QueueRow, now: datetime, calendar: WorkCalendar | None = None) -> tuple[str, str]:
    """How far the due date is, and the tone: late, soon, paused, good or neutral.

    With the working calendar days left and days late are both working days; without it, days on the wall calendar.
    """
    if row.finished_at is not None:
        if row.due is not None and row.finished_at > row.due:
            return f"xong trễ {_span(row.due, row.finished_at, calendar)}", "late"
        return "xong đúng hạn", "good"
    if not row.is_open:
        return "đã đóng", "neutral"
    if row.paused_at is not None or clock_stands(Status(row.status)):
        return "tạm dừng tính giờ", "paused"
    if row.due is None:
        return "chưa có hạn trả", "neutral"
    if now > row.due:
        return f"quá hạn {_span(row.due, now, calendar)}", "late"
    tone = "soon" if row.due_soon_from is not None and now >= row.due_soon_from else "neutral"
    return _time_left(now, row.due, calendar), tone


def _span(start: datetime, end: datetime, calendar: WorkCalendar | None) -> str:
    first, last = local(start).date(), local(end).date()
    if last > first:
        return _days_between(first, last, calendar)
    hours = int((end - start) / timedelta(hours=1))
    return f"{hours} giờ" if hours else "dưới 1 giờ"


def _time_left(now: datetime, due: datetime, calendar: WorkCalendar | None) -> str:
    today, last = local(now).date(), local(due).date()
    if last == today:
        return f"hạn hôm nay, {local(due):%H:%M}"
    return f"còn {_days_between(today, last, calendar)}"


def _days_between(first: date, last: date, calendar: WorkCalendar | None) -> str:
    """The days after ``first`` up to ``last``, with their unit."""
    days = (last - first).days
    if calendar is None:
        return f"{days} ngày"
    counted = min(days, MAX_DAYS_COUNTED)
    working = sum(calendar.is_working_day(first + timedelta(days=step)) for step in range(1, counted + 1))
    more = "hơn " if counted < days else ""
    return f"{more}{working} ngày làm việc" if working else "dưới 1 ngày làm việc"


PORTAL_WORDS = {
    "sent": ("✓", "cổng đã nhận", "good"),
    "sending": ("↑", "đang gửi", "neutral"),
    "changed_since": ("↻", "chờ gửi tiếp", "neutral"),
    "unknown": ("?", "chưa rõ", "neutral"),
    "needs_attention": ("!", "cần xử lý", "late"),
    "not_sent": ("–", "chưa gửi", "neutral"),
}


def portal_words(state: str) -> tuple[str, str]:
    """``✓ cổng đã nhận`` and its tone, for the badge of a dossier."""
    sign, words, tone = PORTAL_WORDS[state]
    return f"{sign} {words}", tone
