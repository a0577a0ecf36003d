"""Older results that are still in force, digitised in batches (45/2020; 107/2021: those given before 2022)."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import NamedTuple

from .violation import RuleViolation

LAST_DAY = date(2021, 12, 31)
"""Later results belong to dossiers, which have them digitised on the way."""
MOST_BATCHES = 9999
MOST_RESULTS = 99_999
_CODE = re.compile(r"(?P<office>\S+)-00(?P<batch>\d{4})-(?P<position>\d{5})")
_DAY_FORMATS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d")


class BacklogPlace(NamedTuple):
    """Batch and place of an older result, both from 1."""

    batch: int
    position: int


def backlog_code(office: str, place: BacklogPlace) -> str:
    """The code of an older result, as on its separator sheet: ``H15.36-000007-00012``.

    It has the shape of a dossier's code with a day of the year 2000: codes began in 2018 (01/2018 art. 19), so no
    dossier has it, and every reader of codes takes it.
    """
    if not 1 <= place.batch <= MOST_BATCHES or not 1 <= place.position <= MOST_RESULTS:
        raise RuleViolation(
            "backlog_full",
            f"Chỉ có thể lập {MOST_BATCHES} đợt, mỗi đợt {MOST_RESULTS} kết quả. Hãy lập đợt mới, hoặc gọi quản trị.",
        )
    return f"{office}-00{place.batch:04d}-{place.position:05d}"


def read_backlog_code(code: str) -> BacklogPlace | None:
    """Batch and place, None for any other code."""
    found = _CODE.fullmatch(code.strip().upper())
    place = BacklogPlace(int(found["batch"]), int(found["position"])) if found else BacklogPlace(0, 0)
    return place if place.batch and place.position else None


def read_day(text: str) -> date:
    """A day as lists have it: ``5/3/2019``, ``05-03-2019``, ``2019-03-05``; RuleViolation ``day_invalid``."""
    for form in _DAY_FORMATS:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    what = f"Ngày «{text.strip()[:20]}» không đọc được" if text.strip() else "Chưa có ngày"
    raise RuleViolation("day_invalid", f"{what}. Hãy ghi như 05/03/2019.")


def warnings_of(issued_on: date, valid_until: date | None, today: date) -> tuple[str, ...]:
    """What the clerk should know of an older result; raises RuleViolation ``day_invalid`` for impossible days."""
    if issued_on > today or (valid_until is not None and valid_until < issued_on):
        raise RuleViolation("day_invalid", "Ngày cấp phải không sau hôm nay và không sau ngày hết hiệu lực.")
    found = []
    if issued_on > LAST_DAY:
        found.append("Kết quả cấp sau năm 2021: nếu có hồ sơ ở quầy, hãy quét vào hồ sơ đó.")
    if valid_until is not None and valid_until < today:
        found.append("Kết quả đã hết hiệu lực: không thuộc diện phải số hóa.")
    return tuple(found)
