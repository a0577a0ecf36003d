"""How dates, hours and money are written on Vietnamese administrative paper."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")


def local(moment: datetime) -> datetime:
    """*moment* in Vietnamese time. A time without a zone is refused: it could be off by seven hours."""
    if moment.tzinfo is None:
        raise ValueError("a printed time needs a time zone")
    return moment.astimezone(VIETNAM)


def day_long(day: date) -> str:
    """``ngày 05 tháng 02 năm 2026``: leading zero for days below 10 and for months 1 and 2 (forms.md)."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def moment_long(moment: datetime) -> str:
    """``08 giờ 30 phút, ngày 05 tháng 02 năm 2026``."""
    at = local(moment)
    return f"{at.hour:02d} giờ {at.minute:02d} phút, {day_long(at.date())}"


def without_word(procedure_name: str) -> str:
    """The name for a place where "thủ tục" stands already: many published names begin with that word."""
    word = "thủ tục "
    return procedure_name[len(word) :] if procedure_name.lower().startswith(word) else procedure_name


def moment_weekday(moment: datetime) -> str:
    """``16:30 Thứ Năm, 05/02/2026``."""
    at = local(moment)
    return f"{at:%H:%M} {_WEEKDAYS[at.weekday()]}, {at:%d/%m/%Y}"


def money(amount: int) -> str:
    """``1.250.000 đồng``."""
    return f"{digits(amount)} đồng"


def digits(amount: int) -> str:
    """``1.250.000``."""
    return f"{amount:,}".replace(",", ".")


def portal_code_words(code: str) -> str:
    """The portal's own code of a dossier, beside the desk's."""
    return f"Mã trên cổng: {code}"
