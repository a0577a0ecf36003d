"""How dates, hours and money are written on Vietnamese administrative paper."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_SCALES = ("", "nghìn", "triệu")
_GROUP = 1000
_BILLION = 10**9

_THE_WORD = re.compile(r"thủ tục[\s:]+", re.IGNORECASE)
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
    return procedure_name[found.end() :] if (found := _THE_WORD.match(procedure_name)) else procedure_name


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


def money_in_words(amount: int) -> str:
    """``Một triệu hai trăm năm mươi nghìn đồng``, as a payment is written out; a refund begins with "Âm"."""
    words = _number(abs(amount), leading=True) or ["không"]
    sign = ["âm"] if amount < 0 else []
    return " ".join([*sign, *words, "đồng"]).capitalize()


def _number(value: int, *, leading: bool) -> list[str]:
    """Groups of three digits; beyond a thousand million the whole part is counted in "tỷ"."""
    if value >= _BILLION:
        high, low = divmod(value, _BILLION)
        return [*_number(high, leading=leading), "tỷ", *_number(low, leading=False)]
    made: list[str] = []
    for scale in reversed(range(len(_SCALES))):
        group = value // _GROUP**scale % _GROUP
        if group:
            made += _hundreds(group, leading=leading and not made)
            made += [_SCALES[scale]] if scale else []
    return made


def _hundreds(group: int, *, leading: bool) -> list[str]:
    """Three digits; inside a number the hundreds are said even when there are none ("không trăm linh năm")."""
    hundreds, tens, ones = group // 100, group // 10 % 10, group % 10
    made = [] if leading and not hundreds else [_DIGITS[hundreds], "trăm"]
    if tens > 1:
        made += [_DIGITS[tens], "mươi"]
    elif tens:
        made.append("mười")
    elif ones and made:
        made.append("linh")
    if ones == 1 and tens > 1:
        made.append("mốt")
    elif ones == 5 and tens:
        made.append("lăm")
    elif ones:
        made.append(_DIGITS[ones])
    return made


def day_short(day: date) -> str:
    """``05/02/2026``, as in the cells of a table."""
    return f"{day:%d/%m/%Y}"


def moment_short(moment: datetime) -> str:
    """``08:30 05/02/2026``, as in the cells of a table."""
    return f"{local(moment):%H:%M %d/%m/%Y}"


def portal_code_words(code: str) -> str:
    """The portal's own code of a dossier, beside the desk's."""
    return f"Mã trên cổng: {code}"
