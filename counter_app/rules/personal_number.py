"""The twelve digits of a person (Nghị định 137/2015/NĐ-CP): province, century and sex, year, six free.

There is no check digit: what looks wrong is told, never refused.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from .provinces import PROVINCES


class Sex(StrEnum):
    """Sex as the card states it."""

    MALE = "male"
    FEMALE = "female"


_SEX_LABELS = {Sex.MALE: "Nam", Sex.FEMALE: "Nữ"}


def sex_label(sex: Sex) -> str:
    """Return the sex as the card and the forms write it."""
    return _SEX_LABELS[sex]


def is_personal_number(number: str) -> bool:
    """Tell whether ``number`` has the form of a personal number: twelve ASCII digits."""
    return re.fullmatch("[0-9]{12}", number) is not None


def province_of(number: str) -> str | None:
    """Return the old province in which the birth of the holder was registered, None if unknown."""
    return PROVINCES.get(number[:3]) if is_personal_number(number) else None


def check_personal_number(number: str, birth_date: date | None = None, sex: Sex | str | None = None) -> tuple[str, ...]:
    """Return warnings on a personal number (Nghị định 137/2015/NĐ-CP: province, century and sex, year).

    ``birth_date`` and ``sex`` ("male", "female") are compared with the number when given.
    """
    if not is_personal_number(number):
        return ("Số định danh cá nhân phải có đúng 12 chữ số. Hãy kiểm tra lại với thẻ.",)
    warnings: list[str] = []
    if province_of(number) is None:
        warnings.append(
            f"Ba số đầu {number[:3]} không phải mã của một trong 63 tỉnh, thành phố cũ. "
            "Hãy kiểm tra lại với thẻ, trừ khi người này đăng ký khai sinh ở nước ngoài."
        )
    if int(number[3]) > 3:
        warnings.append(
            f"Chữ số thứ tư là {number[3]}: người sinh từ năm 1900 đến 2099 có số 0 đến 3. Hãy kiểm tra lại với thẻ."
        )
        return tuple(warnings)
    century = 19 + int(number[3]) // 2
    year = century * 100 + int(number[4:6])
    if birth_date is not None and birth_date.year != year:
        warnings.append(
            f"Số định danh cho biết năm sinh {year}, nhưng ngày sinh ghi năm {birth_date.year}. "
            "Hãy kiểm tra lại với thẻ."
        )
    number_sex = Sex.FEMALE if int(number[3]) % 2 else Sex.MALE
    if sex is not None and sex != number_sex:
        warnings.append(f"Số định danh cho biết giới tính {sex_label(number_sex)}. Hãy kiểm tra lại với thẻ.")
    return tuple(warnings)


def mask_personal_number(number: str) -> str:
    """Return ``number`` with all but the last four characters hidden; four or fewer are hidden whole."""
    if len(number) <= 4:
        return "*" * len(number)
    return "*" * (len(number) - 4) + number[-4:]
